"""Socket Mode: the bot's websockets, of which each delivery takes one, and trouble with them."""

import asyncio
import json
import secrets
from typing import TYPE_CHECKING, Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_server.waiting import Waiting

if TYPE_CHECKING:
    from tests.fakes.slack_server.delivery import Envelope
    from tests.fakes.slack_server.server import SlackServer

MOST = 10
REFRESH, DISABLED, TOO_MANY = "refresh_requested", "link_disabled", "too_many_websockets"


class Connection:
    """One websocket; what is sent leaves in order, through a task of its own; a silent one does nothing any more."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request, number: int) -> None:
        self.socket, self.transport, self.number = socket, request.transport, number
        self.silent, self.leaving = False, False
        self.delivered: list[str] = []
        self.pings = 0
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()

    def send(self, body: dict[str, Any]) -> None:
        """Queue a message; a silent connection loses it."""
        if not self.silent:
            self._queue.put_nowait(json.dumps(body))

    def close(self) -> None:
        """Close after what is queued."""
        self._queue.put_nowait(None)

    def abort(self) -> None:
        """End the TCP connection at once, without a closing handshake."""
        if self.transport is not None:
            self.transport.abort()

    async def write(self) -> None:
        """Send what is queued until the connection ends."""
        while (text := await self._queue.get()) is not None:
            try:
                await self.socket.send_str(text)
            except (ConnectionError, RuntimeError):
                return
        await self.socket.close()


class Sockets(Waiting):
    """All websockets of the bot; of what may be set, `spoilt` is how many addresses will open nothing."""

    def __init__(self, server: "SlackServer", token: str) -> None:
        super().__init__()
        self.server, self.token = server, token
        self.enabled, self.most, self.greeting, self.spoilt = True, MOST, True, 0
        self.connections: list[Connection] = []
        self.tickets: set[str] = set()
        self.counters = {"connected": 0, "hello": 0, "pings": 0, "unknown_acks": 0, "malformed": 0}
        self._turn = 0

    @property
    def live(self) -> list[Connection]:
        """Connections that take deliveries, dead ones that nobody knows of included."""
        return [one for one in self.connections if not one.leaving]

    def ticket(self) -> str:
        """An address that opens one websocket: apps.connections.open."""
        ticket = secrets.token_urlsafe(16)
        if self.spoilt:
            self.spoilt -= 1
        else:
            self.tickets.add(ticket)
        return f"{self.server.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={self.server.world.app}"

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """One connection from its hello to its end."""
        ticket = request.query.get("ticket", "")
        if ticket not in self.tickets:
            return web.Response(status=401, text="invalid ticket")
        self.tickets.remove(ticket)
        socket = web.WebSocketResponse(timeout=1.0, autoping=False, autoclose=False, compress=False, max_msg_size=0)
        await socket.prepare(request)
        self.counters["connected"] += 1
        connection = Connection(socket, request, self.counters["connected"])
        writer = asyncio.create_task(connection.write())
        self._greet(connection)
        try:
            await self._read(connection)
        finally:
            if connection in self.connections:
                self.connections.remove(connection)
            connection.leaving = True
            writer.cancel()
            self.changed()
        return socket

    def _greet(self, connection: Connection) -> None:
        if not self.enabled or len(self.connections) >= self.most:
            connection.send(goodbye(DISABLED if not self.enabled else TOO_MANY))
            connection.close()
            return
        self.connections.append(connection)
        self.changed()
        if not self.greeting:
            return
        self.counters["hello"] += 1
        connection.send(
            {
                "type": "hello",
                "num_connections": len(self.connections),
                "connection_info": {"app_id": self.server.world.app},
                "debug_info": {
                    "host": "stand-in",
                    "build_number": 1,
                    "approximate_connection_time": 18060,
                },
            }
        )
        self.changed()

    async def _read(self, connection: Connection) -> None:
        socket = connection.socket
        while not socket.closed:
            message = await socket.receive()
            if message.type in (WSMsgType.CLOSED, WSMsgType.CLOSING, WSMsgType.ERROR):
                return
            if connection.silent:
                continue
            if message.type is WSMsgType.PING:
                connection.pings += 1
                self.counters["pings"] += 1
                await socket.pong(message.data)
            elif message.type is WSMsgType.CLOSE:
                await socket.close()
                return
            elif message.type is WSMsgType.TEXT:
                self._receive(message.data)

    def _receive(self, text: str) -> None:
        try:
            body = json.loads(text)
            envelope, payload = body["envelope_id"], body.get("payload")
        except (ValueError, KeyError, TypeError):
            self.counters["malformed"] += 1
        else:
            if not self.server.delivery.acknowledge(envelope, payload):
                self.counters["unknown_acks"] += 1
        self.changed()

    def deliver(self, envelope: "Envelope") -> bool:
        """Send an envelope over one of the connections, each in its turn; false where there is none."""
        live = self.live
        if not live:
            return False
        connection = live[self._turn % len(live)]
        self._turn += 1
        connection.delivered.append(envelope.id)
        connection.send(envelope.as_json())
        return True

    # Trouble; each for every connection, or for the one of this number (they count from 1).

    def _of(self, number: int | None) -> list[Connection]:
        return [one for one in self.connections if number in (None, one.number)]

    def ask_reconnect(self, reason: str = REFRESH, number: int | None = None) -> None:
        """Tell that the connection is about to end, and end it."""
        for connection in self._of(number):
            connection.leaving = True
            connection.send(goodbye(reason))
            connection.close()

    def disable(self) -> None:
        """Switch Socket Mode off."""
        self.enabled = False
        self.ask_reconnect(DISABLED)

    def drop(self, number: int | None = None) -> None:
        """End the TCP connections without a word."""
        for connection in self._of(number):
            connection.leaving = True
            connection.abort()

    def go_silent(self, number: int | None = None) -> None:
        """Keep the connections open, but neither read nor send: no pongs, and what is delivered is lost."""
        for connection in self._of(number):
            connection.silent = True


def goodbye(reason: str) -> dict[str, Any]:
    """The message before the end."""
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": "stand-in"}}
