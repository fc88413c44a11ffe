"""A wave of 2,000 posts that fall due at once, in a local Discord and a local Slack that enforce what they allow.

The program is the unmodified one, a process of its own; members give commands meanwhile, ten a second, answered or not.
"""

import asyncio
import os
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles

from bot.app import App
from bot.beat import Beat
from bot.chat import wire
from bot.chat.cards import Card, text
from bot.chat.people import NO_THREADS, Actor, Space
from bot.chat.requests import CommandCall
from bot.delivery import AT_ONCE
from bot.host import Host
from bot.jobs import Jobs
from bot.ports import Services
from bot.store import messages
from bot.store.engine import open_engine, transaction
from tests.benchmarks import day
from tests.benchmarks.figures import Figure
from tests.benchmarks.limits import EVERYWHERE, LONGEST, SHORTEST, SLACK_CHANNEL, DiscordLimits, SlackLimits
from tests.clock import Clock
from tests.fakes.discord_server import DiscordServer
from tests.fakes.slack_server import SlackServer

ROOT = Path(__file__).parents[2]
POSTS, SERVERS = 2_000, 4  # a server has 500 channels at most
MEMBERS = ("ann", "bea", "cem", "dag", "eli")
EVERY = 0.1  # seconds from one command to the next
WARM, IDLE_COMMANDS = 40, 150
FIRING = 1_000
PATIENCE = 150.0  # seconds, until the wave counts as stuck
RATIO, MOST = 3.0, 0.25
CARD = wire.to_json(Card("A post", (text("That everybody sees."),)))
Command = Callable[[int], Awaitable[float]]


