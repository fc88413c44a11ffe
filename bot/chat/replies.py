"""What a handler answers, and the polite no."""

from msgspec import Struct
from msgspec.structs import replace

from bot.chat.cards import Card, text
from bot.chat.forms import Form
from bot.chat.words import gettext as _


class Reply(Struct, frozen=True):
    """The answer to one request: only the caller sees it.

    `card` is a message of its own, `update` replaces the message whose button was pressed, `form` opens
    and excludes the other two. `zone` is the time zone in which the caller reads moments, for adapters whose platform
    does not know it; the core fills it in. `fault` is the sentence of a polite no, which `card` shows as well, for
    adapters that can say it at a form's field; the commands in it are marked as `words.say` marks them. `at` is the
    option or field that the fault is about, where it is about one.
    """

    card: Card | None = None
    update: Card | None = None
    form: Form | None = None
    zone: str = ""
    fault: str = ""
    at: str = ""

    def __post_init__(self) -> None:
        if self.form is not None and (self.card is not None or self.update is not None):
            raise ValueError("a reply that opens a form carries nothing else")

    def within(self, group: int) -> "Reply":
        """The same reply in private; what is pressed on it is about that group, whichever is used meanwhile."""
        return replace(
            self,
            card=self.card.within(group) if self.card else None,
            update=self.update.within(group) if self.update else None,
            form=self.form.within(group) if self.form else None,
        )


class Refusal(Exception):  # noqa: N818 (a refusal is an answer, not an error)
    """A polite no: its text is shown to the caller, and nothing of the request is saved.

    `option` names the option or field that it is about, where it is about one.
    """

    def __init__(self, message: str, option: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.option = option


def refusal_card(refusal: Refusal) -> Card:
    """The refusal as the caller sees it."""
    return Card(_("Not done"), (text(refusal.message),))
