"""What Discord refuses in a declared command, and how it writes an accepted one back."""

import re
from typing import Any

from tests.fakes.discord_server import fields
from tests.fakes.discord_server.errors import Path, invalid
from tests.fakes.discord_server.options import GROUP, INTEGER, NUMBER, STRING, SUBCOMMAND

NAME = re.compile(r"[-_'\w]{1,32}")
MOST_COMMANDS, MOST_CHARACTERS = 100, 8000
LOCALIZED = ("name_localizations", "description_localizations")
# Falsy values that Discord leaves out of options when it writes a command back.
LEFT_OUT = ("required", "autocomplete", "choices", "options", "channel_types")


def check_command(command: Any, path: Path = ()) -> None:
    """Refuse a command that Discord would refuse."""
    fields.record(command, path)
    kind = command.get("type", 1)
    fields.one_of(kind, (*path, "type"), {1, 2, 3, 4})
    if kind != 1:
        fields.text(command.get("name"), (*path, "name"), 1, 32)
        return
    _check_name(command, path)
    rights = command.get("default_member_permissions")
    if rights is not None and not str(rights).isdecimal():
        raise invalid((*path, "default_member_permissions"), "BITFIELD_TYPE_CONVERT", "Not a permission bit field.")
    for key, allowed in (("contexts", {0, 1, 2}), ("integration_types", {0, 1})):
        for index, value in enumerate(command.get(key) or ()):
            fields.one_of(value, (*path, key, index), allowed)
    _check_options(command, path, {SUBCOMMAND, GROUP, *range(STRING, 12)})
    if _size(command) > MOST_CHARACTERS:
        message = f"Command exceeds maximum size ({MOST_CHARACTERS})"
        raise invalid(path, "APPLICATION_COMMAND_TOO_LARGE", message)


def _check_name(one: dict[str, Any], path: Path) -> None:
    name = fields.text(one.get("name"), (*path, "name"), 1, 32)
    if not NAME.fullmatch(name) or name != name.lower():
        raise invalid((*path, "name"), "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid")
    fields.text(one.get("description"), (*path, "description"), 1, 100)


def _check_options(parent: dict[str, Any], path: Path, allowed: set[int]) -> None:
    options = parent.get("options")
    if options is None:
        return
    seen: set[str] = set()
    optional_seen = False
    kinds = set()
    for index, option in enumerate(fields.array(options, (*path, "options"), 0, 25)):
        place = (*path, "options", index)
        kind = fields.kind(option, place, allowed)
        kinds.add(kind in (SUBCOMMAND, GROUP))
        _check_name(option, place)
        if option["name"] in seen:
            code, message = "APPLICATION_COMMAND_OPTIONS_NAME_DUPLICATE", "Option names must be unique"
            raise invalid((*place, "name"), code, message)
        seen.add(option["name"])
        if kind in (SUBCOMMAND, GROUP):
            _check_options(option, place, {SUBCOMMAND} if kind == GROUP else set(range(STRING, 12)))
            continue
        if option.get("required") and optional_seen:
            message = "Required options must be placed before non-required options"
            raise invalid(place, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message)
        optional_seen = optional_seen or not option.get("required")
        _check_value(option, kind, place)
    if len(kinds) > 1:
        message = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        raise invalid((*path, "options"), "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)


def _check_value(option: dict[str, Any], kind: int, path: Path) -> None:
    choices = option.get("choices") or []
    if choices and option.get("autocomplete"):
        message = "Choices cannot be specified for autocomplete options"
        raise invalid(path, "APPLICATION_COMMAND_OPTIONS_CHOICES_AUTOCOMPLETE", message)
    if (choices or option.get("autocomplete")) and kind not in (STRING, INTEGER, NUMBER):
        message = "This option type has neither choices nor autocomplete"
        raise invalid(path, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message)
    check_choices(choices, kind, (*path, "choices"))
    fields.optional_integer(option.get("min_length"), (*path, "min_length"), 0, 6000)
    fields.optional_integer(option.get("max_length"), (*path, "max_length"), 1, 6000)


def check_choices(choices: Any, kind: int | None, path: Path) -> None:
    """Choices of an option, or of an autocomplete's answer (`kind` None: whatever was asked for)."""
    for index, choice in enumerate(fields.array(choices, path, 0, 25)):
        place = (*path, index)
        fields.text(choice.get("name"), (*place, "name"), 1, 100)
        value = choice.get("value")
        if kind == STRING or (kind is None and isinstance(value, str)):
            fields.text(value, (*place, "value"), 1, 100)
        elif isinstance(value, bool) or not isinstance(value, int | float):
            raise invalid((*place, "value"), "NUMBER_TYPE_COERCE", f"Value {value!r} is not a number.")


def _size(one: dict[str, Any]) -> int:
    choices = one.get("choices") or ()
    own = len(one["name"]) + len(one.get("description") or "")
    own += sum(len(choice["name"]) + len(str(choice["value"])) for choice in choices)
    return own + sum(_size(option) for option in one.get("options") or ())


def written(command: dict[str, Any], scope: str | None, application: str) -> dict[str, Any]:
    """An accepted command with Discord's defaults; id and version come later."""
    rights = command.get("default_member_permissions")
    whole: dict[str, Any] = {
        "application_id": application,
        "type": command.get("type", 1),
        "name": command["name"],
        "name_localizations": command.get("name_localizations") or None,
        "description": command.get("description") or "",
        "description_localizations": command.get("description_localizations") or None,
        "default_member_permissions": None if rights is None else str(rights),
        "nsfw": bool(command.get("nsfw")),
        "integration_types": command.get("integration_types") or [0],
        "contexts": command.get("contexts"),
    }
    if scope is None:
        whole["dm_permission"] = command.get("dm_permission", True)
    else:
        whole["guild_id"] = scope
    if command.get("options"):
        whole["options"] = [_option(option) for option in command["options"]]
    return whole


def _option(option: dict[str, Any]) -> dict[str, Any]:
    whole = {key: value for key, value in option.items() if value or key not in LEFT_OUT}
    for key in LOCALIZED:
        whole[key] = option.get(key) or None
    for key in ("options", "choices"):
        if whole.get(key):
            whole[key] = [_option(one) if key == "options" else _choice(one) for one in whole[key]]
    return whole


def _choice(choice: dict[str, Any]) -> dict[str, Any]:
    return {**choice, "name_localizations": choice.get("name_localizations") or None}


def without_localizations(one: Any) -> Any:
    """A command as it is read without `with_localizations`."""
    if isinstance(one, list):
        return [without_localizations(item) for item in one]
    if isinstance(one, dict):
        return {key: without_localizations(value) for key, value in one.items() if key not in LOCALIZED}
    return one
