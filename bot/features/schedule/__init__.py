"""What moderators plan for their group: a quiz, a concept, a challenge, a digest, each on its own days."""

from msgspec.structs import replace

from bot.chat.commands import Action, Command, Feature, Option, OptionKind
from bot.chat.people import Role
from bot.chat.words import marked as _
from bot.features.my.handlers import suggest_zone
from bot.features.playing import suggest_place
from bot.features.schedule import handlers
from bot.features.wishes import KINDS

KIND = Option(
    "kind", _("quiz, concept, challenge or digest"), OptionKind.CHOICE, required=True, choices=tuple(KINDS.items())
)
ANY_NUMBER = Option("number", _("its number, as in the list"), OptionKind.INTEGER, minimum=1, maximum=1_000_000)
NUMBER = replace(ANY_NUMBER, required=True)
WHEN_AND_WHERE = (
    Option("channel", _("where to post, if not here"), OptionKind.CHANNEL),
    Option("time", _("the time of the day, such as 09:00")),
    Option("timezone", _("an IANA zone or a city, if not the group's"), suggest=suggest_zone),
    Option(
        "days",
        _("such as weekdays, mon wed fri, every 3 days, weekdays not 2026-12-24"),
        runs_on=True,
        marks=("holidays",),
    ),
    Option(
        "topic", _("a topic or track, several with commas in order, or adaptive"), suggest=suggest_place, runs_on=True
    ),
    Option("questions", _("how many a quiz has, 1 to 5"), OptionKind.INTEGER, minimum=1, maximum=5),
    Option("closes_after", _("hours until a quiz closes, 1 to 72"), OptionKind.INTEGER, minimum=1, maximum=72),
    Option("ping", _("a role to notify; none notifies nobody")),
)

FEATURE = Feature(
    "schedule",
    commands=(
        Command(
            "setup",
            _("Bring the group to life: its time zone, and what it gets when"),
            handlers.set_up,
            (
                Option("zone", _("an IANA zone or a city, such as Europe/Berlin"), required=True, suggest=suggest_zone),
                Option("channel", _("where to post, if not here"), OptionKind.CHANNEL),
                Option("time", _("the time of the daily quiz, such as 09:00; the rest comes hours later")),
            ),
            role=Role.MODERATOR,
        ),
        Command(
            "schedule add",
            _("Plan a quiz, a concept, a challenge or a digest"),
            handlers.add,
            (KIND, *WHEN_AND_WHERE),
            role=Role.MODERATOR,
        ),
        Command(
            "schedule edit", _("Change what is planned"), handlers.edit, (NUMBER, *WHEN_AND_WHERE), role=Role.MODERATOR
        ),
        Command("schedule list", _("What is planned for this group"), handlers.show_all, reads=True),
        Command(
            "schedule pause",
            _("Stop something until it is resumed; without a number, everything"),
            handlers.pause,
            (ANY_NUMBER,),
            role=Role.MODERATOR,
        ),
        Command(
            "schedule resume",
            _("Go on with what is paused; without a number, with everything"),
            handlers.resume,
            (ANY_NUMBER,),
            role=Role.MODERATOR,
        ),
        Command("schedule skip", _("Leave out the next time"), handlers.skip, (NUMBER,), role=Role.MODERATOR),
        Command("schedule remove", _("Forget something planned"), handlers.remove, (NUMBER,), role=Role.MODERATOR),
        Command("schedule health", _("Whether what is planned can go out"), handlers.health, role=Role.MODERATOR),
    ),
    actions=(
        Action("schedule.resume", handlers.resume_pressed, "schedule resume"),
        Action("schedule.thin", handlers.thin, "schedule edit"),
    ),
)
