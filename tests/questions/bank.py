"""The templates of a content folder, read once."""

from functools import lru_cache
from pathlib import Path

from bot.library import load
from bot.questions.template import TemplateItem


@lru_cache(maxsize=1)
def templates(root: Path) -> tuple[TemplateItem, ...]:
    """Every template below `root`."""
    return tuple(item for item in load(root).items.values() if isinstance(item, TemplateItem))
