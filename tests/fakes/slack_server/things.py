"""What exists in a workspace: people, channels, messages, views, user groups, files."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_server import blocks
from tests.fakes.slack_server.errors import ImpossibleGesture


@dataclass(slots=True, eq=False)
class User:
    """An account in one workspace; `views` is the stack of open modals, `home` the page of the app's Home tab.

    `guest_of`: the id of the workspace from which it comes, if it is only in channels that two companies share.
    """

    id: str
    name: str
    shown: str
    is_admin: bool = False
    is_owner: bool = False
    is_bot: bool = False
    tz: str = "Etc/UTC"
    locale: str = "en-US"
    deleted: bool = False
    dms_closed: bool = False
    views: list["View"] = field(default_factory=list)
    home: "View | None" = None
    guest_of: str = ""


@dataclass(slots=True, eq=False, repr=False)
class Message:
    """A message; `seen_by` names the only account that sees it, `fallback` is its `text` beside blocks."""

    ts: str
    channel: "Channel"
    author: User
    fallback: str = ""
    blocks: list[dict[str, Any]] = field(default_factory=list)
    thread_ts: str | None = None
    seen_by: str | None = None
    files: list["File"] = field(default_factory=list)
    metadata: dict[str, Any] | None = None
    edited: str | None = None
    edits: int = 0

    @property
    def text(self) -> str:
        """Everything that can be read in it, one text a line."""
        read = list(blocks.texts(self.blocks)) if self.blocks else [self.fallback] * bool(self.fallback)
        return "\n".join(read + [file.title for file in self.files])

    @property
    def controls(self) -> list[dict[str, Any]]:
        """Its buttons, selects and inputs, in order."""
        return [part for _, part in blocks.controls(self.blocks)]

    def control(self, name: str) -> dict[str, Any]:
        """The one of this action id, value or label."""
        return find_control(self.blocks, name)[1]


@dataclass(slots=True, eq=False, repr=False)
class Channel:
    """A channel or a direct conversation (`recipient`), with its messages in order; `bot_in` says if the bot is in."""

    id: str
    name: str
    team: "Team"
    private: bool = False
    recipient: User | None = None
    bot_in: bool = True
    archived: bool = False
    opened: bool = False
    members: set[str] = field(default_factory=set)
    messages: dict[str, Message] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)

    @property
    def public(self) -> list[Message]:
        """What everybody in it sees, threads included."""
        return [message for message in self.messages.values() if message.seen_by is None]

    def seen_by(self, user: User) -> list[Message]:
        """What somebody sees in it, the newest last."""
        return [message for message in self.messages.values() if message.seen_by in (None, user.id)]

    def thread(self, ts: str) -> list[Message]:
        """The replies under a message."""
        return [message for message in self.messages.values() if message.thread_ts == ts]


@dataclass(slots=True, eq=False, repr=False)
class View:
    """A modal or a Home page as somebody has it open; `body` is what the app sent.

    `opened_in`: the conversation that they had before them then, where that is known.
    """

    id: str
    team: "Team"
    user: User
    body: dict[str, Any]
    hash: str
    root: str = ""
    previous: str | None = None
    closed: bool = False
    opened_in: Channel | None = None

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Its blocks."""
        found: list[dict[str, Any]] = self.body["blocks"]
        return found

    @property
    def kind(self) -> str:
        """Modal or home."""
        return str(self.body["type"])

    @property
    def text(self) -> str:
        """Everything that can be read in it, one text a line."""
        title = [self.body["title"]["text"]] if "title" in self.body else []
        return "\n".join([*title, *blocks.texts(self.blocks)])

    @property
    def controls(self) -> list[dict[str, Any]]:
        """Its buttons, selects and inputs, in order."""
        return [part for _, part in blocks.controls(self.blocks)]

    def control(self, name: str) -> dict[str, Any]:
        """The one of this action id, value or label."""
        return find_control(self.blocks, name)[1]


@dataclass(slots=True, eq=False)
class Group:
    """A user group."""

    id: str
    handle: str
    name: str
    users: list[str] = field(default_factory=list)
    disabled: bool = False


@dataclass(slots=True, eq=False)
class File:
    """A file that is being uploaded, or was; `ready_at` is when Slack has looked at it and it can be shown."""

    id: str
    name: str
    size: int
    title: str = ""
    alt_text: str = ""
    data: bytes | None = None
    complete: bool = False
    ready_at: float = 0.0


@dataclass(slots=True, eq=False, repr=False)
class Team:
    """A workspace; `token` is the bot's in it, `scopes` what the token may, `standing` the error that it meets."""

    id: str
    name: str
    domain: str
    bot: User
    bot_id: str
    token: str
    scopes: set[str] = field(default_factory=set)
    standing: str = ""
    installer: str = ""
    users: dict[str, User] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    @property
    def installed(self) -> bool:
        """Whether the app is in it."""
        return bool(self.token) and not self.standing

    def user(self, who: User | str) -> User:
        """An account by itself, id or name."""
        if isinstance(who, User):
            return who
        found = self.users.get(who) or next((user for user in self.users.values() if user.name == who), None)
        if found is None:
            raise ImpossibleGesture(f"there is no user {who!r} in {self.name}")
        return found

    def channel(self, which: Channel | str) -> Channel:
        """A channel by itself, id or name."""
        if isinstance(which, Channel):
            return which
        named = (channel for channel in self.channels.values() if channel.name == which and not channel.recipient)
        found = self.channels.get(which) or next(named, None)
        if found is None:
            raise ImpossibleGesture(f"there is no channel {which!r} in {self.name}")
        return found


def find_control(held: list[dict[str, Any]], name: str | None) -> tuple[dict[str, Any], dict[str, Any]]:
    """The button, select or input of this action id, value or label, with its block; None finds the only one."""
    found = list(blocks.controls(held))
    fitting = [
        (block, part)
        for block, part in found
        if name in (part.get("action_id"), part.get("value"), (part.get("text") or {}).get("text"))
    ]
    if name is None:
        usable = [(block, part) for block, part in found if block["type"] != "input"]
        fitting = usable if len(usable) == 1 else []
    if not fitting:
        have = [(part.get("action_id"), part.get("value"), (part.get("text") or {}).get("text")) for _, part in found]
        raise ImpossibleGesture(f"there is no button or select {name!r}; there are {have}")
    return fitting[0]
