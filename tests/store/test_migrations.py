"""Migrations and tables say the same, and many may start at once."""

import shutil
from collections.abc import Iterator
from datetime import UTC, date, datetime
from multiprocessing import get_context
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Integer,
    MetaData,
    inspect,
    select,
)

from bot.store import migrate
from bot.store.engine import open_engine, transaction
from bot.store.migrate import HEAD, revision, upgrade
from bot.store.tables import metadata
from tests.store import writer
from tests.store.server import EMPTY, Server

NEWER = {"turn", "installation", "install_state", "firing", "reminder", "seen"}
UNUSED = "schedule"  # the first release had such a table and never wrote to it; it was made anew


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a database without a single table, of each kind in turn."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'empty.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    name = server.create(template=EMPTY)
    yield server.url(name)
    server.drop(name)


def test_migrations_equal_tables(engine: Engine) -> None:
    """What the migrations build is what the code declares: columns, types, indexes and constraints."""
    with engine.connect() as db:
        context = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        assert set(inspect(db).get_table_names()) == set(metadata.tables) | {"alembic_version"}


def test_two_processes_migrate_at_once(empty_url: str, tmp_path: Path) -> None:
    """Two processes that bring an empty database up to date together both succeed; one did it, one found it done."""
    spawn = get_context("spawn")
    both = [spawn.Process(target=writer.migrate, args=(empty_url, str(tmp_path))) for _number in range(2)]
    for process in both:
        process.start()
    writer.let_go(tmp_path, 2)
    for process in both:
        process.join(60)

    assert [process.exitcode for process in both] == [0, 0]
    assert (tmp_path / "made").exists(), "nobody did it"
    assert (tmp_path / "found").exists(), "both did it"
    engine = open_engine(empty_url)
    with transaction(engine, reads=True) as db:
        assert revision(db) == HEAD
    engine.dispose()


def test_any_name_of_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Migrations are found in a folder with spaces, commas and other signs in its name."""
    folder = tmp_path / "my work, 100% mine: a+b"
    shutil.copytree(migrate.FOLDER, folder)
    monkeypatch.setattr(migrate, "FOLDER", folder)
    engine = open_engine(f"sqlite:///{tmp_path / 'empty.db'}")
    upgrade(engine)
    with transaction(engine, reads=True) as db:
        assert revision(db) == HEAD
        assert set(metadata.tables) <= set(inspect(db).get_table_names())
    engine.dispose()


def test_an_older_database_keeps_what_it_has(empty_url: str) -> None:
    """A database of the first release, with rows in every table, is brought up to date and back: nothing is lost."""
    engine = open_engine(empty_url)
    older = {name: MetaData() for name in ("before", "after", "back")}
    with transaction(engine) as db:
        command.upgrade(migrate.config(db), "0001")
        older["before"].reflect(db)
        fill(db, older["before"])
        before = contents(db, older["before"])
        assert set(before) == set(metadata.tables) - NEWER - {UNUSED}
        assert all(before.values()), "a table without a row proves nothing"
    assert upgrade(engine)
    with transaction(engine, reads=True) as db:
        assert contents(db, older["before"]) == before
        older["after"].reflect(db)
        added = db.execute(select(*(metadata.tables["message"].c[name] for name in ("below", "title", "opened"))))
        assert [tuple(row) for row in added] == [("", "", "")]
        home = db.execute(select(metadata.tables["home"].c["removed_at", "installer"])).one()
        assert tuple(home) == (None, "")
        seen = db.execute(select(metadata.tables["seen"])).one()
        assert tuple(seen) == (1, "content_id", datetime(2026, 3, 10, 9, tzinfo=UTC))
    with transaction(engine) as db:
        command.downgrade(migrate.config(db), "0001")
        assert contents(db, older["before"]) == before
        older["back"].reflect(db)
        assert compare(older["back"]) == compare(older["before"]) != compare(older["after"])
    engine.dispose()


def fill(db: Connection, found: MetaData) -> None:
    """One row in every table, each referring to the rows with the key 1."""
    for table in found.sorted_tables:
        if table.name != "alembic_version":
            db.execute(table.insert().values({column.name: example(column) for column in table.columns}))


def example(column: Column[object]) -> object:
    """A value for a column: keys are 1, text is its name."""
    kind = column.type
    if isinstance(kind, DateTime):
        return datetime(2026, 3, 10, 9, tzinfo=UTC)
    if isinstance(kind, Date):
        return date(2026, 3, 10)
    if isinstance(kind, Boolean):
        return True
    return 1 if isinstance(kind, Integer) else column.name


def contents(db: Connection, found: MetaData) -> dict[str, list[tuple[object, ...]]]:
    """The rows of every table, in the columns of an older release."""
    return {
        table.name: [tuple(row) for row in db.execute(select(*table.columns))]
        for table in found.sorted_tables
        if table.name not in ("alembic_version", UNUSED)
    }


def compare(found: MetaData) -> dict[str, object]:
    """The shape of every table: columns, and what is indexed."""
    return {
        table.name: (
            sorted(column.name for column in table.columns),
            sorted((str(index.name), tuple(index.columns.keys())) for index in table.indexes),
        )
        for table in found.sorted_tables
    }


def test_a_second_upgrade_changes_nothing(empty_url: str) -> None:
    """Bringing a database up to date twice does something once."""
    engine = open_engine(empty_url)
    assert [upgrade(engine), upgrade(engine)] == [True, False]
    engine.dispose()
