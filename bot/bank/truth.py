"""Rules about keys, as far as reading shows: E40, E43 (ranges), E44, E45 and W47. What must be run is in `proving`."""

import re
from collections.abc import Iterator

from bot.bank.findings import Finding
from bot.bank.words import SHOWN_KINDS, decimals_of, number_in, standing_number, tokens
from bot.questions import show
from bot.questions.item import Item, Option, Question
from bot.questions.numeric import NumericQuestion
from bot.questions.template import Range, TemplateItem
from bot.rules.expressions import ExpressionError, names_in

MOST_VALUES = 100_000
_HOLE = re.compile(r"\{([^{}]+)\}")
_ROUNDING = re.compile(
    r"\b(?:decimals?|decimal places?|round(?:ed|s)?|nearest|whole (?:number|percent)\w*|significant|digits?)\b",
    re.IGNORECASE,
)
_UNITS = {
    "%": ("%", "percent", "per cent", "percentage"),
    "pp": ("percentage point",),
    "s": ("second",),
    "ms": ("millisecond",),
    "µs": ("microsecond",),
    "min": ("minute",),
    "h": ("hour",),
    "kB": ("kilobyte",),
    "MB": ("megabyte",),
    "GB": ("gigabyte",),
    "TB": ("terabyte",),
    "MiB": ("mebibyte",),
    "GiB": ("gibibyte",),
    "€": ("euro",),
    "$": ("dollar",),
}


def findings(item: Item) -> Iterator[Finding]:
    """Every rule about its key that the item breaks."""
    if isinstance(item, TemplateItem):
        if item.oracle is None:
            yield Finding("E43", "a template needs an oracle, another way to the same number")
        if item.answer.type == "float":
            yield from _stated(item.stem, item.answer.unit)
        return
    if isinstance(item, Question):
        yield from _values(item)
        yield from _checked(item)
    if isinstance(item, NumericQuestion) and not item.answer.value.is_integer():
        yield from _stated(item.stem, item.answer.unit)


def _broken(item: TemplateItem) -> Iterator[Finding]:
    for name, space in item.params.items():
        if not 1 <= _size(space) <= MOST_VALUES:
            yield Finding("E43", f"the parameter {name} has {_size(space)} values; 1 to {MOST_VALUES} make sense")
    for where, source in _expressions(item):
        try:
            unknown = names_in(source) - set(item.params)
        except ExpressionError as error:
            yield Finding("E44", f"{where}: {error}")
            continue
        if unknown:
            yield Finding("E44", f"{where}: {', '.join(sorted(unknown))} is no parameter")


def unusable(item: TemplateItem) -> list[Finding]:
    """What keeps a template from being drawn at all, if anything; the other rules need a draw to look at."""
    found = list(_broken(item))
    if found:
        return found
    try:
        show(item, 0)
    except ExpressionError as error:
        found.append(Finding("E44", str(error)))
    except ValueError as error:
        found.append(Finding("E43", str(error)))
    return found


def _expressions(item: TemplateItem) -> Iterator[tuple[str, str]]:
    yield "solve", item.solve
    yield from ((f"constraint {at}", source) for at, source in enumerate(item.constraints, start=1))
    texts = [("stem", item.stem), ("worked", item.worked)]
    for at, wrong in enumerate(item.distractors, start=1):
        yield f"distractor {at}", wrong.expr
        if wrong.when is not None:
            yield f"distractor {at}, when", wrong.when
        texts.append((f"distractor {at}, why", wrong.why))
    for where, text in texts:
        for source in _HOLE.findall(text):
            if where == "stem" or source != "answer":
                yield where, source


def _size(space: Range) -> int:
    if space.whole is not None:
        return max(0, space.whole[1] - space.whole[0] + 1)
    if space.steps is not None:
        return max(0, int((space.steps.hi - space.steps.lo) / space.steps.step + 1e-9) + 1)
    return len(space.choice or ())


def _stated(stem: str, unit: str) -> Iterator[Finding]:
    if not _ROUNDING.search(stem):
        yield Finding("E45", "the stem must say how far to round (such as: to one decimal)")
    if unit and not _says_unit(stem, unit):
        yield Finding("E45", f"the stem must name the unit {unit}")


def _says_unit(stem: str, unit: str) -> bool:
    asked = " ".join(_singular(word) for word in tokens(unit))
    plain = f" {' '.join(_singular(word) for word in tokens(stem))} "
    if asked and f" {asked} " in plain:
        return True
    return any(word in stem.casefold() for word in _UNITS.get(unit, () if asked else (unit.casefold(),)))


def _singular(word: str) -> str:
    return word.removesuffix("s")


def _values(item: Question) -> Iterator[Finding]:
    for option in item.options:
        written = number_in(option.text)
        if option.value is None or written is None or item.kind not in (*SHOWN_KINDS, "numeric"):
            continue
        slack = 0.5 * 10.0 ** -decimals_of(option.text) * 1.000001
        if not any(abs(written - option.value * scale) <= slack for scale in (1, 100)):
            yield Finding("E40", f"the option {option.text!r} has the value {option.value:g}")


def _checked(item: Question) -> Iterator[Finding]:
    if item.kind == "code_output":
        if item.check is not None:
            yield Finding("E40", "the output of the code is the check; take the check out")
        return
    if item.check is not None:
        if item.kind != "multi" and item.check.expect is None and _needs_value(item):
            yield Finding("E40", "the check sets a result, so the key needs its value (or the check an expect)")
        return
    if item.kind == "numeric":
        yield Finding("E40", "a number needs a check")
    elif item.code is not None:
        yield Finding("W47", "there is code, but no check")
    elif found := _number(item):
        yield Finding("W47", f"there is a number ({found}), but no check")


def _needs_value(item: Question) -> bool:
    sets_result = item.check is not None and re.search(r"^result\s*=", item.check.run, re.MULTILINE) is not None
    return sets_result and item.options[item.right()[0]].value is None


def _number(item: Question) -> str | None:
    shown: tuple[Option, ...] = item.options if item.kind in SHOWN_KINDS else ()
    for text in (item.stem, *(option.text for option in shown)):
        if found := standing_number(text):
            return found
    return None
