"""What the core asks of outside services; each has an adapter and a fake of the same name."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

from msgspec import Struct

from bot.chat.people import Space
from bot.chat.port import Probe


def _never_missing(_space: Space) -> Probe:
    return Probe()


class Services(Struct, frozen=True):
    """The outside services that are plugged in, for jobs, which may wait for them.

    `probe`: what is missing to post in a place. Raises DeliveryError.
    """

    probe: Callable[[Space], Probe] = _never_missing


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


class UnusableError(Exception):
    """A platform does not let the bot serve as it is set up; the sentence says why and what to do, and no secret."""


class SealedError(Exception):
    """What is kept cannot be opened with the keys at hand; the sentence says what to do, and holds no secret."""


class Vault(Protocol):
    """Keeps what a platform gave us when the bot was added to a workspace: its grant, with the token."""

    async def keep(self, platform: str, workspace: str, grant: Mapping[str, str]) -> None:
        """Keep a workspace's grant in the place of an older one."""
        ...

    async def find(self, platform: str, workspace: str) -> Mapping[str, str] | None:
        """The grant of a workspace; None where there is none. Raises SealedError."""
        ...

    async def since(self, platform: str, workspace: str) -> datetime | None:
        """When the grant of a workspace was kept; None where there is none."""
        ...

    async def forget(self, platform: str, workspace: str, holding: str = "") -> None:
        """Delete the grant of a workspace; with `holding`, only one that has this value. Raises SealedError."""
        ...

    async def check(self) -> None:
        """Nothing, if every grant can be opened. Raises SealedError."""
        ...

    async def new_state(self, platform: str) -> str:
        """What the platform brings back when an installation that begins now is done, within ten minutes."""
        ...

    async def use_state(self, platform: str, state: str) -> bool:
        """Whether an installation was begun under this state; true once."""
        ...
