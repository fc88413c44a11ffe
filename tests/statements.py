"""Statements are compiled once in a test process: every test has an engine of its own, and each would do it anew."""

from typing import Any

from sqlalchemy import Connection, Engine, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_compiled: dict[Any, Any] = {}


def share() -> None:
    """Have all engines of this process use what any of them has compiled; half of the tests' time was that."""
    for dialect in (SQLiteDialect_pysqlite, PGDialect_psycopg):  # one database of a kind is as good as another
        dialect.__eq__ = _is_alike
        dialect.__hash__ = _hash_alike
    event.listen(Engine, "engine_connect", _use)


def _use(connection: Connection) -> None:
    connection.execution_options(compiled_cache=_compiled)


def _is_alike(one: object, other: object) -> bool:
    return type(one) is type(other)


def _hash_alike(one: object) -> int:
    return hash(type(one))
