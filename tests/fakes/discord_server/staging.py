"""Verbs that set the scene: people, servers, channels, permissions, trouble with requests."""

from typing import Any

from tests.fakes.discord_server import declarations, payloads, permissions
from tests.fakes.discord_server.faults import Fault, Faults
from tests.fakes.discord_server.gateway import Gateway
from tests.fakes.discord_server.rest_commands import keep
from tests.fakes.discord_server.world import (
    PUBLIC_THREAD,
    TEXT,
    Channel,
    Guild,
    Member,
    Message,
    Overwrite,
    Role,
    User,
    World,
)

MEMBERS = ("ann", "bea", "cem", "dag", "eli")
OWNER = "mod"


class Staging:
    """What a test arranges; whatever a running bot would hear of is dispatched to it."""

    world: World
    gateway: Gateway
    faults: Faults

    def add_user(self, name: str, *guilds: Guild | str, nick: str | None = None, locale: str = "en-US") -> User:
        """A new account, as a member of these servers."""
        user = self.world.add_user(name, locale=locale)
        for guild in guilds:
            self.world.guild(guild).members[user.id] = Member(user, nick=nick)
        return user

    def close_dms(self, user: User | str, *, closed: bool = True) -> None:
        """Refuse direct messages of the bot to somebody."""
        self.world.user(user).dms_closed = closed

    def add_guild(self, name: str = "", channels: tuple[str, ...] | list[str] = ("study",)) -> Guild:
        """A server with text channels, owned by mod, with the usual members and the bot in it."""
        guild = Guild(self.world.guild_id(), name or f"server{len(self.world.guilds) + 1}", self.world.user(OWNER).id)
        everyone = Role(guild.id, "@everyone", permissions.EVERYONE, 0)
        own = Role(self.world.snowflake(), "Batchmate", permissions.EVERYONE, 1, bot=self.world.bot.id)
        guild.roles = {everyone.id: everyone, own.id: own}
        for who in (*MEMBERS, OWNER):
            user = self.world.user(who)
            guild.members[user.id] = Member(user)
        guild.members[self.world.bot.id] = Member(self.world.bot, [own.id])
        self.world.guilds[guild.id] = guild
        for position, channel in enumerate(channels):
            self._new_channel(guild, channel, TEXT, position)
        self.gateway.dispatch("GUILD_CREATE", self._arrival(guild), guild)
        return guild

    def _arrival(self, guild: Guild) -> dict[str, Any]:
        """GUILD_CREATE of a server that the bot joins now: it says nothing about having been unavailable."""
        payload = payloads.whole_guild(guild, self.world.bot)
        del payload["unavailable"]
        return payload

    def guild_create(self, guild: Guild | str) -> None:
        """Bring back a server after an outage, or after the bot was removed from it."""
        found = guild if isinstance(guild, Guild) else self.world.guild(guild)
        returning, found.unavailable = found.unavailable, False
        self.world.guilds[found.id] = found
        payload = payloads.whole_guild(found, self.world.bot) if returning else self._arrival(found)
        self.gateway.dispatch("GUILD_CREATE", payload, found)

    def guild_delete(self, guild: Guild | str, *, unavailable: bool = False) -> Guild:
        """An outage of a server, or the bot's removal from it."""
        found = self.world.guild(guild)
        found.unavailable = unavailable
        payload: dict[str, Any] = {"id": found.id}
        if unavailable:
            payload["unavailable"] = True
        else:
            del self.world.guilds[found.id]
        self.gateway.dispatch("GUILD_DELETE", payload, found)
        return found

    def _new_channel(self, guild: Guild, name: str, kind: int, position: int) -> Channel:
        channel = Channel(self.world.snowflake(), name, kind, guild, position=position)
        guild.channels[channel.id] = self.world.channels[channel.id] = channel
        return channel

    def add_channel(self, guild: Guild | str, name: str, kind: int = TEXT) -> Channel:
        """A new channel."""
        found = self.world.guild(guild)
        channel = self._new_channel(found, name, kind, len(found.channels))
        self.gateway.dispatch("CHANNEL_CREATE", payloads.channel(channel), found)
        return channel

    def add_thread(self, below: Channel, name: str, user: User | str) -> Channel:
        """A thread that a member opens, or a post in a forum."""
        owner = self.world.user(user).id
        thread = Channel(self.world.snowflake(), name, PUBLIC_THREAD, below.guild, below, owner=owner)
        self.world.guild(below.guild or "").channels[thread.id] = self.world.channels[thread.id] = thread
        self.gateway.dispatch("THREAD_CREATE", payloads.channel(thread), below.guild)
        return thread

    def channel_delete(self, channel: Channel | str) -> None:
        """Delete a channel with its threads, or one thread."""
        found = self.world.channel(channel)
        below = [thread for thread in self.world.channels.values() if thread.parent is found]
        for gone in [*below, found]:
            del self.world.channels[gone.id]
            if gone.guild is not None:
                gone.guild.channels.pop(gone.id, None)
        if found.is_thread:
            payload = {"id": found.id, "type": found.type, "guild_id": found.guild.id, "parent_id": found.parent.id}
            self.gateway.dispatch("THREAD_DELETE", payload, found.guild)
        else:
            self.gateway.dispatch("CHANNEL_DELETE", payloads.channel(found), found.guild)

    def thread_close(self, thread: Channel, *, locked: bool = False) -> None:
        """Close a thread, as a moderator does; a locked one only moderators open again."""
        thread.archived, thread.locked = True, locked
        self.gateway.dispatch("THREAD_UPDATE", payloads.channel(thread), thread.guild)

    def guild_update(self, guild: Guild | str, **changes: str) -> None:
        """Change a server: its `name`, or the id of its `owner`."""
        found = self.world.guild(guild)
        for name, value in changes.items():
            setattr(found, name, value)
        self.gateway.dispatch("GUILD_UPDATE", payloads.guild(found), found)

    def message_delete(self, message: Message) -> None:
        """Delete a message, as a moderator does."""
        message.channel.messages.pop(message.id, None)

    def add_role(self, guild: Guild | str, name: str, *users: User | str, grants: tuple[str, ...] = ()) -> Role:
        """A new role with permissions, given to members."""
        found = self.world.guild(guild)
        role = Role(self.world.snowflake(), name, permissions.bits(*grants), len(found.roles))
        found.roles[role.id] = role
        for user in users:
            found.members[self.world.user(user).id].roles.append(role.id)
        event = {"guild_id": found.id, "role": payloads.role(role)}
        self.gateway.dispatch("GUILD_ROLE_CREATE", event, found)
        return role

    def forbid(self, channel: Channel | str, *names: str, user: User | str | None = None) -> None:
        """Take permissions from the bot (or from somebody) in a channel, for example `send_messages`."""
        entry, bits = self._overwrite(channel, user), permissions.bits(*names)
        entry.deny |= bits
        entry.allow &= ~bits
        self._channel_update(channel)

    def allow(self, channel: Channel | str, *names: str, user: User | str | None = None) -> None:
        """Give permissions to the bot (or to somebody) in a channel."""
        entry, bits = self._overwrite(channel, user), permissions.bits(*names)
        entry.allow |= bits
        entry.deny &= ~bits
        self._channel_update(channel)

    def _overwrite(self, channel: Channel | str, user: User | str | None) -> Overwrite:
        who = self.world.user(user) if user is not None else self.world.bot
        return self.world.channel(channel).overwrites.setdefault(who.id, Overwrite(who.id, 1))

    def _channel_update(self, channel: Channel | str) -> None:
        found = self.world.channel(channel)
        self.gateway.dispatch("CHANNEL_UPDATE", payloads.channel(found), found.guild)

    def say(self, channel: Channel | str, user: User | str, content: str) -> Message:
        """A message that a member writes; the bot is not told of it."""
        found = self.world.channel(channel)
        message = Message(self.world.snowflake(), found, self.world.user(user), content)
        found.messages[message.id] = message
        return message

    def declare(self, commands: list[dict[str, Any]], guild: Guild | str | None = None) -> None:
        """Declare commands in place of a bot that declares none."""
        scope = self.world.guild(guild).id if guild is not None else None
        kept = self.world.commands.setdefault(scope, {})
        for command in commands:
            declarations.check_command(command)
            keep(self.world, scope, kept, command)

    # Trouble with requests. A route is written `POST /channels/*/messages`; `times` None means always.

    def fail(self, route: str, status: int = 502, times: int | None = 1, *, applied: bool = False) -> Fault:
        """Answer with a 5xx page in place of the result; `applied` means that the request did its work."""
        return self.faults.add(Fault(route, times, status=status, applied=applied))

    def refuse(self, route: str, status: int, code: int, times: int | None = 1) -> Fault:
        """Refuse with a status and a code of Discord's own."""
        return self.faults.add(Fault(route, times, status=status, code=code))

    def limit(
        self, route: str, retry_after: float, times: int | None = 1, *, everywhere: bool = False, page: bool = False
    ) -> Fault:
        """Answer 429; `everywhere` calls it the global limit, `page` makes it one of the shield before Discord."""
        limited = Fault(route, times, status=429, retry_after=retry_after, everywhere=everywhere, page=page)
        return self.faults.add(limited)

    def cut(self, route: str, times: int | None = 1, *, applied: bool = False, reset: bool = False) -> Fault:
        """Close the connection without an answer, before or after the request did its work; `reset` abruptly."""
        return self.faults.add(Fault(route, times, drop=True, applied=applied, reset=reset))

    def slow(self, route: str, seconds: float, times: int | None = None, *, applied: bool = False) -> Fault:
        """Let requests wait, before anything is done with them or before they are answered; other faults still act."""
        return self.faults.add(Fault(route, times, seconds=seconds, applied=applied))
