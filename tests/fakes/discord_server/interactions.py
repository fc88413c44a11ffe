"""One interaction: what the member did, and everything that came back."""

import asyncio
import secrets
import time
from collections.abc import Callable
from typing import Any

from tests.fakes.discord_server import payloads
from tests.fakes.discord_server.errors import ImpossibleGesture
from tests.fakes.discord_server.log import Log
from tests.fakes.discord_server.waiting import Waiting
from tests.fakes.discord_server.world import Channel, Message, User, World

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL_SUBMIT = 2, 3, 4, 5
PONG, MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 1, 4, 5, 6, 7, 8, 9
ALLOWED = {
    COMMAND: {MESSAGE, DEFERRED_MESSAGE, MODAL},
    COMPONENT: {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE, MODAL},
    AUTOCOMPLETE: {CHOICES},
    MODAL_SUBMIT: {MESSAGE, DEFERRED_MESSAGE, DEFERRED_UPDATE, UPDATE},
}


class Interaction(Waiting):
    """A gesture on its way through the bot.

    `callback_type` and `acknowledged_after` (seconds) come with the first answer; then `modal`, `choices`, `original`
    (the answer's message, or the pressed one where that was updated) and `followups`. `edited` counts edits of the
    original through this interaction's token.
    """

    def __init__(self, world: World, log: Log, kind: int, channel: Channel, user: User, data: dict[str, Any]) -> None:
        super().__init__()
        self.world, self.log = world, log
        self.kind, self.channel, self.user, self.data = kind, channel, user, data
        self.id = world.snowflake()
        self.token = secrets.token_urlsafe(48)
        self.sent_at = time.monotonic()
        self.source: Message | None = None
        self.callback_type: int | None = None
        self.acknowledged_after: float | None = None
        self.answered_after: float | None = None
        self.modal: dict[str, Any] | None = None
        self.choices: list[dict[str, Any]] | None = None
        self.original: Message | None = None
        self.followups: list[Message] = []
        self.edited = 0
        self.deleted = False
        self.loading = False

    @property
    def age(self) -> float:
        """Seconds since it was sent."""
        return time.monotonic() - self.sent_at

    @property
    def acknowledged(self) -> bool:
        """Whether the first answer came."""
        return self.callback_type is not None

    @property
    def answered(self) -> bool:
        """Whether the member has something to read, and no "thinking" state is left."""
        if self.callback_type == DEFERRED_UPDATE:
            return bool(self.edited or self.followups or self.deleted)
        return self.acknowledged and not self.loading

    @property
    def private(self) -> bool:
        """Whether the answer is seen by the member alone."""
        return self.original is not None and self.original.seen_by is not None

    @property
    def text(self) -> str:
        """What the member reads: the answer, then the follow-ups."""
        messages = [self.original] * bool(self.original) + self.followups
        return "\n".join(message.text for message in messages)

    def changed(self) -> None:
        """Something came back."""
        if self.answered and self.answered_after is None:
            self.answered_after = self.age
        super().changed()

    async def wait(
        self, what: str | Callable[["Interaction"], bool] = "answered", seconds: float = 5.0
    ) -> "Interaction":
        """Return once it is `answered`, `acknowledged` or whatever a function says; else raise with the log."""
        condition = (lambda: bool(getattr(self, what))) if isinstance(what, str) else (lambda: what(self))
        await self.until(condition, seconds, lambda: f"waited for {what}: {self.story()}\n{self.log}")
        return self

    def story(self) -> str:
        """What happened so far, in a line."""
        return (
            f"interaction of type {self.kind} by {self.user.name}, {self.age:.3f} s old, callback {self.callback_type} "
            f"after {self.acknowledged_after}, loading {self.loading}, {self.edited} edits, "
            f"{len(self.followups)} follow-ups"
        )

    def metadata(self) -> dict[str, Any]:
        """What its messages say about where they come from."""
        owners = {"0": self.channel.guild.id if self.channel.guild else "0"}
        kind = {"id": self.id, "type": self.kind, "user": payloads.user(self.user)}
        return kind | {"authorizing_integration_owners": owners, "application": self.world.application}


def envelope(one: Interaction, app_permissions: int, member_permissions: int) -> dict[str, Any]:
    """The interaction as INTERACTION_CREATE brings it."""
    channel, guild = one.channel, one.channel.guild
    payload: dict[str, Any] = {
        "id": one.id,
        "application_id": one.world.application,
        "type": one.kind,
        "token": one.token,
        "version": 1,
        "data": one.data,
        "channel_id": channel.id,
        "channel": payloads.partial_channel(channel, one.user),
        "locale": one.user.locale,
        "app_permissions": str(app_permissions),
        "entitlements": [],
        "entitlement_sku_ids": [],
        "authorizing_integration_owners": {"0": guild.id if guild else "0"},
        "context": 0 if guild else 1,
        "attachment_size_limit": 10_485_760,
    }
    if guild is None:
        payload["user"] = payloads.user(one.user)
    else:
        member = guild.members.get(one.user.id)
        if member is None:
            raise ImpossibleGesture(f"{one.user.name} is not in {guild.name}")
        payload["guild_id"] = guild.id
        payload["guild"] = {"id": guild.id, "locale": guild.locale, "features": []}
        payload["guild_locale"] = guild.locale
        payload["member"] = payloads.member(member) | {
            "permissions": str(member_permissions),
            "unusual_dm_activity_until": None,
        }
    if one.source is not None:
        payload["message"] = payloads.message(one.source)
    return payload


async def all_of(interactions: list[Interaction], what: str = "answered", seconds: float = 5.0) -> None:
    """Wait for many at once."""
    await asyncio.gather(*(one.wait(what, seconds) for one in interactions))
