"""What is typed behind the slash word: a command and its options, or what is wrong with them. Pure."""

import html
import re
from collections.abc import Mapping

from msgspec import Struct

from bot.chat.arguments import ArgumentError, find_command, missing, quoted, read_options, read_what_fits
from bot.chat.commands import Command, OptionKind
from bot.chat.tokens import read_token
from bot.chat.unseen import clean
from bot.chat.words import gettext as _

FRONT_DOOR = "mate"  # the command that the bare slash word stands for
RUNS = "do"  # the action that runs a command
NOBODY: Mapping[str, str] = {}
SOME_ID = r"(?=[A-Z]*[0-9])[A-Z0-9]+"  # what follows the first letter of an id, which says of what it is one
CHANNEL_ID = re.compile(f"[CG]{SOME_ID}")
_REFERENCE = re.compile(
    r"<(?:@(?P<user>[UW]\w+)|#(?P<channel>[CG]\w+)|!subteam\^(?P<group>S\w+)|!(?P<all>here|channel|everyone)"
    r"|(?P<link>(?:https?|mailto|tel):[^|>]+))"
    r"(?:\|(?P<label>[^>]*))?>"
)


class Called(Struct, frozen=True):
    """A command with its options."""

    name: str
    options: Mapping[str, str]


class Wanting(Struct, frozen=True):
    """A command whose options are not all there, or wrong: its form must open."""

    command: Command
    options: Mapping[str, str]
    fault: ArgumentError | None


def account_id(team: str, user: str) -> str:
    """An account's id: the workspace goes before it, as Slack's ids belong to one."""
    return f"{team}/{user}"


def words(text: str, team: str) -> str:
    """What a member typed, whose references Slack has written as ids: an account, a channel, a user group, a link."""

    def named(found: re.Match[str]) -> str:
        if found["user"]:
            return account_id(team, found["user"])
        if found["channel"] or found["group"]:
            return found["channel"] or found["group"]
        if found["all"]:
            return f"@{found['all']}"
        return _as_typed(found["link"], found["label"] or "")

    return html.unescape(_REFERENCE.sub(named, text))


def _as_typed(link: str, label: str) -> str:
    """What was typed where Slack has made a link: it puts `http://` before `bob.io`, and says so in the label."""
    return label if label and link.endswith(label) else link


def _members(text: str, team: str) -> dict[str, str]:
    """Who is mentioned: account and name, as far as Slack tells it."""
    found = (one for one in _REFERENCE.finditer(text) if one["user"])
    return {account_id(team, one["user"]): html.unescape(one["label"] or "") for one in found}


def mentioned(text: str, bot_user: str) -> str:
    """What stands round the bot's own name in a message that mentions it."""
    return re.sub(rf"<@{re.escape(bot_user)}(\|[^>]*)?>", " ", text) if bot_user else ""


def read_call(line: str, commands: Mapping[str, Command], members: Mapping[str, str] = NOBODY) -> Called | Wanting:
    """The command in a line: nothing stands for the front door; an unknown one is for the core to refuse.

    `members` are the names of the accounts in it: where words are wanted, the name is meant.
    """
    typed = clean(line)
    if not typed:
        return Called(FRONT_DOOR, {})
    found = find_command(commands.values(), typed)
    if found is None:
        return Called(typed, {})
    command, rest = found
    given, fault = read_what_fits(command, rest)
    unnamed = _put_names(command, given, members)
    fault = fault or unnamed
    if fault is None:
        fault = fault_of(command, given)
    if fault is not None or missing(command, given):
        return Wanting(command, given, fault)
    return Called(command.name, given)


def read_typed(text: str, team: str, commands: Mapping[str, Command]) -> Called | Wanting:
    """The same of what a member typed, as Slack delivers it."""
    return read_call(words(text, team), commands, _members(text, team))


def _put_names(command: Command, given: dict[str, str], members: Mapping[str, str]) -> ArgumentError | None:
    """Put names in the place of accounts where words are wanted; what is wrong where one has no name."""
    fault = None
    for option in command.options:
        if option.kind is not OptionKind.TEXT or option.accounts or option.name not in given:
            continue
        for account in sorted((one for one in members if one in given[option.name]), key=len, reverse=True):
            given[option.name] = given[option.name].replace(account, members[account])
            if not members[account]:
                no_name = _("{name} is written in plain words, not with the mention of a member.")
                fault = fault or ArgumentError(no_name.format(name=option.name), option.name)
    return fault


def fault_of(command: Command, given: Mapping[str, str]) -> ArgumentError | None:
    """What is wrong with an option that is given; what is missing is no fault yet."""
    try:
        _check(command, given)
    except ArgumentError as error:
        return None if error.option in {option.name for option in missing(command, given)} else error
    return None


def form_fault(token: str, fields: Mapping[str, str], commands: Mapping[str, Command]) -> ArgumentError | None:
    """What is wrong with a filled-in form of a command, so that it can be said at its field."""
    action, parts = read_token(token)
    command = commands.get(parts[0]) if action == RUNS and parts else None
    if command is None:
        return None
    given = dict(part.partition("=")[::2] for part in parts[1:])
    given.update({name: value for name, value in fields.items() if value.strip()})
    try:
        _check(command, given)
    except ArgumentError as error:
        return error
    return None


def _check(command: Command, given: Mapping[str, str]) -> None:
    """Raise ArgumentError for an option that the core would refuse, or for a channel that is only called by its name.

    A name says nothing here: the bot may list no channels, and what Slack knows it has replaced by an id.
    """
    options = read_options(command, given)
    for option in command.options:
        value = options.text(option.name)
        if option.kind is OptionKind.CHANNEL and value is not None and not CHANNEL_ID.fullmatch(value):
            raise ArgumentError(
                _("{name} is a channel that is chosen from a list, not {value}.").format(
                    name=option.name, value=quoted(value)
                ),
                option.name,
            )
