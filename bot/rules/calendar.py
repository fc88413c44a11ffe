"""A group's own calendar: which local day a moment belongs to, when that day ends, which boards it counts on."""

import unicodedata
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones


class Period(StrEnum):
    """What a leaderboard spans."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    ALL = "all"


@lru_cache(maxsize=1)
def _zones() -> frozenset[str]:
    """The zones of the IANA database; what only means the machine's own is none."""
    return frozenset(available_timezones() - {"localtime", "Factory", "posixrules"})


def is_zone(name: str) -> bool:
    """Whether `name` is a time zone of the IANA database."""
    return name in _zones()


def find_zones(text: str, most: int = 25) -> list[str]:
    """Zones whose name contains `text` (a city, say, with its accents or without), the shortest names first."""
    plain = "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))
    wanted = plain.casefold().strip().replace(" ", "_")
    return sorted((name for name in _zones() if wanted in name.casefold()), key=lambda n: (len(n), n))[:most]


def local_day(now: datetime, zone: str) -> date:
    """The day on the wall calendar of `zone` at the aware moment `now`."""
    return now.astimezone(ZoneInfo(zone)).date()


def day_end(day: date, zone: str) -> datetime:
    """The first moment after `day` in `zone`, in UTC; right where midnight is skipped or comes twice."""
    return first_moment(day + timedelta(days=1), zone)


def first_moment(day: date, zone: str) -> datetime:
    """The first moment of `day` in `zone`, in UTC (a day that a zone skipped begins where the next one does)."""
    there = ZoneInfo(zone)
    guess = datetime.combine(day, time(), there).astimezone(UTC)
    if guess.astimezone(there).date() < day:  # midnight falls into a gap: begin where the gap ends
        while guess.astimezone(there).date() < day:
            guess += timedelta(minutes=1)
    return guess


def period_key(period: Period, day: date, season: int) -> str:
    """The name of the period of a kind that `day` lies in: `day:2026-11-22`, `week:2026-W47`, `all`."""
    match period:
        case Period.DAY:
            return f"day:{day.isoformat()}"
        case Period.WEEK:
            year, week, _weekday = day.isocalendar()
            return f"week:{year}-W{week:02}"
        case Period.MONTH:
            return f"month:{day:%Y-%m}"
        case Period.SEASON:
            return f"season:{season}"
        case Period.ALL:
            return "all"


def board_keys(group: int, day: date, season: int, track: str) -> tuple[str, ...]:
    """Every board that a point of `group` in `track` on `day` counts on: five periods, overall and per track."""
    periods = [f"{group}:{period_key(period, day, season)}" for period in Period]
    return (*periods, *(f"{key}:{track}" for key in periods))


def board_key(group: int, period: Period, day: date, season: int, track: str | None = None) -> str:
    """The one board asked for."""
    key = f"{group}:{period_key(period, day, season)}"
    return f"{key}:{track}" if track else key
