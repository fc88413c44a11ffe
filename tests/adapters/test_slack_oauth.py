"""The bot is added to a workspace with a browser: once, by who began it, and its token is read by nobody."""

import asyncio
import logging
import re
from base64 import b64decode
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Engine, func, select

from adapters.slack import pages
from adapters.slack.installations import Installed, authorizer
from adapters.slack.oauth import COOKIE, OAuth
from bot.store.engine import open_engine, transaction
from bot.store.vault import INSTALLATION, STATE
from bot.vault import Vault, new_key
from tests.clock import Clock

TOKEN, SECRET, CODE = "xoxb-very-secret", "client-very-secret", "code-very-secret"
PUBLIC = "https://bot.example/mate"
GIVEN = {
    "ok": True,
    "access_token": TOKEN,
    "token_type": "bot",
    "scope": "commands,chat:write",
    "bot_user_id": "UBOT",
    "app_id": "A1",
    "team": {"id": "T1", "name": "Study <b>group</b>"},
    "enterprise": None,
    "is_enterprise_install": False,
    "authed_user": {"id": "UANN"},
}
ORGANISATION = {**GIVEN, "team": None, "enterprise": {"id": "E1", "name": "All"}, "is_enterprise_install": True}
Answer = dict[str, Any] | web.Response | Exception


class Slack:
    """The two methods of Slack that an installation needs; `answer` is what the first one says next."""

    def __init__(self) -> None:
        self.answer: Answer = GIVEN
        self.who: Answer = {"ok": True, "bot_id": "BBOT", "user_id": "UBOT", "team_id": "T1"}
        self.asked: list[tuple[str, dict[str, Any], str]] = []

    def app(self) -> web.Application:
        """Both, below /api."""
        made = web.Application()
        made.add_routes([web.post("/api/oauth.v2.access", self._access), web.post("/api/auth.test", self._test)])
        return made

    async def _access(self, request: web.Request) -> web.Response:
        return await self._say(request, "oauth.v2.access", self.answer)

    async def _test(self, request: web.Request) -> web.Response:
        return await self._say(request, "auth.test", self.who)

    async def _say(self, request: web.Request, method: str, answer: Answer) -> web.Response:
        self.asked.append((method, dict(await request.post()), request.headers.get("Authorization", "")))
        if isinstance(answer, Exception):
            assert request.transport
            request.transport.abort()
            raise answer
        return answer if isinstance(answer, web.Response) else web.json_response(answer)


@dataclass
class Seen:
    """A page as a browser gets it."""

    status: int
    html: str
    headers: Any

    @property
    def title(self) -> str:
        """Its heading."""
        (found,) = re.findall("<h1>(.*?)</h1>", self.html)
        return str(found)

    @property
    def link(self) -> str:
        """Where its one link leads to."""
        (found,) = re.findall('href="(?!data:)(.*?)"', self.html)
        return str(found).replace("&amp;", "&")

    @property
    def asks(self) -> dict[str, str]:
        """What the link says to Slack."""
        return {name: value[0] for name, value in parse_qs(urlsplit(self.link).query).items()}


@dataclass
class Town:
    """Slack, the bot's two pages, a database, and somebody with a browser."""

    slack: Slack
    engine: Engine
    vault: Vault
    clock: Clock
    told: list[Installed]
    browser: aiohttp.ClientSession
    address: str
    api: str
    troubles: list[Exception] = field(default_factory=list)

    async def see(self, path: str, cookie: str = "", **query: str) -> Seen:
        """Look at a page, with the cookie of an installation."""
        headers = {"Cookie": f"other=1; {COOKIE}={cookie}"} if cookie else {}
        async with self.browser.get(self.address + path, params=query, headers=headers) as answer:
            return Seen(answer.status, await answer.text(), answer.headers)

    async def begin(self) -> str:
        """Begin an installation; its state."""
        return (await self.see("/slack/install")).asks["state"]

    async def come_back(self, state: str, *, cookie: str | None = None, **query: str) -> Seen:
        """Slack leads back with a code; the browser has the cookie unless another one is said."""
        query = {"code": CODE, "state": state, **query}
        given = {name: value for name, value in query.items() if value != "none"}
        return await self.see("/slack/oauth_redirect", state if cookie is None else cookie, **given)

    def rows(self, table: Any = INSTALLATION) -> int:
        """How many rows a table has."""
        with transaction(self.engine, reads=True) as db:
            return int(db.execute(select(func.count()).select_from(table)).scalar_one())


