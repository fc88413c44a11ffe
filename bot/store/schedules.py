"""Schedules: what a channel gets on its own local days, which day is next, and what became of each day."""

from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, and_, bindparam, exists, func, insert, or_, select, update

from bot.chat.people import Space
from bot.store import tables
from bot.store.messages import FAILED, MESSAGE
from bot.store.prepared import PerDialect, Prepared
from bot.store.rounds import ROUND
from bot.store.tables import table_of

SCHEDULE = table_of(tables.Schedule)
FIRING = table_of(tables.Firing)
ON, PAUSED, SILENT, FAILING, AWAY = "on", "paused", "silent", "failing", "away"
WAKEABLE = (PAUSED, SILENT, FAILING)  # what is away comes back with the bot
STOPPABLE = (ON, SILENT)
REMOVED = "removed"  # forgotten by its group; what it did still tells which days are excused
SAME = ("kind", "space", "wall", "days", "topic")  # in one zone two cannot have these in common and not be one twice
POSTED, MISSED, SKIPPED = "posted", "missed", "skipped"
EMPTY, LATE = "empty", "late"  # nothing fitted; a quiz that nobody saw before its close: both count as missed


class NewSchedule(Struct, frozen=True):
    """A schedule as it is made: see `ScheduleRow`."""

    group_id: int
    kind: str
    space: Space
    wall: str
    zone: str
    days: str
    topic: str
    questions: int
    closes_after: int
    ping: str
    created_by: int
    now: datetime


class ScheduleRow(Struct, frozen=True):
    """A schedule. `wall`: the time of the day, `09:00`; `zone` is empty where it follows the group's.

    `last_day`: the last local day that is done with; `next_day`, `next_at`: the one to come, if there is one.
    `closes_after` in minutes. `quiet`: posts in a row with hardly an answer (below zero: so many that are still
    open do not count), `failed`: such that were refused; `warned`: what its moderators were told of.
    """

    id: int
    group_id: int
    kind: str
    space: Space
    wall: str
    zone: str
    days: str
    topic: str
    plan_at: int
    questions: int
    closes_after: int
    ping: str
    state: str
    last_day: date | None
    next_day: date | None
    next_at: datetime | None
    quiet: int
    failed: int
    warned: str
    created_by: int


class FiringRow(Struct, frozen=True):
    """What became of one day of a schedule. `content` is the concept's or the challenge's id, `key` the message's."""

    id: int
    schedule_id: int
    day: date
    state: str
    at: datetime
    round_id: int | None
    content: str
    key: str


