"""What members may write as a time of the day and as days, and what they are told of what cannot be."""

from datetime import date

import pytest

from bot.chat.replies import Refusal
from bot.features.planning import read_rhythm, read_wall, rhythm

TODAY = date(2026, 3, 10)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("9", "09:00"),
        ("09:30", "09:30"),
        ("9.30", "09:30"),
        ("9h30", "09:30"),
        (" 7:05 PM ", "19:05"),
        ("12am", "00:00"),
        ("12 pm", "12:00"),
        ("0:00", "00:00"),
        ("23:59", "23:59"),
    ],
)
def test_a_time_of_the_day(words: str, kept: str) -> None:
    """A time is read as people write it."""
    assert read_wall(words) == kept


@pytest.mark.parametrize("words", ["24:00", "9:60", "13pm", "0am", "noon", "", "-1", "9:5", "99999999"])
def test_no_time_of_the_day(words: str) -> None:
    """What is no time is refused with its value and an example."""
    with pytest.raises(Refusal, match="09:00") as refused:
        read_wall(words)
    assert words.strip() in str(refused.value)


@pytest.mark.parametrize(
    ("words", "kept"),
    [
        ("weekdays", "weekdays"),
        ("Mon, Wed Fri", "mon wed fri"),
        ("weekdays not holidays:de", "weekdays not holidays:DE"),
        ("daily not 2026-12-24 holidays:DE-by", "daily not 2026-12-24 not holidays:DE-BY"),
        ("daily not holidays:US not 2026-12-24", "daily not 2026-12-24 not holidays:US"),
    ],
)
def test_days(words: str, kept: str) -> None:
    """Days are kept in one form, which reads as itself again."""
    assert read_rhythm(words, TODAY) == kept
    assert read_rhythm(kept, TODAY) == kept


def test_holidays_are_left_out() -> None:
    """A country's holidays are left out, and a region's beside them."""
    germany, bavaria = rhythm("weekdays not holidays:DE"), rhythm("weekdays not holidays:DE-BY")
    christmas, epiphany = date(2026, 12, 25), date(2026, 1, 6)
    assert (germany.holiday(christmas), germany.holiday(epiphany)) == (True, False)
    assert (bavaria.holiday(christmas), bavaria.holiday(epiphany)) == (True, True)
    assert germany.days.has(christmas)


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("someday", "someday"),
        ("not 2026-12-24", "No day is named"),
        ("weekdays not", "not"),
        ("mon not 2026-12-31..2026-12-01", "2026-12-31..2026-12-01"),
        ("every 0 days", "0"),
        ("every 1000 days", "1000"),
        ("weekdays not holidays:XX", "XX"),
        ("weekdays not holidays:DE-ZZ", "DE-ZZ"),
        ("daily not 2026-01-01..9999-12-31", "no day is left"),
        ("daily not 2026-01-01..2036-12-31", "the first day is more than ten years away"),
        ("weekdays holidays:DE", "holidays:DE"),
        ("mon holidays:DE not 2026-12-24", "holidays:DE"),
    ],
)
def test_no_days(words: str, named: str) -> None:
    """What names no days is refused in words that say what was wrong."""
    with pytest.raises(Refusal) as refused:
        read_rhythm(words, TODAY)
    assert named in str(refused.value)
