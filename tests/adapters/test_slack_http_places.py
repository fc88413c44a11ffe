"""Slack over HTTP: what is not known, what comes from where the bot is not, and other addresses and methods."""

import asyncio
import json
import time
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from adapters.slack.adapter import EVENTS
from adapters.slack.logs import NOT_INSTALLED, NOT_KNOWN
from adapters.slack.manifest import REDIRECT_PATH
from adapters.slack.oauth import INSTALL_PATH
from bot.composition import now
from bot.store.engine import open_engine
from bot.vault import Vault
from tests.adapters.slack_town_http import FORM, JSON, SIGNATURE, WORD, HttpTown, http_town
from tests.e2e.slack_town import ROUND
from tests.fakes.slack_server import Team

pytestmark = pytest.mark.asyncio(loop_scope="module")
UNSIGNED = {SIGNATURE: None}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HttpTown]:
    """Six workspaces, of which the first one has the bot."""
    async with http_town(tmp_path_factory.mktemp("http"), teams=6) as here:
        yield here


def another(town: HttpTown, number: int) -> Team:
    """One of the workspaces that the bot was not added to at the beginning."""
    return list(town.server.world.teams.values())[number]


# --- what is not known -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "kind",
    ["block_suggestion", "message_action", "interactive_message", "view_submission", "block_actions", "of_tomorrow"],
)
async def test_an_interaction_that_is_not_known_does_nothing(town: HttpTown, kind: str) -> None:
    """An unknown type, and a known one that lacks everything: 404, by which Slack tells the member that it failed."""
    async with town.nothing_done(NOT_KNOWN):
        answer = await town.deliver(town.interactive(kind))
    assert answer.status == 404


@pytest.mark.parametrize("kind", [None, 5, ["block_actions"], {"type": "block_actions"}])
async def test_a_type_that_is_no_word_does_nothing(town: HttpTown, kind: object) -> None:
    """Whatever stands in the place of a type, it is not known."""
    async with town.nothing_done(NOT_KNOWN):
        answer = await town.deliver(town.interactive(kind))
    assert answer.status == 404


async def test_another_command_does_nothing(town: HttpTown) -> None:
    """A slash command of another name is not ours, and the log names the setting to look at."""
    async with town.nothing_done(NOT_KNOWN):
        answer = await town.deliver(town.typed(WORD, command="/other"))
    assert answer.status == 404


@pytest.mark.parametrize("kind", ["reaction_added", "message", "team_join", "of_tomorrow"])
async def test_an_event_that_nobody_asked_for_is_taken(town: HttpTown, kind: str) -> None:
    """200, so that Slack does not send it again and again; nothing is done."""
    async with town.nothing_done():
        answer = await town.deliver(town.event(kind), JSON)
    assert (answer.status, answer.text) == (200, "")


async def test_the_address_is_verified(town: HttpTown) -> None:
    """Slack's challenge is given back as it is, to Slack alone."""
    body = json.dumps({"type": "url_verification", "token": "t", "challenge": "3eZb<b>"}).encode()
    async with town.nothing_done():
        answer = await town.deliver(body, JSON)
        unsigned = await town.deliver(body, JSON, UNSIGNED)
    assert (answer.status, json.loads(answer.text)) == (200, {"challenge": "3eZb<b>"})
    assert (unsigned.status, "3eZb" in unsigned.text) == (401, False)


async def test_the_certificate_is_checked(town: HttpTown) -> None:
    """What Slack sends now and then to look at a certificate is answered with 200, signed or not, and is no command."""
    async with town.nothing_done():
        for headers in ({}, UNSIGNED):
            answer = await town.deliver(town.typed(ROUND, ssl_check="1"), FORM, headers)
            assert (answer.status, answer.text) == (200, "")


# --- whose the bot is not ----------------------------------------------------------------------------------------


async def test_members_of_a_workspace_without_the_bot_are_told(town: HttpTown) -> None:
    """Who uses a command there reads, alone, that the bot has to be installed; nothing is kept of it."""
    rows, said = town.rows(), len(town.said())
    one = town.server.slash(another(town, 1), "study", "ann", f"{ROUND} {WORD}")
    await one.wait()
    assert one.private
    assert "Please ask who manages the workspace's apps" in one.messages[0].text
    assert town.rows() == rows
    assert {call.method for call in town.server.log.calls if call.team == another(town, 1).id} == {"response_url"}
    assert all(NOT_INSTALLED in line for line in town.said()[said:])
    assert town.leaks() == []


async def test_nothing_is_done_for_a_workspace_without_the_bot(town: HttpTown) -> None:
    """A press, a form, a shortcut and an event from there are taken with 200, and that is all."""
    there = {"id": another(town, 1).id}
    part = {"type": "button", "action_id": "press:0", "block_id": "b", "value": "do|quiz live", "action_ts": "1.1"}
    bodies = [
        town.interactive("block_actions", team=there, actions=[part], response_url=None),
        town.interactive("view_submission", team=there, view={"id": "V1", "callback_id": "x"}, response_url=None),
        town.interactive("shortcut", team=there, callback_id="quiz start", response_url=None),
    ]
    async with town.nothing_done(NOT_INSTALLED):
        for body in bodies:
            assert (await town.deliver(body)).status == 200
        assert (await town.deliver(town.event("app_mention", team_id=there["id"]), JSON)).status == 200