_PLACE = (SCHEDULE.c.platform, SCHEDULE.c.workspace, SCHEDULE.c.channel)
_OTHERS = tuple(SCHEDULE.c[name] for name in ScheduleRow.__struct_fields__ if name != "space")
_ALL = select(*_PLACE, *_OTHERS).where(SCHEDULE.c.group_id == bindparam("group"), SCHEDULE.c.state != REMOVED)
_BY_ID = _ALL.where(SCHEDULE.c.id == bindparam("schedule"))
_HELD = _BY_ID.with_for_update()
_OF_GROUP = _ALL.order_by(SCHEDULE.c.id)
_NEXT = Prepared(_ALL.with_only_columns(func.min(SCHEDULE.c.next_at)).where(SCHEDULE.c.kind == bindparam("of_kind")))
_IN_PLACE = _ALL.where(
    SCHEDULE.c.platform == bindparam("on_platform"),
    SCHEDULE.c.workspace == bindparam("at"),
    or_(bindparam("channel") == "", SCHEDULE.c.channel == bindparam("channel")),
).order_by(SCHEDULE.c.id)
# The guard of once a day: whoever moves `last_day` on has the day.
_ADVANCE = (
    update(SCHEDULE)
    .where(
        SCHEDULE.c.id == bindparam("schedule"),
        or_(SCHEDULE.c.last_day.is_(None), SCHEDULE.c.last_day < bindparam("day")),
    )
    .values(last_day=bindparam("day"))
)
_DONE = exists().where(FIRING.c.schedule_id == bindparam("schedule"), FIRING.c.day == bindparam("day"))
_PLAN = (
    update(SCHEDULE)
    .where(SCHEDULE.c.id == bindparam("schedule"), ~_DONE)
    .values(next_day=bindparam("day"), next_at=bindparam("moment"))
)
_FIRED = PerDialect(FIRING, lambda new: new.on_conflict_do_nothing(index_elements=["schedule_id", "day"]))
_FIRINGS = (
    select(FIRING)
    .where(FIRING.c.schedule_id == bindparam("schedule"))
    .order_by(FIRING.c.day.desc())
    .limit(bindparam("most"))
)
_OF_ROUND = select(FIRING).where(FIRING.c.round_id == bindparam("round"))
_BY_KEY = select(FIRING).where(FIRING.c.key == bindparam("name"), FIRING.c.group_id == bindparam("group"))
_FIRING = select(FIRING).where(FIRING.c.id == bindparam("firing"), FIRING.c.group_id == bindparam("group"))
# Needs the message beside the firing; one that is forgotten by now was taken.
REFUSED = and_(FIRING.c.state == POSTED, MESSAGE.c.state == FAILED, MESSAGE.c.sent == 0, MESSAGE.c.id.is_not(None))
_USED = (
    select(FIRING.c.content, func.count().label("times"), func.max(FIRING.c.day).label("latest"))
    .select_from(
        FIRING.join(SCHEDULE, SCHEDULE.c.id == FIRING.c.schedule_id).outerjoin(MESSAGE, MESSAGE.c.key == FIRING.c.key)
    )
    .where(FIRING.c.group_id == bindparam("group"), SCHEDULE.c.kind == bindparam("of_kind"))
    .where(FIRING.c.content != "", ~REFUSED)
    .group_by(FIRING.c.content)
)
_OPEN_DAILIES = (
    select(FIRING, SCHEDULE.c.platform, SCHEDULE.c.workspace, SCHEDULE.c.channel)
    .select_from(
        FIRING.join(SCHEDULE, SCHEDULE.c.id == FIRING.c.schedule_id).join(ROUND, ROUND.c.id == FIRING.c.round_id)
    )
    .where(FIRING.c.group_id == bindparam("group"), ROUND.c.state == "open", ROUND.c.kind == "daily")
    .order_by(FIRING.c.at.desc(), FIRING.c.id.desc())
)
_DAILY_OF = (
    select(FIRING)
    .where(FIRING.c.group_id == bindparam("group"), FIRING.c.day == bindparam("day"), FIRING.c.round_id.is_not(None))
    .order_by(FIRING.c.id)
)


def add(db: Connection, new: NewSchedule) -> int:
    """Make a schedule that has no next day yet; its id."""
    made = insert(SCHEDULE).values(
        group_id=new.group_id,
        kind=new.kind,
        platform=new.space.platform,
        workspace=new.space.workspace or "",
        channel=new.space.channel or "",
        wall=new.wall,
        zone=new.zone,
        days=new.days,
        topic=new.topic,
        questions=new.questions,
        closes_after=new.closes_after,
        ping=new.ping,
        created_by=new.created_by,
        created_at=new.now,
    )
    return int(db.execute(made.returning(SCHEDULE.c.id)).scalar_one())


def find(db: Connection, group_id: int, schedule_id: int, *, hold: bool = False) -> ScheduleRow | None:
    """The group's schedule of that id; `hold` makes everybody else who wants to change it wait."""
    row = db.execute(_HELD if hold else _BY_ID, {"schedule": schedule_id, "group": group_id}).first()
    return _schedule(row) if row else None


def of_group(db: Connection, group_id: int) -> list[ScheduleRow]:
    """The group's schedules, the oldest first."""
    return [_schedule(row) for row in db.execute(_OF_GROUP, {"group": group_id})]


def next_of(db: Connection, group_id: int, kind: str) -> datetime | None:
    """When the next of the group's posts of a kind is planned, if one is."""
    found: datetime | None = _NEXT.scalar(db, group=group_id, of_kind=kind)
    return found


