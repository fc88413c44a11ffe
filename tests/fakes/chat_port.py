"""A chat platform in memory, which can be told to refuse, to be slow, and to forget."""

import asyncio
from dataclasses import dataclass, field

from bot.chat.cards import Card
from bot.chat.people import Account, MessageRef, Space
from bot.chat.port import DeliveryError, Failure, Probe, Search


@dataclass(slots=True)
class FakeChatPort:
    """Keeps what it is given; `refuse` holds errors that the next calls raise, `calls` what was asked for.

    `refuses` holds the error of every call of a kind in a channel, thread or account, by ("post", "general"). `held`
    holds the places whose posts wait until the event is set; `missing` is what every probe finds; `threads` are the
    titles of the threads that were opened, by the message above them.
    """

    platform: str = "fake"
    messages: dict[str, Card] = field(default_factory=dict)
    keys: dict[str, MessageRef] = field(default_factory=dict)
    calls: list[tuple[str, str]] = field(default_factory=list)
    refuse: list[Exception] = field(default_factory=list)
    refuses: dict[tuple[str, str], DeliveryError] = field(default_factory=dict)
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    missing: tuple[str, ...] = ()
    threads: dict[str, str] = field(default_factory=dict)
    forgetful: bool = False

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        place = space.thread or space.channel or ""
        self._called("post", key, place)
        if place in self.held:
            await self.held[place].wait()
        ref = MessageRef(space, f"m{len(self.messages) + 1}")
        self.messages[ref.message] = card
        self.keys[key] = ref
        return ref

    async def edit(self, ref: MessageRef, card: Card, key: str) -> None:
        self._called("edit", ref.message, ref.space.thread or ref.space.channel or "")
        if ref.message not in self.messages:
            raise DeliveryError(Failure.GONE, "the message was deleted")
        self.messages[ref.message] = card

    async def tell(self, account: Account, card: Card, key: str) -> MessageRef:
        return await self.post(Space(account.platform, None, account.user), card, key)

    async def thread(self, ref: MessageRef, title: str) -> Space:
        self._called("thread", title, ref.space.channel or "")
        self.threads[ref.message] = title
        return Space(ref.space.platform, ref.space.workspace, ref.space.channel, ref.message)

    async def probe(self, space: Space) -> Probe:
        self._called("probe", space.channel or "", space.channel or "")
        return Probe(self.missing)

    async def find(self, space: Space, key: str) -> MessageRef | Search:
        self._called("find", key, space.channel or "")
        if self.forgetful:
            return Search.UNKNOWN
        return self.keys.get(key, Search.NONE)

    def _called(self, what: str, which: str, place: str) -> None:
        self.calls.append((what, which))
        if self.refuse:
            raise self.refuse.pop(0)
        if error := self.refuses.get((what, place)):
            raise error
