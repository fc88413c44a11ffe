"""What the scripts of pictures share: which pictures are wanted, and the week of the group that they show."""

import argparse
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from PIL import Image

from tests.clock import Clock

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
ZONE = "Europe/Berlin"
MONDAY = datetime(2026, 11, 23, 6, 30, tzinfo=UTC)  # half past seven in Berlin
DAY = timedelta(days=1)
COLOURS = 128
WEEK = ("setup", "daily", "daily-reveal", "digest", "schedule", "locked", "chosen", "concept-post")
QUIET = ("silence", "asleep")
REST = frozenset({"schedule", "locked", "chosen", "concept-post", *QUIET})  # to be looked at, not for the documents

# Who answers on Monday, Tuesday, Wednesday, Thursday, and whether it is right; nobody is asked on another day.
ANSWERS: tuple[dict[str, bool], ...] = (
    {"ann": True, "bea": True, "cem": False},
    {"ann": True, "bea": False, "cem": True, "dag": True, "eve": True},
    {"ann": True, "bea": True, "cem": False, "dag": True, "eve": False, "fay": True},
    {"ann": False, "bea": True, "dag": True, "eve": True, "fay": True},
)
HIDDEN = "eve"


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which pictures to make, where to put them, and how wide; `rest` are made only where they are named."""

    names: frozenset[str]
    folder: Path
    width: int
    rest: frozenset[str]

    def any_of(self, *names: str) -> bool:
        """Whether one of them is to be made."""
        return any(name in self.names if self.names else name not in self.rest for name in names)


def wanted(width: int, rest: frozenset[str]) -> Wanted:
    """What the command line asks for: all pictures of the documents, or those that are named."""
    parser = argparse.ArgumentParser(description="Makes pictures for the documents.")
    parser.add_argument("names", nargs="*", help=f"the pictures to make, such as daily; only by name: {sorted(rest)}")
    parser.add_argument("--to", type=Path, default=FOLDER, help="the folder to write them to")
    parser.add_argument("--width", type=int, default=width, help="of the column, in points")
    given = parser.parse_args()
    return Wanted(frozenset(given.names), given.to, given.width, rest)


async def until(clock: Clock, day: datetime, hour: int, pass_time: Callable[[float], Awaitable[None]]) -> None:
    """Time passes, an hour at once, until so many o'clock on a day; `pass_time` is given seconds."""
    end = local(day).replace(hour=hour, minute=0)
    while (left := (end - clock.now).total_seconds()) > 0:
        await pass_time(min(left, 3600.0))


def local(moment: datetime) -> datetime:
    """A moment as the group's members read it."""
    return moment.astimezone(ZoneInfo(ZONE))


def make_small(path: Path) -> None:
    """Write a picture again with no more colours than its text needs, in a third of the room."""
    with Image.open(path) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
