"""Inline text as elements of Slack's rich text, and as the small text of a context, from which nothing acts by itself.

Rich text and `plain_text` are read literally, so words stand in them as they are. `mrkdwn` knows no way to quote a
mark: there, and in the text of a notification, a mark that could act is replaced by a letter that looks like it.
"""

import re
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from msgspec import Struct

from adapters.slack.inbound import PLATFORM, split_account
from adapters.slack.lines import CHANNEL_ID, FRONT_DOOR, SOME_ID
from bot.chat.inline import (
    Bold,
    Inline,
    Line,
    Link,
    Mention,
    Mono,
    Named,
    Person,
    Ping,
    Place,
    Plain,
    Say,
    When,
    WhenStyle,
)
from bot.chat.people import Account

Element = dict[str, Any]
MORE = "…"
UTC = "UTC"
APART = "\u200b"  # a space of no width: round a mark of ours within a word, and after an @
_LOOKS_LIKE = {"*": "∗", "_": "ˍ", "~": "∼", "`": "ˋ", ":": "∶"}
_MARK = re.compile(
    r"[*~`]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # within a word, such as the name of a function, _ marks nothing
    r"|:(?!\s)(?!(?<=\d:)\d\d?(?![\w+'-]))"  # of an emoji or an address, but not of a time of the day
)
_IN_CODE = re.compile(r"`|:(?=//)")
_QUOTED = re.compile(r"^(\s*)>", re.MULTILINE)
_MENTION = re.compile(r"@(?=\w|\Z)")
_CONTROL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})
_LONGER = (("&", 4), ("<", 3), (">", 3), ("@", 1))  # by how many units a sign grows when it is made harmless
_USER, _GROUP = (re.compile(first + SOME_ID) for first in ("[UW]", "S"))
_EVERYBODY = ("here", "channel", "everyone")
_FORMATS = {
    WhenStyle.TIME: "{time_secs}",
    WhenStyle.DATE: "{date_short}",
    WhenStyle.FULL: "{date_short_pretty}, {time}",
    WhenStyle.RELATIVE: "{date_short_pretty}, {time}",  # Slack has words for the past alone
}
_IN_A_URL = "%/:?#@!$&,;=+-._~"  # what stands there as it is: no blank, bracket or mark
_MOST_URL = 2_000


class Terms(Struct, frozen=True):
    """How a line is written: the slash word, the zone of a fallback, and whether only one person reads it."""

    command: str
    zone: str = UTC
    private: bool = False


def elements(spans: Line, terms: Terms) -> list[Element]:
    """Inline text as elements of a rich text section; empty words make none, neighbours that look alike make one."""
    found: list[Element] = []
    for element in (_element(part, terms) for part in spans):
        if element.get("text") == "":
            continue
        if found and _alike(found[-1], element):
            found[-1] = {**element, "text": found[-1]["text"] + element["text"]}
        else:
            found.append(element)
    return found


def _alike(before: Element, after: Element) -> bool:
    """Whether two elements are words of one style; two pieces of code stay two."""
    style = before.get("style")
    return before["type"] == after["type"] == "text" and style == after.get("style") and style != {"code": True}


def words(text: str, style: str = "") -> Element:
    """Words as they are, bold or as code."""
    return {"type": "text", "text": text, "style": {style: True}} if style else {"type": "text", "text": text}


def _element(part: Inline, terms: Terms) -> Element:
    match part:
        case Plain(text) | Person(name=text):
            return words(text)
        case Say(command):
            return words(say(command, terms.command), "code")
        case Bold(text):
            return words(text, "bold")
        case Mono(text):
            return words(text.replace("\n", " "), "code")
        case Link(text, url):
            address = quote(url, _IN_A_URL)
            linked = url.startswith("https://") and len(address) <= _MOST_URL
            return {"type": "link", "url": address, "text": text} if linked else words(text)
        case When(at, style):
            said = when(part, terms.zone)
            return {"type": "date", "timestamp": int(at.timestamp()), "format": _FORMATS[style], "fallback": said}
        case Ping(role):
            return _notifying(role)
        case Mention(account):
            return _mentioned(account)
        case Named(who):
            return _named(who) if terms.private else words(who)
        case Place(channel):
            known = CHANNEL_ID.fullmatch(channel)
            return {"type": "channel", "channel_id": channel} if known else words(f"#{channel}")


def _notifying(role: str) -> Element:
    """Whom a group's own setting notifies: a user group, or everybody in the channel."""
    if role in _EVERYBODY:
        return {"type": "broadcast", "range": role}
    return {"type": "usergroup", "usergroup_id": role} if _GROUP.fullmatch(role) else words(role)


def _mentioned(account: Account) -> Element:
    """Somebody who asked to be notified; an account of another platform is words."""
    _team, own = split_account(account.user)
    known = account.platform == PLATFORM and _USER.fullmatch(own)
    return {"type": "user", "user_id": own} if known else words(f"@{account.user}")


def _named(who: str) -> Element:
    """A member or a user group by name, which in a message to everybody would notify them."""
    _team, own = split_account(who)
    if _USER.fullmatch(own):
        return {"type": "user", "user_id": own}
    return {"type": "usergroup", "usergroup_id": who} if _GROUP.fullmatch(who) else words(who)


