"""Brings a database to the shape of this release; safe when two processes start at once."""

from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from bot.store.engine import DatabaseUnusableError, explain, transaction

HEAD = "0007"
FOLDER = Path(__file__).parent / "migrations"
_LOCK = 7_402_119


def revision(db: Connection) -> str | None:
    """The revision that the database stands at; None for an empty one."""
    if not inspect(db).has_table("alembic_version"):
        return None
    found = db.execute(text("SELECT version_num FROM alembic_version")).scalar()
    return None if found is None else str(found)


def is_known(found: str) -> bool:
    """Whether this release can bring a database from that revision to its own."""
    return any(path.name.startswith(f"{found}_") for path in (FOLDER / "versions").glob("*.py"))


def not_known(found: str | None) -> str:
    """What to do with a database of a revision that is not known."""
    return (
        f"The database stands at revision {found}, which this release does not know; "
        "use the newer release that made it."
    )


def upgrade(engine: Engine) -> bool:
    """Bring the database to `HEAD`; False if it stood there already. Raises DatabaseUnusableError."""
    try:
        with transaction(engine, reads=True) as db:
            current = revision(db) == HEAD
        with transaction(engine) as db:  # also where nothing is to do: a database that only reads is told at once
            if current:
                return False
            if db.dialect.name == "postgresql":
                db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            found = revision(db)
            if found == HEAD:
                return False
            _upgrade(db, found)
    except DBAPIError as error:
        raise explain(engine, error) from error
    return True


def _upgrade(db: Connection, found: str | None) -> None:
    from alembic import command  # noqa: PLC0415 (a second of imports, needed after an update only)
    from alembic.util import CommandError  # noqa: PLC0415

    try:
        command.upgrade(config(db), "head")
    except CommandError as error:
        raise DatabaseUnusableError(not_known(found)) from error


def config(db: Connection | None = None):  # type: ignore[no-untyped-def]  # noqa: ANN201 (alembic is imported inside)
    """Alembic's configuration, as code: the package's own folder, no ini file."""
    from alembic.config import Config  # noqa: PLC0415 (as above)

    settings = Config()
    folder = str(FOLDER).replace("%", "%%")
    settings.set_main_option("script_location", folder)
    settings.set_main_option("version_locations", f"{folder}/versions")
    settings.set_main_option("path_separator", "newline")
    settings.attributes["connection"] = db
    return settings
