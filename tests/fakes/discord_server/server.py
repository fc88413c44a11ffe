"""The stand-in itself: sockets, the way of a request through faults and checks, and all verbs of a test."""

import asyncio
import hashlib
import json
import socket
import struct
import time
import traceback
from collections.abc import Callable
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord_server import rest, rest_commands, rest_interactions, rest_messages
from tests.fakes.discord_server.errors import Refused
from tests.fakes.discord_server.faults import Fault, Faults
from tests.fakes.discord_server.gateway import Gateway
from tests.fakes.discord_server.gestures import Gestures
from tests.fakes.discord_server.interactions import Interaction
from tests.fakes.discord_server.log import DROPPED_AFTER, DROPPED_BEFORE, PLANTED, Log, Request
from tests.fakes.discord_server.rest import Answer, Call, Handler
from tests.fakes.discord_server.staging import MEMBERS, OWNER, Staging
from tests.fakes.discord_server.waiting import Waiting
from tests.fakes.discord_server.world import Message, World

API = "/api/v10"
ROUTES = [*rest.ROUTES, *rest_messages.ROUTES, *rest_interactions.ROUTES, *rest_commands.ROUTES]
MOST_REQUEST = 32 * 1024 * 1024
RESET = struct.pack("ii", 1, 0)


class DiscordServer(Staging, Gestures, Waiting):
    """A local Discord for one bot.

    It begins with the members ann, bea, cem, dag and eli, the owner mod, and `guilds` servers of theirs with a channel
    "study" each. What may be set: `strict_time` and `interaction_seconds`, `token_seconds`, `nonce_seconds`, and on
    `gateway` `heartbeat_interval`, `shards`, `max_concurrency`, `strict_identify`, `identify_seconds`, `resumable`.
    """

    def __init__(self, token: str = "stand-in-token", guilds: int = 1, log_limit: int | None = None) -> None:  # noqa: S107
        Waiting.__init__(self)
        self.token, self.port = token, 0
        self.world = World()
        self.gateway = Gateway(self.world, token)
        self.faults, self.log = Faults(), Log(log_limit)
        self.counters = {"interactions": 0, "acknowledged": 0, "messages": 0, "requests": 0}
        self.interactions: dict[str, Interaction] = {}
        self.tokens: dict[str, Interaction] = {}
        self.nonces: dict[str, tuple[float, Message]] = {}
        self.unknown: list[Request] = []
        self.bugs: list[str] = []
        self.strict_time, self.interaction_seconds, self.token_seconds = True, 3.0, 900.0
        self.nonce_seconds = 300.0
        self._runner: web.AppRunner | None = None
        self._began = time.monotonic()
        for name in (*MEMBERS, OWNER):
            self.add_user(name)
        for _ in range(guilds):
            self.add_guild()

    @property
    def url(self) -> str:
        """What `DISCORD_API_URL` is set to."""
        return f"http://127.0.0.1:{self.port}{API}"

    async def start(self, port: int = 0, more: Callable[[web.Application], None] | None = None) -> int:
        """Listen on a port of one's own (0: a free one); the world is as it was when it listened before."""
        app = web.Application(client_max_size=MOST_REQUEST)
        for method, path, handler in ROUTES:
            app.router.add_route(method, API + path, self._endpoint(handler, f"{method} {path}"))
        app.router.add_route("*", API + "/{rest:.*}", self._endpoint(None, "unknown"))
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/gateway/", self.gateway.handle)
        if more is not None:
            more(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]
        self.gateway.url = f"ws://127.0.0.1:{self.port}/gateway"
        return self.port

    async def stop(self) -> None:
        """End all connections; raise if the stand-in itself failed somewhere."""
        for connection in list(self.gateway.connections):
            connection.abort()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        assert not self.bugs, "the stand-in failed:\n" + "\n".join(self.bugs)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def ready(self, shards: int | None = None, seconds: float = 10.0) -> None:
        """Return once the bot has identified as so many shards (or resumed them)."""
        wanted = shards or self.gateway.shards
        await self.gateway.until(
            lambda: len(self.gateway.live) >= wanted, seconds, lambda: f"{self.gateway.counters}\n{self.log}"
        )

    async def requested(self, route: str, times: int = 1, seconds: float = 5.0) -> list[Request]:
        """Return once a route was asked for so many times and answered (or dropped); the requests."""

        def done() -> list[Request]:
            return [one for one in self.log.find(route) if one.status or one.mark]

        await self.until(lambda: len(done()) >= times, seconds, lambda: f"wanted {times} x {route}\n{self.log}")
        return done()

    def forget(self) -> None:
        """Let go of what was answered and of private messages, so that a long benchmark does not fill the memory."""
        for one in [one for one in self.interactions.values() if one.answered]:
            del self.interactions[one.id], self.tokens[one.token]
        for channel in self.world.channels.values():
            for message in [message for message in channel.messages.values() if message.seen_by is not None]:
                del channel.messages[message.id]
        self.log.clear()

    def _endpoint(self, handler: Handler | None, template: str) -> Callable[[web.Request], Any]:
        bucket = hashlib.sha256(template.encode()).hexdigest()[:32]

        async def endpoint(request: web.Request) -> web.StreamResponse:
            entry = Request(
                request.method,
                request.path.removeprefix(API),
                dict(request.query),
                None,
                time.monotonic() - self._began,
            )
            self.log.add(entry)
            self.counters["requests"] += 1
            started = time.monotonic()
            try:
                return await self._serve(request, entry, handler, bucket)
            finally:
                entry.seconds = time.monotonic() - started
                self.changed()

        return endpoint

    async def _serve(
        self, request: web.Request, entry: Request, handler: Handler | None, bucket: str
    ) -> web.StreamResponse:
        delays, fault = self.faults.take(entry.route)
        files: dict[int, tuple[str, bytes]] = {}
        try:
            entry.body, files = await _read(request)
            readable = True
        except ValueError:
            readable = False
        await asyncio.sleep(sum(delay.seconds for delay in delays if not delay.applied))
        if fault is None or fault.applied:
            entry.status, entry.answer = await self._answer(request, entry, handler, files, readable=readable)
            self.changed()
        await asyncio.sleep(sum(delay.seconds for delay in delays if delay.applied))
        if fault is not None and fault.drop:
            entry.mark = DROPPED_AFTER if fault.applied else DROPPED_BEFORE
            _hang_up(request, fault)
            return web.Response()
        headers = _limits(bucket)
        if fault is not None and fault.status:
            entry.mark = PLANTED
            entry.status = fault.status
            body, more = fault.answer()
            headers |= more
            if isinstance(body, str):
                return web.Response(status=fault.status, text=body, content_type="text/html", headers=headers)
            return _json(body, fault.status, headers)
        if entry.status == 204:
            return web.Response(status=204, headers=headers)
        return _json(entry.answer, entry.status, headers)

    async def _answer(
        self, request: web.Request, entry: Request, handler: Handler | None, files: Any, *, readable: bool
    ) -> Answer:
        """What the handler says, or why the request is refused."""
        if handler is None:
            self.unknown.append(entry)
            return 404, {"message": "404: Not Found", "code": 0}
        carries_secret = entry.path.startswith(("/interactions/", "/webhooks/")) or entry.path == "/gateway"
        if not carries_secret and request.headers.get("Authorization") != f"Bot {self.token}":
            return 401, {"message": "401: Unauthorized", "code": 0}
        if not readable:
            return 400, {"message": "The request body contains invalid JSON.", "code": 50109}
        try:
            return await handler(Call(self, entry, dict(request.match_info), entry.body, files))
        except Refused as refusal:
            return refusal.status, refusal.body
        except Exception:  # noqa: BLE001 - whatever it is, stop() tells of it
            self.bugs.append(traceback.format_exc())
            return 500, {"message": "500: the stand-in failed", "code": 0}


