"""A command's options as a form, for whom they are missing or wrong."""

from collections.abc import Mapping

from bot.chat.arguments import ArgumentError, choice_in, read_options
from bot.chat.commands import Command, Option, OptionKind
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.limits import FORM_FIELDS, FORM_LABEL, FORM_TITLE, SELECT_OPTIONS, SELECT_TEXT, shorten
from bot.chat.words import gettext as _


def form_for(command: Command, raw: Mapping[str, str], fault: ArgumentError | None = None) -> Form:
    """The command's options as a form, what was given filled in and the fault named at its field.

    It comes back as the action `do` with the command's name, like a button that runs a command, and with what was given
    and has no field. Raises ArgumentError, which says what is wrong or missing, where there is no room for all of it.
    """
    asked = _asked_for(command, raw, fault)
    names = {option.name for option in asked}
    kept = tuple(f"{name}={value}" for name, value in raw.items() if value and name not in names)
    fields = tuple(_field(option, raw, fault) for option in asked)
    try:
        return Form(shorten(command.name, FORM_TITLE), "do", (command.name, *kept), fields)
    except ValueError as error:
        if fault is None:
            read_options(command, raw)
            raise
        raise fault from error


def _field(option: Option, raw: Mapping[str, str], fault: ArgumentError | None) -> Field:
    return Field(
        option.name,
        shorten(option.name, FORM_LABEL),
        _kind(option),
        required=option.required,
        choices=tuple((value, shorten(_(label), SELECT_TEXT)) for value, label in option.choices),
        value=_given(option, raw),
        placeholder=shorten(_(option.description), 100),
        fault=str(fault) if fault and fault.option == option.name else "",
    )


def _given(option: Option, raw: Mapping[str, str]) -> str:
    value = raw.get(option.name, "")
    return choice_in(option, value) or value


def _asked_for(command: Command, raw: Mapping[str, str], fault: ArgumentError | None) -> list[Option]:
    """As many options as a form holds, in their order: the faulty, needed and given ones before any other."""

    def comes(option: Option) -> int:
        if fault is not None and fault.option == option.name:
            return 0
        return 1 if option.required else 2 if option.name in raw else 3

    chosen = sorted(command.options, key=comes)[:FORM_FIELDS]
    return [option for option in command.options if option in chosen]


def _kind(option: Option) -> FieldKind:
    if option.kind is OptionKind.CHANNEL:
        return FieldKind.CHANNEL
    return FieldKind.CHOICE if 0 < len(option.choices) <= SELECT_OPTIONS else FieldKind.LINE
