"""What is mine: how I stand, my streak, my time zone, my name on the board, my last answer."""

from bot.chat.commands import Action, Command, Feature, Option, OptionKind, Where
from bot.chat.words import marked as _
from bot.features.my import handlers

SHOWN_AS = (("name", _("by my name")), ("nickname", _("by a nickname")), ("hidden", _("not at all")))

FEATURE = Feature(
    "my",
    commands=(
        Command(
            "my stats", _("What you answered, and how well, by track"), handlers.stats, where=Where.ANYWHERE, reads=True
        ),
        Command(
            "my streak",
            _("Your days in a row, and what keeps them"),
            handlers.streak,
            where=Where.ANYWHERE,
            reads=True,
        ),
        Command(
            "my timezone",
            _("The zone in which you read times"),
            handlers.timezone,
            (Option("zone", _("an IANA zone or a city, such as Europe/Berlin"), suggest=handlers.suggest_zone),),
            where=Where.ANYWHERE,
        ),
        Command(
            "my last", _("Your last question, with its answer and why"), handlers.last, where=Where.ANYWHERE, reads=True
        ),
        Command(
            "my name",
            _("How the board shows you"),
            handlers.name,
            (
                Option("show", _("name, nickname or hidden"), OptionKind.CHOICE, required=True, choices=SHOWN_AS),
                Option("nickname", _("the nickname, 2 to 20 characters"), rest=True),
            ),
            where=Where.ANYWHERE,
        ),
    ),
    actions=(
        Action("my.appear", handlers.appear, "my name"),
        Action("my.nickname", handlers.nickname_form, "my name", opens_form=True),
        Action("my.nicknamed", handlers.nicknamed, "my name"),
    ),
)
