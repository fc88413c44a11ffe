"""What schedules make of the content: topics and their neighbours, what is left of it, what is posted again."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from bot.chat.people import Powers
from bot.chat.port import DeliveryError, Failure
from bot.library import Library
from bot.store import schedules
from bot.store.engine import transaction
from tests.app.stand import Stand, standing, words
from tests.app.test_schedules import keys, live, plan, schedule
from tests.app.test_schedules_hostile import lock, moderate, open_plays
from tests.clock import Clock

ONE = {"number": "1"}
PENALTIES, LABELS, LENGTHS = (
    "c.classical.why-to-penalise",
    "c.tools.names-are-labels",
    "c.maths.length-of-a-vector",
)
NEIGHBOUR = "There is none on {topic} yet; here is a neighbour."


@pytest.fixture
async def bare(engine: Engine, library: Library, clock: Clock) -> AsyncIterator[Stand]:
    """A stand whose content has no concept of one track, and no question on a topic that builds on nothing."""
    fewer = replace(
        library,
        items={name: item for name, item in library.items.items() if item.topic != "classical.decision-trees"},
        concepts={name: concept for name, concept in library.concepts.items() if concept.track != "classical"},
    )
    async for made in standing(engine, fewer, clock):
        yield made


def contents(stand: Stand, number: int = 1) -> list[str]:
    """What a schedule has posted, the first one first."""
    with transaction(stand.engine, reads=True) as db:
        return [firing.content for firing in reversed(schedules.firings(db, number, 99))]


async def fail(stand: Stand, topic: str) -> None:
    """Five members do not know the answer to a question on a topic."""
    for name in ("bea", "cem", "dag", "eve", "fay"):
        reply = await stand.say("quiz start", by=name, options={"topic": topic, "questions": "1"})
        assert reply
        assert reply.card
        (unsure,) = (button.token for button in reply.card.buttons() if button.token.startswith("quiz.unsure"))
        await stand.press(unsure, by=name)


# --- a concept's topic ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("weakest", "first", "note"), [("python-core", LABELS, ""), ("numpy", LABELS, NEIGHBOUR.format(topic="NumPy"))]
)
async def test_a_concept_on_what_the_group_is_weakest_in(stand: Stand, weakest: str, first: str, note: str) -> None:
    """It is of the weakest topic, else of a neighbour, and the card says so; none repeats before all were posted."""
    await fail(stand, weakest)
    await plan(stand, kind="concept", topic="adaptive")
    await live(stand, days=3)
    assert contents(stand)[0] == first
    assert set(contents(stand)) == {PENALTIES, LABELS, LENGTHS}
    assert ("neighbour" in stand.said(keys(stand)[0])) is bool(note)
    assert note in stand.said(keys(stand)[0])


async def test_a_concept_of_a_neighbour(stand: Stand) -> None:
    """Where a topic has no concept, one of what it builds on is posted, else one of its track; the card says so."""
    await plan(stand, kind="concept", topic="matrices, trees, python-core")
    await live(stand, days=3)
    assert contents(stand) == [LENGTHS, PENALTIES, LABELS]
    said = [stand.said(key) for key in keys(stand)]
    assert NEIGHBOUR.format(topic="Matrices") in said[0]
    assert NEIGHBOUR.format(topic="Decision trees") in said[1]
    assert "neighbour" not in said[2]


@pytest.mark.parametrize(("kind", "what"), [("concept", "concept"), ("quiz", "question")])
async def test_a_topic_with_nothing_on_or_near_it(bare: Stand, kind: str, what: str) -> None:
    """It is refused by name, when it is planned and when it is changed, alone and among others."""
    await plan(bare, kind=kind, topic="vectors")
    for topic in ("trees", "vectors, trees"):
        said = await plan(bare, kind=kind, topic=topic)
        assert f"There is no {what} on “Decision trees”" in said
        assert "none for any" in said
    assert "“Decision trees”" in await moderate(bare, "schedule edit", topic="trees", **ONE)
    assert schedule(bare).topic == "maths.vectors"


# --- what is left --------------------------------------------------------------------------------------------------


async def test_what_is_left_is_counted(stand: Stand) -> None:
    """While something is left health says how much; that all were posted it says only then."""
    await plan(stand, kind="concept")
    for left in ("2 concepts are left", "1 concept is left", "All of this kind have been posted"):
        await live(stand, days=1)
        said = await moderate(stand, "schedule health")
        assert left in said
        assert ("All of this kind" in said) is left.startswith("All")
    await moderate(stand, "schedule edit", topic="vectors", **ONE)
    assert "All of this kind on or near Vectors have been posted" in await moderate(stand, "schedule health")


@pytest.mark.parametrize(("topic", "helps"), [("adaptive", False), ("all", False), ("vectors", True)])
async def test_a_wider_topic_helps_where_there_is_one(stand: Stand, topic: str, *, helps: bool) -> None:
    """Only who has named a topic is told to widen it."""
    await plan(stand, kind="concept", topic=topic)
    said = await moderate(stand, "schedule health")
    assert "left that the group has not had" in said
    assert ("A wider topic helps." in said) is helps


async def test_what_a_topic_builds_on_is_counted_with_it(stand: Stand) -> None:
    """A quiz goes on to what its topic builds on, and so does what is counted for it."""
    await plan(stand, topic="derivatives")
    assert "all is well" in await moderate(stand, "schedule health")
    await live(stand, days=5)
    assert "4 questions on or near Derivatives and gradients are left" in await moderate(stand, "schedule health")


@pytest.mark.parametrize(
    ("kind", "topic", "told"),
    [
        ("concept", "trees", "There is nothing to post on or near Decision trees."),
        ("quiz", "trees", "There is nothing to post on or near Decision trees."),
        ("quiz", "all", "There is nothing of this kind to post."),
    ],
)
async def test_nothing_is_left_at_all(
    stand: Stand, engine: Engine, library: Library, clock: Clock, kind: str, topic: str, told: str
) -> None:
    """Where a release has taken away all that there was, health says that there is nothing."""
    await plan(stand, kind=kind, topic=topic)
    async for bare in standing(engine, replace(library, items={}, concepts={}), clock):
        said = words(await bare.say("schedule health", admin=True, delivery="a later one"))
        assert told in said
        assert "repeat" not in said


async def test_two_quizzes_share_their_questions(stand: Stand) -> None:
    """What is left is to last for both; a paused one, or one of other questions, takes none."""
    await plan(stand, questions="5")
    await live(stand, days=2)
    await moderate(stand, "schedule remove", **ONE)
    await plan(stand)
    await plan(stand, topic="vectors", days="mon")
    assert "questions are left" not in await moderate(stand, "schedule health")
    await plan(stand, channel="#elsewhere")
    assert (await moderate(stand, "schedule health")).count("12 questions are left") == 2
    await moderate(stand, "schedule pause", number="4")
    assert "questions are left" not in await moderate(stand, "schedule health")


# --- what is posted again ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["concept", "challenge"])
async def test_what_was_refused_is_still_to_come(stand: Stand, kind: str) -> None:
    """What the platform has refused nobody has seen: it is the next one."""
    await plan(stand, kind=kind)
    await live(stand, days=1)
    stand.port.refuses["post", "general"] = DeliveryError(Failure.FORBIDDEN, "no")
    await live(stand, days=1)
    stand.port.refuses.clear()
    await live(stand, days=2)
    first, refused, again, last = contents(stand)
    assert again == refused
    assert len({first, refused, last}) == 3


# --- the last time -------------------------------------------------------------------------------------------------


async def test_nothing_to_post_is_of_that_time_alone(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once something was posted again health is silent of it, and after that the bot was away, not the content."""
    with monkeypatch.context() as without:
        for name in list(stand.core.library.challenges):
            without.delitem(stand.core.library.challenges, name)
        await plan(stand, kind="challenge", days="weekdays")
        await live(stand, days=1)
        assert "There was nothing to post at its last time." in await moderate(stand, "schedule health")
    await live(stand, days=1)
    assert "nothing to post" not in await moderate(stand, "schedule health")
    await stand.pass_time(days=1, hours=6)
    said = await moderate(stand, "schedule health")
    assert "I was away at its last time." in said
    assert "nothing to post" not in said


