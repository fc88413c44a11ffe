"""Reads a board: the first ten who chose to be shown, and my own place."""

from bot.chat.arguments import Options
from bot.chat.replies import Reply
from bot.context import Context
from bot.features import playing
from bot.features.leaderboard import cards
from bot.rules.calendar import Period, board_key
from bot.store import scores

SHOWN = 10


def leaderboard(ctx: Context, options: Options) -> Reply:
    """The board of a period, of everything or of one track."""
    period = Period(options.text("period") or Period.SEASON)
    place = playing.place_of(ctx, options)
    track = ctx.library.track_of(place) if place else None
    board = board_key(ctx.group.id, period, ctx.today, ctx.group.season, track)
    listed = scores.top(ctx.db, board, ctx.group.id, SHOWN, ctx.me.person_id)
    return Reply(
        card=ctx.naming(
            cards.board(
                listed,
                scores.mine(ctx.db, board, ctx.me.person_id),
                ctx.me,
                period,
                ctx.library.title(track) if track else None,
                scores.size(ctx.db, board),
            )
        )
    )
