"""Help, written by the declarations themselves."""

from bot.chat.commands import Command, Feature, Option, Where
from bot.chat.words import marked as _
from bot.features.help import handlers

FEATURE = Feature(
    "help",
    commands=(
        Command(
            "help",
            _("What you can say, or how to say one thing"),
            handlers.show,
            (Option("command", _("a command, such as quiz start"), rest=True),),
            where=Where.ANYWHERE,
            reads=True,
        ),
    ),
)
