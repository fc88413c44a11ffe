"""A core with a chat platform in memory: members' gestures, the bot's own life, and what stands where afterwards."""

import random
from collections.abc import AsyncIterator
from itertools import count
from typing import Any

from sqlalchemy import Engine, func, select

from bot.app import App
from bot.beat import Beat
from bot.chat.people import NO_THREADS, Account, Actor, Powers, Space
from bot.chat.registry import Registry
from bot.chat.replies import Reply
from bot.chat.requests import CommandCall, Life, Lifecycle, Press
from bot.context import Core
from bot.features import FEATURES
from bot.host import Host
from bot.jobs import Jobs
from bot.library import Library
from bot.ports import Services
from bot.store import rounds
from bot.store.engine import transaction
from bot.store.messages import MESSAGE
from bot.store.rounds import Play
from tests.clock import Clock
from tests.fakes.chat_port import FakeChatPort

INSTALLER = "u-dag"
THREADS = Powers(threads=True)


class Stand:
    """One workspace, `server`, with the channel `general`; its platform is `fake`."""

    def __init__(self, engine: Engine, library: Library, clock: Clock, more: Any = ()) -> None:
        self.clock = clock
        self.engine = engine
        self.port = FakeChatPort()
        self._numbers = count(1)
        core = Core(engine, library, Registry.of((*FEATURES, *more)), clock, lambda: random.Random(1))
        self.core = core
        self.host = Host(App(core), Beat(core), Jobs(core, Services()), {"fake": self.port})

    def asked(self, by: str = "ann", **more: Any) -> dict[str, Any]:
        """What every gesture has; `server`, `channel`, `thread`, `admin` and the fields of a gesture may be said."""
        server, channel = more.pop("server", "server"), more.pop("channel", "general")
        space = Space("fake", server, channel, more.pop("thread", None))
        actor = Actor("fake", f"u-{by}", by, is_admin=more.pop("admin", False))
        more.setdefault("delivery", f"d{next(self._numbers)}")
        more.setdefault("powers", NO_THREADS)
        return {"actor": actor, "space": space, **more}

    async def call(
        self, name: str, by: str = "ann", options: dict[str, str] | None = None, **more: Any
    ) -> Reply | None:
        """A member uses a command; what it caused waits."""
        return await self.host.handle(CommandCall(name=name, options=options or {}, **self.asked(by, **more)))

    async def say(self, name: str, by: str = "ann", options: dict[str, str] | None = None, **more: Any) -> Reply | None:
        """A member uses a command, and what it caused is sent."""
        reply = await self.call(name, by, options, **more)
        await self.settle()
        return reply

    async def press(self, token: str, by: str = "ann", **more: Any) -> Reply | None:
        """A member presses a button, and what it caused is sent."""
        reply = await self.host.handle(Press(token=token, **self.asked(by, **more)))
        await self.settle()
        return reply

    async def happen(
        self,
        what: Life,
        *,
        server: str = "server",
        channel: str | None = None,
        thread: str | None = None,
        installer: str = "",
        name: str = "",
        delivery: str = "",
    ) -> None:
        """Something happens to the bot, and what it caused is sent."""
        event = Lifecycle(
            what=what,
            space=Space("fake", server, channel, thread),
            delivery=delivery or f"d{next(self._numbers)}",
            installer=Account("fake", installer) if installer else None,
            workspace_name=name,
        )
        assert await self.host.handle(event) is None
        await self.settle()

    async def settle(self) -> None:
        """A moment passes, and everything that is due is sent."""
        self.clock.advance(seconds=1.5)
        await self.host.settle()

    async def pass_time(self, **units: float) -> None:
        """Time passes, and what falls due happens."""
        self.clock.advance(**units)
        await self.host.beat()
        await self.settle()

    def said(self, key: str) -> str:
        """The words of the message that was posted under a key."""
        return "\n".join(self.port.messages[self.port.keys[key].message].words())

    def posted(self, beginning: str = "") -> list[str]:
        """The keys of what was posted, in order."""
        return [key for key in self.port.keys if key.startswith(beginning)]

    def state(self, key: str) -> tuple[str, str]:
        """What became of a message: its state, and why."""
        with transaction(self.engine, reads=True) as db:
            row = db.execute(select(MESSAGE.c.state, MESSAGE.c.error).where(MESSAGE.c.key == key)).one()
        return row.state, row.error

    def count(self, table: Any) -> int:
        """How many rows a table has."""
        with transaction(self.engine, reads=True) as db:
            return int(db.execute(select(func.count()).select_from(table)).scalar_one())

    def rows(self, table: Any) -> list[Any]:
        """The rows of a table, in order."""
        with transaction(self.engine, reads=True) as db:
            return list(db.execute(select(table).order_by(table.c.id)))

    def live_question(self) -> Play | None:
        """The question of the first group's live round that is open now, if one is."""
        with transaction(self.engine, reads=True) as db:
            running = rounds.open_rounds(db, 1, "live")
            return rounds.open_play(db, running[0].id) if running else None


def words(reply: Reply | None) -> str:
    """Everything that a reply's card says."""
    assert reply is not None
    assert reply.card is not None
    return "\n".join(reply.card.words())


async def standing(engine: Engine, library: Library, clock: Clock, more: Any = ()) -> AsyncIterator[Stand]:
    """A stand that is taken down afterwards."""
    stand = Stand(engine, library, clock, more)
    yield stand
    await stand.host.stop()
