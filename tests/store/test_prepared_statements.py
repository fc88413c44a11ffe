"""Prepared statements: what SQLAlchemy itself would do, raise and return, without its work at every execution."""

from datetime import date
from pathlib import Path
from random import Random

import pytest
from sqlalchemy import Engine, bindparam, func, insert, select, update
from sqlalchemy.exc import IntegrityError, MultipleResultsFound, NoResultFound, OperationalError

from bot.library import Library
from bot.store import tables
from bot.store.engine import open_engine, transaction
from bot.store.prepared import Prepared
from bot.store.tables import metadata, table_of
from tests.clock import START
from tests.statements import executed
from tests.store.prepared import prepare
from tests.store.test_ledger_and_boards import ACTS, begin

PERSON = table_of(tables.Person)
SETTING = table_of(tables.Setting)
NEW = Prepared(insert(PERSON))
ALL = select(PERSON.c.id, PERSON.c.zone, PERSON.c.created_at, PERSON.c.streak_day, PERSON.c.streak > 3).order_by(
    PERSON.c.id
)
BY_ID = Prepared(ALL.where(PERSON.c.id == bindparam("person")))
MOVE = Prepared(update(PERSON).where(PERSON.c.zone == bindparam("old")).values(zone=bindparam("new")))


def row(person: int) -> dict[str, object]:
    """A person's row."""
    return {"id": person, "zone": "UTC", "created_at": START, "streak": person, "longest": 0, "streak_day": None}


def add(engine: Engine, *persons: int, **more: object) -> None:
    """People with these ids."""
    with transaction(engine) as db:
        NEW.run_each(db, [{**row(person), **more} for person in persons])


def test_values_come_back_as_they_went(engine: Engine) -> None:
    """Moments, days, truth and nothing at all come back as SQLAlchemy itself reads them."""
    add(engine, 1, streak_day=date(2026, 3, 29))
    add(engine, 7, streak_day=None, zone=None)
    with transaction(engine, reads=True) as db:
        found = Prepared(ALL).all(db)
        assert found == [(1, "UTC", START, date(2026, 3, 29), False), (7, None, START, None, True)]
        assert found == [tuple(row) for row in db.execute(ALL)]
        assert [type(value) for value in found[0]] == [int, str, type(START), date, bool]
        assert BY_ID.first(db, person=7) == found[1]
        assert BY_ID.first(db, person=8) is None
        assert BY_ID.scalar(db, person=8) is None
        assert Prepared(ALL).scalars(db) == [1, 7]


def test_how_many_were_changed(engine: Engine) -> None:
    """It says to how many rows something was done; with no rows to do it with, nothing is."""
    add(engine, 1, 2, 3)
    with transaction(engine) as db:
        NEW.run_each(db, [])
        assert MOVE.run(db, old="UTC", new="Asia/Tokyo") == 3
        assert MOVE.run(db, old="UTC", new="Asia/Tokyo") == 0
        assert Prepared(select(PERSON.c.zone).distinct()).scalars(db) == ["Asia/Tokyo"]


def test_one_is_one(engine: Engine) -> None:
    """Where one row is asked for, none is an error, and so are two."""
    add(engine, 1, 2)
    with transaction(engine, reads=True) as db:
        assert BY_ID.one(db, person=2)[0] == 2
        with pytest.raises(NoResultFound):
            BY_ID.one(db, person=3)
        with pytest.raises(MultipleResultsFound):
            Prepared(ALL).one(db)


def test_whoever_listens_hears_them(engine: Engine) -> None:
    """A listener to an engine's statements hears prepared ones too, which then bring the same."""
    add(engine, 1, 2)
    with transaction(engine) as db:
        before = Prepared(ALL).all(db)
        with executed(engine) as seen:
            assert Prepared(ALL).all(db) == before
            assert MOVE.run(db, old="UTC", new="Asia/Tokyo") == 2
            NEW.run_each(db, [row(5)])
            assert NEW.run(db, **row(6)) == 1
        assert [statement.split()[0] for statement in seen] == ["SELECT", "UPDATE", "INSERT", "INSERT"]
        assert NEW.run(db, **row(7)) == 1
        assert len(Prepared(ALL).all(db)) == 5
        assert len(seen) == 4


