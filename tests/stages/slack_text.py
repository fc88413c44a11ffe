"""A Slack message or modal as a client's screen shows it, in plain lines: what a scene reads."""

import html
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from bot.chat.inline import When, WhenStyle
from bot.chat.plain import local_clock

WORD = "/mate"
_STYLES = {"{time_secs}": WhenStyle.TIME, "{date_short}": WhenStyle.DATE, "{date_short_pretty}, {time}": WhenStyle.FULL}
_SMALL = re.compile(r"<!date\^(\d+)\^([^|]+)\|[^>]*>|<(https://[^|>]+)\|([^>]*)>|`([^`]*)`|(?<!\w)\*([^*]+)\*(?!\w)")


def controls(blocks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Every button and every list, in order."""
    for block in blocks:
        yield from block.get("elements", ()) if block["type"] == "actions" else ()
        if "accessory" in block:
            yield block["accessory"]


def shown(blocks: list[dict[str, Any]], zone: str, now: datetime) -> str:
    """The lines: text, pictures by their alt text, buttons in brackets."""
    lines: list[str] = []
    for block in blocks:
        match block["type"]:
            case "header":
                lines.append(block["text"]["text"])
            case "rich_text":
                for part in block["elements"]:
                    lines.extend("".join(_rich(one, zone, now) for one in part["elements"]).split("\n"))
            case "context":
                lines.extend(_small(block["elements"][0], zone, now).split("\n"))
            case "image":
                lines.append(f"[picture: {block['alt_text']}]")
            case "actions" | "section":
                for part in controls([block]):
                    lines.extend(_control(part))
    return "\n".join(lines)


def _control(part: dict[str, Any]) -> list[str]:
    if part["type"] == "button":
        return [f"[{part['text']['text']}]"]
    placeholder = (part.get("placeholder") or {}).get("text", "")
    return [f"{placeholder}:", *(f"  {option['text']['text']}" for option in part["options"])]


def _rich(part: dict[str, Any], zone: str, now: datetime) -> str:
    match part:
        case {"type": "text", "text": words, "style": {"code": True}}:
            return _bare(words)
        case {"type": "text", "text": words}:
            return str(words)
        case {"type": "link", "text": words, "url": url}:
            return f"{words} ({url})"
        case {"type": "date", "timestamp": at, "format": shape}:
            return _moment(at, shape, zone, now)
        case {"type": "channel", "channel_id": name}:
            return f"<#{name}>"
        case {"type": "user", "user_id": name}:
            return f"<@{name}>"
        case {"type": "usergroup", "usergroup_id": name}:
            return f"<!subteam^{name}>"
    return f"<!{part['range']}>"


def _moment(at: int, shape: str, zone: str, now: datetime) -> str:
    return local_clock(zone, now)(When(datetime.fromtimestamp(at, UTC), _STYLES[shape]))


def _small(element: dict[str, Any], zone: str, now: datetime) -> str:
    words: str = element["text"]
    if element["type"] == "plain_text":
        return words

    def read(found: re.Match[str]) -> str:
        if found[1]:
            return _moment(int(found[1]), found[2], zone, now)
        if found[3]:
            return f"{found[4]} ({found[3]})"
        return _bare(found[5]) if found[5] is not None else found[6]

    return html.unescape(_SMALL.sub(read, words)).replace("\u200b", "")


def _bare(code: str) -> str:
    """A command as the terminal has it, other code with its marks."""
    if code == WORD:
        return "mate"
    return code.removeprefix(f"{WORD} ") if code.startswith(f"{WORD} ") else f"`{code}`"
