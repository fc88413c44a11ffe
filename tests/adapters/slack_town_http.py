"""A local Slack that delivers over HTTP to the unmodified program, and what of it can be seen from outside."""

import asyncio
import hashlib
import hmac
import json
import re
import sqlite3
import time
from collections import Counter
from collections.abc import AsyncIterable, AsyncIterator, Mapping
from contextlib import asynccontextmanager, closing
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import aiohttp

from adapters.slack.adapter import EVENTS
from adapters.slack.manifest import REDIRECT_PATH
from adapters.slack.oauth import COOKIE, INSTALL_PATH
from bot.vault import new_key
from tests.e2e.process import Running, running
from tests.e2e.slack_town import Town, free_port
from tests.fakes.slack_server import SlackServer, Team
from tests.fakes.slack_server.delivery import FORM, JSON, Delivery
from tests.store.prepared import prepare

STAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
WORD = "gesagtgetan"  # what a member writes here, which no log may hold
SERVING = "INFO adapters.web.server: Serving"
LOUD = ("WARNING ", "ERROR ", "CRITICAL ", "Traceback ")
SLOW_STEP = "WARNING asyncio: Executing "  # the watch that Python's development mode keeps
BARE = ("Content-Type", "User-Agent", "Accept")
Body = bytes | AsyncIterable[bytes] | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What the program answers to one request."""

    status: int
    text: str
    headers: Mapping[str, str]


class Recorded(Delivery):
    """Delivers as Slack does, and keeps what went over the wire."""

    def __init__(self, server: SlackServer) -> None:
        super().__init__(server)
        self.wire: list[tuple[str, dict[str, str]]] = []

    async def request(self, body: str, headers: dict[str, str]) -> tuple[int, Any]:
        """Send a request as it is to the bot."""
        self.wire.append((body, headers))
        return await super().request(body, headers)


class HttpTown(Town):
    """The stand-in, the program behind an address, and a client that may send it anything."""

    def __init__(
        self, server: SlackServer, program: Running, database: Path, client: aiohttp.ClientSession, port: int
    ) -> None:
        super().__init__(server, program)
        self.port = port
        self.url = f"http://127.0.0.1:{port}"
        self.secrets: list[str] = []
        self.database = database
        self._client = client

    # --- what is sent ------------------------------------------------------------------------------------------

    async def ask(
        self, method: str, path: str, body: Body = None, headers: Mapping[str, str | None] | None = None
    ) -> Answer:
        """Any request; a header of None is left out."""
        given = {name: value for name, value in (headers or {}).items() if value is not None}
        data = BytesIO(body) if isinstance(body, bytes) else body
        async with self._client.request(
            method, self.url + path, data=data, headers=given, skip_auto_headers=BARE, allow_redirects=False
        ) as answer:
            return Answer(answer.status, await answer.text(), answer.headers)

    async def deliver(
        self, body: bytes, kind: str | None = FORM, headers: Mapping[str, str | None] | None = None
    ) -> Answer:
        """A request for the place where Slack delivers; signed, unless `headers` say otherwise."""
        return await self.ask("POST", EVENTS, body, {"Content-Type": kind, **self.signed(body), **(headers or {})})

    def signed(self, body: bytes, at: float | None = None, secret: str | None = None) -> dict[str, str]:
        """The headers that prove a body to be Slack's, whatever bytes it has."""
        stamp = str(int(time.time() if at is None else at))
        key = (secret or self.server.delivery.signing_secret).encode()
        digest = hmac.new(key, b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
        return {STAMP: stamp, SIGNATURE: f"v0={digest}"}

    async def again(self, headers: Mapping[str, str] | None = None) -> Answer:
        """The newest delivery once more, byte for byte."""
        assert isinstance(self.server.delivery, Recorded)
        body, sent = self.server.delivery.wire[-1]
        return await self.ask("POST", EVENTS, body.encode(), {**sent, **(headers or {})})

    def typed(self, line: str, by: str = "ann", **more: str) -> bytes:
        """A slash command, which nobody but the test delivers."""
        who = self.team.user(by)
        fields = {
            "command": "/mate",
            "team_id": self.team.id,
            "channel_id": self.channel.id,
            "user_id": who.id,
            "user_name": who.name,
            "text": line,
            "trigger_id": f"{time.time_ns()}.1",
            "response_url": f"{self.server.base_url}/respond/{self.team.id}/nobodys",
        }
        return urlencode({**fields, **more}).encode()

    def interactive(self, kind: Any, **more: Any) -> bytes:
        """An interaction of this type, which nobody but the test delivers."""
        ann = self.team.user("ann")
        payload = {
            "type": kind,
            "team": {"id": self.team.id},
            "user": {"id": ann.id, "name": ann.name},
            "trigger_id": f"{time.time_ns()}.1",
            "response_url": f"{self.server.base_url}/respond/{self.team.id}/nobodys",
        }
        return urlencode({"payload": json.dumps({**payload, **more})}).encode()

    def event(self, kind: str, **more: Any) -> bytes:
        """An event of this type, which nobody but the test delivers."""
        inner = {"type": kind, "user": self.team.user("ann").id, "channel": self.channel.id, "text": WORD}
        outer = {"type": "event_callback", "team_id": self.team.id, "event_id": f"Ev{time.time_ns()}", "event": inner}
        return json.dumps({**outer, **more}).encode()

    # --- a browser ---------------------------------------------------------------------------------------------

    async def consent(self, team: Team | None = None) -> tuple[str, str]:
        """Begin an installation and say yes at Slack; the state, and the path that the browser is led to."""
        page = await self.ask("GET", INSTALL_PATH)
        link = str(re.findall('href="(https:.*?)"', page.text)[0]).replace("&amp;", "&")
        back = urlsplit(self.server.oauth.approve(link, team))
        return parse_qs(back.query)["state"][0], f"{back.path}?{back.query}"

    async def come_back(self, path: str, cookie: str) -> Answer:
        """Be led back by Slack, with the cookie of an installation."""
        return await self.ask("GET", path, None, {"Cookie": f"{COOKIE}={cookie}"} if cookie else {})

    async def install(self, team: Team | None = None) -> Answer:
        """Add the bot to a workspace."""
        state, path = await self.consent(team)
        return await self.come_back(path, state)

    # --- what is seen ------------------------------------------------------------------------------------------

    async def settled(self, seconds: float = 5.0) -> None:
        """Return once no gesture is being answered and no message is on its way any more."""
        async with asyncio.timeout(seconds):
            while True:
                if not await self._busy():
                    return
                await asyncio.sleep(0.02)

    async def _busy(self) -> bool:
        page = await self.ask("GET", "/metrics")
        return "batchmate_slack_answers 0.0" not in page.text or bool(self.count("message", "state <> 'sent'"))

    def count(self, table: str, where: str = "1") -> int:
        """How many such rows there are."""
        with closing(sqlite3.connect(self.database)) as db:
            return int(db.execute(f'SELECT count(*) FROM "{table}" WHERE {where}').fetchone()[0])  # noqa: S608

    def rows(self) -> dict[str, list[Any]]:
        """All that the database holds."""
        with closing(sqlite3.connect(self.database)) as db:
            names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
            return {name: db.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}  # noqa: S608

    def said(self) -> list[str]:
        """The lines of the log that somebody should look at."""
        return [line for line in self.program.log if line.startswith(LOUD) and not line.startswith(SLOW_STEP)]

    def leaks(self) -> list[str]:
        """What stands in the log and must not: secrets, addresses that answer for a member, a member's words."""
        story = self.story()
        return [one for one in (*self.secrets, "/respond/", WORD) if one in story]

    @asynccontextmanager
    async def nothing_done(self, *may_say: str) -> AsyncIterator[None]:
        """Whatever is sent inside changes no row, calls nothing at Slack, and logs no line but those with `may_say`."""
        await self.settled()
        rows, calls, lines = self.rows(), self.server.log.total, len(self.said())
        yield
        await self.settled()
        assert {name: held for name, held in self.rows().items() if held != rows[name]} == {}
        assert self.server.log.total == calls, str(self.server.log)
        assert [line for line in self.said()[lines:] if not any(words in line for words in may_say)] == []
        assert self.leaks() == []

    def asked(self, method: str) -> Counter[str]:
        """How often a method was called, by workspace."""
        return Counter(call.team for call in self.server.log.find(method))


@asynccontextmanager
async def http_town(folder: Path, teams: int = 1, log_level: str = "INFO") -> AsyncIterator[HttpTown]:
    """A town in which the bot was added to the first workspace with a browser; at the end nothing secret was logged."""
    server = SlackServer(teams)
    server.delivery = Recorded(server)
    key, database, port = new_key(), folder / "town.db", free_port()
    secrets = [server.world.team().token, server.delivery.signing_secret, key, server.oauth.client_secret]
    environment = {
        "SLACK_SIGNING_SECRET": server.delivery.signing_secret,
        "SLACK_CLIENT_ID": server.oauth.client_id,
        "SLACK_CLIENT_SECRET": server.oauth.client_secret,
        "BATCHMATE_SECRET_KEY": key,
        "DATABASE_URL": prepare(database),
        "PORT": str(port),
        "LOG_LEVEL": log_level,
    }
    async with server, aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as client:
        async with running("run", **environment, SLACK_API_URL=server.api_url) as program:
            here = HttpTown(server, program, database, client, port)
            here.secrets = secrets
            await program.says(SERVING)
            server.delivery.url = here.url
            server.oauth.redirects = [here.url + REDIRECT_PATH]
            assert (await here.install()).status == 200, here.story()
            await server.called("chat.postMessage")  # the welcome
            yield here
            assert await program.told_to_stop() == 0
        assert here.leaks() == []


__all__ = ["FORM", "JSON", "SIGNATURE", "STAMP", "WORD", "Answer", "HttpTown", "http_town"]
