"""What Discord's refusals mean for a message: try again, or not, and why."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.chat.port import DeliveryError, Failure

T = TypeVar("T")

DROPPED = (aiohttp.ClientConnectionError, ConnectionError, TimeoutError)
ALREADY_ACKNOWLEDGED = 40060
UNKNOWN_INTERACTION = 10062
SHIELD = 40333  # whoever stands before Discord has refused
THREAD_EXISTS, THREAD_ARCHIVED = 160004, 50083
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
_MEANING = {
    10003: Failure.GONE,  # unknown channel
    10004: Failure.GONE,  # unknown guild
    10008: Failure.GONE,  # unknown message
    50001: Failure.FORBIDDEN,  # missing access
    50007: Failure.CLOSED,  # cannot send messages to this user
    50008: Failure.FORBIDDEN,  # cannot send messages in a channel of this kind
    50013: Failure.FORBIDDEN,  # missing permission
    50024: Failure.FORBIDDEN,  # not in a channel of this kind
    THREAD_ARCHIVED: Failure.FORBIDDEN,
    50278: Failure.CLOSED,  # no server shared with this user any more
    160005: Failure.FORBIDDEN,  # thread is locked
    160006: Failure.FORBIDDEN,  # too many threads
    30046: Failure.TRANSIENT,  # too many edits of an old message
}
_WITHOUT_A_MEANING = {400: Failure.INVALID, 403: Failure.FORBIDDEN, 404: Failure.GONE}  # codes that are not above
_TOO_FAST = {  # what is refused for our pace, whoever it is for, and after how many seconds it is tried again
    20026: 3_600.0,  # flagged for spam
    40003: 60.0,  # opening direct messages too fast
}
UNAUTHORIZED = 401
_TOO_MANY = 429
_UNNAMED_WAIT = 60.0


def meaning(error: Exception) -> DeliveryError:
    """The refusal as the core understands it; names no content."""
    if isinstance(error, discord.RateLimited):
        return DeliveryError(Failure.TRANSIENT, "rate limited", error.retry_after)
    if not isinstance(error, discord.HTTPException):
        return DeliveryError(Failure.TRANSIENT, type(error).__name__)
    said = f"Discord says {error.status} ({error.code})"
    if error.code in _TOO_FAST:
        apart = random.uniform(1, 1.5)  # noqa: S311 (keeps those that were refused together from coming together again)
        return DeliveryError(Failure.TRANSIENT, said, _TOO_FAST[error.code] * apart)
    if error.code in _MEANING:
        return DeliveryError(_MEANING[error.code], said)
    if error.status in _WITHOUT_A_MEANING and is_discords(error):
        return DeliveryError(_WITHOUT_A_MEANING[error.status], said)
    return DeliveryError(Failure.TRANSIENT, said, asked_to_wait(error) or None)


def is_discords(error: discord.HTTPException) -> bool:
    """Whether Discord itself refused, and not whoever stands before it, whose pages have no code."""
    return error.code not in (0, SHIELD)


def is_away(error: Exception) -> bool:
    """Whether Discord or the way to it takes nothing for now, so that the same may be taken later."""
    return not isinstance(error, discord.HTTPException) or error.status == _TOO_MANY or error.status >= 500


def asked_to_wait(error: Exception) -> float:
    """For how many seconds Discord, or its shield, takes no more requests; 0 if that is not what it says."""
    if isinstance(error, discord.RateLimited):
        return error.retry_after
    if not isinstance(error, discord.HTTPException) or error.status != _TOO_MANY:
        return 0.0
    named = error.response.headers.get("Retry-After", "")
    return float(named) if named.isdecimal() else _UNNAMED_WAIT


async def delivered(call: Callable[[], Awaitable[T]]) -> T:
    """What `call` brings. Raises DeliveryError for whatever Discord or the way to it refuses."""
    try:
        return await call()
    except (discord.HTTPException, discord.RateLimited, *DROPPED) as error:
        raise meaning(error) from error


async def again(call: Callable[[], Awaitable[T]]) -> T:
    """What `call` brings, tried again where the connection drops: discord.py does not do so on Linux.

    Raises whatever the third try raises.
    """
    for pause in (0.05, 0.4):
        try:
            return await call()
        except DROPPED:
            await asyncio.sleep(pause)
    return await call()


async def acknowledged(call: Callable[[], Awaitable[object]]) -> None:
    """Make `call`, an interaction's first answer, again where the connection drops.

    A try whose answer was lost may have been taken: if Discord then calls another one the second, all is well. If the
    first try is the second, somebody else answers, and it is raised.
    """
    lost = False

    async def once() -> None:
        nonlocal lost
        try:
            await call()
        except DROPPED:
            lost = True
            raise
        except discord.HTTPException as error:
            if not lost or error.code != ALREADY_ACKNOWLEDGED:
                raise

    await again(once)