async def served(app: web.Application) -> tuple[web.AppRunner, str]:
    """Serve an application on a port of this machine; its address."""
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return runner, f"http://127.0.0.1:{runner.addresses[0][1]}"


@pytest.fixture
async def town(sqlite_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Town]:
    """All of it; the environment says something else everywhere, and is not heard."""
    for name in ("CLIENT_ID", "CLIENT_SECRET", "SCOPES", "USER_SCOPES", "REDIRECT_URI", "INSTALL_PATH"):
        monkeypatch.setenv(f"SLACK_{name}", "from-the-environment")
    engine = open_engine(sqlite_url)
    slack, told, troubles = Slack(), [], []
    vault = Vault(engine, [new_key()], clock, asyncio.to_thread)
    slacks, slacks_address = await served(slack.app())
    api = f"{slacks_address}/api"

    async def on_installed(found: Installed) -> None:
        if troubles:
            raise troubles.pop()
        told.append(found)

    oauth = OAuth(vault, "12.34", SECRET, on_installed, api_url=api, public_url=f"{PUBLIC}/")
    pages_of_bot = web.Application()
    pages_of_bot.add_routes(oauth.routes())
    runner, address = await served(pages_of_bot)
    async with aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar()) as browser:
        yield Town(slack, engine, vault, clock, told, browser, address, api, troubles)
    await runner.cleanup()
    await slacks.cleanup()
    engine.dispose()


# --- it works ----------------------------------------------------------------------------------------------------


async def test_the_first_page_leads_to_slack(town: Town) -> None:
    """It asks for just what the manifest declares, for nobody's own token, and says where to come back to."""
    seen = await town.see("/slack/install", team="T1&scope=admin")
    assert (seen.status, seen.title) == (200, "Add Batchmate to Slack")
    assert seen.link.startswith("https://slack.com/oauth/v2/authorize?")
    asks = seen.asks
    assert asks.pop("state")
    assert asks == {
        "client_id": "12.34",
        "scope": "commands,chat:write,users:read,im:write,app_mentions:read,files:write,channels:read,usergroups:read",
        "redirect_uri": f"{PUBLIC}/slack/oauth_redirect",
        "team": "T1&scope=admin",
    }


async def test_a_browser_is_told_little_and_keeps_it_to_itself(town: Town) -> None:
    """The cookie is for this host, unseen by scripts; the page runs nothing, stands in no frame, tells no address."""
    seen = await town.see("/slack/install")
    cookie = seen.headers["Set-Cookie"].split("; ")
    assert cookie[0] == f"{COOKIE}={seen.asks['state']}"
    assert {*cookie[1:]} == {"Secure", "HttpOnly", "Path=/", "Max-Age=600", "SameSite=Lax"}
    assert COOKIE.startswith("__Host-")
    policy = seen.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert seen.headers["Referrer-Policy"] == "no-referrer"
    assert seen.headers["Cache-Control"] == "no-store"
    for part in ('<html lang="en">', "<title>Add Batchmate to Slack</title>", "<main>", "width=device-width"):
        assert part in seen.html
    assert "<script" not in seen.html


async def test_a_workspace_is_added(town: Town) -> None:
    """Slack gives the token for the code; it is in the vault, sealed, and the core is told."""
    seen = await town.come_back(await town.begin())
    assert (seen.status, seen.title) == (200, "Batchmate is in Study &lt;b&gt;group&lt;/b&gt; now")
    assert seen.link == "https://app.slack.com/client/T1"
    assert seen.headers["Set-Cookie"].startswith(f"{COOKIE}=deleted;")
    (installed,) = town.told
    name = "Study <b>group</b>"
    assert installed == Installed("T1", name, "UANN", TOKEN, "UBOT", "BBOT", "A1", ("commands", "chat:write"))
    assert TOKEN not in repr(installed)
    (first, second) = town.slack.asked
    method, said, credentials = first
    assert method == "oauth.v2.access"
    assert said == {"code": CODE, "redirect_uri": f"{PUBLIC}/slack/oauth_redirect"}
    assert b64decode(credentials.removeprefix("Basic ")).decode() == f"12.34:{SECRET}"
    assert (second[0], second[2]) == ("auth.test", f"Bearer {TOKEN}")
    assert await town.vault.find("slack", "T1") == installed.grant()
    with transaction(town.engine, reads=True) as db:
        assert TOKEN not in repr(db.execute(select(INSTALLATION)).all())


