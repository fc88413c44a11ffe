"""Forms: a few labelled fields that come back together."""

from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from bot.chat import limits
from bot.chat.tokens import make_token, token_within


class FieldKind(StrEnum):
    """How a field is filled in; a channel is chosen where the platform has a list of them, and written elsewhere."""

    LINE = "line"
    PARAGRAPH = "paragraph"
    CHOICE = "choice"
    CHANNEL = "channel"


class Field(Struct, frozen=True):
    """One field of a form; `value` fills it in beforehand, `fault` says what was wrong with it."""

    name: str
    label: str
    kind: FieldKind = FieldKind.LINE
    required: bool = True
    choices: tuple[tuple[str, str], ...] = ()
    value: str = ""
    placeholder: str = ""
    fault: str = ""
    most: int = limits.FORM_VALUE

    def __post_init__(self) -> None:
        limits.check("a field's name", self.name, limits.TOKEN)
        limits.check("a field's label", self.label, limits.FORM_LABEL)
        limits.check("a placeholder", self.placeholder, limits.PLACEHOLDER)
        limits.check_count("choices", len(self.choices), limits.SELECT_OPTIONS)


class Form(Struct, frozen=True):
    """A form that comes back as `action` with `args` and what was filled in."""

    title: str
    action: str
    args: tuple[str, ...]
    fields: tuple[Field, ...] = field(default=())

    def __post_init__(self) -> None:
        limits.check("a form's title", self.title, limits.FORM_TITLE)
        limits.check_count("fields", len(self.fields), limits.FORM_FIELDS)
        if not self.fields:
            raise ValueError(f"the form {self.title!r} has no fields")
        limits.check("a form's token", self.token, limits.TOKEN)

    @property
    def token(self) -> str:
        """The string that travels with the form, at most 100 characters."""
        return make_token(self.action, self.args)

    def within(self, group: int) -> "Form":
        """The same form, sent about that group."""
        action, args = token_within(group, self.action, self.args)
        return replace(self, action=action, args=args)
