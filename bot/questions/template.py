"""Templates: a question whose numbers are drawn afresh, in a safe expression language, with no `eval`."""

import re
from collections.abc import Iterator, Mapping
from itertools import islice, product
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, model_validator

from bot.chat.words import gettext as _
from bot.questions import choosing
from bot.questions.item import Item, Part, need
from bot.questions.numeric import Numeric
from bot.questions.shown import Grade, Input, Shown, ShownOption, Tolerance, UnreadableError
from bot.rules.draws import Draw
from bot.rules.expressions import Number, evaluate, holds
from bot.rules.responses import Response

Params = Mapping[str, Number]
TRIES = 2_000
WRONG_SHOWN = 3
_HOLE = re.compile(r"\{([^{}]+)\}")


class Steps(Part):
    """Numbers from `lo` to `hi`, `step` apart."""

    lo: float
    hi: float
    step: Annotated[float, Field(gt=0)]

    def values(self) -> tuple[float, ...]:
        """Every step, rounded so that 0.1 + 0.2 reads 0.3."""
        count = int((self.hi - self.lo) / self.step + 1e-9) + 1
        return tuple(round(self.lo + at * self.step, 9) for at in range(count))


class Range(Part):
    """What a parameter may be: whole numbers from a to b, one of a list, or steps between two numbers."""

    whole: Annotated[tuple[int, int] | None, Field(alias="int")] = None
    choice: tuple[Number, ...] | None = None
    steps: Annotated[Steps | None, Field(alias="float")] = None

    @model_validator(mode="after")
    def _one_way(self) -> "Range":
        given = [part for part in (self.whole, self.choice, self.steps) if part is not None]
        need(len(given) == 1, "a parameter is int, choice or float")
        return self

    def values(self) -> tuple[Number, ...]:
        """Every value that the parameter may take."""
        if self.whole is not None:
            return tuple(range(self.whole[0], self.whole[1] + 1))
        if self.steps is not None:
            return self.steps.values()
        return self.choice or ()


class TemplateAnswer(Part):
    """What the answer looks like: whole or not, how near is near enough, its unit, how it is rounded when shown."""

    type: Literal["int", "float"]
    tol_abs: Annotated[float, Field(ge=0)] | None = None
    tol_rel: Annotated[float, Field(ge=0, lt=1)] | None = None
    unit: str = ""
    round: Annotated[int, Field(ge=0, le=9)] | None = None

    @property
    def tolerance(self) -> Tolerance:
        """The tolerance as a rule."""
        return Tolerance(self.tol_abs or 0.0, self.tol_rel or 0.0)

    def show(self, value: Number) -> str:
        """`value` as a member reads it, without the unit."""
        if self.type == "int" and float(value).is_integer():
            return str(round(value))
        return f"{value:.{self.round}f}" if self.round is not None else f"{value:.6g}"


class Distractor(Part):
    """A typical wrong answer: the expression that leads to it, and why it is wrong; `when` says where it applies."""

    expr: str
    why: Annotated[str, Field(min_length=20, max_length=280)]
    misconception: str
    when: str | None = None


class TemplateItem(Item):
    """A template: `kind` says whether its number is typed or chosen."""

    model_config = ConfigDict(str_strip_whitespace=True)

    kind: Literal["numeric", "mcq"]
    params: Mapping[str, Range]
    constraints: tuple[str, ...] = ()
    solve: str
    answer: TemplateAnswer
    distractors: tuple[Distractor, ...]
    worked: str
    oracle: str | None = None
    min_variants: Annotated[int, Field(ge=100)] = 100

    def sets(self) -> Iterator[dict[str, Number]]:
        """Every valid parameter set, in order."""
        names = list(self.params)
        for values in product(*(self.params[name].values() for name in names)):
            found = dict(zip(names, values, strict=True))
            if all(holds(condition, found) for condition in self.constraints):
                yield found

    def enough(self) -> int:
        """How many valid parameter sets there are, counted up to `min_variants`."""
        return sum(1 for _set in islice(self.sets(), self.min_variants))


class Template:
    """Draw the numbers, then ask like the kind that the template names."""

    name = "template"
    model: type[Item] = TemplateItem

    def show(self, item: Item, draw: Draw) -> Shown:
        """The template with drawn numbers."""
        assert isinstance(item, TemplateItem)  # noqa: S101 (narrows the type)
        params = draw_params(item, draw)
        options = options_for(item, params)
        if item.kind == "mcq":
            wrong = sorted(draw.shuffled(options[1:])[:WRONG_SHOWN], key=lambda option: option.id)
            options = sorted([options[0], *wrong], key=lambda option: option.value or 0.0)
        how = Input.ONE if item.kind == "mcq" else Input.NUMBER
        return Shown(item, how, fill(item.stem, params), tuple(options), item.answer.tolerance, item.answer.unit)

    def read(self, shown: Shown, given: str | tuple[int, ...]) -> Response:
        """A number or one option, as the template's kind has it."""
        if shown.input is Input.NUMBER:
            return Numeric().read(shown, given)
        ids = choosing.chosen(shown, given)
        if len(ids) != 1:
            raise UnreadableError(_("Choose one answer here, not {count}.").format(count=len(ids)))
        return Response(options=ids)

    def grade(self, shown: Shown, response: Response) -> Grade:
        """As the template's kind grades."""
        if shown.input is Input.NUMBER:
            return Numeric().grade(shown, response)
        return choosing.grade(shown, response)


def draw_params(item: TemplateItem, draw: Draw) -> dict[str, Number]:
    """A valid parameter set of the template. Raises ValueError if its constraints leave none in 2,000 draws."""
    choices = {name: space.values() for name, space in item.params.items()}
    for _try in range(TRIES):
        params = {name: draw.pick(values) for name, values in choices.items()}
        if all(holds(condition, params) for condition in item.constraints):
            return params
    raise ValueError(f"{item.id}: no valid parameters in {TRIES} draws")


def options_for(item: TemplateItem, params: Params) -> list[ShownOption]:
    """The right answer first, then the distractors that apply to these numbers and differ from all before them."""
    value = evaluate(item.solve, params)
    answer = item.answer
    key = ShownOption(0, answer.show(value), fill(item.worked, params, answer.show(value)), correct=True, value=value)
    options = [key]
    for at, wrong in enumerate(item.distractors, start=1):
        if wrong.when is not None and not holds(wrong.when, params):
            continue
        found = evaluate(wrong.expr, params)
        shown = answer.show(found)
        if any(answer.tolerance.accepts(found, option.value or 0.0) or shown == option.text for option in options):
            continue
        why = fill(wrong.why, params, answer.show(value))
        options.append(ShownOption(at, shown, why, correct=False, value=found, misconception=wrong.misconception))
    return options


def fill(text: str, params: Params, answer: str = "") -> str:
    """`text` with each `{name}` or `{expression}` worked out, and `{answer}` put in."""

    def value(match: re.Match[str]) -> str:
        source = match.group(1)
        if source == "answer" and answer:
            return answer
        number = evaluate(source, params)
        return str(int(number)) if float(number).is_integer() else f"{number:.6g}"

    return _HOLE.sub(value, text)
