"""Every scene runs on every stage: `STAGES` lists them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.library import Library
from tests.clock import Clock
from tests.scenes.knowledge import Knowledge
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.stage import Stage
from tests.stages.terminal import TerminalStage

STAGES = (TerminalStage, DiscordStage, SlackStage)


@pytest.fixture(params=STAGES, ids=lambda kind: kind.name)
async def stage(request: pytest.FixtureRequest, tmp_path: Path, library: Library) -> AsyncIterator[Stage]:
    """A group on a stage, on a Tuesday at nine UTC."""
    made = request.param(tmp_path, library, Clock())
    await made.open()
    yield made
    await made.close()


@pytest.fixture
def knows(library: Library) -> Knowledge:
    """Somebody who knows every answer."""
    return Knowledge(library)
