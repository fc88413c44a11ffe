"""discord.py's client, which hands on what it hears: gestures, and what happens to the bot."""

import logging
import sys
import traceback
from typing import TYPE_CHECKING, Any

import discord

from adapters.discord import inbound

if TYPE_CHECKING:
    from adapters.discord.adapter import Discord

log = logging.getLogger(__name__)

LONGEST_RATE_LIMIT = 30.0  # seconds, the least that discord.py takes; what is longer is put off


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
        self._adapter.begins_anew(shard_id or 0)

    async def on_shard_ready(self, shard_id: int) -> None:
        """A new session of one shard."""
        await self._adapter.shard_came_up(shard_id)

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

    async def on_guild_update(self, before: discord.Guild, after: discord.Guild) -> None:
        """A server was changed, by name or owner or in what is no matter of ours."""
        if (before.name, before.owner_id) != (after.name, after.owner_id):
            await self._adapter.changed(after)

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
