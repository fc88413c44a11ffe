"""What comes with a button, a select or a form, as its handler reads it."""

from collections.abc import Mapping

from msgspec import Struct, field


class StaleTokenError(Exception):
    """A button whose token stands for nothing, or no longer; the member is told which command to use instead."""


class Args(Struct, frozen=True):
    """The token's parts, the chosen lines of a select, the filled-in fields of a form."""

    parts: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)

    def number(self, place: int) -> int:
        """The token's part at `place` as a whole number below 2**63. Raises StaleTokenError."""
        try:
            number = int(self.parts[place])
        except (IndexError, ValueError) as error:
            raise StaleTokenError from error
        if not 0 <= number < 2**63:
            raise StaleTokenError
        return number

    def word(self, place: int) -> str:
        """The token's part at `place`. Raises StaleTokenError."""
        if place >= len(self.parts):
            raise StaleTokenError
        return self.parts[place]
