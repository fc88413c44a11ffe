"""The ladder and a challenge as cards."""

from collections.abc import Sequence

from bot.chat import markup
from bot.chat.cards import Block, Card, Choice, Fields, Select, Table, Text, footnote
from bot.chat.inline import Bold, Inline, Link, Plain
from bot.chat.limits import SELECT_OPTIONS, SELECT_TEXT, fit, shorten
from bot.chat.words import gettext as _
from bot.features import question_cards
from bot.library.models import Challenge, Repository


def ladder(found: Sequence[tuple[int, Challenge]]) -> Card:
    """The ladder as a table with each challenge's number, and a list to pick from."""
    rows = tuple((str(at), str(c.level), fit(c.title, 26)) for at, c in found)
    table = Table(("#", _("Lv"), _("Challenge")), rows, right=(0, 1))
    choices = tuple(Choice(shorten(f"{c.level}. {c.title}", SELECT_TEXT), c.id) for _at, c in found[:SELECT_OPTIONS])
    select = Select("challenge.pick", (), choices, _("Show one"))
    return Card(_("The ladder"), (table, select, footnote(_("Level 0 sets up, level 8 is a portfolio piece."))))


def challenge(found: Challenge, topic: str, fallback: Challenge | None, repos: Sequence[Repository]) -> Card:
    """One challenge: why, steps, when it is done, what it takes."""
    blocks: list[Block] = [Text(markup.parse(found.why)), Text(_steps(found))]
    blocks.append(Text((Bold(_("Done when: ")), *markup.parse(found.done_when))))
    blocks.append(
        Fields(
            (
                (_("Level"), str(found.level)),
                (_("Time"), _("about {hours} h").format(hours=f"{found.time_h:g}")),
                (_("Points"), str(found.points)),
                (_("Topic"), topic),
            )
        )
    )
    if repos:
        blocks.append(Text(_welcome(repos)))
    if fallback:
        blocks.append(footnote(_("Without a third party: {title}").format(title=fallback.title)))
    if found.refs:
        blocks.append(question_cards.source(found.refs))
    return Card(found.title, tuple(blocks))


def _steps(found: Challenge) -> tuple[Inline, ...]:
    line: list[Inline] = []
    for at, step in enumerate(found.steps, start=1):
        if line:
            line.append(Plain("\n"))
        line.extend((Bold(f"{at}."), Plain(" "), *markup.parse(step)))
    return tuple(line)


def _welcome(repos: Sequence[Repository]) -> tuple[Inline, ...]:
    line: list[Inline] = [Bold(_("Projects whose policy invites this: "))]
    for at, repo in enumerate(repos):
        if at:
            line.append(Plain(", "))
        line.append(Link(repo.repo, repo.policy_url))
        line.append(Plain(f" ({repo.checked_on.isoformat()})"))
    return tuple(line)
