"""What Discord refuses in a message or a form, figure by figure; lengths count UTF-16 units, the stricter way."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

ROW, BUTTON, SELECT, TEXT_INPUT, TEXT, GALLERY, CONTAINER, LABEL = 1, 2, 3, 4, 10, 12, 17, 18
MOST_COMPONENTS, MOST_TEXT, MOST_ID = 40, 4_000, 2**31 - 1
MOST_PICTURES = 10

Part = Mapping[str, Any]


def length(text: str | None) -> int:
    """UTF-16 units; nothing has none."""
    return len((text or "").encode("utf-16-le")) // 2


def walk(parts: Sequence[Part]) -> Iterator[Part]:
    """Every component, those within others too."""
    for part in parts:
        yield part
        yield from walk(part.get("components", ()))
        if "component" in part:
            yield from walk((part["component"],))


def message_faults(parts: Sequence[Part], pictures: Mapping[str, str]) -> list[str]:
    """Everything for which Discord would refuse these components; `pictures` holds the attached files' names."""
    everything = list(walk(parts))
    found = [*_counted("components", len(everything), 1, MOST_COMPONENTS), *_ids(everything)]
    texts = [part["content"] for part in everything if part["type"] == TEXT]
    found += _counted("characters of text", sum(map(length, texts)), 0, MOST_TEXT)
    found += ["a text of nothing but blanks" for text in texts if not text.strip()]
    for part in everything:
        match part["type"]:
            case 1:
                kinds = [inner["type"] for inner in part["components"]]
                if kinds != [SELECT] and not (set(kinds) == {BUTTON} and len(kinds) <= 5):
                    found.append(f"a row of {kinds}")
            case 2:
                found += _worded("a button's label", part["label"], 80)
            case 3:
                found += _select(part)
            case 12:
                found += _gallery(part, pictures)
            case 10:
                pass
            case 17:
                found += _counted("parts of a container", len(part["components"]), 1, MOST_COMPONENTS)
            case kind:
                found.append(f"a component of the type {kind}")
    return found


def modal_faults(modal: Part) -> list[str]:
    """Everything for which Discord would refuse this form."""
    found = [*_worded("a title", modal["title"], 45), *_worded("a custom id", modal["custom_id"], 100)]
    found += [*_counted("fields", len(modal["components"]), 1, 5), *_ids(list(walk(modal["components"])))]
    for label in modal["components"]:
        if label["type"] != LABEL:
            found.append(f"a form's part of the type {label['type']}")
            continue
        found += _worded("a label", label["label"], 45)
        found += _counted("characters of a description", length(label.get("description")), 0, 100)
        field = label["component"]
        if field["type"] == SELECT:
            found += _select(field)
        elif field["type"] == TEXT_INPUT:
            found += _text_input(field)
        else:
            found.append(f"a field of the type {field['type']}")
    return found


def _text_input(field: Part) -> list[str]:
    most = field.get("max_length", 4_000)
    return [
        *_counted("characters allowed", most, 1, 4_000),
        *_counted("characters filled in", length(field.get("value")), 0, most),
        *_counted("characters of a placeholder", length(field.get("placeholder")), 0, 100),
    ]


def _select(part: Part) -> list[str]:
    options = part.get("options", ())
    found = _counted("options", len(options), 1, 25)
    for option in options:
        found += [*_worded("an option", option["label"], 100), *_worded("an option's value", option["value"], 100)]
    if len({option["value"] for option in options}) < len(options):
        found.append("two options of one value")
    found += _counted("options to choose at most", part.get("max_values", 1), 1, min(25, len(options)))
    found += _counted("options to choose at least", part.get("min_values", 1), 0, part.get("max_values", 1))
    found += _counted("options chosen beforehand", sum(bool(option.get("default")) for option in options), 0, 25)
    return [*found, *_counted("characters of a placeholder", length(part.get("placeholder")), 0, 100)]


def _gallery(part: Part, pictures: Mapping[str, str]) -> list[str]:
    found = _counted("pictures", len(part["items"]), 1, MOST_PICTURES)
    for item in part["items"]:
        name = item["media"]["url"].removeprefix("attachment://")
        if name not in pictures.values():
            found.append(f"a picture that is not attached: {name}")
        found += _worded("an alt text", item["description"], 1_024)
    return found


def _ids(everything: Sequence[Part]) -> list[str]:
    tokens = [part["custom_id"] for part in everything if "custom_id" in part]
    ids = [part["id"] for part in everything if part.get("id")]
    found = [fault for token in tokens for fault in _worded("a custom id", token, 100)]
    found += [f"a custom id twice: {token}" for token in set(tokens) if tokens.count(token) > 1]
    found += [f"an id twice: {number}" for number in set(ids) if ids.count(number) > 1]
    return [*found, *(f"an id out of range: {number}" for number in ids if not 1 <= number <= MOST_ID)]


def _worded(what: str, words: str | None, most: int) -> list[str]:
    if not (words or "").strip():
        return [f"{what} without a letter"]
    return _counted(f"characters of {what}", length(words), 1, most)


def _counted(what: str, count: int, least: int, most: int) -> list[str]:
    return [] if least <= count <= most else [f"{count} {what}, {least} to {most} are allowed"]