async def test_a_post_that_is_put_off(stand: Stand) -> None:
    """While the platform does not take a post health says so, until it is there."""
    await plan(stand)
    stand.port.refuses["post", "general"] = DeliveryError(Failure.TRANSIENT, "busy")
    await live(stand, days=0.1)
    assert "The last post has not got through yet" in await moderate(stand, "schedule health")
    stand.port.refuses.clear()
    await live(stand, days=0.1)
    assert "all is well" in await moderate(stand, "schedule health")


@pytest.mark.parametrize("back_after", [2, 26])
async def test_a_quiz_that_comes_after_its_close_breaks_no_streak(stand: Stand, back_after: int) -> None:
    """What reached its channel only after its close, or never did, nobody could answer there: health says so."""
    await plan(stand, closes_after="1")
    await live(stand, days=0.06)
    await lock(stand)
    await live(stand, days=0.9)
    stand.port.refuses["post", "general"] = DeliveryError(Failure.TRANSIENT, "busy")
    await live(stand, days=(1 + back_after) / 24)
    stand.port.refuses.clear()
    await live(stand, days=0.02)
    if back_after == 2:
        assert "Closed" in stand.said("schedule:1:2026-03-11")
        assert "The last post came only after its close." in await moderate(stand, "schedule health")
    while not open_plays(stand):
        await live(stand, days=0.02)
    await lock(stand)
    assert "2 days in a row" in words(await stand.say("my streak", by="bea"))


# --- later that day ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("time", "asked_at"), [("10:00", 16), ("20:00", 21), ("22:30", 23), ("23:30", None)])
async def test_a_concept_is_recalled_on_its_own_day(stand: Stand, time: str, asked_at: int | None) -> None:
    """Its question comes later that day, or, where hardly any of it is left, not at all."""
    await stand.say("my notify", by="bea", options={"what": "recall"})
    await plan(stand, kind="concept", time=time)
    asked = []
    while stand.clock.now.day < 12 and not asked:
        await live(stand, days=timedelta(minutes=10) / timedelta(days=1))
        asked = stand.posted("remind:recall")
    assert (stand.clock.now.hour if asked else None) == asked_at
    assert stand.clock.now.day == (10 if asked else 12)


async def test_where_the_bot_may_not_post_it_is_said_at_once(stand: Stand) -> None:
    """Who plans something where the bot may not post learns it at once; of another place it is not known."""
    powers = Powers(lacks_to_post=("Send Messages",))
    for where, said in (({}, True), ({"channel": "other"}, False)):
        given = {"kind": "quiz", "time": "10:00", "days": "daily", **where}
        reply = await stand.say("schedule add", options=given, admin=True, powers=powers)
        assert ("I may not post here yet: Send Messages is missing." in words(reply)) is said
