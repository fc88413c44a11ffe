"""How Slack's gestures are answered, beside what scenes see: pictures, look-ups, failures of our own, the end."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.slack import answers, inbound, people
from adapters.slack.people import Kept, Looking
from bot.chat.cards import Button, Buttons, Card, Image, text
from bot.chat.people import Space
from bot.chat.port import DeliveryError, Failure
from bot.chat.replies import Reply
from bot.library import Library
from tests.clock import Clock
from tests.fakes.slack_server import Interaction, Message
from tests.scenes.slack_room import answered, calls, press, slash
from tests.stages.slack import SlackStage

ALT = "A line that rises"
PICTURE = Card("Plot", (text("What does it show?"), Image("plots/plot.png", ALT), Buttons((Button("Go", "do"),))))


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel."""
    made = SlackStage(tmp_path, library, Clock())
    await made.open()
    yield made
    await made.close()


def answering(stage: SlackStage, monkeypatch: pytest.MonkeyPatch, *replies: Reply) -> None:
    """Have the core answer with these, one after the other."""
    waiting = list(replies)

    async def handle(_request: Any) -> Reply:
        return waiting.pop(0)

    monkeypatch.setattr(stage.host, "handle", handle)


def picture_in(message: Message) -> str:
    """The file that a message shows; empty where it has words in its place."""
    (found,) = [
        block.get("slack_file", {}).get("id", "")
        for block in message.blocks
        if block["type"] == "image" or (block["type"] == "context" and block["elements"][0]["text"] == ALT)
    ]
    return str(found)


# --- pictures --------------------------------------------------------------------------------------------------


