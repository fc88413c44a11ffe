"""The solo quiz and the review: draw, ask, grade, reveal, go on."""

from bot.chat.arguments import Options
from bot.chat.cards import Card
from bot.chat.presses import Args, StaleTokenError
from bot.chat.replies import Refusal, Reply
from bot.chat.unseen import clean
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context
from bot.features import drawing, playing, question_cards, todays
from bot.features.playing import Answered
from bot.features.question_cards import Mode
from bot.features.quiz import cards
from bot.questions.item import Item
from bot.store import answers, exposures, rounds
from bot.store.rounds import Play, RoundRow

MODE = Mode("quiz")
KINDS = ("solo", "review")
EVERY_KIND = ("solo", "review", "live", "daily")
DEFAULT_QUESTIONS = 5


def start(ctx: Context, options: Options) -> Reply:
    """Draw questions that this person has not seen and show the first."""
    place = playing.place_of(ctx, options)
    level = options.integer("level", 0) or None
    wanted = options.integer("questions", DEFAULT_QUESTIONS)
    me = ctx.me.person_id
    items, picked = drawing.draw_items(ctx, place=place, level=level, wanted=wanted, person_id=me)
    return _begin(ctx, "solo", items, place, level, cards.draw_notes(picked, wanted))


def review(ctx: Context, options: Options) -> Reply:
    """Ask again what this person got wrong the last time; practice brings no points."""
    missed = drawing.still_playable(ctx, answers.missed(ctx.db, ctx.me.person_id))
    if not missed:
        waits = _("There is nothing to review. What you get wrong waits here; say {command} for new questions.")
        raise Refusal(waits.format(command=say("quiz start")))
    wanted = options.integer("questions", DEFAULT_QUESTIONS)
    return _begin(ctx, "review", missed[:wanted], None, None, cards.review_notes(len(missed), wanted))


def ask_again(ctx: Context, item: Item) -> Reply:
    """One particular question, as a quiz of its own."""
    return _begin(ctx, "solo", [item], None, None, [])


def practise(ctx: Context, items: list[Item]) -> Reply:
    """Particular questions, as practice: it brings no points."""
    return _begin(ctx, "review", items, None, None, [])


def _begin(ctx: Context, kind: str, items: list[Item], place: str | None, level: int | None, notes: list[str]) -> Reply:
    rounds.stop_own(ctx.db, ctx.group.id, ctx.me.person_id, ctx.now)
    new = playing.new_round(ctx, kind, person_id=ctx.me.person_id, place=place, level=level)
    first = playing.open_round(ctx, new, items)
    if first is None:
        raise LookupError("a round that was just opened has no question")
    return Reply(card=_asked(ctx, first, notes))


def _asked(ctx: Context, play: Play, notes: list[str]) -> Card:
    shown = playing.shown_of(play)
    asked = cards.asked(play, shown, MODE, ctx.library.title(shown.item.topic), notes)
    return ctx.naming(asked) if play.round.kind == "solo" else asked  # practice counts in no group


def answer(ctx: Context, args: Args) -> Reply:
    """Grade what was pressed, chosen or typed, and reveal."""
    return _reveal(ctx, playing.read_answer(ctx, args, KINDS))


def unsure(ctx: Context, args: Args) -> Reply:
    """Take "I don't know": reveal, at no cost."""
    return _reveal(ctx, playing.unsure(ctx, args, KINDS))


