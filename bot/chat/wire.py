"""Cards to JSON and back, so that a message row can hold what a channel should show."""

import json
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from enum import Enum
from typing import Any

from bot.chat import cards, inline
from bot.chat.cards import Card
from bot.chat.people import Account

SPANS = (
    inline.Plain,
    inline.Bold,
    inline.Mono,
    inline.Link,
    inline.When,
    inline.Person,
    inline.Ping,
    inline.Mention,
    inline.Named,
    inline.Place,
    inline.Say,
)
BLOCKS = (
    cards.Text,
    cards.Code,
    cards.Fields,
    cards.Table,
    cards.Image,
    cards.Buttons,
    cards.Select,
    cards.Footnote,
)
_TYPES: dict[str, type] = {kind.__name__: kind for kind in (*SPANS, *BLOCKS, cards.Button, cards.Choice, Card, Account)}
_FIELDS = {kind: tuple((spec.name, spec.default) for spec in fields(kind)) for kind in _TYPES.values()}
_PLAIN = (str, int, bool, type(None))
# Fields whose JSON form is a plain string.
_READ: dict[tuple[str, str], Callable[[str], Any]] = {
    ("When", "at"): datetime.fromisoformat,
    ("When", "style"): inline.WhenStyle,
    ("Button", "look"): cards.Look,
}


def to_json(card: Card) -> str:
    """The card as compact JSON."""
    return json.dumps(_pack(card), ensure_ascii=False, separators=(",", ":"))


def from_json(text: str) -> Card:
    """The card that `to_json` was given. Raises ValueError on anything else."""
    card = _unpack(json.loads(text))
    if not isinstance(card, Card):
        raise TypeError(f"not a card: {text[:80]!r}")
    return card


def _pack(value: Any) -> Any:
    if type(value) in _PLAIN:
        return value
    if isinstance(value, tuple):
        return [_pack(part) for part in value]
    if parts := _FIELDS.get(type(value)):
        packed: dict[str, Any] = {"": type(value).__name__}
        for name, default in parts:
            found = getattr(value, name)
            if found != default:
                packed[name] = _pack(found)
        return packed
    if isinstance(value, datetime):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def _unpack(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_unpack(part) for part in value)
    if not isinstance(value, dict):
        return value
    name = value[""]
    kind = _TYPES.get(name)
    if kind is None:
        raise ValueError(f"unknown part of a card: {name!r}")
    given = {key: _unpack(part) for key, part in value.items() if key}
    for key, part in given.items():
        if read := _READ.get((name, key)):
            given[key] = read(part)
    return kind(**given)