async def test_who_a_workspace_is_comes_from_the_vault_alone(town: Town) -> None:
    """Slack is never asked; a workspace that is not there is nobody."""
    assert await authorizer(town.vault)("T1") is None
    await town.come_back(await town.begin())
    town.slack.asked.clear()
    found = await authorizer(town.vault)("T1")
    assert found is not None
    assert (found.team_id, found.team, found.bot_token) == ("T1", "Study <b>group</b>", TOKEN)
    assert (found.bot_id, found.bot_user_id, found.bot_scopes) == ("BBOT", "UBOT", ["commands", "chat:write"])
    assert await authorizer(town.vault)("T2") is None
    await town.vault.forget("slack", "T1")
    assert await authorizer(town.vault)("T1") is None
    assert town.slack.asked == []


async def test_adding_it_again_brings_the_new_token(town: Town) -> None:
    """The old one is gone at once."""
    await town.come_back(await town.begin())
    assert await authorizer(town.vault)("T1")
    town.slack.answer = {**GIVEN, "access_token": "xoxb-newer"}
    await town.come_back(await town.begin())
    found = await authorizer(town.vault)("T1")
    assert found
    assert found.bot_token == "xoxb-newer"
    assert (len(town.told), town.rows()) == (2, 1)


async def test_without_an_address_of_its_own_slack_chooses(town: Town) -> None:
    """Neither on the way there nor when the code is handed in is an address named, whatever the environment says."""

    async def on_installed(_found: Installed) -> None:
        return

    plain = web.Application()
    plain.add_routes(OAuth(town.vault, "12.34", SECRET, on_installed, api_url=town.api).routes())
    runner, town.address = await served(plain)
    asks = (await town.see("/slack/install")).asks
    assert set(asks) == {"client_id", "scope", "state"}
    assert (await town.come_back(asks["state"])).status == 200
    assert town.slack.asked[0][1] == {"code": CODE}
    await runner.cleanup()


# --- it is refused -----------------------------------------------------------------------------------------------


async def _used(town: Town, state: str) -> None:
    await town.come_back(state)
    town.slack.asked.clear()
    town.told.clear()
    await town.vault.forget("slack", "T1")


async def _late(town: Town, _state: str) -> None:
    town.clock.advance(minutes=10)


async def _nothing(_town: Town, _state: str) -> None:
    return


OUTDATED = "This link is out of date"


@pytest.mark.parametrize(
    ("before", "brought", "title"),
    [
        pytest.param(_nothing, {"state": "forged", "cookie": "forged"}, OUTDATED, id="forged"),
        pytest.param(_nothing, {"state": "forged"}, OUTDATED, id="another state"),
        pytest.param(_nothing, {"state": "none"}, OUTDATED, id="no state"),
        pytest.param(_nothing, {"state": "", "cookie": "x"}, OUTDATED, id="empty state"),
        pytest.param(_nothing, {"cookie": ""}, OUTDATED, id="no cookie"),
        pytest.param(_nothing, {"cookie": "another"}, OUTDATED, id="another browser"),
        pytest.param(_used, {}, OUTDATED, id="used"),
        pytest.param(_late, {}, OUTDATED, id="late"),
        pytest.param(_nothing, {"code": "none"}, OUTDATED, id="no code"),
        pytest.param(_nothing, {"code": ""}, OUTDATED, id="empty code"),
        pytest.param(_nothing, {"code": "none", "error": "access_denied"}, "Batchmate was not added", id="denied"),
        pytest.param(_nothing, {"error": "access_denied"}, "Batchmate was not added", id="denied with a code"),
        pytest.param(_nothing, {"error": "<script>alert(1)</script>"}, "Batchmate was not added", id="script"),
        pytest.param(_nothing, {"error": "ours"}, "Batchmate was not added", id="a reason of ours"),
    ],
)
async def test_what_was_not_begun_here_is_refused(
    town: Town, before: Callable[[Town, str], Any], brought: dict[str, str], title: str
) -> None:
    """The page says so and leads to the beginning; Slack is not asked, nothing is kept, the core is not told."""
    state = await town.begin()
    await before(town, state)
    given = {"state": state, "cookie": state, **brought}
    seen = await town.come_back(given.pop("state"), cookie=given.pop("cookie"), **given)
    assert (seen.status, seen.title, seen.link) == (400, title, "install")
    assert "script" not in seen.html
    assert (town.slack.asked, town.told, town.rows()) == ([], [], 0)


async def test_of_many_who_bring_the_same_one_is_believed(town: Town) -> None:
    """A state is used up by the first who brings it, however close the others are."""
    state = await town.begin()
    seen = await asyncio.gather(*(town.come_back(state) for _time in range(6)))
    assert sorted(page.status for page in seen) == [200, 400, 400, 400, 400, 400]
    assert len(town.told) == 1


