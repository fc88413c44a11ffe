"""What the store tests share: a study group on each database, and a file without anybody in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.library import Library
from bot.store.engine import open_engine
from tests.clock import Clock
from tests.store.prepared import prepare
from tests.store.study import Study, choices_only


@pytest.fixture
def study(engine: Engine, library: Library, clock: Clock) -> Study:
    """Study groups whose questions are answered by one press."""
    return Study(engine, choices_only(library), clock)


@pytest.fixture
def lite(tmp_path: Path) -> Iterator[Engine]:
    """An SQLite file with the tables of this release."""
    engine = open_engine(prepare(tmp_path / "lite.db"))
    yield engine
    engine.dispose()
