"""Multiple answers: three to five options, at least two right and not all."""

from typing import Literal

from pydantic import model_validator

from bot.questions import choosing
from bot.questions.item import Item, Question, need
from bot.questions.shown import Grade, Input, Shown
from bot.rules.draws import Draw
from bot.rules.responses import Response


class MultipleAnswersQuestion(Question):
    """`kind: multi`."""

    kind: Literal["multi"]

    @model_validator(mode="after")
    def _several_right(self) -> "MultipleAnswersQuestion":
        right = len(self.right())
        need(3 <= len(self.options) <= 5, f"multiple answers has 3 to 5 options, not {len(self.options)}")
        need(2 <= right < len(self.options), f"multiple answers has at least 2 right options and not all, not {right}")
        return self


class MultipleAnswers:
    """Choose every right option; all or nothing."""

    name = "multi"
    model: type[Item] = MultipleAnswersQuestion

    def show(self, item: Item, draw: Draw) -> Shown:
        """The options in the order drawn."""
        return choosing.show(item, draw, Input.SEVERAL)

    def read(self, shown: Shown, given: str | tuple[int, ...]) -> Response:
        """One option or more."""
        return Response(options=choosing.chosen(shown, given))

    def grade(self, shown: Shown, response: Response) -> Grade:
        """Right if exactly the right ones were chosen."""
        return choosing.grade(shown, response)
