"""Statements that SQLAlchemy writes once for each kind of database, and that the driver then executes as they are.

`Connection.execute` finds out anew at every execution what never changes of a statement: its text, and how its
parameters and columns are converted. A member's gesture makes ten statements, and that was a quarter of what it costs.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from sqlalchemy import Connection, Dialect, Executable, Table
from sqlalchemy.exc import DBAPIError, MultipleResultsFound, NoResultFound

Row = tuple[Any, ...]
Parameters = Sequence[Any] | Mapping[str, Any]  # by their places or by their names, as the driver takes them
Conversion = Callable[[Any], Any]  # between what we hold and what the driver takes; None is None to both
_COUNTED = {"preserve_rowcount": True}  # of an insert too
T = TypeVar("T")
K = TypeVar("K")
G = TypeVar("G")


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
        written = self._as_written(db, parameters)
        return written.read(_ask(db, _rows, written.text, written.given(parameters)))

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
            return db.execute(self.on(db), parameters, execution_options=_COUNTED).rowcount
        written = self._as_written(db, parameters)
        return int(_ask(db, _count, written.text, written.given(parameters)))

    def run_each(self, db: Connection, rows: Sequence[Mapping[str, Any]], /) -> None:
        """Do it with each of these parameters, which have the same names."""
        if not rows:
            return
        if _is_heard(db):
            db.execute(self.on(db), rows)
            return
        written = self._as_written(db, rows[0])
        _ask(db, _each, written.text, [written.given(row) for row in rows])

    def _as_written(self, db: Connection, names: Iterable[str]) -> "_Written":
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
        binds = {name: bind for bind, name in compiled.bind_names.items()}
        self._names = binds.keys()
        self._fixed = {name: bind.effective_value for name, bind in binds.items() if not bind.required}
        self._writes = _conversions(
            {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in binds.items()}
        )
        self._arranged = _arrangement(compiled.positiontup) if compiled.positional else _as_they_are
        columns = enumerate(getattr(statement, "exported_columns", ()))
        self._reads = _conversions(
            {at: column.type.dialect_impl(dialect).result_processor(dialect, None) for at, column in columns}
        )

    def given(self, parameters: Mapping[str, Any]) -> Parameters:
        """The parameters as the driver takes them."""
        known = {**self._fixed, **parameters}
        if known.keys() != self._names:
            raise LookupError(f"parameters {sorted(known.keys() ^ self._names)} are missing or unknown: {self.text}")
        for name, convert in self._writes:
            if (value := known[name]) is not None:
                known[name] = convert(value)
        return self._arranged(known)

    def read(self, rows: Sequence[Row]) -> Sequence[Row]:
        """The rows as we hold them."""
        return [self._converted(row) for row in rows] if self._reads else rows

    def _converted(self, row: Row) -> Row:
        values = list(row)
        for at, convert in self._reads:
            if (value := values[at]) is not None:
                values[at] = convert(value)
        return tuple(values)


def _arrangement(names: Sequence[str]) -> Callable[[Mapping[str, Any]], Parameters]:
    """What puts the values of these names in their order."""
    if len(names) > 1:
        return itemgetter(*names)
    return lambda known: [known[name] for name in names]


def _as_they_are(known: Parameters) -> Parameters:
    return known


def _conversions(found: Mapping[K, Conversion | None]) -> list[tuple[K, Conversion]]:
    """Those that there are, with where they belong."""
    return [(key, convert) for key, convert in found.items() if convert is not None]


def _is_heard(db: Connection) -> bool:
    """Whether somebody listens to what is executed."""
    heard = db.engine.dispatch
    return bool(heard.before_cursor_execute or heard.after_cursor_execute or heard.before_execute)


def _rows(cursor: Any, text: str, given: Parameters) -> Sequence[Row]:
    return cursor.execute(text, given).fetchall()  # type: ignore[no-any-return]


def _count(cursor: Any, text: str, given: Parameters) -> int:
    return cursor.execute(text, given).rowcount  # type: ignore[no-any-return]


def _each(cursor: Any, text: str, given: Sequence[Parameters]) -> None:
    cursor.executemany(text, given)


def _ask(db: Connection, ask: Callable[[Any, str, G], T], text: str, given: G) -> T:
    """What the driver answers; its errors as SQLAlchemy raises them, a broken connection given up."""
    cursor = db.connection.cursor()
    try:
        return ask(cursor, text, given)
    except db.dialect.loaded_dbapi.Error as error:
        broken = db.dialect.is_disconnect(error, db.connection, cursor)
        raised = DBAPIError.instance(None, None, error, db.dialect.loaded_dbapi.Error, connection_invalidated=broken)
        if broken:
            db.invalidate(error)
        raise raised from error
    finally:
        cursor.close()
