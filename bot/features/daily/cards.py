"""The daily's cards: the question to one member, the post for everyone, and what the post becomes at the close."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec.structs import replace

from bot.chat.cards import Block, Button, Buttons, Card, Footnote, Look, Text, footnote, text
from bot.chat.inline import Bold, Inline, Plain, When
from bot.chat.limits import shorten
from bot.chat.words import gettext as _
from bot.chat.words import ngettext
from bot.features import question_cards
from bot.features.live import cards as live
from bot.features.live.cards import FEWEST_FOR_COUNTS
from bot.features.question_cards import Mode
from bot.questions.shown import Shown
from bot.rules.responses import Response
from bot.store.answers import AnswerRow
from bot.store.rounds import Play

PUBLIC = Mode("today")
ANSWER = 60


def open_question(play: Play, shown: Shown, mode: Mode, topic: str, chosen: Response | None) -> Card:
    """Today's question; once something is chosen, the button that locks it in."""
    extra = [*_choice(play, shown, chosen), *_closing(play.closes_at)]
    return question_cards.question(play, shown, mode, title(topic), extra=extra, chosen=chosen)


def title(topic: str) -> str:
    """`Daily · Decision trees`."""
    return _("Daily · {topic}").format(topic=topic)


def _choice(play: Play, shown: Shown, chosen: Response | None) -> list[Block]:
    if chosen is None:
        return []
    return [
        Text((Plain(_("Your choice: ")), Bold(question_cards.said(shown, chosen)))),
        Buttons((Button(_("Lock in"), "daily.lock", (str(play.id), chosen.mark), Look.MAIN),)),
    ]


def _closing(closes_at: datetime | None) -> list[Block]:
    if closes_at is None:
        return []
    return [Footnote((Plain(_("Closes ")), When(closes_at), Plain(_("; what is not locked by then locks itself."))))]


def chosen(play: Play, shown: Shown, response: Response, *, instead: bool = False) -> Card:
    """The receipt of a press on the post, for who pressed: they may press another, or lock it in.

    `instead`: it takes the place of an older one, whose choice was another.
    """
    changed = (text(_("You have chosen anew since then; this is what stands now.")),) if instead else ()
    return Card(_("Chosen"), (*changed, *_choice(play, shown, response), *_closing(play.closes_at)))


# --- for everyone --------------------------------------------------------------------------------------------------


def posted(play: Play, shown: Shown, topic: str, notes: Sequence[Block]) -> Card:
    """The day's question for everyone; everybody answers in private."""
    how = text(_("Press an answer, which only you see, then lock it in."))
    extra: list[Block] = [how, *notes, *_closing(play.closes_at)]
    return question_cards.question(play, shown, PUBLIC, title(topic), extra=extra)


def posted_several(plays: Sequence[Play], topics: Sequence[str], notes: Sequence[Block]) -> Card:
    """Several questions: they are asked in private, one after the other."""
    line: list[Inline] = []
    for at, topic in enumerate(topics, start=1):
        line.extend((Plain("\n" if line else ""), Bold(f"{at}."), Plain(f" {topic}")))
    begin = Button(_("Begin"), "today.begin", (str(plays[0].id),), Look.MAIN)
    count = ngettext("{count} question", "{count} questions", len(plays)).format(count=len(plays))
    return Card(
        title(count),
        (
            text(_("They are asked in private, one after the other.")),
            Text(tuple(line)),
            Buttons((begin,)),
            *notes,
            *_closing(plays[0].closes_at),
        ),
    )


def notes(before: str, lacking: str) -> list[Block]:
    """What was right in the last one; and the topic, if there is one, on which there was too little to ask."""
    helped = _("There is too little on {topic} for today, so others help out.").format(topic=lacking) if lacking else ""
    return [footnote(line) for line in (helped, before) if line]


def before(shown: Shown, given: Sequence[AnswerRow], day: date) -> str:
    """What was right in the last one, and how many had it, in a sentence or two."""
    answer = " / ".join(shorten(_named(shown, option.id), ANSWER) for option in shown.right())
    line = _("The one of {day}: {answer} was right.").format(day=day.isoformat(), answer=answer)
    return f"{line} {_share(given)}".strip()


def _named(shown: Shown, option_id: int) -> str:
    option = shown.option(option_id)
    words = option.text.replace("\n", " ") if option else ""
    return f"{shown.letter(option_id)}. {words}" if shown.chosen_from else words + question_cards.unit(shown)


def _share(given: Sequence[AnswerRow]) -> str:
    if len(given) < FEWEST_FOR_COUNTS:
        return ""
    right = sum(bool(row.correct) for row in given)
    return _("{right} of {count} had it.").format(right=right, count=len(given))


def revealed(
    play: Play, shown: Shown, topic: str, given: Sequence[AnswerRow], streaks: Sequence[tuple[str, int]]
) -> Card:
    """What the post becomes: the answer, why, how many chose what, and the streaks of who shows their name."""
    card = live.revealed(play, shown, title(topic), given)
    *blocks, buttons = card.blocks
    return replace(card, blocks=(*blocks, *_lasting(streaks), buttons))


def _lasting(streaks: Sequence[tuple[str, int]]) -> list[Block]:
    if not streaks:
        return []
    said = ", ".join(
        ngettext("{name} {count} day", "{name} {count} days", days).format(name=name, count=days)
        for name, days in streaks
    )
    return [Text((Bold(_("On a streak: ")), Plain(said)))]


def revealed_several(
    plays: Sequence[Play],
    shown: Sequence[Shown],
    topics: Sequence[str],
    given: Sequence[Sequence[AnswerRow]],
    streaks: Sequence[tuple[str, int]],
) -> Card:
    """The same of several questions: each one's answer in a line, and the way to see why."""
    line: list[Inline] = []
    for at, (one, topic, rows) in enumerate(zip(shown, topics, given, strict=True), start=1):
        answer = " / ".join(shorten(_named(one, option.id), ANSWER) for option in one.right())
        line.extend((Plain("\n" if line else ""), Bold(f"{at}. {topic}: "), Plain(f"{answer} {_share(rows)}".strip())))
    why = [
        Button(_("Why {number}").format(number=at), "daily.why", (str(play.id),)) for at, play in enumerate(plays, 1)
    ]
    count = ngettext("{count} question", "{count} questions", len(plays)).format(count=len(plays))
    people = len({row.person_id for rows in given for row in rows})
    took = ngettext("{count} person took part.", "{count} people took part.", people).format(count=people)
    blocks: list[Block] = [Text(tuple(line)), text(took), *_lasting(streaks), Buttons(tuple(why))]
    return Card(_("Closed: {title}").format(title=title(count)), tuple(blocks))


# --- to one member -------------------------------------------------------------------------------------------------


def next_button(play: Play) -> Button:
    """The way to the next question of several."""
    return Button(_("Next"), "daily.next", (str(play.id),), Look.MAIN, onward=True)


def none_open(at: datetime) -> Card:
    """No question is open now; when the next one comes."""
    ways = (
        Button(_("Quiz me"), "do", ("quiz start",), Look.MAIN),
        Button(_("Review"), "do", ("quiz review",)),
    )
    return Card(
        _("No daily is open"),
        (Text((Plain(_("The next one comes ")), When(at), Plain("."))), Buttons(ways)),
    )


def why(play: Play, shown: Shown, topic: str, given: Sequence[AnswerRow]) -> Card:
    """A closed question with its answer and why."""
    return live.revealed(play, shown, title(topic), given)
