"""Reads the registry back to whoever asks; moderators see their commands too."""

from bot.chat.arguments import Options, find_command
from bot.chat.people import Role
from bot.chat.registry import unknown_command
from bot.chat.replies import Refusal, Reply
from bot.context import Context
from bot.features.help import cards


def show(ctx: Context, options: Options) -> Reply:
    """All commands, or one with its options."""
    words = (options.text("command") or "").lstrip("/ ")
    known = [c for c in ctx.registry.commands.values() if c.role is Role.MEMBER or ctx.is_moderator()]
    if not words:
        return Reply(card=cards.overview(known))
    found = find_command(known, words)
    if found is not None:
        return Reply(card=cards.command(found[0]))
    group = [c for c in known if c.name.split()[0] == words.casefold().split()[0]]
    if not group:
        raise Refusal(unknown_command(ctx.registry, words))
    return Reply(card=cards.overview(group))
