"""What exists: people, servers, channels, messages and declared commands, with ids as Discord makes them."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Any

from tests.fakes.discord_server.errors import ImpossibleGesture, unknown
from tests.fakes.discord_server.shapes import texts, walk

EPOCH_MS = 1_420_070_400_000
TEXT, DM, CATEGORY, PUBLIC_THREAD, FORUM = 0, 1, 4, 11, 15
EPHEMERAL, LOADING, HAS_THREAD = 1 << 6, 1 << 7, 1 << 5


def timestamp() -> str:
    """This instant, as Discord writes it."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


@dataclass(slots=True, eq=False)
class User:
    """An account; `dms_closed` refuses direct messages."""

    id: str
    name: str
    shown: str
    bot: bool = False
    locale: str = "en-US"
    dms_closed: bool = False


@dataclass(slots=True, eq=False)
class Role:
    """A role of a server."""

    id: str
    name: str
    permissions: int = 0
    position: int = 1
    bot: str | None = None


@dataclass(slots=True, eq=False)
class Member:
    """An account in a server."""

    user: User
    roles: list[str] = field(default_factory=list)
    nick: str | None = None
    joined: str = field(default_factory=timestamp)


@dataclass(slots=True, eq=False)
class Overwrite:
    """What a role (0) or a member (1) may and may not do in one channel."""

    target: str
    kind: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, eq=False, repr=False)
class Message:
    """A message; `seen_by` names the only account that sees it, `files` holds what was uploaded."""

    id: str
    channel: "Channel"
    author: User
    content: str = ""
    embeds: list[Any] = field(default_factory=list)
    components: list[Any] = field(default_factory=list)
    attachments: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    flags: int = 0
    seen_by: str | None = None
    interaction: dict[str, Any] | None = None
    created: str = field(default_factory=timestamp)
    edited: str | None = None
    edits: int = 0
    thread: "Channel | None" = None

    @property
    def text(self) -> str:
        """Everything that can be read in it, one text a line."""
        return "\n".join([self.content] * bool(self.content) + texts(self.components))

    @property
    def controls(self) -> list[dict[str, Any]]:
        """Its buttons and selects, in order."""
        return [part for part in walk(self.components) if part.get("custom_id")]

    def control(self, name: str) -> dict[str, Any]:
        """The button or select with this custom id or label."""
        for part in self.controls:
            if name in (part["custom_id"], part.get("label")):
                return part
        have = [(part.get("label"), part["custom_id"]) for part in self.controls]
        raise ImpossibleGesture(f"the message has no button or select {name!r}; it has {have}")


@dataclass(slots=True, eq=False, repr=False)
class Channel:
    """A channel, thread or direct conversation, with its messages in order."""

    id: str
    name: str
    type: int = TEXT
    guild: "Guild | None" = None
    parent: "Channel | None" = None
    position: int = 0
    owner: str | None = None
    recipient: User | None = None
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)
    created: str = field(default_factory=timestamp)
    archive_minutes: int = 1440
    archived: bool = False
    locked: bool = False

    @property
    def is_thread(self) -> bool:
        """Whether it hangs under a channel."""
        return self.type == PUBLIC_THREAD

    @property
    def public(self) -> list[Message]:
        """What everybody in it sees."""
        return [message for message in self.messages.values() if message.seen_by is None]


@dataclass(slots=True, eq=False, repr=False)
class Guild:
    """A server (Discord's word in its API is guild)."""

    id: str
    name: str
    owner: str
    locale: str = "en-US"
    roles: dict[str, Role] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    unavailable: bool = False


class World:
    """Everything by id, and the ways to find it."""

    def __init__(self) -> None:
        self._numbers = count()
        self._guild_numbers = count(1)
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.commands: dict[str | None, dict[tuple[str, int], dict[str, Any]]] = {None: {}}
        self.bot = self.add_user("batchmate", bot=True)
        self.application = self.snowflake()

    def snowflake(self) -> str:
        """A new id that says when it was made."""
        return str((int(time.time() * 1000) - EPOCH_MS) << 22 | next(self._numbers) & 0x3FFFFF)

    def guild_id(self) -> str:
        """A new id of a server; consecutive ones belong to different shards."""
        return str((200_000_000_000 + next(self._guild_numbers)) << 22)

    def add_user(self, name: str, *, bot: bool = False, locale: str = "en-US") -> User:
        """A new account."""
        user = User(self.snowflake(), name, name.capitalize(), bot, locale)
        self.users[user.id] = user
        return user

    def user(self, who: User | str) -> User:
        """An account by itself, id or name."""
        if isinstance(who, User):
            return who
        found = self.users.get(who) or next((user for user in self.users.values() if user.name == who), None)
        if found is None:
            raise ImpossibleGesture(f"there is no user {who!r}")
        return found

    def guild(self, which: Guild | str) -> Guild:
        """A server by itself, id or name."""
        if isinstance(which, Guild):
            return which
        found = self.guilds.get(which) or next((guild for guild in self.guilds.values() if guild.name == which), None)
        if found is None:
            raise ImpossibleGesture(f"there is no server {which!r}")
        return found

    def channel(self, which: Channel | str, guild: Guild | None = None) -> Channel:
        """A channel by itself, id or name; in the given server, if one is given."""
        if isinstance(which, Channel):
            return which
        if which in self.channels:
            return self.channels[which]
        for channel in guild.channels.values() if guild else self.channels.values():
            if channel.name == which:
                return channel
        raise ImpossibleGesture(f"there is no channel {which!r}")

    def asked_channel(self, channel: str) -> Channel:
        """The channel that a request names."""
        found = self.channels.get(channel)
        if found is None:
            raise unknown("Channel")
        return found

    def asked_message(self, channel: str, message: str) -> Message:
        """The message that a request names; nobody finds a private one this way."""
        found = self.asked_channel(channel).messages.get(message)
        if found is None or found.seen_by is not None:
            raise unknown("Message")
        return found

    def dm(self, user: User) -> Channel:
        """The direct conversation of the bot with somebody."""
        for channel in self.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.snowflake(), "", DM, recipient=user)
        self.channels[channel.id] = channel
        return channel

    def command(self, name: str, guild: Guild | None) -> dict[str, Any]:
        """The declared command of this name, the server's own first."""
        scopes = [guild.id, None] if guild else [None]
        for scope in scopes:
            found = self.commands.get(scope, {}).get((name, 1))
            if found is not None:
                return found
        declared = sorted(name for scope in scopes for name, _ in self.commands.get(scope, {}))
        raise ImpossibleGesture(f"no command /{name} is declared; declared are {declared}")
