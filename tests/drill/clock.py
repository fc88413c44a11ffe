"""The clock that all processes of a drill share: the real one plus the seconds in a file."""

from datetime import UTC, datetime, timedelta
from pathlib import Path


class SharedClock:
    """Call it for the moment; it goes on by itself, and `jump` moves it for every process at once."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def __call__(self) -> datetime:
        """The moment for whoever asks."""
        return datetime.now(UTC) + timedelta(seconds=float(self._path.read_text()))

    def jump(self, to: datetime) -> None:
        """Be at that moment."""
        new = self._path.with_suffix(".new")
        new.write_text(repr((to - datetime.now(UTC)).total_seconds()))
        new.replace(self._path)
