"""A card as plain text: what a terminal prints, what a notification shows, what a test reads."""

from collections.abc import Callable, Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.cards import Block, Buttons, Card, Code, Fields, Footnote, Image, Select, Table, Text
from bot.chat.inline import (
    Bold,
    Inline,
    Line,
    Link,
    Mention,
    Mono,
    Named,
    Person,
    Ping,
    Place,
    Plain,
    Say,
    When,
    WhenStyle,
)
from bot.chat.limits import width
from bot.chat.words import gettext as _

Clock = Callable[[When], str]


def when_utc(moment: When) -> str:
    """A moment in UTC, for readers whose zone is not known."""
    return f"{moment.at:%Y-%m-%d %H:%M} UTC"


def line(spans: Line, when: Clock = when_utc) -> str:
    """Inline text as plain text; code keeps its backticks, a link shows its address."""
    return "".join(_span(span, when) for span in spans)


def _span(span: Inline, when: Clock) -> str:
    match span:
        case Plain(text) | Bold(text):
            return text
        case Mono(text):
            return f"`{text}`"
        case Link(text, url):
            return text if text == url else f"{text} ({url})"
        case When():
            return when(span)
        case Person(name=name):
            return name
        case Ping(role):
            return f"@{role}"
        case Mention(account):
            return f"@{account.user}"
        case Named(name) | Say(name):
            return name
        case Place(channel):
            return f"#{channel}"


def table(block: Table) -> list[str]:
    """A table as aligned lines, its header underlined."""
    widths = [max(width(row[at]) for row in (block.header, *block.rows)) for at in range(len(block.header))]

    def row(cells: Iterable[str]) -> str:
        padded = (
            " " * (wide - width(cell)) + cell if at in block.right else cell + " " * (wide - width(cell))
            for at, (cell, wide) in enumerate(zip(cells, widths, strict=True))
        )
        return "  ".join(padded).rstrip()

    return [row(block.header), "  ".join("-" * wide for wide in widths), *(row(cells) for cells in block.rows)]


def block_lines(block: Block, when: Clock = when_utc) -> list[str]:
    """One block as lines; buttons and choices in brackets."""
    match block:
        case Text(spans) | Footnote(spans):
            return line(spans, when).split("\n")
        case Code(text):
            return [f"    {row}" for row in text.rstrip("\n").split("\n")]
        case Fields(pairs):
            return [f"{name}: {value}" for name, value in pairs]
        case Table():
            return table(block)
        case Image(alt=alt):
            return [f"[picture: {alt}]"]
        case Buttons(buttons):
            return ["  ".join(f"[{button.label}]" for button in buttons)]
        case Select(choices=choices, placeholder=placeholder):
            return [placeholder, *(f"  {choice.text}" for choice in choices)]


def render(card: Card, when: Clock = when_utc) -> str:
    """The whole card as plain text, blocks apart by an empty line."""
    parts = [card.title, *("\n".join(block_lines(block, when)) for block in card.blocks)]
    return "\n\n".join(part for part in parts if part)


def local_clock(zone: str, now: datetime) -> Clock:
    """A clock for readers in `zone` (an IANA name) who read at `now`."""
    there = ZoneInfo(zone)

    def show(moment: When) -> str:
        at = moment.at.astimezone(there)
        match moment.style:
            case WhenStyle.TIME:
                return f"{at:%H:%M:%S}" if abs((moment.at - now).total_seconds()) < 600 else f"{at:%H:%M}"
            case WhenStyle.DATE:
                return f"{at:%Y-%m-%d}"
            case WhenStyle.RELATIVE:
                return _distance((moment.at - now).total_seconds())
            case WhenStyle.FULL:
                return f"{at:%Y-%m-%d %H:%M} ({zone})"

    return show


def _distance(seconds: float) -> str:
    size = abs(seconds)
    unit, length = next((pair for pair in (("d", 86400), ("h", 3600), ("min", 60)) if size >= pair[1]), ("s", 1))
    amount = f"{round(size / length)} {unit}"
    return _("in {time}").format(time=amount) if seconds >= 0 else _("{time} ago").format(time=amount)
