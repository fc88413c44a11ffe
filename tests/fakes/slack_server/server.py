"""The stand-in itself: sockets, the way of a call through faults and checks, and all verbs of a test."""

import asyncio
import json
import socket
import struct
import time
import traceback
from collections.abc import Awaitable, Callable
from typing import Any, Self

from aiohttp import web

from tests.fakes.discord_server.waiting import Waiting
from tests.fakes.slack_server import api_chat, api_files, api_people, api_views
from tests.fakes.slack_server.api import Asked, Method
from tests.fakes.slack_server.delivery import Delivery
from tests.fakes.slack_server.effects import Effects
from tests.fakes.slack_server.errors import Refused
from tests.fakes.slack_server.faults import Fault, Faults
from tests.fakes.slack_server.gestures import Gestures
from tests.fakes.slack_server.happenings import Happenings
from tests.fakes.slack_server.interactions import Interaction
from tests.fakes.slack_server.log import DROPPED_AFTER, DROPPED_BEFORE, PLANTED, Call, Log
from tests.fakes.slack_server.oauth import OAuth
from tests.fakes.slack_server.responses import Responses
from tests.fakes.slack_server.sockets import Sockets
from tests.fakes.slack_server.staging import EVENTS, SCOPES, Staging
from tests.fakes.slack_server.things import Team
from tests.fakes.slack_server.world import World

METHODS: dict[str, Method] = {**api_chat.METHODS, **api_people.METHODS, **api_views.METHODS, **api_files.METHODS}
MOST_REQUEST = 32 * 1024 * 1024
RESET = struct.pack("ii", 1, 0)
SECRETS = {"token", "client_secret"}

Answer = tuple[int, Any, dict[str, str]]
Handler = Callable[[web.Request, Call], Awaitable[Answer]]


