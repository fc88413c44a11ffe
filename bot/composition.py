"""The composition root: the one place that knows every part and puts the core and its adapters together."""

import asyncio
import io
import itertools
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from datetime import UTC, datetime
from importlib.resources import files
from random import Random
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

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
from bot.pictures import is_board, read_board
from bot.ports import SealedError, Services, UnusableError
from bot.rules.draws import seed_of
from bot.store.engine import DatabaseUnusableError, open_engine, shown

if TYPE_CHECKING:
    from adapters.discord.adapter import Discord
    from adapters.slack.adapter import Slack
    from adapters.web import Route
    from bot.vault import Vault

PATIENCE = 4.0  # seconds for what is being answered when the process is told to stop
CONNECTING = 2.0  # seconds that what is due waits for a platform to be connected


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


class Plugged(Struct, frozen=True):
    """A platform that is served: how it is entered, what goes on until it is closed, how to wait for its connection."""

    adapter: "Discord | Slack"
    log_in: Callable[[], Coroutine[Any, Any, None]]
    serve: Callable[[], Coroutine[Any, Any, None]]
    connected: Callable[[], Coroutine[Any, Any, object]] | None = None
    routes: Sequence["Route"] = ()

    @property
    def name(self) -> str:
        """What the platform is called."""
        return self.adapter.port.platform


def plug_discord(settings: Settings) -> Plugged:
    """Discord, as the settings want it."""
    from adapters.discord.adapter import Discord  # noqa: PLC0415 (plugged in here)

    discord = Discord(
        picture,
        guild=settings.discord_guild_id,
        shard_ids=settings.discord_shard_ids,
        shard_count=settings.discord_shard_count,
        api_url=settings.address(settings.discord_api_url),
    )
    token = settings.secret(settings.discord_token)
    return Plugged(discord, lambda: discord.log_in(token), discord.serve, discord.ready.wait)


def plug_slack(settings: Settings, engine: Engine) -> Plugged:
    """Slack, as the settings want it: one workspace over a socket, or many over HTTP."""
    from adapters.slack.adapter import Slack  # noqa: PLC0415 (plugged in here)
    from adapters.slack.sockets import Socket  # noqa: PLC0415

    secret, api_url = settings.secret, settings.address(settings.slack_api_url)
    if settings.slack_mode() == "socket":
        socket = Socket(secret(settings.slack_bot_token), secret(settings.slack_app_token), now)
        slack = Slack(
            picture,
            socket.authorize,
            socket.forget,
            since=socket.since,
            command=settings.slack_command,
            api_url=api_url,
        )
        return Plugged(slack, lambda: socket.log_in(slack), lambda: socket.serve(slack))
    from adapters.slack.installations import authorizer  # noqa: PLC0415
    from adapters.slack.oauth import OAuth  # noqa: PLC0415

    vault = vault_of(settings, engine)
    slack = Slack(
        picture,
        authorizer(vault),
        lambda team, token="": vault.forget("slack", team, token),
        since=lambda team: vault.since("slack", team),
        command=settings.slack_command,
        signing_secret=secret(settings.slack_signing_secret),
        api_url=api_url,
    )
    oauth = OAuth(
        vault,
        settings.slack_client_id or "",
        secret(settings.slack_client_secret),
        slack.installed_by,
        api_url=slack.calls.api_url,
        public_url=settings.address(settings.public_url),
    )
    return Plugged(slack, lambda: slack.check(vault.check), slack.serve, routes=[*slack.routes(), *oauth.routes()])


async def serve(settings: Settings, engine: Engine, library: Library) -> None:
    """Every platform that the settings name, until the process is told to stop. Raises CannotServeError."""
    served = [plug_discord(settings)] if settings.discord_token else []
    served += [plug_slack(settings, engine)] if settings.slack_mode() else []
    host = compose(engine, library, None, {one.name: one.adapter.port for one in served})
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        with suppress(NotImplementedError):  # Windows has none; there Ctrl+C ends the program
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    async with AsyncExitStack() as running:
        for one in served:
            one.adapter.host = host
        if settings.port is not None:
            await running.enter_async_context(web_of(settings.port, host, served))
        for one in served:
            running.push_async_callback(one.adapter.close)
        try:
            if not await until(stopping, *(one.log_in() for one in served)):
                return
            running.push_async_callback(host.stop)
            await until(stopping, *(one.serve() for one in served), working(host, served, running))
        except UnusableError as error:
            raise CannotServeError(str(error)) from error
        await asyncio.gather(*(one.adapter.drain(PATIENCE) for one in served))


