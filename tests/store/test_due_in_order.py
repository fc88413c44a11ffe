"""Thousands may be due at the same moment: whoever takes the next of them does not sort all of them for it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, insert

from bot.store import queue
from bot.store.engine import transaction
from bot.store.queue import ALARM, JOB
from tests.clock import Clock
from tests.store.study import Study

MANY = 2_000
KINDS = ("explain", "look@here")

Taking = Callable[[Connection, datetime], Any]
Executed = list[tuple[str, Any]]


@pytest.fixture
def waiting(engine: Engine, clock: Clock, study: Study) -> None:
    """Alarms and jobs of one moment, and statistics of them."""
    study.say("ann", "mate")
    with transaction(engine) as db:
        alarm = {"group_id": 1, "at": clock.now, "action": "live.close"}
        db.execute(insert(ALARM), [{"key": f"a{number}", **alarm} for number in range(MANY)])
        job = {"kind": KINDS[0], "due_at": clock.now, "created_at": clock.now}
        db.execute(insert(JOB), [{"args": str(number), **job} for number in range(MANY)])
        db.exec_driver_sql("ANALYZE")


@pytest.mark.usefixtures("waiting")
@pytest.mark.parametrize(
    "take", [queue.take_alarm, lambda db, now: queue.claim_jobs(db, now, 5, KINDS)], ids=["alarms", "jobs"]
)
def test_the_next_is_found_in_order(engine: Engine, clock: Clock, take: Taking) -> None:
    """An index hands out what is due first, with what is due at the same moment in the order of the rows."""
    with transaction(engine) as db:
        with _noted(engine) as executed:
            assert take(db, clock.now)
        looked = executed[0]
        plan = _plan(db, *looked)
    assert "ix_" in plan, plan
    assert "Sort" not in plan, plan
    assert "B-TREE" not in plan, plan


@contextmanager
def _noted(engine: Engine) -> Iterator[Executed]:
    found: Executed = []

    def note(_db: Any, _cursor: Any, statement: str, parameters: Any, _context: Any, _many: bool) -> None:  # noqa: FBT001
        found.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    yield found
    event.remove(engine, "before_cursor_execute", note)


def _plan(db: Connection, statement: str, parameters: Any) -> str:
    """How the database would execute it."""
    asked = "EXPLAIN QUERY PLAN" if db.dialect.name == "sqlite" else "EXPLAIN"
    return "\n".join(str(tuple(row)) for row in db.exec_driver_sql(f"{asked} {statement}", parameters))
