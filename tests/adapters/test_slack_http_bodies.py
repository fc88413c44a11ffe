"""Slack over HTTP: bodies that are too long, that cannot be read, or that never end."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
import pytest_asyncio
from aiohttp import web

from adapters.slack import http
from adapters.slack.adapter import EVENTS
from adapters.slack.logs import NOT_INSTALLED, NOT_KNOWN
from adapters.web import Metrics, Web
from tests.adapters.slack_town_http import FORM, JSON, SIGNATURE, WORD, HttpTown, http_town
from tests.e2e.slack_town import free_port

pytestmark = pytest.mark.asyncio(loop_scope="module")
MOST = 1024 * 1024
NESTED = 100_000
UNSIGNED = {SIGNATURE: None}


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HttpTown]:
    """A workspace that has the bot."""
    async with http_town(tmp_path_factory.mktemp("http")) as here:
        yield here


# --- how long ----------------------------------------------------------------------------------------------------


def padded(body: bytes, size: int) -> bytes:
    """The same command with a field that nobody reads, to have this size."""
    start = body + b"&more="
    return start + b"a" * (size - len(start))


async def pieces(body: bytes) -> AsyncIterator[bytes]:
    """A body whose length is not told beforehand."""
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]


@pytest.mark.parametrize("chunked", [False, True])
async def test_a_megabyte_is_read_where_slack_has_signed_it(town: HttpTown, *, chunked: bool) -> None:
    """One MiB is taken, with its length told or in chunks; unsigned it is refused, and nothing is done."""
    body = padded(town.typed("help"), MOST)
    headers = {"Content-Type": FORM, **town.signed(body)}
    answer = await town.ask("POST", EVENTS, pieces(body) if chunked else body, headers)
    assert answer.status == 200
    assert "quiz start" in answer.text
    async with town.nothing_done():
        headers = {**headers, SIGNATURE: f"v0={'0' * 64}"}
        assert (await town.ask("POST", EVENTS, pieces(body) if chunked else body, headers)).status == 401


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize("size", [MOST + 1, 5 * MOST])
async def test_more_than_a_megabyte_is_refused(town: HttpTown, size: int, *, chunked: bool, signed: bool) -> None:
    """413, whoever has sent it and whether its length was told or not; nothing is done."""
    body = padded(town.typed("help"), size)
    headers = {"Content-Type": FORM, **town.signed(body), **({} if signed else UNSIGNED)}
    async with town.nothing_done():
        answer = await town.ask("POST", EVENTS, pieces(body) if chunked else body, headers)
    assert answer.status == 413


async def test_what_unpacks_to_more_than_a_megabyte_is_refused(town: HttpTown) -> None:
    """A small body that would fill the memory is not unpacked to its end."""
    bomb = gzip.compress(b"0" * 20 * MOST)
    async with town.nothing_done():
        answer = await town.deliver(bomb, FORM, {"Content-Encoding": "gzip"})
    assert answer.status == 413


# --- what cannot be read -----------------------------------------------------------------------------------------

REFUSED: dict[str, tuple[bytes, str | None]] = {
    "no JSON": (b"{", JSON),
    "no object": (b"[]", JSON),
    "an event that is none": (b'{"type": "event_callback", "team_id": "T1", "event": "app_mention"}', JSON),
    "an event that is a list": (b'{"type": "event_callback", "team_id": "T1", "event": []}', JSON),
    "null": (b"null", JSON),
    "nothing as JSON": (b"", JSON),
    "a number of no end": (b'{"type":' + b"9" * 5_000 + b"}", JSON),
    "JSON that is not UTF-8": (b'{"type":"\xff"}', JSON),
    "a form that is not UTF-8": (b"command=\xff", FORM),
    "a payload that is no JSON": (b"payload=soon", FORM),
    "a payload that is null": (b"payload=null", FORM),
    "a payload that is a list": (b"payload=%5B%5D", FORM),
    "no type": (b"command=%2Fmate", None),
    "plain text": (b"command=%2Fmate", "text/plain"),
    "a form of files": (b"--x\r\n\r\n--x--\r\n", "multipart/form-data; boundary=x"),
    "another alphabet": (b"command=%2Fmate", f"{FORM}; charset=utf-16"),
}
FAULTY: dict[str, tuple[bytes, str | None]] = {
    "JSON that is nested": (b"[" * NESTED + b"]" * NESTED, JSON),
    "objects that are nested": (b'{"type":' * NESTED + b"1" + b"}" * NESTED, JSON),
    "a payload that is nested": (b"payload=" + b"[" * NESTED, FORM),
    "a payload of nothing": (b"payload=", FORM),
    "two payloads": (b"payload=%7B%7D&payload=soon", FORM),
    "a form that looks like JSON": (b"{", FORM),
    "an alphabet that there is not": (b"command=%2Fmate", f"{FORM}; charset=nope"),
    "authorizations that are no list": (b'{"authorizations":1}', JSON),
    "an authorization that is no object": (b'{"authorizations":[1]}', JSON),
    "an enterprise that is a number": (b'{"enterprise":1}', JSON),
    "a user that is a number": (b"payload=%7B%22user%22%3A1%7D", FORM),
    "addresses that are no list": (b'{"response_urls":1}', JSON),
}
CASES = [
    *(pytest.param(body, kind, id=name) for name, (body, kind) in REFUSED.items()),
    *(pytest.param(body, kind, id=name) for name, (body, kind) in FAULTY.items()),
]


@pytest.mark.parametrize(("body", "kind"), CASES)
async def test_what_cannot_be_read_is_refused(town: HttpTown, body: bytes, kind: str | None) -> None:
    """400 where Slack has signed it, a refusal of some kind where not; no line in the log, and nothing is done."""
    async with town.nothing_done():
        signed, unsigned = await town.deliver(body, kind), await town.deliver(body, kind, UNSIGNED)
    assert signed.status == 400
    assert unsigned.status in (400, 401)
    assert len(signed.text) < 100


@pytest.mark.parametrize("packed", [pytest.param("gzip"), pytest.param("deflate")])
async def test_what_cannot_be_unpacked_is_refused(town: HttpTown, packed: str) -> None:
    """400, no line in the log, and nothing is done."""
    async with town.nothing_done():
        answer = await town.deliver(b"\xff\xff\xff", FORM, {"Content-Encoding": packed})
    assert answer.status == 400


@pytest.mark.parametrize("body", [b"", b"text=help", b"payload_of=nothing", b"\x00=%00", b"text=a%00b&user_id=%00"])
async def test_a_form_that_says_nothing_does_nothing(town: HttpTown, body: bytes) -> None:
    """What Slack has signed, but comes from no workspace, is for nobody; unsigned it is refused."""
    async with town.nothing_done(NOT_INSTALLED, NOT_KNOWN):
        assert (await town.deliver(body)).status == 200
        assert (await town.deliver(body, FORM, UNSIGNED)).status == 401


async def test_a_zero_byte_is_a_letter_like_any_other(town: HttpTown) -> None:
    """In the line, the names and the handles of a command: it is answered, and no line in the log tells of it."""
    said = len(town.said())
    body = town.typed(f"help quiz\0 {WORD}\0", user_name="a\0b", trigger_id="1\0.2")
    assert (await town.deliver(body)).status == 200
    await town.settled()
    assert town.said()[said:] == []


NO_HTTP = {
    "an address of no end": b"GET /slack/oauth_redirect?state=" + b"a" * 9_000 + b" HTTP/1.1\r\n\r\n",
    "a header of no end": b"POST /slack/events HTTP/1.1\r\nX-Slack-Signature: " + b"0" * 9_000 + b"\r\n\r\n",
    "a zero byte": b"POST /slack/events HTTP/1.1\r\nX-Slack-Signature: \0\r\n\r\n",
    "a length below zero": b"POST /slack/events HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "two lengths": b"POST /slack/events HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk of no length": b"POST /slack/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
}


@pytest.mark.parametrize("words", NO_HTTP.values(), ids=NO_HTTP)
async def test_what_is_no_http_is_refused(town: HttpTown, words: bytes) -> None:
    """400, no line in the log, and nothing is done."""
    async with town.nothing_done():
        reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
        writer.write(words)
        async with asyncio.timeout(5):
            answer = await reader.readline()
        writer.close()
    assert b" 400 " in answer


# --- what never ends ---------------------------------------------------------------------------------------------

BEGUN = (
    b"POST",
    b"POST /slack/events HTTP/1.1\r\nHost: bot.example\r\nContent-Type",
    b"POST /slack/events HTTP/1.1\r\nContent-Length: 500\r\nContent-Type: application/json\r\nHost: a.example\r\n\r\n{",
    b"POST /slack/events HTTP/1.1\r\nTransfer-Encoding: chunked\r\nHost: bot.example\r\n\r\n5\r\ncomma",
)


@asynccontextmanager
async def begun(town: HttpTown) -> AsyncIterator[None]:
    """Forty requests that go no further, and are given up at the end."""
    writers = []
    for number in range(40):
        _reader, writer = await asyncio.open_connection("127.0.0.1", town.port)
        writer.write(BEGUN[number % len(BEGUN)])
        await writer.drain()
        writers.append(writer)
    yield
    for writer in writers:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def test_who_sends_half_holds_up_nobody(town: HttpTown) -> None:
    """While forty requests have come in half, members are answered at once, and the process says that it is well."""
    async with begun(town):
        for _time in range(3):
            assert ((await town.slash("")).acknowledged_after or 9) < 1
            assert (await town.ask("GET", "/healthz")).status == 200


async def test_who_leaves_in_the_middle_leaves_nothing(town: HttpTown) -> None:
    """No line in the log, no row and no call comes of requests that end before they are there in full."""
    async with town.nothing_done(), begun(town):
        assert (await town.ask("GET", "/healthz")).status == 200


async def test_who_sends_half_does_not_hold_up_the_end() -> None:
    """A server that is told to stop does not wait for the rest of a body: the whole program has ten seconds."""
    reading = asyncio.Event()

    async def read(request: web.Request) -> web.Response:
        reading.set()
        return web.Response(body=await request.read())

    server = Web(free_port(), {}, Metrics(), [web.post(EVENTS, read)])
    await server.open()
    _reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    writer.write(BEGUN[2])
    await reading.wait()
    try:
        async with asyncio.timeout(3):
            await server.close()
    finally:
        writer.close()
        await server.close()


async def test_a_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who sends half a body and waits is told so, and the connection is free again."""
    monkeypatch.setattr(http, "BODY_SECONDS", 0.2)

    async def read(request: web.Request) -> web.Response:
        await http.taken(request, "a secret")
        return web.Response()

    server = Web(free_port(), {}, Metrics(), [web.post(EVENTS, read)])
    await server.open()
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(BEGUN[2])
        async with asyncio.timeout(5):
            assert b" 408 " in await reader.readline()
            writer.close()
    finally:
        await server.close()
