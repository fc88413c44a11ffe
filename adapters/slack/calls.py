"""Calls of Slack's web interface, with the token of the workspace that they are for."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import aiohttp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack.failures import DONE_BEFORE, DOUBTED, DROPPED, NOT_SENT, REVOKED, NotInstalledError, RefusedError

log = logging.getLogger(__name__)

DOUBT_SECONDS = 600.0  # between two lines on a token that is not taken
CALL_SECONDS = 15.0  # less than the core takes a message to be on its way
API = "https://slack.com/api/"
Authorize = Callable[[str], Awaitable[AuthorizeResult | None]]
Arguments = Mapping[str, Any]


class Calls:
    """One connection pool for all workspaces. `authorize` finds one's token; `on_revoked` lets go of a dead one."""

    def __init__(self, authorize: Authorize, api_url: str = "") -> None:
        self.authorize = authorize
        self.on_revoked: Callable[[str, str], Awaitable[None]] = _nothing
        self.api_url = f"{api_url.rstrip('/')}/" if api_url else API
        self._session: aiohttp.ClientSession | None = None
        self._client: AsyncWebClient | None = None
        self._doubted: dict[str, float] = {}

    def client(self, token: str | None = None) -> AsyncWebClient:
        """A client of slack_sdk's in this pool, which tries nothing twice by itself."""
        return AsyncWebClient(token, base_url=self.api_url, session=self.session, retry_handlers=[], timeout=15)

    @property
    def session(self) -> aiohttp.ClientSession:
        """The pool; opened when it is first needed, within the loop that needs it."""
        if self._session is None or self._session.closed:
            timeout = aiohttp.ClientTimeout(total=CALL_SECONDS)
            self._session = aiohttp.ClientSession(timeout=timeout, auto_decompress=True)
            self._client = None
        return self._session

    async def close(self) -> None:
        """Let go of the connections."""
        if self._session is not None:
            await self._session.close()

    async def call(self, team: str, method: str, json: Arguments | None = None, **params: str) -> Arguments:
        """What `method` answers; arguments as JSON, or as a form where the method takes no JSON.

        Where the token is revoked, and another process has kept a newer one since it was read, that one is taken.
        Raises RefusedError, NotInstalledError, and what aiohttp raises of a broken way.
        """
        token = await self._token(team)
        if not token:
            raise NotInstalledError
        try:
            return await self._ask(token, method, json, **params)
        except RefusedError as error:
            if error.error in DOUBTED:
                self._doubt(team, error)
            if error.error not in REVOKED:
                raise
            await self.on_revoked(team, token)
            newer = await self._token(team)
            if newer in ("", token):
                raise
        return await self._ask(newer, method, json, **params)

    async def _token(self, team: str) -> str:
        found = await self.authorize(team)
        return str(found.bot_token or "") if found is not None else ""

    async def _ask(self, token: str, method: str, json: Arguments | None, **params: str) -> Arguments:
        try:
            return await self.call_as(token, method, json, **params)
        except RefusedError as error:
            if error.error == DONE_BEFORE:
                return {}
            raise

    def _doubt(self, team: str, error: RefusedError) -> None:
        """Say once in a while that Slack does not take a token which nobody has taken back."""
        now = asyncio.get_running_loop().time()
        if now - self._doubted.get(team, -DOUBT_SECONDS) >= DOUBT_SECONDS:
            self._doubted[team] = now
            log.error(
                "Slack does not take the token of a workspace now (%s), and does not say that the bot was removed: "
                "look at the allowed IP addresses in the app's settings, and at the token. What waits is tried again",
                error.error,
            )

    async def call_as(self, token: str, method: str, json: Arguments | None = None, **params: str) -> Arguments:
        """The same, with a token that is known."""
        answer = await self.answer_as(token, method, json, **params)
        return answer.data if isinstance(answer.data, dict) else {}

    async def answer_as(
        self, token: str, method: str, json: Arguments | None = None, **params: str
    ) -> AsyncSlackResponse:
        """The same, with the headers of what came."""
        session, headers = self.session, {"Authorization": f"Bearer {token}"}
        if self._client is None:
            self._client = AsyncWebClient(base_url=self.api_url, session=session, retry_handlers=[])
        try:
            return await self._client.api_call(
                method, json=dict(json) if json is not None else None, data=params or None, headers=headers
            )
        except SlackApiError as error:
            raise _refused(error) from None  # the original holds the arguments, which are members' words
        except (AttributeError, UnicodeDecodeError):  # slack_sdk takes whatever came with 200 for an object
            raise RefusedError("HTTP 200", foreign=True) from None

    async def safely(self, team: str, method: str, json: Arguments | None = None, **params: str) -> Arguments:
        """`call` of what may be asked twice: where the way breaks, asked again. Raises what `call` raises."""
        for pause in (0.05, 0.4):
            try:
                return await self.call(team, method, json, **params)
            except DROPPED:
                await asyncio.sleep(pause)
        return await self.call(team, method, json, **params)

    async def until_asked(self, team: str, method: str, json: Arguments) -> Arguments:
        """`call` of what must not be asked twice: again only where Slack was not even reached."""
        for pause in (0.05, 0.4):
            try:
                return await self.call(team, method, json)
            except NOT_SENT:
                await asyncio.sleep(pause)
        return await self.call(team, method, json)

    async def respond(self, url: str, answer: Arguments) -> bool:
        """Answer through a gesture's own address; False where it is used up or out of date.

        Raises what aiohttp raises of a broken way, after three tries.
        """
        for pause in (0.05, 0.4, None):
            try:
                async with self.session.post(url, json=answer) as response:
                    if response.status < 500 and response.status != 429:
                        return response.status == 200
            except DROPPED:
                if pause is None:
                    raise
            if pause is not None:
                await asyncio.sleep(pause)
        return False


async def _nothing(_team: str, _token: str) -> None:
    return


def _refused(error: SlackApiError) -> RefusedError:
    response = error.response
    headers = response.headers or {}
    wait = str(headers.get("Retry-After") or headers.get("retry-after") or "")
    found = getattr(response, "data", None)  # no JSON at all is answered with the bare HTTP response
    data = found if isinstance(found, dict) else {}
    status = int(getattr(response, "status_code", 0) or getattr(response, "status", 0))
    named = str(data.get("error") or "")
    return RefusedError(
        named or f"HTTP {status}",
        status,
        float(wait) if wait.isdecimal() else None,  # what stands between may name a date
        str(data.get("needed", "")),
        foreign=not named,
    )
