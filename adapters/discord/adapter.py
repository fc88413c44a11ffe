"""Discord, plugged in: one handler for every interaction, and the bot's own life; `port` is for the core's posts."""

import asyncio
import itertools
import logging
import sys
import traceback
import uuid
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import failures, inbound, register
from adapters.discord.answers import Answers
from adapters.discord.doctor import NOT_TAKEN
from adapters.discord.inbound import PLATFORM
from adapters.discord.port import DiscordPort, Files
from bot.chat.requests import Lifecycle
from bot.host import Host
from bot.ports import UnusableError

log = logging.getLogger(__name__)

LONGEST_WAIT = 60.0  # seconds between tries to log in
LONGEST_RATE_LIMIT = 30.0  # seconds, the least that discord.py takes; what is longer is put off
TOKEN_REFUSED = 4004
IDENTIFY_EVERY = timedelta(seconds=5.5)  # Discord takes one new session every five seconds


class Client(discord.AutoShardedClient):
    """discord.py's client, which keeps as little as it can and hands everything on."""

    def __init__(self, adapter: "Discord", **shards: Any) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_RATE_LIMIT,
            **shards,
        )
        self._adapter = adapter

    async def setup_hook(self) -> None:
        """Logged in, not connected yet."""
        await self._adapter.logged_in()

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:  # noqa: ARG002
        """Wait for this process' turn: Discord refuses sessions that begin too close together."""
        await self._adapter.wait_for_turn()

    async def on_ready(self) -> None:
        """A new session of every shard."""
        await self._adapter.came_up()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Somebody used a command, a button, a select or a form."""
        await self._adapter.answers.interact(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server."""
        await self._adapter.is_there(guild)

    async def on_guild_available(self, guild: discord.Guild) -> None:
        """A server is back after an outage of Discord's; it may have become ours in the meantime."""
        await self._adapter.is_there(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, or the server is gone."""
        await self._adapter.removed(guild.id)

    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel was deleted."""
        await self._adapter.live(inbound.channel_gone(channel.guild.id, channel.id, None, f"gone:{channel.id}"))

    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """A thread was deleted."""
        gone = inbound.channel_gone(payload.guild_id, payload.parent_id, payload.thread_id, f"gone:{payload.thread_id}")
        await self._adapter.live(gone)

    async def on_error(self, event_method: str, /, *_args: Any, **_kwargs: Any) -> None:
        """Log a fault of ours by its name, never with a member's words."""
        kind, _error, trace = sys.exc_info()
        place = traceback.extract_tb(trace)[-1] if trace else None
        where = f"{place.filename.rpartition('/')[2]}:{place.lineno}" if place else "nowhere"
        log.error("Discord's %s failed with %s at %s", event_method, kind.__name__ if kind else "nothing", where)


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
        self._guild = guild
        self._known: set[int] | None = None
        self._api_url = api_url.rstrip("/")
        if self._api_url:
            Route.BASE = self._api_url
        self._registers = not shard_ids or 0 in shard_ids
        self.answers = Answers(self.port, self._host)

    # --- coming and going --------------------------------------------------------------------------------------

    async def logged_in(self) -> None:
        """Bring Discord's commands to the declared ones; only the process with the first shard writes."""
        if self._api_url:
            found = await self.client.http.request(Route("GET", "/gateway"))
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(found["url"])
        wanted = register.payloads(self._host().app.registry.commands.values())
        if self._registers:
            try:
                self.port.commands, changed = await register.register(self.client, wanted, self._guild)
            except (discord.Forbidden, discord.NotFound) as error:
                raise UnusableError(
                    f"DISCORD_GUILD_ID is {self._guild}, a server that the bot is not in. Invite it there "
                    "(batchmate invite prints the link), or set another."
                ) from error
            log.info(
                "Discord has %d commands; %s", len(self.port.commands), "renewed" if changed else "nothing had changed"
            )
        else:
            self.port.commands = register.ids(await register.registered_in(self.client, self._guild))

    async def wait_for_turn(self) -> None:
        """Wait until this process may begin a session, whatever other processes do."""
        await asyncio.sleep(await self._host().turn(f"{PLATFORM}:identify", IDENTIFY_EVERY))

    async def came_up(self) -> None:
        """Catch up with the servers that came and went while nobody looked."""
        known = {int(guild_id) for guild_id in await self._host().workspaces(PLATFORM)}
        self._known = {guild_id for guild_id in known if self._is_ours(guild_id)}
        for guild in self.client.guilds:
            if not guild.unavailable:
                await self.is_there(guild)
        for guild_id in self._known - {guild.id for guild in self.client.guilds}:
            await self.removed(guild_id)
        self.ready.set()

    def _is_ours(self, guild_id: int) -> bool:
        count = self.client.shard_count or 1
        return (guild_id >> 22) % count in self.client.shards

    async def is_there(self, guild: discord.Guild) -> None:
        """The bot is in a server: if that is news, the core opens it, or finds it again."""
        if self._known is None or guild.id in self._known:  # before the first session is up, all come at once
            return
        self._known.add(guild.id)
        await self.live(inbound.installed(guild, None, _unique("joined", guild.id)))

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

        Raises UnusableError for a token that Discord does not take, and for a server that the bot is not in.
        """
        for attempt in itertools.count():
            try:
                await self.client.login(token)
            except discord.LoginFailure as error:
                raise UnusableError(NOT_TAKEN) from error
            except (discord.DiscordServerError, *failures.DROPPED) as error:
                wait = min(LONGEST_WAIT, 2.0**attempt)
                log.warning(
                    "Discord is out of reach (%s); the next try is in %.0f s. Look at https://discordstatus.com",
                    type(error).__name__,
                    wait,
                )
                await self.client.http.close()
                self.client.http.connector = discord.utils.MISSING  # the old one is closed with its session
                self.client.clear()
                await asyncio.sleep(wait)
            else:
                return

    async def serve(self) -> None:
        """Keep the sessions; ends after `close`. Raises UnusableError where Discord ends them for good."""
        try:
            await self.client.connect()
        except discord.ConnectionClosed as error:
            if error.code == TOKEN_REFUSED:
                raise UnusableError(NOT_TAKEN) from error
            raise UnusableError(
                f"Discord has ended the session for good, with code {error.code}; "
                "https://discord.com/developers/docs/topics/opcodes-and-status-codes says what that means."
            ) from error

    async def drain(self, patience: float) -> None:
        """Take nothing new, and let what is being answered end, for at most `patience` seconds."""
        await self.answers.drain(patience)

    async def close(self) -> None:
        """Log out."""
        await self.client.close()

    async def health(self) -> str:
        """What is wrong with the connection; nothing if all is well."""
        if not self.ready.is_set():
            return "not connected yet"
        down = sorted(number for number, shard in self.client.shards.items() if shard.is_closed())
        return f"shards without a connection: {down}" if down else ""

    def gauge(self) -> tuple[str, str, Callable[[], float]]:
        """A number for whoever watches the process: its name, what it is, how it is found."""
        return "discord_servers", "Servers of this process' shards", lambda: len(self.client.guilds)

    def _host(self) -> Host:
        if self.host is None:
            raise LookupError("Discord is not plugged in")
        return self.host


def _unique(what: str, guild_id: int) -> str:
    """The name of a delivery that is none of Discord's; the core itself knows what is no news."""
    return f"{what}:{guild_id}:{uuid.uuid4().hex}"
