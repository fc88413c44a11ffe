"""The front door as a card, and its parts, which the bot's own page shows too."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from bot.chat.cards import Block, Button, Buttons, Card, Look, Text
from bot.chat.inline import Inline, Plain, When
from bot.chat.limits import shorten
from bot.chat.words import gettext as _
from bot.chat.words import marked, ngettext

WAYS: Mapping[str, str] = {
    "daily": marked("Today"),
    "quiz start": marked("Quiz me"),
    "quiz review": marked("Review"),
    "my stats": marked("My progress"),
    "leaderboard": marked("Board"),
    "challenge list": marked("Challenges"),
}


class Open(Struct, frozen=True):
    """What a member finds open beside the day's question, and how many questions they missed."""

    own: bool = False
    live: bool = False
    missed: int = 0


def front_door(name: str, found: Open, comes: datetime | None, *, daily_done: bool) -> Card:
    """What waits, then the six ways on; `comes`: when the next question of the day does, where none is open."""
    lines = waiting(found)
    first: Sequence[Inline]
    if comes is not None:
        first = (Plain(_("The next question comes ")), When(comes), Plain(" ".join([".", *lines])))
    else:
        today = _("Today's question is answered.") if daily_done else _("Today's question waits for you.")
        first = (Plain(" ".join([today, *lines])),)
    blocks: list[Block] = [Text(tuple(first)), *going_on(found)]
    mains = () if daily_done or comes is not None else ("daily",)
    blocks.append(Buttons(tuple(way(command, main=command in mains) for command in WAYS)))
    return Card(title(name), tuple(blocks))


def title(name: str) -> str:
    """The bot's name and the group's."""
    return _("Batchmate · {group}").format(group=shorten(name, 60))


def way(command: str, *, main: bool = False) -> Button:
    """One of the ways on: the button that runs a command."""
    return Button(_(WAYS[command]), "do", (command,), Look.MAIN if main else Look.QUIET)


def waiting(found: Open) -> list[str]:
    """What waits beside the day's question, a sentence each."""
    lines = []
    if found.live:
        lines.append(_("A live round is running."))
    if found.own:
        lines.append(_("A quiz of yours is open."))
    if found.missed:
        waits = ngettext(
            "{count} question is worth a second look.", "{count} questions are worth a second look.", found.missed
        )
        lines.append(waits.format(count=found.missed))
    return lines


def going_on(found: Open) -> list[Block]:
    """The buttons that lead back to what is open."""
    buttons = []
    if found.live:
        buttons.append(Button(_("Join the live round"), "mate.resume", ("live",), Look.MAIN))
    if found.own:
        buttons.append(Button(_("Go on with my quiz"), "mate.resume", ("own",), Look.MAIN))
    return [Buttons(tuple(buttons))] if buttons else []