def in_place(db: Connection, group_id: int, space: Space) -> list[ScheduleRow]:
    """The group's schedules in a channel, or in the whole workspace where no channel is named."""
    place = {"on_platform": space.platform, "at": space.workspace or "", "channel": space.channel or ""}
    return [_schedule(row) for row in db.execute(_IN_PLACE, {"group": group_id, **place})]


def change(db: Connection, schedule_id: int, **values: Any) -> None:
    """Set columns of a schedule."""
    db.execute(update(SCHEDULE).where(SCHEDULE.c.id == schedule_id).values(**values))


def is_same(known: ScheduleRow, new: NewSchedule | ScheduleRow) -> bool:
    """Whether a new schedule would bring what a known one of its zone brings, to the same place at the same times."""
    return all(getattr(known, name) == getattr(new, name) for name in SAME)


def remove(db: Connection, schedule_id: int, now: datetime) -> None:
    """Take a schedule from its group at `now`; what it did is kept."""
    change(db, schedule_id, state=REMOVED, next_day=None, next_at=now)


def advance(db: Connection, schedule_id: int, day: date) -> bool:
    """Take a local day; False if it, or a later one, was taken before."""
    return db.execute(_ADVANCE, {"schedule": schedule_id, "day": day}).rowcount == 1


def plan(db: Connection, schedule_id: int, day: date | None, at: datetime | None) -> bool:
    """Note which day is next, and when; False if something became of that day already, and then nothing is noted."""
    return db.execute(_PLAN, {"schedule": schedule_id, "day": day, "moment": at}).rowcount == 1


def fired(
    db: Connection,
    schedule: ScheduleRow,
    day: date,
    state: str,
    at: datetime,
    *,
    round_id: int | None = None,
    content: str = "",
    key: str = "",
) -> None:
    """Note what became of a day; what was noted first stands."""
    db.execute(
        _FIRED.on(db),
        {
            "schedule_id": schedule.id,
            "group_id": schedule.group_id,
            "day": day,
            "state": state,
            "at": at,
            "round_id": round_id,
            "content": content,
            "key": key,
        },
    )


def firings(db: Connection, schedule_id: int, most: int) -> list[FiringRow]:
    """The newest days of a schedule, the newest first."""
    return [_firing(row) for row in db.execute(_FIRINGS, {"schedule": schedule_id, "most": most})]


def find_firing(db: Connection, group_id: int, firing_id: int) -> FiringRow | None:
    """The group's firing of that id."""
    row = db.execute(_FIRING, {"firing": firing_id, "group": group_id}).first()
    return _firing(row) if row else None


def firing_of_round(db: Connection, round_id: int) -> FiringRow | None:
    """The day that a round was opened for."""
    row = db.execute(_OF_ROUND, {"round": round_id}).first()
    return _firing(row) if row else None


def firing_of_message(db: Connection, group_id: int, key: str) -> FiringRow | None:
    """The day that a message was posted for."""
    row = db.execute(_BY_KEY, {"name": key, "group": group_id}).first()
    return _firing(row) if row else None


def used(db: Connection, group_id: int, kind: str) -> dict[str, tuple[int, date]]:
    """How often the group was posted each content of a kind, and when last; what was refused it never saw."""
    return {row.content: (row.times, row.latest) for row in db.execute(_USED, {"group": group_id, "of_kind": kind})}


def open_dailies(db: Connection, group_id: int) -> list[tuple[FiringRow, Space]]:
    """The days whose questions are open now, with where they stand, the newest first."""
    rows = db.execute(_OPEN_DAILIES, {"group": group_id})
    return [(_firing(row), Space(row.platform, row.workspace or None, row.channel or None)) for row in rows]


def dailies_of(db: Connection, group_id: int, day: date) -> list[FiringRow]:
    """The group's scheduled dailies of a local day."""
    return [_firing(row) for row in db.execute(_DAILY_OF, {"group": group_id, "day": day})]


def _schedule(r: Any) -> ScheduleRow:
    platform, workspace, channel, schedule_id, group_id, kind, *others = r
    return ScheduleRow(schedule_id, group_id, kind, Space(platform, workspace or None, channel or None), *others)


def _firing(r: Any) -> FiringRow:
    return FiringRow(r.id, r.schedule_id, r.day, r.state, r.at, r.round_id, r.content, r.key)
