"""What the store tests share: a study group on each database."""

import pytest
from sqlalchemy import Engine

from bot.library import Library
from tests.clock import Clock
from tests.store.study import Study, choices_only


@pytest.fixture
def study(engine: Engine, library: Library, clock: Clock) -> Study:
    """Study groups whose questions are answered by one press."""
    return Study(engine, choices_only(library), clock)
