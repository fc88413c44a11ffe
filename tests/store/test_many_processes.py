"""Many processes on one database: nothing of what they write is lost."""

from multiprocessing import get_context
from pathlib import Path

import pytest

from tests.clock import Clock
from tests.store import writer
from tests.store.study import Study, check_books, ways

ROUNDS = 6


@pytest.mark.parametrize("processes", [4, pytest.param(8, marks=pytest.mark.slow)])
def test_many_processes_write(database_url: str, study: Study, clock: Clock, tmp_path: Path, processes: int) -> None:
    """Processes with three members each answer a live question and play solo rounds; every answer counts once."""
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
    token, _values, _words = ways(study.open_live())[0]
    spawn = get_context("spawn")
    writers = [
        spawn.Process(target=writer.play, args=(database_url, str(tmp_path), f"p{number}", token, ROUNDS))
        for number in range(processes)
    ]
    for process in writers:
        process.start()
    writer.let_go(tmp_path, processes)
    for process in writers:
        process.join(120)
    assert [process.exitcode for process in writers] == [0] * processes

    clock.advance(seconds=31)
    study.beat.run()
    counts = study.counts()
    assert counts["accounts"] == 1 + processes * 3
    assert counts["rounds"] == 1 + processes * ROUNDS
    assert counts["answers"] == processes * (3 + 2 * ROUNDS)
    check_books(study.engine, clock.now)
