"""Which local day is due, and when: schedules by weekday or every so many days, through every change of the clock."""

import re
from bisect import bisect_left
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import Literal
from zoneinfo import ZoneInfo

from msgspec import Struct

from bot.rules.calendar import local_day

ALL_DAYS = frozenset(range(7))
WEEKDAYS = frozenset(range(5))
WEEKENDS = frozenset({5, 6})
ANCHOR = date(2024, 1, 1)
LARGEST_INTERVAL = 365
FARTHEST = timedelta(days=3653)  # ten years; days of a rule lie seven of the longest intervals apart at most
MOST_MISSED = 400
_DAY = timedelta(days=1)
_MINUTE = timedelta(minutes=1)

Fault = Literal["unknown", "empty", "never", "far", "backwards", "every"]


class DaysError(ValueError):
    """A rule that cannot be used: what is wrong with it, and the word or the rule that is meant.

    `unknown`: a word or date that the language lacks; `empty`: no day is named; `every`: no number from 1 to
    LARGEST_INTERVAL; `backwards`: a span that ends before it begins; `never`: no day is left; `far`: none soon enough.
    """

    def __init__(self, fault: Fault, value: str) -> None:
        super().__init__(f"{fault}: {value}")
        self.fault: Fault = fault
        self.value = value


class Days(Struct, frozen=True):
    """Local days: every so many, counted from `anchor` both ways, if of `weekdays` and in no closed span of `off`."""

    weekdays: frozenset[int] = ALL_DAYS
    every: int = 1
    anchor: date = ANCHOR
    off: tuple[tuple[date, date], ...] = ()

    def has(self, day: date) -> bool:
        """Whether `day` is one of them."""
        if day.weekday() not in self.weekdays or (day - self.anchor).days % self.every:
            return False
        return not any(start <= day <= end for start, end in self.off)


class Firing(Struct, frozen=True):
    """A local day and the instant, in UTC, at which it is due."""

    day: date
    at: datetime


def never(_day: date) -> bool:
    """The calendar of a group without holidays."""
    return False


def moment(day: date, wall: time, zone: str) -> datetime | None:
    """The instant, in UTC, of a wall time (hours and minutes) on a local day; it always lies on that local day.

    A time that comes twice is its first occurrence. One that the clock jumps over is the first valid minute after the
    jump; where the jump ends the day (23:00 to midnight, as in Nuuk), it is the last valid minute before it. None for a
    day that the zone does not have (2011-12-30 in Pacific/Apia).
    """
    there = ZoneInfo(zone)
    said = datetime.combine(day, time(wall.hour, wall.minute))
    first = said.replace(tzinfo=there).astimezone(UTC)
    if first.astimezone(there).replace(tzinfo=None) == said:
        return first
    before = said.replace(tzinfo=there, fold=1).astimezone(UTC)
    landed = _jump(before, first, there)
    for found in (landed, landed - _MINUTE):
        if local_day(found, zone) == day:
            return found
    return None


