"""What Slack refuses in rich text: its sections, lists, quotes and code, and what may stand in each."""

from typing import Any

from tests.fakes.slack_server.findings import Findings

PLAIN_STYLES = {"bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"}
SECTION, LIST, QUOTE, CODE = "rich_text_section", "rich_text_list", "rich_text_quote", "rich_text_preformatted"
# What an element of running text must and may have; `style` may stand at each.
PARTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "text": (("text",), ()),
    "link": (("url",), ("text", "unsafe")),
    "emoji": (("name",), ("unicode", "skin_tone")),
    "user": (("user_id",), ()),
    "usergroup": (("usergroup_id",), ()),
    "channel": (("channel_id",), ()),
    "team": (("team_id",), ()),
    "broadcast": (("range",), ()),
    "color": (("value",), ()),
    "date": (("timestamp", "format"), ("url", "fallback")),
}


def check(found: Findings, block: dict[str, Any], path: str) -> None:
    """A rich text block, or a cell of a table."""
    if not found.record(block, path, ("type", "elements"), ("block_id",)):
        return
    if found.array(block["elements"], f"{path}/elements", 1, 1000):
        for index, element in enumerate(block["elements"]):
            _container(found, element, f"{path}/elements/{index}")


def _container(found: Findings, element: Any, path: str) -> None:
    kind = element.get("type") if isinstance(element, dict) else None
    if kind == LIST:
        _list(found, element, path)
    elif kind in (SECTION, QUOTE, CODE):
        optional = () if kind == SECTION else ("border",)
        if not found.record(element, path, ("type", "elements"), optional):
            return
        if "border" in element:
            found.integer(element["border"], f"{path}/border", 0, 1)
        allowed = {"text", "link"} if kind == CODE else set(PARTS)
        if found.array(element["elements"], f"{path}/elements", 1, 1000):
            for index, part in enumerate(element["elements"]):
                _part(found, part, f"{path}/elements/{index}", allowed)
    else:
        found.add(f"{path}/type", f"unsupported type: {kind}")


def _list(found: Findings, element: dict[str, Any], path: str) -> None:
    if not found.record(element, path, ("type", "elements", "style"), ("indent", "offset", "border")):
        return
    found.one_of(element["style"], f"{path}/style", {"bullet", "ordered"})
    for name, high in (("indent", 8), ("offset", 10_000), ("border", 1)):
        if name in element:
            found.integer(element[name], f"{path}/{name}", 0, high)
    if not found.array(element["elements"], f"{path}/elements", 1, 1000):
        return
    for index, item in enumerate(element["elements"]):
        place = f"{path}/elements/{index}"
        if not isinstance(item, dict) or item.get("type") != SECTION:
            found.add(f"{place}/type", f"must be {SECTION}")
        else:
            _container(found, item, place)


def _part(found: Findings, part: Any, path: str, allowed: set[str]) -> None:
    kind = part.get("type") if isinstance(part, dict) else None
    if kind not in allowed:
        found.add(f"{path}/type", f"unsupported type: {kind}")
        return
    required, optional = PARTS[kind]
    if not found.record(part, path, ("type", *required), (*optional, "style")):
        return
    for name in (*required, *optional):
        if name in part and name not in {"timestamp", "url", "skin_tone", "unsafe", "range", "text"}:
            found.text(part[name], f"{path}/{name}", 3000)
    if "text" in part and (not isinstance(part["text"], str) or not part["text"]):
        found.add(f"{path}/text", "must be more than 0 characters")
    if "url" in part:
        found.url(part["url"], f"{path}/url")
    if "timestamp" in part:
        found.integer(part["timestamp"], f"{path}/timestamp", 0, 1 << 40)
    if "range" in part:
        found.one_of(part["range"], f"{path}/range", {"here", "channel", "everyone"})
    if "style" in part and found.record(part["style"], f"{path}/style", (), PLAIN_STYLES):
        found.booleans(part["style"], f"{path}/style", *part["style"])
