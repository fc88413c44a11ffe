"""Rules of item writing, E20 to W32: stems that ask, options that give nothing away."""

import re
from collections.abc import Iterator

from bot.bank.findings import Finding
from bot.bank.words import (
    SHOWN_KINDS,
    has_word,
    leading_number,
    middle,
    normal,
    number_in,
    pieces,
    prose,
    question_sentence,
    tokens,
)
from bot.questions.item import Item, Option, Question

STEM = (25, 350)
LONGER = 1.4
LONGEST_BY = 15
SHORT_KEY = 12
CLANG = 4
ABSOLUTE = ("always", "never", "only")
HEDGES = ("usually", "may", "might", "often", "typically", "generally")
VAGUE = ("often", "sometimes", "frequently", "rarely", "seldom", "occasionally", "usually")
NEGATIVE = ("not", "except", "least")
_NOT_NEGATIVE = re.compile(
    r"\b(?:at least|least[- ]squares?|whether or not|or not|not only|if not|non-\w+)\b", re.IGNORECASE
)
_ABOVE = re.compile(
    r"\b(?:all|none|both|neither|any|each) of (?:the )?(?:above|other answers|answers|options|these answers)\b"
    r"|^(?:all|none|both|neither) (?:of (?:these|them)|above)\.?$"
    r"|^(?:both |only )?[A-E](?:, ?[A-E])*,? (?:and|or|&) [A-E](?: only)?\.?$",
    re.IGNORECASE,
)
_ASKS = re.compile(r"(?:\?|_{2,}\s*\.?|…)[`\"”]?\s*(?:\([^()]*\)\.?)?$")
_ARTICLE = re.compile(r"\b(an?)\s*(?:_{2,}|…|\.{3})?\s*[?.:]?$", re.IGNORECASE)
_END = re.compile(r"[.;:!?…]$")
_STOP = frozenset(
    tokens(
        "about above after again against also because been before being below between both cannot could does doing "
        "down during each else ever every from further gives have having here hers into itself just keep keeps "
        "less like made make makes many more most much must need needs once only onto other ours over own same "
        "shall should since some such take takes than that their theirs them then there these they this those "
        "through thus till under until upon used uses using very want wants were what when where whether which "
        "while whom whose will with within without would your yours"
    )
)


def findings(item: Item) -> Iterator[Finding]:
    """Every rule of writing that the item breaks."""
    stem = next(piece.text for piece in pieces(item) if piece.where == "stem")
    yield from _stem(stem)
    if not isinstance(item, Question):
        return
    if item.kind in SHOWN_KINDS:
        yield from _cues(item)
        yield from _forms(item)
        yield from _clang(item, stem)


def _stem(stem: str) -> Iterator[Finding]:
    if not STEM[0] <= len(stem) <= STEM[1]:
        yield Finding("W23", f"the stem has {len(stem)} characters; {STEM[0]} to {STEM[1]} read well")
    if not _ASKS.search(stem):
        yield Finding("E22", "the stem must end in a question or in a blank (___)")
    if _ARTICLE.search(stem):
        yield Finding("W27", "the stem ends in a or an, which gives the answer's first letter away")
    asked = question_sentence(stem)
    plain = _NOT_NEGATIVE.sub(" ", prose(asked))
    if word := has_word(plain, *NEGATIVE):
        capital = re.search(rf"\b{word.upper()}\b", plain) is not None
        advice = "ask for what is true instead" if capital else f"write {word.upper()} and waive it, or turn it round"
        yield Finding("W21", f"the question is negative ({word}); {advice}", stands=not capital)
    if word := has_word(asked, *VAGUE):
        yield Finding("W32", f"the question says {word}, which everybody reads differently")


def _cues(item: Question) -> Iterator[Finding]:
    right = [option for option in item.options if option.correct]
    wrong = [option for option in item.options if not option.correct]
    absolute = {word for option in wrong if (word := has_word(option.text, *ABSOLUTE))}
    if absolute and not any(has_word(option.text, *ABSOLUTE) for option in right):
        yield Finding("W24", f"only wrong options say {', '.join(sorted(absolute))}")
    hedges = {word for option in right if (word := has_word(option.text, *HEDGES))}
    if hedges and not any(has_word(option.text, *HEDGES) for option in wrong):
        yield Finding("W24", f"only the key says {', '.join(sorted(hedges))}")
    if len(right) == 1 and not all(number_in(option.text) is not None for option in item.options):
        yield from _length(right[0], wrong)
    for option in item.options:
        if word := has_word(option.text, *VAGUE):
            yield Finding("W32", f"{option.text!r} says {word}, which everybody reads differently")


def _length(key: Option, wrong: list[Option]) -> Iterator[Finding]:
    lengths = [len(option.text.strip()) for option in wrong]
    own = len(key.text.strip())
    if own > SHORT_KEY and own > LONGER * middle(lengths):
        yield Finding("W25", f"the key has {own} characters, {own / middle(lengths):.1f} times the median wrong option")
    elif own > max(lengths) + LONGEST_BY:
        yield Finding("W25", f"the key is the longest option by {own - max(lengths)} characters")


def _forms(item: Question) -> Iterator[Finding]:
    for option in item.options:
        if _ABOVE.search(option.text.strip()):
            yield Finding("E20", f"the option {option.text!r} speaks of other options")
    ends = {bool(_END.search(option.text.strip())) for option in item.options}
    if len(ends) > 1:
        yield Finding("W28", "some options end in a punctuation mark and some do not")
    for inner in item.options:
        for outer in item.options:
            small, large = normal(inner.text), normal(outer.text)
            if small != large and f" {small} " in f" {large} ":
                yield Finding("W29", f"the option {outer.text!r} contains the option {inner.text!r}")
    if not item.shuffle:
        found = [o.value if o.value is not None else leading_number(o.text) for o in item.options]
        numbers = [number for number in found if number is not None]
        labels = [option.text for option in item.options] if not numbers else []
        if len(numbers) + len(labels) < len(found) or numbers != sorted(numbers) or labels != sorted(labels):
            yield Finding(
                "E30", "shuffle: false is for numbers in ascending order, or for labels (Step 1, Step 2) in theirs"
            )


def _clang(item: Question, stem: str) -> Iterator[Finding]:
    asked = _content_words(stem)
    wrong = {word for option in item.options if not option.correct for word in _content_words(option.text)}
    right = [_content_words(option.text) for option in item.options if option.correct]
    for word in sorted(set.intersection(*right) & asked - wrong):
        yield Finding("W26", f"the word {word!r} of the stem stands in the key alone")


def _content_words(text: str) -> set[str]:
    return {_root(word) for word in tokens(text) if len(word) >= CLANG and word not in _STOP and word.isalpha()}


def _root(word: str) -> str:
    """The word without a plural's or a verb's s."""
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > CLANG else word
