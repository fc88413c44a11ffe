"""The event loop's side of the core: forms beside the busy pool, what is counted, turns, health."""

import asyncio
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.chat.cards import Card
from bot.chat.commands import Action, Command, Feature
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.port import DeliveryError, Failure
from bot.chat.replies import Reply
from bot.chat.requests import CommandCall, FormSubmit, HomeOpened, Life, Press, Shortcut
from bot.context import Context
from bot.delivery import Delivery
from bot.host import THREADS, Host
from bot.library import Library
from bot.store.engine import open_engine
from tests.app.stand import Stand, standing
from tests.clock import Clock
from tests.fakes.chat_port import FakeChatPort

FORM = Form("Form", "lab.fill", (), (Field("words", "Words", FieldKind.LINE),))
FORMS = "forms"


class Gate:
    """Holds up whoever comes until it is opened."""

    def __init__(self) -> None:
        self.close()

    def close(self) -> None:
        """Hold up whoever comes from now on."""
        self.open = threading.Event()
        self.inside = threading.Semaphore(0)

    def wait(self, _ctx: Context, _options: object) -> Reply:
        """Stand still in the pool."""
        self.inside.release()
        assert self.open.wait(20)
        return Reply(card=Card("Done"))


def form(_ctx: Context, _given: object) -> Reply:
    """Open a form, on a thread that is named in it."""
    assert threading.current_thread().name.startswith(FORMS)
    return Reply(form=FORM)


GATE = Gate()
LABORATORY = Feature(
    "laboratory",
    commands=(
        Command("lab wait", "Wait.", GATE.wait, reads=True),
        Command("lab form", "Form.", form, opens_form=True),
        Command("lab other", "Other.", lambda _ctx, _options: Reply(card=Card("Done"))),
    ),
    actions=(
        Action("lab.form", form, "lab form", opens_form=True),
        Action("lab.fill", lambda _ctx, _args: Reply(card=Card("Done")), "lab form"),
    ),
)


@pytest.fixture
async def lab(engine: Engine, library: Library, clock: Clock) -> AsyncIterator[Stand]:
    """A stand with the laboratory."""
    GATE.close()
    async for made in standing(engine, library, clock, (LABORATORY,)):
        yield made


async def test_a_form_does_not_wait_behind_a_busy_core(lab: Stand) -> None:
    """Every thread of the pool is stuck and more requests wait: a form opens all the same, for a newcomer too."""
    await lab.say("mate")
    waiting = [asyncio.create_task(lab.call("lab wait")) for _request in range(THREADS + 3)]
    for _thread in range(THREADS):
        assert await asyncio.to_thread(GATE.inside.acquire, timeout=10)
    for request in (CommandCall(name="lab form", **lab.asked("new")), Press(token="lab.form", **lab.asked("newer"))):
        async with asyncio.timeout(5):
            reply = await lab.host.open_form(request)
        assert reply is not None
        assert reply.form == FORM
    GATE.open.set()
    assert all(await asyncio.gather(*waiting))


async def test_what_opens_a_form(lab: Stand) -> None:
    """Declared commands and actions do, a button that runs such a command too; nothing else does."""
    asked = lab.asked()
    opening = (
        CommandCall(name="lab form", **asked),
        Press(token="lab.form|1", **asked),
        Press(token="do|lab form|words=x", **asked),
    )
    assert [lab.host.opens_form(request) for request in opening] == [True] * len(opening)
    others = (
        CommandCall(name="lab other", **asked),
        CommandCall(name="no such command", **asked),
        Press(token="lab.fill", **asked),
        Press(token="do|lab other", **asked),
        Press(token="do", **asked),
        Press(token="", **asked),
        FormSubmit(token="lab.form", fields={}, **asked),
        HomeOpened(**asked),
        Shortcut(name="lab form", **asked),
    )
    assert [lab.host.opens_form(request) for request in others] == [False] * len(others)


@dataclass
class Tally:
    """A meter that remembers."""

    requests: list[tuple[str, str]] = field(default_factory=list)
    messages: list[tuple[str, str]] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)

    def handled(self, platform: str, gesture: str, seconds: float) -> None:
        """Remember a request."""
        self.requests.append((platform, gesture))
        self.seconds.append(seconds)

    def sent(self, platform: str, outcome: str) -> None:
        """Remember a message."""
        self.messages.append((platform, outcome))


async def test_requests_are_counted(lab: Stand) -> None:
    """Each request is counted by its gesture, with the time that it took in the core."""
    lab.host.meter = tally = Tally()
    asked = lab.asked()
    GATE.open.set()
    for number, make in enumerate((CommandCall, Shortcut)):
        await lab.host.handle(make(name="lab wait", **asked | {"delivery": f"a{number}"}))
    await lab.host.handle(Press(token="lab.fill", **asked | {"delivery": "b"}))
    await lab.host.handle(FormSubmit(token="lab.fill", fields={}, **asked | {"delivery": "c"}))
    await lab.host.handle(HomeOpened(**asked | {"delivery": "d"}))
    await lab.host.open_form(CommandCall(name="lab form", **asked | {"delivery": "e"}))
    await lab.happen(Life.REMOVED)
    gestures = ["command", "shortcut", "press", "form", "home", "command", "lifecycle"]
    assert tally.requests == [("fake", gesture) for gesture in gestures]
    assert all(0 <= seconds < 10 for seconds in tally.seconds)


