"""The day's question of the group: choose, lock in, see why; what is not locked locks at the close."""

from bot.chat.commands import Action, Command, Feature, Option, Where
from bot.chat.words import marked as _
from bot.features.daily import handlers

FEATURE = Feature(
    "daily",
    commands=(
        Command(
            "daily",
            _("Today's question of your group, or a past one as practice"),
            handlers.today,
            (Option("date", _("the day of a past one, such as 2026-03-09; it brings no points")),),
            where=Where.ANYWHERE,
        ),
    ),
    actions=(
        Action("daily.answer", handlers.answer, "daily"),
        Action("daily.choose", handlers.answer, "daily"),
        Action("daily.type", handlers.open_form, "daily", opens_form=True),
        Action("daily.typed", handlers.answer, "daily"),
        Action("daily.unsure", handlers.unsure, "daily"),
        Action("daily.lock", handlers.lock, "daily"),
        Action("daily.next", handlers.following, "daily"),
        Action("daily.why", handlers.why, "daily", reads=True),
        Action("today.answer", handlers.answer_post, "daily"),
        Action("today.choose", handlers.answer_post, "daily"),
        Action("today.type", handlers.post_form, "daily", opens_form=True),
        Action("today.typed", handlers.answer_post, "daily"),
        Action("today.unsure", handlers.unsure_post, "daily"),
        Action("today.begin", handlers.begin, "daily", reads=True),
    ),
    alarms={"daily.close": handlers.close},
)
