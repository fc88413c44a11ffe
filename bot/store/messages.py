"""Messages as desired state: the card that a place should show, claimed, sent and recorded one revision at a time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, func, select, update

from bot.chat.people import Account, MessageRef, Space
from bot.store import tables
from bot.store.engine import PerDialect
from bot.store.tables import table_of

MESSAGE = table_of(tables.Message)
DUE, SENDING, SENT, FAILED, FLAGGED = "due", "sending", "sent", "failed", "flagged"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One message to send or to edit: revision `wanted` of `card`."""

    id: int
    key: str
    space: Space
    user: str
    card: str
    wanted: int
    ref: str | None
    attempts: int

    @property
    def account(self) -> Account | None:
        """Whom to tell, if this is no post."""
        return Account(self.space.platform, self.user) if self.user else None

    @property
    def message_ref(self) -> MessageRef | None:
        """The message to edit, if it was sent before."""
        return MessageRef(self.space, self.ref) if self.ref else None


# Posting the same key again asks for an edit; a message that is being sent goes out again afterwards.
def _want(*, in_time: bool) -> PerDialect:
    def finish(new: Any) -> Any:
        changed: dict[str, Any] = {
            "card": new.excluded.card,
            "wanted": MESSAGE.c.wanted + 1,
            "state": func.coalesce(func.nullif(MESSAGE.c.state, SENT), DUE),
        }
        if not in_time:
            changed["due_at"] = new.excluded.due_at
        return new.on_conflict_do_update(index_elements=["key"], set_=changed)

    return PerDialect(MESSAGE, finish)


_WANT, _WANT_IN_TIME = _want(in_time=False), _want(in_time=True)
_CLAIM = (
    select(MESSAGE)
    .where(
        MESSAGE.c.state == DUE,
        MESSAGE.c.platform.in_(bindparam("platforms", expanding=True)),
        MESSAGE.c.due_at <= bindparam("now"),
    )
    .order_by(MESSAGE.c.id)
    .limit(bindparam("most"))
    .with_for_update(skip_locked=True)
)
_START = (
    update(MESSAGE)
    .where(MESSAGE.c.id == bindparam("row"))
    .values(state=SENDING, sending_since=bindparam("now"), attempts=MESSAGE.c.attempts + 1)
)
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
_NEXT = select(func.min(MESSAGE.c.due_at)).where(
    MESSAGE.c.state == DUE, MESSAGE.c.platform.in_(bindparam("platforms", expanding=True))
)
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
) -> None:
    """Have `space` (or `account`, in private) show `card` as the message called `key`.

    An edit goes out at once; `in_time` lets it wait for the pause after the last one.
    """
    db.execute(
        (_WANT_IN_TIME if in_time else _WANT).on(db),
        {
            "key": key,
            "card": card,
            "group_id": group_id,
            "platform": account.platform if account else space.platform,
            "workspace": space.workspace or "",
            "channel": space.channel or "",
            "thread": space.thread or "",
            "user": account.user if account else "",
            "wanted": 1,
            "sent": 0,
            "state": DUE,
            "attempts": 0,
            "error": "",
            "due_at": now,
            "created_at": now,
        },
    )


_STANDS = select(MESSAGE.c.id).where(
    MESSAGE.c.key == bindparam("name"), MESSAGE.c.ref.is_not(None), MESSAGE.c.state.in_((SENT, DUE))
)
_HOLD = select(MESSAGE.c.id).where(MESSAGE.c.key == bindparam("name")).with_for_update()


def stands(db: Connection, key: str) -> bool:
    """Whether the platform surely has this message, and an edit of it would go out now."""
    return db.execute(_STANDS, {"name": key}).first() is not None


def hold(db: Connection, key: str) -> None:
    """Make everybody else who wants to change this message wait until this transaction ends."""
    if db.dialect.name != "sqlite":  # there one transaction writes at a time anyway
        db.execute(_HOLD, {"name": key})


def claim(db: Connection, platforms: Sequence[str], now: datetime, most: int) -> list[Outgoing]:
    """Messages that are due on these platforms, marked as being sent so that no other process takes them."""
    rows = db.execute(_CLAIM, {"platforms": list(platforms), "now": now, "most": most}).all()
    for row in rows:
        db.execute(_START, {"row": row.id, "now": now})
    return [_outgoing(row) for row in rows]


def stale(db: Connection, platforms: Sequence[str], before: datetime) -> list[Outgoing]:
    """Messages whose sender died between the call and the record of it."""
    return [_outgoing(row) for row in db.execute(_STALE, {"platforms": list(platforms), "before": before})]


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


def next_due(db: Connection, platforms: Sequence[str]) -> datetime | None:
    """When the next message is due, if any is waiting."""
    return db.execute(_NEXT, {"platforms": list(platforms)}).scalar()


def _outgoing(r: Any) -> Outgoing:
    space = Space(r.platform, r.workspace or None, r.channel or None, r.thread or None)
    return Outgoing(r.id or 0, r.key, space, r.user, r.card, r.wanted, r.ref, r.attempts)