@dataclass(frozen=True, slots=True)
class Town:
    """A local platform with the program in it: where the posts go, how a command is given, how many posts stand."""

    url: str
    limits: DiscordLimits | SlackLimits
    places: Sequence[Space]
    command: Command
    wake: Callable[[], Awaitable[object]]
    standing: Callable[[], list[int]]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a wave took, and the commands before and during it."""

    took: float
    idle: list[float]
    busy: list[float]
    refused: int


def measure() -> Iterator[Figure]:
    """How long the wave takes, and how long commands take beside it, and beside the beat that brings it about."""
    yield from _figures("Discord", _seen(_discord), POSTS / EVERYWHERE[0], f"{EVERYWHERE[0]} a second", 1.1)
    least = POSTS / AT_ONCE * (SHORTEST + LONGEST) / 2
    said = f"{AT_ONCE} at once, a tenth of a second each, which is our bound and none of Slack's"
    yield from _figures("Slack, a channel each", _seen(lambda at: _slack(at, POSTS)), least, said)
    few = POSTS // 40
    least = (POSTS // few - 1) * SLACK_CHANNEL
    yield from _figures(f"Slack, {few} channels", _seen(lambda at: _slack(at, few)), least, "one a second each", 1.1)
    yield from _beside_a_beat()


def _figures(where: str, seen: Seen, least: float, floor: str, bound: float | None = None) -> Iterator[Figure]:
    yield Figure(f"{POSTS} posts due at once, {where}, {seen.refused} refused", seen.took, least, floor, bound)
    at = f"{len(seen.busy)} commands meanwhile acknowledged, 99 of 100 within"
    yield Figure(at, _p99(seen.busy), _p99(seen.idle), "the same of an idle bot", RATIO, MOST)


def _p99(took: list[float]) -> float:
    return quantiles(took, n=100)[98]


def _seen(place: Callable[[Path], AsyncIterator[Town]]) -> Seen:
    async def run() -> Seen:
        with tempfile.TemporaryDirectory() as folder:
            async with asynccontextmanager(place)(Path(folder)) as town:
                return await _wave(town)

    return asyncio.run(run())


async def _wave(town: Town) -> Seen:
    loop = asyncio.get_running_loop()
    for number in range(WARM):
        await town.command(number)
    left = iter(range(IDLE_COMMANDS))
    idle = await _commands(town.command, lambda: next(left, None) is None)
    _wish(town.url, town.places)
    before = town.limits.refused
    begun = loop.time()
    await town.wake()
    busy = await _commands(town.command, lambda: sum(town.standing()) >= POSTS or loop.time() - begun > PATIENCE)
    each = POSTS // len(town.places)
    assert set(town.standing()) == {each}, f"{sum(town.standing())} posts stand after {loop.time() - begun:.0f} s"
    return Seen(max(town.limits.posted) - begun, idle, busy, town.limits.refused - before)


async def _commands(command: Command, ended: Callable[[], bool]) -> list[float]:
    """A command each tenth of a second, whatever became of those before; how long each took."""
    given = list[asyncio.Task[float]]()
    while not ended():
        given.append(asyncio.ensure_future(command(WARM + len(given))))
        await asyncio.sleep(EVERY)
    return list(await asyncio.gather(*given))


def _wish(url: str, places: Sequence[Space]) -> None:
    engine = open_engine(url)
    now = datetime.now(UTC)
    with transaction(engine) as db:
        for number in range(POSTS):
            place = places[number % len(places)]
            messages.want(db, key=f"wave:{number}", card=CARD, space=place, account=None, group_id=None, now=now)
    engine.dispose()


@asynccontextmanager
async def _program(**environment: str) -> AsyncIterator[None]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "run"), cwd=ROOT, env={**os.environ, "LOG_LEVEL": "ERROR", **environment}
    )
    try:
        yield
    finally:
        process.terminate()
        await asyncio.wait_for(process.wait(), 20)


async def _discord(folder: Path) -> AsyncIterator[Town]:
    server, limits = DiscordServer(log_limit=10), DiscordLimits()
    home = server.world.guild("server1")
    guilds = [
        server.add_guild(f"wave{number}", [f"c{one}" for one in range(POSTS // SERVERS)]) for number in range(SERVERS)
    ]
    channels = [channel for guild in guilds for channel in guild.channels.values()]
    await server.start(more=limits.add_to)
    url = f"sqlite:///{folder / 'wave.db'}"

    async def slash(line: str, number: int, **options: object) -> float:
        one = server.interaction_slash(home, "study", MEMBERS[number % len(MEMBERS)], line, dict(options))
        await one.wait("acknowledged", seconds=10)
        return one.acknowledged_after or 0.0

    try:
        async with _program(DISCORD_TOKEN=server.token, DISCORD_API_URL=server.url, DATABASE_URL=url):
            await server.ready(seconds=30)
            yield Town(
                url,
                limits,
                [Space("discord", one.guild.id if one.guild else None, one.id) for one in channels],
                lambda number: slash("quiz start", number),
                lambda: slash("quiz live", 0, questions=1, seconds=300),
                lambda: [len(one.messages) for one in channels],
            )
    finally:
        await server.stop()


async def _slack(folder: Path, many: int) -> AsyncIterator[Town]:
    server, limits = SlackServer(log_limit=10), SlackLimits()
    team = server.world.team()
    channels = [server.add_channel(team, f"c{number}") for number in range(many)]
    server.message_seconds = SLACK_CHANNEL
    await server.start(more=limits.add_to)
    url = f"sqlite:///{folder / 'wave.db'}"

    async def slash(line: str, number: int) -> float:
        one = server.slash(team, "study", MEMBERS[number % len(MEMBERS)], line)
        await one.wait("acknowledged", seconds=10)
        return one.acknowledged_after or 0.0

    tokens = {"SLACK_BOT_TOKEN": team.token, "SLACK_APP_TOKEN": server.app_token, "SLACK_API_URL": server.api_url}
    try:
        async with _program(**tokens, DATABASE_URL=url):
            await server.ready(seconds=30)
            yield Town(
                url,
                limits,
                [Space("slack", team.id, one.id) for one in channels],
                lambda number: slash("quiz start", number),
                lambda: slash("quiz live questions:1 seconds:300", 0),
                lambda: [len(one.messages) for one in channels],
            )
    finally:
        await server.stop()


# --- beside the beat -------------------------------------------------------------------------------------------


def _beside_a_beat() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'beat.db'}"
        day.prepare(url, FIRING, ("UTC",))
        idle, firing = asyncio.run(_beat(url))
    at = f"{len(firing)} commands while {FIRING} groups' quizzes fall due"
    yield Figure(f"{at}, 99 of 100 within", _p99(firing), _p99(idle), "the same of an idle bot", RATIO, MOST)


async def _beat(url: str) -> tuple[list[float], list[float]]:
    """Commands of an idle bot, and beside one long beat; nothing is sent meanwhile."""
    engine = open_engine(url)
    core = day.core_of(engine, Clock(day.MIDNIGHT + timedelta(hours=9)))
    host = Host(App(core), Beat(core), Jobs(core, Services()), {})
    for number in range(WARM):
        await _command(host, number)
    idle = [await _command(host, WARM + number) for number in range(IDLE_COMMANDS)]
    beat = asyncio.create_task(host.beat())
    took: list[float] = []
    while not beat.done():
        took.append(await _command(host, WARM + IDLE_COMMANDS + len(took)))
        await asyncio.sleep(EVERY / 10)
    await host.stop()
    engine.dispose()
    return idle, took


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
