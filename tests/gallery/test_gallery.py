"""The gallery is whole: no card or form of a feature is left out of it."""

import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

import bot.features
from bot.chat import wire
from bot.chat.cards import Card
from bot.chat.forms import Form
from bot.chat.words import PSEUDO, speaking
from tests.gallery.cards import cards
from tests.gallery.forms import forms

CARDS = cards()  # built once: to hang them all takes a while


def builders(kind: type) -> Iterator[str]:
    """The public functions of the features' cards that say that they return `kind`, as the gallery names them."""
    for found in pkgutil.walk_packages(bot.features.__path__, "bot.features."):
        if not found.name.endswith(("cards", "_cards")):
            continue
        module = importlib.import_module(found.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            returned = inspect.signature(function, eval_str=True).return_annotation
            if function.__module__ == found.name and not name.startswith("_") and returned is kind:
                yield f"{found.name.removeprefix('bot.features.').removesuffix('.cards')}.{name}"


def test_every_card_hangs_in_the_gallery() -> None:
    """Each function of a feature that makes a card is shown at least once."""
    shown = {name.split(" ", maxsplit=1)[0] for name in CARDS}
    assert set(builders(Card)) <= shown


def test_every_form_hangs_in_the_gallery() -> None:
    """Each function of a feature that makes a form is shown at least once."""
    shown = {name.split(" ", maxsplit=1)[0] for name in forms()}
    assert set(builders(Form)) <= shown


def test_the_search_for_cards_finds_those_that_there_are() -> None:
    """The search is no empty one: it finds well-known cards and forms."""
    assert {"question_cards.question", "live.result", "mate.front_door"} <= set(builders(Card))
    assert {"question_cards.answer_form", "quiz.report_form"} <= set(builders(Form))


@pytest.mark.parametrize("name", CARDS)
def test_a_card_of_the_gallery_survives_the_wire(name: str) -> None:
    """Each card can be kept in a message's row and comes back as it was."""
    card = CARDS[name]
    assert wire.from_json(wire.to_json(card)) == card


@pytest.mark.parametrize(
    ("variant", "on_buttons"),
    [("short options", True), ("chosen", False), ("long options", False), ("marked options", False)],
)
def test_each_option_stands_there_once(variant: str, *, on_buttons: bool) -> None:
    """Short options stand on their buttons; longer ones, or those with code, are written above buttons of letters."""
    card = CARDS[f"question_cards.question {variant}"]
    letters = [button.label for button in card.buttons() if button.lettered]
    assert [len(label) > 1 for label in letters] == [on_buttons] * len(letters)
    said = [line for words in card.words() for line in words.split("\n")]
    assert [sum(line.startswith(f"{label[0]}. ") for line in said) for label in letters] == [1] * len(letters)


def test_the_gallery_can_be_built_in_another_language() -> None:
    """Nothing is so near a limit that the few letters which the made-up language adds would break it."""
    with speaking(PSEUDO):
        foreign = {**cards(), **forms()}
    assert foreign.keys() == {**CARDS, **forms()}.keys()
    assert foreign["mate.front_door fresh"] != CARDS["mate.front_door fresh"]
