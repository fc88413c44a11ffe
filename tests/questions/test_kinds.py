"""Each kind reads what people type and grades it as a kind teacher would."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.library import Library
from bot.questions import KINDS, kind_of, read_item, show
from bot.questions.code_output import same
from bot.questions.numeric import read_numbers
from bot.questions.short_text import allowed_slips
from bot.questions.shown import Shown, Tolerance, UnreadableError
from bot.questions.template import TemplateItem, fill

EVERY_KIND = ("mcq", "multi", "numeric", "code_output", "short_text", "template")


def shown(library: Library, item: str, seed: int = 1) -> Shown:
    """A question of the small bank, as one draw shows it."""
    return show(library.items[item], seed)


def right(library: Library, item: str, words: str) -> bool:
    """Whether typed words are the right answer to a question."""
    question = shown(library, item)
    kind = kind_of(question.item)
    return kind.grade(question, kind.read(question, words)).correct


def test_the_list_of_kinds_is_complete() -> None:
    """Each kind stands once in the list."""
    assert tuple(kind.name for kind in KINDS) == EVERY_KIND


def test_the_same_draw_shows_the_same_question(library: Library) -> None:
    """Item and seed together show the same for ever; another seed orders the options anew."""
    item = "q.classical.meaning-of-a-coefficient"
    assert shown(library, item, 5) == shown(library, item, 5)
    assert len({tuple(option.id for option in shown(library, item, seed).options) for seed in range(20)}) > 3


def test_ascending_numbers_are_not_shuffled(library: Library) -> None:
    """Where the item says so, the options keep their order."""
    orders = {tuple(o.id for o in shown(library, "q.maths.dot-product", seed).options) for seed in range(20)}
    assert orders == {(0, 1, 2, 3)}


def test_a_snapshot_plays_like_its_item(library: Library) -> None:
    """What a played row keeps is enough to show and grade the question as it was."""
    for item in library.items.values():
        again = read_item(item.snapshot())
        assert show(again, 9).options == show(item, 9).options
        assert show(again, 9).stem == show(item, 9).stem


@pytest.mark.parametrize(
    ("words", "number"),
    [
        ("0.69", 0.69),
        ("0,69", 0.69),
        ("1,234.5", 1234.5),
        ("1,234,567", 1234567),
        ("3/4", 0.75),
        ("2**10", 1024),
        ("2^10", 1024),
        ("−5", -5),
        ("  42 ", 42),
        ("= 42", 42),
        ("≈42", 42),
        ("4 MB", 4),
        ("4mb", 4),
        ("1e3", 1000),
        ("5·10", 50),
        ("+7", 7),
        ("floor(7 / 2)", 3),
    ],
)
def test_numbers_as_people_type_them(words: str, number: float) -> None:
    """Commas, fractions, powers, signs of all kinds, with and without the unit."""
    assert read_numbers(words, "MB")[0] == pytest.approx(number)


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("28,571", [28571, 28.571]),
        ("0,286", [0.286]),
        ("-8,333", [-8333, -8.333]),
        ("1,234,567", [1234567]),
        ("2,5", [2.5]),
    ],
)
def test_a_comma_before_three_digits(words: str, meant: list[float]) -> None:
    """It may stand before thousands or before decimals; a zero before it tells."""
    assert read_numbers(words) == pytest.approx(meant)


@pytest.mark.parametrize(
    "words",
    [
        "",
        "four",
        "1 2",
        "__import__('os')",
        "4 GB",
        "9**99",
        "2<3",
        "not 5",
        "round(5,-9999999)",
        "1,2,3",
        "🙂",
        "1" * 500,
    ],
)
def test_what_is_no_number_is_refused_with_an_example(words: str) -> None:
    """Anything else gets a sentence, and no answer is lost by it."""
    with pytest.raises(UnreadableError, match=r"0\.5 or 3/4"):
        read_numbers(words, "MB")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("broadcasting", True),
        ("Broadcasting", True),
        ("the broadcasting", True),
        ("broad-casting", True),
        ("brodcasting", True),
        ("boradcasting", True),
        ("array broadcasting", True),
        ("vectorisation", False),
        ("broadcast news", False),
        ("banana", False),
    ],
)
def test_slips_of_the_finger_are_forgiven(library: Library, words: str, expected: bool) -> None:  # noqa: FBT001
    """Case, articles, hyphens and a letter or two do not matter; another term does."""
    assert right(library, "q.tools.stretching-shapes", words) is expected


def test_short_terms_must_be_exact(library: Library) -> None:
    """In a word of four letters one letter makes another word."""
    assert right(library, "q.tools.memory-without-a-copy", "View")
    assert not right(library, "q.tools.memory-without-a-copy", "vied")
    assert [allowed_slips(term) for term in ("view", "ridge", "recall", "broadcasting")] == [0, 1, 1, 2]


@pytest.mark.parametrize(
    ("words", "expected"),
    [("[20, 30]", True), ("[20,30]", True), (" [ 20 , 30 ] ", True), ("[20, 30, 40]", False), ("20 30", False)],
)
def test_an_output_is_compared_without_its_spaces(library: Library, words: str, expected: bool) -> None:  # noqa: FBT001
    """Spaces do not matter in an output, brackets and numbers do."""
    assert right(library, "q.tools.slice-of-a-list", words) is expected


@pytest.mark.parametrize(("typed", "output", "expected"), [("1.5, 10.5", "1.5 10.5", True), ("1 2", "1, 2", False)])
def test_a_comma_too_many_is_forgiven(typed: str, output: str, expected: bool) -> None:  # noqa: FBT001
    """Values typed with commas are the output that has spaces; where the output has commas, they matter."""
    assert same(typed, output) is expected


@pytest.mark.parametrize(("words", "count"), [("a", 1), ("a c", 2), ("AC", 2), ("a, b", 2), ("c a c", 2)])
def test_letters_in_any_form(library: Library, words: str, count: int) -> None:
    """Letters with spaces, commas or nothing between them; a letter twice counts once."""
    question = shown(library, "q.classical.effects-of-l1")
    assert len(kind_of(question.item).read(question, words).options) == count


@pytest.mark.parametrize("words", ["", "z", "a z", "1", "maybe", "🙂"])
def test_letters_that_are_not_there(library: Library, words: str) -> None:
    """An answer that names no option is refused with those that there are."""
    question = shown(library, "q.classical.effects-of-l1")
    with pytest.raises(UnreadableError, match="A, B, C, D"):
        kind_of(question.item).read(question, words)


def test_all_or_nothing(library: Library) -> None:
    """Multiple answers are right if every right one is chosen, and none else."""
    question = shown(library, "q.classical.effects-of-l1")
    kind = kind_of(question.item)
    good = tuple(option.id for option in question.right())
    bad = next(option.id for option in question.options if not option.correct)
    assert kind.grade(question, kind.read(question, good)).correct
    assert not kind.grade(question, kind.read(question, good[:1])).correct
    assert not kind.grade(question, kind.read(question, (*good, bad))).correct


def test_a_known_wrong_number_is_named(library: Library) -> None:
    """A typical wrong number is recognised, so that its own explanation can be given."""
    question = shown(library, "q.maths.matrix-memory")
    kind = kind_of(question.item)
    grade = kind.grade(question, kind.read(question, "0.5 MB"))
    assert not grade.correct
    assert grade.hit[0].why.startswith("That counts one byte")


@given(st.integers(0, 2**63 - 1))
def test_a_template_asks_something_fresh_and_solvable(seed: int) -> None:
    """For any seed: numbers within the constraints, the key apart from all other answers, four where chosen."""
    from tests.conftest import BANK  # noqa: PLC0415 (a fixture cannot be shared with a property)
    from tests.questions.bank import templates  # noqa: PLC0415

    for item in templates(BANK):
        question = show(item, seed)
        key = question.right()[0]
        others = [option for option in question.options if not option.correct]
        assert "{" not in question.stem
        assert all(not question.tolerance.accepts(option.value or 0, key.value or 0) for option in others)
        assert len({option.text for option in question.options}) == len(question.options)
        if item.kind == "mcq":
            assert len(question.options) == 4


def test_holes_are_filled_with_expressions() -> None:
    """A text's holes may hold a name, an expression, or the answer."""
    assert fill("{n} of {n + 1}: {answer}, {n / 8}", {"n": 3}, "x") == "3 of 4: x, 0.375"


def test_the_last_bit_of_a_float_does_not_decide() -> None:
    """0.1 + 0.2 is 0.3 for a learner."""
    assert Tolerance().accepts(0.1 + 0.2, 0.3)
    assert not Tolerance(absolute=0.01).accepts(0.32, 0.3)


def test_templates_have_enough_variants(library: Library) -> None:
    """Each template of the bank has at least as many parameter sets as it promises."""
    for item in library.items.values():
        if isinstance(item, TemplateItem):
            assert item.enough() >= item.min_variants
