"""What tests of the core share: a stand on each database."""

from collections.abc import AsyncIterator

import pytest
from sqlalchemy import Engine

from bot.library import Library
from tests.app.stand import Stand, standing
from tests.clock import Clock


@pytest.fixture
async def stand(engine: Engine, library: Library, clock: Clock) -> AsyncIterator[Stand]:
    """A core with a chat platform in memory."""
    async for made in standing(engine, library, clock):
        yield made
