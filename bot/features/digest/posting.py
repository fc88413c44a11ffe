"""The digest of what was since the last one for everyone."""

from datetime import date, timedelta

from bot.context import Context
from bot.features import posts
from bot.features.digest import cards
from bot.features.digest.handlers import gather
from bot.features.posts import Posted
from bot.store import learned
from bot.store.schedules import ScheduleRow

SPAN = timedelta(days=7)  # of the first one


def post(ctx: Context, schedule: ScheduleRow, day: date, key: str) -> Posted | None:  # noqa: ARG001 (up to now)
    """Post what the group learned since the last digest, so that no answer is left out and none is counted twice."""
    week = gather(ctx, learned.told(ctx.db, schedule.id) or ctx.now - SPAN, ctx.now)
    ctx.post(key, lambda: posts.pinging(cards.digest(week), schedule.ping), schedule.space)
    return Posted()
