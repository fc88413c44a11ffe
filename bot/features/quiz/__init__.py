"""Questions for oneself: a quiz revealed at once, what was missed, and what there is to be asked."""

from bot.chat.commands import Action, Command, Feature, Option, OptionKind, Where
from bot.chat.words import marked as _
from bot.features.playing import suggest_place
from bot.features.quiz import handlers

LEVEL = Option("level", _("how hard, from 1 to 5"), OptionKind.INTEGER, minimum=1, maximum=5)
TOPIC = Option("topic", _("a track or topic, such as classical or trees"), suggest=suggest_place)
QUESTIONS = Option("questions", _("how many, 1 to 20"), OptionKind.INTEGER, minimum=1, maximum=20)

FEATURE = Feature(
    "quiz",
    commands=(
        Command(
            "quiz start",
            _("Questions for you alone, each revealed at once"),
            handlers.start,
            (TOPIC, LEVEL, QUESTIONS),
            where=Where.ANYWHERE,
        ),
        Command(
            "quiz review",
            _("The questions that you got wrong, once more, without points"),
            handlers.review,
            (QUESTIONS,),
            where=Where.ANYWHERE,
        ),
        Command(
            "quiz topics",
            _("The tracks and topics that there are questions on"),
            handlers.topics,
            (Option("track", _("a track, to see its topics"), suggest=suggest_place),),
            where=Where.ANYWHERE,
            reads=True,
        ),
    ),
    actions=(
        Action("quiz.answer", handlers.answer, "quiz start"),
        Action("quiz.choose", handlers.answer, "quiz start"),
        Action("quiz.type", handlers.open_form, "quiz start", opens_form=True),
        Action("quiz.typed", handlers.answer, "quiz start"),
        Action("quiz.unsure", handlers.unsure, "quiz start"),
        Action("quiz.next", handlers.next_question, "quiz start"),
        Action("quiz.hint", handlers.hint, "quiz start", reads=True),
        Action("quiz.report", handlers.report_form, "quiz start", opens_form=True),
        Action("quiz.reported", handlers.report, "quiz start"),
    ),
)
