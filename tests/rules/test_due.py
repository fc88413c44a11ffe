"""Which day is due, what was missed and what a change of the schedule brings, as tables and properties."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.calendar import first_moment, local_day
from bot.rules.due import FARTHEST, MOST_MISSED, Days, Firing, after_change, missed, moment, next_firing, read_days
from tests.rules.test_due_days import rules

DAILY = Days()
NINE = time(9)
DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime"}))
DATES = st.dates(date(2024, 1, 1), date(2032, 12, 31))
FEASTS = st.frozensets(st.integers(-30, 12), max_size=20)
TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
NOWS = st.datetimes(datetime(2024, 1, 2), datetime(2032, 12, 1), timezones=st.just(UTC))


def utc(*parts: int) -> datetime:
    """A moment in UTC."""
    return datetime(*parts, tzinfo=UTC)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("zone", "day", "wall", "expected"),
    [
        ("UTC", date(2026, 3, 10), time(9), utc(2026, 3, 10, 9)),
        ("Europe/Berlin", date(2026, 3, 29), time(1, 59), utc(2026, 3, 29, 0, 59)),
        ("Europe/Berlin", date(2026, 3, 29), time(2), utc(2026, 3, 29, 1)),
        ("Europe/Berlin", date(2026, 3, 29), time(2, 59), utc(2026, 3, 29, 1)),
        ("Europe/Berlin", date(2026, 3, 29), time(3), utc(2026, 3, 29, 1)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30), utc(2026, 10, 25, 0, 30)),
        ("Europe/Berlin", date(2026, 10, 25), time(2, 30, fold=1), utc(2026, 10, 25, 0, 30)),
        ("Europe/Berlin", date(2026, 10, 25), time(3), utc(2026, 10, 25, 2)),
        ("Africa/Cairo", date(2026, 4, 24), time(0, 30), utc(2026, 4, 23, 22)),
        ("Asia/Beirut", date(2026, 3, 29), time(0), utc(2026, 3, 28, 22)),
        ("America/Havana", date(2026, 11, 1), time(0, 30), utc(2026, 11, 1, 4, 30)),
        ("Australia/Lord_Howe", date(2026, 10, 4), time(2, 15), utc(2026, 10, 3, 15, 30)),
        ("Antarctica/Troll", date(2026, 3, 29), time(2, 59), utc(2026, 3, 29, 1)),
        ("America/Toronto", date(1919, 3, 30), time(23, 45), utc(1919, 3, 31, 4, 29)),
        ("America/Toronto", date(1919, 3, 31), time(0, 15), utc(1919, 3, 31, 4, 30)),
        ("Africa/Monrovia", date(1972, 1, 7), time(0), utc(1972, 1, 7, 0, 45)),
        ("Africa/Monrovia", date(1972, 1, 7), time(0, 10), utc(1972, 1, 7, 0, 45)),
        ("Pacific/Apia", date(2011, 12, 29), time(23, 59), utc(2011, 12, 30, 9, 59)),
        ("Pacific/Apia", date(2011, 12, 30), time(0), None),
        ("Pacific/Apia", date(2011, 12, 30), time(23, 59), None),
        ("Pacific/Apia", date(2011, 12, 31), time(0), utc(2011, 12, 30, 10)),
    ],
)
def test_the_moment_of_a_wall_time(zone: str, day: date, wall: time, expected: datetime | None) -> None:
    """The first valid minute after a gap, the first occurrence in a fold, none on a day that was left out."""
    assert moment(day, wall, zone) == expected


@pytest.mark.parametrize("wall", [time(23), time(23, 30), time(23, 59)])
@pytest.mark.parametrize("zone", ["America/Nuuk", "America/Scoresbysund"])
def test_a_gap_that_ends_the_day(zone: str, wall: time) -> None:
    """Where 23:00 is followed by midnight, times of that hour are the last minute before it, on the same day."""
    found = moment(date(2026, 3, 28), wall, zone)
    assert found == utc(2026, 3, 29, 0, 59)
    assert local_day(found, zone) == date(2026, 3, 28)


@given(ZONES, DATES, TIMES)
def test_a_moment_lies_on_its_day_and_in_order(zone: str, day: date, wall: time) -> None:
    """In any zone: a day's moment is within that day, and the next day's comes later."""
    found, following = moment(day, wall, zone), moment(day + DAY, wall, zone)
    assert found
    assert following
    assert first_moment(day, zone) <= found < first_moment(day + DAY, zone) <= following


@given(rules() | st.just(DAILY), TIMES, ZONES, NOWS, st.none() | st.integers(-400, 400), FEASTS)
def test_the_next_firing_is_the_first(
    days: Days, wall: time, zone: str, now: datetime, ago: int | None, feasts: frozenset[int]
) -> None:
    """The first day that is after the last, not before today, one of the days and no holiday; none is passed over."""
    today = local_day(now, zone)
    last = None if ago is None else today - ago * DAY
    holidays = {today + n * DAY for n in feasts}
    found = next_firing(days, wall, zone, last=last, now=now, holiday=holidays.__contains__)
    first = today if last is None else max(today, last + DAY)
    day = first
    while (not days.has(day) or day in holidays) and day - first < FARTHEST:
        day += DAY
    expected = moment(day, wall, zone)
    assert expected
    assert found == (Firing(day, expected) if days.has(day) and day not in holidays else None)


@given(rules() | st.just(DAILY), TIMES, ZONES, NOWS, st.integers(0, 60), st.integers(0, 3000), FEASTS)
def test_each_day_is_either_missed_or_next(
    days: Days, wall: time, zone: str, now: datetime, ago: int, minutes: int, feasts: frozenset[int]
) -> None:
    """After any time down, whatever the catch-up: what is too late is missed, the rest fires, each day once."""
    catch_up = timedelta(minutes=minutes)
    today = local_day(now, zone)
    last, until = today - ago * DAY, today + 10 * DAY
    holidays = {today + n * DAY for n in feasts}
    late = missed(days, wall, zone, last=last, now=now, catch_up=catch_up, holiday=holidays.__contains__)
    assert all(firing.at < now - catch_up for firing in late)
    handled = [firing.day for firing in late]
    settled = handled[-1] if handled else last
    while (
        found := next_firing(days, wall, zone, last=settled, now=now, catch_up=catch_up, holiday=holidays.__contains__)
    ) and settled < found.day <= until:
        assert found.at >= now - catch_up
        handled.append(found.day)
        settled = found.day
    every = (last + n * DAY for n in range(1, (until - last).days + 1))
    assert handled == [day for day in every if days.has(day) and day not in holidays]


def test_today_is_returned_after_its_moment() -> None:
    """A day that is today stays due until it has fired; whether that is too late is for the caller."""
    now = utc(2026, 11, 22, 23, 59)
    assert next_firing(DAILY, NINE, "UTC", last=None, now=now) == Firing(TODAY, utc(2026, 11, 22, 9))
    assert next_firing(DAILY, NINE, "UTC", last=TODAY - DAY, now=now) == Firing(TODAY, utc(2026, 11, 22, 9))
    assert next_firing(DAILY, NINE, "UTC", last=TODAY, now=now) == Firing(TODAY + DAY, utc(2026, 11, 23, 9))


def test_yesterday_is_over_unless_it_may_be_caught_up() -> None:
    """Yesterday's 23:50, at 00:10, is due within the time to catch up, its end included; else it is over."""
    wall, now = time(23, 50), utc(2026, 11, 23, 0, 10)
    today = Firing(TODAY + DAY, utc(2026, 11, 23, 23, 50))
    assert next_firing(DAILY, wall, "UTC", last=TODAY - DAY, now=now) == today
    for minutes, expected in ((19, today), (20, Firing(TODAY, utc(2026, 11, 22, 23, 50)))):
        catch_up = timedelta(minutes=minutes)
        assert next_firing(DAILY, wall, "UTC", last=TODAY - DAY, now=now, catch_up=catch_up) == expected


