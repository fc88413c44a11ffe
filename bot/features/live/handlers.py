"""The live round: post, collect, close by the clock, reveal, announce. A row guards each step against a second time."""

from collections.abc import Sequence
from datetime import timedelta

from msgspec.structs import replace

from bot.chat.arguments import Options
from bot.chat.people import Space
from bot.chat.port import Failure
from bot.chat.presses import Args, StaleTokenError
from bot.chat.replies import Refusal, Reply
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context, Happening
from bot.features import drawing, live_posts, playing, question_cards
from bot.features.live import cards
from bot.features.playing import Answered
from bot.features.quiz import cards as quiz_cards
from bot.store import answers, exposures, given_up, homes, messages, people, rounds
from bot.store.rounds import Play, RoundRow

KINDS = ("live",)
DEFAULT_QUESTIONS = 5
DEFAULT_SECONDS = 30
PAUSE = timedelta(seconds=8)
QUIET_QUESTIONS = 2
CUT_OFF = timedelta(minutes=5)  # nobody waits so long for the next question: the round ends


def start(ctx: Context, options: Options) -> Reply:
    """Post a round of questions that the group has not had, the first one at once."""
    if ctx.here.channel is None:
        raise Refusal(_("{command} belongs in one of your group's channels.").format(command=say("quiz live")))
    if ctx.powers.lacks_to_post:
        lacking = _(
            "I may not post here, since {missing} is missing; a moderator can allow it in the channel's settings, "
            "or invite me."
        )
        raise Refusal(lacking.format(missing=", ".join(ctx.powers.lacks_to_post)))
    place = playing.place_of(ctx, options)
    level = options.integer("level", 0) or None
    wanted = options.integer("questions", DEFAULT_QUESTIONS)
    seconds = options.integer("seconds", DEFAULT_SECONDS)
    items, picked = drawing.draw_items(ctx, place=place, level=level, wanted=wanted)
    new = playing.new_round(
        ctx, "live", place=place, level=level, seconds=seconds, space=ctx.here, once=f"live:{ctx.group.id}"
    )
    first = playing.open_round(ctx, new, items, closes_at=ctx.now + timedelta(seconds=seconds))
    if first is None:
        raise Refusal(
            _("A live round is running already; it ends by itself, or with {command}.").format(command=say("quiz stop"))
        )
    live_posts.announce(ctx, first.round)
    _ask(ctx, first)
    return Reply(card=cards.started(len(items), seconds, first.round.id, picked, wanted))


def _open(ctx: Context, play: Play) -> None:
    closes = ctx.now + timedelta(seconds=play.round.seconds or DEFAULT_SECONDS)
    _ask(ctx, playing.open_play(ctx, play, person_id=None, closes_at=closes))


def _ask(ctx: Context, play: Play) -> None:
    live_posts.show(ctx, play, 0)
    ctx.alarm(f"live.close:{play.id}", play.closes_at or ctx.now, "live.close", (str(play.id),))


def answer(ctx: Context, args: Args) -> Reply:
    """Keep an answer; the last one before the close counts."""
    return _keep(ctx, playing.read_answer(ctx, args, KINDS))


def unsure(ctx: Context, args: Args) -> Reply:
    """Take "I don't know": an answer too, and it may still be changed."""
    return _keep(ctx, playing.unsure(ctx, args, KINDS))


def _keep(ctx: Context, given: Answered) -> Reply:
    play = given.play
    if play.closed_at is not None or play.closes_at is None or ctx.now >= play.closes_at:
        raise _too_late()
    first = answers.give_or_change(ctx.db, playing.given_by(ctx, given)) is answers.Kept.NEW
    if first:
        order = [option.id for option in given.shown.options]
        exposures.expose(
            ctx.db, play, person_id=ctx.me.person_id, order=order, place="live", now=ctx.now, answered=True
        )
        messages.hold(ctx.db, live_posts.key(play))  # who answers at the same moment is counted by whoever comes last
        live_posts.show(ctx, play, answers.count(ctx.db, play.id))
    asks = ctx.me.visibility == "unset" and first and play.position == 0
    return Reply(card=cards.kept(play, given.shown, given.response, asks=asks))


def _too_late() -> Refusal:
    closed = _("This question is closed. The round's next one is below, or {command} starts a new round.")
    return Refusal(closed.format(command=say("quiz live")))


