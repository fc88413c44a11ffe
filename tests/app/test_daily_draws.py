"""Which questions the scheduled dailies ask where a topic has few or none, and where two of them are open at once."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from itertools import pairwise

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine, select

from bot.features.drawing import REST
from bot.library import Library
from bot.store import rounds
from bot.store.engine import transaction
from tests.app.stand import Stand, standing, words
from tests.app.test_schedules import live, plan, schedule
from tests.app.test_schedules_hostile import open_plays
from tests.clock import Clock

TREES, EMPTY = "classical.decision-trees", "maths.vectors"


@pytest.fixture
async def poor(engine: Engine, library: Library, clock: Clock) -> AsyncIterator[Stand]:
    """A group whose library has one question on trees, none on vectors, and nothing that these two build on."""
    trees = [name for name, item in library.items.items() if item.topic == TREES]
    items = {name: item for name, item in library.items.items() if item.topic != EMPTY and name not in trees[1:]}
    async for stand in standing(engine, replace(library, items=items), clock):
        yield stand


def asked(stand: Stand) -> list[str]:
    """The questions of all dailies, in order."""
    with transaction(stand.engine, reads=True) as db:
        found = (
            select(rounds.ITEM.c.content_id)
            .select_from(rounds.ROUND_ITEM.join(rounds.ITEM, rounds.ITEM.c.id == rounds.ROUND_ITEM.c.item_id))
            .order_by(rounds.ROUND_ITEM.c.id)
        )
        return list(db.execute(found).scalars())


def topics(stand: Stand) -> list[str]:
    """The topics of these."""
    return [stand.core.library.items[one].topic for one in asked(stand)]


async def test_a_topic_with_one_question(poor: Stand) -> None:
    """It is asked once and rests while others help out, which the post says; then it comes again."""
    await plan(poor, topic=TREES)
    await live(poor, days=0.1)
    assert "too little" not in poor.said("schedule:1:2026-03-10")
    await live(poor, days=1)
    assert "too little on Decision trees" in poor.said("schedule:1:2026-03-11")
    assert "The one of 2026-03-10" in poor.said("schedule:1:2026-03-11")
    await live(poor, days=9)
    found = topics(poor)
    assert len(found) == 10
    assert [at for at, topic in enumerate(found) if topic == TREES] == [0, REST + 1]


@pytest.mark.parametrize("topic", [TREES, "classical", "maths.derivatives"])
async def test_no_post_tells_its_own_answer(poor: Stand, topic: str) -> None:
    """What yesterday's line tells is not what is asked today."""
    await plan(poor, topic=topic)
    await live(poor, days=10)
    found = asked(poor)
    assert len(found) == 10
    assert all(before != after for before, after in pairwise(found))


async def test_adaptive_does_not_stand_still(poor: Stand) -> None:
    """Where the group stays weak in what has one question, that one does not come day after day."""
    await plan(poor, topic="adaptive")
    await live(poor, days=0.1)
    for _day in range(12):
        for member in ("bea", "cem", "dan", "eve", "fay"):
            play = open_plays(poor)[0]
            await poor.press(f"today.unsure|{play.id}", by=member)
            await poor.press(f"daily.lock|{play.id}", by=member)
        await live(poor, days=1)
    found = asked(poor)
    assert all(before != after for before, after in pairwise(found))


@pytest.mark.parametrize("topic", [TREES, "none"])
async def test_no_question_is_open_twice(poor: Stand, topic: str) -> None:
    """Two dailies that are open at once never ask the same, since the close of one tells the answer of both."""
    for at in ("10:00", "18:00"):
        await plan(poor, topic=topic, time=at, closes_after="48")
    for _quarter in range(4 * 5):
        await live(poor, days=0.25)
        assert max(Counter(play.content_id for play in open_plays(poor)).values(), default=1) == 1
    assert len(asked(poor)) == 10


@pytest.mark.parametrize("topic", [TREES, "none"])
async def test_nothing_is_asked_where_everything_is_open(
    engine: Engine, library: Library, clock: Clock, topic: str
) -> None:
    """Where more dailies are open than there are questions, a day is left out rather than asked twice."""
    items = dict(list(library.items.items())[:4])
    async for stand in standing(engine, replace(library, items=items), clock):
        for at in ("10:00", "18:00"):
            await plan(stand, topic="none", time=at, closes_after="72")
        await stand.say("schedule edit", options={"number": "1", "topic": topic}, admin=True)
        for _quarter in range(4 * 5):
            await live(stand, days=0.25)
            assert max(Counter(play.content_id for play in open_plays(stand)).values(), default=1) == 1
        assert 4 < len(asked(stand)) < 10


async def test_a_plan_passes_over_what_has_no_questions(stand: Stand, poor: Stand) -> None:
    """A topic of a plan on which nothing can be asked any more is left out, and the plan goes on behind it."""
    await plan(stand, topic=f"tools.numpy, {EMPTY}, classical.linear-regression")
    await live(poor, days=4)
    assert topics(poor) == ["tools.numpy", "classical.linear-regression"] * 2
    assert schedule(poor).plan_at == 6


async def two_open(stand: Stand) -> tuple[str, str]:
    """Dailies of two channels that are open: the topic of the first, and of the second, which bea has locked."""
    for at, channel in (("10:00", "general"), ("11:00", "other")):
        await stand.say(
            "schedule add", options={"kind": "quiz", "time": at, "days": "daily"}, channel=channel, admin=True
        )
    await live(stand, days=0.2)
    second, first = open_plays(stand)
    await stand.press(f"today.unsure|{second.id}", by="bea", channel="other")
    await stand.press(f"daily.lock|{second.id}", by="bea", channel="other")
    title = stand.core.library.title
    return title(stand.core.library.items[first.content_id].topic), title(
        stand.core.library.items[second.content_id].topic
    )


@pytest.mark.parametrize("channel", ["general", "other", "third"])
async def test_the_one_that_waits_is_shown(stand: Stand, channel: str) -> None:
    """Of two that are open a member gets the one that they have not locked, wherever they ask."""
    first, _second = await two_open(stand)
    assert f"Daily · {first}" in words(await stand.say("daily", by="bea", channel=channel))
    assert "Today's question waits" in words(await stand.say("mate", by="bea", channel=channel))
    dated = await stand.say("daily", by="bea", channel=channel, options={"date": "2026-03-10"})
    assert f"Daily · {first}" in words(dated)


async def test_of_two_that_wait_the_channels_own_is_shown(stand: Stand) -> None:
    """Who has locked none gets that of the channel in which they ask."""
    first, second = await two_open(stand)
    for channel, title in (("general", first), ("other", second)):
        assert f"Daily · {title}" in words(await stand.say("daily", by="cem", channel=channel))


async def test_a_day_that_is_past_elsewhere_is_found(stand: Stand) -> None:
    """A daily of a schedule with a zone of its own is found by its date, also where that day is still to come."""
    await stand.say("settings set", options={"setting": "timezone", "value": "America/Los_Angeles"}, admin=True)
    await plan(stand, timezone="Pacific/Auckland", time="00:30", closes_after="1")
    await live(stand, days=0.5)
    assert stand.posted("schedule:1:2026-03-11")
    there = stand.clock.now - timedelta(hours=7)
    assert there.date().isoformat() == "2026-03-10"
    again = words(await stand.say("daily", by="bea", options={"date": "2026-03-11"}))
    assert "Level" in again
    assert "is still to come" in words(await stand.say("daily", by="bea", options={"date": "2026-03-12"}))
