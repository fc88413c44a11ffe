"""Where groups live: their first home, where the bot is, since when it is gone from elsewhere, and who added it."""

from datetime import datetime

from msgspec import Struct
from sqlalchemy import Connection, bindparam, exists, insert, or_, select, update

from bot.chat.people import Space
from bot.store.people import GROUP, HOME, SEASON
from bot.store.prepared import PerDialect


class HomeRow(Struct, frozen=True):
    """A group's home in a workspace, or in one channel of it."""

    id: int
    group_id: int
    channel: str
    removed_at: datetime | None
    installer: str


_COLUMNS = (HOME.c.id, HOME.c.group_id, HOME.c.channel, HOME.c.removed_at, HOME.c.installer)
_OF_WORKSPACE = (
    select(*_COLUMNS)
    .where(HOME.c.platform == bindparam("on"), HOME.c.workspace == bindparam("at"))
    .order_by(HOME.c.channel, HOME.c.id)
)
_LEFT = (
    update(HOME)
    .where(HOME.c.platform == bindparam("on"), HOME.c.workspace == bindparam("at"), HOME.c.removed_at.is_(None))
    .values(removed_at=bindparam("now"))
)
_BACK = (
    update(HOME)
    .where(HOME.c.platform == bindparam("on"), HOME.c.workspace == bindparam("at"), HOME.c.removed_at.is_not(None))
    .values(removed_at=None)
)
_ACTIVE = (
    select(HOME.c.workspace, HOME.c.channel, GROUP.c.name, HOME.c.installer)
    .join(GROUP, GROUP.c.id == HOME.c.group_id)
    .where(HOME.c.platform == bindparam("on"), HOME.c.removed_at.is_(None))
    .order_by(HOME.c.channel.desc())  # a workspace's own home after those of its channels
)
_HAS_HOME = select(exists().where(HOME.c.group_id == bindparam("group"), HOME.c.removed_at.is_(None)))
_INSTALLERS = (
    select(HOME.c.installer)
    .where(
        HOME.c.platform == bindparam("on"),
        HOME.c.workspace == bindparam("at"),
        or_(HOME.c.channel == bindparam("channel"), HOME.c.channel == ""),
        HOME.c.removed_at.is_(None),
    )
    .order_by(HOME.c.channel.desc())
)
_NEW_HOME = PerDialect(
    HOME,
    lambda new: new.on_conflict_do_nothing(index_elements=["platform", "workspace", "channel"]).returning(HOME.c.id),
)


def open_group(db: Connection, space: Space, name: str, secret: str, now: datetime, installer: str = "") -> int | None:
    """A new group for a workspace that has none: the id of its home; if another process was quicker, its group stays.

    `installer` is who added the bot there.
    """
    group_id = db.execute(
        insert(GROUP).values(name=name, zone="UTC", locale="en", secret=secret, created_at=now).returning(GROUP.c.id)
    ).scalar_one()
    home = {
        "platform": space.platform,
        "workspace": space.workspace,
        "channel": "",
        "group_id": group_id,
        "installer": installer,
    }
    home_id = db.execute(_NEW_HOME.on(db), home).scalar()
    if home_id is None:
        db.execute(GROUP.delete().where(GROUP.c.id == group_id))
        return None
    db.execute(insert(SEASON).values(group_id=group_id, number=1, opened_at=now))
    return int(home_id)


def of_workspace(db: Connection, space: Space) -> list[HomeRow]:
    """Every home in the workspace of `space`, that of the workspace itself first."""
    return [HomeRow(*row) for row in db.execute(_OF_WORKSPACE, _place(space))]


def leave(db: Connection, space: Space, now: datetime) -> int:
    """Note that the bot is gone from the workspace; how many homes it had there until now."""
    return db.execute(_LEFT, {**_place(space), "now": now}).rowcount


def restore(db: Connection, space: Space) -> bool:
    """Note that the bot is in the workspace again; False if it never was away."""
    return db.execute(_BACK, _place(space)).rowcount > 0


def active_workspaces(db: Connection, platform: str) -> dict[str, tuple[str, str]]:
    """The workspaces that the bot is in, each with what it was last called, and who added the bot there."""
    rows = db.execute(_ACTIVE, {"on": platform})
    return {row.workspace: ("", "") if row.channel else (row.name, row.installer) for row in rows}


def has_home(db: Connection, group_id: int) -> bool:
    """Whether the bot is still anywhere where the group lives."""
    return bool(db.execute(_HAS_HOME, {"group": group_id}).scalar_one())


def installer_of(db: Connection, space: Space) -> str | None:
    """Who added the bot where `space` is; empty if nobody knows, None where the bot no longer is."""
    asked = {**_place(space), "channel": space.channel or ""}
    found = list(db.execute(_INSTALLERS, asked).scalars())
    return next(filter(None, found), "") if found else None


def rename(db: Connection, home: HomeRow, name: str, installer: str) -> None:
    """Keep what the workspace is called today, and who added the bot; what is empty stays as it was."""
    if name and home.channel == "":
        db.execute(update(GROUP).where(GROUP.c.id == home.group_id, GROUP.c.name != name).values(name=name))
    if installer and installer != home.installer:
        db.execute(update(HOME).where(HOME.c.id == home.id).values(installer=installer))


def _place(space: Space) -> dict[str, str]:
    return {"on": space.platform, "at": space.workspace or ""}
