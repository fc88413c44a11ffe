"""Question kinds, one file each; `KINDS` lists them. `bot.questions.kind` says how to add one."""

from collections.abc import Mapping
from typing import Any

from bot.questions.code_output import CodeOutput
from bot.questions.item import Item
from bot.questions.kind import Kind
from bot.questions.multiple_answers import MultipleAnswers
from bot.questions.numeric import Numeric
from bot.questions.short_text import ShortText
from bot.questions.shown import Shown
from bot.questions.single_choice import SingleChoice
from bot.questions.template import Template
from bot.rules.draws import Draw

KINDS: tuple[Kind, ...] = (SingleChoice(), MultipleAnswers(), Numeric(), CodeOutput(), ShortText(), Template())
_BY_NAME = {kind.name: kind for kind in KINDS}


def kind_of(item: Item) -> Kind:
    """The kind that asks and grades `item`."""
    return _BY_NAME["template" if item.id.startswith("t.") else item.kind]


def read_item(data: Mapping[str, Any]) -> Item:
    """A question or template from a content file or a played row. Raises pydantic.ValidationError or ValueError."""
    name = "template" if str(data.get("id", "")).startswith("t.") else data.get("kind")
    kind = _BY_NAME.get(str(name))
    if kind is None:
        raise ValueError(f"unknown kind {name!r}; there are {', '.join(_BY_NAME)}")
    return kind.model.model_validate(data)


def show(item: Item, seed: int) -> Shown:
    """`item` as the draw `seed` shows it; the same for ever."""
    return kind_of(item).show(item, Draw(seed, item.id, item.version))
