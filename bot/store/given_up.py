"""Messages that were given up: how they stand, and another try of them, there or elsewhere."""

from datetime import datetime

from sqlalchemy import Connection, bindparam, or_, select, update

from bot.chat.people import Account, Space
from bot.store.engine import among
from bot.store.messages import DUE, FAILED, FLAGGED, MESSAGE

_CARD = select(MESSAGE.c.card).where(MESSAGE.c.key == bindparam("name"))
_STATE = select(MESSAGE.c.state).where(MESSAGE.c.key == bindparam("name"))
_PUT_OFF = select(MESSAGE.c.id).where(
    MESSAGE.c.key == bindparam("name"), MESSAGE.c.state == DUE, MESSAGE.c.attempts > 0, MESSAGE.c.sent == 0
)
_SENT_BEFORE = select(MESSAGE.c.sent).where(MESSAGE.c.key == bindparam("name"))
_DUE_AGAIN = {"state": DUE, "due_at": bindparam("now"), "attempts": 0, "error": "", "sending_since": None}
_GIVEN_UP = among(MESSAGE.c.state, (FLAGGED, FAILED))
_SEND_AGAIN = (
    update(MESSAGE).where(MESSAGE.c.key == bindparam("name"), _GIVEN_UP, MESSAGE.c.ref.is_(None)).values(_DUE_AGAIN)
)
_AND_BELOW = (
    update(MESSAGE)
    .where(
        MESSAGE.c.below == bindparam("name"),
        MESSAGE.c.only_there != 0,
        MESSAGE.c.state == FAILED,
        MESSAGE.c.ref.is_(None),
    )
    .values(_DUE_AGAIN)
)


def state_of(db: Connection, key: str) -> str:
    """How a message stands: due, sending, sent, failed, flagged; empty for none."""
    return str(db.execute(_STATE, {"name": key}).scalar() or "")


def is_put_off(db: Connection, key: str) -> bool:
    """Whether the platform has not taken this message so far, and it will be tried again."""
    return db.execute(_PUT_OFF, {"name": key}).first() is not None


def was_sent(db: Connection, key: str) -> bool:
    """Whether the platform has, or had, some revision of this message."""
    return bool(db.execute(_SENT_BEFORE, {"name": key}).scalar())


def send_again(db: Connection, key: str, now: datetime) -> bool:
    """Send a message that was given up, and what was for its thread alone; False if it is on its way again already."""
    again = db.execute(_SEND_AGAIN, {"name": key, "now": now}).rowcount == 1
    if again:
        db.execute(_AND_BELOW, {"name": key, "now": now})
    return again


def redirect(db: Connection, key: str, space: Space, now: datetime) -> None:
    """Send a message that was given up to another place, which takes it once."""
    there = {"platform": space.platform, "workspace": space.workspace or "", "channel": space.channel or ""}
    elsewhere = or_(MESSAGE.c.user != "", MESSAGE.c.channel != there["channel"])
    given_up = update(MESSAGE).where(MESSAGE.c.key == key, _GIVEN_UP, elsewhere)
    db.execute(given_up.values(**there, user="", **_DUE_AGAIN), {"now": now})


def card_of(db: Connection, key: str) -> str:
    """The card of a message, as it is kept."""
    return str(db.execute(_CARD, {"name": key}).scalar_one())


def tell_instead(db: Connection, key: str, account: Account, card: str, now: datetime) -> None:
    """Have a post that the platform will not take told to one account, with another card; so it is no post any more."""
    place = {"platform": account.platform, "workspace": "", "channel": "", "thread": "", "user": account.user}
    alone = {"below": "", "title": "", "only_there": 0, "card": card}
    refused = update(MESSAGE).where(
        MESSAGE.c.key == bindparam("name"), MESSAGE.c.state == FAILED, MESSAGE.c.ref.is_(None), MESSAGE.c.user == ""
    )
    db.execute(refused.values(**place, **alone, **_DUE_AGAIN), {"name": key, "now": now})
