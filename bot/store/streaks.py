"""Streaks: days in a row on which a person locked an answer, kept on their row; schedules say which are excused."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, case, exists, func, or_, select, update

from bot.rules import streaks
from bot.rules.calendar import first_moment, local_day
from bot.rules.streaks import Streak
from bot.store.answers import ANSWER
from bot.store.excuses import Asked, Excuses, excuses_of, portions, some_of
from bot.store.people import PERSON
from bot.store.rounds import ROUND, ROUND_ITEM

_DAY = timedelta(days=1)
LONGEST_OPEN = timedelta(days=7)  # a daily is open for three days at most, and may close late


class Standing(Struct, frozen=True):
    """How a person's streak stands: it is 0 days once broken.

    `kept_today`: whether their today counts already; `excused`: the days since the newest one that do not break it;
    `has_quiz`: whether any of their groups has a quiz schedule.
    """

    days: int
    longest: int
    kept_today: bool
    excused: tuple[date, ...]
    has_quiz: bool


_PERSONS = (
    select(PERSON.c.id, PERSON.c.zone, PERSON.c.streak, PERSON.c.longest, PERSON.c.streak_day)
    .where(PERSON.c.id.in_(some_of("persons")))
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
# A choice in a daily that is still open locks itself at its close, and counts for the day on which it was made.
_WILL_LOCK = ANSWER.c.locked_at.is_(None) & exists().where(
    ROUND_ITEM.c.id == ANSWER.c.round_item_id,
    ROUND_ITEM.c.closed_at.is_(None),
    ROUND.c.id == ROUND_ITEM.c.round_id,
    ROUND.c.kind == "daily",
)
_ANSWERED = (
    select(ANSWER.c.person_id, func.max(ANSWER.c.given_at).label("at"))
    .where(
        ANSWER.c.person_id.in_(some_of("persons")),
        ANSWER.c.given_at < bindparam("before"),
        or_(ANSWER.c.locked_at.is_not(None), _WILL_LOCK),
    )
    .group_by(ANSWER.c.person_id)
)
_CHOSEN = select(ANSWER.c.person_id, ANSWER.c.given_at).where(
    ANSWER.c.person_id.in_(some_of("persons")), ANSWER.c.given_at >= bindparam("since"), _WILL_LOCK
)


def keep(db: Connection, persons: Iterable[tuple[int, str | None]], at: datetime, zone: str) -> None:
    """Count the day on which each of these people locked an answer at `at`: pairs of person and zone.

    Without a zone the person's own counts, else `zone`, their group's. Whoever has kept the day already costs a look.
    """
    asked = [one for one in _asked(db, dict(persons), at, zone) if one.streak.last is None or one.streak.last < one.day]
    if not asked:
        return
    waited = [one for one in asked if _has_gap(one)]
    chosen = _chosen(db, [one for one in asked if one.streak.last is None or _has_gap(one)], at - LONGEST_OPEN)
    excuses = excuses_of(db, waited, at)
    answered = _answered(db, waited)
    kept: list[dict[str, Any]] = []
    for one in asked:
        last = one.streak.last
        for day in chosen.get(one.person_id, ()):
            kept.append({"person": one.person_id, "day": day, "since": _since(_on(one, day, last), excuses, None)})
            last = day
        since = _since(_on(one, one.day, last), excuses, answered.get(one.person_id))
        kept.append({"person": one.person_id, "day": one.day, "since": since})
    db.execute(_KEEP, kept)


def of(db: Connection, person_ids: Iterable[int], now: datetime, zone: str) -> dict[int, int]:
    """How many days each person's streak counts on their own day; `zone` is that of who has none of their own.

    A streak that is broken by now counts 0.
    """
    asked = _asked(db, dict.fromkeys(person_ids), now, zone)
    waited = [one for one in asked if _has_gap(one)]
    excuses, answered = excuses_of(db, waited, now), _answered(db, waited)
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
    excuses = excuses_of(db, [one], now)
    stands = last is not None and (last >= one.day or _since(one, excuses, _answered(db, [one]).get(person_id)) == last)
    between = [one.day - n * _DAY for n in range(1, (one.day - last).days)] if stands and last else []
    return Standing(
        days=one.streak.days if stands else 0,
        longest=one.streak.longest,
        kept_today=last is not None and last >= one.day,
        excused=tuple(sorted(day for day in between if excuses.of(one, day))),
        has_quiz=excuses.have_quiz(person_id),
    )


def move(db: Connection, persons: Iterable[int], old: str, new: str, now: datetime) -> None:
    """People go from the zone `old` to `new`: if that leaps over the rest of their day, their streaks leap along.

    So does one only if it stands by answers that were really given, so that going there and back keeps none.
    """
    was, today = local_day(now, old), local_day(now, new)
    if today <= was:
        return
    asked = [one for one in _asked(db, dict.fromkeys(persons, old), now, old) if one.streak.last is not None]
    answered = _answered(db, asked, before=now)
    excuses = excuses_of(db, asked, now)
    moved = [
        {"person": one.person_id, "day": today - _DAY}
        for one in asked
        if (at := answered.get(one.person_id)) is not None and _reaches(one, local_day(at, old), was, excuses)
    ]
    if moved:
        db.execute(_MOVE, moved)


def _reaches(one: Asked, last: date, day: date, excuses: Excuses) -> bool:
    """Whether nothing but excused days lies between a person's `last` one and that day."""
    return last >= day or streaks.since(last, day, lambda between: excuses.of(one, between)) == last


