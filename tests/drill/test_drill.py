"""Whatever is killed, each day of each group is posted once: three days on real processes, on each database."""

import sys
from pathlib import Path

import pytest

from bot.library import Library
from bot.store import schedules
from bot.store.engine import open_engine
from bot.store.messages import FLAGGED, SENT
from tests.drill.drill import OUTAGES, Drill, Numbers

WORKERS = {"sqlite": 1, "postgres": 3}


async def drilled(url: str, library: Library, folder: Path, workers: int, groups: int) -> Drill:
    """A drill that is over."""
    engine = open_engine(url)
    drill = Drill(engine, library, folder, workers, seed=groups + workers)
    drill.plan(groups)
    async with drill.running(url):
        await drill.three_days()
    return drill


def every_day_is_there(drill: Drill) -> None:
    """Each local day of each schedule was taken once, and posted no later than the longest outage explains.

    A quiz that was taken before an outage and sent after it, when its hour was over, is noted as late.
    """
    fired = drill.fired()
    for schedule in drill.planned():
        due = drill.days_of(schedule)
        assert len(due) == 3, schedule
        assert [day for day, _state, _at in fired[schedule.id]] == list(due)
        taken = {schedules.POSTED, schedules.LATE} if schedule.kind == "quiz" else {schedules.POSTED}
        for day, state, at in fired[schedule.id]:
            assert state in taken, f"{schedule.id} of {day} is {state}"
            assert (at - due[day]).total_seconds() < 3 * 3600, f"{schedule.id} of {day} came at {at}"


def every_day_stands_once(drill: Drill) -> None:
    """On Discord each post stands once; on Slack once, or it is flagged and stands once or not at all."""
    wished, shown = drill.wished(), drill.shown()
    for schedule in drill.planned():
        place = f"{schedule.space.workspace}/{schedule.space.channel}"
        for day in drill.days_of(schedule):
            key = f"schedule:{schedule.id}:{day.isoformat()}"
            state, times = wished[key].state, shown[place, key]
            drill.numbers.posts += state == SENT
            drill.numbers.flagged += state == FLAGGED
            if schedule.space.platform == "slack" and state == FLAGGED:
                assert times <= 1, f"{key} is flagged and stands {times} times"
            else:
                assert (state, times) == (SENT, 1), f"{key} on {schedule.space.platform}: {wished[key]}"


def nothing_is_left(drill: Drill) -> None:
    """No message waits, none stands twice in a place, and what stands is the last that was wished for."""
    assert {key: times for key, times in drill.shown().items() if times > 1} == {}
    wished, shown = drill.wished(), drill.cards()
    for key, row in wished.items():
        if row.only_there and wished[row.below].state == FLAGGED:  # there is no thread for it
            continue
        assert row.state in (SENT, FLAGGED), f"{key} is {row.state}: {row.error}"
        place = f"@{row.user}" if row.user else row.thread or f"{row.workspace}/{row.channel}"
        if row.state == SENT:
            assert shown[place, key] == row.card, f"{key} shows an older card: {row}"


@pytest.mark.parametrize("database", ["sqlite", "postgres"])
@pytest.mark.parametrize("groups", [50, pytest.param(2000, marks=pytest.mark.slow)])
async def test_a_day_is_posted_once(
    request: pytest.FixtureRequest, library: Library, tmp_path: Path, database: str, groups: int
) -> None:
    """In three days with workers that die anywhere each post comes once, or is flagged where nobody can tell."""
    url = str(request.getfixturevalue(f"{database}_url"))
    drill = await drilled(url, library, tmp_path, WORKERS[database], groups)
    try:
        every_day_is_there(drill)
        every_day_stands_once(drill)
        nothing_is_left(drill)
        was_a_drill(drill.numbers)
    finally:
        drill.engine.dispose()
        sys.stdout.write(f"{groups} groups on {database}: {drill.numbers}\n")


def was_a_drill(numbers: Numbers) -> None:
    """There were deaths of each kind, so that the rest says something."""
    assert numbers.kills >= 10, numbers
    assert numbers.between >= 2, numbers
    assert numbers.outages == 1 + len(OUTAGES), numbers
