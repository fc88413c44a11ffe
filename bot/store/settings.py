"""A group's settings, as far as they differ from their defaults."""

from sqlalchemy import Connection, bindparam, delete, select

from bot.store import tables
from bot.store.prepared import PerDialect, Prepared
from bot.store.tables import table_of

SETTING = table_of(tables.Setting)
_ALL = Prepared(select(SETTING.c.name, SETTING.c.value).where(SETTING.c.group_id == bindparam("group")))
_PUT = PerDialect(
    SETTING,
    lambda new: new.on_conflict_do_update(index_elements=["group_id", "name"], set_={"value": new.excluded.value}),
)


def read(db: Connection, group_id: int) -> dict[str, str]:
    """Every setting of the group that is not its default."""
    return dict(_ALL.all(db, group=group_id))


def put(db: Connection, group_id: int, name: str, value: str) -> None:
    """Set one."""
    _PUT.run(db, group_id=group_id, name=name, value=value)


def reset(db: Connection, group_id: int, name: str) -> None:
    """Back to the default."""
    db.execute(delete(SETTING).where(SETTING.c.group_id == group_id, SETTING.c.name == name))
