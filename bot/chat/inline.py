"""Inline text: what a line of a card is made of."""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from re import compile as regex

from bot.chat.parts import Part
from bot.chat.people import Account
from bot.chat.words import SAID, SAY

_SAYING = regex(f"{SAY}([^{SAY}{SAID}]*){SAID}")


class WhenStyle(StrEnum):
    """How a moment is written for its reader, in the reader's own time zone."""

    TIME = "time"
    DATE = "date"
    FULL = "full"
    RELATIVE = "relative"


class Plain(Part, frozen=True):
    """Text that stands for itself."""

    text: str


class Bold(Part, frozen=True):
    """Text to stress."""

    text: str


class Mono(Part, frozen=True):
    """A span of code."""

    text: str


class Link(Part, frozen=True):
    """A link with its own words; only https leaves a renderer."""

    text: str
    url: str


class When(Part, frozen=True):
    """A moment, shown in each reader's own zone."""

    at: datetime
    style: WhenStyle = WhenStyle.FULL


class Person(Part, frozen=True):
    """Somebody by name; never a mention."""

    account: Account
    name: str


class Ping(Part, frozen=True):
    """A role to notify: comes from a group's setting, never from text."""

    role: str


class Mention(Part, frozen=True):
    """One person to notify, who asked for it: comes from code, never from text."""

    account: Account


class Named(Part, frozen=True):
    """An account or a role by the platform's own id, shown there by its name; notifies nobody."""

    id: str


class Place(Part, frozen=True):
    """A channel by the platform's own id, shown there by its name."""

    id: str


class Say(Part, frozen=True):
    """A command as the reader types it on their platform."""

    command: str


Inline = Plain | Bold | Mono | Link | When | Person | Ping | Mention | Named | Place | Say
Line = tuple[Inline, ...]
_WORDED = (Plain, Bold, Mono, Link)  # nearly every span


def spans(text: str) -> Line:
    """A sentence as inline text: plain, but for the commands that `words.say` has put into it."""
    return tuple(_spans(text)) if SAY in text else (Plain(text),)


def _spans(text: str) -> Iterator[Inline]:
    for at, part in enumerate(_SAYING.split(text)):
        if part:
            yield Say(part) if at % 2 else Plain(part)


def typed(text: str, prefix: str = "") -> str:
    """A sentence as plain text, the commands in it written as they are typed after `prefix`."""
    return _SAYING.sub(rf"{prefix}\1", text) if SAY in text else text


def inline_text(line: Line) -> str:
    """The words of a line without its marks (a moment counts as its ISO form)."""
    return "".join([_word(span) for span in line])


def _word(span: Inline) -> str:
    if isinstance(span, _WORDED):
        return span.text
    match span:
        case Say(command):
            return command
        case When(at):
            return at.isoformat()
        case Person(name=name):
            return name
        case Ping(role):
            return role
        case Mention(account):
            return account.user
        case Named(name):
            return name
        case Place(channel):
            return f"#{channel}"
