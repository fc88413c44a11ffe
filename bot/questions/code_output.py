"""Code output: what does this print? The right answer is what the code really printed when it was checked."""

import unicodedata
from typing import Literal

from pydantic import model_validator

from bot.chat.words import gettext as _
from bot.questions.choosing import shown_options
from bot.questions.item import CodeText, Item, Question, need
from bot.questions.shown import Grade, Input, Shown, UnreadableError
from bot.rules.draws import Draw
from bot.rules.responses import Response

_SIGNS = str.maketrans({"−": "-", "“": "'", "”": "'", "‘": "'", "’": "'", '"': "'", "„": "'"})
LONGEST = 500


class CodeOutputQuestion(Question):
    """`kind: code_output`: the options are the output and misreadings that are recognised; none is shown."""

    kind: Literal["code_output"]
    code: CodeText

    @model_validator(mode="after")
    def _one_output(self) -> "CodeOutputQuestion":
        need(len(self.right()) == 1, "a program has one output")
        need(
            len({normal(option.text) for option in self.options}) == len(self.options),
            "two of the outputs differ only in what is not compared (spaces, kinds of quotes)",
        )
        return self


class CodeOutput:
    """Type what the code prints."""

    name = "code_output"
    model: type[Item] = CodeOutputQuestion

    def show(self, item: Item, draw: Draw) -> Shown:  # noqa: ARG002 (nothing is drawn for an output)
        """The code, its known readings kept back."""
        assert isinstance(item, CodeOutputQuestion)  # noqa: S101 (narrows the type)
        return Shown(item, Input.OUTPUT, item.stem, shown_options(item))

    def read(self, shown: Shown, given: str | tuple[int, ...]) -> Response:  # noqa: ARG002 (any text is an output)
        """The text as typed."""
        words = given if isinstance(given, str) else ""
        if not words.strip() or len(words) > LONGEST:
            raise UnreadableError(_("Type what the code prints, at most {most} characters.").format(most=LONGEST))
        return Response(text=words.strip())

    def grade(self, shown: Shown, response: Response) -> Grade:
        """Right if it is the output, spaces and kinds of quotes aside."""
        hit = tuple(option for option in shown.options if same(response.text or "", option.text))
        return Grade(bool(hit) and hit[0].correct, hit)


def same(given: str, output: str) -> bool:
    """Whether what was typed is that output; commas between values are forgiven where the output has none."""
    typed, wanted = normal(given), normal(output)
    return wanted in (typed, typed if "," in wanted else normal(typed.replace(",", " ")))


def normal(output: str) -> str:
    """An output as it is compared: one space for any, one kind of quote and of minus, no space inside brackets."""
    text = " ".join(unicodedata.normalize("NFKC", output).translate(_SIGNS).split())
    for bracket in "([{":
        text = text.replace(f"{bracket} ", bracket)
    for bracket in ")]},":
        text = text.replace(f" {bracket}", bracket)
    return text.replace(",", ", ").replace(",  ", ", ").strip()
