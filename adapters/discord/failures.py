"""What Discord's refusals mean for a message: try again, or not, and why."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import aiohttp
import discord

from bot.chat.port import DeliveryError, Failure

T = TypeVar("T")

DROPPED = (aiohttp.ClientConnectionError, ConnectionError, TimeoutError)
ALREADY_ACKNOWLEDGED = 40060
UNKNOWN_INTERACTION = 10062
THREAD_EXISTS = 160004
# https://discord.com/developers/docs/topics/opcodes-and-status-codes#json
_MEANING = {
    10003: Failure.GONE,  # unknown channel
    10004: Failure.GONE,  # unknown guild
    10008: Failure.GONE,  # unknown message
    50001: Failure.FORBIDDEN,  # missing access
    50007: Failure.CLOSED,  # cannot send messages to this user
    50013: Failure.FORBIDDEN,  # missing permission
    50024: Failure.FORBIDDEN,  # not in a channel of this kind
    50083: Failure.FORBIDDEN,  # thread is archived
    50278: Failure.CLOSED,  # no server shared with this user any more
    160005: Failure.FORBIDDEN,  # thread is locked
    160006: Failure.FORBIDDEN,  # too many threads
    30046: Failure.TRANSIENT,  # too many edits of an old message
}


def meaning(error: Exception) -> DeliveryError:
    """The refusal as the core understands it; names no content."""
    if isinstance(error, discord.RateLimited):
        return DeliveryError(Failure.TRANSIENT, "rate limited", error.retry_after)
    if not isinstance(error, discord.HTTPException):
        return DeliveryError(Failure.TRANSIENT, type(error).__name__)
    said = f"Discord says {error.status} ({error.code})"
    if error.code in _MEANING:
        return DeliveryError(_MEANING[error.code], said)
    if error.status == 404:
        return DeliveryError(Failure.GONE, said)
    if error.status == 403:
        return DeliveryError(Failure.FORBIDDEN, said)
    if error.status == 400:
        return DeliveryError(Failure.INVALID, said)
    return DeliveryError(Failure.TRANSIENT, said)


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