def open_form(ctx: Context, args: Args) -> Reply:
    """The form for a typed answer."""
    play = playing.find_play(ctx, args, KINDS)
    if play.closed_at is not None:
        raise _too_late()
    return Reply(form=question_cards.answer_form(play, playing.shown_of(play), live_posts.MODE))


def close(ctx: Context, args: Sequence[str]) -> None:
    """A question's time is up: grade, score, reveal; then the next question after a pause, or the result."""
    play = rounds.find_play(ctx.db, ctx.group.id, int(args[0]))
    if play is None:
        return
    rounds.hold(ctx.db, play.round.id)
    if not _close(ctx, play):
        return
    if play.is_last:
        _finish(ctx, play.round, "closed", play.round.space)
    elif ctx.now - (play.closes_at or ctx.now) > CUT_OFF:
        _finish(ctx, play.round, "stopped", play.round.space)
    elif _abandoned(ctx, play):
        _finish(ctx, play.round, "abandoned", play.round.space)
    else:
        ctx.alarm(
            f"live.open:{play.round.id}", ctx.now + PAUSE, "live.open", (str(play.round.id), str(play.position + 1))
        )


def _close(ctx: Context, play: Play, *, reveals: bool = True) -> bool:
    if not rounds.close_item(ctx.db, play.id, ctx.now):
        return False
    shown = playing.shown_of(play)
    given = answers.of_play(ctx.db, play.id)
    worths: dict[int, int] = {}
    for answer_row in given:
        correct = playing.grade(shown, answer_row.response).correct
        worths[answer_row.account_id] = playing.worth(play, shown, answer_row, correct=correct)
        answers.lock(ctx.db, answer_row.id, correct=correct, points=worths[answer_row.account_id], now=ctx.now)
    playing.keep_streaks(ctx, [(a.person_id, None) for a in given], min(ctx.now, play.closes_at or ctx.now))
    counted = playing.score(ctx, play, [(a.account_id, a.person_id, worths[a.account_id]) for a in given])
    for answer_row in given:
        if worths[answer_row.account_id] and answer_row.account_id not in counted:
            answers.pay(ctx.db, answer_row.id, 0)
    topic = ctx.library.title(shown.item.topic)
    if reveals:
        ctx.post(live_posts.key(play), lambda: cards.revealed(play, shown, topic, given), play.round.space)
    return True


def _abandoned(ctx: Context, play: Play) -> bool:
    """Nobody has answered this question nor the one before."""
    if play.position + 1 < QUIET_QUESTIONS:
        return False
    asked = [
        p for p in rounds.plays(ctx.db, play.round.id) if play.position - QUIET_QUESTIONS < p.position <= play.position
    ]
    return all(answers.count(ctx.db, p.id) == 0 for p in asked)


def open_next(ctx: Context, args: Sequence[str]) -> None:
    """The pause is over: post the next question, unless the round has been stopped, or was cut off long ago.

    One that is open as the daily by now is left out: its answer is not told yet.
    """
    rounds.hold(ctx.db, int(args[0]))
    plays = rounds.plays(ctx.db, int(args[0]))
    at = int(args[1])
    if at >= len(plays) or plays[at].round.state != "open" or plays[at].opened_at is not None:
        return
    before, secret = plays[at - 1].closed_at, rounds.open_contents(ctx.db, ctx.group.id, "daily")
    following = next((play for play in plays[at:] if play.content_id not in secret), None)
    if following is None or (before is not None and ctx.now - before > CUT_OFF):
        _finish(ctx, plays[at].round, "stopped", plays[at].round.space)
    else:
        _open(ctx, following)


