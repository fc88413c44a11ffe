"""Commands, buttons' receiving ends and everything else that a feature declares, as data."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from bot.chat import limits
from bot.chat.people import Role
from bot.chat.replies import Reply
from bot.chat.requests import Life


class Where(StrEnum):
    """Where a command makes sense."""

    GROUP = "group"
    ANYWHERE = "anywhere"


class OptionKind(StrEnum):
    """What an option holds; the value reaches the handler as `str`, `int` for a number, `bool` for yes or no.

    A member and a channel are named by the platform's own ids.
    """

    TEXT = "text"
    INTEGER = "integer"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    MEMBER = "member"
    CHANNEL = "channel"


# A handler takes the context of `bot.context` (which this layer cannot name) and what the member gave.
Handler = Callable[..., Reply | None]
Suggester = Callable[..., list[tuple[str, str]]]


class Option(Struct, frozen=True):
    """One typed option of a command.

    `choices` are pairs (value, label); `suggest` completes what the member is typing; `rest` takes all the
    remaining words of a line; `runs_on`, named, takes the words up to the next option that is named; `marks` are words
    before a colon that belong to its value, as `holidays` in `holidays:DE`; `accounts`: its words may name accounts.
    """

    name: str
    description: str
    kind: OptionKind = OptionKind.TEXT
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    suggest: Suggester | None = None
    minimum: int = 0
    maximum: int = 2**31
    rest: bool = False
    runs_on: bool = False
    marks: tuple[str, ...] = ()
    accounts: bool = False

    def __post_init__(self) -> None:
        limits.check("an option's name", self.name, limits.COMMAND_WORD)
        limits.check("an option's description", self.description, limits.COMMAND_DESCRIPTION)
        limits.check_count("choices of an option", len(self.choices), limits.OPTION_CHOICES)


class Command(Struct, frozen=True):
    """A command that members type: `"quiz start"` is `/quiz start` in one chat and `/mate quiz start` in another.

    `reads`: it writes nothing, so it needs no lock. `opens_form`: it answers with a form and writes nothing.
    """

    name: str
    description: str
    handler: Handler
    options: tuple[Option, ...] = ()
    role: Role = Role.MEMBER
    where: Where = Where.GROUP
    reads: bool = False
    opens_form: bool = False

    def __post_init__(self) -> None:
        for word in self.name.split():
            limits.check("a command's word", word, limits.COMMAND_WORD)
        limits.check("a command's description", self.description, limits.COMMAND_DESCRIPTION)

    def option(self, name: str) -> Option | None:
        """The option called `name`, if there is one."""
        return next((option for option in self.options if option.name == name), None)


class Action(Struct, frozen=True):
    """The receiving end of a button, select or form, with its own role check; a name is never reused.

    `instead` names the command to use when a button has outlived what it stood for.
    """

    name: str
    handler: Handler
    instead: str
    role: Role = Role.MEMBER
    reads: bool = False
    opens_form: bool = False


class JobKind(Struct, frozen=True):
    """Slow work: `run` happens outside a transaction with the outside services, `done` inside one with its result.

    `asks_platform`: it asks the chat platform that its arguments name, so it is for a process that is plugged in there.
    """

    name: str
    run: Callable[..., Mapping[str, Any]]
    done: Callable[..., None]
    asks_platform: bool = False


class Feature(Struct, frozen=True):
    """What a package of `bot.features` offers.

    `alarms` maps a name to the handler that runs when an alarm of that name is due; `lifecycle` maps what happens to
    the bot itself to the handler that is told, within the group's transaction. `undelivered` maps the first word of
    messages' keys to the handler that is told when such a message is given up: its key, and the failure, or None where
    nobody knows whether it arrived; `fleeting` are the first words of messages' keys that nobody wants to see minutes
    too late. `home` makes the bot's own page, which some platforms have; it writes nothing, and
    one feature has it.
    """

    name: str
    commands: tuple[Command, ...] = ()
    actions: tuple[Action, ...] = ()
    alarms: Mapping[str, Callable[..., None]] = field(default_factory=dict)
    jobs: tuple[JobKind, ...] = ()
    lifecycle: Mapping[Life, Callable[..., None]] = field(default_factory=dict)
    undelivered: Mapping[str, Callable[..., None]] = field(default_factory=dict)
    fleeting: frozenset[str] = frozenset()
    home: Handler | None = None
