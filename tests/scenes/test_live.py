"""The live round: everyone, the same questions, the same time."""

import pytest

from tests.scenes.knowledge import Knowledge
from tests.stages.stage import Stage

MEMBERS = ("ann", "bea", "cem", "dag", "eli")


async def test_everyone_answers_in_private_and_the_close_reveals(stage: Stage, knows: Knowledge) -> None:
    """The question stands for all, answers stay private, the close reveals the right one without names."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30", by="ann")
    assert "Closes at" in stage.public()[-1]
    for member in MEMBERS:
        await knows.answer(stage, stage.public()[-1], right=member != "bea", by=member)
        assert any("Your answer:" in text for text in stage.private(member))
    assert "5 answers so far" in stage.public()[-1]
    await stage.pass_time(60)
    revealed = next(text for text in stage.public() if "Closed:" in text)
    assert "is right:" in revealed
    assert "People" in revealed
    assert not any(member in revealed for member in MEMBERS)


async def test_counts_stay_hidden_below_five_answers(stage: Stage, knows: Knowledge) -> None:
    """With fewer than five answers nobody can tell who chose what: no counts per option."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30")
    await knows.answer(stage, stage.public()[-1], by="bea")
    await stage.pass_time(60)
    revealed = next(text for text in stage.public() if "Closed:" in text)
    assert "People" not in revealed
    assert "1 answer." in revealed


async def test_the_last_answer_before_the_close_counts(stage: Stage, knows: Knowledge) -> None:
    """An answer may be changed until the close."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:60")
    await knows.answer(stage, stage.public()[-1], right=False, by="bea")
    await knows.answer(stage, stage.public()[-1], right=True, by="bea")
    await stage.pass_time(90)
    await stage.say("my last", by="bea")
    assert "Right." in stage.private("bea")[-1]


async def test_after_the_close_no_answer_is_taken(stage: Stage, knows: Knowledge) -> None:
    """An answer that comes after the deadline is refused, even if the reveal is late."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30")
    question = stage.public()[-1]
    stage.clock.advance(seconds=31)
    await knows.answer(stage, question, by="bea")
    assert "This question is closed." in stage.private("bea")[-1]


async def test_a_round_walks_through_its_questions_to_one_result(stage: Stage, knows: Knowledge) -> None:
    """Each question closes, the next opens after a pause, and one result ends the round."""
    await stage.say("quiz live topic:vectors questions:2 seconds:20", by="ann")
    await knows.answer(stage, stage.public()[-1], by="bea")
    await stage.press("By name", by="bea")
    await stage.pass_time(20)
    await stage.pass_time(10)
    second = next(text for text in stage.public() if "Question 2 of 2" in text)
    await knows.answer(stage, second, by="bea")
    await stage.pass_time(30)
    results = [text for text in stage.public() if text.startswith("Result")]
    assert len(results) == 1
    assert "bea" in results[0]


async def test_faster_right_answers_bring_more(stage: Stage, knows: Knowledge) -> None:
    """Of two right answers the quicker one brings more points; a wrong quick one brings none."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:100")
    await knows.answer(stage, stage.public()[-1], by="bea")
    await knows.answer(stage, stage.public()[-1], right=False, by="dag")
    await stage.pass_time(60)
    await knows.answer(stage, stage.public()[-1], by="cem")
    await stage.pass_time(60)
    points = {}
    for member in ("bea", "cem", "dag"):
        await stage.say("my stats", by=member)
        line = stage.private(member)[-1]
        points[member] = int(line.split("number")[1].split(",")[1].split()[0])
    assert points["bea"] > points["cem"] > points["dag"] == 0


async def test_the_same_answer_again_costs_no_speed(stage: Stage, knows: Knowledge) -> None:
    """Pressing once more what is chosen already changes nothing, the time of the answer included."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:100")
    await knows.answer(stage, stage.public()[-1], by="bea")
    await stage.pass_time(60)
    await knows.answer(stage, stage.public()[-1], by="bea")
    await stage.pass_time(60)
    await stage.say("my last", by="bea")
    assert "+15 points." in stage.private("bea")[-1]


async def test_only_the_starter_or_a_moderator_stops_a_round(stage: Stage, knows: Knowledge) -> None:
    """A stranger cannot end a round; its starter can, and the result is announced all the same."""
    await stage.say("quiz live topic:vectors questions:3 seconds:60", by="ann")
    await knows.answer(stage, stage.public()[-1], by="bea")
    await stage.say("quiz stop", by="bea")
    assert "Only who started the live round, or a moderator, can stop it." in stage.private("bea")[-1]
    await stage.press("Stop", by="ann")
    assert any("The round was stopped after 1 of 3 questions." in text for text in stage.public())
    await stage.pass_time(600)
    assert not any("Question 2 of 3" in text for text in stage.public())


