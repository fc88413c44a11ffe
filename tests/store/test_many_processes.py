"""Eight processes on one database: nothing of what they write is lost."""

from multiprocessing import get_context
from pathlib import Path

from tests.clock import Clock
from tests.store import writer
from tests.store.study import Study, check_books, ways

PROCESSES, ROUNDS = 8, 6


def test_eight_processes_write(database_url: str, study: Study, clock: Clock, tmp_path: Path) -> None:
    """Eight processes with three members each answer a live question and play solo rounds; every answer counts once."""
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
    token, _values, _words = ways(study.open_live())[0]
    spawn = get_context("spawn")
    writers = [
        spawn.Process(target=writer.play, args=(database_url, str(tmp_path), f"p{number}", token, ROUNDS))
        for number in range(PROCESSES)
    ]
    for process in writers:
        process.start()
    writer.let_go(tmp_path, PROCESSES)
    for process in writers:
        process.join(120)
    assert [process.exitcode for process in writers] == [0] * PROCESSES

    clock.advance(seconds=31)
    study.beat.run()
    counts = study.counts()
    assert counts["accounts"] == 1 + PROCESSES * 3
    assert counts["rounds"] == 1 + PROCESSES * ROUNDS
    assert counts["answers"] == PROCESSES * (3 + 2 * ROUNDS)
    check_books(study.engine, clock.now)
