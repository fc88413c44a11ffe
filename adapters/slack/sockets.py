"""Socket Mode: the one workspace that the tokens are for, through a socket that is kept open."""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any, TypeVar

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.socket_mode.request import SocketModeRequest

from adapters.slack.adapter import Slack
from adapters.slack.connection import Connection
from adapters.slack.failures import DROPPED, UNTAKEN, RefusedError
from adapters.slack.logs import quiet
from bot.ports import UnusableError

log = logging.getLogger(__name__)

T = TypeVar("T")
PING_SECONDS = 1.0  # a socket that is lost without a word is noticed within four of them
LONGEST_WAIT = 60.0  # seconds between tries to reach Slack
NOT_TAKEN = (
    "Slack does not take {name}. Copy it anew from https://api.slack.com/apps, where it stands {place}, "
    "and set it again. If it is right, look at the allowed IP addresses in the app's settings."
)
BOT_PLACE = "on the page OAuth & Permissions and begins with xoxb-"
APP_PLACE = "on the page Basic Information under App-Level Tokens, begins with xapp- and has connections:write"


class Socket:
    """The way to one workspace. Its token is the setting's, so that nothing is kept and nothing forgotten."""

    def __init__(self, bot_token: str, app_token: str, clock: Callable[[], datetime] | None = None) -> None:
        self._bot_token = bot_token
        self._app_token = app_token
        self._clock = clock
        self._found: AuthorizeResult | None = None
        self._since: datetime | None = None

    async def authorize(self, team: str) -> AuthorizeResult | None:
        """Who the token is for; nothing for any other workspace."""
        return self._found if self._found is not None and self._found.team_id == team else None

    async def since(self, _team: str) -> datetime | None:
        """When Slack said that it takes the token; unknown without a clock."""
        return self._since

    async def forget(self, _team: str, _token: str = "") -> None:
        """The app was removed from its workspace: the tokens serve no longer."""
        self._found = None
        log.warning("The app was removed from its workspace. Install it again and set its new SLACK_BOT_TOKEN")

    async def log_in(self, slack: Slack) -> None:
        """Ask who the tokens are for; where Slack is out of reach, again until it is not. Raises UnusableError."""
        calls = slack.calls
        found = await _reached(lambda: calls.call_as(self._bot_token, "auth.test"), "SLACK_BOT_TOKEN", BOT_PLACE)
        self._since = self._clock() if self._clock is not None else None
        await _reached(lambda: calls.call_as(self._app_token, "apps.connections.open"), "SLACK_APP_TOKEN", APP_PLACE)
        self._found = AuthorizeResult(
            enterprise_id=found.get("enterprise_id"),
            team_id=found["team_id"],
            team=found.get("team"),
            bot_token=self._bot_token,
            bot_id=found.get("bot_id"),
            bot_user_id=found.get("user_id"),
        )

    async def serve(self, slack: Slack) -> None:
        """Open the socket and keep it until `slack` is closed."""
        await self.connect(slack)
        await slack.serve()

    async def connect(self, slack: Slack) -> None:
        """Tell the core of the workspace, and open the socket."""
        if self._found is not None:
            await slack.installed(str(self._found.team_id), str(self._found.team or ""), "")
        client = Connection(
            self._app_token,
            logger=quiet("adapters.slack.socket"),
            web_client=slack.calls.client(self._app_token),
            ping_interval=PING_SECONDS,
        )
        slack.socket = client
        await _Handler(slack, client).connect_async()  # type: ignore[no-untyped-call]
        if not client.closed:
            log.info("Slack's socket is open: what is said to the bot arrives")


class _Handler(AsyncSocketModeHandler):
    """Hands on what comes, until the adapter takes nothing new: what is not acknowledged goes to another socket."""

    def __init__(self, slack: Slack, client: Connection) -> None:
        self.app = slack.app
        self.client = client
        self._answers = slack.answers
        client.socket_mode_request_listeners.append(self.handle)

    async def handle(self, client: Any, req: SocketModeRequest) -> None:
        """One payload."""
        if not self._answers.closing:
            await super().handle(client, req)


async def _reached(call: Callable[[], Awaitable[T]], name: str, place: str) -> T:
    for attempt in itertools.count():
        wait = min(LONGEST_WAIT, 2.0**attempt)
        try:
            return await call()
        except RefusedError as error:
            if error.error in UNTAKEN:
                raise UnusableError(NOT_TAKEN.format(name=name, place=place)) from None
            reason, wait = error.error, error.retry_after or wait
        except DROPPED as error:
            reason = type(error).__name__
        log.warning(
            "Slack is out of reach (%s); the next try is in %.0f s. Look at https://status.slack.com", reason, wait
        )
        await asyncio.sleep(wait)
    raise AssertionError("counting has no end")
