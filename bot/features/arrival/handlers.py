"""Says once where the bot has come to what to type next."""

from bot.chat.words import speaking
from bot.context import Context, Happening
from bot.features.arrival import cards


def welcome(ctx: Context, happening: Happening) -> None:
    """One word in the channel that the platform names, else to who added the bot, else none."""
    event = happening.event
    key = f"welcome:{happening.home_id}:{int(ctx.now.timestamp())}"
    if event.space.channel is not None:
        ctx.post(key, lambda: cards.welcome(is_back=happening.is_back), event.space)
    elif event.installer is not None:
        with speaking(ctx.group.locale):
            ctx.tell(event.installer, cards.welcome(is_back=happening.is_back), key)
