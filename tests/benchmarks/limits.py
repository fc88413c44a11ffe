"""What a platform allows, enforced on a stand-in: who comes too early is refused, and answers take their time."""

import asyncio
import json
import random
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakes.discord_server.server import API

SHORTEST, LONGEST = 0.05, 0.15  # seconds until a request is answered
EVERYWHERE, CHANNEL = (50, 1.0), (5, 5.0)  # Discord: of a bot, and to a channel
SLACK_CHANNEL = 1.0  # seconds from one post to a channel to the next; three at once are let through
FREE = ("/interactions/", "/webhooks/", "/gateway")  # Discord counts these apart
POSTING = "/api/chat.postMessage"
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Window:
    """So many in so many seconds, counted from the first one; then it begins anew."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most, self.seconds = most, seconds
        self._begun, self._taken = float("-inf"), 0

    def wait(self, now: float) -> float:
        """How long it is until one more is allowed."""
        if now - self._begun >= self.seconds:
            self._begun, self._taken = now, 0
        return self._begun + self.seconds - now if self._taken >= self.most else 0.0

    def take(self) -> int:
        """Count one; how many are left."""
        self._taken += 1
        return self.most - self._taken


class _Limits:
    """How many were refused, and when each post was answered."""

    def __init__(self) -> None:
        self.refused = 0
        self.posted: list[float] = []
        self._channels: dict[str, Window] = {}
        self._random = random.Random(1)

    def add_to(self, app: web.Application) -> None:
        """Stand before every route."""

        @web.middleware
        async def enforce(request: web.Request, handler: Handler) -> web.StreamResponse:
            return await self._enforce(request, handler)

        app.middlewares.append(enforce)

    async def _enforce(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        raise NotImplementedError

    async def _answered(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        response = await handler(request)
        await asyncio.sleep(self._random.uniform(SHORTEST, LONGEST))
        return response


class DiscordLimits(_Limits):
    """Fifty requests a second of a bot, and five posts in five seconds to a channel."""

    def __init__(self) -> None:
        super().__init__()
        self._everywhere = Window(*EVERYWHERE)

    async def _enforce(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        path = request.path.removeprefix(API)
        if path == request.path or path.startswith(FREE):
            return await handler(request)
        now = asyncio.get_running_loop().time()
        posts = request.method == "POST" and path.endswith("/messages")
        channel = self._channels.setdefault(path, Window(*CHANNEL)) if posts else Window(*CHANNEL)
        for window, everywhere in ((self._everywhere, True), (channel, False)):
            if wait := window.wait(now):
                self.refused += 1
                return _too_early(wait, everywhere=everywhere)
        self._everywhere.take()
        left = channel.take()
        response = await self._answered(request, handler)
        if posts:
            self.posted.append(asyncio.get_running_loop().time())
            response.headers["X-RateLimit-Limit"] = str(channel.most)
            response.headers["X-RateLimit-Remaining"] = str(left)
            response.headers["X-RateLimit-Reset-After"] = f"{channel.seconds:.3f}"
        return response


def _too_early(wait: float, *, everywhere: bool) -> web.Response:
    body: dict[str, Any] = {"message": "You are being rate limited.", "retry_after": wait, "global": everywhere}
    headers = {"Via": "1.1 stand-in", "Retry-After": f"{wait:.3f}"}
    headers |= {"X-RateLimit-Global": "true"} if everywhere else {"X-RateLimit-Remaining": "0"}
    said = json.dumps(body).encode()  # discord.py compares the content type with exactly this
    return web.Response(body=said, status=429, headers=headers, content_type="application/json")


class SlackLimits(_Limits):
    """The stand-in itself refuses who posts too soon to a channel (`message_seconds`); here its answers take time."""

    async def _enforce(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path != POSTING:
            return await handler(request)
        response = await self._answered(request, handler)
        if response.status == 429:
            self.refused += 1
        else:
            self.posted.append(asyncio.get_running_loop().time())
        return response
