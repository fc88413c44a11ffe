"""A member's own cards."""

from collections.abc import Mapping
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.chat.cards import Block, Button, Buttons, Card, Look, Table, footnote, text
from bot.chat.forms import Field, Form
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.features import question_cards
from bot.rules.scoring import percent
from bot.store.answers import Tally


def stats(tallies: Mapping[str, Tally], place: tuple[int, int, int] | None, missed: int) -> Card:
    """Answered and right by track."""
    if not tallies:
        start = Button(_("Quiz me"), "do", ("quiz start",), Look.MAIN)
        return Card(_("Your progress"), (text(_("You have answered nothing here yet.")), Buttons((start,))))
    answered = sum(tally.answered for tally in tallies.values())
    right = sum(tally.right for tally in tallies.values())
    line = _("{answers}, {percent}% right.").format(
        answers=question_cards.counted(answered), percent=percent(right, answered)
    )
    if place:
        line += " " + _("This season: number {rank}, {points} points.").format(rank=place[0], points=place[1])
    rows = tuple(
        (track, str(tally.answered), str(tally.right), f"{percent(tally.right, tally.answered)}%")
        for track, tally in sorted(tallies.items())
    )
    table = Table((_("Track"), _("Ans."), _("Right"), "%"), rows, right=(1, 2, 3))
    blocks: list[Block] = [text(line), table]
    if missed:
        review = _("Review what I missed ({count})").format(count=missed)
        blocks.append(Buttons((Button(review, "do", ("quiz review",), Look.MAIN),)))
    return Card(_("Your progress"), tuple(blocks))


def timezone(zone: str, now: datetime, *, own: bool) -> Card:
    """The zone in force and what time it is there."""
    line = _("You read times in {zone}; there it is {time}.").format(
        zone=zone, time=f"{now.astimezone(ZoneInfo(zone)):%H:%M}"
    )
    blocks: list[Block] = [text(line)]
    if not own:
        blocks.append(
            footnote(
                _("That is the group's zone; set your own with {command} and a city.").format(
                    command=say("my timezone")
                )
            )
        )
    return Card(_("Your time zone"), tuple(blocks))


def appears(shown: str) -> Card:
    """How the board shows me from now on."""
    if not shown:
        return Card(_("Noted"), (text(_("The board does not show you; you still see your own place.")),))
    return Card(_("Noted"), (text(_("The board shows you as {name}.").format(name=shown)),))


def nickname_form() -> Form:
    """The form for a nickname."""
    return Form(
        _("Your nickname"), "my.nicknamed", (), (Field("nickname", _("Nickname, 2 to 20 characters"), most=20),)
    )
