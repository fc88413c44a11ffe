"""One idea in a minute: read it, try it, be asked about it."""

from bot.chat.commands import Action, Command, Feature, Option, Where
from bot.chat.words import marked as _
from bot.features.concepts import handlers, posting
from bot.features.playing import suggest_place

FEATURE = Feature(
    "concepts",
    commands=(
        Command(
            "concept",
            _("One idea, explained in a minute; today's, or one on a topic"),
            handlers.concept,
            (Option("topic", _("a track or topic, such as eval or trees"), suggest=suggest_place),),
            where=Where.ANYWHERE,
            reads=True,
        ),
    ),
    actions=(Action("concept.recall", handlers.recall, "concept"),),
    alarms={posting.RECALL: posting.recall},
)
