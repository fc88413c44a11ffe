"""Streaks: days in a row on which a person locked an answer, kept on their row; schedules say which are excused."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, or_, select, update

from bot.rules import streaks
from bot.rules.calendar import first_moment, local_day
from bot.rules.streaks import Posts, Streak
from bot.store.answers import ANSWER
from bot.store.messages import FAILED, MESSAGE
from bot.store.people import GROUP, MEMBERSHIP, PERSON
from bot.store.schedules import FIRING, MISSED, POSTED, REMOVED, SCHEDULE

QUIZ = "quiz"
AT_ONCE = 500
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a person's streak stands: it is 0 days once broken.

    `kept_today`: whether their today counts already; `excused`: the days since the newest one that do not break it;
    `has_quiz`: whether any of their groups has a quiz schedule.
    """

    days: int
    longest: int
    kept_today: bool
    excused: tuple[date, ...]
    has_quiz: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    """A person on their own day, in the zone that makes it; `streak` is as it was kept up to an earlier one."""

    person_id: int
    zone: str
    day: date
    streak: Streak


class _Excuses:
    """The days that are excused, looked up once for many people."""

    def __init__(self, groups: Mapping[int, Sequence[Posts]]) -> None:
        self._groups = groups

    def of(self, asked: _Asked, day: date) -> bool:
        """Whether a day neither counts nor breaks this person's streak."""
        return streaks.is_excused(day, self._groups.get(asked.person_id, ())) or not streaks.is_in(day, asked.zone)

    def have_quiz(self, person_id: int) -> bool:
        """Whether any group of this person has a quiz schedule."""
        return any(group.begun is not None for group in self._groups.get(person_id, ()))


def _some(name: str) -> Any:
    return bindparam(name, expanding=True)


_PERSONS = (
    select(PERSON.c.id, PERSON.c.zone, PERSON.c.streak, PERSON.c.longest, PERSON.c.streak_day)
    .where(PERSON.c.id.in_(_some("persons")))
    .order_by(PERSON.c.id)
)
_GROWN = case((PERSON.c.streak_day >= bindparam("since"), PERSON.c.streak + 1), else_=1)
# The guard is `streak_day`: of two who keep the same day the second changes nothing, and no day is taken back.
_KEEP = (
    update(PERSON)
    .where(
        PERSON.c.id == bindparam("person"),
        or_(PERSON.c.streak_day.is_(None), PERSON.c.streak_day < bindparam("day")),
    )
    .values(
        streak=_GROWN,
        longest=case((PERSON.c.longest < _GROWN, _GROWN), else_=PERSON.c.longest),
        streak_day=bindparam("day"),
    )
)
_MOVE = (
    update(PERSON)
    .where(PERSON.c.id == bindparam("person"), PERSON.c.streak_day < bindparam("day"))
    .values(streak_day=bindparam("day"))
)
_JOINED = (
    select(MEMBERSHIP.c.person_id, MEMBERSHIP.c.group_id, MEMBERSHIP.c.joined_at)
    .where(MEMBERSHIP.c.person_id.in_(_some("persons")))
    .order_by(MEMBERSHIP.c.person_id, MEMBERSHIP.c.group_id)
)
_QUIZZES = (
    select(
        *(SCHEDULE.c[name] for name in ("group_id", "state", "created_at", "zone", "next_day", "next_at")),
        GROUP.c.zone.label("home"),
    )
    .select_from(SCHEDULE.join(GROUP, GROUP.c.id == SCHEDULE.c.group_id))
    .where(SCHEDULE.c.group_id.in_(_some("groups")), SCHEDULE.c.kind == QUIZ)
)
# What was posted and never taken by the platform was missed as well.
_REFUSED = (FIRING.c.state == POSTED) & (MESSAGE.c.state == FAILED) & (MESSAGE.c.sent == 0)
_MADE_OF = case((_REFUSED, MISSED), else_=FIRING.c.state)
_DAYS = (
    select(FIRING.c.group_id, FIRING.c.day, _MADE_OF.label("state"))
    .select_from(
        FIRING.join(SCHEDULE, SCHEDULE.c.id == FIRING.c.schedule_id).outerjoin(MESSAGE, MESSAGE.c.key == FIRING.c.key)
    )
    .where(
        FIRING.c.group_id.in_(_some("groups")),
        FIRING.c.day.between(bindparam("first"), bindparam("final")),
        or_(_MADE_OF == MISSED, (_MADE_OF == POSTED) & (SCHEDULE.c.kind == QUIZ)),
    )
    .distinct()
)
_ANSWERED = (
    select(ANSWER.c.person_id, func.max(ANSWER.c.given_at).label("at"))
    .where(
        ANSWER.c.person_id.in_(_some("persons")),
        ANSWER.c.given_at < bindparam("before"),
        ANSWER.c.locked_at.is_not(None),
    )
    .group_by(ANSWER.c.person_id)
)


def keep(db: Connection, persons: Iterable[tuple[int, str | None]], at: datetime, zone: str) -> None:
    """Count the day on which each of these people locked an answer at `at`: pairs of person and zone.

    Without a zone the person's own counts, else `zone`, their group's. Whoever has kept the day already costs a look.
    """
    asked = [one for one in _asked(db, dict(persons), at, zone) if one.streak.last is None or one.streak.last < one.day]
    if not asked:
        return
    waited = [one for one in asked if _has_gap(one)]
    excuses = _excuses(db, waited, at)
    answered = _answered(db, waited)
    kept = [
        {"person": one.person_id, "day": one.day, "since": _since(one, excuses, answered.get(one.person_id))}
        for one in asked
    ]
    db.execute(_KEEP, kept)


