"""A wave of 2,000 posts that fall due at once, at the pace that the platform allows, and commands answered meanwhile.

The stand-in allows fifty posts a second over all channels and takes 50 to 150 ms for each, as Discord does.
"""

import asyncio
import random
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from sqlalchemy import Engine

from bot.app import App
from bot.beat import Beat
from bot.chat import wire
from bot.chat.cards import Card, text
from bot.chat.people import NO_THREADS, Actor, MessageRef, Space
from bot.chat.registry import Registry
from bot.chat.requests import CommandCall
from bot.context import Core
from bot.features import FEATURES
from bot.host import Host
from bot.jobs import Jobs
from bot.library import load
from bot.ports import Services
from bot.store import messages
from bot.store.engine import open_engine, transaction
from bot.store.migrate import upgrade
from tests.benchmarks import day
from tests.benchmarks.figures import Figure
from tests.clock import Clock
from tests.fakes.chat_port import FakeChatPort

POSTS, A_SECOND = 2_000, 50
SHORTEST, LONGEST = 0.05, 0.15
EVERY = 0.1  # seconds from one command to the next
WARM, IDLE_COMMANDS = 40, 200
FIRING = 1_000
CARD = wire.to_json(Card("A post", (text("That everybody sees."),)))


class PacedPort(FakeChatPort):
    """Takes a post when its turn has come; whoever comes too early waits, as the client library does."""

    def __init__(self) -> None:
        super().__init__("bench")
        self._turn = 0.0
        self._random = random.Random(1)

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        """Wait for a turn, then for the answer."""
        now = asyncio.get_running_loop().time()
        self._turn = max(now, self._turn + 1 / A_SECOND)
        await asyncio.sleep(self._turn - now + self._random.uniform(SHORTEST, LONGEST))
        return await super().post(space, card, key)


def measure() -> Iterator[Figure]:
    """How long the wave takes, and how long commands take beside it, and beside the beat that brings it about."""
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{Path(folder) / 'wave.db'}")
        upgrade(engine)
        took, idle, busy = asyncio.run(_wave(engine))
        engine.dispose()
    bound = POSTS / A_SECOND
    yield Figure(f"{POSTS} posts that fall due at once", took, bound, f"{A_SECOND} a second", 1.1)
    at = f"{len(busy)} commands during the wave, 99 of 100 within"
    yield Figure(at, _p99(busy), _p99(idle), "the same of an idle bot", 3.0, 0.25)
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'beat.db'}"
        day.prepare(url, FIRING, ("UTC",))
        engine = open_engine(url)
        firing = asyncio.run(_beat(engine))
        engine.dispose()
    at = f"{len(firing)} commands while {FIRING} groups' quizzes fall due"
    yield Figure(f"{at}, 99 of 100 within", _p99(firing), _p99(idle), "the same of an idle bot", 3.0, 0.25)


def _p99(took: list[float]) -> float:
    return quantiles(took, n=100)[98]


async def _wave(engine: Engine) -> tuple[float, list[float], list[float]]:
    port = PacedPort()
    core = Core(engine, load(), Registry.of(FEATURES), lambda: datetime.now(UTC), lambda: random.Random(1))
    host = Host(App(core), Beat(core), Jobs(core, Services()), {"bench": port})
    loop = asyncio.get_running_loop()
    await host.start()
    for number in range(WARM):
        await _command(host, number)
    idle = [await _command(host, WARM + number) for number in range(IDLE_COMMANDS)]
    _wish(engine)
    begun = loop.time()
    wave = asyncio.create_task(host.settle())
    busy: list[float] = []
    while not wave.done():
        busy.append(await _command(host, WARM + IDLE_COMMANDS + len(busy)))
        await asyncio.sleep(EVERY)
    took = loop.time() - begun
    await host.stop()
    assert len(port.messages) == POSTS, len(port.messages)
    return took, idle, busy


async def _beat(engine: Engine) -> list[float]:
    """Commands beside one long beat; nothing is sent meanwhile."""
    core = day.core_of(engine, Clock(day.MIDNIGHT + timedelta(hours=9)))
    host = Host(App(core), Beat(core), Jobs(core, Services()), {})
    for number in range(WARM):
        await _command(host, number)
    beat = asyncio.create_task(host.beat())
    took: list[float] = []
    while not beat.done():
        took.append(await _command(host, WARM + len(took)))
        await asyncio.sleep(EVERY / 10)
    await host.stop()
    return took


async def _command(host: Host, number: int) -> float:
    """A member starts a quiz, which writes; seconds until the answer."""
    loop = asyncio.get_running_loop()
    who = f"member{number % 20}"
    call = CommandCall(
        name="quiz start",
        options={},
        actor=Actor("bench", who, who),
        space=Space("bench", "home", "general"),
        delivery=f"command {number}",
        powers=NO_THREADS,
    )
    begun = loop.time()
    assert await host.handle(call)
    return loop.time() - begun


def _wish(engine: Engine) -> None:
    now = datetime.now(UTC)
    with transaction(engine) as db:
        for number in range(POSTS):
            place = Space("bench", f"w{number}", "general")
            messages.want(db, key=f"wave:{number}", card=CARD, space=place, account=None, group_id=None, now=now)
