"""Sixteen messages at once, one at a time in each place: what holds up one place holds up no other."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import pytest
from sqlalchemy import Engine, select

from bot.chat import wire
from bot.chat.cards import Card
from bot.chat.people import Account, Space
from bot.chat.port import DeliveryError, Failure
from bot.delivery import AT_ONCE, Delivery
from bot.store import lanes, messages
from bot.store.engine import open_engine, transaction
from bot.store.lanes import IN_FLIGHT
from bot.store.messages import MESSAGE
from tests.clock import Clock
from tests.fakes.chat_port import FakeChatPort


class Sender:
    """The real sender on a platform in memory."""

    def __init__(self, engine: Engine, clock: Clock) -> None:
        self.engine = engine
        self.clock = clock
        self.port = FakeChatPort()
        self.delivery = Delivery(engine, {"fake": self.port}, clock, asyncio.to_thread)
        self.task: asyncio.Task[object] | None = None

    def want(self, key: str, channel: str, *, user: str = "", thread: str | None = None) -> None:
        """Wish for a message in a channel, or in private."""
        with transaction(self.engine) as db:
            messages.want(
                db,
                key=key,
                card=wire.to_json(Card(key)),
                space=Space("fake", "server", channel, thread),
                account=Account("fake", user) if user else None,
                group_id=None,
                now=self.clock.now,
            )
        self.delivery.wanted.set()

    def begin(self) -> None:
        """Send in the background."""
        self.task = asyncio.create_task(self.delivery.flush())

    async def until(self, *keys: str) -> None:
        """Wait until these have been sent."""
        await self._until(lambda: all(self.states()[key] == "sent" for key in keys))

    async def until_called(self, times: int) -> None:
        """Wait until the platform was called so often."""
        await self._until(lambda: len(self.port.calls) >= times)

    async def _until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(10):
            while not holds():  # noqa: ASYNC110 (the sender tells nobody)
                await asyncio.sleep(0.01)

    def states(self) -> dict[str, str]:
        """The state of every message."""
        with transaction(self.engine, reads=True) as db:
            return {row.key: row.state for row in db.execute(select(MESSAGE.c.key, MESSAGE.c.state))}


@pytest.fixture
async def sender(engine: Engine, clock: Clock) -> AsyncIterator[Sender]:
    """A sender, which is let go at the end."""
    made = Sender(engine, clock)
    yield made
    for event in made.port.held.values():
        event.set()
    if made.task is not None:
        await made.task


async def test_a_channel_that_hangs_holds_up_no_other(sender: Sender) -> None:
    """While a post in one channel hangs, the others' go out, those wished for later too; its own wait behind it."""
    sender.port.held["slow"] = asyncio.Event()
    for key, channel in (("s1", "slow"), ("a1", "a"), ("s2", "slow"), ("b1", "b"), ("a2", "a")):
        sender.want(key, channel)
    sender.begin()
    await sender.until("a1", "b1", "a2")
    assert sender.states() == {"s1": "sending", "s2": "due", "a1": "sent", "a2": "sent", "b1": "sent"}
    sender.want("b2", "b")
    await sender.until("b2")
    assert sender.task is not None
    assert not sender.task.done(), "it is not over while something is on its way"
    sender.port.held["slow"].set()
    await sender.task
    assert set(sender.states().values()) == {"sent"}
    assert [key for what, key in sender.port.calls if key[0] == "s"] == ["s1", "s2"]


async def test_order_within_a_lane(sender: Sender) -> None:
    """Twenty messages of each of three places arrive in the order in which they were wished for."""
    for number in range(20):
        for channel in "abc":
            sender.want(f"{channel}{number}", channel)
    await sender.delivery.flush()
    for channel in "abc":
        assert [k for _what, k in sender.port.calls if k[0] == channel] == [f"{channel}{n}" for n in range(20)]


@pytest.mark.parametrize(
    "places",
    [
        ({"channel": "a"}, {"channel": "b"}),
        ({"channel": "a"}, {"channel": "a", "thread": "t"}),
        ({"channel": "", "user": "u1"}, {"channel": "", "user": "u2"}),
    ],
    ids=["channels", "a channel and a thread of it", "accounts"],
)
async def test_what_a_lane_is(sender: Sender, places: tuple[dict[str, str], dict[str, str]]) -> None:
    """Channels, threads and accounts each have a lane of their own."""
    first, second = places
    held = asyncio.Event()
    sender.port.held[first.get("user") or first["channel"]] = held
    sender.want("one", **first)
    sender.want("two", **second)
    sender.begin()
    await sender.until("two")
    assert sender.states()["one"] == "sending"


