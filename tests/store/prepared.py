"""SQLite files that have the tables of this release already: migrated once in a process, copied ever after."""

import tempfile
from functools import cache
from pathlib import Path

from bot.store.engine import open_engine
from bot.store.migrate import upgrade


def prepare(path: Path) -> str:
    """Make `path` such a file, unless there is one; its address."""
    if not path.exists():
        path.write_bytes(_migrated())
    return f"sqlite:///{path}"


@cache
def _migrated() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "migrated.db"
        engine = open_engine(f"sqlite:///{path}")
        upgrade(engine)
        engine.dispose()
        assert [entry.name for entry in path.parent.iterdir()] == [path.name]  # nothing is left in a log beside it
        return path.read_bytes()
