"""The one way to the database: an engine with the settings that keep SQLite and PostgreSQL honest."""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from time import sleep
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

from sqlalchemy import URL, Column, ColumnElement, Connection, Engine, create_engine, event, literal, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, InterfaceError, OperationalError

from bot.store.keeping import KeepingPool, kept
from bot.store.prepared import Prepared
from bot.store.turnstile import Turnstile

BUSY_SECONDS = 5.0
WAL_PAUSE = 0.05
CROSSED = ("40P01", "40001")  # PostgreSQL's codes for a deadlock and for a serialization failure
ATTEMPTS = 3
AWAY = (OperationalError, InterfaceError)  # the database is busy or out of reach: the same may go well later
T = TypeVar("T")
_BEGIN, _BEGIN_IMMEDIATE = Prepared(text("BEGIN")), Prepared(text("BEGIN IMMEDIATE"))
_turnstiles: WeakKeyDictionary[Engine, Turnstile] = WeakKeyDictionary()


class DatabaseUnusableError(Exception):
    """The database cannot be used; the sentence says why and what to do, and names no password."""


def open_engine(url: str) -> Engine:
    """An engine for `url`: `sqlite:///file.db`, `postgresql://...`, `postgres://...`. Raises DatabaseUnusableError."""
    if url.startswith(("postgres://", "postgresql://")):
        url = "postgresql+psycopg://" + url.split("://", 1)[1]
    try:
        address = make_url(url)
    except (ArgumentError, ValueError) as error:
        raise DatabaseUnusableError(
            "The database's address (--database or DATABASE_URL) is none; "
            "say sqlite:///path/to/file.db or postgresql://user@host/name."
        ) from error
    if address.drivername not in ("sqlite", "postgresql+psycopg"):
        raise DatabaseUnusableError(
            f"The database's address names {address.drivername!r}; Batchmate works with sqlite and postgresql."
        )
    if address.drivername == "sqlite":
        return _sqlite(address)
    try:
        return create_engine(
            address, pool_pre_ping=True, pool_size=10, max_overflow=10, connect_args={"connect_timeout": 10}
        )
    except (TypeError, ValueError) as error:
        raise DatabaseUnusableError(f"The database {shown(address)} cannot be used: {error}.") from error


def shown(address: URL) -> str:
    """Where the state is kept, for a person to read: a file's path, or an address without its password."""
    if address.get_backend_name() == "sqlite":
        return str(address.database)
    return address.set(query={}).render_as_string(hide_password=True)


def _sqlite(address: URL) -> Engine:
    database = address.database
    if not database or database == ":memory:" or address.query or "\0" in database:
        raise DatabaseUnusableError("An SQLite database needs a file: sqlite:///path/to/file.db.")
    database = os.path.expanduser(database)  # noqa: PTH111 (a home that is not known leaves it as it is)
    address = address.set(database=database)
    try:
        Path(database).parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DatabaseUnusableError(f"The folder of {database} cannot be made: {error.strerror}.") from error
    engine = create_engine(
        address,
        connect_args={"timeout": BUSY_SECONDS, "check_same_thread": False},
        poolclass=KeepingPool,
        pool_size=10,
        max_overflow=10,
        pool_use_lifo=True,
    )
    event.listen(engine, "connect", _on_connect)
    _turnstiles[engine] = Turnstile()
    return engine


def _on_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = "IMMEDIATE"  # for whoever does not come by `transaction`, which says BEGIN itself
    _write_ahead(connection)
    for pragma in ("synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _write_ahead(connection: Any) -> None:
    """Turn on the write-ahead log; SQLite does not wait by itself where another process does the same just now."""
    for _attempt in range(int(BUSY_SECONDS / WAL_PAUSE)):
        try:
            connection.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if "locked" not in str(error):
                raise
            sleep(WAL_PAUSE)
        else:
            return
    connection.execute("PRAGMA journal_mode=WAL")


@contextmanager
def transaction(engine: Engine, *, reads: bool = False) -> Iterator[Connection]:
    """One transaction: committed at the end, rolled back by any exception; `reads` takes no write lock.

    SQLite lets writers in one at a time, and lets whoever asks most often go first: here they queue, so that a long
    row of short transactions holds up no other for longer than one of them takes.
    """
    turnstile = None if reads else _turnstiles.get(engine)
    entered = turnstile is not None and turnstile.enter(BUSY_SECONDS)
    try:
        with kept(engine) as connection, connection.begin():
            if engine.dialect.name == "sqlite":  # whose driver begins at the first change; an event costs every call
                (_BEGIN if reads else _BEGIN_IMMEDIATE).run(connection)
            yield connection
    finally:
        if turnstile is not None and entered:
            turnstile.leave()


def until_through(work: Callable[[], T]) -> T:
    """What `work`, a transaction from begin to end, returns; done anew where the database ended it for another one.

    PostgreSQL ends one of several transactions that wait for each other; the same again then finds its way clear.
    """
    for _attempt in range(ATTEMPTS - 1):
        try:
            return work()
        except DBAPIError as error:
            if getattr(error.orig, "sqlstate", None) not in CROSSED:
                raise
    return work()


def explain(engine: Engine, error: DBAPIError) -> DatabaseUnusableError:
    """The driver's error as one sentence with what to do; never the address' password."""
    address = shown(engine.url)
    reason = str(error.orig).strip().split("\n")[0]
    lower = reason.casefold()
    if "readonly" in lower or "read-only" in lower:
        return DatabaseUnusableError(f"The database {address} is read-only; make the file and its folder writable.")
    if "locked" in lower:
        return DatabaseUnusableError(
            f"The database {address} is locked by another program; close that one and try again."
        )
    if "malformed" in lower or "not a database" in lower:
        return DatabaseUnusableError(
            f"The file {address} is no SQLite database or is damaged; move it aside, or restore it from a backup."
        )
    if "unable to open" in lower:
        return DatabaseUnusableError(f"The file {address} cannot be opened; check that its folder exists and is yours.")
    if isinstance(error, OperationalError) and engine.dialect.name == "postgresql":
        return DatabaseUnusableError(
            f"The database {address} cannot be reached: {reason}. Check address, password and that it runs."
        )
    return DatabaseUnusableError(f"The database {address} cannot be used: {reason}.")


def among(column: Column[Any], values: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column is one of these values, for statements that are built once.

    SQLAlchemy's own `in_` takes lists that differ in length, and writes the statement anew each time it is executed.
    """
    return column.in_([literal(value) for value in values])
