"""A Discord message as a client's screen shows it, in plain lines: what a scene reads."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.chat.inline import When, WhenStyle
from bot.chat.plain import local_clock

_WHEN = re.compile(r"<t:(\d+):(\w)>")
_STYLES = {"t": WhenStyle.TIME, "D": WhenStyle.DATE, "f": WhenStyle.FULL, "R": WhenStyle.RELATIVE}
_COMMAND = re.compile(r"</([^:>]+):\d+>|`/([^`]+)`")
_LINK = re.compile(r"(?<!\\)\[((?:\\.|[^\]\\])*)\]\((https://[^)]+)\)")
_CODE = re.compile(r"```\w*\n(.*?)\n```", re.DOTALL)
_ESCAPED = re.compile(r"\\([\\*_~`|\[\]#>+.)-])")


def components(parts: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every component, those within others too, in order."""
    for part in parts:
        yield part
        yield from components(part.get("components", []))
        if "component" in part:
            yield from components([part["component"]])


def shown(parts: list[dict[str, Any]], zone: str, now: datetime) -> str:
    """The message's lines: its text, its pictures by their alt text, its buttons in brackets."""
    lines: list[str] = []
    for part in components(parts):
        match part["type"]:
            case 10:
                lines.extend(_words(part["content"], zone, now).split("\n"))
            case 12:
                lines.extend(f"[picture: {item.get('description')}]" for item in part["items"])
            case 2:
                lines.append(f"[{part['label']}]")
            case 3:
                lines.append(f"{part['placeholder']}:")
                lines.extend(f"  {option['label']}" for option in part["options"])
    return "\n".join(lines)


def _words(markdown: str, zone: str, now: datetime) -> str:
    clock = local_clock(zone, now)
    pieces = _CODE.split(markdown)
    found = []
    for at, piece in enumerate(pieces):
        if at % 2:
            found.append(piece)
            continue
        words = _WHEN.sub(lambda m: clock(When(datetime.fromtimestamp(int(m[1]), UTC), _STYLES[m[2]])), piece)
        words = _COMMAND.sub(lambda m: m[1] or m[2], words)
        words = _LINK.sub(lambda m: f"{m[1]} ({m[2]})", words)
        words = re.sub(r"^(### |-# )", "", words, flags=re.MULTILINE)
        words = re.sub(r"(?<!\\)\*\*", "", words)
        found.append(_ESCAPED.sub(r"\1", words))
    return "".join(found).strip("\n")