class SlackServer(Staging, Gestures, Happenings, Effects, Waiting):
    """A local Slack for one app.

    It begins with `teams` workspaces with the members ann, bea, cem, dag and eli, the owner mod, and a channel "study"
    each; the app has the command /mate and hears every event that it has a scope for. What may be set: `commands`,
    `shortcuts`, `events`, `scopes`, `home_tab`, `messages_tab` (or all of them by `load_manifest`), `trigger_seconds`,
    `file_seconds` (until an uploaded file can be shown), `message_seconds` (between posts in a channel, three at once
    are let through), and on `delivery` `url`, `seconds`, `again`, `pauses`, `twice`.
    """

    def __init__(self, teams: int = 1, app_token: str = "xapp-stand-in", log_limit: int | None = None) -> None:  # noqa: S107
        Waiting.__init__(self)
        self.app_token, self.port = app_token, 0
        self.revoked: set[str] = set()  # tokens that were good once
        self.world = World()
        self.faults, self.log = Faults(), Log(log_limit)
        self.oauth, self.responses = OAuth(self.world), Responses(self)
        self.sockets, self.delivery = Sockets(self, app_token), Delivery(self)
        self.commands, self.shortcuts = {"/mate": True}, None
        self.events, self.scopes = set(EVENTS), set(SCOPES)
        self.home_tab, self.messages_tab = True, True
        self.trigger_seconds, self.file_seconds, self.message_seconds = 3.0, 0.0, 0.0
        self.counters = {"delivered": 0, "acknowledged": 0, "ignored_acks": 0, "messages": 0, "calls": 0}
        self.interactions: dict[str, Interaction] = {}
        self.newest: dict[str, Interaction] = {}
        self.made_on: dict[str, Interaction] = {}
        self.mentions: dict[str, Interaction] = {}
        self.posted_at: dict[str, list[float]] = {}
        self.unknown: list[Call] = []
        self.bugs: list[str] = []
        self._runner: web.AppRunner | None = None
        self._began = time.monotonic()
        for _ in range(teams):
            self.add_team()

    @property
    def base_url(self) -> str:
        """Where everything is, the API included."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def api_url(self) -> str:
        """What `SLACK_API_URL` is set to."""
        return f"{self.base_url}/api"

    async def start(self, port: int = 0, more: Callable[[web.Application], None] | None = None) -> int:
        """Listen on a port of one's own (0: a free one); the world is as it was when it listened before."""
        app = web.Application(client_max_size=MOST_REQUEST)
        app.router.add_route("*", "/api/{method}", self._endpoint("", self._method))
        app.router.add_post("/respond/{team}/{token}", self._endpoint("response_url", self._respond))
        app.router.add_post("/upload/v1/{team}/{file}", self._endpoint("upload", self._upload))
        app.router.add_get("/oauth/v2/authorize", self.oauth.page)
        app.router.add_get("/link/", self.sockets.handle)
        if more is not None:
            more(app)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.port = self._runner.addresses[0][1]
        return self.port

    async def stop(self) -> None:
        """End all connections; raise if the stand-in itself failed somewhere."""
        await self.delivery.stop()
        self.sockets.drop()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None
        assert not self.bugs, "the stand-in failed:\n" + "\n".join(self.bugs)

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def ready(self, sockets: int = 1, seconds: float = 10.0) -> None:
        """Return once so many websockets are open."""
        await self.sockets.until(
            lambda: len(self.sockets.live) >= sockets, seconds, lambda: f"{self.sockets.counters}\n{self.log}"
        )

    async def called(self, method: str, times: int = 1, seconds: float = 5.0) -> list[Call]:
        """Return once a method was called so many times and answered (or dropped); the calls."""

        def done() -> list[Call]:
            return [one for one in self.log.find(method) if one.status or one.mark]

        await self.until(lambda: len(done()) >= times, seconds, lambda: f"wanted {times} x {method}\n{self.log}")
        return done()

    def forget(self) -> None:
        """Let go of what was answered and of private messages, so that a long benchmark does not fill the memory."""
        self.interactions = {name: one for name, one in self.interactions.items() if not one.answered}
        for team in self.world.teams.values():
            for channel in team.channels.values():
                for message in [one for one in channel.messages.values() if one.seen_by is not None]:
                    del channel.messages[message.ts]
        self.world.views = {name: view for name, view in self.world.views.items() if not view.closed}
        for held in (self.world.triggers, self.responses.known, self.newest, self.made_on):
            held.clear()
        self.delivery.forget()
        self.log.clear()

    def _endpoint(self, name: str, handler: Handler) -> Callable[[web.Request], Any]:
        async def endpoint(request: web.Request) -> web.StreamResponse:
            call = Call(name or request.match_info["method"], at=time.monotonic() - self._began)
            call.team = request.match_info.get("team", "")
            self.log.add(call)
            self.counters["calls"] += 1
            started = time.monotonic()
            try:
                return await self._serve(request, call, handler)
            finally:
                call.seconds = time.monotonic() - started
                self.changed()

        return endpoint

    async def _serve(self, request: web.Request, call: Call, handler: Handler) -> web.StreamResponse:
        delays, fault = self.faults.take(call.method)
        await request.read()
        await asyncio.sleep(sum(delay.seconds for delay in delays if not delay.applied))
        headers: dict[str, str] = {}
        if fault is None or fault.applied:
            call.status, call.answer, headers = await self._answer(request, call, handler)
            self.changed()
        await asyncio.sleep(sum(delay.seconds for delay in delays if delay.applied))
        if fault is not None and fault.drop:
            call.mark = DROPPED_AFTER if fault.applied else DROPPED_BEFORE
            _hang_up(request, fault)
            return web.Response()
        status, body = call.status, call.answer
        if fault is not None:
            call.mark = PLANTED
            status, body, headers = fault.answer()
            call.status = status
        if isinstance(body, str):
            kind = "text/html" if body.startswith("<") else "text/plain"
            return web.Response(status=status, text=body, content_type=kind, headers=headers)
        return web.json_response(body, status=status, headers=headers)

    async def _answer(self, request: web.Request, call: Call, handler: Handler) -> Answer:
        """What the handler says; its own failure is remembered."""
        try:
            return await handler(request, call)
        except Exception:  # noqa: BLE001 - whatever it is, stop() tells of it
            self.bugs.append(traceback.format_exc())
            return 500, "the stand-in failed", {}

    async def _respond(self, request: web.Request, call: Call) -> Answer:
        text = await request.text()
        call.args = _loaded(text) or {"body": text}
        status, word = self.responses.answer(request.match_info["token"], text)
        return status, word, {}

    async def _upload(self, request: web.Request, call: Call) -> Answer:
        team = self.world.teams.get(request.match_info["team"])
        file = team.files.get(request.match_info["file"]) if team else None
        if file is None or file.complete:
            return 404, "file_not_found", {}
        data = await request.read()
        if request.content_type.startswith("multipart/"):
            parts = [field for field in (await request.post()).values() if isinstance(field, web.FileField)]
            data = parts[0].file.read() if parts else b""
        call.args = {"file": file.id, "length": len(data)}
        if len(data) != file.size:
            return 400, "length does not match", {}
        file.data = data
        return 200, f"OK - {len(data)}", {}

    async def _method(self, request: web.Request, call: Call) -> Answer:
        """One method of the Web API."""
        token, given = await _arguments(request, reads_json=_reads_json(call.method))
        call.args = {name: value for name, value in given.items() if name not in SECRETS}
        headers: dict[str, str] = {}
        try:
            body = {"ok": True, **self._call(request, call, token, given, headers)}
        except Refused as refusal:
            body = refusal.body
        if body.get("error") == "ratelimited":
            return 429, body, {"Retry-After": "1"}
        return 200, body, headers

    def _call(
        self, request: web.Request, call: Call, token: str, given: dict[str, Any], headers: dict[str, str]
    ) -> dict[str, Any]:
        if call.method == "oauth.v2.access":
            return self.oauth.access(given, request.headers.get("Authorization", ""))
        if call.method == "apps.connections.open":
            return {"url": self._app(token)}
        method = METHODS.get(call.method)
        if method is None:
            self.unknown.append(call)
            raise Refused("unknown_method", req_method=call.method)
        team = self._team(token)
        call.team = team.id
        headers["x-oauth-scopes"] = ",".join(sorted(team.scopes))
        headers["x-accepted-oauth-scopes"] = ",".join(method.scopes)
        asked = Asked(self, team, {})
        asked.scoped(*method.scopes)
        asked.args = method.read(given)
        call.args = asked.args
        return method.handler(asked)

    def _app(self, token: str) -> str:
        """The address of a new websocket, for the app's own token."""
        if not token:
            raise Refused("not_authed")
        if token != self.app_token:
            raise Refused("not_allowed_token_type" if token.startswith("xoxb-") else "invalid_auth")
        return self.sockets.ticket()

    def _team(self, token: str) -> Team:
        """The workspace of a bot token that is of use."""
        if not token:
            raise Refused("not_authed")
        if token == self.app_token:
            raise Refused("not_allowed_token_type")
        team = self.world.by_token(token)
        if team is None:
            raise Refused("token_revoked" if token in self.revoked else "invalid_auth")
        if team.standing:
            raise Refused(team.standing)
        return team


def _reads_json(method: str) -> bool:
    return method in METHODS and METHODS[method].json


async def _arguments(request: web.Request, *, reads_json: bool) -> tuple[str, dict[str, Any]]:
    """The token and the arguments of a call, from its address and its body, a form or JSON."""
    given: dict[str, Any] = dict(request.query)
    if request.content_type == "application/json":
        found = _loaded(await request.text()) if reads_json else {}
        given |= found or {}
    elif request.method == "POST":
        given |= {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    header = request.headers.get("Authorization", "")
    token = header.removeprefix("Bearer ") if header.startswith("Bearer ") else str(given.get("token", ""))
    given.pop("token", None)
    return token, given


def _loaded(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _hang_up(request: web.Request, fault: Fault) -> None:
    if request.transport is None:
        return
    if fault.reset:
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    request.transport.abort()