def of(db: Connection, person_ids: Iterable[int], now: datetime, zone: str) -> dict[int, int]:
    """How many days each person's streak counts on their own day; `zone` is that of who has none of their own.

    A streak that is broken by now counts 0.
    """
    asked = _asked(db, dict.fromkeys(person_ids), now, zone)
    waited = [one for one in asked if _has_gap(one)]
    excuses, answered = _excuses(db, waited, now), _answered(db, waited)
    found = {}
    for one in asked:
        last = one.streak.last
        stands = last is not None and (last >= one.day or _since(one, excuses, answered.get(one.person_id)) == last)
        found[one.person_id] = one.streak.days if stands else 0
    return found


def standing(db: Connection, person_id: int, now: datetime, zone: str) -> Standing:
    """How one person's streak stands on their own day, in `zone` if they have none of their own."""
    (one,) = _asked(db, {person_id: None}, now, zone)
    last = one.streak.last
    excuses = _excuses(db, [one], now)
    stands = last is not None and (last >= one.day or _since(one, excuses, _answered(db, [one]).get(person_id)) == last)
    between = [one.day - n * _DAY for n in range(1, (one.day - last).days)] if stands and last else []
    return Standing(
        days=one.streak.days if stands else 0,
        longest=one.streak.longest,
        kept_today=last is not None and last >= one.day,
        excused=tuple(sorted(day for day in between if excuses.of(one, day))),
        has_quiz=excuses.have_quiz(person_id),
    )


def move(db: Connection, person_id: int, old: str, new: str, now: datetime) -> None:
    """A person goes from the zone `old` to `new`: if that leaps over the rest of their day, the streak leaps along.

    So it does only if it stands by answers that were really given, so that going there and back keeps none.
    """
    was, today = local_day(now, old), local_day(now, new)
    (one,) = _asked(db, {person_id: old}, now, old)
    if today <= was or one.streak.last is None:
        return
    answered = _answered(db, [one], before=now).get(person_id)
    if answered is None:
        return
    excuses = _excuses(db, [one], now)
    last = local_day(answered, old)
    if last >= was or streaks.since(last, was, lambda day: excuses.of(one, day)) == last:
        db.execute(_MOVE, {"person": person_id, "day": today - _DAY})


def _asked(db: Connection, zones: Mapping[int, str | None], at: datetime, zone: str) -> list[_Asked]:
    """The people as they stand, in the order of their ids, which is that of everybody who changes several."""
    found = []
    for row in _rows(db, sorted(zones)):
        there = zones[row.id] or row.zone or zone
        found.append(_Asked(row.id, there, local_day(at, there), Streak(row.streak, row.longest, row.streak_day)))
    return found


def _rows(db: Connection, persons: Sequence[int]) -> Iterator[Any]:
    for some in _portions(persons):
        yield from db.execute(_PERSONS, {"persons": some})


def _portions(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


def _has_gap(one: _Asked) -> bool:
    return one.streak.last is not None and one.streak.last < one.day - _DAY


def _since(one: _Asked, excuses: _Excuses, answered: datetime | None) -> date:
    """Who kept this day or a later one goes on today.

    The latest answer counts on the day that it has in today's zone too: where somebody's days are those of another zone
    than yesterday, no day is lost between them.
    """
    last = one.streak.last
    if last is None:
        return one.day
    newest = max(last, local_day(answered, one.zone)) if answered else last
    found = streaks.since(newest, one.day, lambda day: excuses.of(one, day))
    return last if found == newest else found


def _answered(db: Connection, asked: Sequence[_Asked], before: datetime | None = None) -> dict[int, datetime]:
    """When each of these people gave their latest answer before their day, or before a moment."""
    by_day: dict[datetime, list[int]] = defaultdict(list)
    for one in asked:
        by_day[before or first_moment(one.day, one.zone)].append(one.person_id)
    found: dict[int, datetime] = {}
    for moment, persons in by_day.items():
        for some in _portions(persons):
            rows = db.execute(_ANSWERED, {"persons": some, "before": moment})
            found |= {row.person_id: row.at for row in rows}
    return found


def _excuses(db: Connection, asked: Sequence[_Asked], at: datetime) -> _Excuses:
    """What excuses days of these people between their newest one and their today."""
    zones = {one.person_id: one.zone for one in asked}
    joined = [row for some in _portions(list(zones)) for row in db.execute(_JOINED, {"persons": some})]
    groups = sorted({row.group_id for row in joined})
    if not groups:
        return _Excuses({})
    final = max(one.day for one in asked)
    first = max(min(one.streak.last or one.day for one in asked), final - streaks.LONGEST_GAP * _DAY)
    posts = _posts(db, groups, first, final, at)
    by_person: dict[int, list[Posts]] = defaultdict(list)
    for row in joined:
        joined_on = local_day(row.joined_at, zones[row.person_id])
        by_person[row.person_id].append(replace(posts[row.group_id], joined=joined_on))
    return _Excuses(by_person)


def _posts(db: Connection, groups: Sequence[int], first: date, final: date, at: datetime) -> dict[int, Posts]:
    """What each group's schedules made of its days; a day that is planned and not over there has a quiz as well."""
    begun: dict[int, date] = {}
    ended: dict[int, list[date | None]] = defaultdict(list)
    days: dict[tuple[int, str], set[date]] = defaultdict(set)
    for some in _portions(groups):
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
