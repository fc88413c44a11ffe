"""Connections to a file are kept from one transaction to the next, and nothing else of the one before is."""

import logging
import threading
from pathlib import Path

import pytest
from sqlalchemy import Engine, event, text

from bot.store.engine import transaction
from bot.store.keeping import MOST

COUNT = text("SELECT count(*) FROM turn")
NOTE = text("INSERT INTO turn (name, free_at) VALUES (:name, 0)")


@pytest.fixture
def taken(lite: Engine) -> list[object]:
    """What was taken out of SQLAlchemy's pool."""
    found: list[object] = []
    event.listen(lite, "checkout", lambda connection, _record, _proxy: found.append(connection))
    return found


def log_of(engine: Engine) -> Path:
    """The write-ahead log beside the file."""
    return Path(f"{engine.url.database}-wal")


def test_one_connection_for_one_thread(lite: Engine, taken: list[object]) -> None:
    """Transactions that follow each other, those that read among them, take one connection out of the pool."""
    for number in range(5):
        with transaction(lite) as db:
            db.execute(NOTE, {"name": str(number)})
        with transaction(lite, reads=True) as db:
            assert db.execute(COUNT).scalar_one() == number + 1
    assert len(taken) == 1


def test_a_connection_that_saw_an_exception_goes_back(lite: Engine, taken: list[object]) -> None:
    """What an exception went through is not kept: the next transaction has a connection from the pool, and no trace."""

    def fail() -> None:
        with transaction(lite) as db:
            db.execute(NOTE, {"name": "lost"})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with transaction(lite) as db:
        assert db.execute(COUNT).scalar_one() == 0
    assert len(taken) == 2


def test_the_file_is_left_whole(lite: Engine) -> None:
    """Once the engine is disposed of, no log is left beside the file: every connection is closed."""
    with transaction(lite) as db:
        db.execute(NOTE, {"name": "kept"})
    assert log_of(lite).exists()
    lite.dispose()
    assert not log_of(lite).exists()
    with transaction(lite) as db:
        assert db.execute(COUNT).scalar_one() == 1


def test_nothing_is_said_of_it(lite: Engine, caplog: pytest.LogCaptureFixture) -> None:
    """Connections come and go without a line in the log, whatever is logged else."""
    caplog.set_level(logging.DEBUG)
    with transaction(lite) as db:
        db.execute(NOTE, {"name": "kept"})
    lite.dispose()
    assert not caplog.records


def test_disposed_of_in_the_middle(lite: Engine) -> None:
    """What is at work when the engine is disposed of ends as ever, and is closed and not kept."""
    with transaction(lite) as db:
        db.execute(NOTE, {"name": "kept"})
        lite.dispose()
    with transaction(lite, reads=True) as db:
        assert db.execute(COUNT).scalar_one() == 1
    lite.dispose()
    assert not log_of(lite).exists()


def test_many_at_once(lite: Engine, taken: list[object]) -> None:
    """More threads than are kept connections for all get one, and what is too many goes back to the pool."""
    crowd = MOST + 4
    together = threading.Barrier(crowd)

    def look() -> None:
        with transaction(lite, reads=True) as db:
            together.wait(10)
            assert db.execute(COUNT).scalar_one() == 0

    threads = [threading.Thread(target=look) for _one in range(crowd)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(taken) == crowd
    assert lite.pool.checkedout() == MOST  # type: ignore[attr-defined]
