"""Turns: whoever asks under one name gets a moment of its own, apart from everybody else's, in any process."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import BigInteger, Connection, bindparam, case

from bot.store import tables
from bot.store.prepared import PerDialect
from bot.store.tables import table_of

TURN = table_of(tables.Turn)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_now, _every = bindparam("now", type_=BigInteger), bindparam("every", type_=BigInteger)
# One statement, so that nobody reads what another one is about to change.
_RESERVE = PerDialect(
    TURN,
    lambda new: (
        new.values(name=bindparam("called"), free_at=_now + _every)
        .on_conflict_do_update(
            index_elements=["name"],
            set_={"free_at": case((TURN.c.free_at > _now, TURN.c.free_at), else_=_now) + _every},
        )
        .returning(TURN.c.free_at)
    ),
)


def reserve(db: Connection, name: str, now: datetime, every: timedelta) -> datetime:
    """The moment at which the caller may go: now, or later; at least `every` after the one before it."""
    asked = {"called": name, "now": (now - EPOCH) // _MICROSECOND, "every": every // _MICROSECOND}
    free_at = db.execute(_RESERVE.on(db), asked).scalar_one()
    return EPOCH + int(free_at) * _MICROSECOND - every
