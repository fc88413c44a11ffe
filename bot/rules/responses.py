"""An answer as a plain value, whatever kind of question it belongs to."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Response:
    """What somebody answered: options by id, or text; neither means "I don't know"."""

    options: tuple[int, ...] = ()
    text: str | None = None

    @property
    def unsure(self) -> bool:
        """Whether this is "I don't know"."""
        return not self.options and self.text is None


UNSURE = Response()
