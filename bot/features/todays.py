"""Which daily is open for a member: of those in which something waits for them that of their channel before others."""

from collections.abc import Sequence
from datetime import datetime

from msgspec.structs import replace

from bot.chat.replies import Refusal
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context
from bot.store import answers, rounds, schedules
from bot.store.answers import AnswerRow
from bot.store.rounds import Play


def open_plays(ctx: Context, dailies: Sequence[Play] | None = None) -> list[Play]:
    """The questions of the daily that is open for who asks, in order; none if none is open.

    `dailies`: those of all that are open in the group, where they are known already.
    """
    if dailies is None:
        dailies = rounds.open_dailies(ctx.db, ctx.group.id)
    found = [play for play in dailies if is_open(ctx, play)]
    if len({play.round.id for play in found}) > 1:
        found = _waiting(ctx, found) or found
    if not found:
        return []
    here = replace(ctx.here, thread=None)
    chosen = next((play for play in found if play.round.space == here), found[0])
    return [play for play in dailies if play.round.id == chosen.round.id and is_open(ctx, play)]


def _waiting(ctx: Context, plays: Sequence[Play]) -> list[Play]:
    """Those of the questions to which the member has locked no answer."""
    locked = answers.locked_in(ctx.db, [play.id for play in plays], ctx.me.account_id)
    return [play for play in plays if play.id not in locked]


def is_open(ctx: Context, play: Play) -> bool:
    """Whether a question may be answered still."""
    return play.opened_at is not None and play.closes_at is not None and ctx.now < play.closes_at


def standing(ctx: Context, plays: list[Play]) -> tuple[Play | None, AnswerRow | None]:
    """The first of the questions that the member has not locked, else the last one; with their answer."""
    play, mine = None, None
    for play in plays:
        mine = answers.mine(ctx.db, play.id, ctx.me.account_id)
        if not is_locked(mine):
            break
    return play, mine


def is_locked(mine: AnswerRow | None) -> bool:
    """Whether a member has given an answer, and can change it no more."""
    return mine is not None and mine.locked_at is not None


def keep_secret(ctx: Context, content_id: str) -> None:
    """Nothing, unless the question is open as a daily: its answer is not told yet. Raises Refusal."""
    if content_id in rounds.open_contents(ctx.db, ctx.group.id, "daily"):
        open_now = _("That question is open as the daily now. Say {daily} to answer it, {quiz} for other questions.")
        raise Refusal(open_now.format(daily=say("daily"), quiz=say("quiz start")))


def next_at(ctx: Context) -> datetime | None:
    """When the group's next scheduled quiz comes, at once if it is late; None where none is planned."""
    planned = schedules.next_of(ctx.db, ctx.group.id, "quiz")
    return max(planned, ctx.now) if planned else None
