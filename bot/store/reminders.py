"""Reminders: what a person wants to be reminded of, whether it can be said to them, and what there is to remind of."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, exists, select, update

from bot.chat.people import Account, Space
from bot.store import tables
from bot.store.answers import ANSWER
from bot.store.messages import MESSAGE
from bot.store.people import ACCOUNT, PERSON
from bot.store.prepared import PerDialect
from bot.store.rounds import ROUND, ROUND_ITEM
from bot.store.schedules import FIRING
from bot.store.tables import table_of

REMINDER = table_of(tables.Reminder)
DAILY, RECALL = "daily", "recall"
KINDS = (DAILY, RECALL)
TELL, MENTION = "tell", "mention"
AT_ONCE = 500


class ReminderRow(Struct, frozen=True):
    """What a person wants to be reminded of, at `wall`, a time of their own day.

    `zone` is the person's own, if they have one; `failures`: how often in a row it could not be said.
    """

    id: int
    person_id: int
    kind: str
    account: Account
    group_id: int
    wall: str
    how: str
    failures: int
    zone: str | None


class Waiting(Struct, frozen=True):
    """A daily that is open until `closes`; `key` is its message's, empty where it was never posted."""

    key: str
    space: Space
    closes: datetime


_SET = PerDialect(
    REMINDER,
    lambda new: new.on_conflict_do_update(
        index_elements=["person_id", "kind"],
        set_={name: new.excluded[name] for name in ("account_id", "group_id", "wall", "how", "failures")},
    ).returning(REMINDER.c.id),
)
_ROWS = select(REMINDER, ACCOUNT.c.platform, ACCOUNT.c.user, PERSON.c.zone).select_from(
    REMINDER.join(ACCOUNT, ACCOUNT.c.id == REMINDER.c.account_id).join(PERSON, PERSON.c.id == REMINDER.c.person_id)
)
_OF_PERSON = _ROWS.where(REMINDER.c.person_id == bindparam("person")).order_by(REMINDER.c.kind)
_OF_GROUP = _ROWS.where(REMINDER.c.group_id == bindparam("group"), REMINDER.c.kind == bindparam("of_kind")).order_by(
    REMINDER.c.id
)
_BY_ID = _ROWS.where(REMINDER.c.id == bindparam("reminder"))
_DROP = delete(REMINDER).where(REMINDER.c.id == bindparam("reminder"))
_FAIL = (
    update(REMINDER)
    .where(REMINDER.c.id == bindparam("reminder"))
    .values(failures=REMINDER.c.failures + 1)
    .returning(REMINDER.c.failures)
)
_WELL = update(REMINDER).where(REMINDER.c.id == bindparam("reminder")).values(failures=0)
_TOLD = select(MESSAGE.c.key, MESSAGE.c.sent).where(MESSAGE.c.key.in_(bindparam("names", expanding=True)))
_LOCKED = exists().where(
    ANSWER.c.round_item_id == ROUND_ITEM.c.id,
    ANSWER.c.person_id == bindparam("person"),
    ANSWER.c.locked_at.is_not(None),
)
_WAITING = (
    select(ROUND.c.id, ROUND.c.platform, ROUND.c.workspace, ROUND.c.channel, ROUND_ITEM.c.closes_at, FIRING.c.key)
    .select_from(
        ROUND_ITEM.join(ROUND, ROUND.c.id == ROUND_ITEM.c.round_id).outerjoin(FIRING, FIRING.c.round_id == ROUND.c.id)
    )
    .where(
        ROUND.c.group_id == bindparam("group"),
        ROUND.c.kind == "daily",
        ROUND.c.state == "open",
        ROUND_ITEM.c.opened_at.is_not(None),
        ROUND_ITEM.c.closed_at.is_(None),
        ROUND_ITEM.c.closes_at > bindparam("now"),
        ~_LOCKED,
    )
    .order_by(ROUND.c.id.desc(), ROUND_ITEM.c.position)
)


def put(
    db: Connection, *, person_id: int, kind: str, account_id: int, group_id: int, wall: str, how: str = TELL
) -> int:
    """Remind a person of something of a kind, in place of what they wanted before; the reminder's id."""
    values = {
        "person_id": person_id,
        "kind": kind,
        "account_id": account_id,
        "group_id": group_id,
        "wall": wall,
        "how": how,
        "failures": 0,
    }
    return int(db.execute(_SET.on(db), values).scalar_one())


def of_person(db: Connection, person_id: int) -> dict[str, ReminderRow]:
    """What a person wants to be reminded of, by kind."""
    return {row.kind: _reminder(row) for row in db.execute(_OF_PERSON, {"person": person_id})}


def of_group(db: Connection, group_id: int, kind: str) -> list[ReminderRow]:
    """Who wants to be reminded of something of a group."""
    return [_reminder(row) for row in db.execute(_OF_GROUP, {"group": group_id, "of_kind": kind})]


def find(db: Connection, reminder_id: int) -> ReminderRow | None:
    """The reminder with that id."""
    row = db.execute(_BY_ID, {"reminder": reminder_id}).first()
    return _reminder(row) if row else None


def drop(db: Connection, reminder_id: int) -> None:
    """Remind nobody of that any more."""
    db.execute(_DROP, {"reminder": reminder_id})


def fail(db: Connection, reminder_id: int) -> int:
    """It could not be said; how often in a row that makes."""
    return int(db.execute(_FAIL, {"reminder": reminder_id}).scalar() or 0)


def went_well(db: Connection, reminder_id: int) -> None:
    """It could be said the last time."""
    db.execute(_WELL, {"reminder": reminder_id})


def told(db: Connection, keys: Iterable[str]) -> dict[str, bool]:
    """Those of the messages that were ever wished for, with whether the platform has them."""
    names = list(keys)
    found: dict[str, bool] = {}
    for start in range(0, len(names), AT_ONCE):
        rows = db.execute(_TOLD, {"names": names[start : start + AT_ONCE]})
        found |= {row.key: row.sent > 0 for row in rows}
    return found


def waiting(db: Connection, group_id: int, person_id: int, now: datetime) -> list[Waiting]:
    """The group's open dailies in which the person has a question that is not locked, the newest first."""
    asked = {"group": group_id, "person": person_id, "now": now}
    found: dict[int, Waiting] = {}
    for row in db.execute(_WAITING, asked):
        space = Space(row.platform, row.workspace or None, row.channel or None)
        found.setdefault(row.id, Waiting(row.key or "", space, row.closes_at))
    return list(found.values())


def _reminder(r: Any) -> ReminderRow:
    return ReminderRow(
        r.id, r.person_id, r.kind, Account(r.platform, r.user), r.group_id, r.wall, r.how, r.failures, r.zone
    )
