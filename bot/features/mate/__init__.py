"""The front door: one card from which everything is a press away."""

from bot.chat.commands import Action, Command, Feature, Where
from bot.chat.words import marked as _
from bot.features.mate import handlers

FEATURE = Feature(
    "mate",
    commands=(
        Command(
            "mate",
            _("The front door: today, quiz, review, progress, board, challenges"),
            handlers.front_door,
            where=Where.ANYWHERE,
            reads=True,
        ),
    ),
    actions=(Action("mate.resume", handlers.resume, "quiz start"),),
)
