"""Turns are apart from each other, whoever asks and from where."""

from datetime import datetime, timedelta
from multiprocessing import get_context
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.store import turns
from bot.store.engine import transaction
from tests.clock import START, Clock
from tests.store import writer
from tests.store.study import at_once

EVERY = timedelta(seconds=5)


def reserve(engine: Engine, now: datetime, name: str = "turn", every: timedelta = EVERY) -> datetime:
    """Ask for a turn."""
    with transaction(engine) as db:
        return turns.reserve(db, name, now, every)


def test_the_first_goes_at_once_and_the_others_follow(engine: Engine, clock: Clock) -> None:
    """Each turn is later than the one before; who comes when nobody waits goes at once; each name has its own turns."""
    assert [reserve(engine, clock.now) - clock.now for _caller in range(3)] == [0 * EVERY, EVERY, 2 * EVERY]
    assert reserve(engine, clock.now, "other") == clock.now
    clock.advance(seconds=15, microseconds=1)
    assert reserve(engine, clock.now) == clock.now
    assert reserve(engine, clock.now) == clock.now + EVERY


def test_a_turn_keeps_the_distance_that_its_holder_asked_for(engine: Engine, clock: Clock) -> None:
    """Callers with distances of their own: each keeps the next one away for as long as it said."""
    long = timedelta(minutes=1, microseconds=7)
    assert reserve(engine, clock.now, every=long) == clock.now
    assert reserve(engine, clock.now) == clock.now + long
    assert reserve(engine, clock.now) == clock.now + long + EVERY


def test_a_clock_that_is_behind_gains_nothing(engine: Engine, clock: Clock) -> None:
    """A process whose clock is slow gets a turn after the others' all the same."""
    reserve(engine, clock.now)
    assert reserve(engine, clock.now - timedelta(hours=1)) == clock.now + EVERY


def test_many_threads(engine: Engine, clock: Clock) -> None:
    """Sixteen threads that ask at the same moment get sixteen turns, each apart from the others."""
    found = at_once([lambda: reserve(engine, clock.now)] * 16)
    assert sorted(found) == [clock.now + number * EVERY for number in range(16)]


@pytest.mark.parametrize("processes", [4])
def test_many_processes(engine: Engine, database_url: str, tmp_path: Path, processes: int) -> None:
    """Four processes that ask twenty times each get eighty turns, each apart from the others."""
    spawn = get_context("spawn")
    asking = [
        spawn.Process(target=writer.take_turns, args=(database_url, str(tmp_path), f"p{number}", 20))
        for number in range(processes)
    ]
    for process in asking:
        process.start()
    writer.let_go(tmp_path, processes)
    for process in asking:
        process.join(60)
    assert [process.exitcode for process in asking] == [0] * processes
    found = [datetime.fromisoformat(line) for path in tmp_path.glob("*.turns") for line in path.read_text().split()]
    assert sorted(found) == [START + number * EVERY for number in range(20 * processes)]
