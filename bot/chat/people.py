"""Who speaks, where, and which message is meant."""

from enum import StrEnum

from msgspec import Struct

from bot.chat.parts import Part


class Role(StrEnum):
    """What a member must be to use a command or a button."""

    MEMBER = "member"
    MODERATOR = "moderator"


class Space(Struct, frozen=True):
    """A place on a platform: a workspace or server, a channel of it, a thread of that.

    `workspace` is None in a direct message that belongs to no server; `channel` is None for the
    workspace as a whole.
    """

    platform: str
    workspace: str | None = None
    channel: str | None = None
    thread: str | None = None


class Roles(Struct, frozen=True):
    """Whom members may name on a platform: patterns for its own names of them, and how to choose.

    `named`: whom a post may notify; `moderators`: who may be made a moderator; `channels`: which channels can be
    named; `silent`: whom of those in the request no post of ours reaches as things are. The hints, `hint`, `choose`,
    `pick` and `louder`, are sentences marked for the catalogue.
    """

    named: str
    hint: str
    moderators: str
    choose: str
    silent: frozenset[str] = frozenset()
    louder: str = ""
    channels: str = ".+"
    pick: str = ""


class Powers(Struct, frozen=True):
    """What the bot itself may do in a place; what it lacks is named in the platform's own words.

    `threads`: whether threads can be opened there at all, were nothing lacking. `menus`: where the platform itself lets
    a manager choose who is shown which command, as a sentence marked for the catalogue; empty where nobody chooses.
    `roles`: whom members may name; None where any word will do.
    """

    lacks_to_post: tuple[str, ...] = ()
    lacks_to_thread: tuple[str, ...] = ()
    threads: bool = False
    menus: str = ""
    roles: Roles | None = None


NO_THREADS = Powers()


class Actor(Struct, frozen=True):
    """The account that made a request, as the platform describes it at that moment."""

    platform: str
    user: str
    name: str
    is_admin: bool = False
    roles: frozenset[str] = frozenset()


class Account(Part, frozen=True):
    """An account to write to: enough for its platform to find it."""

    platform: str
    user: str


class MessageRef(Struct, frozen=True):
    """A message that a platform has accepted, so that it can be edited later."""

    space: Space
    message: str