async def test_a_token_that_was_revoked_is_let_go_of(town: HttpTown) -> None:
    """Slack refuses it once: it is deleted, members read that the bot has to be installed, and then all is well."""
    team = another(town, 2)
    assert (await town.install(team)).status == 200
    await town.server.slash(team, "study", "ann", "quiz start").wait()
    assert town.count("installation", f"workspace = '{team.id}'") == 1
    dead, team.token = team.token, "xoxb-of-another-time"
    town.server.revoked.add(dead)
    await town.server.slash(team, "study", "bea", "quiz start").wait()
    await town.until(lambda: town.count("installation", f"workspace = '{team.id}'") == 0)
    told = await town.server.slash(team, "study", "ann", "quiz start").wait()
    assert "Please ask who manages the workspace's apps" in told.messages[0].text
    assert told.private
    assert (await town.install(team)).status == 200
    assert "Question 1" in (await town.server.slash(team, "study", "cem", "quiz start").wait()).text
    assert not [line for line in town.said() if line.startswith("ERROR") and NOT_INSTALLED not in line]
    assert dead not in town.story()


async def test_a_token_that_is_not_taken_for_now_is_kept(town: HttpTown) -> None:
    """Slack says so also to an address that the app does not allow: the log says where to look, and it goes on."""
    team = another(town, 3)
    assert (await town.install(team)).status == 200
    good, team.token = team.token, "xoxb-of-another-time"
    await town.server.slash(team, "study", "bea", "quiz start").wait()
    await town.until(lambda: any("allowed IP addresses" in line for line in town.said()))
    team.token = good
    assert town.count("installation", f"workspace = '{team.id}'") == 1
    assert "Question 1" in (await town.server.slash(team, "study", "cem", "quiz start").wait()).text


async def test_a_newer_token_is_taken_and_not_deleted(town: HttpTown) -> None:
    """Another process has kept it since this one read the token that is revoked: what was to be posted is posted."""
    team = another(town, 4)
    assert (await town.install(team)).status == 200
    await town.server.slash(team, "study", "ann", "quiz start").wait()
    old, team.token = team.token, "xoxb-of-the-other-process"
    town.server.revoked.add(old)
    (key,) = [one for one in town.secrets if one.endswith("=")]
    town.secrets += [old, team.token]
    removed = len([line for line in town.said() if "removed there" in line])
    engine = open_engine(f"sqlite:///{town.database}")
    vault = Vault(engine, [key], now, asyncio.to_thread)
    grant = {"team_name": team.name, "bot_token": team.token, "bot_user": team.bot.id, "bot_id": team.bot_id}
    await vault.keep("slack", team.id, {**grant, "installer": "", "app_id": "A1", "scopes": ""})
    await town.server.slash(team, "study", "ann", ROUND).wait()
    await town.until(lambda: any(one.author is team.bot for one in team.channel("study").public))
    await town.settled()
    assert (await vault.find("slack", team.id) or {})["bot_token"] == team.token
    assert town.count("home", f"workspace = '{team.id}' AND removed_at IS NOT NULL") == 0
    assert len([line for line in town.said() if "removed there" in line]) == removed
    engine.dispose()


@pytest.mark.parametrize("kind", ["app_uninstalled", "tokens_revoked"])
async def test_what_comes_late_of_an_earlier_installation_changes_nothing(town: HttpTown, kind: str) -> None:
    """The bot was removed and added again before Slack told of it, or told once more: it stays; later it goes."""
    team = another(town, 5)
    assert (await town.install(team)).status == 200
    inner = {"type": kind, "tokens": {"bot": [team.bot.id]}}
    told = {"team_id": team.id, "event": inner}
    async with town.nothing_done():
        assert (await town.deliver(town.event(kind, **told, event_time=int(time.time()) - 60), JSON)).status == 200
    assert town.count("installation", f"workspace = '{team.id}'") == 1
    assert (await town.deliver(town.event(kind, **told, event_time=int(time.time())), JSON)).status == 200
    await town.settled()
    assert town.count("installation", f"workspace = '{team.id}'") == 0
    assert town.count("home", f"workspace = '{team.id}' AND removed_at IS NULL") == 0


# --- other addresses ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        *((method, EVENTS, 405) for method in ("GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS")),
        *((method, INSTALL_PATH, 405) for method in ("POST", "HEAD", "PUT")),
        *((method, REDIRECT_PATH, 405) for method in ("POST", "HEAD", "DELETE")),
        ("POST", "/healthz", 405),
        ("POST", "/metrics", 405),
        ("HEAD", "/healthz", 200),
        ("GET", "/healthz", 200),
        ("GET", "/healthz?deep=1", 200),
        ("GET", "/", 404),
        ("POST", "/", 404),
        ("POST", f"{EVENTS}/", 404),
        ("POST", f"/{EVENTS}", 404),
        ("POST", EVENTS.upper(), 404),
        ("GET", "/slack", 404),
        ("GET", "/.env", 404),
        ("GET", f"/{WORD}<script>", 404),
    ],
)
async def test_every_other_way_in_is_closed(town: HttpTown, method: str, path: str, status: int) -> None:
    """A wrong method is 405 and an unknown path 404, in few words, even with a signed command in it; health stays."""
    body = town.typed(ROUND)
    sent = body if method in ("POST", "PUT", "PATCH") else None
    async with town.nothing_done():
        answer = await town.ask(method, path, sent, {"Content-Type": FORM, **town.signed(body)})
        assert (await town.ask("GET", "/healthz")).status == 200
    assert answer.status == status
    assert WORD not in answer.text
    assert len(answer.text) < 100
