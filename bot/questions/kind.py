"""What a question kind must be able to do.

To add a kind: one file beside this one with a model and a `Kind`, a line in `bot.questions.KINDS`, an example in
`tests/questions/examples.py`; the kind contract and the scenes then run over it.
"""

from typing import Protocol

from bot.questions.item import Item
from bot.questions.shown import Grade, Shown
from bot.rules.draws import Draw
from bot.rules.responses import Response


class Kind(Protocol):
    """One way to ask and to grade. Everything is a pure function of the item and the draw."""

    name: str
    model: type[Item]

    def show(self, item: Item, draw: Draw) -> Shown:
        """The item as this draw shows it."""
        ...

    def read(self, shown: Shown, given: str | tuple[int, ...]) -> Response:
        """What a member typed or chose, as a response. Raises UnreadableError."""
        ...

    def grade(self, shown: Shown, response: Response) -> Grade:
        """Whether `response` is right."""
        ...
