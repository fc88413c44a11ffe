"""The bot's own page as a card: sections, each with its way on."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from msgspec import Struct

from bot.chat.cards import Block, Button, Buttons, Card, Fields, Text, footnote
from bot.chat.inline import Bold, Inline, Plain, When
from bot.chat.limits import shorten
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.features import question_cards
from bot.features.mate import cards as mate
from bot.features.mate.cards import Open
from bot.features.settings.cards import change_button
from bot.library.models import Challenge, Concept
from bot.rules.scoring import percent
from bot.store.answers import Tally

NAME, TITLE, HOOK, RUNG = 60, 150, 300, 80  # as much as a page shows of each; content is longer only in escapes


class Today(Struct, frozen=True):
    """How a member stands with the day's question, which closes at `closes`; `correct` is None for "I don't know".

    Where none `is_open`, `closes` is when the next one comes.
    """

    closes: datetime
    chosen: bool = False
    locked: bool = False
    correct: bool | None = None
    points: int = 0
    is_open: bool = True


def page(
    group: str,
    name: str,
    today: Today,
    found: Open,
    *,
    concept: Concept | None,
    answered: Tally,
    place: tuple[int, int, int] | None,
    challenges: Sequence[Challenge],
    settings: Sequence[Block],
) -> Card:
    """What waits, the day's question and concept, how I stand, challenges; `settings` for who may change them."""
    hello = _("Hello {name}.").format(name=shorten(name, NAME))
    blocks: list[Block] = [Text((Plain(" ".join([hello, *mate.waiting(found)])),))]
    blocks += mate.going_on(found)
    blocks += _question(today)
    blocks += _concept(concept) if concept else ()
    blocks += _standing(answered, place)
    blocks += _challenges(challenges) if challenges else ()
    if settings:
        blocks += [Text((Bold(_("Settings of the group")),)), *settings, Buttons((change_button(),))]
    blocks.append(footnote(_("Say {help} for all that you can say.").format(help=say("help"))))
    return Card(mate.title(group), tuple(blocks))


def _question(today: Today) -> Iterator[Block]:
    line: list[Inline] = [Bold(_("Today's question")), Plain("\n")]
    if today.locked:
        verdict = "" if today.correct is None else _("Right.") if today.correct else _("Not right.")
        line.append(Plain(" ".join(filter(None, (_("Locked in."), verdict, question_cards.earned(today.points))))))
    else:
        waits = _("It waits for you until ") if today.is_open else _("The next one comes ")
        said = _("You have chosen; you can lock it in until ") if today.chosen else waits
        line += [Plain(said), When(today.closes), Plain(".")]
    yield Text(tuple(line))
    yield Buttons((mate.way("daily", main=not today.locked), mate.way("quiz start"), mate.way("quiz review")))


def _concept(found: Concept) -> Iterator[Block]:
    lead = _("Concept of the day: {title}").format(title=shorten(found.title, TITLE))
    yield Text((Bold(lead), Plain("\n"), Plain(shorten(found.hook, HOOK))))
    yield Buttons((Button(_("Read it"), "do", ("concept",)),))


def _standing(answered: Tally, place: tuple[int, int, int] | None) -> Iterator[Block]:
    if answered.answered:
        yield Text((Bold(_("How you stand")),))
        right = f"{answered.right} ({percent(answered.right, answered.answered)}%)"
        pairs = [(_("Answered"), str(answered.answered)), (_("Right"), right)]
        if place:
            pairs += [(_("Points this season"), str(place[1])), (_("Rank"), str(place[0]))]
        yield Fields(tuple(pairs))
    else:
        yield Text((Bold(_("How you stand")), Plain("\n" + _("You have answered nothing here yet."))))
    yield Buttons((mate.way("my stats"), mate.way("leaderboard")))


def _challenges(found: Sequence[Challenge]) -> Iterator[Block]:
    line: list[Inline] = [Bold(_("Challenges"))]
    for challenge in found:
        level = _("level {level}").format(level=challenge.level)
        line.append(Plain(f"\n{shorten(challenge.title, RUNG)} ({level})"))
    yield Text(tuple(line))
    yield Buttons((mate.way("challenge list"),))
