"""Inline text as Discord's Markdown, from which no mention and no formatting of a member's making can come."""

import re
from collections.abc import Mapping

from bot.chat.inline import Bold, Inline, Line, Link, Mono, Named, Person, Ping, Plain, Say, When, WhenStyle

_SPECIAL = re.compile(r"([\\*_~`|\[\]])")
_AT_LINE_START = re.compile(r"^(\s*)(#{1,3}(?=\s)|-#|>|[-+](?=\s)|\d+(?=[.)]\s))", re.MULTILINE)
_MENTION = re.compile(r"<(?=[@#:/]|a:|t:|id:)|@(?=everyone|here)", re.IGNORECASE)
_APART = "\u200b"  # a space of no width, which Discord reads as the end of a mention
_STYLES = {WhenStyle.TIME: "t", WhenStyle.DATE: "D", WhenStyle.FULL: "f", WhenStyle.RELATIVE: "R"}
_IN_A_URL = {ord(character): f"%{ord(character):02X}" for character in " ()<>[]\\`\"'|*\n"}


def harmless(words: str) -> str:
    """`words`, in which whatever looks like a mention is none any more; also for code."""
    return _MENTION.sub(lambda found: found[0] + _APART, words)


def escaped(words: str) -> str:
    """`words` as they stand: nothing in them formats, links or mentions."""
    return harmless(_AT_LINE_START.sub(_quoted, _SPECIAL.sub(r"\\\1", words)))


def _quoted(found: re.Match[str]) -> str:
    blank, mark = found.groups()
    return f"{blank}{mark}\\" if mark.isdecimal() else f"{blank}\\{mark}"


def line(spans: Line, commands: Mapping[str, int]) -> str:
    """Inline text; `commands` holds the ids of the registered commands, which make them clickable."""
    return "".join(span(part, commands) for part in spans)


def span(part: Inline, commands: Mapping[str, int]) -> str:
    """One span."""
    match part:
        case Plain(words):
            return escaped(words)
        case Bold(words):
            return _round("**", escaped(words))
        case Mono(words):
            return mono(words)
        case Link(words, url):
            return f"[{escaped(words)}]({url.translate(_IN_A_URL)})" if url.startswith("https://") else escaped(words)
        case When(at, style):
            return f"<t:{int(at.timestamp())}:{_STYLES[style]}>"
        case Person(name=name):
            return escaped(name)
        case Ping(role):
            return f"<@&{role.removeprefix('&')}>" if role.removeprefix("&").isdecimal() else escaped(role)
        case Named(who):
            return f"<@{who}>" if who.removeprefix("&").isdecimal() else escaped(who)
        case Say(command):
            return say(command, commands)


def say(command: str, commands: Mapping[str, int]) -> str:
    """A command as it is typed, clickable once it is registered."""
    known = commands.get(command.split(" ", maxsplit=1)[0])
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
    inner = harmless(code.rstrip("\n")).replace("```", f"``{_APART}`")
    return f"```{known}\n{inner}\n```"
