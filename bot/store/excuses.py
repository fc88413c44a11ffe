"""The days that neither count for a streak nor break it: what the schedules of somebody's groups made of them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, case, exists, or_, select, update

from bot.rules import streaks
from bot.rules.calendar import local_day
from bot.rules.streaks import Posts, Streak
from bot.store.engine import among
from bot.store.messages import DUE, MESSAGE
from bot.store.people import GROUP, MEMBERSHIP
from bot.store.schedules import EMPTY, FIRING, LATE, MISSED, POSTED, REFUSED, REMOVED, SCHEDULE, FiringRow

QUIZ = "quiz"
AT_ONCE = 500


class Asked(Struct, frozen=True):
    """A person on their own day, in the zone that makes it; `streak` is as it was kept up to an earlier one."""

    person_id: int
    zone: str
    day: date
    streak: Streak


class Excuses:
    """The days that are excused, looked up once for many people."""

    def __init__(self, groups: Mapping[int, Sequence[Posts]]) -> None:
        self._groups = groups

    def of(self, asked: Asked, day: date) -> bool:
        """Whether a day neither counts nor breaks this person's streak."""
        return streaks.is_excused(day, self._groups.get(asked.person_id, ())) or not streaks.is_in(day, asked.zone)

    def have_quiz(self, person_id: int) -> bool:
        """Whether any group of this person has a quiz schedule."""
        return any(group.begun is not None for group in self._groups.get(person_id, ()))


def some_of(name: str) -> Any:
    """A parameter that holds several ids."""
    return bindparam(name, expanding=True)


_JOINED = (
    select(MEMBERSHIP.c.person_id, MEMBERSHIP.c.group_id, MEMBERSHIP.c.joined_at)
    .where(MEMBERSHIP.c.person_id.in_(some_of("persons")))
    .order_by(MEMBERSHIP.c.person_id, MEMBERSHIP.c.group_id)
)
_QUIZZES = (
    select(
        *(SCHEDULE.c[name] for name in ("group_id", "state", "created_at", "zone", "next_day", "next_at")),
        GROUP.c.zone.label("home"),
    )
    .select_from(SCHEDULE.join(GROUP, GROUP.c.id == SCHEDULE.c.group_id))
    .where(SCHEDULE.c.group_id.in_(some_of("groups")), SCHEDULE.c.kind == QUIZ)
)
# What was posted and never taken by the platform, or too late, was missed as well.
_MADE_OF = case((or_(REFUSED, among(FIRING.c.state, (EMPTY, LATE))), MISSED), else_=FIRING.c.state)
_DAYS = (
    select(FIRING.c.group_id, FIRING.c.day, _MADE_OF.label("state"))
    .select_from(
        FIRING.join(SCHEDULE, SCHEDULE.c.id == FIRING.c.schedule_id).outerjoin(MESSAGE, MESSAGE.c.key == FIRING.c.key)
    )
    .where(
        FIRING.c.group_id.in_(some_of("groups")),
        FIRING.c.day.between(bindparam("first"), bindparam("final")),
        or_(_MADE_OF == MISSED, (_MADE_OF == POSTED) & (SCHEDULE.c.kind == QUIZ)),
    )
    .distinct()
)
_LATE = (
    update(FIRING)
    .where(
        FIRING.c.id == bindparam("firing"),
        FIRING.c.state == POSTED,
        exists().where(MESSAGE.c.key == bindparam("name"), MESSAGE.c.state == DUE, MESSAGE.c.sent == 0),
    )
    .values(state=LATE)
)


def note_late(db: Connection, firing: FiringRow) -> None:
    """A quiz has closed; if the platform had still to take it, nobody could answer it in its channel."""
    db.execute(_LATE, {"firing": firing.id, "name": firing.key})


def portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Ids, as many at once as a statement takes."""
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def excuses_of(db: Connection, asked: Sequence[Asked], at: datetime) -> Excuses:
    """What excuses days of these people between their newest one and their today; looked up once for all of them."""
    zones = {one.person_id: one.zone for one in asked}
    joined = [row for some in portions(list(zones)) for row in db.execute(_JOINED, {"persons": some})]
    groups = sorted({row.group_id for row in joined})
    if not groups:
        return Excuses({})
    final = max(one.day for one in asked)
    first = max(min(one.streak.last or one.day for one in asked), final - timedelta(days=streaks.LONGEST_GAP))
    posts = _posts(db, groups, first, final, at)
    by_person: dict[int, list[Posts]] = defaultdict(list)
    for row in joined:
        joined_on = local_day(row.joined_at, zones[row.person_id])
        by_person[row.person_id].append(replace(posts[row.group_id], joined=joined_on))
    return Excuses(by_person)


def _posts(db: Connection, groups: Sequence[int], first: date, final: date, at: datetime) -> dict[int, Posts]:
    """What each group's schedules made of its days; a day that is planned and not over there has a quiz as well."""
    begun: dict[int, date] = {}
    ended: dict[int, list[date | None]] = defaultdict(list)
    days: dict[tuple[int, str], set[date]] = defaultdict(set)
    for some in portions(groups):
        for fired in db.execute(_DAYS, {"groups": some, "first": first, "final": final}):
            days[fired.group_id, fired.state].add(fired.day)
        for row in db.execute(_QUIZZES, {"groups": some}):
            there = row.zone or row.home
            made = local_day(row.created_at, there)
            begun[row.group_id] = min(made, begun.get(row.group_id, made))
            ended[row.group_id].append(local_day(row.next_at, there) if row.state == REMOVED else None)
            if row.next_day is not None and row.next_day >= local_day(at, there):
                days[row.group_id, POSTED].add(row.next_day)
    return {
        group: Posts(
            date.min,
            begun.get(group),
            frozenset(days[group, POSTED]),
            frozenset(days[group, MISSED]),
            max((day for day in ended[group] if day), default=None) if all(ended[group]) else None,
        )
        for group in groups
    }
