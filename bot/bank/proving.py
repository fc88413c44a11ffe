"""Executes an exhibit and reaches the verdict: E40 and E41 for checks, E42 for printed output, E43 for templates."""

import math
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from bot.bank.draws import compare, draw_all
from bot.bank.exhibits import Exhibit
from bot.bank.proofs import Proof
from bot.bank.runner import Outcome, Runner
from bot.library.models import Concept
from bot.questions.code_output import CodeOutputQuestion, normal
from bot.questions.item import Question
from bot.questions.numeric import NumericQuestion
from bot.questions.template import TemplateItem

SEEDS = range(5)
NEAR = 1e-9
EXECUTED = "python"


class Verdict(Struct, frozen=True):
    """A proof, or the reasons why there is none."""

    proof: Proof | None
    reasons: tuple[str, ...] = ()


def prove(exhibit: Exhibit, runner: Runner) -> Verdict:
    """Execute the exhibit and judge what came of it."""
    match exhibit.content:
        case TemplateItem() as item:
            reasons, result = _template(item, exhibit, runner)
        case CodeOutputQuestion() as item:
            reasons, result = _output(item, runner)
        case Question() as item:
            reasons, result = _check(item, exhibit, runner)
        case Concept() as concept:
            reasons, result = _example(concept, runner)
        case _:
            reasons, result = ["there is nothing to execute"], None
    if reasons:
        return Verdict(None, tuple(reasons))
    return Verdict(Proof(exhibit.hash, exhibit.libraries(), result))


def _template(item: TemplateItem, exhibit: Exhibit, runner: Runner) -> tuple[list[str], Any]:
    drawn = draw_all(item)
    if drawn.reasons:
        return drawn.reasons, None
    outcome = runner.run(exhibit.code, function="oracle", calls=drawn.params)
    if outcome.reason is not None:
        return [f"the oracle: {outcome.reason}"], None
    apart = compare(drawn, outcome.answers)
    return ([apart] if apart else []), {"draws": len(drawn.keys), "first": _kept(float(drawn.keys[0]))}


def _output(item: CodeOutputQuestion, runner: Runner) -> tuple[list[str], Any]:
    if item.code.lang != EXECUTED:
        return [f"{item.code.lang} is not executed here, only {EXECUTED}"], None
    outcome = runner.run(item.code.text)
    if outcome.reason is not None:
        return [f"the code: {outcome.reason}"], None
    printed = normal(outcome.printed)
    hit = next((option for option in item.options if normal(option.text) == printed), None)
    if hit is None or not hit.correct:
        return [f"the code prints {outcome.printed.strip()[:80]!r}, not the right answer's text"], None
    return [], outcome.printed.strip()


def _example(concept: Concept, runner: Runner) -> tuple[list[str], Any]:
    example = concept.try_it
    if example is None or example.lang != EXECUTED:
        return [f"try_it: {example.lang if example else 'nothing'} is not executed here, only {EXECUTED}"], None
    outcome = runner.run(example.text)
    if outcome.reason is not None:
        return [f"try_it: {outcome.reason}"], None
    if (found := _lines(outcome.printed)) != (wanted := _lines(example.output)):
        at = next(n for n in range(len(found) + 1) if found[n : n + 1] != wanted[n : n + 1])
        return [
            f"try_it: line {at + 1} prints {''.join(found[at : at + 1])!r}, output has {''.join(wanted[at : at + 1])!r}"
        ], None
    return [], "\n".join(found)


def _lines(output: str) -> list[str]:
    return [line.rstrip() for line in output.rstrip().split("\n")]


def _check(item: Question, exhibit: Exhibit, runner: Runner) -> tuple[list[str], Any]:
    result: Any = None
    for seed in SEEDS:
        outcome = runner.run(exhibit.code, names={"seed": seed}, wanted=("result", "claim"))
        reasons = list(_verdict(item, outcome))
        if reasons:
            return [f"the check: {reason} (seed {seed})" for reason in reasons], None
        if seed == SEEDS[0]:
            result = outcome.values.get("result", True)
        if "claim" not in outcome.values and "seed" not in exhibit.code:
            break
    return [], _kept(result)


def _verdict(item: Question, outcome: Outcome) -> Iterator[str]:
    if outcome.reason is not None:
        yield outcome.reason
        return
    if len(outcome.values) != 1:
        yield "must set result or claim, and not both"
        return
    if "claim" in outcome.values:
        if outcome.values["claim"] is not True:
            yield f"claim is {_said(outcome.values['claim'])}, not True"
        return
    yield from _against_key(item, outcome.values["result"])


def _against_key(item: Question, result: Any) -> Iterator[str]:
    """What is wrong with a result: it is not the key, or it is a wrong option too."""
    expect = item.check.expect if item.check else None
    right = item.options[item.right()[0]]
    key = expect if expect is not None else right.value
    if isinstance(result, str) or isinstance(key, str):
        if result != (key if key is not None else right.text):
            yield f"result is {result!r}, the key {key if key is not None else right.text!r}"
        return
    if isinstance(result, bool) or not isinstance(result, int | float) or not math.isfinite(result):
        yield f"result is {_said(result)}, which is no number"
        return
    if key is None or (item.kind == "multi" and expect is None):
        yield "sets a result, but the key has no value to compare it with"
        return
    if not _same(item, result, float(key)):
        yield f"result is {result:.10g}, the key {key:.10g}"
    for option in item.options:
        if not option.correct and option.value is not None and _same(item, result, option.value):
            yield f"result {result:.10g} is the wrong option {option.text!r} too"


def _same(item: Question, result: float, value: float) -> bool:
    places = item.check.round if item.check else None
    if places is not None:
        return math.isclose(round(result, places), round(value, places), rel_tol=NEAR, abs_tol=NEAR)
    if isinstance(item, NumericQuestion):
        return item.answer.tolerance.accepts(result, value)
    return math.isclose(result, value, rel_tol=NEAR, abs_tol=NEAR**1.3)


def _said(value: Any) -> str:
    return f"of the type {value['type']}" if isinstance(value, dict) else repr(value)


def _kept(result: Any) -> Any:
    """A result as it is put on record: ten digits, so that machines agree."""
    return float(f"{result:.10g}") if isinstance(result, float) else result
