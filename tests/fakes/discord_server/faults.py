"""Trouble on demand: for a pattern of routes, a number of times."""

from dataclasses import dataclass
from typing import Any

from tests.fakes.discord_server.log import route_pattern

CLOUDFLARE = "<html><head><title>{status}</title></head><body>error code: {status}</body></html>"


@dataclass(slots=True)
class Fault:
    """What to do with the next requests of a route; `times` None means with all of them.

    `status` answers in place of the server, `drop` closes the connection without an answer (`reset` as an abrupt
    reset), `seconds` waits; `applied` lets the request do its work before. `retry_after` belongs to 429, `page` makes a
    429 one of whoever stands before Discord, `code` makes a refusal one of Discord's own.
    """

    pattern: str
    times: int | None = 1
    status: int = 0
    drop: bool = False
    reset: bool = False
    applied: bool = False
    seconds: float = 0.0
    retry_after: float = 0.0
    everywhere: bool = False
    page: bool = False
    code: int = 0

    def answer(self) -> tuple[Any, dict[str, str]]:
        """The body and the headers in place of the server's."""
        if self.code:
            return {"message": "Refused", "code": self.code}, {}
        if self.status != 429:
            return CLOUDFLARE.format(status=self.status), {}
        scope = "global" if self.everywhere else "user"
        headers = {
            "Retry-After": str(max(1, round(self.retry_after))),
            "X-RateLimit-Scope": scope,
            "X-RateLimit-Remaining": "0",
            "X-RateLimit-Reset-After": f"{self.retry_after:.3f}",
        }
        if self.everywhere:
            headers["X-RateLimit-Global"] = "true"
        if self.page:
            return CLOUDFLARE.format(status=self.status), headers
        body = {
            "message": "You are being rate limited.",
            "retry_after": self.retry_after,
            "global": self.everywhere,
            "code": 0,
        }
        return body, headers


class Faults:
    """The faults that wait for their requests, the oldest first."""

    def __init__(self) -> None:
        self.waiting: list[Fault] = []

    def add(self, fault: Fault) -> Fault:
        """Plant a fault."""
        self.waiting.append(fault)
        return fault

    def take(self, route: str) -> tuple[list[Fault], Fault | None]:
        """The delays of this request, and the one fault that ends it."""
        fitting = [fault for fault in self.waiting if route_pattern(fault.pattern).fullmatch(route)]
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
