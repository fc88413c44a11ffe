"""A group's settings, as far as they differ from their defaults."""

from sqlalchemy import Connection, bindparam, delete, select

from bot.store import tables
from bot.store.engine import PerDialect
from bot.store.tables import table_of

SETTING = table_of(tables.Setting)
_ALL = select(SETTING.c.name, SETTING.c.value).where(SETTING.c.group_id == bindparam("group"))
_PUT = PerDialect(
    SETTING,
    lambda new: new.on_conflict_do_update(index_elements=["group_id", "name"], set_={"value": new.excluded.value}),
)


def read(db: Connection, group_id: int) -> dict[str, str]:
    """Every setting of the group that is not its default."""
    return {row.name: row.value for row in db.execute(_ALL, {"group": group_id})}


def put(db: Connection, group_id: int, name: str, value: str) -> None:
    """Set one."""
    db.execute(_PUT.on(db), {"group_id": group_id, "name": name, "value": value})


def reset(db: Connection, group_id: int, name: str) -> None:
    """Back to the default."""
    db.execute(delete(SETTING).where(SETTING.c.group_id == group_id, SETTING.c.name == name))
