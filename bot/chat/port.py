"""What the core asks of a chat platform. Every adapter and the fake pass one contract test.

To add a platform: a package in `adapters` with an adapter that has these methods, `inbound` and `outbound`;
then a line in `bot.composition`, and a stage in `tests/stages`.
"""

from enum import StrEnum
from typing import Protocol

from msgspec import Struct

from bot.chat.cards import Card
from bot.chat.people import Account, MessageRef, Space


class Failure(StrEnum):
    """Why a platform did not take a message."""

    TRANSIENT = "transient"  # trying again can help
    UNCLEAR = "unclear"  # it may have arrived all the same
    FORBIDDEN = "forbidden"  # the bot may not
    GONE = "gone"  # the message or its channel is deleted
    CLOSED = "closed"  # the account takes no messages
    INVALID = "invalid"  # the platform cannot read it: a fault of ours


class DeliveryError(Exception):
    """The platform did not take the message: `failure` says whether trying again can help."""

    def __init__(self, failure: Failure, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.failure = failure
        self.retry_after = retry_after


class Search(StrEnum):
    """What `find` says when it has no message to name."""

    NONE = "none"
    UNKNOWN = "unknown"


class Probe(Struct, frozen=True):
    """What is missing to post in a space, by the platform's own names; empty when all is well."""

    missing: tuple[str, ...] = ()


class ChatPort(Protocol):
    """A chat platform, plugged in."""

    platform: str

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        """Post `card`; the same `key` again within minutes is not posted twice where the platform can tell.

        Raises DeliveryError, with `UNCLEAR` where it may have been taken and a second one could not be told from it.
        """
        ...

    async def edit(self, ref: MessageRef, card: Card, key: str) -> None:
        """Replace a message that was posted as `key`. Raises DeliveryError, with `GONE` if it was deleted."""
        ...

    async def tell(self, account: Account, card: Card, key: str) -> MessageRef:
        """Write to one account in private. Raises DeliveryError, with `CLOSED` if it takes no messages."""
        ...

    async def thread(self, ref: MessageRef, title: str) -> Space:
        """Open a thread below a message, or find the one that is there.

        Raises DeliveryError, with `FORBIDDEN` where there are no threads or none may be opened.
        """
        ...

    async def probe(self, space: Space) -> Probe:
        """Which permissions are missing to post in `space`."""
        ...

    async def find(self, space: Space, key: str) -> MessageRef | Search:
        """Our own message that was posted as `key`, `NONE` if surely not there, `UNKNOWN` if nobody can tell.

        Raises DeliveryError with `TRANSIENT` where looking again later can help.
        """
        ...