async def test_the_time_of_a_request_is_measured(lab: Stand) -> None:
    """A request that takes a while is counted with that while."""
    await lab.say("mate")
    lab.host.meter = tally = Tally()
    task = asyncio.create_task(lab.call("lab wait"))
    await asyncio.sleep(0.2)
    GATE.open.set()
    await task
    assert 0.2 <= tally.seconds[0] < 10


async def test_messages_are_counted_by_their_fate(lab: Stand) -> None:
    """Sent, edited, or the failure's name: once for each call of the platform."""
    lab.host.meter = tally = Tally()
    await lab.say("quiz live", options={"topic": "vectors", "questions": "1"})
    await lab.say("quiz stop")
    lab.port.refuses["post", "general"] = DeliveryError(Failure.TRANSIENT, "busy", retry_after=1)
    await lab.say("quiz live", options={"topic": "vectors", "questions": "1"})
    lab.port.refuses["post", "general"] = DeliveryError(Failure.FORBIDDEN, "no")
    await lab.settle()
    outcomes = [outcome for _platform, outcome in tally.messages]
    told = "sent"  # in private, to who started what nobody saw
    assert outcomes == ["sent", "edited", "sent", "transient", "forbidden", told]


async def test_without_a_meter_nothing_is_counted(lab: Stand) -> None:
    """Nobody has to count."""
    await lab.say("quiz live", options={"topic": "vectors", "questions": "1"})
    assert len(lab.posted()) == 1


async def test_turns_are_apart(lab: Stand) -> None:
    """Whoever asks for a turn waits for those before; each name has turns of its own."""
    every = timedelta(seconds=5)
    assert [await lab.host.turn("identify", every) for _caller in range(3)] == [0, 5, 10]
    assert await lab.host.turn("other", every) == 0
    lab.clock.advance(seconds=11)
    assert await lab.host.turn("identify", every) == 4
    lab.clock.advance(seconds=60)
    assert await lab.host.turn("identify", every) == 0


async def test_health_of_a_database_that_answers(lab: Stand) -> None:
    """Nothing is wrong."""
    assert await lab.host.health() == ""


async def test_health_of_a_database_out_of_reach(library: Library, clock: Clock) -> None:
    """A database that does not answer is said to be ill, without its address."""
    nowhere = open_engine("postgresql://somebody:secret@127.0.0.1:1/nothing")
    async for stand in standing(nowhere, library, clock):
        assert await stand.host.health() == "the database does not answer: OperationalError"
    nowhere.dispose()


async def test_a_sender_that_runs_sends_what_is_wished_for(lab: Stand) -> None:
    """With its workers running, the host sends by itself, also while one channel hangs."""
    host: Host = lab.host
    lab.port.held["slow"] = asyncio.Event()
    await host.start()
    options = {"topic": "vectors", "questions": "1"}
    for server, channel in (("one", "slow"), ("two", "general")):
        await lab.call("quiz live", options=options, server=server, channel=channel)
        async with asyncio.timeout(10):
            while len(lab.port.calls) < (1 if channel == "slow" else 2):  # noqa: ASYNC110 (the sender tells nobody)
                await asyncio.sleep(0.01)
    assert lab.posted() == ["live:2:0"]
    lab.port.held["slow"].set()
    await host.stop()
    assert sorted(lab.posted()) == ["live:1:0", "live:2:0"]


async def test_the_end_waits_for_no_platform(lab: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looks at places that a platform does not answer hold up neither the end of the process nor its event loop."""
    asked = asyncio.Event()

    async def never(_port: object, _space: object) -> None:
        asked.set()
        await asyncio.sleep(60)

    monkeypatch.setattr(FakeChatPort, "probe", never)
    for hour in ("10", "11", "12"):
        await lab.call("schedule add", "mod", {"kind": "quiz", "time": hour}, admin=True)
    await lab.call("schedule health", "mod", admin=True)
    await lab.host.start()
    async with asyncio.timeout(5):
        await asked.wait()
        stopping = asyncio.create_task(lab.host.stop())
        loop, longest = asyncio.get_running_loop(), 0.0
        while not stopping.done():
            before = loop.time()
            await asyncio.sleep(0.01)
            longest = max(longest, loop.time() - before)
    assert longest < 1


async def test_a_sender_that_fails_goes_on(lab: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever goes wrong in it is logged, and what waits is sent all the same."""
    flush, failed = Delivery.flush, []

    async def once(delivery: Delivery) -> object:
        if not failed:
            failed.append("x")
            raise ZeroDivisionError
        return await flush(delivery)

    monkeypatch.setattr(Delivery, "flush", once)
    await lab.call("quiz live", options={"topic": "vectors", "questions": "1"})
    await lab.host.start()
    for _moment in range(200):
        await asyncio.sleep(0.05)
        if lab.posted("live:"):
            break
    assert failed
    assert lab.posted("live:")
