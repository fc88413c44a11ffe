"""What reaches the core: somebody did something somewhere. One type per gesture."""

from collections.abc import Mapping
from enum import StrEnum

from msgspec import Struct, field

from bot.chat.people import NO_THREADS, Account, Actor, Powers, Space


class Asked(Struct, frozen=True, kw_only=True):
    """What every gesture of a member has.

    `delivery` names the platform's delivery: the same one twice changes nothing the second time. `workspace_name`
    is what its members call the workspace; `powers` says what the bot may do in `space`. `about`: the id of the group
    that a private message was about, 0 where only `space` tells it.
    """

    actor: Actor
    space: Space
    delivery: str
    locale: str = "en"
    workspace_name: str = ""
    powers: Powers = NO_THREADS
    about: int = 0


class CommandCall(Asked, frozen=True, kw_only=True):
    """A slash command, its options as the member gave them."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)


class Press(Asked, frozen=True, kw_only=True):
    """A button or a select; `values` are the chosen lines of a select."""

    token: str
    values: tuple[str, ...] = ()


class FormSubmit(Asked, frozen=True, kw_only=True):
    """A filled-in form."""

    token: str
    fields: Mapping[str, str]


class Suggest(Asked, frozen=True, kw_only=True):
    """Autocomplete: the member has typed `text` so far into `option` of the command `name`."""

    name: str
    option: str
    text: str


class HomeOpened(Asked, frozen=True, kw_only=True):
    """The bot's own page was opened."""


class Shortcut(Asked, frozen=True, kw_only=True):
    """A shortcut of the platform; it runs the command `name`."""

    name: str


class Life(StrEnum):
    """What can happen to the bot itself."""

    INSTALLED = "installed"
    CHANGED = "changed"
    REMOVED = "removed"
    CHANNEL_GONE = "channel gone"


class Lifecycle(Struct, frozen=True, kw_only=True):
    """The bot was added to a workspace or removed from one, one has another name or owner, or a channel of one is gone.

    `space` is the workspace; of INSTALLED its channel, if any, is where a first word is welcome; of CHANNEL_GONE the
    channel or thread is what is gone. `installer` is who added the bot, or owns the workspace, where the platform says
    so.
    """

    what: Life
    space: Space
    delivery: str
    installer: Account | None = None
    workspace_name: str = ""
    locale: str = "en"


Gesture = CommandCall | Press | FormSubmit | HomeOpened | Shortcut
Request = Gesture | Lifecycle
