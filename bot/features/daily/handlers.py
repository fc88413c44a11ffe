"""The daily: one question for the whole group and its local day; one answer each, open to change until locked.

Where a quiz is scheduled the day's questions come with its post; where none is, with whoever asks first.
"""

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from bot.chat.arguments import Options, quoted
from bot.chat.cards import Card
from bot.chat.presses import Args, StaleTokenError
from bot.chat.reading import read_option
from bot.chat.replies import Refusal, Reply
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context
from bot.features import drawing, playing, question_cards, todays
from bot.features.daily import cards, posting
from bot.features.playing import Answered
from bot.features.question_cards import Mode
from bot.features.quiz.handlers import practise
from bot.questions.shown import Shown
from bot.rules.calendar import day_end
from bot.store import answers, exposures, rounds, schedules
from bot.store.answers import AnswerRow
from bot.store.rounds import Play

MODE = Mode("daily")
KINDS = ("daily",)


def today(ctx: Context, options: Options) -> Reply:
    """Today's question, or what I made of it; with a date a past one, as practice."""
    past = read_option(options, "date", partial(_past, ctx), None)
    if past is not None:
        return past
    plays = todays.open_plays(ctx)
    if not plays and (at := todays.next_at(ctx)) is not None:
        return Reply(card=cards.none_open(at))
    play, mine = todays.standing(ctx, plays or [_todays(ctx)])
    if play is None:
        raise LookupError("the daily that was just opened is not there")
    if not todays.is_open(ctx, play) and not todays.is_locked(mine):  # the group's day grew longer
        return Reply(card=cards.none_open(day_end(ctx.today, ctx.group.zone)))
    return Reply(card=_card(ctx, play, mine))


def _past(ctx: Context, words: str) -> Reply:
    """The daily of a past day: what is still open of it, else what is over, which brings no points. Raises Refusal."""
    try:
        day = date.fromisoformat(words.strip())
    except ValueError as error:
        raise Refusal(_("{words} is no date. Say one such as 2026-03-09.").format(words=quoted(words))) from error
    dailies = _of_day(ctx, day)
    play, mine = _open_of(ctx, dailies)
    items = drawing.still_playable(ctx, [one.content_id for plays in dailies for one in plays if one.closed_at])
    if play is not None and (not items or not todays.is_locked(mine)):
        return Reply(card=_card(ctx, play, mine))
    if items:
        return practise(ctx, items)
    if day > ctx.today:
        raise Refusal(_("{day} is still to come. Say {command} for today's.").format(day=day, command=say("daily")))
    raise Refusal(_("The group had no daily on {day} that can be played again. Name another day.").format(day=day))


def _of_day(ctx: Context, day: date) -> list[list[Play]]:
    """The questions of each of the group's dailies of a day, the planned ones before one on demand."""
    held = [firing.round_id for firing in schedules.dailies_of(ctx.db, ctx.group.id, day)]
    dailies = [rounds.plays(ctx.db, number) for number in held if number is not None]
    asked = rounds.first_play(ctx.db, f"daily:{ctx.group.id}:{day.isoformat()}")
    return dailies if asked is None else [*dailies, [asked]]


def _open_of(ctx: Context, dailies: Sequence[list[Play]]) -> tuple[Play | None, AnswerRow | None]:
    """Where the member stands in one of those that are open: in one that waits for them, if there is one."""
    still = [plays for plays in dailies if any(todays.is_open(ctx, play) for play in plays)]
    stands = [todays.standing(ctx, plays) for plays in still]
    return next((one for one in stands if not todays.is_locked(one[1])), next(iter(stands), (None, None)))


def _todays(ctx: Context) -> Play:
    once = playing.daily_key(ctx)
    play = rounds.first_play(ctx.db, once) or _open(ctx, once) or rounds.first_play(ctx.db, once)
    if play is None:
        raise LookupError("the daily that was just opened is not there")
    return play


def _open(ctx: Context, once: str) -> Play | None:
    """Open today's; None if somebody else was quicker."""
    upcoming = drawing.daily_items(ctx, 1)
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
    if mine is not None and todays.is_locked(mine):
        return ctx.naming(_revealed(shown, play, topic, mine))
    return ctx.naming(cards.open_question(play, shown, MODE, topic, mine.response if mine else None))


def _revealed(shown: Shown, play: Play, topic: str, mine: AnswerRow) -> Card:
    grade = playing.grade(shown, mine.response)
    onward = () if play.is_last else (cards.next_button(play),)
    note = question_cards.earned(mine.points)
    return question_cards.reveal(play, shown, cards.title(topic), mine.response, grade, note=note, buttons=onward)


def answer(ctx: Context, args: Args) -> Reply:
    """Choose; nothing is locked yet."""
    return _choose(ctx, playing.read_answer(ctx, args, KINDS))


def unsure(ctx: Context, args: Args) -> Reply:
    """Take "I don't know", to be locked like any answer."""
    return _choose(ctx, playing.unsure(ctx, args, KINDS))


