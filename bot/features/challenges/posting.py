"""The week's challenge for everyone: the ladder from the bottom up, none again before all have been posted."""

from datetime import date

from bot.context import Context
from bot.features import posts
from bot.features.challenges.handlers import rungs, shown
from bot.features.posts import Posted
from bot.store import schedules
from bot.store.schedules import ScheduleRow


def post(ctx: Context, schedule: ScheduleRow, day: date, key: str) -> Posted | None:  # noqa: ARG001 (of any day)
    """Post the next rung; None if there is no ladder."""
    used = schedules.used(ctx.db, ctx.group.id, schedule.kind)
    found = sorted(rungs(ctx), key=lambda c: (used.get(c.id, (0, date.min))[0], c.level, c.id))
    if not found:
        return None
    ctx.post(key, lambda: posts.pinging(shown(ctx, found[0]), schedule.ping), schedule.space)
    return Posted(content=found[0].id)
