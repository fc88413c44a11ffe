"""A scheduled quiz: which questions, the post for everyone, and the reveal that takes its place when it closes."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from bot.chat.cards import Card
from bot.context import Context
from bot.features import drawing, planning, playing, posts, silence
from bot.features.daily import cards
from bot.features.posts import Posted
from bot.questions.item import Item
from bot.rules.draws import Draw
from bot.store import answers, excuses, given_up, people, rounds, schedules, streaks, weakness
from bot.store.answers import AnswerRow
from bot.store.opening import NewRound
from bot.store.rounds import Play
from bot.store.schedules import ScheduleRow

LATELY = timedelta(days=60)
FEWEST_TO_JUDGE = 5
LEFT_AT_LEAST = timedelta(minutes=30)
OF_A_STREAK, MOST_STREAKS = 2, 5


def post(ctx: Context, schedule: ScheduleRow, day: date, key: str) -> Posted | None:
    """Open the day's questions and post them; None if there are none."""
    place, steps = _place(ctx, schedule)
    items, helped = _draw(ctx, schedule, day, place)
    if not items:
        return None
    new = NewRound(
        kind="daily",
        group_id=ctx.group.id,
        season_id=ctx.group.season_id,
        starter_id=schedule.created_by,
        day=day,
        now=ctx.now,
        place=place,
        space=schedule.space,
        once=key,
    )
    closes = _closes(ctx, schedule)
    first = playing.open_round(ctx, new, items, closes_at=closes)
    if first is None:
        raise LookupError("the round of a day that was just taken is there already")
    plays = [first, *_open_others(ctx, first, len(items))]
    before = _yesterday(ctx, schedule)
    lacking = ctx.library.title(place) if place and helped else ""
    ctx.post(key, lambda: posts.pinging(_card(ctx, plays, before, lacking), schedule.ping), schedule.space)
    ctx.alarm(f"daily.close:{first.id}", closes, "daily.close", (str(first.id),))
    if steps:
        schedules.change(ctx.db, schedule.id, plan_at=schedule.plan_at + steps)
    return Posted(round_id=first.round.id)


def _closes(ctx: Context, schedule: ScheduleRow) -> datetime:
    """When it closes: at the same moment where it comes late, unless hardly any time would be left to answer."""
    lasts = timedelta(minutes=schedule.closes_after)
    planned = (schedule.next_at or ctx.now) + lasts
    return planned if planned - ctx.now >= LEFT_AT_LEAST else ctx.now + lasts


def _open_others(ctx: Context, first: Play, count: int) -> list[Play]:
    if count == 1:
        return []
    others = rounds.plays(ctx.db, first.round.id)[1:]
    return [playing.open_play(ctx, play, person_id=None, closes_at=first.closes_at) for play in others]


def _card(ctx: Context, plays: Sequence[Play], before: str, lacking: str) -> Card:
    shown = [playing.shown_of(play) for play in plays]
    titles = [ctx.library.title(one.item.topic) for one in shown]
    notes = cards.notes(before, lacking)
    if len(plays) == 1:
        return cards.posted(plays[0], shown[0], titles[0], notes)
    return cards.posted_several(plays, titles, notes)


# --- which questions -----------------------------------------------------------------------------------------------


def _place(ctx: Context, schedule: ScheduleRow) -> tuple[str | None, int]:
    """The topic of the day: the one that is set, the next of a plan, the group's weakest; None for any.

    And by how many places it leads on in a plan, in which those are passed over that nothing can be asked on.
    """
    if schedule.topic == planning.ADAPTIVE:
        return weakest(ctx), 0
    named = planning.places(ctx, schedule)
    if len(named) == 1:
        return named[0] or None, 0
    ahead = [named[(schedule.plan_at + step) % len(named)] for step in range(len(named))]
    filled = (step for step, place in enumerate(ahead) if any(ctx.library.rings(place, ctx.today)))
    step = next(filled, 0)
    return ahead[step], step + 1


