"""What Slack refuses in blocks and views: an independent reading of Block Kit's rules, by Slack's own reference."""

import json
from collections.abc import Callable, Iterator
from typing import Any

from tests.fakes.slack_server import elements, rich_text
from tests.fakes.slack_server.findings import MRKDWN, PLAIN, Findings, length

MESSAGE, MODAL, HOME = "message", "modal", "home"
MOST_BLOCKS = {MESSAGE: 50, MODAL: 100, HOME: 100}
SURFACES = {"table": {MESSAGE}, "markdown": {MESSAGE}}
ONE_TABLE = "only_one_table_allowed"
# Undocumented: text of 13,200 is refused in one block; in 45 blocks 11,341 is, in 50 blocks 9,597 is not.
MOST_WEIGHT, BLOCK_WEIGHT = 13_200, 50
MOST_VIEW = 250_000
VIEW_KEYS = {
    MODAL: {"title", "submit", "close", "clear_on_close", "notify_on_close", "submit_disabled"},
    HOME: set(),
}
ANY_VIEW = {"private_metadata", "callback_id", "external_id"}

Check = Callable[[Findings, dict[str, Any], str], None]


def problems(blocks: Any, surface: str = MESSAGE, root: str = "") -> list[str]:
    """What Slack refuses in the blocks of a "message", a "modal" or a "home" page; nothing if it takes them."""
    found = Findings()
    if not found.array(blocks, f"{root}/blocks", 0 if surface == HOME else 1, MOST_BLOCKS[surface]):
        return found.problems
    for index, block in enumerate(blocks):
        _block(found, block, f"{root}/blocks/{index}", surface)
    _unique(found, blocks, root)
    if sum(block.get("type") == "table" for block in blocks if isinstance(block, dict)) > 1:
        found.add(f"{root}/blocks", ONE_TABLE)
    return found.problems


def view_problems(view: Any) -> list[str]:
    """What Slack refuses in a view."""
    found = Findings()
    kind = view.get("type") if isinstance(view, dict) else None
    if kind not in VIEW_KEYS:
        found.add("/view/type", f"unsupported type: {kind}")
        return found.problems
    required = {"type", "blocks"} | ({"title"} if kind == MODAL else set())
    if not found.record(view, "/view", required, VIEW_KEYS[kind] | ANY_VIEW):
        return found.problems
    for name in {"title", "submit", "close"} & set(view):
        found.text_object(view[name], f"/view/{name}", 24, (PLAIN,))
    found.optional_text(view, "private_metadata", "/view", 3000, 0)
    found.optional_text(view, "callback_id", "/view", 255, 0)
    found.optional_text(view, "external_id", "/view", 255, 0)
    found.booleans(view, "/view", "clear_on_close", "notify_on_close", "submit_disabled")
    found.problems += problems(view["blocks"], kind, "/view")
    inputs = [block for block in view["blocks"] if isinstance(block, dict) and block.get("type") == "input"]
    if kind == MODAL and inputs and "submit" not in view:
        found.add("/view", "missing required field: submit")
    if sum(bool(one.get("element", {}).get("focus_on_load")) for one in inputs) > 1:
        found.add("/view/blocks", "only one element may have focus_on_load")
    return found.problems


def too_large(view: Any) -> bool:
    """Whether a view is larger than 250 kB."""
    return len(json.dumps(view, ensure_ascii=False).encode()) > MOST_VIEW


def weight(blocks: Any) -> int:
    """How heavy a message is: all its text, and something for each block."""
    return sum(length(text) for text in texts(blocks)) + BLOCK_WEIGHT * len(blocks)


def texts(value: Any) -> Iterator[str]:
    """Every text in blocks that a member reads, in order."""
    if isinstance(value, list):
        for one in value:
            yield from texts(one)
    elif isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict | list) and name not in {"style", "slack_file", "confirm"}:
                yield from texts(inner)
            elif name in {"text", "alt_text", "fallback"} and isinstance(inner, str):
                yield inner
        yield from _references(value)


def _references(value: dict[str, Any]) -> Iterator[str]:
    match value:
        case {"type": "user", "user_id": str(who)}:
            yield f"<@{who}>"
        case {"type": "usergroup", "usergroup_id": str(group)}:
            yield f"<!subteam^{group}>"
        case {"type": "channel", "channel_id": str(channel)}:
            yield f"<#{channel}>"
        case {"type": "broadcast", "range": str(reach)}:
            yield f"<!{reach}>"
        case {"type": "emoji", "name": str(name)}:
            yield f":{name}:"
        case {"type": "raw_number", "value": number}:
            yield str(number)


def _block(found: Findings, block: Any, path: str, surface: str) -> None:
    kind = block.get("type") if isinstance(block, dict) else None
    check = CHECKS.get(str(kind))
    if check is None or surface not in SURFACES.get(str(kind), {surface}):
        found.add(f"{path}/type", f"unsupported type: {kind}")
        return
    found.optional_text(block, "block_id", path, 255)
    check(found, block, path)
    if surface != MODAL and kind == "input" and (block.get("element") or {}).get("type") == "file_input":
        found.add(f"{path}/element/type", "unsupported type: file_input")


def _unique(found: Findings, blocks: list[Any], root: str) -> None:
    blocks = [block for block in blocks if isinstance(block, dict)]
    ids = [block["block_id"] for block in blocks if block.get("block_id")]
    for one in sorted({one for one in ids if ids.count(one) > 1}):
        found.add(f"{root}/blocks", f"block_id {one!r} already exists")
    pairs = [(block, part) for block, part in controls(blocks) if part.get("action_id")]
    names = [str(part["action_id"]) for block, part in pairs if block["type"] != "input"]  # a form's fields share one
    for one in sorted({one for one in names if names.count(one) > 1}):
        found.add(f"{root}/blocks", f"action_id {one!r} already exists")


