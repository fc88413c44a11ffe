"""What a restart must not lose."""

from tests.scenes.knowledge import Knowledge
from tests.stages.stage import Stage


async def test_an_own_quiz_goes_on_after_a_restart(stage: Stage, knows: Knowledge) -> None:
    """The process is gone between two questions; the front door leads back to the open one."""
    await stage.say("quiz start topic:vectors questions:2")
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.restart()
    await stage.say("mate")
    await stage.press("Go on with my quiz")
    second = stage.private("ann")[-1]
    assert "Question 2 of 2" in second
    await knows.answer(stage, second)
    assert "2 of 2 right." in stage.private("ann")[-1]


async def test_a_live_round_closes_at_its_deadline_after_a_restart(stage: Stage, knows: Knowledge) -> None:
    """Answers given before the process died count when the deadline, long past, is served."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30")
    await knows.answer(stage, stage.public()[-1], by="bea")
    stage.clock.advance(seconds=600)
    await stage.restart()
    assert any(text.startswith("Result") for text in stage.public())
    await stage.say("leaderboard", by="bea")
    assert "from 1 answer." in stage.private("bea")[-1]


async def test_an_open_live_question_can_be_answered_after_a_restart(stage: Stage, knows: Knowledge) -> None:
    """Before the deadline the round is still on, and the front door brings its question back."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:120")
    await stage.restart()
    await stage.say("mate", by="bea")
    await stage.press("Join the live round", by="bea")
    await knows.answer(stage, stage.public()[-1], by="bea")
    assert "Your answer:" in stage.private("bea")[-1]
