"""Options as features read them: what they refuse is said of the option that it is about."""

from collections.abc import Callable
from typing import TypeVar

from bot.chat.arguments import Options
from bot.chat.replies import Refusal

T = TypeVar("T")


def read_option(options: Options, name: str, reader: Callable[[str], T], otherwise: T) -> T:
    """What `reader` makes of an option; `otherwise` where it is not given. Raises Refusal, with the option's name."""
    words = options.text(name)
    if not words:
        return otherwise
    try:
        return reader(words)
    except Refusal as refusal:
        raise Refusal(refusal.message, name) from refusal
