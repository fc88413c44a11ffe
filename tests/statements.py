"""SQL statements in tests: what is executed, and that a test process compiles each once for all of its engines."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, TextClause, event
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

_compiled: dict[Any, Any] = {}


@contextmanager
def executed(engine: Engine) -> Iterator[list[str]]:
    """The statements that are executed meanwhile, in order."""
    seen: list[str] = []

    def note(_db: object, _cursor: object, statement: str, *_more: object) -> None:
        seen.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def begins(statement: Any) -> bool:
    """Whether a statement is the beginning that every transaction says itself."""
    return isinstance(statement, TextClause) and statement.text.startswith("BEGIN")


def share() -> None:
    """Have all engines of this process use what any of them has compiled: every test has an engine of its own."""
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
