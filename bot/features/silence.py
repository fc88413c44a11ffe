"""Keeps dailies that nobody answers from going on for ever: first fewer are offered, then it waits to be woken."""

from bot.context import Context
from bot.features import planning
from bot.features.schedule import cards
from bot.store import schedules
from bot.store.schedules import FiringRow

FEWEST = 2  # who answer, or a post counts as quiet
OFFER_AFTER, PAUSE_AFTER = 5, 10


def heard(ctx: Context, firing: FiringRow, people: int) -> None:
    """A daily has closed, answered by so many people; one from before the schedule was resumed says nothing."""
    schedule = schedules.find(ctx.db, ctx.group.id, firing.schedule_id, hold=True)
    if schedule is None:
        return
    quiet = 0 if people >= FEWEST and schedule.quiet >= 0 else schedule.quiet + 1
    if quiet != schedule.quiet:
        schedules.change(ctx.db, schedule.id, quiet=quiet)
    if quiet == OFFER_AFTER and planning.is_often(schedule):
        planning.tell_moderators(
            ctx, schedule, f"desk:{schedule.id}:quiet:{firing.day}", lambda: cards.offer(schedule, OFFER_AFTER)
        )
    elif quiet >= PAUSE_AFTER and schedule.state == schedules.ON:
        planning.pause(ctx, schedule, schedules.SILENT)
        ctx.post(f"asleep:{schedule.id}:{firing.day}", lambda: cards.asleep(schedule), schedule.space)