def test_a_day_that_the_zone_left_out_does_not_fire() -> None:
    """Samoa had no 30 December 2011: from the 29th the next day is the 31st."""
    found = next_firing(DAILY, NINE, "Pacific/Apia", last=date(2011, 12, 29), now=utc(2011, 12, 30, 9, 30))
    assert found == Firing(date(2011, 12, 31), utc(2011, 12, 30, 19))


def test_nothing_within_ten_years_is_nothing() -> None:
    """Holidays or days off for more than ten years leave no next day; the last day of the ten years is still found."""
    now = utc(2026, 11, 22)
    assert next_firing(DAILY, NINE, "UTC", last=None, now=now, holiday=lambda _day: True) is None
    assert after_change(DAILY, NINE, "UTC", last=None, now=now, holiday=lambda _day: True) is None
    for length, expected in ((3652, TODAY + 3653 * DAY), (3653, None)):
        found = next_firing(Days(off=((TODAY, TODAY + length * DAY),)), NINE, "UTC", last=None, now=now)
        assert (found and found.day) == expected


def test_a_rule_of_days_does_not_end() -> None:
    """Also where its days lie seven of the longest intervals apart, a next one is always found."""
    monday = date(2026, 11, 23)
    rare = Days(frozenset({0}), 365, monday)
    found = next_firing(rare, NINE, "UTC", last=monday, now=utc(2026, 11, 23, 10))
    assert found is not None
    assert found.day == date(2033, 11, 21)


