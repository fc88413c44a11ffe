"""How the local Slack reaches a bot and is answered: response URLs, websockets, signed requests, and their trouble."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.adapters.slack_bot import buttons, client_of, listening, running
from tests.fakes.slack_server import Interaction, SlackServer, all_of

ROOT = Path(__file__).parents[2]


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    """A stand-in that listens."""
    async with SlackServer() as started:
        yield started


# Response URLs.


async def test_a_response_url_lasts_five_times_and_half_an_hour(server: SlackServer) -> None:
    """Afterwards it is not found; what is refused does not use it up."""
    one = server.slash(None, "study", "ann", "hello")
    url = AsyncWebhookClient(one.payload["response_url"])
    assert (await url.send(text="", blocks=[{"type": "marquee"}])).body == "invalid_blocks"
    assert (await url.send(text="")).body == "no_text"
    assert (await url.send_dict({"words": "a"})).body == "invalid_payload"
    for number in range(5):
        answer = await url.send(text=f"{number}")
        assert (answer.status_code, answer.body) == (200, "ok")
    used = await url.send(text="6")
    assert (used.status_code, used.body) == (404, "used_url")
    assert len(one.messages) == 5
    other = AsyncWebhookClient(server.slash(None, "study", "ann", "hello").payload["response_url"])
    server.advance(1801)
    old = await other.send(text="a")
    assert (old.status_code, old.body) == (404, "expired_url")
    assert (await AsyncWebhookClient(f"{server.base_url}/respond/T1/wrong").send(text="a")).status_code == 404


async def test_what_a_response_url_does(server: SlackServer) -> None:
    """A new message, private or not, in a thread or not; a change of the message; its end."""
    channel = server.world.team().channel("study")
    await client_of(server).chat_postMessage(channel=channel.id, text="a", blocks=buttons("a"))
    message = channel.public[0]
    one = server.press(None, "ann", message)
    url = AsyncWebhookClient(one.payload["response_url"])
    await url.send_dict({"text": "under", "response_type": "ephemeral", "thread_ts": message.ts})
    assert (one.messages[0].thread_ts, one.messages[0].seen_by) == (message.ts, one.user.id)
    await url.send(text="all", response_type="in_channel")
    assert one.messages[1].seen_by is None
    await url.send(text="new", replace_original=True)
    assert (message.text, message.controls) == ("new", [])
    await url.send(delete_original=True)
    assert message.ts not in channel.messages
    assert (await url.send(text="again", replace_original=True)).body == "message_not_found"


# Websockets and their trouble.


async def test_each_gesture_takes_one_socket(server: SlackServer) -> None:
    """Several websockets share the work, none of it is done twice."""
    async with running(server) as first, running(server) as second:
        await all_of([server.slash(None, "study", "ann", f"{number}") for number in range(6)])
        assert len(first.heard) == len(second.heard) == 3
        texts = {body["text"] for body in first.heard + second.heard}
        assert texts == {str(number) for number in range(6)}


async def test_a_bot_that_does_not_answer_in_time(server: SlackServer) -> None:
    """The member sees a time-out; a bot without a socket is not reached at all."""
    nobody = server.slash(None, "study", "ann", "hello")
    assert nobody.failed == "dispatch_failed"
    server.delivery.seconds = 0.1
    async with running(server):
        one = await server.slash(None, "study", "ann", "silence").wait("failed")
        assert one.failed == "operation_timeout"
        assert not one.acknowledged


async def test_an_event_is_delivered_again(server: SlackServer) -> None:
    """One that is not acknowledged comes again, and says so; a command does not."""
    server.delivery.seconds, server.delivery.pauses = 0.05, (0.0, 0.0)
    connection = await raw_socket(server)
    assert json.loads((await connection.receive()).data)["type"] == "hello"
    one = server.mention(None, "study", "ann", "hello")
    seen = [json.loads((await connection.receive()).data) for _ in range(3)]
    assert [(each["retry_attempt"], each["retry_reason"]) for each in seen] == [(0, ""), (1, "timeout"), (2, "timeout")]
    assert len({each["payload"]["event_id"] for each in seen}) == 1
    await connection.send_json({"envelope_id": seen[0]["envelope_id"]})
    await one.wait("acknowledged")
    assert one.deliveries == 3
    command = server.slash(None, "study", "ann", "hello")
    assert json.loads((await connection.receive()).data)["accepts_response_payload"]
    await command.wait("failed")
    assert command.deliveries == 1
    await connection.send_str("not JSON")
    await connection.send_json({"envelope_id": "unknown"})
    await server.sockets.until(lambda: server.sockets.counters["unknown_acks"] == 1, 5, str)
    assert server.sockets.counters["malformed"] == 1
    await connection.close()


async def raw_socket(server: SlackServer) -> Any:
    """A websocket without a client's behaviour."""
    url = (await client_of(server, "").apps_connections_open(app_token=server.app_token))["url"]
    session = aiohttp.ClientSession()
    connection = await session.ws_connect(url)
    end = connection.close

    async def close() -> None:
        await end()
        await session.close()

    connection.close = close  # type: ignore[method-assign]
    return connection


