"""Slack, plugged in: bolt's app, a listener for each kind of payload, over sockets or HTTP; and the bot's own life."""

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Protocol

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_bolt.response import BoltResponse
from slack_sdk.socket_mode.async_client import AsyncBaseSocketModeClient

from adapters.slack import inbound, lines
from adapters.slack.answers import Ack, Answers
from adapters.slack.calls import Authorize, Calls
from adapters.slack.http import taken
from adapters.slack.inbound import Payload
from adapters.slack.installations import Installed
from adapters.slack.logs import quiet
from adapters.slack.people import People
from adapters.slack.pictures import Files, Pictures
from adapters.slack.port import POSTS, Pace, SlackPort
from bot.chat.requests import Lifecycle
from bot.chat.words import gettext as _
from bot.host import Host
from bot.ports import SealedError, UnusableError

log = logging.getLogger(__name__)

EVENTS = "/slack/events"
ANYTHING = re.compile("", re.DOTALL)
CLOCKS = 5.0  # seconds that our clock may be ahead of Slack's


class Forget(Protocol):
    """Drops a workspace's token; with `token`, only if it is still that one."""

    def __call__(self, team: str, token: str = "", /) -> Awaitable[None]:
        """Once it is done."""
        ...


async def _unknown(_team: str) -> None:
    return


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