def answer_post(ctx: Context, args: Args) -> Reply:
    """Choose on the post for everyone; only who pressed sees it."""
    given = playing.read_answer(ctx, args, KINDS)
    _keep(ctx, given)
    return Reply(card=cards.chosen(given.play, given.shown, given.response))


def unsure_post(ctx: Context, args: Args) -> Reply:
    """The same for "I don't know"."""
    given = playing.unsure(ctx, args, KINDS)
    _keep(ctx, given)
    return Reply(card=cards.chosen(given.play, given.shown, given.response))


def post_form(ctx: Context, args: Args) -> Reply:
    """The form for a typed answer to the post."""
    play = playing.find_play(ctx, args, KINDS)
    _still_open(ctx, play)
    return Reply(form=question_cards.answer_form(play, playing.shown_of(play), cards.PUBLIC))


def begin(ctx: Context, args: Args) -> Reply:
    """The first question of several that I have not locked, for me alone."""
    first = playing.find_play(ctx, args, KINDS)
    _still_open(ctx, first)
    play, mine = todays.standing(ctx, rounds.plays(ctx.db, first.round.id))
    return Reply(card=_card(ctx, play or first, mine))


def following(ctx: Context, args: Args) -> Reply:
    """The next question of several."""
    play = playing.find_play(ctx, args, KINDS)
    after = rounds.play_at(ctx.db, play.round.id, play.position + 1)
    if after is None:
        raise StaleTokenError
    _still_open(ctx, after)
    return Reply(card=_card(ctx, after, answers.mine(ctx.db, after.id, ctx.me.account_id)))


def why(ctx: Context, args: Args) -> Reply:
    """A question of a closed daily, with its answer and why."""
    play = playing.find_play(ctx, args, KINDS)
    if play.closed_at is None:
        raise StaleTokenError
    shown = playing.shown_of(play)
    given = answers.of_play(ctx.db, play.id)
    return Reply(card=cards.why(play, shown, ctx.library.title(shown.item.topic), given))


def _choose(ctx: Context, given: Answered) -> Reply:
    _keep(ctx, given)
    play = given.play
    return Reply(update=_card(ctx, play, answers.mine(ctx.db, play.id, ctx.me.account_id)))


def _keep(ctx: Context, given: Answered) -> None:
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
    mine = answers.mine(ctx.db, play.id, ctx.me.account_id, hold=True)
    if mine is None:
        raise Refusal(_("Choose an answer first; then lock it in."))
    if mine.locked_at is None:
        if len(args.parts) > 1 and args.word(1) != mine.response.mark:
            return Reply(update=cards.chosen(play, playing.shown_of(play), mine.response, instead=True))
        _lock(ctx, play, [mine])
    card = _card(ctx, play, answers.mine(ctx.db, play.id, ctx.me.account_id))
    return Reply(update=card, card=question_cards.appear_card() if ctx.me.visibility == "unset" else None)


def _lock(ctx: Context, play: Play, given: Sequence[AnswerRow], *, closes: bool = False) -> None:
    """Grade and score answers; a choice that locks by itself at the close counts for the day on which it was made."""
    shown = playing.shown_of(play)
    scored = []
    moments: dict[datetime, list[tuple[int, None]]] = {}
    for row in given:
        correct = playing.grade(shown, row.response).correct
        worth = playing.worth(play, shown, row, correct=correct)
        if answers.lock(ctx.db, row.id, correct=correct, points=worth, now=ctx.now):
            scored.append((row.account_id, row.person_id, worth))
            moment = _quarter(row.given_at) if closes else ctx.now
            moments.setdefault(moment, []).append((row.person_id, None))
    for moment in sorted(moments):
        playing.keep_streaks(ctx, moments[moment], moment)
    playing.score(ctx, play, scored)


def _quarter(moment: datetime) -> datetime:
    """The quarter of an hour of a moment, so that many are counted at once; no zone's midnight lies inside of one."""
    return moment.replace(minute=moment.minute // 15 * 15, second=0, microsecond=0)


def close(ctx: Context, args: Sequence[str]) -> None:
    """Its time is over: lock what is not locked yet, and let its post, if it has one, say what was right."""
    round_id = rounds.hold_round_of(ctx.db, ctx.group.id, int(args[0]))
    if round_id is None:
        return
    plays = rounds.plays(ctx.db, round_id)
    closed = {play.id for play in plays if rounds.close_item(ctx.db, play.id, ctx.now)}
    if not closed:
        return
    given = [_all_locked(ctx, play) if play.id in closed else answers.of_play(ctx.db, play.id) for play in plays]
    rounds.close_round(ctx.db, round_id, "closed", ctx.now)
    posting.reveal(ctx, plays, given)


def _all_locked(ctx: Context, play: Play) -> list[AnswerRow]:
    """The answers to a question that closes, each locked."""
    given = answers.of_play(ctx.db, play.id)
    still_open = [row for row in given if row.locked_at is None]
    if not still_open:
        return given
    _lock(ctx, play, still_open, closes=True)
    return answers.of_play(ctx.db, play.id)