async def test_to_look_ahead_begins_nothing(town: Town) -> None:
    """Whoever asks for the heading of the page alone leaves no trace."""
    async with town.browser.head(f"{town.address}/slack/install") as answer:
        assert answer.status == 405
    assert town.rows(STATE) == 0


SLACK_FAILS = "Slack did not finish it"


@pytest.mark.parametrize(
    ("answer", "status", "title"),
    [
        pytest.param(ORGANISATION, 400, "One workspace, please", id="organisation"),
        pytest.param({"ok": False, "error": "invalid_code"}, 400, OUTDATED, id="invalid code"),
        pytest.param({"ok": False, "error": "code_already_used"}, 400, OUTDATED, id="used code"),
        pytest.param({"ok": False, "error": "bad_client_secret"}, 502, SLACK_FAILS, id="bad secret"),
        pytest.param({"ok": False, "error": f"a word, {TOKEN}"}, 502, SLACK_FAILS, id="no reason"),
        pytest.param({**GIVEN, "team": None}, 502, SLACK_FAILS, id="no team"),
        pytest.param({**GIVEN, "access_token": None}, 502, SLACK_FAILS, id="no token"),
        pytest.param(web.HTTPServiceUnavailable(text=f"<p>{TOKEN}"), 502, SLACK_FAILS, id="no JSON"),
        pytest.param(ConnectionResetError(), 502, SLACK_FAILS, id="dropped"),
    ],
)
async def test_what_slack_does_not_give_is_not_kept(
    town: Town, answer: Answer, status: int, title: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The page says what to do; neither it nor the log holds a code, a token or a secret; the next try works."""
    caplog.set_level(logging.DEBUG)
    town.slack.answer = answer
    seen = await town.come_back(await town.begin())
    assert (seen.status, seen.title, seen.link) == (status, title, "install")
    assert (town.told, town.rows()) == ([], 0)
    logged = caplog.text + seen.html
    assert not [secret for secret in (TOKEN, SECRET, CODE) if secret in logged]
    town.slack.answer = GIVEN
    assert (await town.come_back(await town.begin())).status == 200
    assert not [secret for secret in (TOKEN, SECRET, CODE) if secret in caplog.text]


async def test_a_token_that_slack_does_not_know_is_not_kept(town: Town) -> None:
    """Who the bot is in the workspace is asked once, before anything is kept."""
    town.slack.who = {"ok": False, "error": "invalid_auth"}
    seen = await town.come_back(await town.begin())
    assert (seen.status, town.told, town.rows()) == (502, [], 0)


async def test_a_wrong_secret_is_for_the_log(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever runs the bot reads which settings to look at."""
    town.slack.answer = {"ok": False, "error": "bad_client_secret"}
    await town.come_back(await town.begin())
    (record,) = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert record.getMessage() == (
        "Slack did not finish an installation: bad_client_secret. Look at SLACK_CLIENT_ID and SLACK_CLIENT_SECRET"
    )


async def test_a_fault_of_ours_is_a_page_too(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """The log names its kind and no more, and the next try works."""
    town.troubles.append(RuntimeError(f"with {TOKEN}"))
    seen = await town.come_back(await town.begin())
    assert (seen.status, seen.title) == (500, "Something went wrong here")
    assert TOKEN not in caplog.text
    assert "An installation on Slack failed with RuntimeError" in caplog.text
    assert (await town.come_back(await town.begin())).status == 200
    assert len(town.told) == 1


async def test_what_no_key_opens_is_nobodys(town: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Members are told to add the bot again, which helps; the log says what else would."""
    await Vault(town.engine, [new_key()], town.clock, asyncio.to_thread).keep("slack", "T1", {"bot_token": TOKEN})
    assert await authorizer(town.vault)("T1") is None
    assert "cannot be opened with BATCHMATE_SECRET_KEY" in caplog.text
    assert TOKEN not in caplog.text
    await town.come_back(await town.begin())
    assert await authorizer(town.vault)("T1") is not None


# --- the pages' words --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("accepted", ["", "*", "en-GB,en;q=0.9", "tlh", "../../etc", "xx", ";;,,-"])
def test_a_language_that_there_is_not_is_english(accepted: str) -> None:
    """Whatever a browser says, it is looked up among the languages that there are."""
    assert pages.language(accepted) == "en"


def test_a_language_that_there_is_is_spoken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one that the browser accepts."""
    monkeypatch.setattr(pages, "languages", lambda: ["en", "de", "fr"])
    assert pages.language("tlh, de-AT;q=0.8, fr;q=0.5") == "de"
