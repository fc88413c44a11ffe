"""What Slack leaves open: whether a call was done, whether a picture is there yet, whether anything may be uploaded."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.chat.cards import Card, Image, text
from bot.chat.people import MessageRef, Space
from bot.chat.port import DeliveryError, Failure
from bot.library import Library
from tests.fakes.slack_server.faults import Fault
from tests.scenes.slack_room import answered, calls, opened
from tests.stages.slack import SlackStage

WORDS = Card("Title", (text("Hello"),))
PICTURE = Card("Title", (text("Hello"), Image("a.png", "what is to be seen")))


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel."""
    async for made in opened(tmp_path, library):
        yield made


def channel(stage: SlackStage) -> Space:
    """Its channel."""
    return Space("slack", stage.team.id, stage.channel.id)


async def refused(stage: SlackStage, card: Card, ref: MessageRef | None = None) -> Failure:
    """Why a card is not taken, as a post or an edit."""
    port = stage.slack.port
    given = port.post(channel(stage), card, "key") if ref is None else port.edit(ref, card, "key")
    with pytest.raises(DeliveryError) as caught:
        await given
    return caught.value.failure


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"status": 500}, Failure.UNCLEAR),
        ({"status": 502}, Failure.UNCLEAR),
        ({"status": 504}, Failure.UNCLEAR),
        ({"error": "fatal_error"}, Failure.UNCLEAR),
        ({"error": "internal_error"}, Failure.UNCLEAR),
        ({"status": 503}, Failure.TRANSIENT),
        ({"error": "service_unavailable"}, Failure.TRANSIENT),
        ({"error": "invalid_auth"}, Failure.TRANSIENT),
    ],
)
async def test_a_post_that_may_have_been_made_is_not_made_again(
    stage: SlackStage, fault: dict[str, object], failure: Failure
) -> None:
    """Only where it is sure that nothing was done a post is tried again; an edit always, since twice does no harm."""
    ref = await stage.slack.port.post(channel(stage), WORDS, "another")
    stage.server.faults.add(Fault("chat.postMessage", **fault))  # type: ignore[arg-type]
    assert await refused(stage, WORDS) is failure
    stage.server.faults.add(Fault("chat.update", **fault))  # type: ignore[arg-type]
    assert await refused(stage, WORDS, ref) is Failure.TRANSIENT


async def test_an_edit_that_failed_within_slack_is_made_later(stage: SlackStage) -> None:
    """Slack has a name of its own for an edit that it could not make just then; that is no refusal."""
    ref = await stage.slack.port.post(channel(stage), WORDS, "key")
    stage.server.faults.add(Fault("chat.update", error="update_failed"))
    assert await refused(stage, WORDS, ref) is Failure.TRANSIENT
    await stage.slack.port.edit(ref, WORDS, "key")


async def test_an_edit_waits_for_its_picture(stage: SlackStage) -> None:
    """A picture that was just uploaded cannot be shown for a moment: also an edit is tried again, not given up."""
    ref = await stage.slack.port.post(channel(stage), WORDS, "key")
    stage.server.file_seconds = 1.0
    assert await refused(stage, PICTURE, ref) is Failure.TRANSIENT
    await asyncio.sleep(1.1)
    stage.clock.advance(seconds=2)
    await stage.slack.port.edit(ref, PICTURE, "key")
    assert "slack_file" in str(next(iter(stage.channel.public)).blocks)


async def test_a_picture_that_is_never_shown_gives_way_to_its_words(stage: SlackStage) -> None:
    """After some tries the message goes out without it."""
    ref = await stage.slack.port.post(channel(stage), WORDS, "key")
    stage.server.file_seconds = 1_000.0
    for _try in range(5):
        assert await refused(stage, PICTURE, ref) is Failure.TRANSIENT
    await stage.slack.port.edit(ref, PICTURE, "key")
    assert "what is to be seen" in str(next(iter(stage.channel.public)).blocks)


@pytest.mark.parametrize("error", ["file_uploads_disabled", "file_upload_size_restricted", "missing_scope"])
async def test_where_nothing_may_be_uploaded_the_words_stand(stage: SlackStage, error: str) -> None:
    """The post is not lost; Slack is not asked again for every message."""
    stage.server.refuse("files.getUploadURLExternal", error, times=None)
    for key in ("one", "two"):
        await stage.slack.port.post(channel(stage), PICTURE, key)
    assert ["what is to be seen" in str(message.blocks) for message in stage.channel.public] == [True, True]
    assert len(calls(stage, "files.getUploadURLExternal")) == 1


# --- channels that the bot may not ask about -------------------------------------------------------------------------


@pytest.mark.parametrize("hidden", ["private", "no scope"])
async def test_of_a_channel_that_cannot_be_asked_about_nothing_is_missing(stage: SlackStage, hidden: str) -> None:
    """A private channel, or one without channels:read: the bot may be in it, and nobody is told to invite it."""
    stage.team.scopes -= {"groups:read", "im:read", "mpim:read"}
    place = stage.server.add_channel(stage.team, "hidden", "ann", private=hidden == "private")
    if hidden == "no scope":
        stage.team.scopes.discard("channels:read")
    space = Space("slack", stage.team.id, place.id)
    assert (await stage.slack.port.probe(space)).missing == ()
    place.bot_in = False
    assert (await stage.slack.port.probe(space)).missing == ()
    with pytest.raises(DeliveryError):
        await stage.slack.port.post(space, WORDS, "key")
    assert (await stage.slack.port.probe(space)).missing == ("/invite @Batchmate",)
    place.bot_in = True
    await stage.slack.port.post(space, WORDS, "key")
    assert (await stage.slack.port.probe(space)).missing == ()


async def test_who_moderates_a_private_channel_is_not_told_to_invite(stage: SlackStage) -> None:
    """What is planned in a private channel that the bot is in is posted, and the moderators hear of no trouble."""
    stage.team.scopes -= {"groups:read", "im:read", "mpim:read"}
    hidden = stage.server.add_channel(stage.team, "hidden", "mod", private=True)
    await answered(stage, stage.server.slash(stage.team, hidden, "mod", "setup Berlin"))
    for _hour in range(30):
        await stage.pass_time(3_600)
    assert hidden.public
    health = await answered(stage, stage.server.slash(stage.team, hidden, "mod", "schedule health"))
    assert "invite" not in health.text
    told = stage.server.world.dm(stage.team, stage.member("mod")).messages.values()
    assert not [one for one in told if "invite" in one.text]
