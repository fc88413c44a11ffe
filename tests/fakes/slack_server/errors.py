"""Refusals as Slack words them: an error's name, and for invalid arguments where in them the faults are."""

from typing import Any


class Refused(Exception):  # noqa: N818 - the name of the field
    """The call is refused; the client gets this body with `ok` false."""

    def __init__(self, error: str, problems: list[str] | None = None, **more: Any) -> None:
        super().__init__(error)
        self.error = error
        self.body: dict[str, Any] = {"ok": False, "error": error, **more}
        if problems:
            if error == "invalid_blocks":
                self.body["errors"] = problems
            self.body["response_metadata"] = {"messages": [f"[ERROR] {problem}" for problem in problems]}


class ImpossibleGesture(AssertionError):  # noqa: N818 - the name of the field
    """The test asks for what no member could do in a real client, for example press what is not there."""


def missing_field(name: str) -> Refused:
    """A required argument is not there."""
    return Refused("invalid_arguments", [f"missing required field: {name}"])
