"""Erases what nobody has a home for any more: groups that the bot was taken out of, and people who are in no other.

It goes by portions, each in a transaction of its own, so that nobody waits long for the lock. First go the homes: from
then on nothing leads to the group, and whoever dies in the middle leaves a group without a home to the next one.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, Table, bindparam, delete, exists, or_, select, text, tuple_, update

from bot.store import tables
from bot.store.answers import ANSWER
from bot.store.exposures import EXPOSURE, REPORT, SEEN
from bot.store.messages import MESSAGE
from bot.store.people import ACCOUNT, GROUP, HOME, MEMBERSHIP, PERSON, SEASON
from bot.store.queue import ALARM, JOB
from bot.store.rounds import ITEM, ROUND, ROUND_ITEM
from bot.store.scores import BOARD, LEDGER
from bot.store.settings import SETTING
from bot.store.tables import table_of

SCHEDULE = table_of(tables.Schedule)
FIRING = table_of(tables.Firing)
REMINDER = table_of(tables.Reminder)
PORTION = 2_000
ROUNDS_AT_ONCE = 200
PEOPLE_AT_ONCE = 500
_ERASING = 7_402_121
_OLD_HOME = HOME.c.removed_at < bindparam("before")
_NO_HOME = ~exists().where(HOME.c.group_id == GROUP.c.id)
_STARTED = exists().where(ROUND.c.starter_id == ACCOUNT.c.id, ACCOUNT.c.person_id == PERSON.c.id)
_SET_UP = exists().where(SCHEDULE.c.created_by == ACCOUNT.c.id, ACCOUNT.c.person_id == PERSON.c.id)
_NO_GROUP = ~exists().where(MEMBERSHIP.c.person_id == PERSON.c.id) & ~_STARTED & ~_SET_UP
_ANY_WORK = select(
    or_(
        exists().where(_OLD_HOME),
        exists(select(GROUP.c.id).where(_NO_HOME)),
        exists(select(PERSON.c.id).where(_NO_GROUP)),
    )
)


class _FullError(Exception):
    """The portion is full; what is left waits for the next one."""


class _Portion:
    """One transaction's share of the work: so many rows, then `_FullError`."""

    def __init__(self, db: Connection, most: int) -> None:
        self.db = db
        self.left = most

    def delete(self, table: Table, *where: ColumnElement[bool]) -> None:
        """Delete the rows of `table` that are meant, as far as they fit."""
        self.count(self.db.execute(delete(table).where(_among(table, where, self.left))).rowcount)

    def update(self, table: Table, values: dict[str, object], *where: ColumnElement[bool]) -> None:
        """Change the rows of `table` that are meant, as far as they fit; a changed row must not be meant again."""
        self.count(self.db.execute(update(table).where(_among(table, where, self.left)).values(values)).rowcount)

    def count(self, rows: int) -> None:
        """So many rows are done. Raises _FullError when no more fit."""
        self.left -= rows
        if self.left <= 0:
            raise _FullError


def has_work(db: Connection, before: datetime) -> bool:
    """Whether there is anything to erase of homes that the bot left before a moment."""
    return bool(db.execute(_ANY_WORK, {"before": before}).scalar_one())


def erase(db: Connection, before: datetime, most: int = PORTION) -> int:
    """Erase a portion of about `most` rows at most, for one transaction; how many it was, 0 at the end.

    Meant are homes that the bot left before a moment, groups without a home with everything of theirs, and people
    without a group.
    """
    if db.dialect.name == "postgresql":  # one process is enough
        found = db.execute(text("SELECT pg_try_advisory_xact_lock(:lock)"), {"lock": _ERASING})
        if not found.scalar_one():
            return 0
    portion = _Portion(db, most)
    try:
        _erase_homes(portion, before)
        while (group_id := db.execute(select(GROUP.c.id).where(_NO_HOME).limit(1)).scalar()) is not None:
            _erase_group(portion, group_id)
        while people := list(db.execute(select(PERSON.c.id).where(_NO_GROUP).limit(PEOPLE_AT_ONCE)).scalars()):
            _erase_people(portion, people)
    except _FullError:
        pass
    return most - portion.left


def _erase_homes(portion: _Portion, before: datetime) -> None:
    columns = HOME.c.id, HOME.c.platform, HOME.c.workspace
    old = select(*columns).where(_OLD_HOME).limit(portion.left).with_for_update(skip_locked=True)
    homes = portion.db.execute(old, {"before": before}).all()
    if homes:  # both at once: a home that somebody comes back to keeps its schedules
        where = tuple_(SCHEDULE.c.platform, SCHEDULE.c.workspace).in_([(row.platform, row.workspace) for row in homes])
        there = select(SCHEDULE.c.id).where(where)
        portion.db.execute(delete(FIRING).where(FIRING.c.schedule_id.in_(there)))
        portion.db.execute(delete(SCHEDULE).where(where))
        portion.count(portion.db.execute(delete(HOME).where(HOME.c.id.in_([row.id for row in homes]))).rowcount)


def _erase_group(portion: _Portion, group_id: int) -> None:
    """Everything of a group, what refers to something before what it refers to."""
    others = MEMBERSHIP.c.person_id == PERSON.c.id, MEMBERSHIP.c.group_id != group_id
    newest = select(MEMBERSHIP.c.group_id).where(*others).order_by(MEMBERSHIP.c.joined_at.desc()).limit(1)
    portion.update(PERSON, {"last_group_id": newest.scalar_subquery()}, PERSON.c.last_group_id == group_id)
    for table in (ALARM, JOB, MESSAGE, REPORT, FIRING, SCHEDULE, REMINDER, SETTING):
        portion.delete(table, table.c.group_id == group_id)
    some = select(ROUND.c.id).where(ROUND.c.group_id == group_id).limit(ROUNDS_AT_ONCE)
    while rounds := list(portion.db.execute(some).scalars()):
        plays = select(ROUND_ITEM.c.id).where(ROUND_ITEM.c.round_id.in_(rounds))
        for table in (REPORT, ANSWER, EXPOSURE):
            portion.delete(table, table.c.round_item_id.in_(plays))
        portion.delete(ROUND_ITEM, ROUND_ITEM.c.round_id.in_(rounds))
        portion.delete(ROUND, ROUND.c.id.in_(rounds))
    portion.delete(BOARD, BOARD.c.board.startswith(f"{group_id}:", autoescape=True))
    for table in (LEDGER, EXPOSURE, SEASON, MEMBERSHIP):
        portion.delete(table, table.c.group_id == group_id)
    portion.delete(ITEM, ITEM.c.scope == group_id)
    portion.delete(GROUP, GROUP.c.id == group_id)


def _erase_people(portion: _Portion, people: list[int]) -> None:
    accounts = select(ACCOUNT.c.id).where(ACCOUNT.c.person_id.in_(people))
    portion.update(LEDGER, {"by_id": None}, LEDGER.c.by_id.in_(accounts))
    for table in (REPORT, ANSWER, LEDGER):
        portion.delete(table, table.c.account_id.in_(accounts))
    for table in (EXPOSURE, SEEN, BOARD, REMINDER, ACCOUNT):
        portion.delete(table, table.c.person_id.in_(people))
    portion.delete(PERSON, PERSON.c.id.in_(people))


def _among(table: Table, where: Sequence[ColumnElement[bool]], most: int) -> ColumnElement[bool]:
    """Whether a row is one of the first of those that are meant."""
    keys = list(table.primary_key.columns)
    meant = select(*keys).where(*where).limit(most)
    return (tuple_(*keys) if len(keys) > 1 else keys[0]).in_(meant)
