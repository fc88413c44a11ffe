"""The ladder of challenges, from a first set-up to a portfolio."""

from bot.chat.commands import Action, Command, Feature, Option, OptionKind, Where
from bot.chat.words import marked as _
from bot.features.challenges import handlers

FEATURE = Feature(
    "challenges",
    commands=(
        Command(
            "challenge list",
            _("The ladder of open-source and portfolio challenges"),
            handlers.ladder,
            (Option("level", _("one level, from 0 to 8"), OptionKind.INTEGER, maximum=8),),
            where=Where.ANYWHERE,
            reads=True,
        ),
        Command(
            "challenge show",
            _("One challenge, step by step"),
            handlers.show,
            (
                Option(
                    "challenge",
                    _("its number on the ladder, or its name"),
                    required=True,
                    suggest=handlers.suggest,
                    rest=True,
                ),
            ),
            where=Where.ANYWHERE,
            reads=True,
        ),
    ),
    actions=(Action("challenge.pick", handlers.pick, "challenge list", reads=True),),
)
