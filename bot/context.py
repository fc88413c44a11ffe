"""What a handler is given: its transaction, its moment, its group and member, and its effects beside the reply."""

import traceback
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from random import Random
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from bot.chat import wire
from bot.chat.cards import Card
from bot.chat.limits import shorten
from bot.chat.people import NO_THREADS, Account, Actor, Powers, Space
from bot.chat.registry import Registry
from bot.chat.replies import Refusal
from bot.chat.requests import Gesture, Lifecycle
from bot.chat.words import gettext as _
from bot.chat.words import speaking
from bot.library import Library
from bot.rules.calendar import local_day
from bot.store import given_up, messages, queue, settings
from bot.store.messages import Below
from bot.store.people import GroupRow, MemberRow

THREAD_TITLE = 100


class Effects(Struct):
    """What a transaction queued beside its reply, so that its workers are woken without a query."""

    messages: bool = False
    jobs: bool = False
    alarm: datetime | None = None

    def merge(self, other: "Effects") -> None:
        """Take over what another transaction queued."""
        self.messages |= other.messages
        self.jobs |= other.jobs
        if other.alarm is not None:
            self.alarm = other.alarm if self.alarm is None else min(self.alarm, other.alarm)


class Core(Struct, frozen=True):
    """What every transaction of a process shares."""

    engine: Engine
    library: Library
    registry: Registry
    clock: Callable[[], datetime]
    rng: Callable[[], Random]

    def context(
        self,
        db: Connection,
        now: datetime,
        group: GroupRow,
        effects: Effects,
        request: Gesture | None = None,
        member: MemberRow | None = None,
    ) -> "Context":
        """A member's view of their request; without one that of something that runs by the clock, for nobody."""
        known = (db, now, self.rng(), self.library, self.registry, group)
        if request is None:
            return Context(*known, group.locale, effects)
        return Context(*known, request.locale, effects, request.actor, member, request.space, request.powers)


class Happening(Struct, frozen=True):
    """What happened to the bot in a workspace where the group has a home.

    Of an arrival: the home's row, and whether the bot was there before and is back.
    """

    event: Lifecycle
    home_id: int = 0
    is_back: bool = False


class Context(Struct, frozen=True):
    """One request's or alarm's view of the world; `now` is its only clock, `rng` its only randomness.

    `powers` says what the bot may do in `space`, as far as the request tells.
    """

    db: Connection
    now: datetime
    rng: Random
    library: Library
    registry: Registry
    group: GroupRow
    locale: str
    effects: Effects
    actor: Actor | None = None
    member: MemberRow | None = None
    space: Space | None = None
    powers: Powers = NO_THREADS
    _settings: list[Mapping[str, str]] = field(default_factory=list)

    @property
    def me(self) -> MemberRow:
        """The member who asks. Raises LookupError where nobody does, in an alarm."""
        if self.member is None:
            raise LookupError("nobody asks here: this runs by the clock")
        return self.member

    @property
    def here(self) -> Space:
        """The place where the member asks. Raises LookupError in an alarm."""
        if self.space is None:
            raise LookupError("this runs by the clock, in no place")
        return self.space

    @property
    def today(self) -> date:
        """The group's own day."""
        return local_day(self.now, self.group.zone)

    @property
    def zone(self) -> str:
        """The zone in which the member reads times: their own, else the group's."""
        return (self.member.zone if self.member else None) or self.group.zone

    def naming(self, card: Card) -> Card:
        """The card; in a private conversation, which may be about any of somebody's groups, with the group's name."""
        if self.here.workspace is not None:
            return card
        return replace(card, title=f"{card.title} · {shorten(self.group.name, 60)}")

    def settings(self) -> Mapping[str, str]:
        """The group's settings that are not their defaults, read once."""
        if not self._settings:
            self._settings.append(settings.read(self.db, self.group.id))
        return self._settings[0]

    def is_moderator(self) -> bool:
        """Whether the member may moderate: by the platform, or by the group's setting."""
        if self.actor is None:
            return False
        if self.actor.is_admin:
            return True
        named = set(self.settings().get("moderators", "").casefold().split())
        return bool(named & {self.actor.user.casefold(), *(role.casefold() for role in self.actor.roles)})

    def check_moderator(self) -> None:
        """Let moderators pass. Raises Refusal."""
        if not self.is_moderator():
            raise Refusal(_("That is for the group's moderators."))

    def post(
        self,
        key: str,
        build: Callable[[], Card],
        to: Space,
        *,
        in_time: bool = False,
        below: str | None = None,
        title: str = "",
        only_there: bool = False,
    ) -> None:
        """Have `to` show the card that `build` makes in the group's language; the same key again edits the message.

        `in_time`: an edit that may wait a moment for others to join it; without it the edit goes out at once. `below`:
        the key of another message of ours, in whose thread this one belongs; the thread is opened when it is first
        needed, and called `title`. Where there is no such message or no thread can be opened, it goes to `to`, or with
        `only_there` nowhere.
        """
        with speaking(self.group.locale):
            card = wire.to_json(build())
        messages.want(
            self.db,
            key=key,
            card=card,
            space=to,
            account=None,
            group_id=self.group.id,
            now=self.now,
            in_time=in_time,
            below=Below(below, shorten(title, THREAD_TITLE), only_there) if below else None,
        )
        self.effects.messages = True

    def tell(self, account: Account, card: Card, key: str) -> None:
        """Have one account shown `card` in private; what they press there is about this group."""
        messages.want(
            self.db,
            key=key,
            card=self._in_private(card),
            space=Space(account.platform),
            account=account,
            group_id=self.group.id,
            now=self.now,
        )
        self.effects.messages = True

    def tell_instead(self, account: Account, card: Card, key: str) -> None:
        """Have one account shown `card` in private in place of the post called `key`, which was refused."""
        given_up.tell_instead(self.db, key, account, self._in_private(card), self.now)
        self.effects.messages = True

    def _in_private(self, card: Card) -> str:
        return wire.to_json(card.within(self.group.id))

    def alarm(self, key: str, at: datetime, action: str, args: Sequence[str] = ()) -> None:
        """Have the alarm `action` run at `at`, once; the same key again moves it."""
        if action not in self.registry.alarms:
            raise LookupError(f"no feature declares the alarm {action!r}")
        queue.set_alarm(self.db, key, self.group.id, at, action, args)
        self.effects.merge(Effects(alarm=at))

    def cancel_alarm(self, key: str) -> None:
        """Forget an alarm."""
        queue.cancel_alarm(self.db, key)

    def job(self, kind: str, args: Mapping[str, Any]) -> None:
        """Have slow work done after this transaction."""
        declared = self.registry.jobs.get(kind)
        if declared is None:
            raise LookupError(f"no feature declares the job {kind!r}")
        name = queue.on_platform(kind, args["platform"]) if declared.asks_platform else kind
        queue.add_job(self.db, name, args, self.group.id, self.now)
        self.effects.jobs = True


def failure_place(error: BaseException) -> str:
    """Where the code failed, without any value that could be a member's words: innermost first."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    return ", ".join(
        f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} in {frame.name}" for frame in reversed(frames)
    )
