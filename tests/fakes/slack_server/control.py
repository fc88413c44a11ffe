"""The verbs over HTTP, for a driver in another process: POST /control/VERB with JSON arguments."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.fakes.slack_server import payloads
from tests.fakes.slack_server.interactions import Interaction
from tests.fakes.slack_server.server import SlackServer
from tests.fakes.slack_server.things import Channel, Group, Message, Team, User, View

GESTURES = (
    "slash",
    "press",
    "choose",
    "submit",
    "close_view",
    "shortcut",
    "mention",
    "open_home",
    "uninstall",
    "revoke",
    "archive",
    "delete_channel",
    "kick",
    "join",
)
STAGING = (
    "load_manifest",
    "add_team",
    "add_user",
    "add_channel",
    "add_group",
    "close_dms",
    "say",
    "advance",
    "refuse",
    "fail",
    "limit",
    "cut",
    "slow",
)
SOCKETS = ("ask_reconnect", "disable", "drop", "go_silent")
SETTINGS = ("home_tab", "messages_tab", "trigger_seconds", "file_seconds", "message_seconds")
TOLD = ("id", "kind", "acknowledged_after", "answered_after", "errors", "edited", "failed", "refused", "text")
DELIVERY_SETTINGS = ("url", "seconds", "twice", "pauses")


class Control:
    """Arguments are named as in the class; interactions are referred to by id; `args` are positional."""

    def __init__(self, server: SlackServer) -> None:
        self.server = server
        self.verbs: dict[str, Callable[..., Any]] = {name: getattr(server, name) for name in STAGING}
        self.verbs |= {name: getattr(server.sockets, name) for name in SOCKETS}
        self.verbs |= {name: self._gesture(name) for name in GESTURES}
        self.verbs |= {
            "visit": server.oauth.visit,
            "approve": server.oauth.approve,
            "deny": server.oauth.deny,
            "redeliver": self.redeliver,
            "many": self.many,
            "wait": self.wait,
            "ready": server.ready,
            "set": self.set,
            "forget": server.forget,
            "counters": self.counters,
            "state": self.state,
            "log": self.log,
        }

    def add_to(self, app: web.Application) -> None:
        """Open the control routes."""
        app.router.add_post("/control/{verb}", self.handle)
        app.router.add_get("/control/{verb}", self.handle)

    async def handle(self, request: web.Request) -> web.Response:
        """Run a verb; 404 for one that is not there, 400 with the reason where it fails."""
        verb = self.verbs.get(request.match_info["verb"])
        if verb is None:
            return web.json_response({"error": f"no such verb; there are {sorted(self.verbs)}"}, status=404)
        text = await request.text()
        try:
            arguments = json.loads(text) if text else {}
            result = verb(*arguments.pop("args", ()), **arguments)
            if asyncio.iscoroutine(result):
                result = await result
        except (AssertionError, TimeoutError, TypeError, ValueError, KeyError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response(as_json(result))

    def _gesture(self, name: str) -> Callable[..., Any]:
        act = getattr(self.server, name)

        async def gesture(*, wait: str = "", seconds: float = 5.0, **arguments: Any) -> Interaction:
            if arguments.get("target") in self.server.interactions:
                arguments["target"] = self.server.interactions[arguments["target"]]
            one: Interaction = act(**({"team": None} | arguments))
            return await one.wait(wait, seconds) if wait else one

        return gesture

    async def many(self, gestures: list[dict[str, Any]], wait: str = "answered", seconds: float = 10.0) -> list[Any]:
        """Make gestures (`{"verb": "slash", ...}`) at once, then wait for all; their times only."""
        sent = [await self.verbs[one.pop("verb")](**one) for one in gestures]
        failed = await asyncio.gather(*(one.wait(wait, seconds) for one in sent), return_exceptions=True)
        return [
            {
                "id": one.id,
                "acknowledged_after": one.acknowledged_after,
                "answered_after": one.answered_after,
                "failed": one.failed or isinstance(outcome, BaseException),
            }
            for one, outcome in zip(sent, failed, strict=True)
        ]

    async def wait(self, interaction: str, what: str = "answered", seconds: float = 5.0) -> Interaction:
        """Wait for an interaction that was sent before."""
        return await self.server.interactions[interaction].wait(what, seconds)

    def redeliver(self, interaction: str) -> Interaction:
        """Deliver an interaction once more."""
        return self.server.delivery.redeliver(self.server.interactions[interaction])

    def set(self, **settings: Any) -> None:
        """Change settings of the server or of its delivery."""
        for name, value in settings.items():
            if name not in SETTINGS + DELIVERY_SETTINGS:
                raise ValueError(f"no such setting {name!r}")
            setattr(self.server if name in SETTINGS else self.server.delivery, name, value)

    def counters(self) -> dict[str, Any]:
        """How much happened."""
        return {
            **self.server.counters,
            **self.server.sockets.counters,
            "live": len(self.server.sockets.live),
            "unknown": [call.method for call in self.server.unknown],
            "bugs": self.server.bugs,
        }

    def state(self) -> dict[str, Any]:
        """Ids and tokens of what exists."""
        world = self.server.world
        return {"application": world.app, "teams": [as_json(team) for team in world.teams.values()]}

    def log(self, method: str = "*") -> list[dict[str, Any]]:
        """Calls of a method."""
        return [
            {
                "method": one.method,
                "args": one.args,
                "team": one.team,
                "at": one.at,
                "seconds": one.seconds,
                "status": one.status,
                "error": one.error,
                "mark": one.mark,
            }
            for one in self.server.log.find(method)
        ]


def as_json(value: Any) -> Any:
    """What a verb returned, for another process."""
    match value:
        case Interaction():
            names = (
                "id",
                "kind",
                "acknowledged_after",
                "answered_after",
                "errors",
                "edited",
                "failed",
                "refused",
                "text",
            )
            told = {name: getattr(value, name) for name in names}
            return told | {"messages": as_json(value.messages), "view": as_json(value.view)}
        case Message():
            return payloads.message(value, "") | {"channel": value.channel.id, "seen_by": value.seen_by}
        case View():
            return payloads.view(value, "")
        case Team():
            return {
                "id": value.id,
                "name": value.name,
                "token": value.token,
                "bot": value.bot.id,
                "users": {user.name: user.id for user in value.users.values()},
                "channels": {channel.name: channel.id for channel in value.channels.values() if not channel.recipient},
            }
        case Channel() | User() | Group():
            return {"id": value.id, "name": value.name}
        case dict():
            return {key: as_json(inner) for key, inner in value.items()}
        case list() | tuple():
            return [as_json(inner) for inner in value]
        case None | bool() | int() | float() | str():
            return value
    return str(value)
