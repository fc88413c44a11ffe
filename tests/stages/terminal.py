"""The terminal as a stage: the real adapter, fed with lines, read from its screen."""

import random
import re
from pathlib import Path
from typing import Any

from adapters.terminal import outbound
from adapters.terminal.adapter import CHANNEL, Member, Terminal
from adapters.terminal.screen import Message
from bot.app import App
from bot.beat import Beat
from bot.chat.plain import local_clock
from bot.chat.registry import Registry
from bot.context import Core
from bot.features import FEATURES
from bot.host import Host
from bot.jobs import Jobs
from bot.library import Library
from bot.ports import Services
from bot.store.engine import open_engine
from tests.clock import Clock
from tests.stages.stage import MAIN
from tests.store.prepared import prepare


class Transcript:
    """Everything that was printed, in order."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.printed: list[str] = []

    def message(self, message: Message, zone: str, *, edited: bool, small: list[str] | None = None) -> None:
        """A message, as the plain output would print it."""
        head = outbound.header(message, edited=edited, channel=CHANNEL)
        body = small if small is not None else outbound.lines(message, local_clock(zone, self._clock.now))
        self.printed.append("\n".join([head, *body]))

    def line(self, words: str) -> None:
        """A line of the playground's own."""
        self.printed.append(words)


class TerminalStage:
    """A playground with a clock that scenes move, and members by name."""

    name = "terminal"

    def __init__(
        self, folder: Path, library: Library, clock: Clock, locale: str = "en", features: Any = FEATURES
    ) -> None:
        self.clock = clock
        self.locale = locale
        self._library = library
        self._registry = Registry.of(features)
        self._url = prepare(folder / "scene.db")
        self._seed = 0
        self._moderators: set[str] = set()
        self._open()

    async def open(self) -> None:
        """The curtain is up already: a terminal needs no connection."""

    def _open(self) -> None:
        self.engine = open_engine(self._url)
        self.transcript = Transcript(self.clock)
        self.terminal = Terminal(self.transcript, Member("ann"), locale=self.locale)
        core = Core(self.engine, self._library, self._registry, self.clock, self._randomness)
        self.host = Host(App(core), Beat(core), Jobs(core, Services()), {"terminal": self.terminal})
        self.terminal.host = self.host

    def _randomness(self) -> random.Random:
        self._seed += 1
        return random.Random(self._seed)

    async def close(self) -> None:
        """End the stage."""
        await self.host.stop()
        self.engine.dispose()

    async def say(self, words: str, *, by: str = "ann", moderator: bool = False) -> None:
        self._moderators |= {by} if moderator else set()
        await self._line("/" + re.sub(rf"(?<!\w)#{MAIN}\b", f"#{CHANNEL}", words), by)

    async def press(self, label: str, *, by: str = "ann") -> None:
        for message in self.terminal.screen.seen_by(by):
            if label in message.numbers:
                await self._line(f"#{message.numbers[label]}", by)
                return
            if any(button.lettered and button.label[0] == label for button in message.card.buttons()):
                await self._line(label, by)
                return
        raise AssertionError(
            f"{by} sees no button {label!r} but {[m.numbers for m in self.terminal.screen.seen_by(by)]}"
        )

    async def choose(self, *letters: str, by: str = "ann") -> None:
        await self._line(" ".join(letters), by)

    async def answer(self, words: str, *, by: str = "ann") -> None:
        await self._line(f"={words}", by)

    async def submit(self, *, by: str = "ann", **fields: str) -> None:
        while (filling := self.terminal.screen.filling.get(by)) is not None:
            asked = filling.asked
            assert asked is not None
            value = fields.get(asked.name, "-")
            await self._line(f"#{CHANNEL}" if value == f"#{MAIN}" else value, by)
            if filling.asked is asked:
                raise AssertionError(f"{value!r} does not fill in {asked.name!r}: {self.transcript.printed[-1]}")

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        await self.host.beat()
        await self.host.settle()

    async def restart(self) -> None:
        await self.host.stop()
        self.engine.dispose()
        self._open()
        await self.host.beat()
        await self.host.settle()

    def public(self, channel: str = MAIN) -> list[str]:
        wanted = CHANNEL if channel == MAIN else channel
        shown = [m for m in self.terminal.screen.messages.values() if m.audience is None]
        return [self._text(m) for m in shown if (m.channel or CHANNEL) == wanted]

    def private(self, member: str) -> list[str]:
        return [self._text(m) for m in self.terminal.screen.messages.values() if m.audience == member]

    def form(self, member: str) -> list[str]:
        filling = self.terminal.screen.filling.get(member)
        return [field.label for field in filling.form.fields] if filling else []

    async def _line(self, words: str, by: str) -> None:
        self.terminal.member = Member(by, by in self._moderators)
        await self.terminal.gesture(words)
        self.clock.advance(seconds=1.5)  # so that an edit's pause is over
        await self.host.settle()

    def _text(self, message: Message) -> str:
        zone = self.terminal.zones.get(message.audience or "ann", "UTC")
        shown = "\n".join(outbound.lines(message, local_clock(zone, self.clock.now)))
        return re.sub(rf"(?<!\w)#{CHANNEL}\b", f"#{MAIN}", shown)