def stop(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """End the live round of whoever asks, else their own quiz."""
    running = rounds.open_rounds(ctx.db, ctx.group.id, "live")
    if running and _may_stop(ctx, running[0]):
        return _stop(ctx, running[0])
    if rounds.stop_own(ctx.db, ctx.group.id, ctx.me.person_id, ctx.now):
        return Reply(card=cards.own_stopped())
    if running:
        raise Refusal(_("Only who started the live round, or a moderator, can stop it."))
    raise Refusal(
        _("Nothing is running. Say {solo} or {live} to begin.").format(solo=say("quiz start"), live=say("quiz live"))
    )


def stop_pressed(ctx: Context, args: Args) -> Reply:
    """The Stop button of a live round."""
    running = _find(ctx, args)
    if running.state != "open":
        raise Refusal(_("That round is over already."))
    if not _may_stop(ctx, running):
        raise Refusal(_("Only who started the live round, or a moderator, can stop it."))
    return _stop(ctx, running)


def hint(ctx: Context, args: Args) -> Reply:
    """The hint of the round's open question, to the one who asked alone."""
    running = _find(ctx, args)
    if running.state != "open":
        raise Refusal(_("That round is over already."))
    play = rounds.open_play(ctx.db, running.id)
    if play is None or play.closes_at is None or ctx.now >= play.closes_at:
        raise Refusal(_("No question of this round is open just now."))
    shown = playing.shown_of(play)
    if not shown.item.hint:
        raise Refusal(_("This question has no hint."))
    return Reply(card=quiz_cards.hint(shown))


def report_form(ctx: Context, args: Args) -> Reply:
    """The form to say what is wrong with the round's open question, or with the one that was revealed last."""
    asked = [play for play in rounds.plays(ctx.db, _find(ctx, args).id) if play.opened_at is not None]
    if not asked:
        raise StaleTokenError
    return Reply(form=quiz_cards.report_form(asked[-1].id))


def _find(ctx: Context, args: Args) -> RoundRow:
    """The live round that a button names, looked up inside the caller's group. Raises StaleTokenError."""
    running = rounds.find_round(ctx.db, ctx.group.id, args.number(0))
    if running is None or running.kind != "live":
        raise StaleTokenError
    return running


def _may_stop(ctx: Context, running: RoundRow) -> bool:
    return running.starter_id == ctx.me.account_id or ctx.is_moderator()


def _stop(ctx: Context, running: RoundRow) -> Reply:
    _end(ctx, running, running.space, reveals=True)
    return Reply(card=cards.stopped())


def leave(ctx: Context, happening: Happening) -> None:
    """The place of a round is gone: end it, what was answered counts; if only its thread is gone, announce it."""
    gone = happening.event.space
    for running in rounds.open_rounds(ctx.db, ctx.group.id, "live"):
        if _plays_in(ctx, running, gone) or not homes.has_home(ctx.db, ctx.group.id):
            _end(ctx, running, replace(running.space, thread=None) if gone.thread else None, reveals=False)


def refused(ctx: Context, key: str, failure: Failure | None) -> None:
    """The place takes not even the first question: end the round, which nobody saw, and tell who started it."""
    _live, number, which = key.split(":")
    if failure is not Failure.FORBIDDEN or which != "0" or given_up.was_sent(ctx.db, key):
        return
    rounds.hold(ctx.db, int(number))
    running = rounds.find_round(ctx.db, ctx.group.id, int(number))
    if running is None or running.state != "open":
        return
    _end(ctx, running, None, reveals=False)
    starter = people.account_of(ctx.db, running.starter_id)
    ctx.tell(starter, cards.refused(running), f"live:{running.id}:refused")


def _plays_in(ctx: Context, running: RoundRow, place: Space) -> bool:
    here = running.space
    if (here.platform, here.workspace) != (place.platform, place.workspace):
        return False
    if place.channel not in (None, here.channel):
        return False
    return place.thread in (None, here.thread, messages.thread_below(ctx.db, live_posts.start_key(running)))


def _end(ctx: Context, running: RoundRow, result_in: Space | None, *, reveals: bool) -> None:
    rounds.hold(ctx.db, running.id)
    play = rounds.open_play(ctx.db, running.id)
    if play is not None:
        _close(ctx, play, reveals=reveals)
        ctx.cancel_alarm(f"live.close:{play.id}")
    ctx.cancel_alarm(f"live.open:{running.id}")
    _finish(ctx, running, "stopped", result_in)


def _finish(ctx: Context, running: RoundRow, state: str, result_in: Space | None) -> None:
    """Close the round; `result_in` is where its result is announced, if anywhere."""
    if not rounds.close_round(ctx.db, running.id, state, ctx.now):
        return
    if result_in is None:
        return
    totals = cards.totals(answers.of_round(ctx.db, running.id))
    shown = people.shown_names(ctx.db, ctx.group.id, list(totals))
    asked = sum(play.opened_at is not None for play in rounds.plays(ctx.db, running.id))
    ctx.post(f"live:{running.id}:result", lambda: cards.result(running, state, asked, totals, shown), result_in)
    live_posts.announce_end(ctx, running)
