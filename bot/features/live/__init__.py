"""A round for everyone: posted, answered in private, revealed at each question's close, with one result.

Several questions stand in a thread of their own, where the platform has threads and the group wants them.
"""

from bot.chat.commands import Action, Command, Feature, Option, OptionKind, Where
from bot.chat.requests import Life
from bot.chat.words import marked as _
from bot.features.live import handlers
from bot.features.quiz import LEVEL, TOPIC

FEATURE = Feature(
    "live",
    commands=(
        Command(
            "quiz live",
            _("A round for everyone here: same questions, same time"),
            handlers.start,
            (
                TOPIC,
                LEVEL,
                Option("questions", _("how many, 1 to 10"), OptionKind.INTEGER, minimum=1, maximum=10),
                Option("seconds", _("time for each question, 10 to 300"), OptionKind.INTEGER, minimum=10, maximum=300),
            ),
        ),
        Command(
            "quiz stop",
            _("End the live round that you started, or your own quiz"),
            handlers.stop,
            where=Where.ANYWHERE,
        ),
    ),
    actions=(
        Action("live.answer", handlers.answer, "quiz live"),
        Action("live.choose", handlers.answer, "quiz live"),
        Action("live.type", handlers.open_form, "quiz live", opens_form=True),
        Action("live.typed", handlers.answer, "quiz live"),
        Action("live.unsure", handlers.unsure, "quiz live"),
        Action("live.stop", handlers.stop_pressed, "quiz live"),
        Action("live.hint", handlers.hint, "quiz live", reads=True),
        Action("live.report", handlers.report_form, "quiz live", opens_form=True),
    ),
    alarms={"live.close": handlers.close, "live.open": handlers.open_next},
    lifecycle={Life.REMOVED: handlers.leave, Life.CHANNEL_GONE: handlers.leave},
    undelivered={"live": handlers.refused},
    fleeting=frozenset({"live"}),
)