def test_what_was_missed_is_more_than_the_time_to_catch_up_ago() -> None:
    """What is exactly as late as may be caught up is not missed; a minute later it is."""
    days = read_days("daily not 2026-11-20")
    late = [Firing(date(2026, 11, day), utc(2026, 11, day, 9)) for day in (19, 21, 22)]
    for minute, expected in ((0, late[:2]), (1, late)):
        now = utc(2026, 11, 22, 9, 40 + minute)
        catch_up = timedelta(minutes=40)
        assert missed(days, NINE, "UTC", last=date(2026, 11, 18), now=now, catch_up=catch_up) == expected


def test_missed_days_come_in_portions() -> None:
    """At most 400 at once, the oldest first; asked again from the last of them, the rest."""
    first, now = TODAY - 500 * DAY, utc(2026, 11, 22, 12)
    portion = missed(DAILY, NINE, "UTC", last=first, now=now, catch_up=DAY)
    assert [firing.day for firing in portion] == [first + n * DAY for n in range(1, MOST_MISSED + 1)]
    assert len(missed(DAILY, NINE, "UTC", last=portion[-1].day, now=now, catch_up=DAY)) == 99


@pytest.mark.parametrize(
    ("before", "zone", "wall", "last", "expected"),
    [
        ("UTC", "UTC", time(18), TODAY - DAY, Firing(TODAY, utc(2026, 11, 22, 18))),
        ("UTC", "UTC", time(8), TODAY - DAY, Firing(TODAY, utc(2026, 11, 22, 10, 30))),
        ("UTC", "UTC", time(18), TODAY, Firing(TODAY + DAY, utc(2026, 11, 23, 18))),
        ("UTC", "UTC", time(8), None, Firing(TODAY, utc(2026, 11, 22, 10, 30))),
        ("UTC", "UTC", time(8), TODAY - 5 * DAY, Firing(TODAY, utc(2026, 11, 22, 10, 30))),
        ("UTC", "Pacific/Kiritimati", NINE, TODAY, Firing(TODAY + DAY, utc(2026, 11, 22, 19))),
        ("UTC", "Pacific/Kiritimati", NINE, TODAY - DAY, Firing(TODAY, utc(2026, 11, 22, 10, 30))),
        (
            "Pacific/Pago_Pago",
            "Pacific/Kiritimati",
            NINE,
            TODAY - 2 * DAY,
            Firing(TODAY - DAY, utc(2026, 11, 22, 10, 30)),
        ),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", NINE, TODAY + DAY, Firing(TODAY + 2 * DAY, utc(2026, 11, 24, 20))),
        ("Pacific/Kiritimati", "Pacific/Pago_Pago", NINE, TODAY, Firing(TODAY + DAY, utc(2026, 11, 23, 20))),
    ],
)
def test_a_schedule_changed_at_half_past_ten(
    before: str, zone: str, wall: time, last: date | None, expected: Firing
) -> None:
    """A day not fired whose new moment is past fires now; a fired one never again; none is skipped, west or east."""
    now = utc(2026, 11, 22, 10, 30)
    assert after_change(DAILY, wall, zone, last=last, now=now, before=before) == expected


@given(ZONES, ZONES, TIMES, TIMES, NOWS)
def test_no_change_skips_or_repeats_a_day(before: str, zone: str, old: time, new: time, now: datetime) -> None:
    """Whatever zone and time become of a schedule that is up to date: the next day is the one after the last."""
    pending = next_firing(DAILY, old, before, last=None, now=now)
    assert pending
    last = pending.day if pending.at <= now else pending.day - DAY
    found = after_change(DAILY, new, zone, last=last, now=now, before=before)
    at = moment(last + DAY, new, zone)
    assert at
    assert found == Firing(last + DAY, max(at, now))
