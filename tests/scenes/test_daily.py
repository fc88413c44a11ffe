"""The daily question of a group."""

from tests.scenes.knowledge import Knowledge
from tests.stages.stage import Stage

DAY = 24 * 3600


async def test_choose_then_lock_in(stage: Stage, knows: Knowledge) -> None:
    """A press only chooses; locking in shows whether it was right, to that member alone."""
    await stage.say("daily")
    await knows.answer(stage, stage.private("ann")[-1])
    chosen = stage.private("ann")[-1]
    assert "Your choice:" in chosen
    assert "Right." not in chosen
    await stage.press("Lock in")
    assert any("Right." in text for text in stage.private("ann"))
    assert stage.public() == []


async def test_everybody_gets_the_same_question_that_day(stage: Stage, knows: Knowledge) -> None:
    """The daily is the group's: the same for all, another one the next day."""
    await stage.say("daily", by="ann")
    await stage.say("daily", by="bea")
    ann, bea = knows.question(stage.private("ann")[-1]), knows.question(stage.private("bea")[-1])
    assert ann.id == bea.id
    await stage.pass_time(DAY)
    await stage.say("daily", by="ann")
    assert knows.question(stage.private("ann")[-1]).id != ann.id


async def test_an_answer_may_change_until_it_is_locked(stage: Stage, knows: Knowledge) -> None:
    """The last choice counts; a locked one stays."""
    await stage.say("daily")
    question = stage.private("ann")[-1]
    await knows.answer(stage, question, right=False)
    await knows.answer(stage, question, right=True)
    await stage.press("Lock in")
    assert any("Right." in text for text in stage.private("ann"))
    await stage.say("daily")
    assert "Right." in stage.private("ann")[-1]


async def test_what_is_not_locked_locks_at_the_days_end(stage: Stage, knows: Knowledge) -> None:
    """An answer that was never locked counts when the group's day ends, for the day that it belongs to."""
    await stage.say("daily")
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.say("my stats")
    assert "You have answered nothing here yet." in stage.private("ann")[-1]
    await stage.pass_time(DAY)
    await stage.say("my stats")
    assert "1 answer, 100% right." in stage.private("ann")[-1]
    await stage.say("leaderboard period:day")
    assert "Nobody has points here yet." in stage.private("ann")[-1]
    await stage.say("leaderboard period:all")
    assert "You are number 1 of 1" in stage.private("ann")[-1]


async def test_a_dailys_question_does_not_score_a_second_time(stage: Stage, knows: Knowledge) -> None:
    """After the daily its question is known: asked again in a quiz it brings nothing."""
    await stage.say("daily")
    daily = knows.question(stage.private("ann")[-1])
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.press("Lock in")
    await stage.pass_time(DAY)  # while it is open no quiz asks it
    await stage.say(f"quiz start topic:{daily.topic} questions:9")
    while (text := next((t for t in reversed(stage.private("ann")) if "Level" in t and "[" in t), "")) and (
        knows.question(text).id != daily.id
    ):
        await stage.press("I don't know")
    await knows.answer(stage, text)
    assert any("it has counted for you this season already" in t for t in stage.private("ann"))


async def test_other_draws_leave_the_next_dailies_alone(stage: Stage, knows: Knowledge) -> None:
    """A question that is to be a daily soon is not given away in a quiz while others are left."""
    await stage.say("quiz start questions:10")
    asked = set()
    for _question in range(10):
        text = next(t for t in reversed(stage.private("ann")) if "Question" in t and "Source:" not in t)
        asked.add(text)
        await stage.press("I don't know")
    ids = {knows.question(text).id for text in asked}
    for _day in range(3):
        await stage.say("daily")
        assert knows.question(stage.private("ann")[-1]).id not in ids
        await stage.pass_time(DAY)
