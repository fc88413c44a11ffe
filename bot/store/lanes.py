"""Lanes: the messages of one place or account follow each other, in the order of their rows, whoever sends them.

To look takes no lock, however much waits; to claim is a short transaction of its own.
"""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Subquery, and_, bindparam, case, func, select, tuple_, update

from bot.chat.people import MessageRef
from bot.store.engine import among
from bot.store.messages import DUE, MESSAGE, REFUSED, SENDING, Lane, Outgoing, outgoing, space_of

IN_FLIGHT = timedelta(seconds=30)  # longer than any call takes; after that its sender is taken for dead
FOR_PARENT = timedelta(seconds=0.5)
NEAR = 4  # messages to look at for each that can be sent
_LANE = (MESSAGE.c.platform, MESSAGE.c.workspace, MESSAGE.c.channel, MESSAGE.c.thread, MESSAGE.c.user)
_due_now = and_(MESSAGE.c.state == DUE, MESSAGE.c.due_at <= bindparam("now"))
_put_off = and_(MESSAGE.c.state == DUE, MESSAGE.c.due_at > bindparam("now"), MESSAGE.c.attempts > 0)
_flying = and_(MESSAGE.c.state == SENDING, MESSAGE.c.sending_since > bindparam("lately"))
# A lane's first message that is due, when one is, until when the platform wants no more, since when one is being sent.
_ALL = (
    select(
        *_LANE,
        func.min(case((_due_now, MESSAGE.c.id))).label("head"),
        func.min(case((MESSAGE.c.state == DUE, MESSAGE.c.due_at))).label("due"),
        func.max(case((_put_off, MESSAGE.c.due_at))).label("put_off"),
        func.max(case((_flying, MESSAGE.c.sending_since))).label("flying"),
    )
    .where(
        among(MESSAGE.c.state, (DUE, SENDING)),
        MESSAGE.c.platform.in_(bindparam("platforms", expanding=True)),
    )
    .group_by(*_LANE)
)
_LANES = _ALL.subquery()
_lane = tuple(_LANES.c[column.name] for column in _LANE)
# The lanes of what has been due for longest: to look at these alone is many times faster where thousands wait.
_FIRST = (
    select(*_LANE)
    .where(_due_now, MESSAGE.c.platform.in_(bindparam("platforms", expanding=True)))
    .order_by(MESSAGE.c.due_at, MESSAGE.c.id)
    .limit(bindparam("near"))
)


def _free(lanes: Subquery, *more: ColumnElement[Any]) -> Select[Any]:
    """The free ones of these lanes, whose first message is the oldest first."""
    return (
        select(*(lanes.c[column.name] for column in _LANE), lanes.c.head, *more)
        .where(lanes.c.head.is_not(None), lanes.c.put_off.is_(None), lanes.c.flying.is_(None))
        .order_by(lanes.c.head)
        .limit(bindparam("most"))
    )


_looked_at = select(func.count()).select_from(_FIRST.subquery()).scalar_subquery().label("looked_at")
_FREE, _FREE_FIRST = _free(_LANES), _free(_ALL.where(tuple_(*_LANE).in_(_FIRST)).subquery(), _looked_at)
_when = func.coalesce(_LANES.c.put_off, _LANES.c.due)
_NEXT = (
    select(*_lane, _when.label("next"))
    .where(_LANES.c.due.is_not(None), _LANES.c.flying.is_(None))
    .order_by(_when)
    .limit(bindparam("most"))
)
_FLYING = select(*_lane, _LANES.c.flying).where(_LANES.c.due.is_not(None), _LANES.c.flying.is_not(None))
_HEADS = (
    select(MESSAGE)
    .where(
        MESSAGE.c.id.in_(bindparam("heads", expanding=True)),
        MESSAGE.c.state == DUE,
        MESSAGE.c.due_at <= bindparam("now"),
    )
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


def heads(db: Connection, platforms: Sequence[str], now: datetime, most: int, busy: Collection[Lane] = ()) -> list[int]:
    """The first message of each lane that is free, the oldest first.

    A lane is free unless it is `busy`, something of it is being sent, or the platform has put something of it off.
    """
    asked = {**_asked(platforms, now), "most": most + len(busy)}
    near = NEAR * (most + len(busy))
    rows = db.execute(_FREE_FIRST, {**asked, "near": near}).all()
    found = [row.head for row in rows if _lane_of(row) not in busy]
    all_seen = bool(rows) and rows[0].looked_at < near
    if len(found) < most and not all_seen:  # more may stand behind what has to wait
        found = [row.head for row in db.execute(_FREE, asked) if _lane_of(row) not in busy]
    return found[:most]


def next_due(db: Connection, platforms: Sequence[str], now: datetime, busy: Collection[Lane] = ()) -> datetime | None:
    """When a message of a lane that is not `busy` can be sent next, if any is waiting."""
    asked = _asked(platforms, now)
    rows = db.execute(_NEXT, {**asked, "most": 1 + len(busy)})
    found = [row.next for row in rows if _lane_of(row) not in busy]
    found += [row.flying + IN_FLIGHT for row in db.execute(_FLYING, asked) if _lane_of(row) not in busy]
    return min(found, default=None)


def claim(db: Connection, rows: Sequence[int], now: datetime) -> tuple[list[Outgoing], bool]:
    """Those of the messages that nobody else has taken meanwhile, marked as being sent; whether some have to wait.

    A message waits while the one above its thread is on its way; what comes after it in its lane does not.
    """
    found, some_wait = list[Outgoing](), False
    for row in db.execute(_HEADS, {"heads": list(rows), "now": now}).all():
        message = _placed(db, row)
        if message is None:
            db.execute(_WAIT, {"row": row.id, "due": now + FOR_PARENT})
            some_wait = True
        else:
            db.execute(_START, {"row": row.id, "now": now, "in_thread": message.space.thread or ""})
            found.append(message)
    return found, some_wait


def _asked(platforms: Sequence[str], now: datetime) -> dict[str, Any]:
    return {"platforms": list(platforms), "now": now, "lately": now - IN_FLIGHT}


def _lane_of(row: Any) -> Lane:
    return row.platform, row.workspace, row.channel, row.thread, row.user


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