@pytest.mark.parametrize("given", [{}, {"persons": 1}, {"person": 1, "persons": 2}])
def test_a_wrong_name_is_named(engine: Engine, given: dict[str, int]) -> None:
    """A parameter that is missing or unknown is refused by its name, and never taken for nothing."""
    with transaction(engine, reads=True) as db, pytest.raises(LookupError, match="person"):
        Prepared(ALL.where(PERSON.c.id == bindparam("person"))).all(db, **given)


def test_defaults_are_not_guessed(engine: Engine) -> None:
    """A column for which SQLAlchemy itself would fill in a default has to be given."""
    given = {name: value for name, value in row(1).items() if name != "longest"}
    with transaction(engine) as db, pytest.raises(LookupError, match="longest"):
        Prepared(insert(PERSON)).run(db, **given)


def test_lists_are_refused(engine: Engine) -> None:
    """A statement whose text differs from time to time cannot be prepared."""
    some = Prepared(ALL.where(PERSON.c.id.in_(bindparam("some", expanding=True))))
    with transaction(engine, reads=True) as db, pytest.raises(ValueError, match="list of values"):
        some.all(db, some=[1, 2])


def test_a_moment_without_its_zone_is_refused(engine: Engine) -> None:
    """As everywhere in the store."""
    with transaction(engine) as db, pytest.raises(ValueError, match="needs its zone"):
        NEW.run(db, **{**row(1), "created_at": START.replace(tzinfo=None)})


def test_what_the_database_refuses(engine: Engine) -> None:
    """The driver's error comes as SQLAlchemy's, without what was given, and takes the transaction back."""
    secret = "what nobody may read in a log"
    put = Prepared(insert(SETTING))

    def work() -> None:
        with transaction(engine) as db:
            NEW.run(db, **row(1))
            put.run(db, group_id=404, name="moderators", value=secret)

    with pytest.raises(IntegrityError) as refused:
        work()
    assert refused.value.orig is not None
    assert secret not in str(refused.value)
    with transaction(engine, reads=True) as db:
        assert Prepared(ALL).all(db) == []


def test_a_lost_connection_is_given_up(engine: Engine) -> None:
    """A connection that PostgreSQL ended is not used again; the next transaction has a new one."""
    if engine.dialect.name == "sqlite":
        pytest.skip("a file has no connection to lose")
    kill = Prepared(select(func.pg_terminate_backend(func.pg_backend_pid())))
    with pytest.raises(OperationalError) as lost, transaction(engine) as db:
        kill.all(db)
    assert lost.value.connection_invalidated
    add(engine, 1)
    with transaction(engine, reads=True) as db:
        assert BY_ID.scalar(db, person=1) == 1


def test_a_study_group_is_the_same_either_way(tmp_path: Path, library: Library) -> None:
    """What members do leaves the same rows, whether SQLAlchemy executes every statement or the driver does."""
    heard, unheard = (open_engine(prepare(tmp_path / f"{name}.db")) for name in ("heard", "unheard"))
    with executed(heard) as seen:
        _walk(heard, library)
    _walk(unheard, library)
    assert len(seen) > 1000
    rows = _rows(heard)
    assert {"answer", "exposure", "ledger", "board_row", "round_item", "handled", "message"} <= rows.keys()
    assert _rows(unheard) == rows
    heard.dispose()
    unheard.dispose()


def _walk(engine: Engine, library: Library) -> None:
    walk, draw = begin(engine, library), Random(7)
    for _act in range(80):
        walk.act(draw.choice(ACTS), draw)


def _rows(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with transaction(engine, reads=True) as db:
        found = {table.name: [tuple(row) for row in db.execute(select(table))] for table in metadata.sorted_tables}
    return {name: rows for name, rows in found.items() if rows}
