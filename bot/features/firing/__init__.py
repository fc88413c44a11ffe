"""The clock's side of what is planned: it posts each local day once, looks ahead, and notices what went wrong."""

from bot.chat.commands import Action, Feature, JobKind
from bot.chat.requests import Life
from bot.features import looks
from bot.features.firing import handlers

FEATURE = Feature(
    "firing",
    actions=(Action("schedule.repost", handlers.repost, "schedule health"),),
    alarms={"schedule.fire": handlers.fire, "schedule.check": handlers.check},
    jobs=(JobKind(looks.PROBE, looks.probe, handlers.checked, asks_platform=True),),
    lifecycle={Life.INSTALLED: handlers.back, Life.REMOVED: handlers.leave, Life.CHANNEL_GONE: handlers.leave},
    undelivered={"schedule": handlers.undelivered, "desk": handlers.desk_refused},
)
