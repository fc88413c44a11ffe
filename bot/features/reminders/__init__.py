"""Reminders that a person asks for: of the daily that is still open, and of the question on a concept."""

from bot.chat.commands import Command, Feature, Option, OptionKind, Where
from bot.chat.words import marked as _
from bot.features.reminders import handlers

WHAT = (
    ("daily", _("the daily, while I have not locked it")),
    ("recall", _("the question on a concept")),
    ("off", _("nothing")),
)
HOW = (("privately", _("in a private message")), ("mention", _("by a mention in the daily's thread")))

FEATURE = Feature(
    "reminders",
    commands=(
        Command(
            "my notify",
            _("What you want to be reminded of, when and how"),
            handlers.notify,
            (
                Option("what", _("daily, recall or off; nothing shows what is set"), OptionKind.CHOICE, choices=WHAT),
                Option("time", _("a time of your own day, 18:00 unless you name another")),
                Option("how", _("privately, or mention in the daily's thread"), OptionKind.CHOICE, choices=HOW),
            ),
            where=Where.ANYWHERE,
        ),
    ),
    alarms={handlers.FIRE: handlers.fire},
    undelivered={"remind": handlers.undelivered},
)
