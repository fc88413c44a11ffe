"""The verbs over HTTP, for a driver in another process: POST /control/VERB with JSON arguments."""

import asyncio
import json
from collections.abc import Callable
from typing import Any

from aiohttp import web

from tests.fakes.discord_server import payloads
from tests.fakes.discord_server.errors import Refused
from tests.fakes.discord_server.interactions import Interaction
from tests.fakes.discord_server.server import DiscordServer
from tests.fakes.discord_server.world import Channel, Guild, Message, Role, User

GESTURES = ("slash", "press", "select", "modal", "autocomplete")
STAGING = (
    "add_user",
    "close_dms",
    "add_guild",
    "guild_create",
    "guild_delete",
    "add_channel",
    "channel_delete",
    "add_role",
    "forbid",
    "allow",
    "declare",
    "fail",
    "refuse",
    "limit",
    "cut",
    "slow",
)
GATEWAY = ("disconnect", "drop", "ask_reconnect", "invalidate", "go_silent")
SETTINGS = ("strict_time", "interaction_seconds", "token_seconds", "nonce_seconds")
GATEWAY_SETTINGS = (
    "heartbeat_interval",
    "shards",
    "max_concurrency",
    "strict_identify",
    "identify_seconds",
    "resumable",
)


class Control:
    """Arguments are named as in the class; interactions are referred to by id; `args` are positional."""

    def __init__(self, server: DiscordServer) -> None:
        self.server = server
        self.verbs: dict[str, Callable[..., Any]] = {name: getattr(server, name) for name in STAGING}
        self.verbs |= {name: getattr(server.gateway, name) for name in GATEWAY}
        self.verbs |= {name: self._gesture(name) for name in GESTURES}
        self.verbs |= {
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
        except (AssertionError, TimeoutError, Refused, TypeError, ValueError, KeyError) as error:
            return web.json_response({"error": f"{type(error).__name__}: {error}"}, status=400)
        return web.json_response(as_json(result))

    def _gesture(self, name: str) -> Callable[..., Any]:
        act = getattr(self.server, f"interaction_{name}")

        async def gesture(*, wait: str = "", seconds: float = 5.0, **arguments: Any) -> Interaction:
            for key in ("target", "opened"):
                if arguments.get(key) in self.server.interactions:
                    arguments[key] = self.server.interactions[arguments[key]]
            one: Interaction = act(**arguments)
            return await one.wait(wait, seconds) if wait else one

        return gesture

    async def many(self, gestures: list[dict[str, Any]], wait: str = "answered", seconds: float = 10.0) -> list[Any]:
        """Send gestures (`{"verb": "slash", ...}`) at once, then wait for all; their times only."""
        sent = [await self.verbs[one.pop("verb")](**one) for one in gestures]
        failed = await asyncio.gather(*(one.wait(wait, seconds) for one in sent), return_exceptions=True)
        return [
            {
                "id": one.id,
                "acknowledged_after": one.acknowledged_after,
                "answered_after": one.answered_after,
                "failed": isinstance(outcome, BaseException),
            }
            for one, outcome in zip(sent, failed, strict=True)
        ]

    async def wait(self, interaction: str, what: str = "answered", seconds: float = 5.0) -> Interaction:
        """Wait for an interaction that was sent before."""
        return await self.server.interactions[interaction].wait(what, seconds)

    def set(self, **settings: Any) -> None:
        """Change settings of the server or of its gateway."""
        for name, value in settings.items():
            if name not in SETTINGS + GATEWAY_SETTINGS:
                raise ValueError(f"no such setting {name!r}")
            setattr(self.server if name in SETTINGS else self.server.gateway, name, value)

    def counters(self) -> dict[str, Any]:
        """How much happened."""
        return {
            **self.server.counters,
            **self.server.gateway.counters,
            "live": len(self.server.gateway.live),
            "unknown": [request.route for request in self.server.unknown],
            "bugs": self.server.bugs,
        }

    def state(self) -> dict[str, Any]:
        """Ids of what exists."""
        world = self.server.world
        return {
            "application": world.application,
            "bot": world.bot.id,
            "users": {user.name: user.id for user in world.users.values()},
            "guilds": [as_json(guild) for guild in world.guilds.values()],
            "commands": sorted(name for scope in world.commands.values() for name, _ in scope),
        }

    def log(self, route: str = "**") -> list[dict[str, Any]]:
        """Requests of a route."""
        return [
            {
                "route": one.route,
                "query": one.query,
                "body": one.body,
                "at": one.at,
                "seconds": one.seconds,
                "status": one.status,
                "mark": one.mark,
            }
            for one in self.server.log.find(route)
        ]


def as_json(value: Any) -> Any:
    """What a verb returned, for another process."""
    match value:
        case Interaction():
            return {
                "id": value.id,
                "acknowledged_after": value.acknowledged_after,
                "answered_after": value.answered_after,
                "callback_type": value.callback_type,
                "modal": value.modal,
                "choices": value.choices,
                "edited": value.edited,
                "private": value.private,
                "text": value.text,
                "original": as_json(value.original),
                "followups": [as_json(message) for message in value.followups],
            }
        case Message():
            return payloads.message(value)
        case Guild():
            channels = {channel.name: channel.id for channel in value.channels.values()}
            return {"id": value.id, "name": value.name, "channels": channels}
        case Channel() | Role() | User():
            return {"id": value.id, "name": value.name}
        case dict():
            return {key: as_json(inner) for key, inner in value.items()}
        case list() | tuple():
            return [as_json(inner) for inner in value]
        case None | bool() | int() | float() | str():
            return value
    return str(value)
