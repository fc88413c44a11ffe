"""Lists the ladder and shows a rung of it."""

from bot.chat.arguments import Options, quoted
from bot.chat.cards import Card
from bot.chat.presses import Args, StaleTokenError
from bot.chat.replies import Refusal, Reply
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context
from bot.features.challenges import cards
from bot.library import Library, in_rotation
from bot.library.models import Challenge


def rungs(ctx: Context) -> list[Challenge]:
    """The ladder: every challenge in rotation, from the first level up."""
    found = [c for c in ctx.library.challenges.values() if in_rotation(c, ctx.today)]
    return sorted(found, key=lambda c: (c.level, c.id))


def ladder(ctx: Context, options: Options) -> Reply:
    """Every challenge, or those of one level."""
    level = options.integer("level", -1)
    found = [(at, c) for at, c in enumerate(rungs(ctx), start=1) if level in (-1, c.level)]
    if not found:
        raise Refusal(_("There are no challenges at level {level} yet.").format(level=level))
    return Reply(card=cards.ladder(found))


def show(ctx: Context, options: Options) -> Reply:
    """The challenge with that number on the list, id or name."""
    words = options.text("challenge") or ""
    found = rungs(ctx)
    wanted = words.casefold().strip().lstrip("#")
    if wanted.isdecimal() and len(wanted) < 6 and 1 <= int(wanted) <= len(found):
        return Reply(card=shown(ctx, found[int(wanted) - 1]))
    fits = [c for c in found if wanted in (c.id, c.title.casefold())]
    fits = fits or [c for c in found if wanted and wanted in c.title.casefold()]
    if not fits:
        raise Refusal(
            _("There is no challenge {words}. Say {command} to see all of them.").format(
                words=quoted(words), command=say("challenge list")
            ),
            "challenge",
        )
    return Reply(card=shown(ctx, fits[0]))


def pick(ctx: Context, args: Args) -> Reply:
    """The challenge that was chosen from the list."""
    found = ctx.library.challenges.get(args.values[0]) if args.values else None
    if found is None or not in_rotation(found, ctx.today):
        raise StaleTokenError
    return Reply(card=shown(ctx, found))


def shown(ctx: Context, found: Challenge) -> Card:
    """A challenge with its repositories and what to do instead."""
    fallback = ctx.library.challenges.get(found.fallback or "")
    repos = [
        repo for repo in ctx.library.repositories if f"allow_list:{repo.lists[0]}" == found.verify.require.get("repo")
    ]
    return cards.challenge(found, ctx.library.title(found.topic), fallback, repos)


def suggest(library: Library, text: str) -> list[tuple[str, str]]:
    """Autocomplete for challenges: pairs (id, title)."""
    wanted = text.casefold()
    return [(c.id, c.title) for c in library.challenges.values() if wanted in c.title.casefold() or wanted in c.id]
