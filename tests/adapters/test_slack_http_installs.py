"""Slack over HTTP: installations in the whole program, by browsers that began none, too late, or with a wrong code."""

import re
from collections.abc import AsyncIterator
from contextlib import closing
from hashlib import sha256
from sqlite3 import connect
from urllib.parse import quote, urlsplit

import pytest
import pytest_asyncio

from adapters.slack.manifest import REDIRECT_PATH
from adapters.slack.oauth import INSTALL_PATH
from tests.adapters.slack_town_http import Answer, HttpTown, http_town
from tests.fakes.slack_server import Team

pytestmark = pytest.mark.asyncio(loop_scope="module")
OUTDATED, NOT_ADDED = "This link is out of date", "Batchmate was not added"


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HttpTown]:
    """Two workspaces, of which the first one has the bot, and a program that logs all it can."""
    async with http_town(tmp_path_factory.mktemp("http"), teams=2, log_level="DEBUG") as here:
        yield here


@pytest.fixture
def team(town: HttpTown) -> Team:
    """The workspace that nobody has added the bot to."""
    return list(town.server.world.teams.values())[1]


def title(page: Answer) -> str:
    """The heading of a page."""
    (found,) = re.findall("<h1>(.*?)</h1>", page.text)
    return str(found)


async def begun(town: HttpTown, team: Team) -> tuple[str, str]:
    """An installation to which somebody has just said yes: its state, and where the browser is led; both are secret."""
    state, path = await town.consent(team)
    town.secrets += [state, path.partition("code=")[2].partition("&")[0]]
    return state, path


def spent(town: HttpTown, state: str) -> bool:
    """Whether a state is worth nothing any more."""
    return town.count("install_state", f"state = '{sha256(state.encode()).hexdigest()}'") == 0


# --- it was not this browser -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("other", "cookie"),
    [("forged", "forged"), ("forged", None), ("", ""), ("", None), (None, "forged"), (None, ""), ("x%00", "x%00")],
)
async def test_who_did_not_begin_it_spends_no_state(
    town: HttpTown, team: Team, other: str | None, cookie: str | None
) -> None:
    """With another state or cookie: 400, no row changes, Slack is not asked, and who began it can still end it."""
    state, path = await begun(town, team)
    brought = path if other is None else path.replace(quote(state), other)
    async with town.nothing_done():
        page = await town.come_back(brought, state if cookie is None else cookie)
    assert (page.status, title(page)) == (400, OUTDATED)
    assert not spent(town, state)
    assert (await town.come_back(path, state)).status == 200
    assert spent(town, state)


# --- it was once -------------------------------------------------------------------------------------------------


async def test_what_was_used_is_used_up(town: HttpTown, team: Team) -> None:
    """The same browser with the same address again: 400, and nothing changes."""
    state, path = await begun(town, team)
    assert (await town.come_back(path, state)).status == 200
    async with town.nothing_done():
        page = await town.come_back(path, state)
    assert (page.status, title(page)) == (400, OUTDATED)


async def test_what_is_too_old_is_used_up(town: HttpTown, team: Team) -> None:
    """After ten minutes: 400, Slack is not asked, no token is kept."""
    state, path = await begun(town, team)
    with closing(connect(town.database)) as db, db:
        db.execute("UPDATE install_state SET expires_at = datetime(expires_at, '-600 seconds')")
    held, calls = town.rows()["installation"], town.server.log.total
    page = await town.come_back(path, state)
    assert (page.status, title(page)) == (400, OUTDATED)
    assert (town.rows()["installation"], town.server.log.total) == (held, calls)
    assert (await town.install(team)).status == 200


async def test_a_code_that_slack_refuses_uses_the_state_up(town: HttpTown, team: Team) -> None:
    """400 and no token; with a right code the same state is worth nothing any more, and Slack is not asked again."""
    state, path = await begun(town, team)
    held = town.rows()["installation"]
    page = await town.come_back(re.sub("code=[^&]*", "code=of-another-time", path), state)
    assert (page.status, title(page)) == (400, OUTDATED)
    assert (town.rows()["installation"], spent(town, state)) == (held, True)
    async with town.nothing_done():
        assert (await town.come_back(path, state)).status == 400


async def test_who_says_no_has_added_nothing(town: HttpTown, team: Team) -> None:
    """The page says so, Slack is not asked, and no row changes."""
    state, _path = await begun(town, team)
    back = urlsplit(town.server.oauth.deny(state))
    async with town.nothing_done():
        page = await town.come_back(f"{back.path}?{back.query}", state)
    assert (page.status, title(page)) == (400, NOT_ADDED)
    assert "You did not allow it" in page.text


# --- what a page shows -------------------------------------------------------------------------------------------

MARKUP = "\"'><script>alert(1)</script>&{{7*7}}"
LINES = "x\r\nSet-Cookie: stolen=1\r\n\r\n<b>"
FIELDS = ("error", "error_description", "state", "code", "team", "lang")


@pytest.mark.parametrize("words", [MARKUP, LINES, "\0", "é" * 500], ids=["markup", "lines", "zero", "long"])
@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("path", [INSTALL_PATH, REDIRECT_PATH])
async def test_no_page_says_what_its_address_says(town: HttpTown, path: str, field: str, words: str) -> None:
    """Markup, lines of a header and other things in an address stand in no page, no header and no log."""
    page = await town.ask("GET", f"{path}?{field}={quote(words)}")
    assert page.status == (200 if path == INSTALL_PATH else 400)
    assert page.text.count("<script") == page.text.count("<b>") == page.text.count("{{") == page.text.count("\0") == 0
    assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert not [one for one in page.headers.values() if "stolen" in one or "script>" in one]
    assert "Location" not in page.headers
    assert not [line for line in town.said() if "Traceback" in line]
    assert town.leaks() == []
