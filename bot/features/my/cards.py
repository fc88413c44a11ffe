"""A member's own cards."""

from collections.abc import Mapping
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.chat.cards import Block, Button, Buttons, Card, Look, Table, footnote, text
from bot.chat.forms import Field, Form
from bot.chat.words import gettext as _
from bot.chat.words import ngettext, say
from bot.features import question_cards
from bot.rules.scoring import percent
from bot.store.answers import Tally
from bot.store.streaks import Standing

MOST_DAYS = 7


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


def streak(standing: Standing) -> Card:
    """Days in a row, today, what keeps them, and which days do not matter."""
    blocks: list[Block] = [text(_counted(standing))]
    if standing.kept_today:
        blocks.append(text(_("Today counts already.")))
    else:
        keeps = _("One locked answer anywhere makes today count: a quiz, a live round, the daily or a review.")
        blocks.append(text(keeps + " " + _("It need not be right; “I don't know” counts too.")))
        ways = ("daily", _("Today")), ("quiz start", _("Quiz me")), ("quiz review", _("Review"))
        blocks.append(Buttons(tuple(Button(label, "do", (command,)) for command, label in ways)))
    blocks.append(footnote(" ".join(_excuses(standing))))
    return Card(_("Your streak"), tuple(blocks))


def _counted(standing: Standing) -> str:
    if not standing.days:
        begins = _("A streak is the days in a row on which you lock an answer. Yours begins with the next one.")
        return begins + (" " + _longest(standing.longest) if standing.longest else "")
    line = ngettext("{count} day in a row.", "{count} days in a row.", standing.days).format(count=standing.days)
    if standing.days < standing.longest:
        return line + " " + _longest(standing.longest)
    return line + (" " + _("It is your longest so far.") if standing.days > 1 else "")


def _longest(days: int) -> str:
    return ngettext("Your longest: {count} day.", "Your longest: {count} days.", days).format(count=days)


def _excuses(standing: Standing) -> list[str]:
    lines = []
    if standing.excused:
        newest = standing.excused[-MOST_DAYS:]
        lines.append(_("Excused since your last one: {days}.").format(days=", ".join(map(date.isoformat, newest))))
    if standing.has_quiz:
        lines.append(_("Days without a quiz in your groups (weekends, holidays, pauses) neither count nor break it."))
    lines.append(_("A day on which I failed to post what was planned for your group never breaks it."))
    return lines


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
