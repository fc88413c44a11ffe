"""Refusals as Discord words them: a status, a code, and for an invalid body where in it the fault is."""

from typing import Any

UNKNOWN = {
    "Application": 10002,
    "Channel": 10003,
    "Guild": 10004,
    "Member": 10007,
    "Message": 10008,
    "User": 10013,
    "Webhook": 10015,
    "Interaction": 10062,
    "application command": 10063,
}

Path = tuple[str | int, ...]


class Refused(Exception):  # noqa: N818 - the name of the field
    """The request is refused; the client gets this status and body."""

    def __init__(self, status: int, code: int, message: str, errors: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} ({code}): {message}")
        self.status = status
        self.body: dict[str, Any] = {"message": message, "code": code}
        if errors is not None:
            self.body["errors"] = errors


class ImpossibleGesture(AssertionError):  # noqa: N818 - the name of the field
    """The test asks for what no member could do in a real client, for example press what is not there."""


def unknown(what: str) -> Refused:
    """There is no such thing, or the bot may not know of it."""
    return Refused(404, UNKNOWN[what], f"Unknown {what}")


def missing_access() -> Refused:
    """The bot does not see the channel."""
    return Refused(403, 50001, "Missing Access")


def missing_permission() -> Refused:
    """The bot sees the channel, but may not do this in it."""
    return Refused(403, 50013, "Missing Permissions")


def invalid(path: Path, code: str, message: str) -> Refused:
    """An invalid body: `path` leads to the fault."""
    errors: dict[str, Any] = {"_errors": [{"code": code, "message": message}]}
    for step in reversed(path):
        errors = {str(step): errors}
    return Refused(400, 50035, "Invalid Form Body", errors)
