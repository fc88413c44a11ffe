"""What the core asks of outside services; each has an adapter and a fake of the same name."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Services:
    """The outside services that are plugged in, for jobs. None is yet: the core works whole without any."""
