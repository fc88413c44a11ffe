"""What waits for this member, and the ways on."""

from datetime import datetime

from msgspec import Struct

from bot.chat.arguments import Options
from bot.chat.presses import Args, StaleTokenError
from bot.chat.replies import Reply
from bot.context import Context
from bot.features import live_posts, playing, todays
from bot.features.mate import cards
from bot.features.mate.cards import Open
from bot.features.my.handlers import to_review
from bot.features.quiz import cards as quiz_cards
from bot.features.quiz.handlers import MODE as SOLO
from bot.features.quiz.handlers import resume as own_question
from bot.store import rounds
from bot.store.answers import AnswerRow
from bot.store.rounds import Play


class Waiting(Struct, frozen=True):
    """What waits for a member: today's question, if somebody has opened it, with their answer; and what is open.

    `comes`: where none is open, when the next one comes that is planned.
    """

    daily: Play | None
    mine: AnswerRow | None
    comes: datetime | None
    open: Open

    @property
    def daily_done(self) -> bool:
        """Whether the member has locked an answer to today's question."""
        return todays.is_locked(self.mine)


def waiting(ctx: Context) -> Waiting:
    """Look up what waits for this member."""
    dailies = rounds.open_dailies(ctx.db, ctx.group.id)
    play, mine = todays.standing(ctx, todays.open_plays(ctx, dailies))
    own, live = rounds.what_is_open(ctx.db, ctx.group.id, ctx.me.person_id, ctx.me.account_id)
    return Waiting(
        play,
        mine,
        todays.next_at(ctx) if play is None else None,
        Open(own, live, missed=len(to_review(ctx, {daily.content_id for daily in dailies}))),
    )


def front_door(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """Today, what is open, and the six ways on."""
    found = waiting(ctx)
    return Reply(card=cards.front_door(ctx.group.name, found.open, found.comes, daily_done=found.daily_done))


def resume(ctx: Context, args: Args) -> Reply:
    """Show the question again that is open: the live round's, or my own quiz'."""
    if args.word(0) == "live":
        running = rounds.open_rounds(ctx.db, ctx.group.id, "live")
        card = live_posts.show_again(ctx, running[0].id) if running else None
        if card is None:
            raise StaleTokenError
        return Reply(card=card)
    play = own_question(ctx)
    if play is None:
        raise StaleTokenError
    play = playing.open_play(ctx, play, person_id=ctx.me.person_id)
    shown = playing.shown_of(play)
    return Reply(card=quiz_cards.asked(play, shown, SOLO, ctx.library.title(shown.item.topic), []))
