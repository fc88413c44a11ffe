"""Every change of every clock from 2024 to 2032, and the times of day around it: each local day is due exactly once."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache, partial
from itertools import pairwise
from zoneinfo import ZoneInfo, available_timezones

import pytest

from bot.rules import due
from bot.rules.due import Days, Firing

FIRST, LAST = datetime(2024, 1, 1, tzinfo=UTC), datetime(2033, 1, 1, tzinfo=UTC)
DAY, HOUR, MINUTE = 86_400, 3_600, 60
EVERY_DAY = Days()
AROUND = range(-3 * HOUR, 3 * HOUR + 1, 15 * MINUTE)
STEADY = {"UTC": 0, "Pacific/Kiritimati": 14 * HOUR, "Pacific/Pago_Pago": -11 * HOUR, "Asia/Kolkata": 330 * MINUTE}
MOST = 12
MOMENTS = (-25 * MINUTE, 0, 40 * MINUTE)


@dataclass(frozen=True)
class Change:
    """A change of a clock: when, and the offsets from UTC before and after; what is expected comes from these alone."""

    at: int
    old: int
    new: int

    def day(self, at: int) -> int:
        """The local day, counted from 1970, at an instant."""
        return (at + (self.old if at < self.at else self.new)) // DAY

    def due(self, day: int, wall: int) -> int:
        """The instant of a wall time on a day: the first valid one, else the gap's end or the minute before it."""
        said = day * DAY + wall
        if said - self.old < self.at:
            return min(said - self.old, said - self.new) if said - self.new >= self.at else said - self.old
        if said - self.new >= self.at:
            return said - self.new
        return self.at if self.day(self.at) == day else self.at - MINUTE

    @property
    def days(self) -> list[int]:
        """The five local days around the change."""
        middle = self.day(self.at - 1)
        return list(range(middle - 2, middle + 3))

    @property
    def walls(self) -> list[int]:
        """Each quarter of an hour from 3 hours before to 3 hours after, and the minutes next to both ends."""
        ends = (self.at + self.old, self.at + self.new)
        times = {(ends[0] + seconds) % DAY for seconds in AROUND}
        return sorted(times | {(end + minutes * MINUTE) % DAY for end in ends for minutes in (-1, 0, 1)})


def _offset(seconds: int, there: ZoneInfo) -> int:
    return int((datetime.fromtimestamp(seconds, there).utcoffset() or timedelta()).total_seconds())


def _changes(zone: str) -> Iterator[Change]:
    there = ZoneInfo(zone)
    days = range(int(FIRST.timestamp()), int(LAST.timestamp()) + 1, DAY)
    offsets = [_offset(day, there) for day in days]
    for start, (old, new) in zip(days, pairwise(offsets), strict=False):
        if old != new:
            low, high = start, start + DAY
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (middle, high) if _offset(middle, there) == old else (low, middle)
            yield Change(high, old, new)


@lru_cache(maxsize=1)
def kinds() -> dict[tuple[Change, ...], list[str]]:
    """All zones that change their clocks, by their changes: many share theirs."""
    found: dict[tuple[Change, ...], list[str]] = {}
    for zone in sorted(available_timezones()):
        found.setdefault(tuple(_changes(zone)), []).append(zone)
    found.pop((), None)
    return found


@lru_cache(maxsize=1)
def cases() -> list[tuple[str, Change, int]]:
    """A zone of each kind, each of its changes, each time of day around it."""
    return [
        (zones[0], change, wall) for changes, zones in kinds().items() for change in changes for wall in change.walls
    ]


def instant(seconds: int) -> datetime:
    """Seconds since 1970 as an aware moment."""
    return datetime.fromtimestamp(seconds, UTC)


def local(day: int) -> date:
    """A day counted from 1970 as a date."""
    return date.fromordinal(date(1970, 1, 1).toordinal() + day)


