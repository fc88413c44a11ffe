"""Every shipped question, live or not, keeps the contract of its kind."""

import json
from collections.abc import Sequence

import pytest

from bot.library import load
from bot.questions import kind_of, read_item, show
from bot.questions.item import Item
from bot.questions.shown import Input, Shown, ShownOption
from bot.rules.responses import UNSURE, Response

ITEMS = list(load().items.values())


def seeds(item: Item) -> range:
    """Twenty draws of a template; three orders of anything else."""
    return range(20 if item.id.startswith("t.") else 3)


def pressed(options: Sequence[ShownOption]) -> tuple[int, ...]:
    """What pressing the options sends."""
    return tuple(option.id for option in options)


def letters(shown: Shown, options: Sequence[ShownOption]) -> str:
    """What typing the options' letters sends."""
    return " ".join(shown.letter(option.id) for option in options)


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_right_is_graded_right_and_wrong_is_graded_wrong(item: Item) -> None:
    """The right answer counts, pressed, lettered or typed; each wrong one is recognised and counts nothing."""
    kind = kind_of(item)
    for seed in seeds(item):
        shown = show(item, seed)
        right, wrong = shown.right(), [option for option in shown.options if not option.correct]
        assert right
        assert wrong
        assert not kind.grade(shown, UNSURE).correct
        if shown.chosen_from:
            for given in (pressed(right), letters(shown, right)):
                assert kind.grade(shown, kind.read(shown, given)).correct
            for option in wrong:
                for given in ((option.id,), shown.letter(option.id), option.text):
                    grade = kind.grade(shown, kind.read(shown, given))
                    assert not grade.correct
                    assert grade.hit == (option,)
        else:
            assert kind.grade(shown, kind.read(shown, right[0].text)).correct
            for option in wrong:
                grade = kind.grade(shown, kind.read(shown, option.text))
                assert not grade.correct
                assert grade.hit == (option,)
        if len(right) == 1 and shown.chosen_from:
            assert kind.grade(shown, kind.read(shown, right[0].text)).correct
        if shown.input is Input.SEVERAL:
            assert not kind.grade(shown, Response(options=pressed(shown.options))).correct
            assert not kind.grade(shown, Response(options=pressed(right[:-1]))).correct


@pytest.mark.parametrize("item", ITEMS, ids=lambda item: item.id)
def test_a_played_row_shows_the_same_for_ever(item: Item) -> None:
    """The snapshot of a played question, read back from JSON, is shown and graded as the question itself."""
    kept = read_item(json.loads(json.dumps(item.snapshot())))
    assert kept.snapshot() == item.snapshot()
    for seed in seeds(item):
        now, then = show(item, seed), show(kept, seed)
        assert (now.input, now.stem, now.options) == (then.input, then.stem, then.options)
        assert (now.tolerance, now.unit, now.accept) == (then.tolerance, then.unit, then.accept)
        assert now.item.code == then.item.code
        assert kind_of(kept) is kind_of(item)
