"""Trouble on demand: for a pattern of methods, a number of times."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

PAGE = "<html><head><title>Server Error</title></head><body>{status}</body></html>"


@dataclass(slots=True)
class Fault:
    """What to do with the next calls of a method; `times` None means with all of them.

    `error` and `status` answer in place of the server, `drop` closes the connection without an answer (`reset` as an
    abrupt reset), `seconds` waits; `applied` lets the call do its work before. `retry_after` belongs to 429.
    """

    pattern: str
    times: int | None = 1
    error: str = ""
    status: int = 0
    drop: bool = False
    reset: bool = False
    applied: bool = False
    seconds: float = 0.0
    retry_after: int = 0

    def answer(self) -> tuple[int, Any, dict[str, str]]:
        """Status, body and headers in place of the server's."""
        if self.status == 429:
            return 429, {"ok": False, "error": "ratelimited"}, {"Retry-After": str(self.retry_after)}
        if self.error:
            return 200, {"ok": False, "error": self.error}, {}
        return self.status, PAGE.format(status=self.status), {}


class Faults:
    """The faults that wait for their calls, the oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Plant a fault."""
        self.waiting.append(fault)
        return fault

    def take(self, method: str) -> tuple[list[Fault], Fault | None]:
        """The delays of this call, and the one fault that ends it."""
        fitting = [fault for fault in self.waiting if fnmatchcase(method, fault.pattern)]
        delays = [fault for fault in fitting if fault.seconds]
        end = next((fault for fault in fitting if not fault.seconds), None)
        for fault in [*delays, end] if end else delays:
            if fault.times is not None:
                fault.times -= 1
                if fault.times <= 0:
                    self.waiting.remove(fault)
        return delays, end

    def clear(self) -> None:
        """Back to fair weather."""
        self.waiting.clear()
