"""Whether the database can be used, before anything is started: reachable, writable, up to date, with room to grow."""

import shutil
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError

from bot.store.engine import DatabaseUnusableError, explain, open_engine, shown
from bot.store.migrate import HEAD, revision

LEAST_FREE = 200 * 2**20  # bytes


def examine(url: str) -> list[tuple[bool, str]]:
    """Pairs of "is well" and a sentence, on the database and the disk that it lies on."""
    try:
        engine = open_engine(url)
    except DatabaseUnusableError as error:
        return [(False, str(error))]
    address = shown(engine.url)
    try:
        with engine.connect() as db, db.begin() as work:
            found = revision(db)
            db.execute(text("CREATE TABLE condition_probe (id INTEGER)"))
            work.rollback()
    except DBAPIError as error:
        return [(False, str(explain(engine, error)))]
    finally:
        engine.dispose()
    if found == HEAD:
        said = [(True, f"The database {address} can be written and is up to date.")]
    elif found is None:
        said = [(True, f"The database {address} is empty and can be written; the first start fills it.")]
    else:
        said = [(False, f"The database {address} is of another release ({found}). Say batchmate migrate.")]
    return [*said, *_disk(url)]


def _disk(url: str) -> list[tuple[bool, str]]:
    if make_url(url).get_backend_name() != "sqlite":
        return []
    folder = Path(make_url(url).database or ".").resolve().parent
    free = shutil.disk_usage(folder).free
    if free < LEAST_FREE:
        return [(False, f"The disk of {folder} has {free // 2**20} MB free; make room for at least 200 MB.")]
    return [(True, f"The disk of {folder} has {free // 2**20} MB free.")]
