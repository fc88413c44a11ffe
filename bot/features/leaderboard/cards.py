"""A board as a card, at most 40 columns wide."""

from collections.abc import Sequence

from bot.chat.cards import Block, Button, Buttons, Card, Look, Table, footnote, text
from bot.chat.limits import fit, width
from bot.chat.words import gettext as _
from bot.chat.words import ngettext
from bot.features import question_cards
from bot.rules.calendar import Period
from bot.store.people import MemberRow
from bot.store.scores import Standing

NAME = 16


def board(
    listed: Sequence[Standing],
    mine: tuple[int, int, int] | None,
    me: MemberRow,
    period: Period,
    track: str | None,
    size: int,
) -> Card:
    """The places, then mine; who is not shown counts for the ranks."""
    name = _period(period)
    title = (
        _("Board: {period}, {track}").format(period=name, track=track)
        if track
        else _("Board: {period}").format(period=name)
    )
    if not size:
        start = Button(_("Quiz me"), "do", ("quiz start",), Look.MAIN)
        return Card(title, (text(_("Nobody has points here yet.")), Buttons((start,))))
    rows = tuple((str(s.rank), _name(s, me), str(s.points), str(s.answers)) for s in listed)
    blocks: list[Block] = [Table(("#", _("Name"), _("Points"), _("Ans.")), rows, right=(0, 2, 3))] if rows else []
    if mine is None:
        blocks.append(text(_("You have no points here yet.")))
    else:
        rank, points, answers = mine
        place = _("You are number {rank} of {size}, with {points} from {answers}.")
        blocks.append(
            text(place.format(rank=rank, size=size, points=_points(points), answers=question_cards.counted(answers)))
        )
    blocks.append(footnote(_("Listed are those who chose to be; everyone counts for the ranks.")))
    return Card(title, tuple(blocks))


def _points(number: int) -> str:
    return ngettext("{count} point", "{count} points", number).format(count=number)


def _name(standing: Standing, me: MemberRow) -> str:
    if standing.person_id == me.person_id:
        you = _("(you)")
        return f"{fit(standing.shown_name or me.name, NAME - 1 - width(you))} {you}"
    return fit(standing.shown_name, NAME)


def _period(period: Period) -> str:
    return {
        Period.DAY: _("today"),
        Period.WEEK: _("this week"),
        Period.MONTH: _("this month"),
        Period.SEASON: _("this season"),
        Period.ALL: _("all time"),
    }[period]
