"""Content as words: its pieces of text, tokens, numbers and sentences, as the rules look at them."""

import re
import unicodedata
from collections.abc import Iterator
from statistics import median

from msgspec import Struct

from bot.library.models import Challenge, Concept
from bot.questions.item import Content, Item, Question
from bot.questions.template import TemplateItem, draw_params, fill
from bot.rules.draws import Draw
from bot.rules.expressions import evaluate

SHOWN_KINDS = frozenset(["mcq", "multi"])
_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_SPAN = re.compile(r"(`+).*?\1", re.DOTALL)
_NUMBER = re.compile(r"^[≈~]?\s*([+\-−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?(?:e[+-]?\d+)?)", re.IGNORECASE)
_UNIT = re.compile(r"^\s*[%°€$£]?\s*[A-Za-zµΩ]{0,14}(?:/[A-Za-zµ]{1,8})?$")
_MULTIPLES = ("k", "m", "g", "t", "bn", "thousand", "million", "billion", "trillion")
_STANDING = re.compile(r"(?<![\w#/.-])[+−-]?\d[\d,]*(?:\.\d+)?(?!\w*[-_]?\w*\()")
_SIGNS = str.maketrans({"−": "-", "–": "-", "“": '"', "”": '"', "‘": "'", "’": "'"})


class Piece(Struct, frozen=True):
    """A text that members read: its field, whether its marks (bold, code, links) are read, whether it is an output."""

    where: str
    text: str
    marked: bool = True
    output: bool = False


def pieces(content: Content) -> Iterator[Piece]:
    """Every text of the content that members read, templates with the numbers of one draw filled in."""
    match content:
        case TemplateItem():
            yield from _template(content)
        case Question():
            yield from _question(content)
        case Concept():
            yield Piece("title", content.title, marked=False)
            yield Piece("hook", content.hook, marked=False)
            yield Piece("body", content.body)
            yield Piece("discuss", content.discuss)
        case Challenge():
            yield Piece("title", content.title, marked=False)
            yield Piece("why", content.why)
            yield from (Piece(f"step {at}", step) for at, step in enumerate(content.steps, start=1))
            yield Piece("done_when", content.done_when)
            if content.verify.human and content.verify.human.question:
                yield Piece("verify.human.question", content.verify.human.question, marked=False)
    for at, ref in enumerate(content.refs, start=1):
        yield Piece(f"ref {at}", f"{ref.title}, {ref.locator}", marked=False)


def _item(item: Item, stem: str) -> Iterator[Piece]:
    yield Piece("stem", stem)
    if item.hint:
        yield Piece("hint", item.hint)


def _question(item: Question) -> Iterator[Piece]:
    yield from _item(item, item.stem)
    for at, option in enumerate(item.options, start=1):
        output = item.kind == "code_output"
        yield Piece(f"option {at}", option.text, marked=item.kind in SHOWN_KINDS, output=output)
        yield Piece(f"option {at}, why", option.why)


def _template(item: TemplateItem) -> Iterator[Piece]:
    params = draw_params(item, Draw(0, item.id, item.version))
    answer = item.answer.show(evaluate(item.solve, params))
    yield from _item(item, fill(item.stem, params))
    yield Piece("worked", fill(item.worked, params, answer))
    for at, wrong in enumerate(item.distractors, start=1):
        yield Piece(f"distractor {at}, why", fill(wrong.why, params, answer))


def prose(text: str) -> str:
    """The text without its code spans."""
    return _SPAN.sub(" ", text)


def tokens(text: str) -> list[str]:
    """The words and numbers of a text, without case."""
    return _TOKEN.findall(unicodedata.normalize("NFKC", text).casefold())


def has_word(text: str, *words: str) -> str | None:
    """The first of `words` (each one word or several) that stands in the prose of `text`, without case."""
    plain = f" {' '.join(tokens(prose(text)))} "
    return next((word for word in words if f" {word} " in plain), None)


def normal(text: str) -> str:
    """A text for comparing: one kind of space, quote, dash and case; no full stop at the end."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).casefold()
    return " ".join(plain.split()).rstrip(".;, ")


def number_in(text: str) -> float | None:
    """The number of a text that is a number, with or without a unit; None if it is more than that."""
    found = _NUMBER.match(text.translate(_SIGNS).strip("` "))
    if found is None or not any(character.isdigit() for character in found.group(1)):
        return None
    rest = text.translate(_SIGNS).strip("` ")[found.end() :]
    if not _UNIT.match(rest) or rest.strip().casefold() in _MULTIPLES:
        return None
    return float(found.group(1).replace(",", ""))


def leading_number(text: str) -> float | None:
    """The number with which a text begins, whatever follows."""
    found = _NUMBER.match(text.translate(_SIGNS).strip("` "))
    if found is None or not any(character.isdigit() for character in found.group(1)):
        return None
    return float(found.group(1).replace(",", ""))


def decimals_of(text: str) -> int:
    """How many decimals the number at the start of a text is written with."""
    found = _NUMBER.match(text.translate(_SIGNS).strip("` "))
    written = found.group(1) if found else ""
    return len(written.partition(".")[2])


def standing_number(text: str) -> str | None:
    """The first number in the prose of a text that is not part of a name such as L2 or top-5."""
    found = _STANDING.search(prose(text))
    return found.group() if found else None


def question_sentence(stem: str) -> str:
    """The last sentence of a stem, which asks."""
    sentences = re.split(r"(?<=[.!?])\s+(?=[^a-z(])", stem.strip())
    return sentences[-1]


def middle(lengths: list[int]) -> float:
    """The median length."""
    return float(median(lengths))
