"""Numbers: typed, within a tolerance, with or without the unit; a known wrong number is explained by name."""

import re
import unicodedata
from typing import Annotated, Literal

from pydantic import Field, model_validator

from bot.chat.words import gettext as _
from bot.questions.choosing import shown_options
from bot.questions.item import Item, Part, Question, need
from bot.questions.shown import Grade, Input, Shown, Tolerance, UnreadableError
from bot.rules.draws import Draw
from bot.rules.expressions import ExpressionError, evaluate
from bot.rules.responses import Response

_SIGNS = str.maketrans({"−": "-", "–": "-", "×": "*", "·": "*", "÷": "/", "^": "**", "\u00a0": " ", "\u202f": " "})
_GROUPED = re.compile(r"^[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$")
_COMPARES = re.compile(r"[<>!=]|\b(?:not|and|or)\b")
_DECIMAL_COMMA = re.compile(r"^[+-]?\d+,\d+$")


class NumericAnswer(Part):
    """The number wanted, how near is near enough, and its unit."""

    value: float
    tol_abs: Annotated[float, Field(ge=0)] | None = None
    tol_rel: Annotated[float, Field(ge=0, lt=1)] | None = None
    unit: str = ""

    @model_validator(mode="after")
    def _one_tolerance(self) -> "NumericAnswer":
        need((self.tol_abs is None) != (self.tol_rel is None), "a number has tol_abs or tol_rel, and not both")
        return self

    @property
    def tolerance(self) -> Tolerance:
        """The tolerance as a rule."""
        return Tolerance(self.tol_abs or 0.0, self.tol_rel or 0.0)


class NumericQuestion(Question):
    """`kind: numeric`: the options are the right number and wrong ones that are recognised; none is shown."""

    kind: Literal["numeric"]
    answer: NumericAnswer

    @model_validator(mode="after")
    def _numbers(self) -> "NumericQuestion":
        need(len(self.right()) == 1, "a number has one right answer")
        for option in self.options:
            need(option.value is not None, f"the answer {option.text!r} needs its value")
            near = self.answer.tolerance.accepts(option.value or 0.0, self.answer.value)
            need(
                near == option.correct,
                f"{option.text!r} lies {'within' if near else 'outside'} the tolerance of the key",
            )
        return self


class Numeric:
    """Type a number; simple arithmetic is worked out."""

    name = "numeric"
    model: type[Item] = NumericQuestion

    def show(self, item: Item, draw: Draw) -> Shown:  # noqa: ARG002 (nothing is drawn for a number)
        """The question, its known answers kept back."""
        assert isinstance(item, NumericQuestion)  # noqa: S101 (narrows the type)
        answer = item.answer
        return Shown(item, Input.NUMBER, item.stem, shown_options(item), answer.tolerance, answer.unit)

    def read(self, shown: Shown, given: str | tuple[int, ...]) -> Response:
        """The text, if it is a number."""
        words = given if isinstance(given, str) else ""
        read_numbers(words, shown.unit)
        return Response(text=words.strip())

    def grade(self, shown: Shown, response: Response) -> Grade:
        """Right within the tolerance; else the nearest known wrong number that it hits."""
        if response.text is None:
            return Grade(correct=False)
        numbers = read_numbers(response.text, shown.unit)
        hits = [
            (not option.correct, abs(option.value - number), at)
            for at, option in enumerate(shown.options)
            for number in numbers
            if option.value is not None and shown.tolerance.accepts(number, option.value)
        ]
        hit = tuple(shown.options[at] for _wrong, _off, at in sorted(hits)[:1])
        return Grade(bool(hit) and hit[0].correct, hit)


def read_numbers(words: str, unit: str = "") -> list[float]:
    """The numbers that what was typed may mean: `1,234.5`, `0,69`, `3/4`, `2**10`, with or without `unit`.

    There are two where its one comma may stand before thousands or before decimals: `28,571`. Raises UnreadableError.
    """
    text = unicodedata.normalize("NFKC", words).translate(_SIGNS).strip().lstrip("=≈~").strip()
    spoken = unicodedata.normalize("NFKC", unit).casefold()
    if spoken and text.casefold().endswith(spoken):
        text = text[: len(text) - len(spoken)].strip()
    meant = [text.replace(",", "")] if _GROUPED.match(text) else []
    meant += [text.replace(",", ".")] if _DECIMAL_COMMA.match(text) else []
    if _COMPARES.search(text):
        raise UnreadableError(_no_number(words, unit))
    try:
        return [float(evaluate(one)) for one in meant or [text]]
    except ExpressionError:
        raise UnreadableError(_no_number(words, unit)) from None


def _no_number(words: str, unit: str) -> str:
    given = words.strip()[:60]
    if unit:
        sentence = _("“{given}” is not a number; type one in {unit}, such as 0.5 or 3/4.")
        return sentence.format(given=given, unit=unit)
    return _("“{given}” is not a number; type one, such as 0.5 or 3/4.").format(given=given)
