"""What Slack refuses in a message or a view, figure by figure, and what the house forbids there besides.

Lengths count UTF-16 units after `& < >` are escaped, the stricter way; an unknown part of a block is a fault, too.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

MOST_BLOCKS, MOST_VIEW_BLOCKS, MOST_ID, MOST_OBJECT = 50, 100, 255, 3_000
HOUSE_TEXT, HOUSE_BLOCK, HOUSE_ROW, HOUSE_FALLBACK, FALLBACK_OCTETS = 9_000, 3_000, 5, 3_000, 4_000
IN_A_MESSAGE = ("header", "rich_text", "section", "actions", "context", "image", "divider")
PARTS = {  # of each thing: what it has, then what it may have
    "header": ("type text", "block_id"),
    "rich_text": ("type elements", "block_id"),
    "rich_text_section": ("type elements", ""),
    "rich_text_preformatted": ("type elements", "border"),
    "section": ("type text", "block_id accessory fields expand"),
    "actions": ("type elements", "block_id"),
    "context": ("type elements", "block_id"),
    "image": ("type alt_text", "block_id slack_file image_url title"),
    "divider": ("type", "block_id"),
    "input": ("type label element", "block_id hint optional dispatch_action"),
    "plain_text": ("type text", "emoji"),
    "mrkdwn": ("type text", "verbatim"),
    "button": ("type text", "action_id value style url confirm accessibility_label"),
    "static_select": ("type options", "action_id placeholder initial_option confirm focus_on_load"),
    "multi_static_select": ("type options", "action_id placeholder initial_options max_selected_items focus_on_load"),
    "conversations_select": (
        "type filter",
        "action_id placeholder initial_conversation default_to_current_conversation focus_on_load",
    ),
    "plain_text_input": ("type", "action_id initial_value multiline min_length max_length placeholder focus_on_load"),
    "text": ("type text", "style"),
    "link": ("type url", "text style unsafe"),
    "date": ("type timestamp format", "fallback url style"),
    "user": ("type user_id", "style"),
    "usergroup": ("type usergroup_id", "style"),
    "channel": ("type channel_id", "style"),
    "broadcast": ("type range", "style"),
    "modal": ("type title blocks", "submit close callback_id private_metadata external_id notify_on_close"),
    "home": ("type blocks", "callback_id private_metadata external_id"),
}
IDS = {"user_id": "[UW]", "usergroup_id": "S", "channel_id": "[CG]"}
DATE = re.compile(r"(\{(date_num|date_short|date_short_pretty|date_long|date_pretty|date|time|time_secs)\}|[ ,])+")

Part = Mapping[str, Any]


def length(text: str) -> int:
    """UTF-16 units after escaping."""
    return len(re.sub("[<>]", "&lt;", text.replace("&", "&amp;")).encode("utf-16-le")) // 2


def walk(part: Any) -> Iterator[Part]:
    """Everything that has a type, from the outermost inward."""
    if isinstance(part, Mapping):
        if "type" in part:
            yield part
        part = list(part.values())
    if isinstance(part, Sequence) and not isinstance(part, str):
        for inner in part:
            yield from walk(inner)


def message_faults(blocks: Sequence[Part], text: str, pictures: Mapping[str, str]) -> list[str]:
    """Everything for which Slack would refuse these blocks; `pictures` has the paths that stand for files."""
    found = _counted("blocks", len(blocks), 1, MOST_BLOCKS)
    found += [f"a block of the type {block['type']}" for block in blocks if block["type"] not in IN_A_MESSAGE]
    shown = sum(_sizes(blocks))
    found += _counted("characters over all blocks", shown, 1, HOUSE_TEXT)
    found += _counted("characters of the fallback", length_written(text), 1, HOUSE_FALLBACK)
    found += _counted("octets of the fallback", len(text.encode()), 1, FALLBACK_OCTETS)
    paths = [block["slack_file"]["id"] for block in blocks if block["type"] == "image"]
    found += [f"a picture that is not there: {path}" for path in paths if path not in pictures]
    return found + _blocks(blocks)


def view_faults(view: Part) -> list[str]:
    """Everything for which Slack would refuse this modal or home."""
    found = [*_counted("blocks", len(view["blocks"]), 1, MOST_VIEW_BLOCKS), *_parts(view)]
    if view["type"] == "modal":
        for name in ("title", "submit", "close"):
            found += _object(view[name], 24, "plain_text") if name in view else []
        found += _counted("characters of a callback", length(view["callback_id"]), 1, MOST_ID)
        found += _counted("characters of metadata", len(view["private_metadata"]), 0, 3_000)
    kinds = (*IN_A_MESSAGE, "input") if view["type"] == "modal" else IN_A_MESSAGE
    found += [f"a block of the type {block['type']}" for block in view["blocks"] if block["type"] not in kinds]
    if "submit" not in view and any(block["type"] == "input" for block in view["blocks"]):
        found.append("fields, but nothing to send them")
    if view["type"] == "home" or "submit" not in view:
        found += ["a picture in a view" for block in view["blocks"] if block["type"] == "image"]
    return found + _blocks(view["blocks"])


def length_written(text: str) -> int:
    """UTF-16 units of what is escaped already."""
    return len(text.encode("utf-16-le")) // 2


def _sizes(blocks: Any) -> Iterator[int]:
    """The length of every text and address in the blocks."""
    for part in walk(blocks):
        for name in ("text", "alt_text", "fallback", "url"):
            if isinstance(part.get(name), str):
                yield length_written(part[name]) if part["type"] == "mrkdwn" else length(part[name])


def _blocks(blocks: Sequence[Part]) -> list[str]:
    everything = list(walk(blocks))
    found = [fault for part in everything for fault in _parts(part)]
    for part in everything:
        found += _CHECKS.get(part["type"], _nothing)(part)
    for name in ("block_id", "action_id"):
        ids = [part[name] for part in everything if name in part and part["type"] != "plain_text_input"]
        if any("element" in block for block in blocks) and name == "action_id":
            continue  # of fields, ids are looked up within their blocks
        found += [f"{name} twice: {one}" for one in set(ids) if ids.count(one) > 1]
        found += [fault for one in ids for fault in _counted(f"characters of {name}", length(one), 1, MOST_ID)]
    return found


def _parts(part: Part) -> list[str]:
    if part["type"] not in PARTS:
        return [f"something of the type {part['type']}"]
    needed, allowed = (set(names.split()) for names in PARTS[part["type"]])
    found = [f"{part['type']} without {name}" for name in sorted(needed - part.keys())]
    return [*found, *(f"{part['type']} with {name}" for name in sorted(part.keys() - needed - allowed))]


def _nothing(_part: Part) -> list[str]:
    return []


def _object(part: Part, most: int, *kinds: str) -> list[str]:
    """A text object: of the kinds that may stand there, with no emoji made and no link found by itself."""
    found = [] if part["type"] in kinds else [f"{part['type']} where {' or '.join(kinds)} is needed"]
    if part.get("emoji", False) or not part.get("verbatim", True) or len(part) < 3:
        found.append(f"a text object in which something is made of plain words: {part}")
    if not part["text"].strip():
        found.append("a text object without a letter")
    size = length_written(part["text"]) if part["type"] == "mrkdwn" else length(part["text"])
    return [*found, *_counted("characters of a text object", size, 1, min(most, MOST_OBJECT))]


def _header(block: Part) -> list[str]:
    return _object(block["text"], 150, "plain_text")


def _section(block: Part) -> list[str]:
    found = _object(block["text"], MOST_OBJECT, "plain_text", "mrkdwn")
    return found if block["accessory"]["type"] == "multi_static_select" else [*found, "a section beside nothing"]


def _actions(block: Part) -> list[str]:
    kinds = {part["type"] for part in block["elements"]}
    found = _counted("buttons in a row", len(block["elements"]), 1, HOUSE_ROW)
    return found if kinds in ({"button"}, {"static_select"}) else [*found, f"a row of {sorted(kinds)}"]


def _context(block: Part) -> list[str]:
    found = _counted("texts of a context", len(block["elements"]), 1, 10)
    return found + [fault for part in block["elements"] for fault in _object(part, MOST_OBJECT, "plain_text", "mrkdwn")]


def _image(block: Part) -> list[str]:
    found = _counted("characters of an alt text", length(block["alt_text"]), 1, 2_000)
    return found if ("slack_file" in block) != ("image_url" in block) else [*found, "an image of two places or none"]


def _input(block: Part) -> list[str]:
    found = _object(block["label"], 2_000, "plain_text")
    kinds = ("plain_text_input", "static_select", "conversations_select")
    return found if block["element"]["type"] in kinds else [*found, f"a field of the type {block['element']['type']}"]


def _button(part: Part) -> list[str]:
    found = [
        *_object(part["text"], 75, "plain_text"),
        *_counted("characters of a value", length(part["value"]), 1, 2_000),
    ]
    return found if part.get("style", "primary") in ("primary", "danger") else [*found, f"a style {part['style']}"]


def _select(part: Part) -> list[str]:
    options = part["options"]
    found = _counted("options", len(options), 1, 100)
    for option in options:
        found += _object(option["text"], 75, "plain_text")
        found += _counted("characters of an option's value", length(option["value"]), 1, 150)
    if len({option["value"] for option in options}) < len(options):
        found.append("two options of one value")
    found += _counted("options to choose at most", part.get("max_selected_items", 1), 1, len(options))
    if part.get("initial_option", options[0]) not in options:
        found.append("an option chosen beforehand that there is not")
    return found + _placeholder(part)


def _channels(part: Part) -> list[str]:
    """A list of channels: no direct conversation is in it, and one at most is chosen beforehand."""
    found = [] if set(part["filter"]["include"]) == {"public", "private"} else [f"a list of {part['filter']}"]
    if part["filter"].keys() - {"include", "exclude_bot_users", "exclude_external_shared_channels"}:
        found.append(f"a filter of {sorted(part['filter'])}")
    first = [name for name in ("initial_conversation", "default_to_current_conversation") if name in part]
    found += [] if len(first) <= 1 else [f"a list of channels that begins with {first}"]
    if not re.fullmatch("[CG][A-Z0-9]+", part.get("initial_conversation", "C1")):
        found.append(f"a channel chosen beforehand that is none: {part['initial_conversation']}")
    return [*found, *_placeholder(part)]


def _text_input(part: Part) -> list[str]:
    most = part.get("max_length", 3_000)
    return [
        *_counted("characters allowed", most, 1, 3_000),
        *_counted("characters filled in", length_written(part.get("initial_value", "-")), 1, most),
        *_placeholder(part),
    ]


def _placeholder(part: Part) -> list[str]:
    return _object(part["placeholder"], 150, "plain_text") if "placeholder" in part else []


def _rich_text(block: Part) -> list[str]:
    kinds = {part["type"] for part in block["elements"]}
    found = [] if kinds <= {"rich_text_section", "rich_text_preformatted"} else [f"rich text of {sorted(kinds)}"]
    shown = sum(_sizes(block["elements"]))
    return [*found, *_counted("characters of rich text", shown, 1, HOUSE_BLOCK)]


def _preformatted(part: Part) -> list[str]:
    return [
        *_counted("elements of code", len(part["elements"]), 1, 1_000),
        *(f"{one} in code" for one in part["elements"] if one["type"] != "text" or "style" in one),
    ]


def _element(part: Part) -> list[str]:
    found = _counted("characters of an element", length(part["text"]), 1, 3_000) if "text" in part else []
    if not part.get("style", {"bold": True}).keys() <= {"bold", "code"}:
        found.append(f"a style of {part['style']}")
    for name, first in IDS.items():
        if name in part and not re.fullmatch(f"{first}[A-Z0-9]+", part[name]):
            found.append(f"a {name} that is none: {part[name]}")
    return found


def _link(part: Part) -> list[str]:
    found = [] if re.fullmatch(r"https://[!-~]*", part["url"]) else [f"an address of {part['url']!r}"]
    return [*found, *_counted("characters of an address", length(part["url"]), 1, 3_000), *_element(part)]


def _date(part: Part) -> list[str]:
    found = [] if DATE.fullmatch(part["format"]) else [f"a date as {part['format']!r}"]
    return [*found, *_counted("characters of a fallback", length(part["fallback"]), 1, 100)]


def _broadcast(part: Part) -> list[str]:
    return [] if part["range"] in ("here", "channel", "everyone") else [f"a broadcast to {part['range']}"]


_CHECKS = {
    "header": _header,
    "section": _section,
    "actions": _actions,
    "context": _context,
    "image": _image,
    "input": _input,
    "button": _button,
    "static_select": _select,
    "multi_static_select": _select,
    "conversations_select": _channels,
    "plain_text_input": _text_input,
    "rich_text": _rich_text,
    "rich_text_preformatted": _preformatted,
    "text": _element,
    "link": _link,
    "date": _date,
    "user": _element,
    "usergroup": _element,
    "channel": _element,
    "broadcast": _broadcast,
}


def _counted(what: str, count: int, least: int, most: int) -> list[str]:
    return [] if least <= count <= most else [f"{count} {what}, {least} to {most} are allowed"]