def say(command: str, word: str) -> str:
    """A command as it is typed after the slash word, which alone is the front door."""
    return f"/{word}" if command == FRONT_DOOR else f"/{word} {command}"


def when(moment: When, zone: str) -> str:
    """A moment in `zone`, for what cannot show it in each reader's own."""
    at = moment.at.astimezone(ZoneInfo(zone))
    if moment.style is WhenStyle.DATE:
        return f"{at:%Y-%m-%d}"
    return f"{at:%Y-%m-%d %H:%M} {zone if zone == UTC else f'({zone})'}"


def plainly(parts: Sequence[Element]) -> str:
    """Elements as words alone, for a notification."""
    return "".join(_plainly(element) for element in parts)


def _plainly(element: Element) -> str:
    match element:
        case {"type": "link", "text": text, "url": url}:
            return f"{text} ({url})"
        case {"type": "text", "text": text} | {"type": "date", "fallback": text}:
            return str(text)
        case {"type": "channel", "channel_id": name}:
            return f"#{name}"
        case {"range": name} | {"user_id": name} | {"usergroup_id": name}:
            return f"@{name}"
        case _:
            raise ValueError(f"rich text has no element {element['type']!r}")


def literal(text: str) -> str:
    """Words for `mrkdwn` and for a notification, in which nothing formats, links, mentions or becomes an emoji."""
    text = _QUOTED.sub(r"\1›", _MARK.sub(_alike_sign, text))
    return _MENTION.sub(f"@{APART}", text).translate(_CONTROL)


def _alike_sign(found: re.Match[str]) -> str:
    return _LOOKS_LIKE[found[0]]


def mrkdwn(parts: Sequence[Element]) -> str:
    """Elements as `mrkdwn`; the marks of styled words stand apart from the words beside them, or Slack reads none."""
    pieces = [_written(element) for element in parts]
    for at, element in enumerate(parts):
        if "style" in element:
            before = at and "style" not in parts[at - 1] and not pieces[at - 1][-1:].isspace()
            after = at + 1 < len(parts) and not pieces[at + 1][:1].isspace()
            pieces[at] = f"{APART if before else ''}{pieces[at]}{APART if after else ''}"
    return "".join(pieces)


def _written(element: Element) -> str:
    match element:
        case {"type": "text", "style": {"code": True}, "text": text} if text.strip():
            return f"`{_IN_CODE.sub(_alike_sign, text).translate(_CONTROL)}`"
        case {"type": "text", "style": {"bold": True}, "text": text} if text.strip() and "\n" not in text:
            inner = text.strip()
            before, after = text[: text.index(inner)], text[text.index(inner) + len(inner) :]
            return f"{before}*{literal(inner)}*{after}"
        case {"type": "text", "text": text}:
            return literal(text)
        case {"type": "link", "url": url, "text": text}:
            return f"<{url.translate(_CONTROL)}|{literal(text.replace(chr(10), ' '))}>"
        case {"type": "date", "timestamp": at, "format": shape, "fallback": text}:
            return f"<!date^{at}^{shape}|{text.translate(_CONTROL)}>"
        case {"channel_id": name}:
            return f"<#{name}>"
        case {"user_id": name}:
            return f"<@{name}>"
        case {"usergroup_id": name}:
            return f"<!subteam^{name}>"
        case _:
            return f"<!{element['range']}>"


def small(parts: Sequence[Element]) -> dict[str, Any]:
    """Elements as the text of a context: literally where they are words alone."""
    if all(element["type"] == "text" and "style" not in element for element in parts):
        return plain_text("".join(element["text"] for element in parts))
    return {"type": "mrkdwn", "text": mrkdwn(parts), "verbatim": True}


def plain_text(text: str) -> dict[str, Any]:
    """Words that are shown as they are, with no emoji made of them."""
    return {"type": "plain_text", "text": text, "emoji": False}


def units(text: str) -> int:
    """UTF-16 units, the stricter way to count."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def size(parts: Sequence[Element]) -> int:
    """What elements take together at most, however they are written."""
    said = "".join(element["text"] for element in parts if element["type"] == "text")
    marks = sum(2 + 2 * len(APART) for element in parts if "style" in element)
    others = sum(units(_written(element)) for element in parts if element["type"] != "text")
    return units(said) + sum(said.count(sign) * more for sign, more in _LONGER) + marks + others


def cut(parts: Sequence[Element], most: int) -> list[Element]:
    """The first elements that take at most so much together, and a sign where some are left out."""
    if size(parts) <= most:
        return list(parts)
    kept: list[Element] = []
    room = most - units(MORE)
    for element in parts:
        if size([element]) > room:
            if element["type"] == "text":
                kept.append({**element, "text": _fitting(element, room)})
            break
        kept.append(element)
        room -= size([element])
    return [*(element for element in kept if element.get("text") != ""), words(MORE)]


def _fitting(element: Element, room: int) -> str:
    return first(element["text"], lambda text: size([{**element, "text": text}]) <= room)


def first(text: str, fits: Callable[[str], bool]) -> str:
    """As much of the beginning of a text as fits; a sign is never halved."""
    if fits(text):
        return text
    least, most = 0, len(text)
    while least < most:
        middle = (least + most + 1) // 2
        least, most = (middle, most) if fits(text[:middle]) else (least, middle - 1)
    return text[:least]
