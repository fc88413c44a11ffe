"""What `batchmate doctor` says of a database and of its disk."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.store import condition
from bot.store.condition import examine
from bot.store.engine import DatabaseUnusableError, open_engine, transaction
from bot.store.migrate import upgrade


def standing_at(url: str, revision: str) -> Engine:
    """A database that is said to stand at a revision."""
    engine = open_engine(url)
    upgrade(engine)
    with transaction(engine) as db:
        db.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})
    return engine


def test_a_database_that_is_up_to_date(database_url: str) -> None:
    """A database in the shape of this release is well, and looking at it leaves nothing behind."""
    engine = open_engine(database_url)
    upgrade(engine)
    well, sentence = examine(database_url)[0]
    assert well
    assert "up to date" in sentence
    with transaction(engine) as db:
        assert not engine.dialect.has_table(db, "condition_probe")
    engine.dispose()


def test_an_empty_database_is_filled_by_the_first_start(tmp_path: Path) -> None:
    """A file that is not there yet is no trouble."""
    well, sentence = examine(f"sqlite:///{tmp_path / 'new.db'}")[0]
    assert well
    assert "the first start fills it" in sentence


def test_a_database_of_another_release(database_url: str) -> None:
    """One that stands elsewhere is named, with the command that brings it up to date."""
    standing_at(database_url, "0001").dispose()
    well, sentence = examine(database_url)[0]
    assert not well
    assert "(0001)" in sentence
    assert "batchmate migrate" in sentence


def test_a_database_of_a_newer_release(database_url: str) -> None:
    """One that stands where this release cannot bring it on is named with what to do, as `migrate` does."""
    engine = standing_at(database_url, "9999")
    well, sentence = examine(database_url)[0]
    assert not well
    with pytest.raises(DatabaseUnusableError) as refused:
        upgrade(engine)
    assert str(refused.value) in sentence
    engine.dispose()


def test_a_database_of_another_program(tmp_path: Path) -> None:
    """Tables of somebody else's are not taken for an empty database."""
    url = f"sqlite:///{tmp_path / 'theirs.db'}"
    engine = open_engine(url)
    with transaction(engine) as db:
        db.execute(text("CREATE TABLE person (id INTEGER)"))
    engine.dispose()
    well, sentence = examine(url)[0]
    assert not well
    assert "holds tables of another program, such as person" in sentence


def test_a_home_in_an_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`~` is the user's own folder, as in a shell."""
    monkeypatch.setenv("HOME", str(tmp_path))
    upgrade(open_engine("sqlite:///~/group.db"))
    assert (tmp_path / "group.db").exists()


def test_a_disk_that_is_full_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database cannot be written, and its disk is full, both are said."""
    path = tmp_path / "notes.db"
    path.write_text("These are notes, and no database at all. " * 50)
    monkeypatch.setattr(condition, "LEAST_FREE", 2**60)
    (_database, (well, sentence)) = examine(f"sqlite:///{path}")
    assert not well
    assert "make room" in sentence


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("mysql://somebody:hidden@localhost/x", "works with sqlite and postgresql"),
        ("postgres://somebody:hidden@127.0.0.1:1/none", "cannot be reached"),
        ("nonsense", "is none"),
    ],
)
def test_a_database_that_cannot_be_used(url: str, said: str) -> None:
    """The sentence says why, and holds no password."""
    ((well, sentence),) = examine(url)
    assert not well
    assert said in sentence
    assert "hidden" not in sentence


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    """A file of something else is not taken for one."""
    path = tmp_path / "notes.db"
    path.write_text("These are notes, and no database at all. " * 50)
    ((well, sentence),) = examine(f"sqlite:///{path}")
    assert not well
    assert "no SQLite database" in sentence


def test_the_disk_is_looked_at(tmp_path: Path) -> None:
    """A file's disk is said with what is free on it; PostgreSQL's is somebody else's business."""
    found = examine(f"sqlite:///{tmp_path / 'new.db'}")
    assert "MB free" in found[1][1]
