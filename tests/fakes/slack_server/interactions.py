"""One gesture: what the member did, and everything that came back."""

import asyncio
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.discord_server.waiting import Waiting
from tests.fakes.slack_server.log import Log
from tests.fakes.slack_server.things import Channel, Message, Team, User, View

SLASH, EVENT, INTERACTIVE = "slash_commands", "events_api", "interactive"
TIMED_OUT, NOT_DELIVERED = "operation_timeout", "dispatch_failed"
COMMAND, ACTIONS, SUBMISSION, CLOSED, SHORTCUT = (
    "command",
    "block_actions",
    "view_submission",
    "view_closed",
    "shortcut",
)


class Interaction(Waiting):
    """A gesture on its way through the bot.

    `kind` is a payload's type, "command" or the name of an event. `acknowledged_after` (seconds) and `ack` come with
    the acknowledgement; then `messages` (private and public ones through its response URL or its acknowledgement, and
    private ones to the member), `view` (that it opened, or updated), `errors` (of a form's fields) and `edited`, which
    counts changes of the message or view that it was made on. `failed` is what Slack told the member instead,
    `refused` why Slack did not show an answer.
    """

    def __init__(self, log: Log, kind: str, team: Team, user: User, channel: Channel | None = None) -> None:
        super().__init__()
        self.log, self.kind, self.team, self.user, self.channel = log, kind, team, user, channel
        self.id = ""
        self.payload: dict[str, Any] = {}
        self.sent_at = time.monotonic()
        self.deliveries = 0
        self.acknowledged_after: float | None = None
        self.answered_after: float | None = None
        self.ack: Any = None
        self.source: Message | None = None
        self.source_view: View | None = None
        self.messages: list[Message] = []
        self.view: View | None = None
        self.errors: dict[str, str] = {}
        self.edited = 0
        self.deleted = False
        self.failed = ""
        self.refused: list[str] = []

    @property
    def age(self) -> float:
        """Seconds since it was sent."""
        return time.monotonic() - self.sent_at

    @property
    def acknowledged(self) -> bool:
        """Whether the bot took it, in time."""
        return self.acknowledged_after is not None

    @property
    def answered(self) -> bool:
        """Whether the member has something new to see."""
        seen = self.messages or self.view or self.errors or self.edited or self.deleted
        return bool(seen) and (self.acknowledged or bool(self.failed))

    @property
    def private(self) -> bool:
        """Whether the answer is seen by the member alone."""
        return bool(self.messages) and all(message.seen_by == self.user.id for message in self.messages)

    @property
    def text(self) -> str:
        """What the member reads: a form's errors, the messages, the opened view, the changed message or view."""
        read = [*self.errors.values(), *(message.text for message in self.messages)]
        read += [self.view.text] if self.view is not None else []
        if self.edited and self.source is not None:
            read.append(self.source.text)
        if self.edited and self.source_view is not None and self.source_view is not self.view:
            read.append(self.source_view.text)
        return "\n".join(read)

    def changed(self) -> None:
        """Something came back."""
        if self.answered and self.answered_after is None:
            self.answered_after = self.age
        super().changed()

    async def wait(
        self, what: str | Callable[["Interaction"], bool] = "answered", seconds: float = 5.0
    ) -> "Interaction":
        """Return once it is `answered`, `acknowledged`, `failed` or whatever a function says; else raise."""
        condition = (lambda: bool(getattr(self, what))) if isinstance(what, str) else (lambda: what(self))
        await self.until(condition, seconds, lambda: f"waited for {what}: {self.story()}\n{self.log}")
        return self

    def story(self) -> str:
        """What happened so far, in a line."""
        return (
            f"{self.kind} by {self.user.name}, {self.age:.3f} s old, delivered {self.deliveries} times, acknowledged "
            f"after {self.acknowledged_after}, {len(self.messages)} messages, {self.edited} edits, "
            f"view {self.view and self.view.id}, errors {self.errors}, failed {self.failed!r}, refused {self.refused}"
        )


async def all_of(interactions: list[Interaction], what: str = "answered", seconds: float = 5.0) -> None:
    """Wait for many at once."""
    await asyncio.gather(*(one.wait(what, seconds) for one in interactions))
