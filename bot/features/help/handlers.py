"""Reads the registry back to whoever asks; moderators see their commands too."""

from collections.abc import Sequence

from bot.chat.arguments import Options, find_command
from bot.chat.commands import Command
from bot.chat.people import Role
from bot.chat.registry import unknown_command
from bot.chat.replies import Refusal, Reply
from bot.context import Context
from bot.features.help import cards


def show(ctx: Context, options: Options) -> Reply:
    """All commands, or one with its options."""
    every = tuple(ctx.registry.commands.values())
    moderates = ctx.is_moderator()
    known = [c for c in every if moderates or c.role is Role.MEMBER]
    words = _bare(every, options.text("command") or "")
    if not words:
        return Reply(card=cards.overview(known))
    found = find_command(every, words)
    group = [c for c in every if c.name.split()[0] == words.casefold().split()[0]]
    if found is None and not group:
        raise Refusal(unknown_command(ctx.registry, words))
    asked = [c for c in ([found[0]] if found else group) if c in known]
    if not asked:
        ctx.check_moderator()
    return Reply(card=cards.command(asked[0]) if found else cards.overview(asked))


def _bare(known: Sequence[Command], words: str) -> str:
    """`words` without a slash, and without the one word that some platforms have before every command."""
    bare = words.lstrip("/ ")
    first, _blank, after = bare.partition(" ")
    names = {c.name.split()[0] for c in known}
    groups = {c.name.split()[0] for c in known if " " in c.name}
    has_prefix = words.startswith("/") and first not in groups and after.split()[:1] != []
    return after if has_prefix and after.split()[0] in names else bare
