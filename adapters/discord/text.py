"""Inline text as Discord's Markdown, from which no mention and no formatting of a member's making can come."""

import re
from collections.abc import Mapping
from functools import lru_cache
from urllib.parse import quote

from adapters.discord.inbound import PLATFORM
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

_SPECIAL = re.compile(r"([\\*_~`|\[\]]|(?<=\w):(?=//))")
_AT_LINE_START = re.compile(r"^(\s*)(#{1,3}(?=\s|$)|-#|>|[-+](?=\s|$)|\d+(?=[.)]\s))", re.MULTILINE)
_MENTION = re.compile(r"<(?=[@#:/]|a:|t:|id:)|@(?=everyone|here)", re.IGNORECASE)
_APART = "\u200b"  # a space of no width, which Discord reads as the end of a mention
_BEGUN = re.compile(r"[<@]\w*\Z")  # what the next span could make a mention of
_LONGEST_BEGUN = len("@everyone")
_FENCE = re.compile(r"(?<=``)(?=`)")
_COMMAND = re.compile(r"[-\w]+( [-\w]+){0,2}")
_STYLES = {WhenStyle.TIME: "t", WhenStyle.DATE: "D", WhenStyle.FULL: "f", WhenStyle.RELATIVE: "R"}
_CACHED = 4096  # texts: most of what is shown is content, the same for everybody
_IN_A_URL = "%/:?#@!$&,;=+-._~"  # what stands there as it is: no blank, bracket or mark


def harmless(words: str) -> str:
    """`words`, in which whatever looks like a mention is none any more; also for code."""
    return _MENTION.sub(lambda found: found[0] + _APART, words)


@lru_cache(maxsize=_CACHED)
def escaped(words: str) -> str:
    """`words` as they stand: nothing in them formats, links or mentions."""
    return harmless(_AT_LINE_START.sub(_quoted, _SPECIAL.sub(r"\\\1", words)))


def _quoted(found: re.Match[str]) -> str:
    blank, mark = found.groups()
    return f"{blank}{mark}\\" if mark.isdecimal() else f"{blank}\\{mark}"


def line(spans: Line, commands: Mapping[str, int]) -> str:
    """Inline text; `commands` holds the ids of the registered commands, which make them clickable."""
    if any(isinstance(part, Say) for part in spans):
        return _line(spans, commands)
    return _line_without_commands(spans)


@lru_cache(maxsize=_CACHED)
def _line_without_commands(spans: Line) -> str:
    return _line(spans, {})


def _line(spans: Line, commands: Mapping[str, int]) -> str:
    written = ""
    for part in spans:
        added = span(part, commands)
        begun = _BEGUN.search(written, max(0, len(written) - _LONGEST_BEGUN))
        marks = written.endswith(("*", "`")) and added.startswith(written[-1])  # two that meet would be read as one
        written += (_APART if begun or marks else "") + added
    return written


def span(part: Inline, commands: Mapping[str, int]) -> str:
    """One span."""
    match part:
        case Plain(words) | Person(name=words):
            return escaped(words)
        case Bold(words):
            return _round("**", escaped(words))
        case Mono(words):
            return mono(words)
        case Link(words, url):
            return _link(words, url) if url.startswith("https://") else escaped(words)
        case When(at, style):
            return f"<t:{int(at.timestamp())}:{_STYLES[style]}>"
        case Ping(role):
            return f"<@&{role.removeprefix('&')}>" if role.removeprefix("&").isdecimal() else escaped(role)
        case Mention(account):
            who = notified(account)
            return f"<@{who}>" if who else escaped(f"@{account.user}")
        case Named(who):
            return f"<@{who}>" if who.removeprefix("&").isdecimal() else escaped(who)
        case Place(channel):
            return f"<#{channel}>" if channel.isdecimal() else escaped(f"#{channel}")
        case Say(command):
            return say(command, commands)


def notified(account: Account) -> int | None:
    """The id of an account that a mention notifies here; None for one of another platform."""
    return int(account.user) if account.platform == PLATFORM and account.user.isdecimal() else None


def _link(words: str, url: str) -> str:
    """A link, whose brackets are its own: neither its words nor its address can close them."""
    address = _MENTION.sub("%40", quote(url, _IN_A_URL))
    return f"[{escaped(words).replace('](', f']{_APART}(')}]({address})"


def say(command: str, commands: Mapping[str, int]) -> str:
    """A command as it is typed, clickable once it is registered."""
    known = commands.get(command.split(" ", maxsplit=1)[0]) if _COMMAND.fullmatch(command) else None
    return f"</{command}:{known}>" if known else mono(f"/{command}")


def mono(words: str) -> str:
    """A span of code, its own backticks included."""
    words = harmless(words.replace("\n", " "))
    if not words.strip():
        return escaped(words)
    if "`" not in words:
        return f"`{words}`"
    return f"`` {words} ``" if "``" not in words else f"`{words.replace('`', 'ˋ')}`"


def _round(mark: str, words: str) -> str:
    """`words` between marks, the blanks at their ends outside: Discord marks no blank."""
    inner = words.strip()
    if not inner:
        return words
    before, after = words[: words.index(inner)], words[words.index(inner) + len(inner) :]
    return f"{before}{mark}{inner}{mark}{after}"


def block(code: str, lang: str = "") -> str:
    """A block of code, highlighted; a fence within it is broken up."""
    known = lang if re.fullmatch(r"[a-z0-9+#-]{1,15}", lang) else ""
    inner = _FENCE.sub(_APART, harmless(code.rstrip("\n")))
    return f"```{known}\n{inner or ' '}\n```"  # an empty one would show its fences
