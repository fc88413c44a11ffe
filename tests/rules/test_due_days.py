"""The days of a schedule: which they are, and the language in which people say them."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.rules.due import (
    ALL_DAYS,
    LARGEST_INTERVAL,
    WEEKDAYS,
    WEEKENDS,
    Days,
    DaysError,
    Fault,
    next_firing,
    read_days,
    write_days,
)

DAILY = Days()
DAY = timedelta(days=1)
TODAY = date(2026, 11, 22)
DATES = st.dates(date(2024, 1, 1), date(2032, 12, 31))
SPANS = st.tuples(DATES, st.integers(0, 40)).map(lambda span: (span[0], span[0] + span[1] * DAY))
WORDS = ("every", "3", "0", "mon", "wed", "-", "..", "not", "from", "2026-12-24", ",", "on")


@st.composite
def rules(draw: st.DrawFn) -> Days:
    """Days that fire now and then."""
    weekdays = draw(st.frozensets(st.integers(0, 6), min_size=1))
    every = draw(st.one_of(st.integers(1, 9), st.integers(1, LARGEST_INTERVAL)))
    anchor = draw(DATES) if every > 1 else DAILY.anchor
    days = Days(weekdays, every, anchor, tuple(draw(st.lists(SPANS, max_size=3))))
    assume(any((anchor + n * every * DAY).weekday() in weekdays for n in range(7)))
    return days


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("daily", DAILY),
        ("  DAILY ,", DAILY),
        ("every day", DAILY),
        ("weekdays", Days(WEEKDAYS)),
        ("every weekday", Days(WEEKDAYS)),
        ("Weekends", Days(WEEKENDS)),
        ("mon wed fri", Days(frozenset({0, 2, 4}))),
        ("Monday, wednesday and Friday", Days(frozenset({0, 2, 4}))),
        ("tues,thurs", Days(frozenset({1, 3}))),
        ("every monday", Days(frozenset({0}))),
        ("mondays", Days(frozenset({0}))),
        ("mon-fri", Days(WEEKDAYS)),
        ("Mon \u2013 Fri, Sun", Days(WEEKDAYS | {6})),
        ("fri-mon", Days(frozenset({4, 5, 6, 0}))),
        ("sun-sun", Days(frozenset({6}))),
        ("weekdays sat", Days(ALL_DAYS - {6})),
        ("every 3 days", Days(every=3, anchor=date(2024, 1, 1))),
        ("every 3", Days(every=3, anchor=date(2024, 1, 1))),
        ("every 1 day", DAILY),
        ("every \u0663 days", Days(every=3)),
        ("every 3 days from 2026-11-22", Days(every=3, anchor=TODAY)),
        ("every 14 on wed", Days(frozenset({2}), 14, date(2024, 1, 3))),
        ("every 2, weekdays", Days(WEEKDAYS, 2, date(2024, 1, 1))),
        ("daily not 2026-12-24", Days(off=((date(2026, 12, 24), date(2026, 12, 24)),))),
        ("daily NOT 2026-12-24 .. 2027-01-01", Days(off=((date(2026, 12, 24), date(2027, 1, 1)),))),
        (
            "mon not 2026-12-24..2027-01-01, 2027-02-01 not 2027-03-01",
            Days(
                frozenset({0}),
                off=(
                    (date(2026, 12, 24), date(2027, 1, 1)),
                    (date(2027, 2, 1), date(2027, 2, 1)),
                    (date(2027, 3, 1), date(2027, 3, 1)),
                ),
            ),
        ),
    ],
)
def test_the_language_of_days(text: str, expected: Days) -> None:
    """Sets, weekdays, spans, intervals and days off; case, commas and blanks do not matter."""
    assert read_days(text) == expected


@pytest.mark.parametrize(
    ("text", "fault", "value"),
    [
        ("", "empty", ""),
        (" , ", "empty", ""),
        ("not 2026-12-24", "empty", ""),
        ("on and", "empty", ""),
        ("sometimes", "unknown", "sometimes"),
        ("mon Fir", "unknown", "fir"),
        ("mo", "unknown", "mo"),
        ("mon-", "unknown", "mon-"),
        ("mon-wed-fri", "unknown", "mon-wed-fri"),
        ("every 3 weeks", "unknown", "weeks"),
        ("every 3 from", "unknown", "from"),
        ("every 3 from tomorrow", "unknown", "tomorrow"),
        ("daily from 2026-11-22", "unknown", "from"),
        ("daily not", "unknown", "not"),
        ("daily not not 2026-12-24", "unknown", "not"),
        ("daily not sundays", "unknown", "sundays"),
        ("daily not 2026-02-30", "unknown", "2026-02-30"),
        ("daily not 20261224", "unknown", "20261224"),
        ("daily not 2026-12-24..", "unknown", "2026-12-24.."),
        ("every", "every", ""),
        ("every 0 days", "every", "0"),
        ("every 366 days", "every", "366"),
        ("every 2.5 days", "every", "2.5"),
        ("every \u00b2 days", "every", "\u00b2"),
        ("every 99999999999999999999 days", "every", "99999999999999999999"),
        ("every 3 every 4", "unknown", "every"),
        ("daily not 2026-12-24..2026-12-23", "backwards", "2026-12-24..2026-12-23"),
        (" every 7 days from 2026-11-22 on mon ", "never", "every 7 days from 2026-11-22 on mon"),
        ("daily not 2024-01-01..9999-12-31", "never", "daily not 2024-01-01..9999-12-31"),
    ],
)
def test_what_the_language_lacks(text: str, fault: Fault, value: str) -> None:
    """Each fault is named, with the word or the rule that is meant."""
    with pytest.raises(DaysError) as caught:
        read_days(text)
    assert (caught.value.fault, caught.value.value) == (fault, value)


def test_the_day_from_which_a_rule_counts() -> None:
    """Intervals begin with the first fitting day from the one given, and a rule with no day left is refused."""
    assert read_days("every 3", since=TODAY).anchor == TODAY
    assert read_days("every 14 mon", since=TODAY).anchor == date(2026, 11, 23)
    over = "daily not 2026-11-22..9999-12-31"
    assert read_days(over).has(TODAY - DAY)
    with pytest.raises(DaysError, match="never"):
        read_days(over, since=TODAY)


@given(rules())
def test_days_are_written_as_they_are_read(days: Days) -> None:
    """What is written reads as the same days, from whatever day on."""
    assert read_days(write_days(days)) == read_days(write_days(days), since=TODAY) == days


@pytest.mark.parametrize(
    "text", ["daily", "weekdays", "weekends", "mon wed fri", "every 3 days from 2026-11-22 mon not 2026-12-24"]
)
def test_the_plain_words_are_written(text: str) -> None:
    """Rules are written in the words that people use."""
    assert write_days(read_days(text)) == text


@given(st.text(max_size=40) | st.lists(st.sampled_from(WORDS)).map(" ".join))
def test_no_text_breaks_the_language_of_days(text: str) -> None:
    """Any text is days that fire, or refused."""
    try:
        days = read_days(text)
    except DaysError:
        return
    assert next_firing(days, time(9), "UTC", last=None, now=datetime(2024, 1, 1, tzinfo=UTC))


@given(rules(), DATES)
def test_a_rule_fires_on_its_days_only(days: Days, day: date) -> None:
    """A day is one of them if its weekday is, it lies on the beat, and no span of days off holds it."""
    off = any(start <= day <= end for start, end in days.off)
    on_beat = (day.toordinal() - days.anchor.toordinal()) % days.every == 0
    assert days.has(day) == (day.weekday() in days.weekdays and on_beat and not off)
