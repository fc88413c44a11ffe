"""The front door as a card."""

from bot.chat.cards import Block, Button, Buttons, Card, Look, text
from bot.chat.limits import shorten
from bot.chat.words import gettext as _
from bot.chat.words import ngettext


def front_door(name: str, *, daily_done: bool, own_open: bool, live_open: bool, missed: int) -> Card:
    """What waits, then the six ways on."""
    lines = [_("Today's question is answered.") if daily_done else _("Today's question waits for you.")]
    going_on: list[Button] = []
    if live_open:
        lines.append(_("A live round is running."))
        going_on.append(Button(_("Join the live round"), "mate.resume", ("live",), Look.MAIN))
    if own_open:
        lines.append(_("A quiz of yours is open."))
        going_on.append(Button(_("Go on with my quiz"), "mate.resume", ("own",), Look.MAIN))
    if missed:
        waits = ngettext(
            "{count} question is worth a second look.", "{count} questions are worth a second look.", missed
        )
        lines.append(waits.format(count=missed))
    blocks: list[Block] = [text(" ".join(lines))]
    if going_on:
        blocks.append(Buttons(tuple(going_on)))
    blocks.append(
        Buttons(
            (
                Button(_("Today"), "do", ("daily",), Look.QUIET if daily_done else Look.MAIN),
                Button(_("Quiz me"), "do", ("quiz start",)),
                Button(_("Review"), "do", ("quiz review",)),
                Button(_("My progress"), "do", ("my stats",)),
                Button(_("Board"), "do", ("leaderboard",)),
                Button(_("Challenges"), "do", ("challenge list",)),
            )
        )
    )
    return Card(_("Batchmate · {group}").format(group=shorten(name, 60)), tuple(blocks))