def _jump(before: datetime, after: datetime, there: ZoneInfo) -> datetime:
    """The first whole minute counted from `before` at which the zone's clock has jumped, as it has at `after`."""
    old = before.astimezone(there).utcoffset()
    instants = [before + n * _MINUTE for n in range((after - before) // _MINUTE + 2)]
    return instants[bisect_left(instants, True, key=lambda at: at.astimezone(there).utcoffset() != old)]


def next_firing(
    days: Days,
    wall: time,
    zone: str,
    *,
    last: date | None,
    now: datetime,
    catch_up: timedelta = timedelta(),
    holiday: Callable[[date], bool] = never,
) -> Firing | None:
    """The first day after `last` that is due, from the local today on; None if there is none within ten years.

    Today is returned also where its moment is past: the caller decides whether it is late. With `catch_up`, earlier
    days whose moment is no longer ago than that count too (23:50, at 00:10): what `missed` leaves, this returns.
    """
    today = local_day(now, zone)
    first = today if last is None else max(last + _DAY, local_day(now - catch_up, zone))
    for firing in _firings(days, wall, zone, first, first + FARTHEST, holiday):
        if firing.day >= today or firing.at >= now - catch_up:
            return firing
    return None


def missed(
    days: Days,
    wall: time,
    zone: str,
    *,
    last: date,
    now: datetime,
    catch_up: timedelta,
    holiday: Callable[[date], bool] = never,
) -> list[Firing]:
    """The firings after `last` whose moment is more than `catch_up` ago, oldest first, at most MOST_MISSED of them."""
    late = now - catch_up
    found: list[Firing] = []
    for firing in _firings(days, wall, zone, last + _DAY, local_day(late, zone), holiday):
        if firing.at < late:
            found.append(firing)
        if len(found) == MOST_MISSED:
            break
    return found


def after_change(
    days: Days,
    wall: time,
    zone: str,
    *,
    last: date | None,
    now: datetime,
    before: str | None = None,
    holiday: Callable[[date], bool] = never,
) -> Firing | None:
    """What is due next in a schedule that got these days, this time or this zone at `now`, `last` being its last day.

    A day that has not fired and whose new moment is past fires at `now`; one that has fired never fires again. `before`
    is the zone before the change: where its today is already over in the new zone, that day is not skipped but fires at
    `now`. Ask again for as long as the answer is `now`, then go on with `next_firing`.
    """
    first = min(local_day(now, zone), local_day(now, before or zone))
    if last is not None:
        first = max(last + _DAY, first)
    for firing in _firings(days, wall, zone, first, first + FARTHEST, holiday):
        return Firing(firing.day, max(firing.at, now))
    return None


def _firings(
    days: Days, wall: time, zone: str, first: date, until: date, holiday: Callable[[date], bool]
) -> Iterator[Firing]:
    """Every firing from the local day `first` through `until`."""
    for ordinal in range(first.toordinal(), until.toordinal() + 1):
        day = date.fromordinal(ordinal)
        if days.has(day) and not holiday(day):
            at = moment(day, wall, zone)
            if at is not None:
                yield Firing(day, at)


_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SETS = {"daily": ALL_DAYS, "weekdays": WEEKDAYS, "weekends": WEEKENDS}
_FILLERS = ("and", "on", "every")
_MARKS = re.compile(r"\s*(\.\.|-)\s*")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def read_days(text: str, *, since: date = ANCHOR) -> Days:
    """The days that `text` names. Raises DaysError.

    `daily`, `weekdays`, `weekends`, `mon wed fri`, `mon-fri`; `every 3 days`, `every 3 from 2026-11-22 on weekdays`;
    and at the end any number of `not 2026-12-24` or `not 2026-12-24..2027-01-01`. Without `from`, counting begins with
    the first of the weekdays from `since` on; a rule with no day left from then on is refused.
    """
    words = _MARKS.sub(r"\1", re.sub("[–—]", "-", text.casefold()).replace(",", " ")).split()
    end = words.index("not") if "not" in words else len(words)
    weekdays, every, anchor = _pattern(words[:end])
    if anchor is None:
        anchor = next(day for n in range(7) if (day := since + n * _DAY).weekday() in weekdays)
    days = Days(weekdays, every, ANCHOR if every == 1 else anchor, _off(words[end:]))
    if not _fires(days, since):
        raise DaysError("never", text.strip())
    return days


def _pattern(words: list[str]) -> tuple[frozenset[int], int, date | None]:
    """Weekdays, interval and anchor, as named by `words`."""
    weekdays: frozenset[int] = frozenset()
    every, anchor = 0, None
    rest = list(words)
    while rest:
        word = rest.pop(0)
        if word == "every" and (not rest or rest[0][0].isdigit()):
            if every:
                raise DaysError("unknown", word)
            every, anchor = _interval(rest)
        elif word == "every" and rest[0] == "day":
            rest[0] = "daily"
        elif word not in _FILLERS:
            weekdays |= _weekdays(word)
    if not weekdays and not every:
        raise DaysError("empty", "")
    return weekdays or ALL_DAYS, every or 1, anchor


def _interval(rest: list[str]) -> tuple[int, date | None]:
    """The number and the anchor that follow `every`, taken from `rest`: `3`, `3 days`, `3 days from 2026-11-22`."""
    number = rest.pop(0) if rest else ""
    known = number.isdecimal() and len(number) < 6
    if not known or not 1 <= int(number) <= LARGEST_INTERVAL:
        raise DaysError("every", number)
    if rest and rest[0] in ("day", "days"):
        rest.pop(0)
    if rest and rest[0] == "from":
        rest.pop(0)
        return int(number), _date(rest.pop(0) if rest else "from")
    return int(number), None


def _weekdays(word: str) -> frozenset[int]:
    """The weekdays of one word: a set's name, a weekday, or a span of them, which may run over the week's end."""
    for known in (word, f"{word}s"):
        if known in _SETS:
            return _SETS[known]
    start, found, end = word.partition("-")
    numbers = [
        number
        for part in (start, end if found else start)
        for number, name in enumerate(_NAMES)
        if len(part) >= 3 and f"{name}s".startswith(part)
    ]
    if len(numbers) != 2:
        raise DaysError("unknown", word)
    first, last = numbers
    return frozenset((first + n) % 7 for n in range((last - first) % 7 + 1))


def _off(words: list[str]) -> tuple[tuple[date, date], ...]:
    """The days off: spans, each or several of them after a `not`."""
    spans: list[tuple[date, date]] = []
    for word, following in pairwise([*words, "not"]):
        if word == "not":
            if following == "not":
                raise DaysError("unknown", word)
            continue
        start, found, end = word.partition("..")
        span = (_date(start or word), _date((end if found else start) or word))
        if span[1] < span[0]:
            raise DaysError("backwards", word)
        spans.append(span)
    return tuple(spans)


def _date(word: str) -> date:
    try:
        return date.fromisoformat(word if _DATE.fullmatch(word) else "")
    except ValueError as error:
        raise DaysError("unknown", word) from error


def _fires(days: Days, since: date) -> bool:
    """Whether any day from `since` on is one of `days`.

    The pattern repeats after seven intervals, so seven beats from `since` and after each span of days off are enough.
    """
    last = date.max.toordinal()
    starts = [since.toordinal(), *(end.toordinal() + 1 for _start, end in days.off if end >= since)]
    beats = (
        start + (days.anchor.toordinal() - start) % days.every + n * days.every for start in starts for n in range(7)
    )
    return any(beat <= last and days.has(date.fromordinal(beat)) for beat in beats)


def write_days(days: Days) -> str:
    """`days` in the language of `read_days`, which reads the same days from it."""
    words = []
    if days.every > 1:
        words.append(f"every {days.every} days from {days.anchor}")
    if days.every == 1 or days.weekdays != ALL_DAYS:
        known = (word for word, weekdays in _SETS.items() if weekdays == days.weekdays)
        words.append(next(known, " ".join(_NAMES[number][:3] for number in sorted(days.weekdays))))
    words.extend(f"not {start}" if start == end else f"not {start}..{end}" for start, end in days.off)
    return " ".join(words)