def clock_time(wall: int) -> time:
    """Seconds since midnight as a time of day."""
    return time(wall // HOUR, wall // MINUTE % 60)


def firing(day: int, at: int) -> Firing:
    """A firing from its numbers."""
    return Firing(local(day), instant(at))


def walk(zone: str, wall: int, pending: Firing | None, until: int) -> list[Firing]:
    """What fires from `pending` through the day `until`, with a heartbeat at each moment that is due."""
    fired: list[Firing] = []
    while pending and pending.day <= local(until) and len(fired) < MOST:
        fired.append(pending)
        pending = due.next_firing(EVERY_DAY, clock_time(wall), zone, last=pending.day, now=pending.at)
    return fired


def test_the_table_is_whole() -> None:
    """Each zone that has two offsets on first days of months is in it, and no two changes lie within six days."""
    months = [datetime(2024 + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(109)]
    there = {zone: ZoneInfo(zone) for zone in available_timezones()}
    changing = {zone for zone in there if len({month.astimezone(there[zone]).utcoffset() for month in months}) > 1}
    assert changing
    assert changing <= {zone for zones in kinds().values() for zone in zones}
    for changes in kinds():
        assert all(after.at - before.at > 6 * DAY for before, after in pairwise(changes))
        assert all(change.day(change.at + seconds) in change.days for change in changes for seconds in AROUND)
    assert len(cases()) >= len(AROUND) * sum(map(len, kinds()))


def test_the_moment_of_every_time_in_every_zone() -> None:
    """In each zone by its own name: never in a gap, the first in a fold, and on its local day."""
    counted = 0
    for changes, zones in kinds().items():
        for change in changes:
            for day in change.days[1:4]:
                expected = {clock_time(wall): change.due(day, wall) for wall in change.walls}
                assert {change.day(at) for at in expected.values()} == {day}
                moments = {wall: instant(at) for wall, at in expected.items()}
                for zone in zones:
                    found = {wall: due.moment(local(day), wall, zone) for wall in moments}
                    assert found == moments, (zone, local(day))
                    counted += len(found)
    assert counted >= 3 * len(AROUND) * sum(len(changes) * len(zones) for changes, zones in kinds().items())


def test_every_day_is_due_once() -> None:
    """Walking from day to day over a change: each of the five days around it once, in order, at its moment."""
    for zone, change, wall in cases():
        days = change.days
        expected = [firing(day, change.due(day, wall)) for day in days]
        assert walk(zone, wall, expected[0], days[-1]) == expected, (zone, clock_time(wall))
        assert all(before.at < after.at for before, after in pairwise(expected)), (zone, clock_time(wall))


def test_every_day_is_due_once_with_the_process_down() -> None:
    """Down from 20 minutes before a change to 20 after it: what was due meanwhile is due then, remembered or not."""
    slept = 0
    for zone, change, wall in cases():
        said = (zone, change, clock_time(wall))
        down, up = change.at - 20 * MINUTE, change.at + 20 * MINUTE
        days = change.days
        last = max(day for day in days[:4] if change.due(day, wall) < down)
        expected = [firing(day, change.due(day, wall)) for day in days if day > last]
        late = [item for item in expected if item.at < instant(up)]
        missed = partial(due.missed, EVERY_DAY, clock_time(wall), zone, last=local(last), now=instant(up))
        following = partial(due.next_firing, EVERY_DAY, clock_time(wall), zone, last=local(last))
        pending = following(now=instant(up), catch_up=timedelta(hours=1))
        assert pending == following(now=instant(change.due(last, wall))), said
        assert walk(zone, wall, pending, days[-1]) == expected, said
        assert missed(catch_up=timedelta(hours=1)) == [], said
        assert missed(catch_up=timedelta()) == late, said
        slept += len(late)
    assert slept >= 2 * sum(map(len, kinds()))


@pytest.mark.parametrize("what", ["time", "to", "from"])
def test_every_day_is_due_once_with_the_schedule_changed(what: str) -> None:
    """Its time, or its zone to another or from it, changed around a change of the clock: no day is lost, none twice."""
    caught_up = 0
    for number, (zone, change, wall) in enumerate(cases()):
        now = change.at + MOMENTS[number % len(MOMENTS)]
        other, offset = list(STEADY.items())[number % len(STEADY)]
        steady = Change(change.at, offset, offset)
        old, before = (steady, other) if what == "from" else (change, zone)
        new, after = (steady, other) if what == "to" else (change, zone)
        new_wall = (wall + (number % 23 + 1) * HOUR) % DAY if what == "time" else wall
        today = old.day(now)
        last = today if old.due(today, wall) < now else today - 1
        change_at = partial(due.after_change, EVERY_DAY, clock_time(new_wall), after, now=instant(now), before=before)
        pending = change_at(last=local(last))
        fired: list[Firing] = []
        while pending and pending.at == instant(now) and len(fired) < MOST:
            fired.append(pending)
            pending = change_at(last=pending.day)
        caught_up += len(fired)
        until = change.days[-1] + 1
        fired += walk(after, new_wall, pending, until)
        expected = [firing(day, max(now, new.due(day, new_wall))) for day in range(last + 1, until + 1)]
        assert fired == expected, (before, clock_time(wall), after, clock_time(new_wall), now)
    assert caught_up >= sum(map(len, kinds()))
