"""An answer as a plain value, whatever kind of question it belongs to."""

from hashlib import sha256

from msgspec import Struct


class Response(Struct, frozen=True):
    """What somebody answered: options by id, or text; neither means "I don't know"."""

    options: tuple[int, ...] = ()
    text: str | None = None

    @property
    def unsure(self) -> bool:
        """Whether this is "I don't know"."""
        return not self.options and self.text is None

    @property
    def mark(self) -> str:
        """Eight signs by which a button tells this answer from another one; they do not say what it is."""
        return sha256(repr((sorted(self.options), self.text)).encode("utf-8", "replace")).hexdigest()[:8]


UNSURE = Response()
