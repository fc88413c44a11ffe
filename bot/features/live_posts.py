"""What a live round posts while it is on, where each of it stands, and the open question brought to view again."""

from bot.chat.cards import Card
from bot.chat.words import speaking
from bot.context import Context
from bot.features import playing
from bot.features.live import cards
from bot.features.question_cards import Mode
from bot.store import answers, messages, rounds
from bot.store.rounds import Play, RoundRow

MODE = Mode("live")


def key(play: Play) -> str:
    """The key of a question's message."""
    return f"live:{play.round.id}:{play.position}"


def start_key(running: RoundRow) -> str:
    """The key of the message with which a round begins in its channel."""
    return f"live:{running.id}:start"


def topic(ctx: Context, running: RoundRow) -> str | None:
    """The title of the round's topic, if it has one."""
    return ctx.library.title(running.place) if running.place else None


def announce(ctx: Context, running: RoundRow) -> None:
    """Say in the channel that a round begins, where its questions are to follow in a thread below.

    If none may be opened the message says so, and the questions follow in the channel.
    """
    if not _wants_thread(ctx, running):
        return
    lacking = ctx.powers.lacks_to_thread
    ctx.post(start_key(running), lambda: cards.announced(running, topic(ctx, running), lacking), running.space)
    if lacking:
        messages.refuse_thread(ctx.db, start_key(running))


def _wants_thread(ctx: Context, running: RoundRow) -> bool:
    wanted = ctx.settings().get("threads") != "off" and running.count > 1 and running.space.thread is None
    return wanted and (ctx.powers.threads or bool(ctx.powers.lacks_to_thread))


def announce_end(ctx: Context, running: RoundRow) -> None:
    """Have the message with which the round began, if there is one, say that it is over, without buttons."""
    if messages.known(ctx.db, start_key(running)):
        ctx.post(start_key(running), lambda: cards.announced_over(running, topic(ctx, running)), running.space)


def show(ctx: Context, play: Play, count: int) -> None:
    """Post the open question, or edit it; below the round's first message, if it has one."""
    shown = playing.shown_of(play)
    about = ctx.library.title(shown.item.topic)
    with speaking(ctx.group.locale):
        title = cards.thread_title(topic(ctx, play.round))
    ctx.post(
        key(play),
        lambda: cards.open_question(play, shown, MODE, about, count),
        play.round.space,
        in_time=True,
        below=start_key(play.round),
        title=title,
    )


def show_again(ctx: Context, round_id: int) -> Card | None:
    """Bring the open question of a round before everyone's eyes again and say so; None if none is open.

    Where nobody knows whether the channel has it (the process died while posting), the member gets a copy.
    """
    play = rounds.open_play(ctx.db, round_id)
    if play is None or play.closes_at is None or ctx.now >= play.closes_at:
        return None
    count = answers.count(ctx.db, play.id)
    if not messages.stands(ctx.db, key(play)):
        shown = playing.shown_of(play)
        return cards.open_question(play, shown, MODE, ctx.library.title(shown.item.topic), count)
    show(ctx, play, count)
    place = messages.place_of(ctx.db, key(play))
    return cards.where_it_stands(in_thread=place is not None and place.thread is not None)
