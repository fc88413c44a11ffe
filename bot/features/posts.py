"""What a scheduled post is made of, whatever its kind."""

from msgspec import Struct
from msgspec.structs import replace

from bot.chat.cards import Card, Text
from bot.chat.inline import Ping


class Posted(Struct, frozen=True):
    """What a schedule has posted: the round of a quiz, or the id of a concept or a challenge."""

    round_id: int | None = None
    content: str = ""


def pinging(card: Card, role: str) -> Card:
    """A card that notifies a role, if a moderator has named one."""
    return replace(card, blocks=(Text((Ping(role),)), *card.blocks)) if role else card
