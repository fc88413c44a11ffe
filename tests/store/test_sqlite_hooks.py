"""What makes SQLite honest: its settings, and a write lock from the first statement on."""

import contextlib
import sqlite3
import time
from contextlib import closing

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import IntegrityError

from bot.store import tables
from bot.store.engine import transaction
from bot.store.tables import table_of
from tests.clock import START
from tests.store.study import at_once

PERSON = table_of(tables.Person)
ACCOUNT = table_of(tables.Account)
SETTING = table_of(tables.Setting)


def test_settings(lite: Engine) -> None:
    """Every connection has the write-ahead log, foreign keys, a busy timeout, and the sync level that goes with WAL."""
    for _connection in range(2):
        with lite.connect() as db:
            found = [
                db.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "foreign_keys", "busy_timeout", "synchronous")
            ]
            assert found == ["wal", 1, 5000, 1]


def test_foreign_keys_hold(lite: Engine) -> None:
    """An account without a person is refused."""
    with pytest.raises(IntegrityError), transaction(lite) as db:
        db.execute(insert(ACCOUNT).values(platform="test", user="ann", name="ann", person_id=404))


def test_no_update_is_lost(lite: Engine) -> None:
    """Four threads that read a number and write the next one back count every step: the lock comes before the read."""
    with transaction(lite) as db:
        db.execute(insert(PERSON).values(id=1, zone="0", created_at=START))

    def count_up() -> None:
        for _step in range(25):
            with transaction(lite) as db:
                found = int(db.execute(select(PERSON.c.zone)).scalar_one() or 0)
                db.execute(update(PERSON).values(zone=str(found + 1)))

    at_once([count_up] * 4)
    with transaction(lite, reads=True) as db:
        assert db.execute(select(PERSON.c.zone)).scalar_one() == "100"


@pytest.mark.parametrize("reads", [False, True])
def test_the_lock_comes_before_the_first_statement(lite: Engine, *, reads: bool) -> None:
    """Whoever writes holds the lock from the beginning, which no other process gets past; whoever reads holds none."""
    with transaction(lite, reads=reads), closing(sqlite3.connect(str(lite.url.database), timeout=0)) as other:
        refused = pytest.raises(sqlite3.OperationalError, match="locked")
        with contextlib.nullcontext() if reads else refused:
            other.execute("BEGIN IMMEDIATE")


def test_whoever_comes_another_way_takes_all_back_too(lite: Engine) -> None:
    """Also a transaction that is not begun by `transaction` is one."""
    with contextlib.suppress(ZeroDivisionError), lite.begin() as db:
        db.execute(insert(PERSON).values(id=1, created_at=START))
        raise ZeroDivisionError
    with transaction(lite, reads=True) as db:
        assert db.execute(select(PERSON.c.id)).all() == []


def test_readers_do_not_wait(lite: Engine) -> None:
    """A request that only reads goes through while another one writes, and sees what was there before."""
    with transaction(lite) as writer:
        writer.execute(insert(PERSON).values(id=1, created_at=START))
        begun = time.perf_counter()
        with transaction(lite, reads=True) as reader:
            assert reader.execute(select(PERSON.c.id)).all() == []
        assert time.perf_counter() - begun < 1


def test_a_failed_transaction_leaves_nothing(lite: Engine) -> None:
    """An exception takes everything back, what was written before it too, and frees the write lock."""
    with contextlib.suppress(ZeroDivisionError), transaction(lite) as db:
        db.execute(insert(PERSON).values(id=1, created_at=START))
        raise ZeroDivisionError
    with transaction(lite) as db:
        assert db.execute(text("SELECT count(*) FROM person")).scalar() == 0
