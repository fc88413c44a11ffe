"""What is wrong with a JSON value, collected with the place of each fault as Slack points to it."""

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

PLAIN, MRKDWN = "plain_text", "mrkdwn"
BARE = re.compile(r"&(?!amp;|lt;|gt;)|[<>]")
ESCAPES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}


def length(text: str) -> int:
    """How long Slack finds a text: in UTF-16 units, of which an emoji takes two."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def escaped(text: str) -> str:
    """Plain text as Slack keeps it; what is escaped already stays as it is."""
    return BARE.sub(lambda sign: ESCAPES[sign[0]], text)


class Findings:
    """A list of faults, and the checks that add to it; a check returns whether it is worth to look further."""

    def __init__(self) -> None:
        self.problems: list[str] = []

    def add(self, path: str, problem: str) -> bool:
        """A fault at a place; never worth to look further."""
        self.problems.append(f"{problem} [json-pointer:{path}]")
        return False

    def record(self, value: Any, path: str, required: Iterable[str], optional: Iterable[str] = ()) -> bool:
        """An object with these keys and no others; null counts as absent for none of them."""
        if not isinstance(value, dict):
            return self.add(path, "must be an object")
        required = set(required)
        for name in sorted(required - set(value)):
            self.add(path, f"missing required field: {name}")
        for name in sorted(set(value) - required - set(optional)):
            self.add(path, f"invalid additional property: {name}")
        return required <= set(value)

    def text(self, value: Any, path: str, high: int, low: int = 1) -> bool:
        """A string of `low` to `high` characters, not of spaces alone."""
        if not isinstance(value, str):
            return self.add(path, "must be a string")
        if length(value) > high:
            return self.add(path, f"must be less than {high + 1} characters")
        if low and not value.strip():
            return self.add(path, "must be more than 0 characters")
        return True

    def optional_text(self, holder: dict[str, Any], name: str, path: str, high: int, low: int = 1) -> None:
        """A string that may be absent."""
        if name in holder:
            self.text(holder[name], f"{path}/{name}", high, low)

    def array(self, value: Any, path: str, low: int, high: int) -> bool:
        """A list of `low` to `high` items."""
        if not isinstance(value, list):
            return self.add(path, "must be an array")
        if len(value) > high:
            return self.add(path, f"no more than {high} items allowed")
        if len(value) < low:
            return self.add(path, f"no less than {low} items allowed")
        return True

    def one_of(self, value: Any, path: str, allowed: Iterable[Any]) -> bool:
        """One of a few values."""
        if isinstance(value, bool) or value not in (listed := sorted(allowed)):
            return self.add(path, f"must be a valid enum value: {', '.join(str(one) for one in listed)}")
        return True

    def integer(self, value: Any, path: str, low: int, high: int) -> bool:
        """A whole number."""
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            return self.add(path, f"must be an integer from {low} to {high}")
        return True

    def booleans(self, holder: dict[str, Any], path: str, *names: str) -> None:
        """Keys that hold true or false, where they are there."""
        for name in names:
            if name in holder and not isinstance(holder[name], bool):
                self.add(f"{path}/{name}", "must be a boolean")

    def url(self, value: Any, path: str, schemes: Iterable[str] = ("http", "https", "mailto")) -> None:
        """An address of a scheme that Slack lets through."""
        if not self.text(value, path, 3000):
            return
        parts = urlsplit(value)
        if parts.scheme not in set(schemes) or not (parts.netloc or parts.path) or re.search(r"\s", value):
            self.add(path, "must be a valid url")

    def text_object(self, value: Any, path: str, high: int, kinds: tuple[str, ...] = (PLAIN, MRKDWN)) -> None:
        """A text object of one of these kinds; plain text is as long as it is once it is escaped."""
        if not isinstance(value, dict):
            self.add(path, "must be an object")
            return
        kind = value.get("type")
        if kind not in kinds:
            self.add(f"{path}/type", f"unsupported type: {kind}")
            return
        extra = "emoji" if kind == PLAIN else "verbatim"
        if not self.record(value, path, ("type", "text"), (extra,)):
            return
        self.booleans(value, path, extra)
        text = value["text"]
        counted = escaped(text) if kind == PLAIN and isinstance(text, str) else text
        self.text(counted, f"{path}/text", high)
