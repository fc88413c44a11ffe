"""Scheduled dailies under bad luck and curious members: late, removed, refused; nothing is told before the close."""

from bot.chat.port import DeliveryError, Failure
from bot.context import Effects
from bot.features import drawing
from bot.store import answers, people, rounds, schedules
from bot.store.engine import transaction
from tests.app.stand import Stand, words
from tests.app.test_schedules import live, plan, schedule
from tests.app.test_schedules_hostile import ONE, TODAY, moderate, open_plays, said_privately


async def test_a_late_post_can_be_answered(stand: Stand) -> None:
    """What is posted after it should have closed is open all the same: nobody meets a closed question."""
    await plan(stand, closes_after="1")
    await stand.pass_time(hours=3)
    assert "Closed" not in stand.said(TODAY)
    await stand.press(f"today.unsure|{open_plays(stand)[0].id}", by="bea")
    await live(stand, days=0.2)
    assert "1 answer." in stand.said(TODAY)


async def test_what_is_removed_is_still_revealed(stand: Stand) -> None:
    """A question that is open when its schedule is removed says at its close what was right."""
    await plan(stand)
    await stand.pass_time(hours=1)
    await moderate(stand, "schedule remove", **ONE)
    await live(stand, days=1)
    assert "Closed" in stand.said(TODAY)


async def test_nothing_is_told_before_the_close(stand: Stand) -> None:
    """No button of an open question, nor yesterday's line, tells what is right; at the close no answer is taken."""
    await plan(stand, questions="2", closes_after="72")
    await stand.pass_time(hours=1)
    first, second = open_plays(stand)
    for token in (f"daily.why|{first.id}", f"daily.why|{second.id}", f"daily.lock|{first.id}"):
        assert "is right" not in said_privately(await stand.press(token, by="bea"))
    again = words(await stand.say("daily", by="bea", options={"date": "2026-03-10"}))
    assert "locks itself" in again
    assert "is right" not in again
    await live(stand, days=1)
    assert "was right" not in stand.said("schedule:1:2026-03-11")
    assert "Closed" not in stand.said(TODAY)
    stand.clock.advance(days=2)  # the close has come, but nobody has served it
    late = await stand.call("daily", by="bea")
    assert late
    for token in (f"today.unsure|{first.id}", f"daily.lock|{first.id}", f"today.begin|{first.id}"):
        assert "closed" in said_privately(await stand.press(token, by="bea"))
    with transaction(stand.engine, reads=True) as db:
        assert answers.of_play(db, first.id) == []


async def test_an_open_daily_is_not_asked_elsewhere(stand: Stand) -> None:
    """While a daily is open no quiz of one's own asks its question, since that would tell the answer."""
    await plan(stand, questions="3")
    await stand.pass_time(hours=1)
    kept = {play.content_id for play in open_plays(stand)}
    for _question in range(8):
        await stand.say("quiz start", by="bea", options={"questions": "1"})
        with transaction(stand.engine, reads=True) as db:
            play = rounds.stands_at(db, 1, 2, 2)
        assert play
        assert play.content_id not in kept
        await stand.press(f"quiz.unsure|{play.id}", by="bea")


async def test_every_question_of_a_past_day(stand: Stand) -> None:
    """A past day that had several questions is practised with all of them."""
    await plan(stand, questions="2", closes_after="1")
    await live(stand, days=0.3)
    await stand.say("daily", by="bea", options={"date": "2026-03-10"})
    with transaction(stand.engine, reads=True) as db:
        account = 2
        play = rounds.stands_at(db, 1, account, account)
    assert play
    assert play.round.count == 2


async def test_topics_of_a_concept(stand: Stand) -> None:
    """A concept follows the topics that it was planned with, in their order, as a quiz does."""
    topics = sorted({concept.topic for concept in stand.core.library.concepts.values()})[:2]
    await plan(stand, kind="concept", topic=",".join(reversed(topics)))
    await live(stand, days=2)
    with transaction(stand.engine, reads=True) as db:
        found = [stand.core.library.concepts[firing.content].topic for firing in schedules.firings(db, 1, 2)]
    assert found == topics


async def test_what_was_refused_is_not_silence(stand: Stand) -> None:
    """A post that the platform refused could not be answered, so it does not count as one that nobody answered."""
    await plan(stand, closes_after="2")
    stand.port.refuses["post", "general"] = DeliveryError(Failure.FORBIDDEN, "no")
    await live(stand, days=0.5)
    assert schedule(stand).quiet == 0


async def test_an_open_daily_is_not_practised(stand: Stand) -> None:
    """What is open as a daily once more is no practice and no review until it is closed: its answer is not told yet."""

    def playable(content: str) -> int:
        with transaction(stand.engine, reads=True) as db:
            ctx = stand.core.context(db, stand.clock.now, people.find_group(db, 1), Effects())
            return len(drawing.still_playable(ctx, [content]))

    await plan(stand)
    await stand.pass_time(hours=1)
    (play,) = open_plays(stand)
    assert playable(play.content_id) == 0
    await stand.pass_time(hours=22)
    assert playable(play.content_id) == 1
