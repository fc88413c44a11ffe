"""Slack's form of a command with more options than a form holds: nothing that was typed is lost."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.library import Library
from tests.scenes.slack_room import answered, modal, opened, rows, slash, values_of
from tests.stages.slack import SlackStage

GIVEN = "schedule add quiz time:9 days:mon wed fri questions:3 topic:vectors timezone:Europe/Berlin"
KEPT = "SELECT wall, days, questions, closes_after, topic, zone FROM schedule"
PLANNED = ("09:00", "mon wed fri", 3, 720, "maths.vectors", "Europe/Berlin")


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel, and a moderator in it."""
    async for made in opened(tmp_path, library):
        made.member("mod", moderator=True)
        yield made


@pytest.mark.parametrize(
    ("more", "fault"),
    [
        ("closes_after:100", "closes_after is a whole number from 1 to 72, not “100”."),
        ("closes_after:12 closes_after:13", "closes_after stands there twice; say it once."),
        ("closes:12", "There is no option “closes”. Did you mean closes_after:?"),
    ],
)
async def test_what_has_no_field_is_kept(stage: SlackStage, more: str, fault: str) -> None:
    """The faulty option is asked for, with why; what was given beside it is planned, whether it has a field or not."""
    await slash(stage, f"{GIVEN} {more}", by="mod")
    form = modal(stage, "mod")
    assert fault in form.text
    assert "closes_after" in values_of(form)
    sent = await answered(stage, stage.server.submit(stage.team, "mod", {"closes_after": "12"}))
    assert not sent.errors
    assert rows(stage, KEPT) == [PLANNED]


async def test_what_the_feature_refuses_is_asked_for_again(stage: SlackStage) -> None:
    """The same where only the feature finds out what is wrong."""
    await slash(stage, f"{GIVEN} closes_after:12 channel:#study".replace("vectors", "zzz"), by="mod")
    assert "There is no topic “zzz”." in modal(stage, "mod").text
    await answered(stage, stage.server.submit(stage.team, "mod", {"topic": "vectors"}))
    assert rows(stage, KEPT) == [PLANNED]


async def test_what_has_no_room_is_said_in_words(stage: SlackStage) -> None:
    """Where a form cannot keep all that was typed none opens: the line is there to be typed again."""
    names = ",".join(["vectors", "matrices", "probability", "trees"] * 5)
    for wrong, fault in (("closes_after:100", "from 1 to 72"), ("time:99", "“99” is no time of the day")):
        line = f"schedule add quiz channel:#study days:daily timezone:Europe/Berlin questions:3 topic:{names} {wrong}"
        told = await slash(stage, line, by="mod")
        assert stage.member("mod").views == []
        assert told.private
        assert fault in told.text
    assert rows(stage, KEPT) == []
