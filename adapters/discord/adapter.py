"""Discord, plugged in: one handler for every interaction, and the bot's own life; `port` is for the core's posts."""

import asyncio
import itertools
import logging
import sys
import traceback
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from adapters.discord import failures, inbound, outbound, register
from adapters.discord.inbound import PLATFORM
from adapters.discord.port import CALL_SECONDS, DiscordPort, Files
from bot.chat.replies import Reply
from bot.chat.requests import CommandCall, FormSubmit, Lifecycle, Press, Suggest
from bot.host import Host

log = logging.getLogger(__name__)

LONGEST_WAIT = 60.0  # seconds between tries to log in
FORM_SECONDS = 2.0  # Discord waits three for a form
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
            max_ratelimit_timeout=CALL_SECONDS,
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
        await self._adapter.interact(interaction)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        """The bot was added to a server."""
        await self._adapter.joined(guild)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        """The bot was removed from a server, or the server is gone."""
        await self._adapter.live(inbound.removed(guild.id, f"removed:{guild.id}:{discord.utils.utcnow().timestamp()}"))

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
        self._api_url = api_url.rstrip("/")
        if self._api_url:
            Route.BASE = self._api_url
        self._registers = not shard_ids or 0 in shard_ids
        self._open: set[asyncio.Task[Any]] = set()
        self._closing = False

    # --- coming and going --------------------------------------------------------------------------------------

    async def logged_in(self) -> None:
        """Bring Discord's commands to the declared ones; only the process with the first shard writes."""
        if self._api_url:
            found = await self.client.http.request(Route("GET", "/gateway"))
            DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(found["url"])
        wanted = register.payloads(self._host().app.registry.commands.values())
        if self._registers:
            self.port.commands, changed = await register.register(self.client, wanted, self._guild)
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
        known = await self._host().workspaces(PLATFORM)
        present = {str(guild.id): guild for guild in self.client.guilds}
        for guild_id, guild in present.items():
            if guild_id not in known and not guild.unavailable:
                await self.joined(guild)
        for guild_id in known - present.keys():
            if self._is_ours(int(guild_id)):
                await self.live(inbound.removed(guild_id, f"missed:{guild_id}:{discord.utils.utcnow().timestamp()}"))
        self.ready.set()

    def _is_ours(self, guild_id: int) -> bool:
        count = self.client.shard_count or 1
        return (guild_id >> 22) % count in self.client.shards

    async def joined(self, guild: discord.Guild) -> None:
        """The bot is in a server: the core opens it, or finds it again."""
        at = guild.me.joined_at.timestamp() if guild.me and guild.me.joined_at else guild.id
        await self.live(inbound.installed(guild, None, f"joined:{guild.id}:{at}"))

    async def live(self, event: Lifecycle) -> None:
        """Tell the core what happened to the bot."""
        await self._host().handle(event)

    async def log_in(self, token: str) -> None:
        """Log in and bring the commands up to date; where Discord is out of reach, try again until it is not.

        Raises discord.LoginFailure for a token that Discord does not take.
        """
        for attempt in itertools.count():
            try:
                await self.client.login(token)
            except (discord.DiscordServerError, *failures.DROPPED) as error:
                wait = min(LONGEST_WAIT, 2.0**attempt)
                log.warning(
                    "Discord is out of reach (%s); the next try is in %.0f s. Look at https://discordstatus.com",
                    type(error).__name__,
                    wait,
                )
                await self.client.http.close()
                self.client.clear()
                await asyncio.sleep(wait)
            else:
                return

    async def serve(self) -> None:
        """Keep the sessions; ends after `close`. Raises what ends them for good."""
        await self.client.connect()

    async def drain(self, patience: float) -> None:
        """Take nothing new, and let what is being answered end, for at most `patience` seconds."""
        self._closing = True
        if self._open:
            await asyncio.wait(self._open, timeout=patience)

    async def close(self) -> None:
        """Log out."""
        await self.client.close()

    async def health(self) -> str:
        """What is wrong with the connection; nothing if all is well."""
        if not self.ready.is_set():
            return "not connected yet"
        down = sorted(number for number, shard in self.client.shards.items() if shard.is_closed())
        return f"shards without a connection: {down}" if down else ""

    # --- gestures: what members do -----------------------------------------------------------------------------

    async def interact(self, interaction: discord.Interaction) -> None:
        """Answer one interaction: acknowledge first, whatever the core is doing."""
        if self._closing:
            return
        task = asyncio.current_task()
        if task is not None:
            self._open.add(task)
            task.add_done_callback(self._open.discard)
        try:
            await self._interact(interaction)
        except discord.HTTPException as error:
            log.warning("Discord did not take an answer: %s", failures.meaning(error))
        except failures.DROPPED as error:
            log.warning("The way to Discord is broken (%s); an answer did not arrive", type(error).__name__)

    async def _interact(self, interaction: discord.Interaction) -> None:
        request = inbound.read(interaction)
        match request:
            case None:
                log.warning("An interaction of an unknown kind came from Discord")
            case Suggest():
                await self._suggest(interaction, request)
            case Press() | CommandCall() if self._host().opens_form(request):
                await self._open_form(interaction, request)
            case _:
                await self._answer(interaction, request)

    async def _suggest(self, interaction: discord.Interaction, request: Suggest) -> None:
        found = await self._host().suggest(request)
        choices = [discord.app_commands.Choice(name=label[:100], value=value[:100]) for value, label in found]
        await interaction.response.autocomplete(choices)

    async def _open_form(self, interaction: discord.Interaction, request: Press | CommandCall) -> None:
        async with asyncio.timeout(FORM_SECONDS):
            reply = await self._host().open_form(request)
        if reply is None:
            return
        if reply.form is not None:
            modal = outbound.modal(reply.form)
            await failures.again(lambda: interaction.response.send_modal(modal))
        elif (card := reply.card or reply.update) is not None:
            shown = self.port.render(card)
            await failures.again(lambda: interaction.response.send_message(**shown, ephemeral=True))

    async def _answer(self, interaction: discord.Interaction, request: Press | CommandCall | FormSubmit) -> None:
        replaces = isinstance(request, Press) or interaction.message is not None
        if not await self._acknowledge(interaction, replaces=replaces) and isinstance(request, CommandCall):
            return  # the member was told that it failed, and will ask again; an answer is kept all the same
        reply = await self._host().handle(request)
        await self._reply(interaction, reply, replaces=replaces)

    async def _acknowledge(self, interaction: discord.Interaction, *, replaces: bool) -> bool:
        try:
            await failures.again(lambda: interaction.response.defer(ephemeral=True, thinking=not replaces))
        except discord.HTTPException as error:
            if error.code == failures.ALREADY_ACKNOWLEDGED:
                return True
            log.warning(
                "Discord took no acknowledgement (%s): it came later than 3 seconds, or the network is slow; "
                "if this happens often, give the bot a faster machine or database",
                failures.meaning(error),
            )
            return False
        except failures.DROPPED as error:
            log.warning("The way to Discord is broken (%s); a member saw no answer", type(error).__name__)
            return False
        return True

    async def _reply(self, interaction: discord.Interaction, reply: Reply | None, *, replaces: bool) -> None:
        first = None if reply is None else reply.update or (None if replaces else reply.card)
        if first is not None:
            shown = self.port.render(first, edits=True)
            await failures.again(lambda: interaction.edit_original_response(**shown))
        elif not replaces:
            await failures.again(interaction.delete_original_response)
        more = None if reply is None or reply.card is first else reply.card
        if more is not None:
            again = self.port.render(more)
            await failures.again(lambda: interaction.followup.send(**again, ephemeral=True))

    def _host(self) -> Host:
        if self.host is None:
            raise LookupError("Discord is not plugged in")
        return self.host
