"""The gateway: connections, the sessions that outlive them, and trouble with both."""

import asyncio
import json
import time
from collections import deque
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from tests.fakes.discord_server import payloads
from tests.fakes.discord_server.connection import Connection
from tests.fakes.discord_server.waiting import Waiting
from tests.fakes.discord_server.world import Guild, World

DISPATCH, HEARTBEAT, IDENTIFY, RESUME, RECONNECT, INVALID_SESSION, HELLO, ACK = 0, 1, 2, 6, 7, 9, 10, 11
IGNORED = {3, 4, 8, 14, 31}
GUILDS, GUILD_MESSAGES, DIRECT_MESSAGES = 1 << 0, 1 << 9, 1 << 12
PRIVILEGED = 1 << 1 | 1 << 8 | 1 << 15
KNOWN_INTENTS = (1 << 17) - 1 | 1 << 20 | 1 << 21 | 1 << 24 | 1 << 25
# After these the session cannot be resumed.
FINAL = {1000, 1001, 4003, 4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014}
# What the client sees when the connection ends without a closing handshake.
ABRUPT = 1006


@dataclass(slots=True, eq=False)
class Session:
    """What a client identified as; events wait in it for a client that comes back."""

    id: str
    shard: int
    shards: int
    intents: int
    history: deque[tuple[int, str]]
    sequence: int = 0
    connection: Connection | None = None
    identified: float = field(default_factory=time.monotonic)
    heartbeats: deque[float] = field(default_factory=lambda: deque(maxlen=1000))
    resumed: int = 0

    def dispatch(self, event: str, data: Any) -> None:
        """Send an event, or keep it for a resume."""
        self.sequence += 1
        text = json.dumps({"op": DISPATCH, "t": event, "s": self.sequence, "d": data})
        self.history.append((self.sequence, text))
        if self.connection is not None:
            self.connection.send_text(text)

    def has(self, guild: Guild | None) -> bool:
        """Whether events of this server (None: of direct messages) belong to this session's shard."""
        return self.shard == ((int(guild.id) >> 22) % self.shards if guild else 0)


