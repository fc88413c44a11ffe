"""The daily: one question for the whole group and its local day; one answer each, open to change until locked."""

from collections.abc import Sequence

from bot.chat.arguments import Options
from bot.chat.cards import Card
from bot.chat.presses import Args
from bot.chat.replies import Refusal, Reply
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context
from bot.features import playing, question_cards
from bot.features.daily import cards
from bot.features.playing import Answered
from bot.features.question_cards import Mode
from bot.questions.shown import Shown
from bot.rules.calendar import day_end
from bot.store import answers, exposures, rounds
from bot.store.answers import AnswerRow
from bot.store.rounds import Play

MODE = Mode("daily")
KINDS = ("daily",)


def today(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """Today's question, or what I made of it."""
    play = _todays(ctx)
    return Reply(card=_card(ctx, play, answers.mine(ctx.db, play.id, ctx.me.account_id)))


def _todays(ctx: Context) -> Play:
    once = playing.daily_key(ctx)
    play = rounds.first_play(ctx.db, once) or _open(ctx, once) or rounds.first_play(ctx.db, once)
    if play is None:
        raise LookupError("the daily that was just opened is not there")
    return play


def _open(ctx: Context, once: str) -> Play | None:
    """Open today's; None if somebody else was quicker."""
    upcoming = playing.still_playable(ctx, playing.next_dailies(ctx)[:1])
    if not upcoming:
        raise Refusal(_("There are no questions for a daily yet."))
    closes = day_end(ctx.today, ctx.group.zone)
    play = playing.open_round(ctx, playing.new_round(ctx, "daily", once=once), upcoming, closes_at=closes)
    if play is not None:
        ctx.alarm(f"daily.close:{play.id}", closes, "daily.close", (str(play.id),))
    return play


def _card(ctx: Context, play: Play, mine: AnswerRow | None) -> Card:
    shown = playing.shown_of(play)
    topic = ctx.library.title(shown.item.topic)
    if mine is not None and mine.locked_at is not None:
        return _revealed(shown, play, topic, mine)
    return cards.open_question(play, shown, MODE, topic, mine.response if mine else None)


def _revealed(shown: Shown, play: Play, topic: str, mine: AnswerRow) -> Card:
    grade = playing.grade(shown, mine.response)
    return question_cards.reveal(play, shown, topic, mine.response, grade, note=question_cards.earned(mine.points))


def answer(ctx: Context, args: Args) -> Reply:
    """Choose; nothing is locked yet."""
    return _choose(ctx, playing.read_answer(ctx, args, KINDS))


def unsure(ctx: Context, args: Args) -> Reply:
    """Take "I don't know", to be locked like any answer."""
    return _choose(ctx, playing.unsure(ctx, args, KINDS))


def _choose(ctx: Context, given: Answered) -> Reply:
    play = given.play
    _still_open(ctx, play)
    kept = answers.give_or_change(ctx.db, playing.given_by(ctx, given))
    if kept is answers.Kept.LOCKED:
        raise Refusal(
            _("Your answer of today is locked already. Say {command} to see it.").format(command=say("daily"))
        )
    if kept is answers.Kept.NEW:
        order = [option.id for option in given.shown.options]
        exposures.expose(
            ctx.db, play, person_id=ctx.me.person_id, order=order, place="daily", now=ctx.now, answered=True
        )
    return Reply(update=_card(ctx, play, answers.mine(ctx.db, play.id, ctx.me.account_id)))


def _still_open(ctx: Context, play: Play) -> None:
    if play.closed_at is not None or (play.closes_at is not None and ctx.now >= play.closes_at):
        raise Refusal(_("That daily is closed. Say {command} for today's.").format(command=say("daily")))


def open_form(ctx: Context, args: Args) -> Reply:
    """The form for a typed answer."""
    play = playing.find_play(ctx, args, KINDS)
    _still_open(ctx, play)
    return Reply(form=question_cards.answer_form(play, playing.shown_of(play), MODE))


def lock(ctx: Context, args: Args) -> Reply:
    """Lock my answer in and show whether it was right, and why, to me alone."""
    play = playing.find_play(ctx, args, KINDS, answering=True)
    _still_open(ctx, play)
    mine = answers.mine(ctx.db, play.id, ctx.me.account_id)
    if mine is None:
        raise Refusal(_("Choose an answer first; then lock it in."))
    if mine.locked_at is None:
        _lock(ctx, play, [mine])
    card = _card(ctx, play, answers.mine(ctx.db, play.id, ctx.me.account_id))
    return Reply(update=card, card=question_cards.appear_card() if ctx.me.visibility == "unset" else None)


def _lock(ctx: Context, play: Play, given: Sequence[AnswerRow]) -> None:
    shown = playing.shown_of(play)
    scored = []
    for row in given:
        correct = playing.grade(shown, row.response).correct
        worth = playing.worth(play, shown, row, correct=correct)
        if answers.lock(ctx.db, row.id, correct=correct, points=worth, now=ctx.now):
            scored.append((row.account_id, row.person_id, worth))
    playing.score(ctx, play, scored)


def close(ctx: Context, args: Sequence[str]) -> None:
    """The day is over: lock what is not locked yet."""
    play = rounds.find_play(ctx.db, ctx.group.id, int(args[0]))
    if play is None or not rounds.close_item(ctx.db, play.id, ctx.now):
        return
    _lock(ctx, play, [row for row in answers.of_play(ctx.db, play.id) if row.locked_at is None])
    rounds.close_round(ctx.db, play.round.id, "closed", ctx.now)
