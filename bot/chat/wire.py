"""Cards to JSON and back, so that a message row can hold what a channel should show."""

from msgspec import json

from bot.chat.cards import Card


def to_json(card: Card) -> str:
    """The card as compact JSON. Raises ValueError for half a sign (a lone surrogate), which no database takes."""
    return json.encode(card).decode()


def from_json(text: str) -> Card:
    """The card that `to_json` was given. Raises ValueError on anything else."""
    return json.decode(text, type=Card)