class Gateway(Waiting):
    """All sessions of the bot."""

    def __init__(self, world: World, token: str) -> None:
        super().__init__()
        self.world, self.token, self.url = world, token, ""
        self.heartbeat_interval = 41.25
        self.shards, self.max_concurrency, self.starts_left = 1, 1, 1000
        self.strict_identify, self.identify_seconds = False, 5.0
        self.resumable, self.replay_events = True, 1000
        self.privileged_intents = 0
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.counters = {"identified": 0, "resumed": 0, "refused": 0, "connected": 0, "dispatched": 0}
        self.closed: list[int] = []
        self._numbers = count(1)
        self._identified_at: dict[int, float] = {}

    @property
    def live(self) -> list[Session]:
        """Sessions with a connection."""
        return [session for session in self.sessions.values() if session.connection is not None]

    def dispatch(self, event: str, data: Any, guild: Guild | None = None, intent: int = GUILDS) -> int:
        """Send an event to every session of the shard that wants it; how many those are."""
        wanted = [one for one in self.sessions.values() if one.has(guild) and (one.intents & intent or not intent)]
        for session in wanted:
            session.dispatch(event, data)
        self.counters["dispatched"] += len(wanted)
        return len(wanted)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """One connection from its HELLO to its end."""
        socket = web.WebSocketResponse(timeout=2.0, compress=False, max_msg_size=0)
        await socket.prepare(request)
        connection = Connection(socket, request)
        self.connections.add(connection)
        self.counters["connected"] += 1
        writer = asyncio.create_task(connection.write())
        connection.send(HELLO, {"heartbeat_interval": round(1000 * self.heartbeat_interval), "_trace": ["stand-in"]})
        if request.query.get("v") not in {"9", "10"} or request.query.get("encoding", "json") != "json":
            connection.close(4012)
        code = ABRUPT
        try:
            while (message := await socket.receive()).type is WSMsgType.TEXT:
                self._received(connection, message.data)
            if message.type is WSMsgType.CLOSE:
                code = message.data
        finally:
            self._ended(connection, connection.closing or code)
            if connection.closing is None:
                writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
        return socket

    def _ended(self, connection: Connection, code: int) -> None:
        self.connections.discard(connection)
        self.closed.append(code)
        session = connection.session
        if session is not None and session.connection is connection:
            session.connection = None
            if code in FINAL:
                self.sessions.pop(session.id, None)
        self.changed()

    def _received(self, connection: Connection, text: str) -> None:
        try:
            payload = json.loads(text)
            op, data = payload["op"], payload.get("d")
        except (ValueError, KeyError, TypeError):
            connection.close(4002)
            return
        if op == HEARTBEAT:
            if connection.session is not None:
                connection.session.heartbeats.append(time.monotonic())
            connection.send(ACK)
        elif op == IDENTIFY:
            self._identify(connection, data)
        elif op == RESUME:
            self._resume(connection, data)
        elif connection.session is None:
            connection.close(4003)
        elif op not in IGNORED:
            connection.close(4001)
        self.changed()

    def _identify(self, connection: Connection, data: dict[str, Any]) -> None:
        fault = self._fault_of(connection, data)
        if fault:
            self.counters["refused"] += 1
            connection.close(fault)
            return
        shard, shards = data.get("shard", [0, 1])
        now, bucket = time.monotonic(), shard % self.max_concurrency
        since = now - self._identified_at.get(bucket, float("-inf"))
        if self.strict_identify and since < self.identify_seconds:
            self.counters["refused"] += 1
            connection.send(INVALID_SESSION, False)
            return
        self._identified_at[bucket] = now
        self.starts_left -= 1
        name = f"session{next(self._numbers)}"
        session = Session(name, shard, shards, data["intents"], deque(maxlen=self.replay_events))
        session.connection, connection.session = connection, session
        self.sessions[name] = session
        self.counters["identified"] += 1
        self._greet(session)

    def _fault_of(self, connection: Connection, data: dict[str, Any]) -> int:
        """The code to close with, or 0."""
        if connection.session is not None:
            return 4005
        if data.get("token") != self.token:
            return 4004
        shard = data.get("shard", [0, 1])
        if not (isinstance(shard, list) and len(shard) == 2 and 0 <= shard[0] < shard[1]):
            return 4010
        intents = data.get("intents")
        if not isinstance(intents, int) or intents & ~KNOWN_INTENTS:
            return 4013
        if intents & PRIVILEGED & ~self.privileged_intents:
            return 4014
        return 0

    def _greet(self, session: Session) -> None:
        guilds = [guild for guild in self.world.guilds.values() if session.has(guild)]
        ready = {
            "v": 10,
            "user": payloads.own_user(self.world.bot),
            "user_settings": {},
            "private_channels": [],
            "relationships": [],
            "guilds": [{"id": guild.id, "unavailable": True} for guild in guilds],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self.url,
            "shard": [session.shard, session.shards],
            "application": {"id": self.world.application, "flags": 0},
            "_trace": ["stand-in"],
        }
        session.dispatch("READY", ready)
        for guild in guilds:
            if session.intents & GUILDS and not guild.unavailable:
                session.dispatch("GUILD_CREATE", payloads.whole_guild(guild, self.world.bot))

    def _resume(self, connection: Connection, data: dict[str, Any]) -> None:
        session = self.sessions.get(data.get("session_id", ""))
        if connection.session is not None:
            connection.close(4005)
            return
        if data.get("token") != self.token:
            connection.close(4004)
            return
        seen = data.get("seq")
        if session is not None and isinstance(seen, int) and seen > session.sequence:
            connection.close(4007)
            return
        kept = session.history[0][0] if session is not None and session.history else 1
        if session is None or not self.resumable or not isinstance(seen, int) or seen + 1 < kept:
            self.counters["refused"] += 1
            if session is not None:
                self.sessions.pop(session.id)
            connection.send(INVALID_SESSION, False)
            return
        if session.connection is not None:
            session.connection.abort()
        session.connection, connection.session = connection, session
        for sequence, text in session.history:
            if sequence > seen:
                connection.send_text(text)
        session.resumed += 1
        self.counters["resumed"] += 1
        session.dispatch("RESUMED", {"_trace": ["stand-in"]})

    # Trouble; each for every connection, or for those of one shard.

    def _of(self, shard: int | None) -> list[Connection]:
        return [one.connection for one in self.live if one.connection and shard in (None, one.shard)]

    def disconnect(self, code: int = 4000, shard: int | None = None) -> None:
        """Close with a code."""
        for connection in self._of(shard):
            connection.close(code)

    def drop(self, shard: int | None = None) -> None:
        """End the TCP connections without a word."""
        for connection in self._of(shard):
            connection.abort()

    def ask_reconnect(self, shard: int | None = None) -> None:
        """Ask the client to come back on a new connection."""
        for connection in self._of(shard):
            connection.send(RECONNECT)

    def invalidate(self, *, resumable: bool = False, shard: int | None = None) -> None:
        """Tell the client that its session is invalid; one that is not resumable is gone."""
        for connection in self._of(shard):
            if not resumable and connection.session is not None:
                self.sessions.pop(connection.session.id, None)
            connection.send(INVALID_SESSION, resumable)

    def go_silent(self, shard: int | None = None) -> None:
        """Keep the connections open, but send nothing more on them: no answer to heartbeats, no events."""
        for connection in self._of(shard):
            connection.silent = True