async def working(host: Host, served: Sequence[Plugged], running: AsyncExitStack) -> None:
    """Send what is due and let the heart beat until `running` ends; last of all, so that no connection waits for it."""
    with suppress(TimeoutError):
        async with asyncio.timeout(CONNECTING):
            await asyncio.gather(*(one.connected() for one in served if one.connected))
    from adapters.scheduler import Scheduler  # noqa: PLC0415 (plugged in here)

    await host.start()
    scheduler = Scheduler(host)
    running.callback(scheduler.stop)
    await scheduler.start()


async def examine_discord(settings: Settings) -> list[tuple[bool, str]]:
    """What is well in Discord and what is not, in sentences."""
    from adapters.discord.doctor import examine  # noqa: PLC0415 (plugged in here)

    token, api_url = settings.secret(settings.discord_token), settings.address(settings.discord_api_url)
    return [(found.well, found.sentence) for found in await examine(token, settings.discord_guild_id, api_url)]


async def examine_slack(settings: Settings, database: str) -> list[tuple[bool, str]]:
    """What is well in Slack and what is not, in sentences; over HTTP Slack can be asked nothing without a workspace."""
    from adapters.slack.doctor import examine  # noqa: PLC0415 (plugged in here)

    if settings.slack_mode() == "http":
        port, url = settings.port, settings.address(settings.public_url) or "the address of your proxy"
        complete = (True, f"Slack's settings for HTTP are complete; {url} has to lead to port {port} of this process.")
        return [complete, *await kept_well(settings, database)]
    bot_token, app_token = settings.secret(settings.slack_bot_token), settings.secret(settings.slack_app_token)
    api_url = settings.address(settings.slack_api_url)
    return [(found.well, found.sentence) for found in await examine(bot_token, app_token, api_url)]


def vault_of(settings: Settings, engine: Engine) -> "Vault":
    """What is kept encrypted, opened with the keys of the settings."""
    from bot.vault import Vault  # noqa: PLC0415 (cryptography is for those who use it)

    return Vault(engine, settings.secret_keys(), now, asyncio.to_thread)


async def kept_well(settings: Settings, database: str) -> list[tuple[bool, str]]:
    """Whether what is kept of workspaces opens; nothing where the database cannot be asked, which is said elsewhere."""
    try:
        engine = open_engine(database)
    except DatabaseUnusableError:
        return []
    try:
        await vault_of(settings, engine).check()
    except SealedError as error:
        return [(False, str(error))]
    except DBAPIError:
        return []
    finally:
        engine.dispose()
    return [(True, "What is kept of Slack's workspaces opens with BATCHMATE_SECRET_KEY.")]


def picture(path: str) -> bytes:
    """A picture of the shipped content, or a board that is drawn from its path. Raises ValueError for a false one."""
    if is_board(path):
        from adapters.pictures import draw_board  # noqa: PLC0415 (heavy: whoever shows no board never loads it)

        return draw_board(read_board(path))
    return files("content").joinpath(path).read_bytes()


@asynccontextmanager
async def web_of(port: int, host: Host, served: Sequence[Plugged]) -> AsyncIterator[None]:
    """The process' own pages: its health and its numbers, and where Slack delivers. Raises CannotServeError."""
    from adapters.web import Metrics, Web  # noqa: PLC0415 (plugged in here)

    host.meter = metrics = Metrics()
    for one in served:
        metrics.gauge(*one.adapter.gauge())
    checks = {"database": host.health, **{one.name: one.adapter.health for one in served}}
    web = Web(port, checks, metrics, [route for one in served for route in one.routes])
    try:
        try:
            await web.open()
        except OSError as error:
            sentence = f"PORT {port} cannot be listened on: {error.strerror}. Set another, or none."
            raise CannotServeError(sentence) from error
        yield
    finally:
        await web.close()


async def until(stopping: asyncio.Event, *work: Coroutine[Any, Any, None]) -> bool:
    """Do all `work` until it ends or the process is told to stop; whether it has ended. Raises what a part raises."""
    doing, waiting = asyncio.gather(*work), asyncio.ensure_future(stopping.wait())
    doing.add_done_callback(lambda done: done.cancelled() or done.exception())  # also where nobody waits any more
    await asyncio.wait((doing, waiting), return_when=asyncio.FIRST_COMPLETED)
    waiting.cancel()
    if doing.done():
        await doing
    return doing.done()
