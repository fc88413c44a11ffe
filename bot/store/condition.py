"""Whether the database can be used, before anything is started: reachable, writable, up to date, with room to grow."""

import shutil
from pathlib import Path

from sqlalchemy import URL, Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.store import tables
from bot.store.engine import DatabaseUnusableError, explain, open_engine, shown, transaction
from bot.store.migrate import HEAD, is_known, not_known, revision

LEAST_FREE = 200 * 2**20  # bytes


def examine(url: str) -> list[tuple[bool, str]]:
    """Pairs of "is well" and a sentence, on the database and the disk that it lies on."""
    try:
        engine = open_engine(url)
    except DatabaseUnusableError as error:
        return [(False, str(error))]
    try:
        with transaction(engine) as db:
            said = _shape(db, shown(engine.url))
            db.execute(text("CREATE TABLE condition_probe (id INTEGER)"))
            db.rollback()
    except DBAPIError as error:
        return [(False, str(explain(engine, error))), *(found for found in _disk(engine.url) if not found[0])]
    finally:
        engine.dispose()
    return [said, *_disk(engine.url)]


def _shape(db: Connection, address: str) -> tuple[bool, str]:
    """Whether the tables are those of this release, or can be made so."""
    found = revision(db)
    if found == HEAD:
        return True, f"The database {address} can be written and is up to date."
    if found is not None and is_known(found):
        return False, f"The database {address} is of an older release ({found}). Say batchmate migrate."
    if found is not None:
        return False, f"The database {address} cannot be used. {not_known(found)}"
    foreign = sorted(set(inspect(db).get_table_names()) & set(tables.metadata.tables))
    if foreign:
        taken = f"holds tables of another program, such as {foreign[0]}; name a database of its own"
        return False, f"The database {address} {taken}."
    return True, f"The database {address} is empty and can be written; the first start fills it."


def _disk(url: URL) -> list[tuple[bool, str]]:
    if url.get_backend_name() != "sqlite":
        return []
    folder = Path(url.database or ".").resolve().parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        return [(False, f"The disk of {folder} has {free // 2**20} MB free; make room for at least 200 MB.")]
    return [(True, f"The disk of {folder} has {free // 2**20} MB free.")]
