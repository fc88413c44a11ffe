"""What every chat platform's adapter must do, and the fake too: `PORTS` lists them."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from adapters.terminal.adapter import Member, Terminal
from bot.chat.cards import Button, Buttons, Card, text
from bot.chat.people import Account, MessageRef, Space
from bot.chat.port import ChatPort, DeliveryError, Failure, Search
from bot.library import Library
from tests.clock import Clock
from tests.fakes.chat_port import FakeChatPort
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.terminal import Transcript


@dataclass(frozen=True, slots=True)
class Plugged:
    """A port with a place and an account on its platform.

    `finds`: whether the platform lets a bot look for its own messages.
    """

    port: ChatPort
    place: Space
    account: Account
    finds: bool = True

    def found(self, ref: MessageRef) -> MessageRef | Search:
        """What a search for this message has to say."""
        return ref if self.finds else Search.UNKNOWN


@asynccontextmanager
async def terminal(_folder: Path, _library: Library) -> AsyncIterator[Plugged]:
    """The terminal."""
    yield _simple(Terminal(Transcript(Clock()), Member("ann")))


@asynccontextmanager
async def fake(_folder: Path, _library: Library) -> AsyncIterator[Plugged]:
    """The platform in memory."""
    yield _simple(FakeChatPort())


def _simple(port: ChatPort) -> Plugged:
    return Plugged(port, Space(port.platform, "workspace", "general"), Account(port.platform, "ann"))


@asynccontextmanager
async def discord(folder: Path, library: Library) -> AsyncIterator[Plugged]:
    """Discord, simulated."""
    stage = DiscordStage(folder, library, Clock())
    await stage.open()
    place = Space("discord", str(stage.guild.id), str(stage.channel.id))
    yield Plugged(stage.discord.port, place, Account("discord", str(stage.member("ann").id)))
    await stage.close()


@asynccontextmanager
async def slack(folder: Path, library: Library) -> AsyncIterator[Plugged]:
    """Slack, a stand-in; a bot that reads no channel cannot look for what it wrote there."""
    stage = SlackStage(folder, library, Clock())
    await stage.open()
    place = Space("slack", stage.team.id, stage.channel.id)
    account = Account("slack", f"{stage.team.id}/{stage.member('ann').id}")
    yield Plugged(stage.slack.port, place, account, finds=False)
    await stage.close()


PORTS: dict[str, Callable[[Path, Library], AbstractAsyncContextManager[Plugged]]] = {
    "terminal": terminal,
    "fake": fake,
    "discord": discord,
    "slack": slack,
}
CARD = Card("Hello", (text("One"), Buttons((Button("Go", "do", ("help",)),))))
CHANGED = Card("Hello", (text("Two"),))


@pytest.fixture(params=PORTS)
async def plugged(request: pytest.FixtureRequest, tmp_path: Path, library: Library) -> AsyncIterator[Plugged]:
    """Each port in turn."""
    async with PORTS[request.param](tmp_path, library) as found:
        yield found


async def test_a_post_can_be_found_and_edited(plugged: Plugged) -> None:
    """What was posted under a key is found by it, where anything can be, and can be replaced."""
    ref = await plugged.port.post(plugged.place, CARD, "key-1")
    assert await plugged.port.find(plugged.place, "key-1") == plugged.found(ref)
    await plugged.port.edit(ref, CHANGED, "key-1")
    assert await plugged.port.find(plugged.place, "key-1") == plugged.found(ref)


async def test_what_was_never_posted_is_not_found(plugged: Plugged) -> None:
    """An unknown key is none, or unknown where the platform cannot tell; never a message."""
    await plugged.port.post(plugged.place, CARD, "key-1")
    found = await plugged.port.find(plugged.place, "key-2")
    assert found in (Search.NONE, Search.UNKNOWN)
    assert plugged.finds or found is Search.UNKNOWN


async def test_two_posts_are_two_messages(plugged: Plugged) -> None:
    """Each key has a message of its own."""
    first = await plugged.port.post(plugged.place, CARD, "key-1")
    second = await plugged.port.post(plugged.place, CARD, "key-2")
    assert first.message != second.message


async def test_a_private_word_has_a_reference(plugged: Plugged) -> None:
    """Telling one account gives a message that can be edited later."""
    ref = await plugged.port.tell(plugged.account, CARD, "key-3")
    assert isinstance(ref, MessageRef)
    again = MessageRef(Space(plugged.port.platform), ref.message)  # all that the core keeps of it
    await plugged.port.edit(again, CHANGED, "key-3")


async def test_nothing_is_missing_where_it_may_post(plugged: Plugged) -> None:
    """A place where the bot may post lacks nothing."""
    assert (await plugged.port.probe(plugged.place)).missing == ()


async def test_a_thread_is_a_place_or_a_clear_no(plugged: Plugged) -> None:
    """A platform without threads says so as forbidden; where there are some, asking twice gives the same one."""
    ref = await plugged.port.post(plugged.place, CARD, "key-1")
    try:
        space = await plugged.port.thread(ref, "Round")
    except DeliveryError as error:
        assert error.failure is Failure.FORBIDDEN
    else:
        assert space.thread is not None
        assert await plugged.port.thread(ref, "Round") == space
        inside = await plugged.port.post(space, CARD, "key-2")
        await plugged.port.edit(inside, CHANGED, "key-2")
