"""All that the features declare, by name; a wrong declaration is found when the program starts, not when it is used."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from msgspec import Struct, field

from bot.chat.arguments import nearest, quoted
from bot.chat.commands import Action, Command, Feature, Handler, JobKind
from bot.chat.requests import Life
from bot.chat.words import gettext as _
from bot.chat.words import say

DO = "do"
T = TypeVar("T")


class Registry(Struct, frozen=True):
    """Commands, actions, alarms and jobs by name, see `Feature`; `home` makes the bot's own page."""

    commands: Mapping[str, Command] = field(default_factory=dict)
    actions: Mapping[str, Action] = field(default_factory=dict)
    alarms: Mapping[str, Handler] = field(default_factory=dict)
    jobs: Mapping[str, JobKind] = field(default_factory=dict)
    lifecycle: Mapping[Life, tuple[Handler, ...]] = field(default_factory=dict)
    undelivered: Mapping[str, Handler] = field(default_factory=dict)
    fleeting: frozenset[str] = frozenset()
    home: Handler | None = None

    @classmethod
    def of(cls, features: Iterable[Feature]) -> "Registry":
        """The registry of these features. Raises ValueError for a name that is taken, or both a command and a group."""
        commands: dict[str, Command] = {}
        actions: dict[str, Action] = {}
        alarms: dict[str, Handler] = {}
        jobs: dict[str, JobKind] = {}
        lifecycle: dict[Life, tuple[Handler, ...]] = {}
        undelivered: dict[str, Handler] = {}
        fleeting: set[str] = set()
        homes: list[Handler] = []
        for feature in features:
            _add(commands, {command.name: command for command in feature.commands}, "command")
            _add(actions, {action.name: action for action in feature.actions}, "action")
            _add(alarms, feature.alarms, "alarm")
            _add(jobs, {job.name: job for job in feature.jobs}, "job")
            _add(undelivered, feature.undelivered, "kind of message")
            fleeting |= feature.fleeting
            for what, handler in feature.lifecycle.items():
                lifecycle[what] = (*lifecycle.get(what, ()), handler)
            homes.extend([feature.home] if feature.home else [])
        groups = {name.rpartition(" ")[0] for name in commands} - {""}
        if both := groups & set(commands):
            raise ValueError(f"both a command and a group of commands: {', '.join(sorted(both))}")
        if DO in actions:
            raise ValueError(f"the action {DO!r} is the one that runs commands")
        if unknown := {action.instead for action in actions.values()} - set(commands):
            raise ValueError(f"`instead` names no command: {', '.join(sorted(unknown))}")
        if len(homes) > 1:
            raise ValueError("the bot's own page is declared twice")
        home = homes[0] if homes else None
        return cls(commands, actions, alarms, jobs, lifecycle, undelivered, frozenset(fleeting), home)


def _add(known: dict[str, T], new: Mapping[str, T], what: str) -> None:
    if taken := known.keys() & new.keys():
        raise ValueError(f"{what} declared twice: {', '.join(sorted(taken))}")
    known.update(new)


def unknown_command(registry: Registry, name: str) -> str:
    """The sentence for a command that does not exist, with the likeliest one that does."""
    meant = nearest(name, registry.commands)
    if meant is None:
        return _("There is no command {name}. Say {help} to see all of them.").format(
            name=quoted(name), help=say("help")
        )
    return _("There is no command {name}. Did you mean {meant}?").format(name=quoted(name), meant=say(meant))
