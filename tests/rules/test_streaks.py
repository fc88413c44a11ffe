"""Which days continue a streak, which are excused, and that no zone loses or doubles a day: tables and properties."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.rules.calendar import local_day
from bot.rules.streaks import LONGEST_GAP, Posts, Streak, is_excused, is_in, kept, since, standing

MONDAY = date(2026, 3, 9)
DAY = timedelta(days=1)
NUMBERS = st.sets(st.integers(0, 40), max_size=41)
ZONES = st.sampled_from(sorted(available_timezones() - {"localtime", "Factory"}))
ZONE_CHANGES = st.lists(st.tuples(st.integers(1, 60), ZONES), max_size=40)


def on(number: int) -> date:
    """The day that many days after a Monday."""
    return MONDAY + number * DAY


def never(_day: date) -> bool:
    """Nothing is excused."""
    return False


def excusing(numbers: set[int]) -> Callable[[date], bool]:
    """Just these days are excused."""
    days = {on(number) for number in numbers}
    return days.__contains__


def after(numbers: set[int], excused: Callable[[date], bool] = never) -> Streak:
    """The streak of somebody who answered on these days, one after another."""
    streak = Streak()
    for number in sorted(numbers):
        streak = kept(streak, on(number), excused)
    return streak


@pytest.mark.parametrize(
    ("answered", "excused", "expected"),
    [
        ({0}, set(), (1, 1)),
        ({0, 1, 2}, set(), (3, 3)),
        ({0, 1, 3}, set(), (1, 2)),
        ({4, 7}, {5, 6}, (2, 2)),
        ({4, 5, 7}, {5, 6}, (3, 3)),
        ({4, 8}, {5, 6}, (1, 1)),
        ({0, 1, 2, 4, 5}, {4}, (2, 3)),
    ],
)
def test_days_in_a_row(answered: set[int], excused: set[int], expected: tuple[int, int]) -> None:
    """Days in a row count, excused ones between them neither count nor break, an answer on one of these counts."""
    streak = after(answered, excusing(excused))
    assert (streak.days, streak.longest) == expected


@given(NUMBERS, NUMBERS, st.integers(0, 40))
def test_an_answer_more_never_makes_a_streak_shorter(answered: set[int], excused: set[int], more: int) -> None:
    """Whoever answers on one more day has no shorter streak, nor a shorter longest one."""
    without, with_it = after(answered, excusing(excused)), after(answered | {more}, excusing(excused))
    assert with_it.longest >= without.longest
    assert standing(with_it, on(41), excusing(excused)) >= standing(without, on(41), excusing(excused))


@given(NUMBERS, NUMBERS)
def test_excused_days_are_as_if_they_were_not_there(answered: set[int], excused: set[int]) -> None:
    """Taking the excused days without an answer out of the calendar changes no streak."""
    left = [number for number in range(42) if number in answered or number not in excused]
    squeezed = {left.index(number) for number in answered}
    streak, plain = after(answered, excusing(excused)), after(squeezed)
    assert (streak.days, streak.longest) == (plain.days, plain.longest)
    assert standing(streak, on(left[-1]), excusing(excused)) == standing(plain, on(len(left) - 1), never)


@given(NUMBERS, st.integers(0, 45), NUMBERS)
def test_a_streak_stands_until_a_day_breaks_it(answered: set[int], today: int, excused: set[int]) -> None:
    """A streak stands as long as answering today would go on with it, and is 0 from then on; today is still open."""
    streak = after({number for number in answered if number <= today}, excusing(excused))
    stands = standing(streak, on(today), excusing(excused))
    following = kept(streak, on(today), excusing(excused))
    assert stands in (0, streak.days)
    assert following.days == (streak.days if streak.last == on(today) else stands + 1)


@given(st.datetimes(datetime(2024, 1, 2), datetime(2030, 12, 1), timezones=st.just(UTC)), ZONE_CHANGES)
def test_no_change_of_zone_takes_a_day_back_or_counts_it_twice(start: datetime, steps: list[tuple[int, str]]) -> None:
    """However somebody travels between answers, their newest day never goes back, and each day counts once at most."""
    now, streak, counted = start, Streak(), []
    for hours, zone in steps:
        now += timedelta(hours=hours)
        following = kept(streak, local_day(now, zone), never)
        if following != streak:
            counted.append(following.last)
            assert streak.last is None or following.last > streak.last
        streak = following
    assert len(counted) == len(set(counted))
    assert streak.longest <= len(counted)


def test_who_kept_the_newest_day_that_is_not_excused_goes_on() -> None:
    """All days between excused: the last day itself is enough; else it takes the newest one that is not."""
    assert since(on(4), on(7), excusing({5, 6})) == on(4)
    assert since(on(3), on(7), excusing({5, 6})) == on(4)
    assert since(on(3), on(7), never) == on(6)
    assert since(on(6), on(7), never) == on(6)


def test_no_streak_outlasts_a_year_of_excuses() -> None:
    """Where everything is excused for ever, a streak ends after a year all the same."""
    always = lambda _day: True  # noqa: E731
    assert standing(Streak(5, 5, MONDAY), MONDAY + LONGEST_GAP * DAY, always) == 5
    assert standing(Streak(5, 5, MONDAY), MONDAY + (LONGEST_GAP + 2) * DAY, always) == 0


QUIZ_DAYS = frozenset({on(0), on(1), on(2)})
WEEKLY = Posts(joined=on(-9), begun=on(-2), quizzes=QUIZ_DAYS)


@pytest.mark.parametrize(
    ("number", "groups", "expected"),
    [
        (1, [], False),
        (1, [Posts(joined=on(-9))], False),
        (1, [WEEKLY], False),
        (4, [WEEKLY], True),
        (-1, [WEEKLY], True),
        (-3, [WEEKLY], False),
        (4, [WEEKLY, Posts(on(-9))], True),
        (4, [WEEKLY, Posts(on(-9), on(-9), frozenset({on(4)}))], False),
        (4, [WEEKLY, Posts(on(5), on(-9), frozenset({on(4)}))], True),
        (1, [WEEKLY, Posts(on(-9), missed=frozenset({on(1)}))], True),
        (1, [WEEKLY, Posts(on(2), missed=frozenset({on(1)}))], False),
        (1, [Posts(on(-9), missed=frozenset({on(1)}))], True),
    ],
)
def test_which_days_are_excused(number: int, groups: list[Posts], expected: bool) -> None:  # noqa: FBT001 (a table)
    """We missed something, or no group had a quiz though one of them plans any; only groups that one is in by then."""
    assert is_excused(on(number), groups) is expected


def test_a_day_that_a_zone_left_out_is_not_in_it() -> None:
    """Samoa went from 2011-12-29 to 2011-12-31; a day whose midnight is skipped is still a day."""
    assert not is_in(date(2011, 12, 30), "Pacific/Apia")
    assert is_in(date(2011, 12, 31), "Pacific/Apia")
    assert is_in(date(2026, 3, 29), "Asia/Beirut")
