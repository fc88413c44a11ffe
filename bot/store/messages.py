"""Messages as desired state: the card that a place should show, and which revision of it the platform has."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, and_, bindparam, case, func, or_, select, update

from bot.chat.people import Account, MessageRef, Space
from bot.store import tables
from bot.store.engine import among
from bot.store.prepared import PerDialect
from bot.store.tables import table_of

MESSAGE = table_of(tables.Message)
DUE, SENDING, SENT, FAILED, FLAGGED = "due", "sending", "sent", "failed", "flagged"
REFUSED = "-"  # instead of a thread's id: none could be opened
Lane = tuple[str, str, str, str, str]


class Below(Struct, frozen=True):
    """Where a message belongs: in the thread below the message called `key`; `title` is what the thread is called.

    `only`: where there is no thread, it is not worth the channel.
    """

    key: str
    title: str
    only: bool = False


class Outgoing(Struct, frozen=True):
    """One message to send or to edit: revision `wanted` of `card`.

    `below`: the key of the message in whose thread it belongs; `opens`: that message, if its thread, called `title`,
    has to be opened first; `only_there`: without a thread it is given up. `lane`: what it waited in; the
    messages of one lane follow each other.
    """

    id: int
    key: str
    group_id: int | None
    space: Space
    user: str
    card: str
    wanted: int
    ref: str | None
    attempts: int
    below: str
    title: str
    lane: Lane
    only_there: bool = False
    opens: MessageRef | None = None

    @property
    def account(self) -> Account | None:
        """Whom to tell, if this is no post."""
        return Account(self.space.platform, self.user) if self.user else None

    @property
    def message_ref(self) -> MessageRef | None:
        """The message to edit, if it was sent before."""
        return MessageRef(self.space, self.ref) if self.ref else None

    def within(self, thread: str) -> "Outgoing":
        """The same message, in that thread of its channel."""
        return replace(self, space=replace(self.space, thread=thread), opens=None)

    def opening(self, parent: MessageRef) -> "Outgoing":
        """The same message, to be sent into a thread that has to be opened below `parent`."""
        return replace(self, opens=parent)


# Posting the same key again asks for an edit; a message that is being sent goes out again afterwards.
def _want(*, in_time: bool) -> PerDialect:
    def finish(new: Any) -> Any:
        changed: dict[str, Any] = {
            "card": new.excluded.card,
            "wanted": MESSAGE.c.wanted + 1,
            "state": func.coalesce(func.nullif(MESSAGE.c.state, SENT), DUE),
        }
        if not in_time:  # what the platform has put off stays put off
            put_off = and_(MESSAGE.c.state == DUE, MESSAGE.c.attempts > 0)
            changed["due_at"] = case((put_off, MESSAGE.c.due_at), else_=new.excluded.due_at)
        return new.on_conflict_do_update(index_elements=["key"], set_=changed)

    return PerDialect(MESSAGE, finish)


_WANT, _WANT_IN_TIME = _want(in_time=False), _want(in_time=True)
_DONE = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("row"), MESSAGE.c.state == SENDING)
    .values(
        sent=bindparam("revision"),
        ref=bindparam("reference"),
        attempts=0,
        error="",
        sending_since=None,
    )
)
_SETTLE = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("row"), MESSAGE.c.state == SENDING)
    .values(state=bindparam("new_state"), due_at=bindparam("due"))
)
_WANTED = select(MESSAGE.c.wanted).where(MESSAGE.c.id == bindparam("row"))
_TAKEN = update(MESSAGE).where(MESSAGE.c.id == bindparam("row")).values(sending_since=bindparam("now"))
_STALE = (
    select(MESSAGE)
    .where(
        MESSAGE.c.state == SENDING,
        MESSAGE.c.platform.in_(bindparam("platforms", expanding=True)),
        MESSAGE.c.sending_since < bindparam("before"),
    )
    .with_for_update(skip_locked=True)
)


def want(
    db: Connection,
    *,
    key: str,
    card: str,
    space: Space,
    account: Account | None,
    group_id: int | None,
    now: datetime,
    in_time: bool = False,
    below: Below | None = None,
) -> None:
    """Have `space` (or `account`, in private) show `card` as the message called `key`.

    An edit goes out at once; `in_time` lets it wait for the pause after the last one. `below`: in a thread; where
    there can be none, in `space`.
    """
    (_WANT_IN_TIME if in_time else _WANT).run(
        db,
        key=key,
        card=card,
        group_id=group_id,
        platform=account.platform if account else space.platform,
        workspace=space.workspace or "",
        channel=space.channel or "",
        thread=space.thread or "",
        user=account.user if account else "",
        wanted=1,
        sent=0,
        state=DUE,
        attempts=0,
        error="",
        due_at=now,
        created_at=now,
        below=below.key if below else "",
        title=below.title if below else "",
        opened="",
        only_there=int(below.only) if below else 0,
    )


_STANDS = select(MESSAGE.c.id).where(
    MESSAGE.c.key == bindparam("name"), MESSAGE.c.ref.is_not(None), among(MESSAGE.c.state, (SENT, DUE))
)
_PLACE = select(MESSAGE.c.platform, MESSAGE.c.workspace, MESSAGE.c.channel, MESSAGE.c.thread).where(
    MESSAGE.c.key == bindparam("name")
)
_OPENED = select(MESSAGE.c.opened).where(MESSAGE.c.key == bindparam("name"))
_HOLD = select(MESSAGE.c.id).where(MESSAGE.c.key == bindparam("name")).with_for_update()


def stands(db: Connection, key: str) -> bool:
    """Whether the platform surely has this message, and an edit of it would go out now."""
    return db.execute(_STANDS, {"name": key}).first() is not None


def hold(db: Connection, key: str) -> None:
    """Make everybody else who wants to change this message wait until this transaction ends."""
    if db.dialect.name != "sqlite":  # there one transaction writes at a time anyway
        db.execute(_HOLD, {"name": key})


def known(db: Connection, key: str) -> bool:
    """Whether such a message was ever wished for."""
    return db.execute(_PLACE, {"name": key}).first() is not None


def place_of(db: Connection, key: str) -> Space | None:
    """Where the message stands, or will: its thread is known once it has been sent there."""
    row = db.execute(_PLACE, {"name": key}).first()
    return None if row is None else space_of(row)


def thread_below(db: Connection, key: str) -> str:
    """The thread below the message; empty if there is none."""
    opened = db.execute(_OPENED, {"name": key}).scalar() or ""
    return "" if opened == REFUSED else str(opened)


def take_stale(db: Connection, platforms: Sequence[str], before: datetime, now: datetime) -> list[Outgoing]:
    """Messages whose sender died between the call and the record of it; nobody else looks for them from `now` on."""
    lost = [outgoing(row) for row in db.execute(_STALE, {"platforms": list(platforms), "before": before})]
    if lost:
        db.execute(_TAKEN, [{"row": message.id, "now": now} for message in lost])
    return lost


def sent(db: Connection, message: Outgoing, ref: str, now: datetime, pause: timedelta) -> bool:
    """Record that the platform has this revision; True if a newer one is wanted meanwhile.

    The next edit waits for `pause`, so that many presses become few edits.
    """
    db.execute(_DONE, {"row": message.id, "revision": message.wanted, "reference": ref})
    wanted = db.execute(_WANTED, {"row": message.id}).scalar_one()
    again = wanted > message.wanted
    db.execute(_SETTLE, {"row": message.id, "new_state": DUE if again else SENT, "due": now + pause})
    return bool(again)


def put_back(db: Connection, message: Outgoing, due: datetime, error: str) -> None:
    """Try again at `due`."""
    db.execute(
        update(MESSAGE)
        .where(MESSAGE.c.id == message.id, MESSAGE.c.state == SENDING)
        .values(state=DUE, due_at=due, error=error, sending_since=None)
    )


def give_up(db: Connection, message: Outgoing, state: str, error: str) -> None:
    """The platform will not take it (`FAILED`), or nobody knows whether it did (`FLAGGED`)."""
    db.execute(update(MESSAGE).where(MESSAGE.c.id == message.id).values(state=state, error=error, sending_since=None))


def give_up_in(db: Connection, space: Space, error: str) -> int:
    """Nothing more is sent to a workspace, a channel or a thread that is gone; how many messages waited for it."""
    there = [MESSAGE.c.platform == space.platform, MESSAGE.c.workspace == (space.workspace or "")]
    if space.channel is not None:
        there.append(MESSAGE.c.channel == space.channel)
    if space.thread is not None:
        parents = select(MESSAGE.c.key).where(*there, MESSAGE.c.opened == space.thread).scalar_subquery()
        unsent = and_(MESSAGE.c.below.in_(parents), MESSAGE.c.ref.is_(None))
        there.append(or_(MESSAGE.c.thread == space.thread, unsent))
    waiting = update(MESSAGE).where(MESSAGE.c.state == DUE, *there)
    return db.execute(waiting.values(state=FAILED, error=error, sending_since=None)).rowcount


def opened(db: Connection, message: Outgoing, thread: str) -> None:
    """Record the thread that was opened for the message, before it is sent there.

    The message first, then the one above it, as whoever ends a round does: so they never wait for each other.
    """
    db.execute(update(MESSAGE).where(MESSAGE.c.id == message.id).values(thread=thread))
    db.execute(update(MESSAGE).where(MESSAGE.c.key == message.below).values(opened=thread))


def refuse_thread(db: Connection, key: str) -> None:
    """There can be no thread below that message; what belongs in it goes to the channel."""
    db.execute(update(MESSAGE).where(MESSAGE.c.key == key).values(opened=REFUSED))


def back_to_channel(db: Connection, message: Outgoing, now: datetime) -> None:
    """The message cannot be posted in its thread: it is due in the channel, and so is what follows it."""
    db.execute(
        update(MESSAGE)
        .where(MESSAGE.c.id == message.id, MESSAGE.c.state == SENDING)
        .values(state=DUE, due_at=now, thread="", attempts=0, sending_since=None)
    )
    refuse_thread(db, message.below)


def space_of(r: Any) -> Space:
    """The place that a message's row names."""
    return Space(r.platform, r.workspace or None, r.channel or None, r.thread or None)


def outgoing(r: Any) -> Outgoing:
    """A message's row."""
    return Outgoing(
        r.id or 0, r.key, r.group_id, space_of(r), r.user, r.card, r.wanted, r.ref, r.attempts, r.below, r.title,
        (r.platform, r.workspace, r.channel, r.thread, r.user), bool(r.only_there),
    )  # fmt: skip
