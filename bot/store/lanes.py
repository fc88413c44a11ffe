"""Lanes: the messages of one place or account follow each other, in the order of their rows, whoever sends them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, bindparam, case, func, select, text, update

from bot.chat.people import MessageRef
from bot.store.messages import DUE, MESSAGE, REFUSED, SENDING, Lane, Outgoing, outgoing, space_of

IN_FLIGHT = timedelta(seconds=30)  # longer than any call takes; after that its sender is taken for dead
FOR_PARENT = timedelta(seconds=0.5)
_CLAIMS = 7_402_120
_LANE = (MESSAGE.c.platform, MESSAGE.c.workspace, MESSAGE.c.channel, MESSAGE.c.thread, MESSAGE.c.user)
_due_now = and_(MESSAGE.c.state == DUE, MESSAGE.c.due_at <= bindparam("now"))
_put_off = and_(MESSAGE.c.state == DUE, MESSAGE.c.due_at > bindparam("now"), MESSAGE.c.attempts > 0)
_flying = and_(MESSAGE.c.state == SENDING, MESSAGE.c.sending_since > bindparam("lately"))
_LANES = (
    select(
        *_LANE,
        func.min(case((_due_now, MESSAGE.c.id))).label("head"),
        func.min(case((MESSAGE.c.state == DUE, MESSAGE.c.due_at))).label("due"),
        func.max(case((_put_off, MESSAGE.c.due_at))).label("put_off"),
        func.max(case((_flying, MESSAGE.c.sending_since))).label("flying"),
    )
    .where(
        MESSAGE.c.state.in_((DUE, SENDING)),
        MESSAGE.c.platform.in_(bindparam("platforms", expanding=True)),
    )
    .group_by(*_LANE)
)
_HEADS = (
    select(MESSAGE)
    .where(MESSAGE.c.id.in_(bindparam("heads", expanding=True)), MESSAGE.c.state == DUE)
    .order_by(MESSAGE.c.id)
    .with_for_update(skip_locked=True)
)
_PARENT = select(
    MESSAGE.c.platform, MESSAGE.c.workspace, MESSAGE.c.channel, MESSAGE.c.thread,
    MESSAGE.c.state, MESSAGE.c.ref, MESSAGE.c.opened,
).where(MESSAGE.c.key == bindparam("name"))  # fmt: skip
_START = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("row"))
    .values(
        state=SENDING,
        sending_since=bindparam("now"),
        attempts=MESSAGE.c.attempts + 1,
        thread=bindparam("in_thread"),
    )
)
_WAIT = update(MESSAGE).where(MESSAGE.c.id == bindparam("row")).values(due_at=bindparam("due"))


@dataclass(frozen=True, slots=True)
class LaneRow:
    """A lane in which something waits or is on its way.

    `head`: its first message that is due; `due`: when one is. `put_off`: until when the platform wants no more;
    `flying`: since when one of its messages is being sent.
    """

    lane: Lane
    head: int | None
    due: datetime | None
    put_off: datetime | None
    flying: datetime | None

    @property
    def is_free(self) -> bool:
        """Whether its head may be sent."""
        return self.head is not None and self.put_off is None and self.flying is None

    @property
    def next(self) -> datetime | None:
        """When it is worth looking again."""
        if self.due is None:
            return None
        until = (self.due, self.put_off, self.flying and self.flying + IN_FLIGHT)
        return max(moment for moment in until if moment is not None)


def claim(
    db: Connection, platforms: Sequence[str], now: datetime, most: int, busy: Collection[Lane] = ()
) -> list[Outgoing]:
    """The first message of each lane that is free, marked as being sent so that no other process takes it.

    A lane is free unless it is `busy`, something of it is being sent, or the platform has put something of it off.
    """
    if db.dialect.name == "postgresql":  # one process at a time looks and marks, so that all see the same order
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _CLAIMS})
    taken, found, looking = set(busy), list[Outgoing](), True
    while looking and len(found) < most:
        looking = False
        free = (row for row in _lanes(db, platforms, now) if row.is_free and row.lane not in taken)
        heads = sorted(row.head for row in free if row.head is not None)[: most - len(found)]
        for row in db.execute(_HEADS, {"heads": heads}).all() if heads else ():
            message = _placed(db, row)
            if message is None:
                db.execute(_WAIT, {"row": row.id, "due": now + FOR_PARENT})
                looking = True  # what comes after it in its lane need not wait
                continue
            db.execute(_START, {"row": row.id, "now": now, "in_thread": message.space.thread or ""})
            taken.add(message.lane)
            found.append(message)
    return found


def next_due(db: Connection, platforms: Sequence[str], now: datetime, busy: Collection[Lane] = ()) -> datetime | None:
    """When a message of a lane that is not `busy` can be sent next, if any is waiting."""
    waiting = (row.next for row in _lanes(db, platforms, now) if row.lane not in busy)
    return min((moment for moment in waiting if moment is not None), default=None)


def _lanes(db: Connection, platforms: Sequence[str], now: datetime) -> list[LaneRow]:
    rows = db.execute(_LANES, {"platforms": list(platforms), "now": now, "lately": now - IN_FLIGHT})
    return [LaneRow((r[0], r[1], r[2], r[3], r[4]), r.head, r.due, r.put_off, r.flying) for r in rows]


def _placed(db: Connection, row: Any) -> Outgoing | None:
    """The message with the place that it goes to; None while the message above its thread is not sent yet."""
    message = outgoing(row)
    if not message.below or message.ref is not None or message.space.thread is not None:
        return message
    parent = db.execute(_PARENT, {"name": message.below}).first()
    if parent is None or parent.opened == REFUSED:
        return message
    if parent.opened:
        return message.within(parent.opened)
    if parent.ref is not None:
        return message.opening(MessageRef(space_of(parent), parent.ref))
    return None if parent.state in (DUE, SENDING) else message