async def test_a_moderator_stops_anybodys_round(stage: Stage) -> None:
    """A moderator ends a round that somebody else started."""
    await stage.say("quiz live topic:vectors questions:3 seconds:60", by="ann")
    await stage.say("quiz stop", by="mod", moderator=True)
    assert any("The round was stopped" in text for text in stage.public())


async def test_an_abandoned_round_ends_by_itself(stage: Stage) -> None:
    """When nobody answers two questions in a row, the round ends and says so."""
    await stage.say("quiz live topic:vectors questions:4 seconds:10")
    for _question in range(3):
        await stage.pass_time(10)
        await stage.pass_time(10)
    assert any("Nobody answered any more" in text for text in stage.public())
    assert not any("Question 3 of 4" in text for text in stage.public())


async def test_one_live_round_at_a_time(stage: Stage) -> None:
    """A second round is refused while one is on; after its end the next may start."""
    await stage.say("quiz live topic:vectors questions:1 seconds:10", by="ann")
    await stage.say("quiz live topic:vectors questions:1 seconds:10", by="bea")
    assert "A live round is running already" in stage.private("bea")[-1]
    await stage.pass_time(20)
    await stage.say("quiz live topic:vectors questions:1 seconds:10", by="bea")
    assert "The round is on" in stage.private("bea")[-1]


async def test_a_typed_answer_in_a_live_round(stage: Stage, knows: Knowledge) -> None:
    """Questions without options are answered in writing, in private."""
    await stage.say("quiz live topic:matrices level:1 questions:1 seconds:30")
    await knows.answer(stage, stage.public()[-1], by="bea")
    assert "Your answer: 7" in stage.private("bea")[-1]
    await stage.pass_time(60)
    await stage.say("my last", by="bea")
    assert "Right." in stage.private("bea")[-1]


async def test_a_hint_is_for_the_one_who_asked(stage: Stage) -> None:
    """A hint in a live round is shown to who presses for it, and to nobody else."""
    await stage.say("quiz live topic:linear-regression level:3 questions:1 seconds:30", by="ann")
    await stage.press("Hint", by="bea")
    hint = "What would happen if you moved the whole line up a little?"
    assert hint in stage.private("bea")[-1]
    assert not any(hint in text for text in [*stage.public(), *stage.private("ann")])


async def test_a_question_of_a_live_round_is_reported(stage: Stage) -> None:
    """After the reveal anybody can say what is wrong with the question."""
    await stage.say("quiz live topic:vectors questions:3 seconds:30", by="ann")
    await stage.pass_time(30)
    await stage.press("Report", by="bea")
    await stage.submit(by="bea", reason="unclear")
    assert "Your report is kept for who looks after the questions." in stage.private("bea")[-1]


async def test_a_round_that_is_over_has_no_button_to_stop_it(stage: Stage) -> None:
    """After the end nothing that everybody sees can be stopped; the starter's own old button says that it is over."""
    await stage.say("quiz live topic:vectors questions:3 seconds:60", by="ann")
    await stage.say("quiz stop", by="ann")
    assert not any("Stop]" in text for text in stage.public())
    await stage.press("Stop", by="ann")
    assert "That round is over already." in stage.private("ann")[-1]


def first_message(stage: Stage) -> str:
    """The message with which a round begins that plays in a thread; a stage without threads has none."""
    found = [text for text in stage.public() if text.startswith("Live round:")]
    if not found:
        pytest.skip("no threads on this stage")
    return found[-1]


async def test_the_first_message_has_the_rounds_buttons(stage: Stage) -> None:
    """Where a round plays in a thread, its first message can do what commands might not do there."""
    await stage.say("quiz live topic:vectors questions:3 seconds:30", by="ann")
    for label in ("Hint", "Report", "Stop"):
        assert f"{label}]" in first_message(stage)
    await stage.pass_time(30)
    await stage.press("Hint", by="bea")  # between two questions no other message has one
    assert "No question of this round is open just now." in stage.private("bea")[-1]
    await stage.press("Stop", by="bea")
    assert "Only who started the live round, or a moderator, can stop it." in stage.private("bea")[-1]
    assert "Stop]" in first_message(stage)
    await stage.say("mate", by="mod", moderator=True)
    await stage.press("Stop", by="mod")
    over = first_message(stage)
    assert "This round is over." in over
    assert not any(f"{label}]" in over for label in ("Hint", "Report", "Stop"))
    assert any("The round was stopped after 1 of 3 questions." in text for text in stage.public())


async def test_the_first_message_of_a_round_that_ended_by_itself(stage: Stage, knows: Knowledge) -> None:
    """When the last question has closed, the first message says that the round is over and has no buttons."""
    await stage.say("quiz live topic:vectors questions:2 seconds:20", by="ann")
    first_message(stage)
    for position in (1, 2):
        question = next(text for text in stage.public() if f"Question {position} of 2" in text)
        await knows.answer(stage, question, by="bea")
        await stage.pass_time(20)
        await stage.pass_time(10)
    assert "This round is over." in first_message(stage)
    assert "]" not in first_message(stage)