def weakest(ctx: Context) -> str | None:
    """The topic in which the group has been right least often of late; None while too little is known.

    One of which everything was asked just now comes after the others.
    """
    tallies: dict[str, list[int]] = {}
    for content, (answered, right) in weakness.by_item(ctx.db, ctx.group.id, ctx.today - LATELY).items():
        item = ctx.library.items.get(content)
        if item is not None:
            tally = tallies.setdefault(item.topic, [0, 0])
            tally[0] += answered
            tally[1] += right
    known = {topic: tally for topic, tally in tallies.items() if tally[0] >= FEWEST_TO_JUDGE}
    order = sorted(known, key=lambda topic: ((known[topic][1] + 1) / (known[topic][0] + 2), topic))
    return next(iter([*drawing.not_resting(ctx, order), *order]), None)


def _draw(ctx: Context, schedule: ScheduleRow, day: date, place: str | None) -> tuple[list[Item], bool]:
    """The day's questions, and whether others than those on `place` had to help out."""
    if place is None:
        return drawing.daily_items(ctx, schedule.questions), False
    draw = Draw(ctx.group.secret, f"schedule:{schedule.id}:{day.isoformat()}")
    return drawing.daily_items_on(ctx, place, schedule.questions, draw)


# --- when it closes ------------------------------------------------------------------------------------------------


def _yesterday(ctx: Context, schedule: ScheduleRow) -> str:
    """What the last one's answer was, to ride on today's; nothing while it is open, or is asked again now."""
    last = next(iter(schedules.firings(ctx.db, schedule.id, 1)), None) if schedule.last_day else None
    if last is None or last.round_id is None:
        return ""
    plays = rounds.plays(ctx.db, last.round_id)
    if len(plays) != 1 or plays[0].closed_at is None:
        return ""
    if plays[0].content_id in rounds.open_contents(ctx.db, ctx.group.id, "daily"):
        return ""
    given = answers.of_play(ctx.db, plays[0].id)
    return cards.before(playing.shown_of(plays[0]), given, last.day)


def reveal(ctx: Context, plays: Sequence[Play], given: Sequence[Sequence[AnswerRow]]) -> None:
    """Let the post of a daily that has closed say what was right, and count how many were there.

    `given` are the answers to each of its questions.
    """
    finished = plays[0].round
    firing = schedules.firing_of_round(ctx.db, finished.id)
    if firing is None:
        return
    lasting = _streaks(ctx, [row for rows in given for row in rows])
    ctx.post(firing.key, lambda: _revealed(ctx, plays, given, lasting), finished.space)
    if given_up.was_sent(ctx.db, firing.key):  # what never arrived nobody could answer
        silence.heard(ctx, firing, len({row.person_id for rows in given for row in rows}))
    else:
        excuses.note_late(ctx.db, firing)


def _revealed(
    ctx: Context, plays: Sequence[Play], given: Sequence[Sequence[AnswerRow]], lasting: Sequence[tuple[str, int]]
) -> Card:
    shown = [playing.shown_of(play) for play in plays]
    titles = [ctx.library.title(one.item.topic) for one in shown]
    if len(plays) == 1:
        return cards.revealed(plays[0], shown[0], titles[0], given[0], lasting)
    return cards.revealed_several(plays, shown, titles, given, lasting)


def _streaks(ctx: Context, given: Sequence[AnswerRow]) -> list[tuple[str, int]]:
    """The longest streaks of those who answered and show their name."""
    names = people.shown_names(ctx.db, ctx.group.id, list({row.person_id for row in given}))
    days = streaks.of(ctx.db, list(names), ctx.now, ctx.group.zone) if names else {}
    found = [(names[person], count) for person, count in days.items() if count >= OF_A_STREAK]
    return sorted(found, key=lambda one: (-one[1], one[0]))[:MOST_STREAKS]
