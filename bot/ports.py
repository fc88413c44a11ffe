"""What the core asks of outside services; each has an adapter and a fake of the same name."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Services:
    """The outside services that are plugged in, for jobs. None is yet: the core works whole without any."""


class Meter(Protocol):
    """Counts what the core does, for whoever watches over it."""

    def handled(self, platform: str, gesture: str, seconds: float) -> None:
        """One request was answered by the core in that time."""
        ...

    def sent(self, platform: str, outcome: str) -> None:
        """One message was `sent` or `edited`, or refused: then `outcome` is the failure's name."""
        ...


class NoMeter:
    """Nobody counts."""

    def handled(self, platform: str, gesture: str, seconds: float) -> None:
        """Forget it."""

    def sent(self, platform: str, outcome: str) -> None:
        """Forget it."""
