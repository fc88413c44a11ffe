"""Today's question of the group: choose, lock in, see why; what is not locked locks at the day's end."""

from bot.chat.commands import Action, Command, Feature, Where
from bot.chat.words import marked as _
from bot.features.daily import handlers

FEATURE = Feature(
    "daily",
    commands=(Command("daily", _("Today's question of your group"), handlers.today, where=Where.ANYWHERE),),
    actions=(
        Action("daily.answer", handlers.answer, "daily"),
        Action("daily.choose", handlers.answer, "daily"),
        Action("daily.type", handlers.open_form, "daily", opens_form=True),
        Action("daily.typed", handlers.answer, "daily"),
        Action("daily.unsure", handlers.unsure, "daily"),
        Action("daily.lock", handlers.lock, "daily"),
    ),
    alarms={"daily.close": handlers.close},
)
