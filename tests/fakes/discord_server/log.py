"""What was asked of the server: every REST request, and a way to find some of them."""

import re
from collections import deque
from dataclasses import dataclass
from functools import cache
from typing import Any

DROPPED_BEFORE, DROPPED_AFTER, PLANTED = "dropped before", "dropped after", "planted"
NONCE_KNOWN = "nonce known"


@cache
def route_pattern(pattern: str) -> re.Pattern[str]:
    """`POST /channels/*/messages` as an expression: `*` is one part of a path, `**` the rest of it."""
    parts = re.split(r"(\*\*|\*)", pattern)
    return re.compile("".join({"*": "[^/]+", "**": ".+"}.get(part) or re.escape(part) for part in parts))


@dataclass(slots=True)
class Request:
    """One request; `status` is 0 while it runs and where it was never applied, `mark` says what happened to it."""

    method: str
    path: str
    query: dict[str, str]
    body: Any
    at: float
    status: int = 0
    seconds: float = 0.0
    mark: str = ""
    answer: Any = None

    @property
    def route(self) -> str:
        """Method and path, as patterns are compared with."""
        return f"{self.method} {self.path}"

    def __str__(self) -> str:
        mark = f" [{self.mark}]" if self.mark else ""
        refused = f" {self.answer}" if self.status >= 400 else ""
        return f"{self.at:9.3f} {self.route} -> {self.status or '-'}{mark} in {1000 * self.seconds:.1f} ms{refused}"


class Log:
    """Requests in the order in which they came; `limit` keeps the last ones only."""

    def __init__(self, limit: int | None = None) -> None:
        self.requests: deque[Request] = deque(maxlen=limit)
        self.total = 0

    def add(self, request: Request) -> None:
        """Keep a request."""
        self.requests.append(request)
        self.total += 1

    def find(self, pattern: str) -> list[Request]:
        """The requests of a route, for example `PATCH /webhooks/*/*/messages/@original`."""
        wanted = route_pattern(pattern)
        return [request for request in self.requests if wanted.fullmatch(request.route)]

    def clear(self) -> None:
        """Forget what was asked so far."""
        self.requests.clear()

    def __str__(self) -> str:
        return "\n".join(str(request) for request in self.requests) or "(no requests)"
