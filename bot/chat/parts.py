"""The base of what a card is made of."""

from msgspec import Struct


class Part(Struct, frozen=True, tag=True, tag_field="", omit_defaults=True):
    """A value that a card holds; as JSON an object with its class' name and the fields that are not their defaults."""
