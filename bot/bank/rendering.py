"""Rule E60: each piece of content is built as the cards that members see, which check the limits of every platform."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import partial
from typing import TypeVar

from bot.bank.findings import Finding
from bot.bank.words import SHOWN_KINDS
from bot.chat import limits
from bot.chat.cards import Button
from bot.chat.people import Space
from bot.features import question_cards
from bot.features.challenges import cards as challenge_cards
from bot.features.concepts import cards as concept_cards
from bot.features.question_cards import Mode
from bot.library import Library
from bot.library.models import Challenge, Concept
from bot.questions import code_output, kind_of, short_text, show
from bot.questions.item import Content, Item, Question
from bot.questions.shown import Input, Shown
from bot.rules.responses import UNSURE, Response
from bot.store.rounds import Play, RoundRow

T = TypeVar("T")

SEEDS = range(10)
OPTION = 200
QUESTION = 1_700
WHYS = 1_600
WHY = 280
CONCEPT = 1_500
MODES = (Mode("quiz"), Mode("live"), Mode("daily"))
NOTE = "+12 points; your answer counted, and the group's week is at 1,234"
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)
_ROUND = RoundRow(
    id=10**12,
    kind="live",
    state="open",
    group_id=1,
    season_id=1,
    person_id=None,
    starter_id=1,
    place=None,
    level=None,
    seconds=60,
    day=date(2026, 1, 1),
    space=Space("platform", "workspace", "channel"),
    created_at=_SOME_DAY,
    count=20,
)


def findings(content: Content, library: Library) -> Iterator[Finding]:
    """Every limit that the content breaks when it is shown."""
    reasons: list[str] = []
    match content:
        case Item():
            for seed in SEEDS if content.id.startswith("t.") else SEEDS[:2]:
                reasons.extend(_item(content, seed, library))
        case Concept():
            reasons.extend(_concept(content, library))
        case Challenge():
            reasons.extend(_challenge(content, library))
    yield from (Finding("E60", reason) for reason in dict.fromkeys(reasons))


def _built(what: str, make: Callable[[], T]) -> Iterator[str]:
    try:
        make()
    except limits.TooLongError as error:
        yield f"{what}: {error}"
    except (ValueError, LookupError, ArithmeticError) as error:
        yield f"{what} cannot be made: {error}"


def _item(item: Item, seed: int, library: Library) -> Iterator[str]:
    try:
        shown = show(item, seed)
    except (ValueError, ArithmeticError, LookupError) as error:
        yield f"cannot be shown: {error}"
        return
    topic = library.title(item.topic)
    play = _play(item, seed)
    for mode in MODES if seed == SEEDS[0] else MODES[-1:]:
        yield from _built("the question", partial(question_cards.question, play, shown, mode, topic))
        yield from _built("the form", partial(question_cards.answer_form, play, shown, mode))
    for response in _responses(shown):
        yield from _built("the reveal", partial(_reveal, play, shown, topic, response))
    yield from _lengths(item, shown)


def _reveal(play: Play, shown: Shown, topic: str, response: Response) -> object:
    grade = kind_of(shown.item).grade(shown, response)
    buttons = (Button("Next question", "quiz.next", ("1" * 12,)), Button("Stop", "quiz.stop", ("1" * 12,)))
    return question_cards.reveal(play, shown, topic, response, grade, note=NOTE, buttons=buttons)


def _responses(shown: Shown) -> Iterator[Response]:
    """An answer of every sort: none, each option, everything at once, and the longest that can be typed."""
    yield UNSURE
    if shown.chosen_from:
        yield from (Response(options=(option.id,)) for option in shown.options)
        yield Response(options=tuple(option.id for option in shown.options))
        return
    yield from (Response(text=option.text) for option in shown.options if shown.input is not Input.NUMBER)
    match shown.input:
        case Input.NUMBER:
            yield from (Response(text=str(option.value)) for option in shown.options)
        case Input.OUTPUT:
            yield Response(text="W" * code_output.LONGEST)
        case _:
            yield Response(text="W" * short_text.LONGEST)


def _lengths(item: Item, shown: Shown) -> Iterator[str]:
    """The house's own limits, tighter than the platforms'."""
    code = item.code.text if item.code else ""
    options = [option.text for option in shown.options] if shown.chosen_from else []
    yield from _fits("the stem", shown.stem, 600)
    yield from _fits("stem, code and options", "".join([shown.stem, code, *options]), QUESTION)
    yield from _fits("all explanations together", "".join(option.why for option in shown.options), WHYS)
    for option in shown.options:
        yield from _fits(f"the explanation of {option.text[:30]!r}", option.why, WHY)
        if isinstance(item, Question) and item.kind in SHOWN_KINDS:
            yield from _fits("an option", option.text, OPTION)


def _fits(what: str, text: str, limit: int) -> Iterator[str]:
    if (found := limits.length(text)) > limit:
        yield f"{what}: {found} characters, {limit} fit"


def _play(item: Item, seed: int) -> Play:
    return Play(
        id=10**12,
        round=_ROUND,
        position=18,
        item_row=1,
        seed=seed,
        opened_at=None,
        closes_at=None,
        closed_at=None,
        content_id=item.id,
        version=item.version,
        snapshot="",
    )


def _concept(found: Concept, library: Library) -> Iterator[str]:
    note = "There is none on this topic yet; here is a neighbour."
    topic = library.title(found.topic)
    yield from _built("the card", lambda: concept_cards.concept(found, topic, note, can_ask=True))
    yield from _fits("hook, body and discussion", f"{found.hook}{found.body}{found.discuss}", CONCEPT)


def _challenge(found: Challenge, library: Library) -> Iterator[str]:
    wanted = str(found.verify.require.get("repo", "")).removeprefix("allow_list:")
    repos = [repo for repo in library.repositories if wanted in repo.lists]
    fallback = library.challenges.get(found.fallback or "")
    topic = library.title(found.topic)
    yield from _built("the card", lambda: challenge_cards.challenge(found, topic, fallback, repos))
