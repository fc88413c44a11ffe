"""Walking through the components of a message or a form."""

from collections.abc import Iterator
from typing import Any

ROW, BUTTON, STRING_SELECT, TEXT_INPUT = 1, 2, 3, 4
SELECTS = frozenset({3, 5, 6, 7, 8})
SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
FILE_UPLOAD, RADIO, CHECKBOXES, CHECKBOX = 19, 21, 22, 23
V2_ONLY = frozenset({SECTION, TEXT_DISPLAY, THUMBNAIL, GALLERY, FILE, SEPARATOR, CONTAINER})
V2_FLAG = 1 << 15


def walk(components: Any) -> Iterator[dict[str, Any]]:
    """Every component, with those inside of others, in order."""
    for component in components if isinstance(components, list) else ():
        if not isinstance(component, dict):
            continue
        yield component
        yield from walk(component.get("components"))
        for key in ("accessory", "component"):
            yield from walk([component[key]] if key in component else None)


def texts(components: Any) -> list[str]:
    """What the text displays say, in order."""
    return [part.get("content", "") for part in walk(components) if part.get("type") == TEXT_DISPLAY]


def media(components: Any) -> Iterator[dict[str, Any]]:
    """Every media object: `{"url": ...}` of thumbnails, galleries and files."""
    for part in walk(components):
        if part.get("type") == THUMBNAIL:
            yield part["media"]
        elif part.get("type") == GALLERY:
            yield from (item["media"] for item in part["items"])
        elif part.get("type") == FILE:
            yield part["file"]


def number(components: list[Any]) -> None:
    """Give every component the id that Discord gives to those without one."""
    taken = {part["id"] for part in walk(components) if part.get("id")}
    following = 1
    for part in walk(components):
        if not part.get("id"):
            while following in taken:
                following += 1
            part["id"] = following
            taken.add(following)
