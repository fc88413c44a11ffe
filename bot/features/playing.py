"""What every way of playing shares: drawing questions, opening rounds, reading answers, scoring them."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache, partial
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from bot.chat.arguments import Options, quoted
from bot.chat.presses import Args, StaleTokenError
from bot.chat.reading import read_option
from bot.chat.replies import Refusal
from bot.chat.unseen import without_hidden
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context
from bot.library import Library
from bot.questions import kind_of, read_item, show
from bot.questions.item import Item
from bot.questions.shown import Grade, Shown, UnreadableError
from bot.rules.calendar import local_day
from bot.rules.draws import seed_of
from bot.rules.responses import UNSURE, Response
from bot.rules.scoring import points
from bot.store import exposures, opening, rounds, scores, streaks
from bot.store.answers import AnswerRow, Given
from bot.store.opening import NewRound
from bot.store.rounds import Play
from bot.store.scores import Entry

_CACHED = 4096


class Answered(Struct, frozen=True):
    """An answer as it came in, with the question that it belongs to."""

    play: Play
    shown: Shown
    response: Response


def shown_of(play: Play) -> Shown:
    """The question of a round as it is shown: the played row's snapshot with its draw, the same for ever."""
    return _shown(play.snapshot, play.seed)


@lru_cache(maxsize=_CACHED)
def _shown(snapshot: str, seed: int) -> Shown:
    return show(_item(snapshot), seed)


@lru_cache(maxsize=_CACHED)
def _item(snapshot: str) -> Item:
    return read_item(json.loads(snapshot))


def place_of(ctx: Context, options: Options, name: str = "topic") -> str | None:
    """The track or topic that an option names; None for none or `all`. Raises Refusal."""
    return read_option(options, name, partial(find_place, ctx), None)


def find_place(ctx: Context, words: str) -> str | None:
    """The track or topic that a member named; None for `all`. Raises Refusal."""
    if words.casefold().strip() in ("", "all", "any", _("all").casefold()):
        return None
    place = ctx.library.find_place(words)
    if place is None:
        near = [name for name, _title in ctx.library.places(words)[:3]]
        hint = (
            _("Did you mean {names}?").format(names=", ".join(near))
            if near
            else _("Say {command} to see all.").format(command=say("quiz topics"))
        )
        raise Refusal(_("There is no topic {words}. {hint}").format(words=quoted(words), hint=hint))
    return place


def is_place(library: Library, words: str) -> bool:
    """Whether this is the id of a track or a topic."""
    return words in library.tracks or words in library.topics


def suggest_place(library: Library, text: str) -> list[tuple[str, str]]:
    """Autocomplete for topics: pairs (id, title)."""
    return library.places(text)


def daily_key(ctx: Context) -> str:
    """The key of the group's daily of today, which can exist only once."""
    return f"daily:{ctx.group.id}:{ctx.today.isoformat()}"


def new_round(ctx: Context, kind: str, **more: Any) -> NewRound:
    """A round of this member, in this group, now; `more` as in `NewRound`."""
    return NewRound(
        kind=kind,
        group_id=ctx.group.id,
        season_id=ctx.group.season_id,
        starter_id=ctx.me.account_id,
        day=ctx.today,
        now=ctx.now,
        **more,
    )


def open_round(ctx: Context, new: NewRound, items: Sequence[Item], *, closes_at: datetime | None = None) -> Play | None:
    """Open a round with these questions, each with its draw, and its first one; None if its `once` key is taken.

    The first is shown to the person whose round it is, else to the group, until `closes_at`.
    """
    round_id = opening.open_round(ctx.db, new)
    if round_id is None:
        return None
    played = opening.play_items(ctx.db, items, ctx.now)
    secret = ctx.group.secret
    drawn = [(row, seed_of(secret, round_id, row.content_id, row.version, at)) for at, row in enumerate(played)]
    first = opening.begin(ctx.db, round_id, new, drawn, closes_at)
    _expose(ctx, first, new.person_id)
    return first


def open_play(ctx: Context, play: Play, *, person_id: int | None, closes_at: datetime | None = None) -> Play:
    """Open a question of a round and note that it was shown to the person, or to the group."""
    if rounds.open_item(ctx.db, play.id, ctx.now, closes_at):
        play = replace(play, opened_at=ctx.now, closes_at=closes_at)
        _expose(ctx, play, person_id)
    return play


def _expose(ctx: Context, play: Play, person_id: int | None) -> None:
    order = [option.id for option in shown_of(play).options]
    exposures.expose(ctx.db, play, person_id=person_id, order=order, place=play.round.kind, now=ctx.now)


