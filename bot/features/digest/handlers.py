"""Gathers what a group learned in a span of time; nobody's wrong answers can be told from it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from fractions import Fraction
from itertools import groupby

from bot.context import Context
from bot.features.challenges.handlers import rungs
from bot.features.digest.cards import Improved, Topic, Week
from bot.rules.calendar import Period, board_key, local_day
from bot.rules.scoring import percent
from bot.store import learned, scores
from bot.store.answers import Tally
from bot.store.learned import Answered, Asked

BEFORE = timedelta(weeks=4)  # what a member's days are compared with
FEWEST_ANSWERS = 5  # of fewer nothing is counted, and nobody is compared
FEWEST_PEOPLE = 3  # of two, each could work out how the other one answered
NAMES, RUNGS, PLACES = 3, 2, 10
NOBODY = 0


def gather(ctx: Context, begin: datetime, end: datetime) -> Week:
    """What the group learned from one moment to before another; the board is that of the week that holds most of it."""
    group, zone = ctx.group.id, ctx.group.zone
    answered = learned.answered(ctx.db, group, begin, end)
    middle = local_day(begin + (end - begin) / 2, zone)
    board = board_key(group, Period.WEEK, middle, ctx.group.season)
    known = ctx.library.concepts
    return Week(
        until=local_day(end, zone),
        since=local_day(begin, zone),
        board_of=middle,
        people=len(answered),
        concepts=tuple(known[c].title for c in learned.concepts(ctx.db, group, begin, end) if c in known),
        topics=_topics(ctx, learned.asked(ctx.db, group, begin, end)),
        improved=_improved(ctx, answered, begin),
        challenges=tuple(rungs(ctx)[:RUNGS]),
        board=tuple(scores.top(ctx.db, board, group, PLACES, NOBODY)),
    )


def _topics(ctx: Context, asked: Sequence[Asked]) -> tuple[Topic, ...]:
    """The topics, those with the most answers first; without counts where these would tell of somebody."""
    by_topic: dict[str, list[Asked]] = defaultdict(list)
    for one in asked:
        by_topic[one.topic].append(one)
    found = []
    for topic, questions in by_topic.items():
        answered = sum(one.answered for one in questions)
        right = sum(one.right for one in questions)
        enough = answered >= FEWEST_ANSWERS and max(one.people for one in questions) >= FEWEST_PEOPLE
        found.append(
            Topic(ctx.library.title(topic), answered, percent(right, answered))
            if enough
            else Topic(ctx.library.title(topic))
        )
    return tuple(sorted(found, key=lambda topic: (-topic.answered, topic.title)))


def _improved(ctx: Context, answered: Sequence[Answered], begin: datetime) -> Improved:
    now = {one.person_id: one for one in answered if one.shown_name and one.tally.answered >= FEWEST_ANSWERS}
    before = learned.answered_by(ctx.db, ctx.group.id, list(now), begin - BEFORE, begin)
    return most_improved(now, before)


def most_improved(now: Mapping[int, Answered], before: Mapping[int, Tally]) -> Improved:
    """Those whose share of right answers rose most; who is level with the last one named is counted at least."""
    rises = {
        person: _share(one.tally) - _share(before[person])
        for person, one in now.items()
        if person in before and min(one.tally.answered, before[person].answered) >= FEWEST_ANSWERS
    }
    risen = sorted((-rise, now[person].shown_name) for person, rise in rises.items() if rise > 0)
    names: list[str] = []
    for _rise, level in groupby(risen, key=lambda pair: pair[0]):
        if len(names) >= NAMES:
            break
        these = [name for _same, name in level]
        free = NAMES - len(names)
        names += these[:free]
        if len(these) > free:
            return Improved(tuple(names), len(these) - free)
    return Improved(tuple(names))


def _share(tally: Tally) -> Fraction:
    return Fraction(tally.right, tally.answered)
