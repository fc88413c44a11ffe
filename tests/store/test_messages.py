"""Messages as desired state: many wishes, few sends, and nothing posted twice where it can be told."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TypeVar

import pytest
from sqlalchemy import Engine, select

from bot.chat import wire
from bot.chat.cards import Card
from bot.chat.people import Account, MessageRef, Space
from bot.chat.port import DeliveryError, Failure, Probe, Search
from bot.delivery import EDIT_PAUSE, LOST_AFTER, Delivery
from bot.store import lanes, messages
from bot.store.engine import transaction
from bot.store.messages import Outgoing
from tests.clock import Clock
from tests.store.study import MESSAGE, at_once

T = TypeVar("T")
HERE = Space("test", "alpha", "general")
PLATFORMS = ["test"]


@dataclass
class Channel:
    """A chat platform that only remembers; `during` runs inside every call, `fails` is raised by the next ones."""

    platform: str = "test"
    posts: list[tuple[str, str]] = field(default_factory=list)
    edits: list[tuple[str, str]] = field(default_factory=list)
    found: MessageRef | Search | DeliveryError = Search.NONE
    during: Callable[[], None] = lambda: None
    fails: list[DeliveryError] = field(default_factory=list)
    calls: int = 0

    def _take(self) -> None:
        self.calls += 1
        if self.calls > 200:
            pytest.fail("the sender sends without end")
        self.during()
        if self.fails:
            raise self.fails.pop()

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        """Remember a post."""
        self._take()
        self.posts.append((key, card.title))
        return MessageRef(space, f"m{len(self.posts)}")

    async def edit(self, ref: MessageRef, card: Card, key: str) -> None:
        """Remember an edit."""
        self._take()
        self.edits.append((ref.message, card.title))

    async def tell(self, account: Account, card: Card, key: str) -> MessageRef:
        """Remember a private message."""
        return await self.post(Space(self.platform, None, account.user), card, key)

    async def thread(self, ref: MessageRef, title: str) -> Space:
        """There are no threads here."""
        raise DeliveryError(Failure.FORBIDDEN, title)

    async def probe(self, space: Space) -> Probe:
        """Nothing is missing."""
        return Probe()

    async def find(self, space: Space, key: str) -> MessageRef | Search:
        """What the test says that there is."""
        if isinstance(self.found, DeliveryError):
            raise self.found
        return self.found


def want(
    engine: Engine,
    clock: Clock,
    title: str,
    key: str = "live:1:0",
    *,
    user: str = "",
    in_time: bool = False,
    space: Space = HERE,
) -> None:
    """Wish that a place shows a card with that title; `in_time` lets an edit wait for others."""
    account = Account("test", user) if user else None
    with transaction(engine) as db:
        messages.want(
            db,
            key=key,
            card=wire.to_json(Card(title)),
            space=space,
            account=account,
            group_id=None,
            now=clock.now,
            in_time=in_time,
        )


def claim(engine: Engine, clock: Clock, most: int = 20) -> list[Outgoing]:
    """Take what is due, as a sender does."""
    with transaction(engine, reads=True) as db:
        heads = lanes.heads(db, PLATFORMS, clock.now, most)
    with transaction(engine) as db:
        return lanes.claim(db, heads, clock.now)[0]


def state(engine: Engine, key: str = "live:1:0") -> tuple[str, int, int, str | None]:
    """What the row says: its state, the wanted and the sent revision, the message."""
    with transaction(engine, reads=True) as db:
        row = db.execute(select(MESSAGE).where(MESSAGE.c.key == key)).one()
    return row.state, row.wanted, row.sent, row.ref


def sender(engine: Engine, channel: Channel, clock: Clock) -> Delivery:
    """The real sender, on a platform that remembers."""

    async def at_once_here(work: Callable[[], T]) -> T:
        return work()

    return Delivery(engine, {"test": channel}, clock, at_once_here)


async def test_a_thousand_wishes_become_few_sends(engine: Engine, clock: Clock) -> None:
    """A thousand wishes within ten seconds are one post and about an edit a second; the last one stays."""
    channel = Channel()
    delivery = sender(engine, channel, clock)
    for number in range(1000):
        want(engine, clock, f"card {number}", in_time=True)
        if number % 5 == 0:
            await delivery.flush()
        clock.advance(seconds=0.01)
    clock.advance(seconds=1)
    await delivery.flush()

    assert len(channel.posts) == 1
    assert len(channel.edits) <= 12
    assert channel.edits[-1] == ("m1", "card 999")
    assert state(engine) == ("sent", 1000, 1000, "m1")


async def test_an_edit_that_matters_does_not_wait(engine: Engine, clock: Clock) -> None:
    """A count may wait for the next one; a reveal goes out at once, right behind the edit before it."""
    channel = Channel()
    delivery = sender(engine, channel, clock)
    want(engine, clock, "question")
    await delivery.flush()
    want(engine, clock, "one answer", in_time=True)
    assert await delivery.flush() == clock.now + EDIT_PAUSE
    assert channel.edits == []
    want(engine, clock, "reveal")
    await delivery.flush()
    assert channel.edits == [("m1", "reveal")]


async def test_a_wish_during_the_send_is_sent_afterwards(engine: Engine, clock: Clock) -> None:
    """A newer card that comes while the older one is on its way is not taken for sent; it follows as an edit."""
    channel = Channel()
    delivery = sender(engine, channel, clock)
    want(engine, clock, "old")
    channel.during = lambda: want(engine, clock, "new") if not channel.posts else None
    await delivery.flush()
    assert state(engine) == ("due", 2, 1, "m1")

    clock.advance(seconds=1)
    await delivery.flush()
    assert (channel.posts, channel.edits) == ([("live:1:0", "old")], [("m1", "new")])
    assert state(engine) == ("sent", 2, 2, "m1")


def test_two_senders_share_the_work(engine: Engine, clock: Clock) -> None:
    """Four senders that look at the same moment take every message once between them, one of each channel."""
    for number in range(40):
        want(engine, clock, "card", key=f"k{number}", space=Space("test", "alpha", f"c{number}"))
    batches = at_once([lambda: claim(engine, clock, 10)] * 4)
    rest = claim(engine, clock, 40)
    taken = [message.key for batch in (*batches, rest) for message in batch]
    assert sorted(taken) == sorted(f"k{number}" for number in range(40))


async def test_a_message_that_was_sent_but_not_recorded(engine: Engine, clock: Clock) -> None:
    """A post whose sender died is looked for after two minutes, and what is found is not posted again."""
    channel = Channel(found=MessageRef(HERE, "m77"))
    delivery = sender(engine, channel, clock)
    want(engine, clock, "card")
    claim(engine, clock)  # and the process dies here

    clock.advance(seconds=LOST_AFTER.total_seconds() - 1)
    await delivery.recover()
    await delivery.flush()
    assert state(engine)[0] == "sending", "nobody may take it for lost too early"

    clock.advance(seconds=2)
    await delivery.recover()
    await delivery.flush()
    assert (state(engine), channel.posts) == (("sent", 1, 1, "m77"), [])


async def test_a_message_that_was_never_sent(engine: Engine, clock: Clock) -> None:
    """A post whose sender died before it sent is posted when it is surely not there."""
    channel = Channel(found=Search.NONE)
    delivery = sender(engine, channel, clock)
    want(engine, clock, "card")
    claim(engine, clock)
    clock.advance(minutes=3)
    await delivery.recover()
    await delivery.flush()
    assert channel.posts == [("live:1:0", "card")]
    assert state(engine) == ("sent", 1, 1, "m1")


async def test_a_message_of_which_nobody_knows(engine: Engine, clock: Clock) -> None:
    """Where the platform cannot say whether it was posted, it is flagged and not posted again."""
    channel = Channel(found=Search.UNKNOWN)
    delivery = sender(engine, channel, clock)
    want(engine, clock, "card")
    claim(engine, clock)
    clock.advance(minutes=3)
    await delivery.recover()
    await delivery.flush()
    assert (state(engine)[0], channel.posts) == ("flagged", [])


async def test_a_platform_that_cannot_be_asked_for_now(engine: Engine, clock: Clock) -> None:
    """Where the platform does not answer just then, the message is looked for again, neither flagged nor posted."""
    channel = Channel(found=DeliveryError(Failure.TRANSIENT, "down"))
    delivery = sender(engine, channel, clock)
    want(engine, clock, "card")
    claim(engine, clock)
    for _look in range(20):
        clock.advance(minutes=3)
        await delivery.recover()
        await delivery.flush()
        assert (state(engine)[0], channel.posts) == ("sending", [])

    channel.found = MessageRef(HERE, "m77")
    clock.advance(minutes=3)
    await delivery.recover()
    assert (state(engine), channel.posts) == (("sent", 1, 1, "m77"), [])


async def test_what_is_lost_is_looked_for_by_one(engine: Engine, clock: Clock) -> None:
    """Of two processes that look at the same moment one asks the platform, and only it puts the message back."""
    asked = []

    class Slow(Channel):
        async def find(self, space: Space, key: str) -> MessageRef | Search:
            asked.append(key)
            await asyncio.sleep(0.1)
            return await super().find(space, key)

    want(engine, clock, "card")
    claim(engine, clock)
    clock.advance(minutes=3)
    await asyncio.gather(*(sender(engine, Slow(found=Search.NONE), clock).recover() for _process in range(2)))
    assert (len(asked), state(engine)[0]) == (1, "due")


async def test_a_lost_edit_is_made_again(engine: Engine, clock: Clock) -> None:
    """An edit whose sender died is simply made again: twice does no harm."""
    channel = Channel(found=Search.UNKNOWN)
    delivery = sender(engine, channel, clock)
    want(engine, clock, "first")
    await delivery.flush()
    clock.advance(seconds=2)
    want(engine, clock, "second")
    claim(engine, clock)
    clock.advance(minutes=3)
    await delivery.recover()
    await delivery.flush()
    assert (len(channel.posts), channel.edits) == (1, [("m1", "second")])
    assert state(engine) == ("sent", 2, 2, "m1")


async def test_failures(engine: Engine, clock: Clock) -> None:
    """A busy platform is asked again when it says so; one that forbids or has closed its door is left alone."""
    channel = Channel(fails=[DeliveryError(Failure.TRANSIENT, "slow down", retry_after=30.0)])
    delivery = sender(engine, channel, clock)
    want(engine, clock, "card")
    assert await delivery.flush() == clock.now + timedelta(seconds=30)
    assert channel.posts == []
    clock.advance(seconds=30)
    await delivery.flush()
    assert len(channel.posts) == 1

    channel.fails = [DeliveryError(Failure.CLOSED, "takes no messages")]
    want(engine, clock, "card", key="tell:1", user="ann")
    assert await delivery.flush() is None
    assert state(engine, "tell:1")[0] == "failed"


async def test_it_gives_up_in_the_end(engine: Engine, clock: Clock) -> None:
    """A platform that is down is tried eight times, with longer and longer pauses, and then no more."""
    channel = Channel(fails=[DeliveryError(Failure.TRANSIENT, "down") for _time in range(20)])
    delivery = sender(engine, channel, clock)
    want(engine, clock, "card")
    pauses = []
    while due := await delivery.flush():
        pauses.append((due - clock.now).total_seconds())
        clock.now = due
    assert len(pauses) == 7
    assert pauses == sorted(pauses)
    assert state(engine)[0] == "failed"


@pytest.mark.parametrize("platforms", [[], ["other"]])
async def test_only_plugged_in_platforms(engine: Engine, clock: Clock, platforms: list[str]) -> None:
    """A process sends only on the platforms that it has plugged in; another one's messages wait."""
    want(engine, clock, "card")
    with transaction(engine) as db:
        assert lanes.heads(db, platforms, clock.now, 20) == []
        assert lanes.next_due(db, platforms, clock.now) is None
    assert state(engine) == ("due", 1, 0, None)


async def test_senders_side_by_side(engine: Engine, clock: Clock) -> None:
    """Two senders that run at the same time post each message once."""
    channel = Channel()
    for number in range(30):
        want(engine, clock, "card", key=f"k{number}")
    senders = [sender(engine, channel, clock) for _number in range(2)]
    await asyncio.gather(*(one.flush() for one in senders))
    assert sorted(key for key, _title in channel.posts) == sorted(f"k{number}" for number in range(30))


async def test_only_what_is_on_its_way_is_marked(engine: Engine, clock: Clock) -> None:
    """While one message is being sent the others still wait, so that a crash leaves one in doubt and not all."""
    channel = Channel()
    for number in range(3):
        want(engine, clock, "card", key=f"k{number}")
    seen: list[list[str]] = []
    channel.during = lambda: seen.append(sorted(state(engine, f"k{number}")[0] for number in range(3)))
    await sender(engine, channel, clock).flush()
    assert seen == [["due", "due", "sending"], ["due", "sending", "sent"], ["sending", "sent", "sent"]]
