"""How many days in a row somebody has answered: which day continues a streak, and which ones in between are excused."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta

from msgspec import Struct

from bot.rules.calendar import first_moment, local_day

LONGEST_GAP = 366  # no streak outlasts more excused days in a row
_DAY = timedelta(days=1)

Excused = Callable[[date], bool]


class Streak(Struct, frozen=True):
    """So many days in a row, the newest of them `last`; and the longest ever."""

    days: int = 0
    longest: int = 0
    last: date | None = None


class Posts(Struct, frozen=True):
    """What a group's schedules made of its days, for somebody who has been in it from the day `joined` on.

    `begun`: from when on it has had a quiz schedule, if it ever had one; `ended`: until when, if the last one was
    removed; `quizzes`: the days that had a quiz, or will have; `missed`: the days on which something that was scheduled
    failed to appear.
    """

    joined: date
    begun: date | None = None
    quizzes: frozenset[date] = frozenset()
    missed: frozenset[date] = frozenset()
    ended: date | None = None

    def plans(self, day: date) -> bool:
        """Whether the group had a quiz schedule on a day."""
        return self.begun is not None and self.begun <= day and (self.ended is None or day <= self.ended)


def is_excused(day: date, groups: Iterable[Posts]) -> bool:
    """Whether a day neither counts nor breaks the streak of somebody in these groups.

    So it is if we missed something on it; or if none of the groups had a quiz then, though one of them has a schedule.
    """
    there = [group for group in groups if group.joined <= day]
    if any(day in group.missed for group in there):
        return True
    if any(day in group.quizzes for group in there):
        return False
    return any(group.plans(day) for group in there)


def is_in(day: date, zone: str) -> bool:
    """Whether a zone has that day (Pacific/Apia has no 2011-12-30)."""
    return local_day(first_moment(day, zone), zone) == day


def since(last: date, day: date, excused: Excused) -> date:
    """Who kept this day or a later one goes on at `day`: `last` if all in between are excused, else the newest not."""
    before = day - _DAY
    while before > last and (day - before).days <= LONGEST_GAP and excused(before):
        before -= _DAY
    return before


def kept(streak: Streak, day: date, excused: Excused) -> Streak:
    """The streak after an answer on `day`; a day that is not after the newest one changes nothing."""
    if streak.last is not None and day <= streak.last:
        return streak
    goes_on = streak.last is not None and since(streak.last, day, excused) == streak.last
    days = streak.days + 1 if goes_on else 1
    return Streak(days, max(streak.longest, days), day)


def standing(streak: Streak, today: date, excused: Excused) -> int:
    """How many days the streak counts today: none once a day has broken it; today itself is still open."""
    if streak.last is None:
        return 0
    return streak.days if streak.last >= today or since(streak.last, today, excused) == streak.last else 0
