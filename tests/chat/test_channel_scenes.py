"""A channel as an option on every stage: written in a line or filled in, and a post there that names who asked."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.features import FEATURES
from bot.library import Library
from tests.clock import Clock
from tests.stages.discord import DiscordStage
from tests.stages.lab import LAB
from tests.stages.slack import SlackStage
from tests.stages.stage import Stage
from tests.stages.terminal import TerminalStage

ELSEWHERE = "lab post channel:#elsewhere"


@pytest.fixture(params=[TerminalStage, DiscordStage, SlackStage], ids=lambda kind: kind.name)
async def stage(request: pytest.FixtureRequest, tmp_path: Path, library: Library) -> AsyncIterator[Any]:
    """A group whose bot has the laboratory's commands too."""
    made = request.param(tmp_path, library, Clock(), features=(*FEATURES, LAB))
    await made.open()
    yield made
    await made.close()


async def test_a_post_goes_to_the_channel_that_was_given(stage: Stage) -> None:
    """It stands there and nowhere else, names who asked, and the answer names the channel."""
    await stage.say(ELSEWHERE)
    assert stage.public() == []
    assert ["Up, @ann!" in message for message in stage.public("elsewhere")] == [True]
    assert stage.private("ann")[-1].endswith("Posted in #elsewhere")


async def test_the_stages_own_channel_has_one_name_everywhere(stage: Stage) -> None:
    """`#study` is where the members are, whatever the platform calls it."""
    await stage.say("lab post channel:#study", by="bea")
    assert ["Up, @bea!" in message for message in stage.public()] == [True]
    assert stage.public("elsewhere") == []
    assert stage.private("bea")[-1].endswith("Posted in #study")


async def test_a_channel_that_was_left_out_is_asked_for(stage: Stage) -> None:
    """The form has the channel's field, and what is filled in there counts like what is typed."""
    await stage.say("lab post")
    assert stage.form("ann") == ["channel"]
    await stage.submit(channel="#elsewhere")
    assert ["Up, @ann!" in message for message in stage.public("elsewhere")] == [True]
    assert stage.form("ann") == []


@pytest.mark.parametrize("stage", [DiscordStage, SlackStage], indirect=True, ids=lambda kind: kind.name)
async def test_who_asked_for_it_is_notified_and_nobody_else(stage: DiscordStage | SlackStage) -> None:
    """The message mentions one account, and Discord is told to let that one alone through."""
    await stage.say(ELSEWHERE)
    if isinstance(stage, DiscordStage):
        (message,) = [m for m in stage._messages() if m.channel_id == stage.channels["elsewhere"].id]
        assert message.ping_user_ids == [stage.member("ann").id]
        assert (message.ping_role_ids, message.mention_everyone) == ([], False)
    else:
        (posted,) = stage.channels["elsewhere"].public
        (part,) = [one for one in posted.blocks[1]["elements"][0]["elements"] if one["type"] != "text"]
        assert part == {"type": "user", "user_id": stage.member("ann").id}
        assert "<@" not in posted.fallback


@pytest.mark.parametrize("stage", [TerminalStage], indirect=True, ids=lambda kind: kind.name)
async def test_a_terminal_prints_above_a_post_where_it_stands(stage: TerminalStage) -> None:
    """One screen shows all channels, each message below the name of its own."""
    await stage.say(ELSEWHERE)
    await stage.say("lab post channel:study")
    printed = [lines.split("\n")[0] for lines in stage.transcript.printed if "Morning" in lines]
    assert printed == ["--- #elsewhere ---", "--- #study ---"]


@pytest.mark.parametrize("stage", [TerminalStage], indirect=True, ids=lambda kind: kind.name)
async def test_a_terminal_takes_a_channel_with_its_sign_where_one_is_asked_for(stage: TerminalStage) -> None:
    """There `#study` is a channel and no button; what can be none is asked for again; a number is still a button."""
    await stage.say("mate")
    await stage.say("lab ask")
    await stage._line("two words", "ann")
    assert stage.transcript.printed[-1] == "Place is a channel, such as #study, not “two words”."
    await stage._line("#99", "ann")
    assert "There is no button “#99”" in stage.transcript.printed[-1]
    await stage._line("#books", "ann")
    assert "channel books" in stage.private("ann")[-1]
