"""Checks of single fields of a body, refused as Discord refuses them."""

from typing import Any

from tests.fakes.discord_server.errors import Path, invalid

REQUIRED = ("BASE_TYPE_REQUIRED", "This field is required")


def text(value: Any, path: Path, low: int, high: int) -> str:
    """A required text of `low` to `high` characters, spaces around it not counted."""
    if value is None:
        raise invalid(path, *REQUIRED)
    if not isinstance(value, str):
        raise invalid(path, "STRING_TYPE_CONVERT", f"Could not interpret {value!r} as string.")
    if low and not value.strip():
        raise invalid(path, *REQUIRED)
    if not low <= len(value.strip()) <= high:
        raise invalid(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    return value


def optional_text(value: Any, path: Path, high: int, low: int = 0) -> None:
    """A text that may be absent or null."""
    if value is not None:
        text(value, path, low, high)


def integer(value: Any, path: Path, low: int, high: int) -> int:
    """A required whole number."""
    if value is None:
        raise invalid(path, *REQUIRED)
    if isinstance(value, bool) or not isinstance(value, int):
        raise invalid(path, "NUMBER_TYPE_COERCE", f"Value {value!r} is not int.")
    if not low <= value <= high:
        code = "NUMBER_TYPE_MIN" if value < low else "NUMBER_TYPE_MAX"
        raise invalid(path, code, f"int value should be between {low} and {high}.")
    return value


def optional_integer(value: Any, path: Path, low: int, high: int) -> None:
    """A whole number that may be absent or null."""
    if value is not None:
        integer(value, path, low, high)


def optional_bool(value: Any, path: Path) -> None:
    """Yes or no, or nothing."""
    if value is not None and not isinstance(value, bool):
        raise invalid(path, "BASE_TYPE_CHOICES", "Must be either true or false.")


def array(value: Any, path: Path, low: int, high: int) -> list[Any]:
    """A required list of `low` to `high` objects."""
    if value is None:
        raise invalid(path, *REQUIRED)
    if not isinstance(value, list):
        raise invalid(path, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType")
    if not low <= len(value) <= high:
        raise invalid(path, "BASE_TYPE_BAD_LENGTH", f"Must be between {low} and {high} in length.")
    for index, item in enumerate(value):
        record(item, (*path, index))
    return value


def record(value: Any, path: Path) -> dict[str, Any]:
    """A required object."""
    if not isinstance(value, dict):
        raise invalid(path, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType")
    return value


def one_of(value: Any, path: Path, choices: Any) -> Any:
    """One of a few values."""
    if value is None:
        raise invalid(path, *REQUIRED)
    if isinstance(value, bool) or value not in choices:
        listed = ", ".join(repr(choice) for choice in sorted(choices))
        raise invalid(path, "BASE_TYPE_CHOICES", f"Value must be one of ({listed}).")
    return value


def kind(component: dict[str, Any], path: Path, choices: Any) -> int:
    """The type of a component, of those that may stand here."""
    value = component.get("type")
    if isinstance(value, bool) or value not in choices:
        listed = ", ".join(str(choice) for choice in sorted(choices))
        message = f'Value of field "type" must be one of ({listed}).'
        raise invalid((*path, "type"), "UNION_TYPE_CHOICES", message)
    return int(value)


def emoji(value: Any, path: Path) -> None:
    """An emoji: one of a server by id, or a character."""
    if value is None:
        return
    name = record(value, path).get("name")
    if not value.get("id") and not (isinstance(name, str) and name and not name.isascii()):
        raise invalid((*path, "name"), "BUTTON_COMPONENT_INVALID_EMOJI", "Invalid emoji")
