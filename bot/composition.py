"""The composition root: the one place that knows every part and puts the core and its adapters together."""

import asyncio
import io
import itertools
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any

from sqlalchemy import Engine

from bot.app import App
from bot.beat import Beat
from bot.chat.port import ChatPort
from bot.chat.registry import Registry
from bot.config import Settings, data_folder
from bot.context import Core
from bot.features import FEATURES
from bot.host import Host
from bot.jobs import Jobs
from bot.library import Library
from bot.ports import Services
from bot.rules.draws import seed_of
from bot.store.engine import shown

if TYPE_CHECKING:
    from adapters.discord.adapter import Discord

PATIENCE = 4.0  # seconds for what is being answered when the process is told to stop


class CannotServeError(Exception):
    """A platform does not let the bot in; the sentence says why and what to do, and holds no secret."""


def now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


def randomness(seed: int | None) -> Callable[[], Random]:
    """A fresh source of randomness per request; with a seed, the same ones every time."""
    if seed is None:
        return random.SystemRandom
    count = itertools.count()
    return lambda: Random(seed_of(seed, next(count)))  # noqa: S311 (draws of questions, no secret)


def compose(engine: Engine, library: Library, seed: int | None, ports: Mapping[str, ChatPort]) -> Host:
    """Every part of the core, put together."""
    core = Core(engine, library, Registry.of(FEATURES), now, randomness(seed))
    return Host(App(core), Beat(core), Jobs(core, Services()), ports)


async def play(engine: Engine, library: Library, seed: int | None) -> None:
    """The playground: the terminal as a platform."""
    from adapters.scheduler import Scheduler  # noqa: PLC0415 (plugged in here)
    from adapters.terminal import session  # noqa: PLC0415
    from adapters.terminal.adapter import CHANNEL, Member, Terminal  # noqa: PLC0415
    from adapters.terminal.console import PlainOutput, RichOutput  # noqa: PLC0415

    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a byte or a letter that the terminal lacks must not end the session
    person = session.is_person()
    if person:
        from rich.console import Console  # noqa: PLC0415

        output: PlainOutput | RichOutput = RichOutput(Console(), now, CHANNEL)
    else:
        output = PlainOutput(sys.stdout, now, CHANNEL)
    terminal = Terminal(output, Member("you", moderator=True), owner="you")
    host = compose(engine, library, seed, {"terminal": terminal})
    terminal.host = host
    for line in session.welcome(host.app.registry.commands.values(), shown(engine.url), "you"):
        output.line(line)
    scheduler = Scheduler(host)
    await host.start()
    await scheduler.start()
    try:
        if person:
            await terminal.call("mate")
            await session.prompted(terminal, host.app, data_folder() / "history")
        else:
            await session.piped(terminal, sys.stdin)
    finally:
        scheduler.stop()
        await host.stop()


async def serve(settings: Settings, engine: Engine, library: Library) -> None:
    """Every platform that the settings name, until the process is told to stop. Raises CannotServeError."""
    from adapters.discord.adapter import Discord, UnusableError  # noqa: PLC0415 (plugged in here)
    from adapters.scheduler import Scheduler  # noqa: PLC0415

    discord = Discord(
        picture,
        guild=settings.discord_guild_id,
        shard_ids=settings.discord_shard_ids,
        shard_count=settings.discord_shard_count,
        api_url=settings.address(settings.discord_api_url),
    )
    host = discord.host = compose(engine, library, None, {discord.port.platform: discord.port})
    scheduler = Scheduler(host)
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has none; there Ctrl+C ends the program
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as running:
        if settings.port is not None:
            await running.enter_async_context(web_of(settings.port, host, discord))
        running.push_async_callback(discord.close)
        try:
            if not await until(stopping, discord.log_in(settings.secret(settings.discord_token))):
                return
            running.push_async_callback(host.stop)
            await host.start()
            beating = asyncio.create_task(scheduler.start())  # what fell due need not hold up the connection
            running.callback(scheduler.stop)
            await until(stopping, discord.serve())
            await beating
        except UnusableError as error:
            raise CannotServeError(str(error)) from error
        await discord.drain(PATIENCE)


def picture(path: str) -> bytes:
    """A picture of the shipped content."""
    return files("content").joinpath(path).read_bytes()


@asynccontextmanager
async def web_of(port: int, host: Host, discord: "Discord") -> AsyncIterator[None]:
    """The process' own pages: its health and its numbers. Raises CannotServeError where the port is taken."""
    from adapters.web import Metrics, Web  # noqa: PLC0415 (plugged in here)

    host.meter = metrics = Metrics()
    metrics.gauge("discord_servers", "Servers of this process' shards", lambda: len(discord.client.guilds))
    web = Web(port, {"database": host.health, "discord": discord.health}, metrics)
    try:
        try:
            await web.open()
        except OSError as error:
            sentence = f"PORT {port} cannot be listened on: {error.strerror}. Set another, or none."
            raise CannotServeError(sentence) from error
        yield
    finally:
        await web.close()


async def until(stopping: asyncio.Event, work: Coroutine[Any, Any, None]) -> bool:
    """Do `work` until it ends or the process is told to stop; whether it has ended. Raises what `work` raises."""
    doing, waiting = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    await asyncio.wait((doing, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if doing.done():
        await doing
    return doing.done()
