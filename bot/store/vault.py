"""What platforms gave at installation, sealed by whoever calls, and the states of installations that were begun."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from bot.store import tables
from bot.store.prepared import PerDialect
from bot.store.tables import table_of

INSTALLATION = table_of(tables.Installation)
STATE = table_of(tables.InstallState)
SWEPT_AT_ONCE = 1_000


class Sealed(Struct, frozen=True):
    """The sealed grant of a workspace."""

    id: int
    platform: str
    workspace: str
    sealed: str


_KEEP = PerDialect(
    INSTALLATION,
    lambda new: new.on_conflict_do_update(
        index_elements=["platform", "workspace"],
        set_={"sealed": new.excluded.sealed, "installed_at": new.excluded.installed_at},
    ),
)
_HERE = INSTALLATION.c.platform == bindparam("on"), INSTALLATION.c.workspace == bindparam("at")
_FIND = select(INSTALLATION.c.sealed).where(*_HERE)
_SINCE = select(INSTALLATION.c.installed_at).where(*_HERE)
_FORGET = delete(INSTALLATION).where(*_HERE)
_FORGET_SEALED = _FORGET.where(INSTALLATION.c.sealed == bindparam("old"))
_AFTER = (
    select(INSTALLATION.c.id, INSTALLATION.c.platform, INSTALLATION.c.workspace, INSTALLATION.c.sealed)
    .where(INSTALLATION.c.id > bindparam("last"))
    .order_by(INSTALLATION.c.id)
    .limit(bindparam("most"))
)
_RESEAL = (
    update(INSTALLATION)
    .where(INSTALLATION.c.id == bindparam("row"), INSTALLATION.c.sealed == bindparam("old"))
    .values(sealed=bindparam("new"))
)
_ADD_STATE = insert(STATE)
_TAKE_STATE = (
    delete(STATE)
    .where(STATE.c.platform == bindparam("on"), STATE.c.state == bindparam("hash"))
    .returning(STATE.c.expires_at)
)
# What another transaction is deleting at this moment is left to it: waiting for each other could end in a deadlock.
_SWEEP = delete(STATE).where(
    STATE.c.id.in_(
        select(STATE.c.id)
        .where(STATE.c.expires_at <= bindparam("now"))
        .order_by(STATE.c.id)
        .limit(bindparam("most"))
        .with_for_update(skip_locked=True)
    )
)


def keep(db: Connection, platform: str, workspace: str, sealed: str, now: datetime) -> None:
    """Keep a workspace's sealed grant in the place of an older one."""
    row = {"platform": platform, "workspace": workspace, "sealed": sealed, "installed_at": now}
    db.execute(_KEEP.on(db), row)


def find(db: Connection, platform: str, workspace: str) -> str | None:
    """The sealed grant of a workspace."""
    return db.execute(_FIND, {"on": platform, "at": workspace}).scalar()


def since(db: Connection, platform: str, workspace: str) -> datetime | None:
    """When a workspace's grant was kept."""
    return db.execute(_SINCE, {"on": platform, "at": workspace}).scalar()


def forget(db: Connection, platform: str, workspace: str, sealed: str | None = None) -> None:
    """Delete a workspace's grant, if there is one; with `sealed`, only if it is still that one."""
    where = {"on": platform, "at": workspace}
    if sealed is None:
        db.execute(_FORGET, where)
    else:
        db.execute(_FORGET_SEALED, {**where, "old": sealed})


def after(db: Connection, last: int, most: int) -> list[Sealed]:
    """The next sealed grants behind the row `last`, at most so many."""
    return [Sealed(*row) for row in db.execute(_AFTER, {"last": last, "most": most})]


def reseal(db: Connection, old: Sealed, sealed: str) -> bool:
    """Put another seal on a grant; False if it has been changed or deleted since it was read."""
    return db.execute(_RESEAL, {"row": old.id, "old": old.sealed, "new": sealed}).rowcount == 1


def add_state(db: Connection, platform: str, state: str, now: datetime, expires_at: datetime) -> None:
    """Note that an installation has begun, and clear away those that nobody finished in time."""
    db.execute(_SWEEP, {"now": now, "most": SWEPT_AT_ONCE})
    db.execute(_ADD_STATE, {"platform": platform, "state": state, "expires_at": expires_at})


def take_state(db: Connection, platform: str, state: str, now: datetime) -> bool:
    """Whether an installation was begun under this state and may be finished; whatever the answer, it is used up."""
    expires_at = db.execute(_TAKE_STATE, {"on": platform, "hash": state}).scalar()
    return expires_at is not None and expires_at > now
