"""What every chat platform's adapter must do, and the fake too: `PORTS` lists them."""

from collections.abc import Callable

import pytest

from adapters.terminal.adapter import Member, Terminal
from bot.chat.cards import Button, Buttons, Card, text
from bot.chat.people import Account, MessageRef, Space
from bot.chat.port import ChatPort, DeliveryError, Failure, Search
from tests.clock import Clock
from tests.fakes.chat_port import FakeChatPort
from tests.stages.terminal import Transcript

PORTS: dict[str, Callable[[], ChatPort]] = {
    "terminal": lambda: Terminal(Transcript(Clock()), Member("ann")),
    "fake": FakeChatPort,
}
CARD = Card("Hello", (text("One"), Buttons((Button("Go", "do", ("help",)),))))
CHANGED = Card("Hello", (text("Two"),))


@pytest.fixture(params=PORTS)
def port(request: pytest.FixtureRequest) -> ChatPort:
    """Each port in turn."""
    return PORTS[request.param]()


def place(port: ChatPort) -> Space:
    """A place on the port's platform."""
    return Space(port.platform, "workspace", "general")


async def test_a_post_can_be_found_and_edited(port: ChatPort) -> None:
    """What was posted under a key is found by it, and can be replaced."""
    ref = await port.post(place(port), CARD, "key-1")
    assert await port.find(place(port), "key-1") == ref
    await port.edit(ref, CHANGED)
    assert await port.find(place(port), "key-1") == ref


async def test_what_was_never_posted_is_not_found(port: ChatPort) -> None:
    """An unknown key is none, or unknown where the platform cannot tell; never a message."""
    assert await port.find(place(port), "key-2") in (Search.NONE, Search.UNKNOWN)


async def test_two_posts_are_two_messages(port: ChatPort) -> None:
    """Each key has a message of its own."""
    first = await port.post(place(port), CARD, "key-1")
    second = await port.post(place(port), CARD, "key-2")
    assert first.message != second.message


async def test_a_private_word_has_a_reference(port: ChatPort) -> None:
    """Telling one account gives a message that can be edited later."""
    ref = await port.tell(Account(port.platform, "ann"), CARD, "key-3")
    assert isinstance(ref, MessageRef)
    await port.edit(ref, CHANGED)


async def test_nothing_is_missing_where_it_may_post(port: ChatPort) -> None:
    """A place where the bot may post lacks nothing."""
    assert (await port.probe(place(port))).missing == ()


async def test_a_thread_is_a_place_or_a_clear_no(port: ChatPort) -> None:
    """A platform without threads says so as forbidden, so that the caller can stay in the channel."""
    ref = await port.post(place(port), CARD, "key-1")
    try:
        space = await port.thread(ref, "Round")
    except DeliveryError as error:
        assert error.failure is Failure.FORBIDDEN
    else:
        assert space.thread is not None
