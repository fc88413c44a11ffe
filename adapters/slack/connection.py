"""The one websocket of Socket Mode: opened anew as often as it ends, at a pace, and with an address that is still good.

An address opens one socket for some seconds. slack_sdk's client tries the same one for ever; this one asks for another.
"""

import asyncio
from contextlib import suppress
from typing import Any

from slack_sdk.socket_mode.aiohttp import SocketModeClient

ADDRESS_SECONDS = 5.0  # after which an address that opened nothing is given up
HELLO_SECONDS = 10.0  # within which Slack greets a socket that it will use
CALM_SECONDS = 30.0  # after which a socket counts as one that has served
AT_ONCE, LONGEST_REST = 3, 30.0  # addresses that are asked for without a rest between them; seconds of the longest
SENT_AWAY = ("link_disabled", "too_many_websockets")  # why Slack ends a socket, and would end the next one


class Connection(SocketModeClient):
    """slack_sdk's client; what it logs holds no address where `logger` is `quiet`."""

    def __init__(self, app_token: str, **options: Any) -> None:
        super().__init__(app_token, **options)
        self._ended = asyncio.Event()
        self._given, self._given_at = 0, 0.0  # addresses since a socket served, and when the last one was given
        self._opened_at, self._greeted = 0.0, False

    async def connect(self) -> None:
        """Open a socket; returns once one is open, or the client is closed."""
        tries = 0
        while not self.closed:
            try:
                if self.wss_uri is None:
                    self.wss_uri = await self.issue_new_wss_url()
                self._opened_at, self._greeted, self.last_ping_pong_time = _now(), False, None
                async with asyncio.timeout(ADDRESS_SECONDS):
                    await super().connect()  # type: ignore[no-untyped-call]
            except Exception as error:  # noqa: BLE001 (whatever keeps it from opening, the next one may open)
                if self.closed:
                    return
                self.wss_uri = None
                self.logger.warning("No socket was opened: %s", type(error).__name__)
                await self._rest(tries)
                tries += 1
            else:
                return

    async def connect_to_new_endpoint(self, force: bool = False) -> None:  # noqa: FBT001, FBT002 (as in slack_sdk)
        """Open another socket in the place of this one, unless that was done while others held the lock."""
        session = self.current_session
        async with self.connect_operation_lock:
            if await self.is_connected() and (session is not self.current_session or not force):
                return
            self.wss_uri = None
            await self.connect()

    async def issue_new_wss_url(self) -> str:
        """A new address; where the last ones have served nobody, after a rest."""
        if _now() - self._given_at >= CALM_SECONDS:
            self._given = 0
        if self._given >= AT_ONCE:
            await self._rest(self._given - AT_ONCE)
        address = await super().issue_new_wss_url()
        self._given, self._given_at = self._given + 1, _now()
        return address

    async def is_connected(self) -> bool:
        """Whether the socket is open, and Slack has greeted it or may still do so."""
        silent = not self._greeted and _now() - self._opened_at >= HELLO_SECONDS
        return not silent and await super().is_connected()

    async def run_message_listeners(self, message: dict[str, Any], raw_message: str) -> None:
        """One message, those about the socket itself included."""
        match message:
            case {"type": "hello"}:
                self._greeted = True
            case {"type": "disconnect", "reason": reason} if reason in SENT_AWAY:
                self.stale = True
                self.logger.error(reason)
        await super().run_message_listeners(message, raw_message)

    async def close(self) -> None:
        """Close the socket, and open no other."""
        self._ended.set()
        await super().close()  # type: ignore[no-untyped-call]

    async def _rest(self, times: int) -> None:
        """Wait, each time twice as long as the last, or until the client is closed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(min(LONGEST_REST, 2.0**times)):
                await self._ended.wait()


def _now() -> float:
    return asyncio.get_running_loop().time()
