"""A clock for tests that stands still until it is moved."""

from datetime import UTC, datetime, timedelta

START = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)  # a Tuesday; whatever tests/bank holds was reviewed before


class Clock:
    """Call it for the moment; `advance` moves it on."""

    def __init__(self, now: datetime = START) -> None:
        self.now = now

    def __call__(self) -> datetime:
        """The moment at which it stands."""
        return self.now

    def advance(self, **units: float) -> datetime:
        """Move on, as in `advance(seconds=30)` or `advance(days=1, hours=2)`; the new moment."""
        self.now += timedelta(**units)
        return self.now
