"""How the socket to Slack is kept: addresses that open nothing, sockets that Slack does not want, and their end."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack import connection
from adapters.slack.adapter import Slack
from adapters.slack.connection import Connection
from adapters.slack.logs import SWITCHED_OFF, TOO_MANY, TROUBLED, Ours
from adapters.slack.sockets import Socket
from bot.library import Library
from tests.fakes.slack_server.sockets import DISABLED, REFRESH
from tests.fakes.slack_server.sockets import TOO_MANY as TOO_MANY_SOCKETS
from tests.scenes.slack_room import opened, slash
from tests.stages.slack import SlackStage

RENEWED = "the socket is being renewed"


@pytest.fixture(autouse=True)
def unsaid() -> None:
    """Nothing was logged yet of a socket."""
    for one in logging.getLogger("adapters.slack.socket").filters:
        if isinstance(one, Ours):
            one._said.clear()


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel, and an open socket."""
    async for made in opened(tmp_path, library):
        yield made


def asked(stage: SlackStage) -> int:
    """How often Slack was asked for an address."""
    return len(stage.server.log.find("apps.connections.open"))


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What was logged of the socket."""
    return [record.getMessage() for record in caplog.records if record.name == "adapters.slack.socket"]


async def renewed(stage: SlackStage, seconds: float = 8.0) -> None:
    """Return once Slack has greeted another socket, and it serves."""
    greeted = stage.server.sockets.counters["hello"]
    sockets = stage.server.sockets
    await sockets.until(lambda: sockets.counters["hello"] > greeted, seconds, lambda: str(sockets.counters))
    assert (await slash(stage, "help")).private
    assert await stage.slack.health() == ""


# --- addresses that open nothing -------------------------------------------------------------------------------------


async def test_an_address_that_opens_nothing_is_given_up(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """An address that was refused is not tried for ever: another is asked for, and one line says that it is renewed."""
    monkeypatch.setattr(connection, "ADDRESS_SECONDS", 0.3)
    before = asked(stage)
    stage.server.sockets.spoilt = 1
    stage.server.sockets.drop()
    await renewed(stage)
    assert asked(stage) == before + 2
    assert said(caplog) == [TROUBLED]
    assert "ticket=" not in caplog.text


async def test_an_address_that_opens_nothing_at_the_start_is_given_up(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first socket comes also by the second address."""
    monkeypatch.setattr(connection, "ADDRESS_SECONDS", 0.3)
    stage.server.sockets.spoilt = 1
    socket, slack = second(stage)
    await socket.log_in(slack)  # which asks for an address, too, to try the token
    stage.server.sockets.spoilt = 1
    async with asyncio.timeout(8):
        await socket.connect(slack)
    assert await slack.health() == ""
    await slack.close()


def second(stage: SlackStage) -> tuple[Socket, Slack]:
    """Another process for the same workspace, not started yet."""
    socket = Socket(stage.team.token, stage.server.app_token)
    slack = Slack(lambda _path: b"", socket.authorize, socket.forget, api_url=stage.server.api_url)
    slack.host = stage.host
    return socket, slack


@pytest.mark.parametrize("trouble", ["5xx", "429", "error", "cut"])
async def test_where_no_address_is_given_it_is_asked_for_again(
    stage: SlackStage, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    """Slack fails to give one: it is asked again after a moment, also where it had only asked to renew the socket."""
    method = "apps.connections.open"
    match trouble:
        case "5xx":
            stage.server.fail(method, 503)
        case "429":
            stage.server.limit(method, 1)
        case "error":
            stage.server.refuse(method, "internal_error")
        case _:
            stage.server.cut(method)
    stage.server.sockets.ask_reconnect(REFRESH)
    await renewed(stage)
    assert set(said(caplog)) <= {TROUBLED}


# --- sockets that Slack does not want, or forgets --------------------------------------------------------------------


@pytest.mark.parametrize(("reason", "line"), [(DISABLED, SWITCHED_OFF), (TOO_MANY_SOCKETS, TOO_MANY)])
async def test_where_slack_wants_no_socket_it_is_asked_seldom(
    stage: SlackStage, caplog: pytest.LogCaptureFixture, reason: str, line: str
) -> None:
    """Socket Mode switched off, or too many sockets: a line says what to do, health says so, and it comes back."""
    before = asked(stage)
    sockets = stage.server.sockets
    if reason == DISABLED:
        sockets.disable()
    else:
        sockets.most = 0
        sockets.ask_reconnect(TOO_MANY_SOCKETS)
    await sockets.until(lambda: sockets.counters["connected"] >= 4, 5, lambda: str(sockets.counters))
    await asyncio.sleep(0.5)
    assert asked(stage) - before == 3
    assert await stage.slack.health() == RENEWED
    assert said(caplog) == [line]
    sockets.enabled, sockets.most = True, 10
    await renewed(stage)


async def test_pauses_grow_and_have_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three addresses are had at once, then each pause is twice the last; after a socket that served, at once again."""
    now, rests = 0.0, []

    async def rest(_self: Connection, times: int) -> None:
        rests.append(min(connection.LONGEST_REST, 2.0**times))

    async def given(**_options: object) -> dict[str, str]:
        return {"url": "wss://nowhere.example"}

    monkeypatch.setattr(connection, "_now", lambda: now)
    monkeypatch.setattr(Connection, "_rest", rest)
    client = Connection("xapp-none")
    monkeypatch.setattr(client.web_client, "apps_connections_open", given)
    for _time in range(10):
        await client.issue_new_wss_url()
    assert rests == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0]
    now += connection.CALM_SECONDS
    await client.issue_new_wss_url()
    assert len(rests) == 7
    await client.close()


async def test_an_ordinary_renewal_is_immediate(stage: SlackStage, caplog: pytest.LogCaptureFixture) -> None:
    """Slack renews its sockets now and then: the next one is there at once, by one address, and nothing is logged."""
    before = asked(stage)
    for _time in range(2):
        stage.server.sockets.ask_reconnect(REFRESH)
        await renewed(stage, 0.9)
    assert asked(stage) == before + 2
    assert said(caplog) == []


async def test_a_socket_that_is_not_greeted_is_renewed(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Slack takes the socket and says nothing: it will deliver nothing there, and another one is opened."""
    monkeypatch.setattr(connection, "HELLO_SECONDS", 0.5)
    sockets = stage.server.sockets
    sockets.greeting = False
    sockets.drop()
    await sockets.until(lambda: sockets.counters["connected"] == 2, 5, lambda: str(sockets.counters))
    sockets.greeting = True
    await renewed(stage)


# --- the end ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trouble", ["away", "spoilt", "disabled", "slow"])
async def test_the_end_comes_while_a_socket_is_being_renewed(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    """Whatever is waited for, closing ends it at once, and nothing goes on behind it."""
    monkeypatch.setattr(connection, "AT_ONCE", 0)
    sockets = stage.server.sockets
    match trouble:
        case "away":
            stage.server.cut("apps.connections.open", times=None)
        case "spoilt":
            sockets.spoilt = 1_000
        case "slow":
            stage.server.slow("apps.connections.open", 0.5)
        case _:
            sockets.enabled = False
    sockets.drop()
    await asyncio.sleep(1.5)
    before = {task for task in asyncio.all_tasks() if "SocketModeClient" in repr(task)}
    assert before
    async with asyncio.timeout(1.5):
        await stage.slack.close()
        await asyncio.sleep(0.1)
    assert not [task for task in before if not task.done()]
    opened_before = asked(stage)
    await asyncio.sleep(0.3)
    assert asked(stage) == opened_before