async def test_a_ticket_opens_one_socket(server: SlackServer) -> None:
    """An address of a websocket is good once."""
    url = (await client_of(server, "").apps_connections_open(app_token=server.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as connection:
            assert (await connection.receive_json())["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_everything_twice(server: SlackServer) -> None:
    """On demand a gesture is delivered twice, at once or later; one acknowledgement counts."""
    async with running(server) as bot:
        server.delivery.twice = True
        one = server.slash(None, "study", "ann", "hello")
        await server.sockets.until(lambda: server.counters["ignored_acks"] == 1, 5, one.story)
        server.delivery.twice = False
        server.delivery.redeliver(one)
        await server.sockets.until(lambda: server.counters["ignored_acks"] == 2, 5, one.story)
        assert len(bot.heard) == 3
        assert (one.deliveries, len(one.messages)) == (3, 1)


async def test_a_bot_comes_back_after_a_goodbye(server: SlackServer) -> None:
    """Asked to reconnect, the real client opens another socket; gestures go on."""
    async with running(server):
        server.sockets.ask_reconnect()
        await server.sockets.until(lambda: server.sockets.counters["hello"] == 2, 5, str)
        await server.ready()
        assert (await server.slash(None, "study", "ann", "hello").wait()).text == "hello"


async def test_a_bot_comes_back_after_a_lost_connection(server: SlackServer) -> None:
    """Dropped without a word, the real client notices within its ping interval."""
    async with running(server, ping_interval=0.1):
        server.sockets.drop()
        assert server.slash(None, "study", "ann", "hello").failed == "dispatch_failed"
        await server.ready()
        assert (await server.slash(None, "study", "ann", "hello").wait()).text == "hello"


async def test_a_bot_leaves_a_silent_connection(server: SlackServer) -> None:
    """A connection that neither reads nor sends is given up for another; what went over it is lost."""
    server.delivery.seconds = 0.2
    async with running(server, ping_interval=0.2):
        server.sockets.go_silent()
        lost = await server.slash(None, "study", "ann", "hello").wait("failed")
        assert lost.failed == "operation_timeout"
        await server.sockets.until(lambda: any(not one.silent for one in server.sockets.live), 10, str)
        answered = [server.slash(None, "study", "ann", "hello") for _ in server.sockets.live]
        await asyncio.wait_for(one_of(answered), 5)


async def one_of(interactions: list[Interaction]) -> None:
    """Return once one of them is answered."""
    tasks = [asyncio.create_task(one.wait()) for one in interactions]
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()


async def test_socket_mode_is_switched_off(server: SlackServer) -> None:
    """The goodbye says so, to open sockets and to new ones."""
    connection = await raw_socket(server)
    await connection.receive()
    server.sockets.disable()
    assert json.loads((await connection.receive()).data)["reason"] == "link_disabled"
    await connection.close()
    other = await raw_socket(server)
    assert json.loads((await other.receive()).data)["reason"] == "link_disabled"
    await other.close()


# HTTP.


async def test_only_slack_is_believed(server: SlackServer) -> None:
    """A request without a signature, with another secret's or with an old one is refused by the real app."""
    async with listening(server):
        one = await server.slash(None, "study", "ann", "hello").wait()
        body = json.dumps({"type": "url_verification", "challenge": "a word"})
        kind = {"Content-Type": "application/json"}
        assert (await server.delivery.request(body, kind | server.delivery.signed(body)))[0] == 200
        for headers in (
            {},
            server.delivery.signed(body, secret="another"),
            server.delivery.signed(body, at=time.time() - 3600),
            server.delivery.signed("other"),
        ):
            assert (await server.delivery.request(body, kind | headers))[0] == 401
    assert one.text == "hello"


async def test_an_event_that_http_refuses_comes_again(server: SlackServer) -> None:
    """With the number of the retry and its reason; a command that fails is told to the member."""
    seen: list[tuple[str | None, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=200 if len(seen) == 3 else 500)

    app = web.Application()
    app.router.add_post("/slack/events", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.delivery.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    server.delivery.pauses = (0.0, 0.0)
    await server.mention(None, "study", "ann", "hello").wait("acknowledged")
    assert seen == [(None, None), ("1", "http_error"), ("2", "http_error")]
    failed = await server.slash(None, "study", "ann", "hello").wait("failed")
    assert failed.failed == "dispatch_failed"
    await runner.cleanup()
    gone = await server.slash(None, "study", "ann", "hello").wait("failed")
    assert gone.failed == "dispatch_failed"


# Another process.


@contextmanager
def another_process(*options: str) -> Iterator[dict[str, Any]]:
    """The stand-in in a process of its own; what it says of itself."""
    command = [sys.executable, "-m", "tests.fakes.slack_server", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ)) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            assert process.wait(10) == 0


async def test_a_process_of_its_own() -> None:
    """It says where it is, and takes gestures over HTTP, many at once."""
    with another_process("--teams", "2") as said:
        async with aiohttp.ClientSession() as session:

            async def ask(verb: str, **arguments: Any) -> Any:
                async with session.post(f"{said['control']}/{verb}", json=arguments) as answer:
                    return await answer.json()

            token = next(iter(said["tokens"].values()))
            app = AsyncApp(token=token, client=AsyncWebClient(token, base_url=f"{said['api']}/"))

            async def answer(ack: Any, command: Any) -> None:
                await ack(command["text"])

            app.command("/mate")(answer)
            handler = AsyncSocketModeHandler(
                app, said["app_token"], web_client=AsyncWebClient(base_url=f"{said['api']}/")
            )
            await handler.connect_async()
            await ask("ready")
            one = await ask("slash", channel="study", user="ann", text="hello", wait="answered")
            assert (one["text"], one["failed"]) == ("hello", "")
            gesture = {"verb": "slash", "channel": "study", "user": "ann", "text": "hello"}
            many = await ask("many", gestures=[gesture] * 5)
            assert [(one["failed"], one["answered_after"] < 5) for one in many] == [(False, True)] * 5
            empty = await ask("slash", channel="study", user="zoe")
            assert "no user 'zoe'" in empty["error"]
            state = await ask("state")
            assert [one["token"] for one in state["teams"]] == list(said["tokens"].values())
            assert [call["method"] for call in await ask("log", method="apps.*")] == ["apps.connections.open"]
            await ask("set", trigger_seconds=10, seconds=5)
            assert "no such setting" in (await ask("set", colour="red"))["error"]
            await ask("forget")
            counters = await ask("counters")
            assert (counters["acknowledged"], counters["live"], counters["bugs"]) == (6, 1, [])
            assert "no such verb" in (await ask("dance"))["error"]
            await handler.close_async()


async def test_a_fault_of_its_own_is_not_hidden() -> None:
    """Where the stand-in itself fails, the test that used it fails."""

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    server = SlackServer()
    await server.start()
    server.post = broken  # type: ignore[method-assign]
    answer: Callable[[], Any] = client_of(server).chat_postMessage
    with pytest.raises(SlackApiError, match="500"):
        await answer(channel=server.world.team().channel("study").id, text="a")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        await server.stop()