def _asked(db: Connection, zones: Mapping[int, str | None], at: datetime, zone: str) -> list[Asked]:
    """The people as they stand, in the order of their ids, which is that of everybody who changes several."""
    found = []
    for row in _rows(db, sorted(zones)):
        there = zones[row.id] or row.zone or zone
        found.append(Asked(row.id, there, local_day(at, there), Streak(row.streak, row.longest, row.streak_day)))
    return found


def _rows(db: Connection, persons: Sequence[int]) -> Iterator[Any]:
    for some in portions(persons):
        yield from db.execute(_PERSONS, {"persons": some})


def _on(one: Asked, day: date, last: date | None) -> Asked:
    """A person on another day of theirs, with the streak that they have by then."""
    return replace(one, day=day, streak=replace(one.streak, last=last))


def _has_gap(one: Asked) -> bool:
    return one.streak.last is not None and one.streak.last < one.day - _DAY


def _since(one: Asked, excuses: Excuses, answered: datetime | None) -> date:
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


def _answered(db: Connection, asked: Sequence[Asked], before: datetime | None = None) -> dict[int, datetime]:
    """When each of these people gave their latest answer before their day, or before a moment."""
    by_day: dict[datetime, list[int]] = defaultdict(list)
    for one in asked:
        by_day[before or first_moment(one.day, one.zone)].append(one.person_id)
    found: dict[int, datetime] = {}
    for moment, persons in by_day.items():
        for some in portions(persons):
            rows = db.execute(_ANSWERED, {"persons": some, "before": moment})
            found |= {row.person_id: row.at for row in rows}
    return found


def _chosen(db: Connection, asked: Sequence[Asked], since: datetime) -> dict[int, list[date]]:
    """The earlier days on which these people made choices that are still to lock, in order; no day that counts."""
    known = {one.person_id: one for one in asked}
    days: dict[int, set[date]] = defaultdict(set)
    for some in portions(list(known)):
        for row in db.execute(_CHOSEN, {"persons": some, "since": since}):
            one = known[row.person_id]
            day = local_day(row.given_at, one.zone)
            if day < one.day and (one.streak.last is None or day > one.streak.last):
                days[row.person_id].add(day)
    return {person: sorted(found) for person, found in days.items()}