def controls(blocks: Any) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Every element that can be used, with its block."""
    for block in blocks if isinstance(blocks, list) else ():
        held = block.get("elements") if block.get("type") == "actions" else None
        for part in [*(held or ()), block.get("accessory"), block.get("element")]:
            if isinstance(part, dict) and part.get("type") in elements.KINDS:
                yield block, part


def _header(found: Findings, block: dict[str, Any], path: str) -> None:
    if found.record(block, path, ("type", "text"), ("block_id",)):
        found.text_object(block["text"], f"{path}/text", 150, (PLAIN,))


def _section(found: Findings, block: dict[str, Any], path: str) -> None:
    if not found.record(block, path, ("type",), ("block_id", "text", "fields", "accessory", "expand")):
        return
    found.booleans(block, path, "expand")
    if "text" not in block and "fields" not in block:
        found.add(path, "must define either `text` or `fields`")
    if "text" in block:
        found.text_object(block["text"], f"{path}/text", 3000)
    if "fields" in block and found.array(block["fields"], f"{path}/fields", 1, 10):
        for index, one in enumerate(block["fields"]):
            found.text_object(one, f"{path}/fields/{index}", 2000)
    accessory = block.get("accessory")
    if isinstance(accessory, dict) and accessory.get("type") == "image":
        elements.image(found, accessory, f"{path}/accessory")
    elif accessory is not None:
        elements.check(found, accessory, f"{path}/accessory", elements.SECTION)


def _context(found: Findings, block: dict[str, Any], path: str) -> None:
    if not found.record(block, path, ("type", "elements"), ("block_id",)):
        return
    if found.array(block["elements"], f"{path}/elements", 1, 10):
        for index, one in enumerate(block["elements"]):
            if isinstance(one, dict) and one.get("type") == "image":
                elements.image(found, one, f"{path}/elements/{index}")
            else:
                found.text_object(one, f"{path}/elements/{index}", 3000)


def _actions(found: Findings, block: dict[str, Any], path: str) -> None:
    if not found.record(block, path, ("type", "elements"), ("block_id",)):
        return
    if found.array(block["elements"], f"{path}/elements", 1, 25):
        for index, one in enumerate(block["elements"]):
            elements.check(found, one, f"{path}/elements/{index}", elements.ACTIONS)


def _image(found: Findings, block: dict[str, Any], path: str) -> None:
    elements.image(found, block, path, "title", "block_id")
    if "title" in block:
        found.text_object(block["title"], f"{path}/title", 2000, (PLAIN,))


def _divider(found: Findings, block: dict[str, Any], path: str) -> None:
    found.record(block, path, ("type",), ("block_id",))


def _input(found: Findings, block: dict[str, Any], path: str) -> None:
    optional = ("block_id", "hint", "optional", "dispatch_action")
    if not found.record(block, path, ("type", "label", "element"), optional):
        return
    found.booleans(block, path, "optional", "dispatch_action")
    found.text_object(block["label"], f"{path}/label", 2000, (PLAIN,))
    if "hint" in block:
        found.text_object(block["hint"], f"{path}/hint", 2000, (PLAIN,))
    elements.check(found, block["element"], f"{path}/element", elements.INPUT)


def _markdown(found: Findings, block: dict[str, Any], path: str) -> None:
    if found.record(block, path, ("type", "text"), ("block_id",)):
        found.text(block["text"], f"{path}/text", 12_000)


def _table(found: Findings, block: dict[str, Any], path: str) -> None:
    if not found.record(block, path, ("type", "rows"), ("block_id", "column_settings")):
        return
    if found.array(block["rows"], f"{path}/rows", 1, 100):
        for index, row in enumerate(block["rows"]):
            if found.array(row, f"{path}/rows/{index}", 1, 20):
                for number, cell in enumerate(row):
                    _cell(found, cell, f"{path}/rows/{index}/{number}")
    if "column_settings" in block and found.array(block["column_settings"], f"{path}/column_settings", 0, 20):
        for index, one in enumerate(block["column_settings"]):
            place = f"{path}/column_settings/{index}"
            if one is not None and found.record(one, place, (), ("align", "is_wrapped")):
                found.one_of(one.get("align", "left"), f"{place}/align", {"left", "center", "right"})
                found.booleans(one, place, "is_wrapped")


def _cell(found: Findings, cell: Any, path: str) -> None:
    kind = cell.get("type") if isinstance(cell, dict) else None
    if kind == "rich_text":
        rich_text.check(found, cell, path)
    elif kind == "raw_text":
        if found.record(cell, path, ("type", "text")):
            found.text(cell["text"], f"{path}/text", 3000)
    elif kind == "raw_number":
        found.record(cell, path, ("type", "value"), ("text",))
    else:
        found.add(f"{path}/type", f"unsupported type: {kind}")


CHECKS: dict[str, Check] = {
    "header": _header,
    "section": _section,
    "rich_text": rich_text.check,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "divider": _divider,
    "input": _input,
    "table": _table,
    "markdown": _markdown,
}
__all__ = ["HOME", "MESSAGE", "MODAL", "MRKDWN", "PLAIN", "controls", "problems", "texts", "view_problems", "weight"]
