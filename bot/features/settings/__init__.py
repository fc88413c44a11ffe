"""What moderators set for their group."""

from bot.chat.commands import Action, Command, Feature, Option, OptionKind
from bot.chat.people import Role
from bot.chat.words import marked as _
from bot.features.settings import handlers

NAMES = (
    ("timezone", _("time zone")),
    ("language", _("language")),
    ("moderators", _("moderators")),
    ("moderators_channel", _("moderators' channel")),
    ("threads", _("threads")),
)

FEATURE = Feature(
    "settings",
    commands=(
        Command("settings show", _("What is set for this group"), handlers.show, reads=True),
        Command(
            "settings set",
            _("Set one thing for this group"),
            handlers.change,
            (
                Option(
                    "setting",
                    _("timezone, language, moderators, moderators_channel or threads"),
                    OptionKind.CHOICE,
                    required=True,
                    choices=NAMES,
                ),
                Option(
                    "value",
                    _("its new value; none goes back to the default"),
                    required=True,
                    rest=True,
                    accounts=True,
                ),
            ),
            role=Role.MODERATOR,
        ),
    ),
    actions=(Action("settings.form", handlers.open_form, "settings set", role=Role.MODERATOR, opens_form=True),),
)
