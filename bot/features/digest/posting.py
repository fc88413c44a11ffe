"""The digest of the last seven days for everyone."""

from datetime import date, timedelta

from bot.context import Context
from bot.features import posts
from bot.features.digest import cards
from bot.features.digest.handlers import gather
from bot.features.posts import Posted
from bot.store.schedules import ScheduleRow

SPAN = timedelta(days=6)  # before its own day


def post(ctx: Context, schedule: ScheduleRow, day: date, key: str) -> Posted | None:
    """Post what the group learned in the seven days up to `day`."""
    week = gather(ctx, day - SPAN, day)
    ctx.post(key, lambda: posts.pinging(cards.digest(week), schedule.ping), schedule.space)
    return Posted()
