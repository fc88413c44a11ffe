"""The solo quiz' own cards: notes on the draw, the summary, topics, reports."""

from collections.abc import Mapping, Sequence

from bot.chat.cards import Block, Button, Buttons, Card, Look, Table, Text, footnote, text
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.limits import fit
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.features import question_cards
from bot.features.question_cards import Mode
from bot.library.models import Track
from bot.questions.shown import Shown
from bot.rules.picking import Picked
from bot.store.answers import AnswerRow
from bot.store.rounds import Play, RoundRow


def draw_notes(picked: Picked, wanted: int) -> list[str]:
    """What a member should know of the draw."""
    notes = []
    if picked.widened:
        notes.append(_("New ones on this were too few, so topics to know first help out."))
    if len(picked.ids) < wanted:
        notes.append(_("There are no more than {count}.").format(count=len(picked.ids)))
    if picked.seen:
        notes.append(_("You have seen {count} of them before.").format(count=picked.seen))
    return notes


def review_notes(missed: int, wanted: int) -> list[str]:
    """How much there is to review."""
    notes = [_("Practice: no points, and what you get right leaves the list.")]
    if missed > wanted:
        notes.append(_("{count} wait in all.").format(count=missed))
    return notes


def asked(play: Play, shown: Shown, mode: Mode, topic: str, notes: Sequence[str]) -> Card:
    """A question for one person."""
    small = _("Level {level} · about {seconds} s").format(level=shown.item.difficulty, seconds=shown.item.time_s)
    extra: list[Block] = [footnote(" · ".join([small, *notes]))]
    return question_cards.question(play, shown, mode, topic, extra=extra)


def next_button(play: Play) -> Button:
    """On to the next question."""
    return Button(_("Next"), "quiz.next", (str(play.id),), Look.MAIN, onward=True)


def points_note(kind: str, worth: int, *, counted: bool, correct: bool) -> str:
    """What an answer brought, in a few words."""
    if kind == "review":
        return _("Practice, no points.")
    if counted and worth:
        return question_cards.earned(worth)
    if correct:
        return _("No points: it has counted for you this season already.")
    return ""


def summary(finished: RoundRow, given: Sequence[AnswerRow], *, asks: bool) -> Card:
    """How a quiz went, and where to go on."""
    right = sum(answer.correct is True for answer in given)
    gained = sum(answer.points for answer in given)
    line = _("{right} of {count} right.").format(right=right, count=len(given))
    if gained:
        line += " " + question_cards.plus(gained) + "."
    again = ("quiz review",) if finished.kind == "review" else ("quiz start", *_options(finished))
    buttons = [Button(_("Another one"), "do", again, Look.MAIN)]
    if right < len(given) and finished.kind != "review":
        buttons.append(Button(_("Review what I missed"), "do", ("quiz review",)))
    buttons.append(Button(_("Board"), "do", ("leaderboard",)))
    blocks: list[Block] = [text(line), Buttons(tuple(buttons))]
    if asks:
        blocks.extend(question_cards.appear())
    return Card(_("Done"), tuple(blocks))


def _options(finished: RoundRow) -> list[str]:
    given = {"topic": finished.place, "level": finished.level, "questions": finished.count}
    return [f"{name}={value}" for name, value in given.items() if value is not None]


def hint(shown: Shown) -> Card:
    """A hint."""
    return Card(_("Hint"), (Text(question_cards.hint(shown)),))


def reasons() -> tuple[tuple[str, str], ...]:
    """What can be wrong with a question."""
    return (
        ("wrong", _("The answer marked right is wrong")),
        ("several", _("More than one answer is right")),
        ("unclear", _("It is not clear what is asked")),
        ("language", _("A slip in the language")),
        ("outdated", _("It is out of date")),
        ("other", _("Something else")),
    )


def report_form(play_id: int) -> Form:
    """What is wrong, and a few words on it."""
    return Form(
        _("Report a question"),
        "quiz.reported",
        (str(play_id),),
        (
            Field("reason", _("What is wrong?"), FieldKind.CHOICE, choices=reasons()),
            Field("words", _("A few words, if you like"), FieldKind.PARAGRAPH, required=False, most=1000),
        ),
    )


def thanks() -> Card:
    """A report has arrived."""
    return Card(_("Thank you"), (text(_("Your report is kept for who looks after the questions.")),))


def tracks(found: Sequence[Track], counts: Mapping[str, int]) -> Card:
    """Every track with its number of questions."""
    rows = tuple((track.id, fit(track.title, 19), str(counts.get(track.id, 0))) for track in found)
    table = Table((_("Track"), _("About"), _("Qs")), rows, right=(2,))
    return Card(
        _("Topics"),
        (table, footnote(_("Say {command} and a track to see its topics.").format(command=say("quiz topics")))),
    )


def track(found: Track, counts: Mapping[str, int]) -> Card:
    """One track's topics."""
    rows = tuple((fit(topic.id.split(".")[1], 32), str(counts.get(topic.id, 0))) for topic in found.topics)
    table = Table((_("Topic"), _("Qs")), rows, right=(1,))
    start = Button(_("Quiz me on this"), "do", ("quiz start", f"topic={found.id}"), Look.MAIN)
    return Card(found.title, (text(found.about), table, Buttons((start,))))
