"""A question as it is played: options in their order, a template's numbers filled in, ready to be graded."""

from enum import StrEnum

from msgspec import Struct

from bot.questions.item import Item

LETTERS = "ABCDEFGHIJ"


class Input(StrEnum):
    """How a member answers."""

    ONE = "one"
    SEVERAL = "several"
    NUMBER = "number"
    WORDS = "words"
    OUTPUT = "output"


class ShownOption(Struct, frozen=True):
    """An answer of a played question; `id` is its place in the item, whatever letter it bears here."""

    id: int
    text: str
    why: str
    correct: bool
    value: float | None = None
    misconception: str | None = None


class Tolerance(Struct, frozen=True):
    """How near a typed number must come."""

    absolute: float = 0.0
    relative: float = 0.0

    def accepts(self, given: float, wanted: float) -> bool:
        """Whether `given` is near enough to `wanted`; the last bit of a float never decides."""
        slack = max(self.absolute, self.relative * abs(wanted)) + 1e-9 * max(1.0, abs(wanted))
        return abs(given - wanted) <= slack


class Shown(Struct, frozen=True):
    """One question in front of somebody."""

    item: Item
    input: Input
    stem: str
    options: tuple[ShownOption, ...]
    tolerance: Tolerance = Tolerance()
    unit: str = ""
    accept: tuple[str, ...] = ()

    @property
    def chosen_from(self) -> bool:
        """Whether the options are shown, to choose from."""
        return self.input in (Input.ONE, Input.SEVERAL)

    def right(self) -> tuple[ShownOption, ...]:
        """The right answers."""
        return tuple(option for option in self.options if option.correct)

    def option(self, option_id: int) -> ShownOption | None:
        """The option with that id."""
        return next((option for option in self.options if option.id == option_id), None)

    def letter(self, option_id: int) -> str:
        """The letter that the option bears here."""
        return LETTERS[[option.id for option in self.options].index(option_id)]


class Grade(Struct, frozen=True):
    """Whether an answer is right, and which known answers it hit (to explain them)."""

    correct: bool
    hit: tuple[ShownOption, ...] = ()


class UnreadableError(ValueError):
    """An answer that cannot be read as one; its sentence says what would do. Nothing is saved or lost."""