class Slack:
    """A chat platform. `host` is plugged in before it starts; `files` reads a picture of the content.

    `authorize` finds a workspace's token, `forget` drops it, `since` says when it came. Without a `signing_secret`
    nothing is taken over HTTP. `posts` is how many go to a channel in how many seconds.
    """

    def __init__(
        self,
        files: Files,
        authorize: Authorize,
        forget: Forget,
        *,
        since: Callable[[str], Awaitable[datetime | None]] = _unknown,
        command: str = lines.FRONT_DOOR,
        signing_secret: str = "",
        api_url: str = "",
        now: Callable[[], float] = _loop_time,
        posts: Pace = POSTS,
    ) -> None:
        self.host: Host | None = None
        self.calls = Calls(authorize, api_url)
        self.people = People(self.calls, now)
        self.pictures = Pictures(self.calls, files, now)
        self.port = SlackPort(self.calls, self.people, self.pictures, command, now, posts=posts)
        self.answers = Answers(self.calls, self.people, self.pictures, self._host, command)
        self._forget = forget
        self._since = since
        self._signing_secret = signing_secret
        self.socket: AsyncBaseSocketModeClient | None = None
        self._closed = asyncio.Event()
        self.calls.on_revoked = self._revoked
        self.app = self._app(command, signing_secret)

    def _app(self, command: str, signing_secret: str) -> AsyncApp:
        for name in ("slack_bolt", "slack_sdk", "slack_bolt.AsyncApp"):
            logging.getLogger(name).setLevel(logging.ERROR)  # what they log of less may hold a member's words

        async def authorize(team_id: str | None) -> AuthorizeResult | None:
            return await self.calls.authorize(team_id or "")

        app = AsyncApp(
            name="batchmate",
            logger=quiet("adapters.slack.bolt"),
            signing_secret=signing_secret,
            request_verification_enabled=bool(signing_secret),
            authorize=authorize,  # type: ignore[arg-type] # bolt takes None as a no
            user_facing_authorize_error_message=_(
                "I am not installed in this workspace. Please ask who manages the workspace's apps to add me."
            ),
            process_before_response=True,  # our listeners answer within half a second, and go on beside that
        )
        app.command(f"/{command}")(self._on_command)
        app.action(ANYTHING)(self._on_action)
        app.view(ANYTHING)(self._on_submission)
        app.view_closed(ANYTHING)(self._on_nothing)
        app.shortcut(ANYTHING)(self._on_shortcut)
        app.event("app_home_opened")(self._on_home)
        app.event("app_mention")(self._on_mention)
        app.event("app_uninstalled")(self._on_uninstalled)
        app.event("tokens_revoked")(self._on_revoked)
        for gone in ("channel_deleted", "channel_archive"):
            app.event(gone)(self._on_channel_gone)
        app.event(ANYTHING)(self._on_nothing)
        app.options(ANYTHING)(self._on_nothing)
        app.error(self._on_error)
        return app

    # --- what comes in -----------------------------------------------------------------------------------------

    async def _on_command(self, body: Payload) -> BoltResponse:
        return _acknowledged(await self.answers.slash(body))

    async def _on_action(self, body: Payload) -> BoltResponse:
        self.answers.pressed(body)
        return _acknowledged({})

    async def _on_submission(self, body: Payload) -> BoltResponse:
        return _acknowledged(await self.answers.submitted(body))

    async def _on_shortcut(self, body: Payload) -> BoltResponse:
        self.answers.shortcut(body)
        return _acknowledged({})

    async def _on_home(self, body: Payload) -> BoltResponse:
        self.answers.home_opened(body)
        return _acknowledged({})

    async def _on_mention(self, body: Payload) -> BoltResponse:
        self.answers.mentioned(body)
        return _acknowledged({})

    async def _on_uninstalled(self, body: Payload) -> BoltResponse:
        self.answers.later(self._told_removed(body))
        return _acknowledged({})

    async def _on_revoked(self, body: Payload) -> BoltResponse:
        if (body["event"].get("tokens") or {}).get("bot"):
            self.answers.later(self._told_removed(body))
        return _acknowledged({})

    async def _on_channel_gone(self, body: Payload) -> BoltResponse:
        gone = inbound.channel_gone(inbound.team_of(body), body["event"]["channel"], str(body.get("event_id")))
        self.answers.later(self._host().handle(gone))
        return _acknowledged({})

    async def _on_nothing(self) -> BoltResponse:
        return _acknowledged({})

    async def _on_error(self, error: Exception) -> BoltResponse:
        log.error("What Slack sent could not be read: %s", type(error).__name__)
        return BoltResponse(status=200 if isinstance(error, KeyError | TypeError) else 500, body="")

    # --- the bot's own life ------------------------------------------------------------------------------------

    async def live(self, event: Lifecycle) -> None:
        """Tell the core what happened to the bot."""
        await self._host().handle(event)

    async def _revoked(self, team: str, token: str) -> None:
        """Slack no longer takes a token; whoever waits for this may be cut off, and it is done all the same."""
        await asyncio.wait((self.answers.later(self._let_go(team, token)),))

    async def _let_go(self, team: str, token: str) -> None:
        """A token is deleted; where no newer one stands in its place, the bot is in the workspace no more."""
        await self._forget(team, token)
        if await self.calls.authorize(team) is not None:
            return
        log.warning("Slack no longer takes the token of a workspace: the bot was removed there, posts stop")
        self.answers.later(self.live(_removed(team)))

    async def _told_removed(self, body: Payload) -> None:
        """Slack tells that the bot was removed; what comes late, of an earlier installation, changes nothing."""
        team, at = str(body["team_id"]), body.get("event_time")
        since = await self._since(team)
        if since is not None and isinstance(at, int) and at + CLOCKS < since.timestamp():
            log.info("What Slack tells of the end of an installation before the last one is left alone")
            return
        await self.removed(team, str(body.get("event_id", "")))

    async def installed(self, team: str, name: str, installer: str) -> None:
        """The bot was added to a workspace, or added again."""
        self.people.forget(team)
        self.pictures.forget(team)
        await self.live(inbound.installed(team, name, installer, f"installed:{team}:{uuid.uuid4().hex}"))

    async def removed(self, team: str, delivery: str) -> None:
        """The bot is in a workspace no more: its token is deleted at once."""
        await self._forget(team)
        await self.live(_removed(team, delivery))

    async def installed_by(self, found: Installed) -> None:
        """Somebody has added the bot with a browser."""
        await self.installed(found.team, found.team_name, found.installer)

    # --- coming and going --------------------------------------------------------------------------------------

    async def serve(self) -> None:
        """Stay until `close`: what Slack delivers comes over HTTP."""
        await self._closed.wait()

    async def check(self, opens: Callable[[], Awaitable[None]]) -> None:
        """Every token that is kept can be read, as `opens` finds out. Raises UnusableError."""
        try:
            await opens()
        except SealedError as error:
            raise UnusableError(str(error)) from error

    async def health(self) -> str:
        """What is wrong with the connection; nothing if all is well."""
        if self._signing_secret:  # over HTTP there is none that could be lost
            return ""
        if self.socket is None:
            return "not connected yet"
        return "" if await self.socket.is_connected() else "the socket is being renewed"

    def gauge(self) -> tuple[str, str, Callable[[], float]]:
        """A number for whoever watches the process: its name, what it is, how it is found."""
        return "slack_answers", "Gestures from Slack that are being answered", lambda: self.answers.busy

    # --- HTTP --------------------------------------------------------------------------------------------------

    def routes(self) -> list[web.RouteDef]:
        """Where Slack delivers over HTTP."""
        return [web.post(EVENTS, self._take)]

    async def _take(self, request: web.Request) -> web.StreamResponse:
        if self.answers.closing:
            return web.Response(status=503)
        asked = await taken(request, self._signing_secret)
        return await to_aiohttp_response(await self.app.async_dispatch(asked))

    async def drain(self, patience: float) -> None:
        """Take nothing new, and let what is being answered end, for at most `patience` seconds."""
        self.answers.closing = True
        await self.answers.drain(patience)

    async def close(self) -> None:
        """Let go of every connection."""
        self._closed.set()
        if self.socket is not None:
            await self.socket.close()  # type: ignore[no-untyped-call]
        await self.calls.close()

    def _host(self) -> Host:
        if self.host is None:
            raise LookupError("Slack is not plugged in")
        return self.host


def _removed(team: str, delivery: str = "") -> Lifecycle:
    return inbound.removed(team, delivery or f"removed:{team}:{uuid.uuid4().hex}")


def _acknowledged(ack: Ack) -> BoltResponse:
    if not ack:
        return BoltResponse(status=200, body="")
    return BoltResponse(status=200, body=json.dumps(ack), headers={"content-type": "application/json"})
