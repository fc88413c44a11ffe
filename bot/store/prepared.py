"""Statements that SQLAlchemy writes once for each kind of database, and that the driver then executes as they are.

`Connection.execute` finds out anew at every execution what never changes of a statement: its text, and how its
parameters and columns are converted. A member's gesture makes ten statements, and that was a quarter of what it costs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Executable, Table
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Conversion = Callable[[Any], Any] | None  # between what we hold and what the driver takes; None where both are one
T = TypeVar("T")


class Prepared:
    """A statement that is the same every time but for its parameters, which are given by their names.

    It does and raises what `Connection.execute` would; its rows are plain tuples. Whoever listens to an engine's
    statements hears these as well: then they go by `Connection.execute`. A name that is missing or unknown raises
    LookupError. Lists of values (`in_` with an expanding parameter) have another text each time, and are refused.
    """

    def __init__(self, statement: Executable) -> None:
        self._statement = statement
        self._written: dict[str, _Written] = {}

    def on(self, db: Connection) -> Executable:  # noqa: ARG002 (some statements are others on each database)
        """The statement itself, as the kind of database of `db` has it."""
        return self._statement

    def all(self, db: Connection, /, **parameters: Any) -> Sequence[Row]:
        """Every row."""
        if _is_heard(db):
            return [tuple(row) for row in db.execute(self.on(db), parameters)]
        written = self._on(db, parameters)
        given = written.given(parameters)
        return written.read(_ask(db, lambda cursor: cursor.execute(written.text, given).fetchall()))

    def first(self, db: Connection, /, **parameters: Any) -> Row | None:
        """The first row; None if there is none."""
        rows = self.all(db, **parameters)
        return rows[0] if rows else None

    def one(self, db: Connection, /, **parameters: Any) -> Row:
        """The one row. Raises NoResultFound or MultipleResultsFound."""
        rows = self.all(db, **parameters)
        if len(rows) > 1:
            raise MultipleResultsFound(f"{len(rows)} rows")
        if not rows:
            raise NoResultFound("no row")
        return rows[0]

    def scalars(self, db: Connection, /, **parameters: Any) -> list[Any]:
        """The first value of every row."""
        return [row[0] for row in self.all(db, **parameters)]

    def scalar(self, db: Connection, /, **parameters: Any) -> Any:
        """The first value of the first row; None if there is none."""
        rows = self.all(db, **parameters)
        return rows[0][0] if rows else None

    def run(self, db: Connection, /, **parameters: Any) -> int:
        """Do it; to how many rows it was done."""
        if _is_heard(db):
            return db.execute(self.on(db), parameters).rowcount
        written = self._on(db, parameters)
        given = written.given(parameters)
        return int(_ask(db, lambda cursor: cursor.execute(written.text, given).rowcount))

    def run_each(self, db: Connection, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Do it with each of these parameters, which have the same names."""
        if not rows:
            return
        if _is_heard(db):
            db.execute(self.on(db), rows)
            return
        written = self._on(db, rows[0])
        given = [written.given(row) for row in rows]
        _ask(db, lambda cursor: cursor.executemany(written.text, given))

    def _on(self, db: Connection, names: Iterable[str]) -> "_Written":
        written = self._written.get(db.dialect.name)
        if written is None:
            written = self._written[db.dialect.name] = _Written(self.on(db), db.dialect, names)
        return written


class PerDialect(Prepared):
    """An insert with `ON CONFLICT`, which each database has its own class for; built once for each in use."""

    def __init__(self, table: Table, finish: Callable[[Any], Executable]) -> None:
        self._table = table
        self._finish = finish
        self._built: dict[str, Executable] = {}
        self._written = {}

    def on(self, db: Connection) -> Executable:
        """The statement for the database of `db`."""
        name = db.dialect.name
        if name not in self._built:
            if name == "sqlite":
                from sqlalchemy.dialects.sqlite import insert  # noqa: PLC0415 (only the database in use is imported)
            else:
                from sqlalchemy.dialects.postgresql import insert  # type: ignore[assignment]  # noqa: PLC0415
            self._built[name] = self._finish(insert(self._table))
        return self._built[name]


class _Written:
    """A statement as one kind of database takes it: its text, and what becomes of parameters and columns."""

    def __init__(self, statement: Any, dialect: Dialect, names: Iterable[str]) -> None:
        compiled = statement.compile(dialect=dialect, column_keys=list(names))
        if compiled.post_compile_params:
            raise ValueError(f"a statement with a list of values cannot be prepared: {compiled.string}")
        if left_out := [column.name for column in (*compiled.insert_prefetch, *compiled.update_prefetch)]:
            raise LookupError(f"parameters {left_out} are missing: a prepared statement knows no defaults")
        self.text = compiled.string
        self._fixed = {name: bind.effective_value for bind, name in compiled.bind_names.items() if not bind.required}
        binds = {name: _impl(bind.type, dialect).bind_processor(dialect) for bind, name in compiled.bind_names.items()}
        self._count = len(binds)
        self._by_place = tuple((name, binds[name]) for name in compiled.positiontup) if compiled.positional else None
        self._by_name = tuple(binds.items())
        columns = [column.type for column in getattr(statement, "exported_columns", ())]
        reads = tuple(_impl(column, dialect).result_processor(dialect, None) for column in columns)
        self._reads = reads if any(reads) else None

    def given(self, parameters: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        known = {**self._fixed, **parameters}
        if len(known) != self._count:
            named = {name for name, _conversion in self._by_name}
            raise LookupError(f"parameters {sorted(known.keys() ^ named)} are missing or unknown: {self.text}")
        if self._by_place is not None:
            return [known[name] if convert is None else convert(known[name]) for name, convert in self._by_place]
        return {name: known[name] if convert is None else convert(known[name]) for name, convert in self._by_name}

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows as we hold them."""
        if self._reads is None:
            return rows
        return [
            tuple([value if read is None else read(value) for value, read in zip(row, self._reads, strict=True)])
            for row in rows
        ]


def _impl(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)


def _is_heard(db: Connection) -> bool:
    """Whether somebody listens to what is executed."""
    heard = db.dispatch
    return bool(heard.before_cursor_execute or heard.after_cursor_execute or heard.before_execute)


def _ask(db: Connection, ask: Callable[[Any], T]) -> T:
    """What the driver answers; its errors as SQLAlchemy raises them, a broken connection given up."""
    cursor = db.connection.cursor()
    try:
        return ask(cursor)
    except db.dialect.loaded_dbapi.Error as error:
        broken = db.dialect.is_disconnect(error, db.connection, cursor)
        raised = DBAPIError.instance(None, None, error, db.dialect.loaded_dbapi.Error, connection_invalidated=broken)
        if broken:
            db.invalidate(error)
        raise raised from error
    finally:
        cursor.close()
