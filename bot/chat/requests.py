"""What reaches the core: somebody did something somewhere. One type per gesture."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.chat.people import Actor, Space


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What every gesture of a member has.

    `delivery` names the platform's delivery: the same one twice changes nothing the second time.
    """

    actor: Actor
    space: Space
    delivery: str
    locale: str = "en"


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandCall(Asked):
    """A slash command, its options as the member gave them."""

    name: str
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press(Asked):
    """A button or a select; `values` are the chosen lines of a select."""

    token: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class FormSubmit(Asked):
    """A filled-in form."""

    token: str
    fields: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggest(Asked):
    """Autocomplete: the member has typed `text` so far into `option` of the command `name`."""

    name: str
    option: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomeOpened(Asked):
    """The bot's own page was opened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortcut(Asked):
    """A shortcut of the platform; it runs the command `name`."""

    name: str


Request = CommandCall | Press | FormSubmit | HomeOpened | Shortcut