def _reveal(ctx: Context, given: Answered) -> Reply:
    play, shown = given.play, given.shown
    todays.keep_secret(ctx, play.content_id)
    grade = playing.grade(shown, given.response)
    worth = 0 if play.round.kind == "review" else playing.worth(play, shown, None, correct=grade.correct)
    answer_id = answers.give(ctx.db, playing.given_by(ctx, given, correct=grade.correct, points=worth, locked=True))
    if answer_id is None:
        raise Refusal(_("You have answered this question already; your first answer stands."))
    exposures.exposed_answered(ctx.db, play.id, ctx.me.person_id, ctx.now)
    playing.keep_own_streak(ctx)
    counted = bool(playing.score(ctx, play, [(ctx.me.account_id, ctx.me.person_id, worth)]))
    if worth and not counted:
        answers.pay(ctx.db, answer_id, 0)
    note = cards.points_note(play.round.kind, worth, counted=counted, correct=grade.correct)
    revealed = question_cards.reveal(
        play,
        shown,
        ctx.library.title(shown.item.topic),
        given.response,
        grade,
        note=note,
        buttons=() if play.is_last else (cards.next_button(play),),
    )
    asks = ctx.me.visibility == "unset" and play.position == 0 and play.round.kind == "solo"
    if play.is_last:
        return Reply(update=revealed, card=_finish(ctx, play.round, asks=asks))
    return Reply(update=revealed, card=question_cards.appear_card() if asks else None)


def _finish(ctx: Context, finished: RoundRow, *, asks: bool) -> Card:
    rounds.close_round(ctx.db, finished.id, "closed", ctx.now)
    given = [a for a in answers.of_round(ctx.db, finished.id) if a.account_id == ctx.me.account_id]
    return cards.summary(finished, given, asks=asks)


def next_question(ctx: Context, args: Args) -> Reply:
    """The next question of the round; one that has become the daily meanwhile is left out."""
    play = rounds.find_play(ctx.db, ctx.group.id, args.number(0))
    if play is None or play.round.person_id != ctx.me.person_id or play.round.state != "open" or play.is_last:
        raise StaleTokenError
    found = rounds.next_play(ctx.db, play, ctx.me.account_id)
    if found is None:
        return Reply(card=_finish(ctx, play.round, asks=False))
    following, answered = found
    if answered:
        raise Refusal(
            _("You have answered the next question already. Say {command} to see it again.").format(
                command=say("my last")
            )
        )
    return Reply(card=_asked(ctx, playing.open_play(ctx, following, person_id=ctx.me.person_id), []))


def resume(ctx: Context) -> Play | None:
    """The question at which this person's own open round stands."""
    return rounds.stands_at(ctx.db, ctx.group.id, ctx.me.person_id, ctx.me.account_id)


def open_form(ctx: Context, args: Args) -> Reply:
    """The form for a typed answer."""
    play = playing.find_play(ctx, args, KINDS)
    return Reply(form=question_cards.answer_form(play, playing.shown_of(play), MODE))


def hint(ctx: Context, args: Args) -> Reply:
    """The hint, to the one who asked alone."""
    play = playing.find_play(ctx, args, EVERY_KIND)
    return Reply(card=cards.hint(playing.shown_of(play)))


def report_form(ctx: Context, args: Args) -> Reply:
    """The form to say what is wrong with a question."""
    play = playing.find_play(ctx, args, EVERY_KIND)
    return Reply(form=cards.report_form(play.id))


def report(ctx: Context, args: Args) -> Reply:
    """Keep the report for who looks after the questions."""
    play = playing.find_play(ctx, args, EVERY_KIND)
    reason = args.fields.get("reason", "")
    if reason not in dict(cards.reasons()):
        raise Refusal(_("Choose what is wrong with the question, then send the report again."))
    words = clean(args.fields.get("words", ""))[:1000]
    exposures.add_report(ctx.db, play, ctx.me.account_id, reason, words, ctx.now)
    return Reply(card=cards.thanks())


def topics(ctx: Context, options: Options) -> Reply:
    """The tracks, or the topics of one, with how many questions each has."""
    named = playing.place_of(ctx, options, "track")
    counts: dict[str, int] = {}
    for item in ctx.library.playable(ctx.today):
        counts[item.track] = counts.get(item.track, 0) + 1
        counts[item.topic] = counts.get(item.topic, 0) + 1
    if named is None:
        return Reply(card=cards.tracks(list(ctx.library.tracks.values()), counts))
    return Reply(card=cards.track(ctx.library.tracks[ctx.library.track_of(named)], counts))
