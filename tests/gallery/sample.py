"""The fixed values that the gallery's cards are made of: content of tests/bank, a round, its answers, its people."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.chat.people import Space
from bot.library import load
from bot.questions import read_item, show
from bot.questions.shown import Shown
from bot.rules.responses import UNSURE, Response
from bot.store.answers import AnswerRow
from bot.store.people import MemberRow
from bot.store.rounds import Play, RoundRow
from tests.conftest import BANK

NOW = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
LIBRARY = load(BANK)
SEED = 7
ME = MemberRow(101, 11, "Europe/Berlin", "name", "", "ann", 1, None)
LETTERED = "q.maths.dot-product"  # short options, a hint
LONG = "q.classical.meaning-of-a-coefficient"  # long options, no hint
SEVERAL = "q.classical.effects-of-l1"
NUMBER = "q.maths.matrix-memory"
COUNT = "q.maths.product-columns"  # a number without a unit
WORDS = "q.tools.stretching-shapes"
OUTPUT = "q.tools.slice-of-a-list"
TEMPLATE = "t.maths.slope-of-square"


def topic(item: str) -> str:
    """The title of an item's topic."""
    return LIBRARY.title(LIBRARY.items[item].topic)


def shown(item: str) -> Shown:
    """An item as one fixed draw shows it."""
    return show(LIBRARY.items[item], SEED)


def changed(item: str, **parts: Any) -> Shown:
    """The same with some of its parts replaced, such as `code={...}`."""
    return show(read_item({**LIBRARY.items[item].snapshot(), **parts}), SEED)


def a_round(**parts: Any) -> RoundRow:
    """A round of three questions; what matters is replaced by name."""
    whole: dict[str, Any] = {
        "id": 5,
        "kind": "solo",
        "state": "open",
        "group_id": 1,
        "season_id": 2,
        "person_id": 11,
        "starter_id": 101,
        "place": "maths",
        "level": 2,
        "seconds": 30,
        "day": date(2026, 3, 10),
        "space": Space("fake", "workspace", "general"),
        "created_at": NOW,
        "count": 3,
    }
    return RoundRow(**{**whole, **parts})


def play(item: str, *, position: int = 1, closes: bool = False, **round_parts: Any) -> Play:
    """A question of such a round, the second one unless another is asked for."""
    content = LIBRARY.items[item]
    return Play(
        id=42,
        round=a_round(**round_parts),
        position=position,
        item_row=9,
        seed=SEED,
        opened_at=NOW,
        closes_at=NOW + timedelta(seconds=30) if closes else None,
        closed_at=None,
        content_id=content.id,
        version=content.version,
        snapshot="{}",
    )


def right(item: str) -> Response:
    """The right answer, as a member gives it."""
    found = shown(item)
    if found.chosen_from:
        return Response(options=tuple(sorted(option.id for option in found.right())))
    return Response(text=found.right()[0].text)


def wrong(item: str) -> Response:
    """A wrong answer that the item knows."""
    found = shown(item)
    option = next(option for option in found.options if not option.correct)
    return Response(options=(option.id,)) if found.chosen_from else Response(text=option.text)


def answered(*responses: tuple[Response, bool]) -> list[AnswerRow]:
    """Answers of several people, each with its verdict; a right one brings twelve points."""
    return [
        AnswerRow(at, 100 + at, 10 + at, response, correct, 12 * correct, NOW, NOW)
        for at, (response, correct) in enumerate(responses, start=1)
    ]


def answers(item: str, *, rights: int, wrongs: int, unsure: int) -> list[AnswerRow]:
    """So many right, wrong and unsure answers to one question."""
    return answered(*[(right(item), True)] * rights, *[(wrong(item), False)] * wrongs, *[(UNSURE, False)] * unsure)


def module_name(function: Callable[..., Any]) -> str:
    """What the gallery calls the module of a feature's function: the feature, or `question_cards`."""
    return function.__module__.removeprefix("bot.features.").removesuffix(".cards")
