"""Discord, plugged in: one handler for every interaction, and the bot's own life; `port` is for the core's posts."""

import asyncio
import itertools
import logging
import random
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from sqlalchemy.exc import DBAPIError

from adapters.discord import failures, inbound, register
from adapters.discord.answers import Answers
from adapters.discord.client import Client
from adapters.discord.doctor import NOT_TAKEN
from adapters.discord.inbound import PLATFORM
from adapters.discord.port import DiscordPort, Files
from adapters.discord.registration import Registration
from adapters.discord.unechoed import without_echo
from bot.chat.requests import Lifecycle
from bot.host import Host
from bot.ports import UnusableError

log = logging.getLogger(__name__)

LONGEST_WAIT = 60.0  # seconds between tries, but for what Discord itself asks for
TOKEN_REFUSED, INTENTS_REFUSED = 4004, 4014  # of a session
IDENTIFY_EVERY = timedelta(seconds=5.5)  # Discord takes one new session every five seconds


class Discord:
    """A chat platform. `host` is plugged in before it starts; `files` reads a picture of the content."""

    def __init__(
        self,
        files: Files,
        *,
        guild: int | None = None,
        shard_ids: Sequence[int] = (),
        shard_count: int | None = None,
        api_url: str = "",
    ) -> None:
        self.host: Host | None = None
        self.ready = asyncio.Event()
        shards: dict[str, Any] = {"shard_count": shard_count} if shard_count else {}
        if shard_ids:
            shards["shard_ids"] = list(shard_ids)
        self.client = Client(self, **shards)
        self.port = DiscordPort(self.client, files)
        self._known: set[int] | None = None
        self._gone: set[int] = set()  # servers that discord.py still keeps
        self._before: dict[int, list[discord.Guild]] = {}
        self._catching_up = asyncio.Lock()
        self._api_url = api_url.rstrip("/")
        if self._api_url:
            Route.BASE = self._api_url
        self._registration = Registration(self.client, self.port, guild, writes=not shard_ids or 0 in shard_ids)
        self.answers = Answers(self.port, self._host)

    # --- coming and going --------------------------------------------------------------------------------------

    async def logged_in(self) -> None:
        """Find the gateway, and bring Discord's commands to the declared ones."""
        if self._api_url:
            found = await self.client.http.request(Route("GET", "/gateway"))
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(found["url"])
        wanted = register.payloads(self._host().app.registry.commands.values())
        await self._registration.begin(wanted)

    async def wait_for_turn(self) -> None:
        """Wait until this process may begin a session, whatever other processes do; by chance if nobody can tell."""
        try:
            wait = await self._host().turn(f"{PLATFORM}:identify", IDENTIFY_EVERY)
        except DBAPIError as error:
            wait = IDENTIFY_EVERY.total_seconds() * random.uniform(1, 2)  # noqa: S311 (no secret)
            log.warning(
                "The database does not answer (%s): the session with Discord begins in %.0f s without knowing of "
                "other processes. Look at the database",
                type(error.orig).__name__,
                wait,
            )
        await asyncio.sleep(wait)

    def begins_anew(self, shard_id: int) -> None:
        """Remember which servers a shard had before its new session."""
        self._before[shard_id] = [guild for guild in self.client.guilds if guild.shard_id == shard_id]

    async def shard_came_up(self, shard_id: int) -> None:
        """Notice the servers that a new session did not announce: of those discord.py keeps the object of before."""
        before = self._before.pop(shard_id, [])
        lost = {guild.id for guild in before if self.client.get_guild(guild.id) is guild}
        self._gone |= lost
        async with self._catching_up:
            for guild_id in lost & self._gone:
                await self.removed(guild_id)

    async def came_up(self) -> None:
        """Catch up with the servers that came and went while nobody looked."""
        async with self._catching_up:
            known = await self._host().workspaces(PLATFORM)
            self._known = {int(guild_id) for guild_id in known if self._is_ours(int(guild_id))}
            for guild in self.servers():
                if not guild.unavailable:
                    await self.is_there(guild)
                    await self._catch_up(guild, *known.get(str(guild.id), ("", "")))
            for guild_id in self._known - {guild.id for guild in self.servers()}:
                await self.removed(guild_id)
        self.ready.set()

    def servers(self) -> list[discord.Guild]:
        """The servers of this process' sessions; discord.py also keeps what a later session no longer has."""
        return [guild for guild in self.client.guilds if guild.id not in self._gone]

    def _is_ours(self, guild_id: int) -> bool:
        count = self.client.shard_count or 1
        return (guild_id >> 22) % count in self.client.shards

    async def is_there(self, guild: discord.Guild) -> None:
        """The bot is in a server: if that is news, the core opens it, or finds it again."""
        self._gone.discard(guild.id)
        if self._known is None or guild.id in self._known:  # before the first session is up, all come at once
            return
        self._known.add(guild.id)
        await self.live(inbound.installed(guild, None, _unique("joined", guild.id)))

    async def changed(self, guild: discord.Guild) -> None:
        """A server has another name or owner; of two changes the later one is told last."""
        async with self._catching_up:
            await self._refresh(guild)

    async def _refresh(self, guild: discord.Guild) -> None:
        await self.live(inbound.changed(guild, _unique("changed", guild.id)))

    async def _catch_up(self, guild: discord.Guild, name: str, owner: str) -> None:
        """Notice what has changed of a server that the core knew by this name and owner."""
        renamed = guild.name not in ("", name)
        if name and (renamed or owner != str(guild.owner_id)):
            await self._refresh(guild)

    async def removed(self, guild_id: int) -> None:
        """The bot is in a server no more."""
        if self._known is not None:
            self._known.discard(guild_id)
        await self.live(inbound.removed(guild_id, _unique("removed", guild_id)))

    async def live(self, event: Lifecycle) -> None:
        """Tell the core what happened to the bot."""
        await self._host().handle(event)

    async def log_in(self, token: str) -> None:
        """Log in and bring the commands up to date; where Discord is out of reach, try again until it is not.

        Raises UnusableError for what Discord refuses for good: the token, say, or a server that the bot is not in.
        """
        for attempt in itertools.count():
            try:
                await self.client.login(token)
            except discord.LoginFailure as error:
                raise UnusableError(NOT_TAKEN) from error
            except (discord.HTTPException, discord.RateLimited, *failures.DROPPED) as error:
                if not failures.is_away(error):
                    raise UnusableError(self._refused(error)) from error
                await self.client.http.close()
                self.client.http.connector = discord.utils.MISSING  # the old one is closed with its session
                self.client.clear()
                await _wait_out(error, attempt)
            else:
                return

    async def serve(self) -> None:
        """Keep the sessions; ends after `close`. Raises UnusableError where Discord ends them for good."""
        without_echo()
        for attempt in itertools.count():
            try:
                await self.client.connect()
            except (discord.ConnectionClosed, discord.PrivilegedIntentsRequired) as error:
                code = error.code if isinstance(error, discord.ConnectionClosed) else INTENTS_REFUSED
                if code == TOKEN_REFUSED:
                    raise UnusableError(NOT_TAKEN) from error
                raise UnusableError(
                    f"Discord has ended the session for good, with code {code}; "
                    "https://discord.com/developers/docs/topics/opcodes-and-status-codes says what that means."
                ) from error
            except (discord.GatewayNotFound, discord.RateLimited, *failures.DROPPED) as error:
                cause = error.__cause__ if isinstance(error, discord.GatewayNotFound) else error
                if isinstance(cause, discord.HTTPException) and cause.status == failures.UNAUTHORIZED:
                    raise UnusableError(NOT_TAKEN) from error
                if self.client.is_closed():
                    raise
                await _wait_out(cause if isinstance(cause, Exception) else error, attempt)
            else:
                return

    async def drain(self, patience: float) -> None:
        """Take nothing new, and let what is being answered end, for at most `patience` seconds."""
        await self.answers.drain(patience)

    async def close(self) -> None:
        """Log out."""
        self._registration.end()
        await self.client.close()

    async def health(self) -> str:
        """What is wrong with the connection; nothing if all is well."""
        if not self.ready.is_set():
            return "not connected yet"
        down = sorted(number for number, shard in self.client.shards.items() if shard.is_closed())
        return f"shards without a connection: {down}" if down else ""

    def gauge(self) -> tuple[str, str, Callable[[], float]]:
        """A number for whoever watches the process: its name, what it is, how it is found."""
        return "discord_servers", "Servers of this process' shards", lambda: len(self.servers())

    def _refused(self, error: Exception) -> str:
        """That Discord does not let the bot in, in a sentence."""
        if isinstance(error, discord.HTTPException) and error.status == failures.UNAUTHORIZED:
            return NOT_TAKEN
        said = f"Discord does not take the log-in: {failures.meaning(error)}."
        if self._api_url:
            return f"{said} Look at DISCORD_API_URL: it ends like https://discord.com/api/v10, or is not set at all."
        return f"{said} Look at https://discordstatus.com, and whether a proxy or firewall stands before Discord."

    def _host(self) -> Host:
        if self.host is None:
            raise LookupError("Discord is not plugged in")
        return self.host


def _unique(what: str, guild_id: int) -> str:
    """The name of a delivery that is none of Discord's; the core itself knows what is no news."""
    return f"{what}:{guild_id}:{uuid.uuid4().hex}"


def _pause(attempt: int) -> float:
    """How many seconds to wait after so many failed tries."""
    return min(LONGEST_WAIT, 2.0 ** min(attempt, 10))


async def _wait_out(error: Exception, attempt: int) -> None:
    """Say that Discord takes nothing for now, and wait, for as long as it asks for."""
    wait = max(_pause(attempt), failures.asked_to_wait(error))
    log.warning(
        "Discord is out of reach (%s); the next try is in %.0f s. Look at https://discordstatus.com",
        type(error).__name__,
        wait,
    )
    await asyncio.sleep(wait)
