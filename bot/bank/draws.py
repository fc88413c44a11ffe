"""Rule E43: what a template gives over 400 draws, all that can be seen without running its oracle."""

import math
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from bot.chat import limits
from bot.questions.template import WRONG_SHOWN, Params, TemplateItem, draw_params, fill, options_for
from bot.rules.draws import Draw
from bot.rules.expressions import Number, evaluate, holds

DRAWS = 400
STEM = 600
WHY = 280
ALIVE = 0.5
NEAR = 1e-9


class Drawn(Struct):
    """The parameters and keys of the draws, and what is wrong with them."""

    params: list[Params] = field(default_factory=list)
    keys: list[Number] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)


def draw_all(item: TemplateItem) -> Drawn:
    """Draw as players do, 400 times, and look at each draw; a reason is given once, with the numbers that show it."""
    drawn = Drawn()
    alive: Counter[int] = Counter()
    reasons: dict[str, str] = {}
    try:
        for seed in range(DRAWS):
            params = draw_params(item, Draw(seed, item.id, item.version))
            drawn.params.append(params)
            drawn.keys.append(evaluate(item.solve, params))
            for what, reason in _one(item, params, drawn.keys[-1], alive):
                reasons.setdefault(what, f"{reason} {_with(params)}")
    except ValueError as error:
        reasons.setdefault("error", f"{error} {_with(drawn.params[-1]) if drawn.params else ''}".strip())
    else:
        reasons.update(_over_all(item, alive))
    drawn.reasons = list(reasons.values())
    return drawn


def _one(item: TemplateItem, params: Params, key: Number, alive: Counter[int]) -> list[tuple[str, str]]:
    found = []
    if not math.isfinite(key):
        found.append(("finite", "the key is not finite"))
    if item.answer.type == "int" and not float(key).is_integer():
        found.append(("int", f"the answer's type is int, but the key is {key:g}"))
    if (length := limits.length(fill(item.stem, params))) > STEM:
        found.append(("stem", f"the stem has {length} characters, {STEM} fit"))
    options = options_for(item, params)
    if (length := limits.length(options[0].why)) > WHY:
        found.append(("worked", f"worked has {length} characters, {WHY} fit"))
    for at, wrong in enumerate(item.distractors, start=1):
        if wrong.when is not None and not holds(wrong.when, params):
            continue
        value = evaluate(wrong.expr, params)
        if item.answer.tolerance.accepts(value, key) or item.answer.show(value) == item.answer.show(key):
            found.append((f"near {at}", f"distractor {at} is within the tolerance of the key; drop it by `when`"))
    alive.update(option.id for option in options[1:])
    if item.kind == "mcq" and len(options) - 1 < WRONG_SHOWN:
        found.append(("few", f"{len(options) - 1} different wrong options are left, {WRONG_SHOWN} are needed"))
    return found


def _over_all(item: TemplateItem, alive: Counter[int]) -> dict[str, str]:
    found = {}
    for at in range(1, len(item.distractors) + 1):
        if alive[at] < ALIVE * DRAWS:
            share = alive[at] / DRAWS
            found[f"alive {at}"] = f"distractor {at} is there in {share:.0%} of the draws, {ALIVE:.0%} are needed"
    if (enough := item.enough()) < item.min_variants:
        found["variants"] = f"there are {enough} valid parameter sets, min_variants says {item.min_variants}"
    return found


def compare(drawn: Drawn, answers: Sequence[object]) -> str | None:
    """Why the oracle's answers are not those of `solve`, or None if they are."""
    for params, key, answer in zip(drawn.params, drawn.keys, answers, strict=True):
        if isinstance(answer, bool) or not isinstance(answer, int | float):
            return f"the oracle gives {answer!r}, which is no number {_with(params)}"
        if not math.isclose(key, answer, rel_tol=NEAR, abs_tol=NEAR**1.3):
            return f"solve gives {key:.10g}, the oracle {answer:.10g} {_with(params)}"
    return None


def _with(params: Params) -> str:
    return f"({', '.join(f'{name}={value:g}' for name, value in params.items())})"