async def test_a_lane_whose_first_message_fails_waits_for_it(sender: Sender, clock: Clock) -> None:
    """A platform that wants to be left alone in one channel gets nothing there until then, and all in order then."""
    sender.port.refuses["post", "busy"] = DeliveryError(Failure.TRANSIENT, "slow down", retry_after=20)
    for key, channel in (("b1", "busy"), ("a1", "a"), ("b2", "busy"), ("a2", "a")):
        sender.want(key, channel)
    assert await sender.delivery.flush() == clock.now + timedelta(seconds=20)
    assert sender.states() == {"b1": "due", "b2": "due", "a1": "sent", "a2": "sent"}
    assert [key for _what, key in sender.port.calls].count("b1") == 1

    clock.advance(seconds=19)
    sender.want("b1", "busy")  # a newer card for it, and another message there, do not break the silence
    sender.want("b3", "busy")
    assert await sender.delivery.flush() == clock.now + timedelta(seconds=1)
    assert [key for _what, key in sender.port.calls if key[0] == "b"] == ["b1"]

    del sender.port.refuses["post", "busy"]
    clock.advance(seconds=1)
    assert await sender.delivery.flush() is None
    assert [key for what, key in sender.port.calls if key[0] == "b" and what == "post"] == ["b1", "b1", "b2", "b3"]


async def test_sixteen_at_once(sender: Sender) -> None:
    """No more than sixteen calls are on their way, each marked as being sent; the rest waits unmarked."""
    for number in range(AT_ONCE + 4):
        sender.port.held[f"c{number}"] = asyncio.Event()
        sender.want(f"k{number}", f"c{number}")
    sender.begin()
    await sender.until_called(AT_ONCE)
    await asyncio.sleep(0.1)
    assert len(sender.port.calls) == AT_ONCE
    assert list(sender.states().values()).count("sending") == AT_ONCE
    sender.port.held["c3"].set()
    await sender.until("k3")
    await sender.until_called(AT_ONCE + 1)
    assert list(sender.states().values()).count("sending") == AT_ONCE


async def test_an_edit_that_falls_due_meanwhile_goes_out(sender: Sender, clock: Clock) -> None:
    """While one channel hangs, an edit elsewhere whose pause is over does not wait for it."""
    sender.want("a1", "a")
    await sender.delivery.flush()
    with transaction(sender.engine) as db:
        db.execute(MESSAGE.update().values(state="due", wanted=2, due_at=clock.now + timedelta(seconds=0.3)))
    sender.port.held["slow"] = asyncio.Event()
    sender.want("s1", "slow")
    sender.begin()
    await sender.until_called(2)
    clock.advance(seconds=0.3)
    await sender.until_called(3)
    assert sender.port.calls[-1][0] == "edit"


async def test_another_process_keeps_the_order_of_a_lane(sender: Sender, clock: Clock) -> None:
    """What another process is sending holds up its lane here too, until that process is taken for dead."""
    sender.want("one", "a")
    sender.want("two", "a")
    with transaction(sender.engine) as db:
        taken, _some_wait = lanes.claim(db, lanes.heads(db, ["fake"], clock.now, 16), clock.now)
        assert [message.key for message in taken] == ["one"]
    assert await sender.delivery.flush() == clock.now + IN_FLIGHT
    assert sender.port.calls == []
    clock.advance(seconds=IN_FLIGHT.total_seconds())
    await sender.delivery.flush()
    assert [key for _what, key in sender.port.calls] == ["two"]


async def test_a_database_that_fails_loses_nothing(sender: Sender, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the record of one message fails the sender says so, after the others on their way have arrived."""
    sender.port.held["slow"] = asyncio.Event()
    recorded = messages.sent

    def fails(db, message, *rest):
        if message.key == "bad":
            raise RuntimeError("the database is gone")
        return recorded(db, message, *rest)

    monkeypatch.setattr(messages, "sent", fails)
    sender.want("bad", "bad")
    sender.want("s1", "slow")
    task = asyncio.create_task(sender.delivery.flush())
    await sender.until_called(2)
    await asyncio.sleep(0.1)
    sender.port.held["slow"].set()
    with pytest.raises(RuntimeError):
        await task
    assert sender.states() == {"bad": "sending", "s1": "sent"}


async def test_when_told_to_close_it_begins_nothing_new(sender: Sender) -> None:
    """A sender that is to stop lets what is on its way arrive, and leaves the rest."""
    sender.port.held["a"] = asyncio.Event()
    for key in ("a1", "a2"):
        sender.want(key, "a")
    sender.begin()
    await sender.until_called(1)
    sender.delivery.close()
    sender.port.held["a"].set()
    assert sender.task is not None
    await sender.task
    assert sender.states() == {"a1": "sent", "a2": "due"}


async def test_its_own_slow_call_is_not_taken_for_lost(sender: Sender, clock: Clock) -> None:
    """A call of our own that takes longer than two minutes is not looked for while it lasts, nor overtaken."""
    sender.port.held["a"] = asyncio.Event()
    sender.want("a1", "a")
    sender.begin()
    await sender.until_called(1)
    clock.advance(minutes=5)
    await sender.delivery.recover()
    sender.want("a2", "a")
    await asyncio.sleep(0.1)
    assert sender.port.calls == [("post", "a1")]
    assert sender.states() == {"a1": "sending", "a2": "due"}


async def test_to_look_takes_no_lock(sqlite_url: str, clock: Clock) -> None:
    """While somebody else writes to the file, a sender with nothing to send finds that out without waiting."""
    engine = open_engine(sqlite_url)
    made = Sender(engine, clock)
    other = sqlite3.connect(str(engine.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    async with asyncio.timeout(2):
        assert await made.delivery.flush() is None
    other.close()
    engine.dispose()
