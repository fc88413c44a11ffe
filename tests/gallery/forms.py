"""Every form that members can be shown, by name: `feature.function`, and what is special about it."""

from collections.abc import Callable, Iterator
from typing import Any

from bot.chat.arguments import ArgumentError
from bot.chat.command_forms import form_for
from bot.chat.forms import Form
from bot.features import question_cards
from bot.features.my import cards as my
from bot.features.question_cards import Mode
from bot.features.quiz import cards as quiz
from tests.gallery import sample, worst
from tests.gallery.cards import commands_with_required_options
from tests.gallery.sample import COUNT, NUMBER, OUTPUT, WORDS

Entry = tuple[str, Form]


def forms() -> dict[str, Form]:
    """The whole gallery, in the locale in force."""
    found: dict[str, Form] = {}
    for name, form in (*_questions(), *_others(), *_commands(), *worst.forms()):
        assert name not in found, f"two forms of the gallery are called {name}"
        found[name] = form
    return found


def _entry(build: Callable[..., Form], variant: str, *given: Any) -> Entry:
    return f"{sample.module_name(build)}.{build.__name__} {variant}".strip(), build(*given)


def _questions() -> Iterator[Entry]:
    for kind, item in {"number": NUMBER, "count": COUNT, "words": WORDS, "output": OUTPUT}.items():
        yield _entry(question_cards.answer_form, kind, sample.play(item), sample.shown(item), Mode("quiz"))
    unit = {"value": 4, "tol_abs": 0.01, "unit": "operations of floating point a second"}
    long_unit = sample.changed(NUMBER, answer=unit)
    yield _entry(question_cards.answer_form, "long unit", sample.play(NUMBER), long_unit, Mode("live"))


def _others() -> Iterator[Entry]:
    yield _entry(quiz.report_form, "", 42)
    yield _entry(my.nickname_form, "")


def _commands() -> Iterator[Entry]:
    for command in commands_with_required_options():
        yield f"command {command.name}", form_for(command, {})
        wrong = next(option for option in command.options if option.required)
        fault = ArgumentError(f"{wrong.name} is something else, not “{'x' * 60}”. Say it in other words.", wrong.name)
        yield f"command {command.name} at fault", form_for(command, {wrong.name: "x" * 60}, fault)
