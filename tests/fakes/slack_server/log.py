"""What was asked of the server: every call with its arguments, and a way to find some of them."""

from collections import deque
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

DROPPED_BEFORE, DROPPED_AFTER, PLANTED = "dropped before", "dropped after", "planted"


@dataclass(slots=True)
class Call:
    """One call of a method, a response URL (`response_url`) or an upload (`upload`); the token is left out.

    `status` is 0 while it runs and where it was never applied, `mark` says what happened to it.
    """

    method: str
    args: dict[str, Any] = field(default_factory=dict)
    at: float = 0.0
    team: str = ""
    status: int = 0
    seconds: float = 0.0
    mark: str = ""
    answer: Any = None

    @property
    def error(self) -> str:
        """The name of the error that it was refused with, or nothing."""
        return str(self.answer.get("error", "")) if isinstance(self.answer, dict) else ""

    def __str__(self) -> str:
        mark = f" [{self.mark}]" if self.mark else ""
        refused = f" {self.answer}" if self.error else ""
        return f"{self.at:9.3f} {self.method} -> {self.status or '-'}{mark} in {1000 * self.seconds:.1f} ms{refused}"


class Log:
    """Calls in the order in which they came; `limit` keeps the last ones only."""

    def __init__(self, limit: int | None = None) -> None:
        self.calls: deque[Call] = deque(maxlen=limit)
        self.total = 0

    def add(self, call: Call) -> None:
        """Keep a call."""
        self.calls.append(call)
        self.total += 1

    def find(self, pattern: str = "*") -> list[Call]:
        """The calls of a method, for example `chat.*`."""
        return [call for call in self.calls if fnmatchcase(call.method, pattern)]

    def clear(self) -> None:
        """Forget what was asked so far."""
        self.calls.clear()

    def __str__(self) -> str:
        return "\n".join(str(call) for call in self.calls) or "(no calls)"
