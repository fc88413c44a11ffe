"""Gathers for the bot's own page what stands elsewhere too; it writes nothing, since the page is opened often."""

from bot.chat.replies import Reply
from bot.context import Context
from bot.features.challenges.handlers import rungs
from bot.features.concepts.handlers import of_today
from bot.features.home import cards
from bot.features.home.cards import Today
from bot.features.mate.handlers import Waiting, waiting
from bot.features.my.handlers import answered_in_all, season_place
from bot.features.settings import handlers as settings
from bot.rules.calendar import day_end

CHALLENGES = 3


def page(ctx: Context) -> Reply:
    """The page of who opens it; moderators find the group's settings there too."""
    found = waiting(ctx)
    return Reply(
        card=cards.page(
            ctx.group.name,
            ctx.actor.name if ctx.actor else ctx.me.name,
            _today(ctx, found),
            found.open,
            concept=of_today(ctx),
            answered=answered_in_all(ctx),
            place=season_place(ctx),
            challenges=rungs(ctx)[:CHALLENGES],
            settings=settings.values(ctx) if ctx.is_moderator() else (),
        )
    )


def _today(ctx: Context, found: Waiting) -> Today:
    play, mine = found.daily, found.mine
    if found.comes is not None:
        return Today(found.comes, is_open=False)
    closes = (play.closes_at if play else None) or day_end(ctx.today, ctx.group.zone)
    if mine is None:
        return Today(closes)
    correct = None if mine.response.unsure else mine.correct
    return Today(closes, chosen=True, locked=found.daily_done, correct=correct, points=mine.points)
