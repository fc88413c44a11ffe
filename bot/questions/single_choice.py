"""Single choice: three to five options, one of them right."""

from typing import Literal

from pydantic import model_validator

from bot.chat.words import gettext as _
from bot.questions import choosing
from bot.questions.item import Item, Question, need
from bot.questions.shown import Grade, Input, Shown, UnreadableError
from bot.rules.draws import Draw
from bot.rules.responses import Response


class SingleChoiceQuestion(Question):
    """`kind: mcq`."""

    kind: Literal["mcq"]

    @model_validator(mode="after")
    def _one_right(self) -> "SingleChoiceQuestion":
        need(3 <= len(self.options) <= 5, f"single choice has 3 to 5 options, not {len(self.options)}")
        need(len(self.right()) == 1, f"single choice has one right option, not {len(self.right())}")
        values = [option.value for option in self.options if option.value is not None]
        need(self.shuffle or values == sorted(values), "options that are not shuffled stand in ascending order")
        return self


class SingleChoice:
    """Press one letter."""

    name = "mcq"
    model: type[Item] = SingleChoiceQuestion

    def show(self, item: Item, draw: Draw) -> Shown:
        """The options in the order drawn."""
        return choosing.show(item, draw, Input.ONE)

    def read(self, shown: Shown, given: str | tuple[int, ...]) -> Response:
        """One option."""
        ids = choosing.chosen(shown, given)
        if len(ids) != 1:
            raise UnreadableError(_("Choose one answer here, not {count}.").format(count=len(ids)))
        return Response(options=ids)

    def grade(self, shown: Shown, response: Response) -> Grade:
        """Right if it is the right one."""
        return choosing.grade(shown, response)
