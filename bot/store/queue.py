"""What waits for its time: alarms and jobs; and the deliveries that have been dealt with."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, func, insert, select, update

from bot.store import tables
from bot.store.prepared import PerDialect
from bot.store.tables import table_of

ALARM = table_of(tables.Alarm)
JOB = table_of(tables.Job)
HANDLED = table_of(tables.Handled)
LEASE = timedelta(minutes=5)


class AlarmRow(Struct, frozen=True):
    """Something that is due."""

    id: int
    key: str
    group_id: int
    at: datetime
    action: str
    args: tuple[str, ...]


class JobRow(Struct, frozen=True):
    """Work that is due."""

    id: int
    group_id: int | None
    kind: str
    args: Mapping[str, Any]
    attempts: int


_SET_ALARM = PerDialect(
    ALARM,
    lambda new: new.on_conflict_do_update(
        index_elements=["key"],
        set_={
            "at": new.excluded.at,
            "group_id": new.excluded.group_id,
            "action": new.excluded.action,
            "args": new.excluded.args,
            "attempts": 0,
        },
    ),
)
# An alarm that is being served at this moment is left alone: waiting for it could wait for ever.
_CANCEL = delete(ALARM).where(
    ALARM.c.id.in_(select(ALARM.c.id).where(ALARM.c.key == bindparam("name")).with_for_update(skip_locked=True))
)
_HOLD = select(ALARM.c.id).where(ALARM.c.key == bindparam("name")).with_for_update()
_NEXT_ALARM = select(func.min(ALARM.c.at))
_DUE_ALARM = (
    select(ALARM)
    .where(ALARM.c.at <= bindparam("now"))
    .order_by(ALARM.c.at, ALARM.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_TAKEN = delete(ALARM).where(ALARM.c.id == bindparam("alarm"))
_NEW_JOB = insert(JOB).returning(JOB.c.id)
_LEASED = (
    update(JOB)
    .where(JOB.c.id == bindparam("job"))
    .values(due_at=bindparam("until", type_=JOB.c.due_at.type), attempts=JOB.c.attempts + 1)
)
_HANDLED = PerDialect(HANDLED, lambda new: new.on_conflict_do_nothing(index_elements=["platform", "delivery"]))
_DUE_JOBS = (
    select(JOB)
    .where(JOB.c.state == "due", JOB.c.due_at <= bindparam("now"), JOB.c.kind.in_(bindparam("kinds", expanding=True)))
    .order_by(JOB.c.due_at, JOB.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)


def set_alarm(db: Connection, key: str, group_id: int, at: datetime, action: str, args: Sequence[str]) -> None:
    """Have `action` run at `at`; the same key again moves it."""
    db.execute(
        _SET_ALARM.on(db),
        {"key": key, "group_id": group_id, "at": at, "action": action, "args": json.dumps(list(args)), "attempts": 0},
    )


def cancel_alarm(db: Connection, key: str) -> None:
    """Forget the alarm called `key`, if it is set; one that is just being served goes its way."""
    db.execute(_CANCEL, {"name": key})


def hold_alarm(db: Connection, key: str) -> None:
    """Make whoever would serve the alarm called `key`, or set it, wait until this transaction ends."""
    if db.dialect.name == "sqlite":  # there one transaction writes at a time anyway
        return
    if db.execute(_HOLD, {"name": key}).first() is None:  # it was just served, and may stand there anew
        db.execute(_HOLD, {"name": key})


def next_alarm(db: Connection) -> datetime | None:
    """When the next alarm is due."""
    return db.execute(_NEXT_ALARM).scalar()


def take_alarm(db: Connection, now: datetime) -> AlarmRow | None:
    """The oldest alarm that is due, removed within this transaction: if that is rolled back, it is due again."""
    row = db.execute(_DUE_ALARM, {"now": now}).first()
    if row is None:
        return None
    db.execute(_TAKEN, {"alarm": row.id})
    return AlarmRow(row.id, row.key, row.group_id, row.at, row.action, tuple(json.loads(row.args)))


def postpone_alarm(db: Connection, alarm: AlarmRow, at: datetime) -> None:
    """An alarm whose handler failed is tried again at `at`, so that it does not hold up the others."""
    db.execute(update(ALARM).where(ALARM.c.id == alarm.id).values(at=at, attempts=ALARM.c.attempts + 1))


def handle_once(db: Connection, platform: str, delivery: str, now: datetime) -> bool:
    """True the first time that this delivery is seen; the mark lives and dies with the transaction."""
    return _HANDLED.run(db, platform=platform, delivery=delivery, at=now) == 1


def forget_handled(db: Connection, before: datetime) -> int:
    """Drop the marks of deliveries before a moment; how many went."""
    return db.execute(delete(HANDLED).where(HANDLED.c.at < before)).rowcount


def add_job(db: Connection, kind: str, args: Mapping[str, Any], group_id: int | None, now: datetime) -> int:
    """Have slow work done; its id."""
    values = {
        "kind": kind,
        "args": json.dumps(args),
        "group_id": group_id,
        "state": "due",
        "attempts": 0,
        "due_at": now,
        "error": "",
        "created_at": now,
    }
    return int(db.execute(_NEW_JOB, values).scalar_one())


def on_platform(kind: str, platform: str) -> str:
    """The kind of a job that only a process on that platform can do."""
    return f"{kind}@{platform}"


def claim_jobs(db: Connection, now: datetime, most: int, kinds: Sequence[str]) -> list[JobRow]:
    """Jobs of these kinds that are due, leased for five minutes: a worker that dies leaves them to another."""
    rows = db.execute(_DUE_JOBS, {"now": now, "most": most, "kinds": list(kinds)}).all()
    for row in rows:
        db.execute(_LEASED, {"job": row.id, "until": now + LEASE})
    return [JobRow(row.id, row.group_id, row.kind, json.loads(row.args), row.attempts + 1) for row in rows]


def end_job(db: Connection, job: JobRow) -> bool:
    """Take the job off the list; False if another worker did so first, and then its result must not count twice."""
    return db.execute(delete(JOB).where(JOB.c.id == job.id)).rowcount == 1


def retry_job(db: Connection, job: JobRow, due: datetime, error: str, *, give_up: bool) -> None:
    """Note what went wrong; try again at `due`, or leave it as failed."""
    db.execute(
        update(JOB).where(JOB.c.id == job.id).values(due_at=due, error=error, state="failed" if give_up else "due")
    )
