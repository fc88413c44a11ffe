"""Who has how many points, by period and by track; ties share a rank."""

from bot.chat.commands import Command, Feature, Option, OptionKind, Where
from bot.chat.words import marked as _
from bot.features.leaderboard import handlers
from bot.features.playing import suggest_place

PERIODS = (
    ("day", _("today")),
    ("week", _("this week")),
    ("month", _("this month")),
    ("season", _("this season")),
    ("all", _("all time")),
)

FEATURE = Feature(
    "leaderboard",
    commands=(
        Command(
            "leaderboard",
            _("The group's board, and where you stand"),
            handlers.leaderboard,
            (
                Option("period", _("day, week, month, season or all"), OptionKind.CHOICE, choices=PERIODS),
                Option("topic", _("a track, such as classical"), suggest=suggest_place),
            ),
            where=Where.ANYWHERE,
            reads=True,
        ),
    ),
)