def find_play(ctx: Context, args: Args, kinds: Sequence[str], *, answering: bool = False) -> Play:
    """The question that a button belongs to, looked up inside the caller's group. Raises StaleTokenError."""
    play = rounds.find_play(ctx.db, ctx.group.id, args.number(0), answering=answering)
    if play is None or play.round.kind not in kinds or play.opened_at is None:
        raise StaleTokenError
    if play.round.person_id not in (None, ctx.me.person_id):
        raise Refusal(
            _("That question is somebody else's. Say {command} for one of your own.").format(command=say("quiz start"))
        )
    if answering and play.round.state == "stopped" and play.round.person_id is not None:
        raise Refusal(_("That quiz is ended. Say {command} for a new one.").format(command=say("quiz start")))
    return play


def read_answer(ctx: Context, args: Args, kinds: Sequence[str]) -> Answered:
    """What was pressed, chosen or typed, read as an answer. Raises Refusal where it cannot be read as one."""
    play = find_play(ctx, args, kinds, answering=True)
    shown = shown_of(play)
    try:
        response = kind_of(shown.item).read(shown, _given(args))
    except UnreadableError as error:
        raise Refusal(str(error)) from error
    return Answered(play, shown, response)


def unsure(ctx: Context, args: Args, kinds: Sequence[str]) -> Answered:
    """The answer "I don't know"."""
    play = find_play(ctx, args, kinds, answering=True)
    return Answered(play, shown_of(play), UNSURE)


def given_by(
    ctx: Context, answered: Answered, *, correct: bool | None = None, points: int = 0, locked: bool = False
) -> Given:
    """The answer as this member gives it now."""
    return Given(
        play_id=answered.play.id,
        account_id=ctx.me.account_id,
        person_id=ctx.me.person_id,
        content_id=answered.play.content_id,
        response=answered.response,
        now=ctx.now,
        correct=correct,
        points=points,
        locked=locked,
    )


def _given(args: Args) -> str | tuple[int, ...]:
    if "answer" in args.fields:
        return without_hidden(args.fields["answer"])
    if args.values:
        try:
            return tuple(int(value) for value in args.values)
        except ValueError as error:
            raise StaleTokenError from error
    return (args.number(1),)


def grade(shown: Shown, response: Response) -> Grade:
    """Whether an answer is right; "I don't know" is not."""
    return Grade(correct=False) if response == UNSURE else kind_of(shown.item).grade(shown, response)


def worth(play: Play, shown: Shown, answer: AnswerRow | None, *, correct: bool) -> int:
    """The points that an answer brings if it scores; the time left counts in live rounds alone."""
    left = 0.0
    if answer and play.round.kind == "live" and play.closes_at and play.opened_at:
        whole = (play.closes_at - play.opened_at).total_seconds()
        left = (play.closes_at - answer.given_at).total_seconds() / whole if whole else 0.0
    return points(correct=correct, difficulty=shown.item.difficulty, left=left)


def score(ctx: Context, play: Play, answers: Sequence[tuple[int, int, int]]) -> set[int]:
    """Bring answers to the ledger: triples of account, person and points; the accounts for which they counted.

    The first answer to an item counts once a season, a daily always does, practice never.
    """
    if play.round.kind == "review":
        return set()
    daily = play.round.kind == "daily"
    moment = min(ctx.now, play.closes_at or ctx.now)  # a live question may close late
    once = f"daily:{play.id}" if daily else f"item:{play.content_id}"
    entries = [
        Entry(
            account_id=account,
            person_id=person,
            group_id=ctx.group.id,
            season_id=ctx.group.season_id,
            season=ctx.group.season,
            day=play.round.day if daily else local_day(moment, ctx.group.zone),
            track=shown_of(play).item.track,
            item=play.content_id,
            what=play.round.kind,
            points=gained,
            once=once,
            at=ctx.now,
        )
        for account, person, gained in answers
    ]
    return scores.record(ctx.db, entries, seen_as=f"item:{play.content_id}" if daily else None)


def keep_streaks(ctx: Context, persons: Iterable[tuple[int, str | None]], at: datetime | None = None) -> None:
    """Count the day of people whose answers are locked: pairs of person and their own zone, None if it is not at hand.

    `at` is the moment that counts, where it is not now. Call it before `score`: people are changed before boards, by
    everybody, so that no two wait for each other.
    """
    streaks.keep(ctx.db, persons, at or ctx.now, ctx.group.zone)


def keep_own_streak(ctx: Context) -> None:
    """The same for the member who asks, now; costs nothing where the day counts already."""
    if ctx.me.streak_day is None or ctx.me.streak_day < local_day(ctx.now, ctx.zone):
        keep_streaks(ctx, [(ctx.me.person_id, ctx.me.zone)])