async def test_a_picture_is_placed_once(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first answer uploads it, the next one shows the same file; neither goes with the acknowledgement."""
    answering(stage, monkeypatch, Reply(card=PICTURE), Reply(card=PICTURE))
    first, second = await slash(stage, "mate"), await slash(stage, "mate")
    assert not first.ack
    assert picture_in(first.messages[0]) == picture_in(second.messages[0]) != ""
    assert calls(stage, "upload", "files.completeUploadExternal") == ["upload", "files.completeUploadExternal"]


async def test_a_slow_upload_holds_up_no_acknowledgement(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack hears of the command at once, however long its own files take."""
    answering(stage, monkeypatch, Reply(card=PICTURE))
    stage.server.slow("files.getUploadURLExternal", 1.2)
    one = await slash(stage, "mate")
    assert one.acknowledged_after is not None
    assert one.acknowledged_after < 1.0
    assert picture_in(one.messages[0])


@pytest.mark.parametrize("trouble", ["scope", "refused", "broken", "upload"])
async def test_a_picture_that_cannot_be_placed_is_its_words(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """An answer is not lost for a picture's sake."""
    answering(stage, monkeypatch, Reply(card=PICTURE))
    match trouble:
        case "scope":
            stage.team.scopes.discard("files:write")
        case "refused":
            stage.server.refuse("files.getUploadURLExternal", "storage_limit_reached", times=None)
        case "broken":
            stage.server.cut("files.completeUploadExternal", times=None)
        case _:
            stage.server.fail("upload", 500, times=None)
    one = await slash(stage, "mate")
    assert picture_in(one.messages[0]) == ""
    assert one.private


@pytest.mark.parametrize(("seconds", "shown"), [(1.0, True), (60.0, False)])
async def test_a_picture_that_slack_still_looks_at_is_waited_for(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch, seconds: float, *, shown: bool
) -> None:
    """A moment; where it takes longer, its words stand there."""
    answering(stage, monkeypatch, Reply(card=PICTURE))
    stage.server.file_seconds = seconds
    one = await slash(stage, "mate")
    assert len(one.messages) == 1
    assert bool(picture_in(one.messages[0])) is shown


async def test_a_picture_that_was_deleted_is_placed_anew(stage: SlackStage) -> None:
    """Somebody has deleted the file in Slack: the post is tried again with a fresh one."""
    place = Space("slack", stage.team.id, stage.channel.id)
    await stage.slack.port.post(place, PICTURE, "key-1")
    stage.team.files.clear()
    stage.clock.advance(minutes=5)
    with pytest.raises(DeliveryError) as refused:
        await stage.slack.port.post(place, PICTURE, "key-2")
    assert refused.value.failure is Failure.TRANSIENT
    await stage.slack.port.post(place, PICTURE, "key-2")
    assert picture_in(stage.channel.public[-1]) in stage.team.files


# --- answers ---------------------------------------------------------------------------------------------------


async def test_a_failure_of_ours_is_acknowledged_and_logged_by_its_kind(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Slack does not wait for what will never come, and no word of a member is in the log."""

    async def broken(_request: Any) -> Reply:
        raise RuntimeError("topic:secret-words")

    monkeypatch.setattr(stage.host, "handle", broken)
    monkeypatch.setattr(answers, "QUICK_SECONDS", 60.0)
    one = await slash(stage, "quiz start topic:secret-words")
    assert one.acknowledged
    lines = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert lines == ["An answer to Slack failed with RuntimeError"]
    assert "secret-words" not in caplog.text


async def test_both_parts_of_an_answer_arrive(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What replaces and what is added: the first in place, the second below it."""
    answering(
        stage,
        monkeypatch,
        Reply(card=Card("One", (Buttons((Button("Go", "do"),)),))),
        Reply(update=Card("Two"), card=Card("Three")),
    )
    one = await slash(stage, "mate")
    pressed = await press(stage, one.messages[0], "Go")
    assert one.messages[0].text == "Two"
    assert [message.text for message in pressed.messages] == ["Three"]


async def test_where_nothing_more_can_be_laid_over_a_modal_it_is_replaced(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Slack lays three modals over one another at most: what does not fit takes the place of the one that was used."""
    answering(stage, monkeypatch, Reply(card=Card("One", (Buttons((Button("Go", "do"),)),))), Reply(card=Card("Two")))
    await answered(stage, stage.server.shortcut(stage.team, "ann", "quiz start"))
    (view,) = stage.member("ann").views
    stage.server.refuse("views.push", "push_limit_reached")
    await press(stage, view, "Go")
    assert stage.member("ann").views == [view]
    assert "Two" in view.text


async def test_what_is_being_answered_is_ended_first(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process that is told to stop still gives the answers that it owes, and takes nothing new."""
    real = stage.host.handle

    async def slow(request: Any) -> Any:
        await asyncio.sleep(0.7)
        return await real(request)

    monkeypatch.setattr(stage.host, "handle", slow)
    one = await stage.server.slash(stage.team, stage.channel, "ann", "mate").wait("acknowledged")
    assert stage.slack.answers.busy == 1
    await stage.slack.drain(2.0)
    assert stage.slack.answers.busy == 0
    assert len(one.messages) == 1
    stage.server.delivery.seconds = 0.2
    refused = stage.server.slash(stage.team, stage.channel, "ann", "mate")
    await refused.wait("failed")
    assert not refused.messages


async def test_nothing_is_kept_of_what_was_answered(stage: SlackStage) -> None:
    """After many gestures no task and no look-up is left."""
    asked: list[Interaction] = [
        stage.server.slash(stage.team, stage.channel, name, "mate") for name in ("ann", "bea", "cem") for _time in "12"
    ]
    for one in asked:
        await answered(stage, one)
    assert stage.slack.answers.busy == 0
    assert not stage.slack.people._looking._tasks
    assert not stage.slack.people._looking._late


# --- what is looked up -----------------------------------------------------------------------------------------


def test_what_is_kept_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest gives way, what is old is asked for again, and stands until it is known anew."""
    monkeypatch.setattr(people, "MOST_KEPT", 3)
    kept: Kept[int] = Kept(10.0)
    for number in range(5):
        kept.keep(number, number, now=float(number))
    assert list(kept) == [2, 3, 4]
    assert kept.fresh(2, now=11.9) == 2
    assert kept.fresh(2, now=12.0) is None
    assert kept.old(2) == 2
    assert kept.old(0) is None


async def test_a_look_up_is_made_once_and_not_waited_for_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two at once share it; who comes when it is late goes on at once; it ends all the same."""
    monkeypatch.setattr(people, "PATIENCE", 0.05)
    looking, made, ready = Looking(), [0], asyncio.Event()

    async def look() -> str:
        made[0] += 1
        await ready.wait()
        return "found"

    assert set(await asyncio.gather(looking.soon("ann", look), looking.soon("ann", look))) == {None}
    async with asyncio.timeout(0.04):
        assert await looking.soon("ann", look) is None
    assert made == [1]
    ready.set()
    await asyncio.gather(*looking._tasks.values())
    assert await looking.soon("ann", look) == "found"


async def test_a_look_up_that_fails_is_nothing(caplog: pytest.LogCaptureFixture) -> None:
    """What cannot be read is logged by its kind, and whoever waits goes on without it."""

    async def look() -> str:
        raise KeyError("a member's own words")

    assert await Looking().soon("ann", look) is None
    assert [record.getMessage() for record in caplog.records] == [
        "What Slack tells of members could not be read: KeyError"
    ]


async def test_a_look_up_is_given_up_at_the_end() -> None:
    """Nothing goes on behind a closed connection."""
    looking = Looking()
    waiting = asyncio.create_task(looking.soon("ann", asyncio.Event().wait))
    await asyncio.sleep(0)
    looking.close()
    assert await waiting is None
    assert not looking._tasks


@pytest.mark.parametrize(
    ("own", "thread", "expected"), [("2.0", "1.0", "1.0"), ("1.0", "1.0", ""), ("1.0", None, ""), (None, "1.0", "1.0")]
)
def test_a_thread_is_where_a_reply_stands(own: str | None, thread: str | None, expected: str) -> None:
    """A message with a thread below it stands in the channel itself; a private one is known by its container alone."""
    message = {"ts": own, "thread_ts": thread} if own else None
    body = {
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "container": {"type": "message", "message_ts": own or "2.0", "thread_ts": thread},
        "message": message,
    }
    assert inbound.where_pressed(body).thread == expected
