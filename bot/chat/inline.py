"""Inline text: what a line of a card is made of."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from bot.chat.people import Account


class WhenStyle(StrEnum):
    """How a moment is written for its reader, in the reader's own time zone."""

    TIME = "time"
    DATE = "date"
    FULL = "full"
    RELATIVE = "relative"


@dataclass(frozen=True, slots=True)
class Plain:
    """Text that stands for itself."""

    text: str


@dataclass(frozen=True, slots=True)
class Bold:
    """Text to stress."""

    text: str


@dataclass(frozen=True, slots=True)
class Mono:
    """A span of code."""

    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A link with its own words; only https leaves a renderer."""

    text: str
    url: str


@dataclass(frozen=True, slots=True)
class When:
    """A moment, shown in each reader's own zone."""

    at: datetime
    style: WhenStyle = WhenStyle.FULL


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by name; never a mention."""

    account: Account
    name: str


@dataclass(frozen=True, slots=True)
class Ping:
    """A role to notify: comes from a group's setting, never from text."""

    role: str


Inline = Plain | Bold | Mono | Link | When | Person | Ping
Line = tuple[Inline, ...]


def inline_text(line: Line) -> str:
    """The words of a line without its marks (a moment counts as its ISO form)."""
    return "".join(_word(span) for span in line)


def _word(span: Inline) -> str:
    match span:
        case Plain(text) | Bold(text) | Mono(text) | Link(text):
            return text
        case When(at):
            return at.isoformat()
        case Person(name=name):
            return name
        case Ping(role):
            return role