async def _read(request: web.Request) -> tuple[Any, dict[int, tuple[str, bytes]]]:
    """The JSON of a request and its uploaded files by number."""
    if not request.content_type.startswith("multipart/"):
        text = await request.text()
        return (json.loads(text) if text else None), {}
    body, files = None, {}
    async for part in await request.multipart():
        data = await part.read(decode=True)
        if part.name == "payload_json":
            body = json.loads(data)
        else:
            number = (part.name or "").removeprefix("files[").removesuffix("]")
            files[int(number)] = (part.filename or "file", bytes(data))
    return body, files


def _json(data: Any, status: int, headers: dict[str, str]) -> web.Response:
    """JSON as Discord sends it: clients compare its content type with exactly `application/json`."""
    body = json.dumps(data).encode()
    return web.Response(body=body, status=status, headers=headers, content_type="application/json")


def _hang_up(request: web.Request, fault: Fault) -> None:
    if request.transport is None:
        return
    if fault.reset:
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    request.transport.abort()


def _limits(bucket: str) -> dict[str, str]:
    """A generous rate limit."""
    return {
        "Via": "1.1 stand-in",
        "X-RateLimit-Bucket": bucket,
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "999",
        "X-RateLimit-Reset": f"{time.time() + 1:.3f}",
        "X-RateLimit-Reset-After": "1.000",
    }
