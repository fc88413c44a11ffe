"""A database that cannot be used is one sentence that says why and what to do, and never the password."""

import ctypes
import os
import sqlite3
import tempfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text
from typer.testing import CliRunner

from bot import __main__ as program
from bot.store import engine as engine_module
from bot.store.engine import DatabaseUnusableError, open_engine, transaction
from bot.store.migrate import upgrade
from tests.store.server import Server

SECRET = "correct-horse"


def complaint(url: str) -> str:
    """The sentence with which that database is refused."""
    with pytest.raises(DatabaseUnusableError) as refused:
        use(url)
    sentence = str(refused.value)
    assert "\n" not in sentence
    assert sentence.endswith(".")
    assert SECRET not in sentence
    return sentence


def use(url: str) -> None:
    """Open a database and bring it up to date."""
    engine = open_engine(url)
    try:
        upgrade(engine)
    finally:
        engine.dispose()


def made(path: Path) -> str:
    """The address of an SQLite file with the tables of this release."""
    url = f"sqlite:///{path}"
    use(url)
    return url


@pytest.mark.parametrize(
    ("url", "part"),
    [
        ("", "address (--database or DATABASE_URL) is none"),
        ("nonsense", "address (--database or DATABASE_URL) is none"),
        (f"postgresql://bot:{SECRET}@host:port/name", "address (--database or DATABASE_URL) is none"),
        (f"oracle+nothing://bot:{SECRET}@host/name", "'oracle+nothing'"),
        (f"mysql://bot:{SECRET}@host/name", "'mysql'"),
        ("sqlite://", "needs a file"),
        ("sqlite:///:memory:", "needs a file"),
    ],
)
def test_unknown_addresses(url: str, part: str) -> None:
    """What is no address, or one of a database that is not supported, is named without its password."""
    assert part in complaint(url)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    """A file where a folder should be is said to be in the way."""
    (tmp_path / "file").write_text("in the way")
    assert "folder" in complaint(f"sqlite:///{tmp_path}/file/below/batchmate.db")


def test_a_folder_instead_of_a_file(tmp_path: Path) -> None:
    """A folder is no database file."""
    assert "cannot be opened" in complaint(f"sqlite:///{tmp_path}")


def test_a_locked_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that another program keeps locked is said to be locked, after a while and not for ever."""
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.2)
    other = sqlite3.connect(tmp_path / "batchmate.db", isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    assert "locked by another program" in complaint(f"sqlite:///{tmp_path / 'batchmate.db'}")
    other.execute("ROLLBACK")
    other.close()
    made(tmp_path / "batchmate.db")


@pytest.mark.parametrize("damage", ["words", "middle", "short"])
def test_a_damaged_file(tmp_path: Path, damage: str) -> None:
    """A file of something else, or a damaged one, is said to be no database, and is left as it is."""
    path = tmp_path / "batchmate.db"
    made(path)
    kept = path.read_bytes()
    broken = {
        "words": b"Dear diary, " * 400,
        "middle": kept[:100] + b"\xff" * (len(kept) - 100),
        "short": kept[: len(kept) // 3],
    }[damage]
    path.write_bytes(broken)
    assert "damaged" in complaint(f"sqlite:///{path}")
    assert path.read_bytes() == broken


def as_nobody(work: Callable[[], str]) -> str:
    """Run `work` in a thread that files treat as a stranger: root may write to read-only files, nobody else may."""
    if os.geteuid() != 0:
        return work()
    system = ctypes.CDLL(None)

    def run() -> str:
        system.setfsuid(65534)  # of this thread alone
        return work()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.mark.parametrize("shape", ["finished", "empty"])
def test_a_read_only_file(shape: str) -> None:
    """A file that may only be read is said to be read-only, and how to change that."""
    with tempfile.TemporaryDirectory() as name:  # not tmp_path: strangers cannot even look into that
        folder = Path(name)
        path = folder / "batchmate.db"
        if shape == "finished":
            made(path)
            with closing(sqlite3.connect(path, isolation_level=None)) as db:
                db.execute("UPDATE alembic_version SET version_num = ''")
        else:
            path.touch()
        path.chmod(0o444)
        folder.chmod(0o555)
        sentence = as_nobody(lambda: complaint(f"sqlite:///{path}"))
        folder.chmod(0o755)
    assert "read-only" in sentence
    assert "writable" in sentence


def test_an_unreachable_server() -> None:
    """A PostgreSQL that does not answer is said to be out of reach."""
    sentence = complaint(f"postgresql://bot:{SECRET}@127.0.0.1:1/batchmate")
    assert "cannot be reached" in sentence
    assert "127.0.0.1:1/batchmate" in sentence


def test_a_database_that_is_not_there(postgres: Server) -> None:
    """A PostgreSQL without such a database says so."""
    assert "does not exist" in complaint(postgres.url("nowhere"))


def test_a_newer_database(database_url: str) -> None:
    """A database that a newer release has changed is refused, and nothing in it changes."""
    engine = open_engine(database_url)
    upgrade(engine)
    with transaction(engine) as db:
        db.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    assert "newer release" in complaint(database_url)
    with transaction(engine) as db:
        assert db.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"
    engine.dispose()


def test_the_command_line_says_it_in_one_line(tmp_path: Path) -> None:
    """The program ends with exit code 1 and the one sentence, not with a traceback."""
    path = tmp_path / "batchmate.db"
    path.write_bytes(b"Dear diary, " * 400)
    for command in ("migrate", "play"):
        run = CliRunner().invoke(program.cli, [command, "--database", f"sqlite:///{path}"])
        assert run.exit_code == 1
        assert "damaged" in run.output
        assert len(run.output.strip().splitlines()) == 1


@pytest.mark.parametrize("line", [["bank", "schema", "{file}/schemas"], ["manifest", "slack", "--write"]])
def test_what_cannot_be_written_is_said(line: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command that writes files, in a place where it cannot, ends with a sentence."""
    file = tmp_path / "notes"
    file.write_text("")
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(program.cli, [word.format(file=file) for word in line])
    assert told.exit_code == 1
    assert "cannot be written: " in told.stderr
