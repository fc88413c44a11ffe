"""How figures are taken and shown: medians, each beside its floor, the ratio and the bound."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from time import perf_counter


@dataclass(frozen=True)
class Figure:
    """One thing measured, in seconds; `bound` is for the ratio to the floor, `most` for the time itself."""

    what: str
    took: float
    floor: float | None = None
    floor_is: str = ""
    bound: float | None = None
    most: float | None = None

    def line(self) -> str:
        """The figure as a line: time, floor, ratio, and whether the bound holds."""
        parts = [f"{self.what:<58} {shown(self.took):>9}"]
        if self.floor is not None:
            parts.append(f"floor {shown(self.floor):>9}  {self.took / self.floor:5.2f}x")
        if self.bound is not None and self.floor is not None:
            parts.append(f"at most {self.bound:g}x  {_verdict(self.took / self.floor, self.bound)}")
        if self.most is not None:
            parts.append(f"at most {shown(self.most)}  {_verdict(self.took, self.most)}")
        return "  ".join(parts) + (f"\n{'':<10}floor: {self.floor_is}" if self.floor_is else "")


def _verdict(found: float, most: float) -> str:
    return "holds" if found <= most else "MISSED"


def shown(seconds: float) -> str:
    """A time as it is read."""
    return f"{seconds * 1000:.3f} ms" if seconds < 0.1 else f"{seconds:.3f} s"


def timed(work: Callable[[], object]) -> float:
    """How long one run takes."""
    begun = perf_counter()
    work()
    return perf_counter() - begun


def typical(work: Callable[[], object], times: int, warm: int = 20) -> float:
    """The median of many runs, after a few that do not count."""
    for _run in range(warm):
        work()
    return median(timed(work) for _run in range(times))


@dataclass(frozen=True)
class Size:
    """How much memory something holds, in bytes, beside its floor."""

    what: str
    held: float
    floor: float

    def line(self) -> str:
        """The figure as a line."""
        return f"{self.what:<58} {self.held / 2**20:6.1f} MiB  floor {self.floor / 2**20:6.1f} MiB"
