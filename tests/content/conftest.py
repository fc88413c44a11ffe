"""A content tree for each test, and one process that executes code."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.bank.runner import Runner
from tests.content.tree import Tree


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    """A valid content tree."""
    return Tree(tmp_path / "content")


@pytest.fixture(scope="module")
def runner() -> Iterator[Runner]:
    """A process that executes code with small limits and numpy loaded."""
    with Runner(("numpy",), seconds=1, memory=2**28) as started:
        yield started
