"""The solo quiz, from the first question to the summary."""

import pytest

from tests.scenes.knowledge import Knowledge
from tests.stages.stage import Stage

TOPIC_OF_KIND = {
    "single choice": "vectors",
    "multiple answers": "regularisation",
    "numeric": "matrices",
    "code output": "python-core",
    "short text": "numpy",
}


async def test_a_quiz_is_private_and_revealed_at_once(stage: Stage, knows: Knowledge) -> None:
    """Each answer is revealed to the one who gave it, with the reason and the source; nobody else sees anything."""
    await stage.say("quiz start topic:decision-trees questions:2")
    await knows.answer(stage, stage.private("ann")[-1])
    seen = "\n".join(stage.private("ann"))
    assert "Right." in seen
    assert "Source: Test source" in seen
    assert stage.public() == []
    assert stage.private("bea") == []


@pytest.mark.parametrize("topic", TOPIC_OF_KIND.values(), ids=TOPIC_OF_KIND)
async def test_every_kind_can_be_answered_rightly(stage: Stage, knows: Knowledge, topic: str) -> None:
    """A right answer of each kind is graded right and brings points."""
    await stage.say(f"quiz start topic:{topic} questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    revealed = next(text for text in stage.private("ann") if "Right." in text)
    assert "points." in revealed


@pytest.mark.parametrize("topic", TOPIC_OF_KIND.values(), ids=TOPIC_OF_KIND)
async def test_a_wrong_answer_of_every_kind_is_explained(stage: Stage, knows: Knowledge, topic: str) -> None:
    """A known wrong answer is named, with its own reason beside the reason of the right one."""
    await stage.say(f"quiz start topic:{topic} questions:1")
    question = knows.question(stage.private("ann")[-1])
    await knows.answer(stage, stage.private("ann")[-1], right=False)
    revealed = next(text for text in stage.private("ann") if "Not right." in text)
    assert any(option.why in revealed for option in question.options if not option.correct)
    assert any(option.why in revealed for option in question.options if option.correct)


async def test_next_leads_through_the_round_to_a_summary(stage: Stage, knows: Knowledge) -> None:
    """After the last question the round is summed up."""
    await stage.say("quiz start topic:decision-trees questions:2")
    first = stage.private("ann")[-1]
    assert "Question 1 of 2" in first
    await knows.answer(stage, first)
    second = next(text for text in stage.private("ann") if "Question 2 of 2" in text)
    await knows.answer(stage, second, right=False)
    assert "1 of 2 right. +10 points." in stage.private("ann")[-1]


async def test_not_knowing_costs_nothing_and_teaches(stage: Stage) -> None:
    """Saying "I don't know" reveals the answer without points."""
    await stage.say("quiz start topic:decision-trees questions:1")
    await stage.press("I don't know")
    assert any("Here is the answer." in text and "is right:" in text for text in stage.private("ann"))
    assert "0 of 1 right." in stage.private("ann")[-1]


async def test_a_hint_helps_without_answering(stage: Stage, knows: Knowledge) -> None:
    """A hint is shown to the one who asked; the question stays open."""
    await stage.say("quiz start topic:trees level:1 questions:2")
    await stage.say("quiz start topic:maths.vectors level:2 questions:1")
    question = stage.private("ann")[-1]
    await stage.press("Hint")
    assert "Think of the cosine of ninety degrees." in stage.private("ann")[-1]
    await knows.answer(stage, question)
    assert any("Right." in text for text in stage.private("ann"))


async def test_a_report_is_kept(stage: Stage, knows: Knowledge) -> None:
    """A member can say what is wrong with a question, and is thanked."""
    await stage.say("quiz start topic:decision-trees questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.press("Report")
    assert stage.form("ann") == ["What is wrong?", "A few words, if you like"]
    await stage.submit(reason="unclear", words="Which edge counts?")
    assert "Your report is kept for who looks after the questions." in stage.private("ann")[-1]


async def test_an_answer_cannot_be_given_twice(stage: Stage, knows: Knowledge) -> None:
    """A second press on an answered question changes nothing and says so."""
    await stage.say("quiz start topic:vectors questions:2")
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.say("leaderboard")
    assert (
        "12 points from 1 answer" in stage.private("ann")[-1] or "10 points from 1 answer" in stage.private("ann")[-1]
    )
    before = len(stage.private("ann"))
    await stage.say("my last")
    assert len(stage.private("ann")) == before + 1


async def test_questions_do_not_repeat_until_all_were_seen(stage: Stage, knows: Knowledge) -> None:
    """A second quiz on a topic asks what the first did not; a topic that runs out widens, and says so."""
    await stage.say("quiz start topic:numpy questions:1")
    first = knows.question(stage.private("ann")[-1])
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.say("quiz start topic:numpy questions:1")
    second = knows.question(stage.private("ann")[-1])
    assert second.id != first.id
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.say("quiz start topic:numpy questions:1")
    third = stage.private("ann")[-1]
    assert "topics to know first help out" in third
    assert knows.question(third).topic in ("tools.python-core", "maths.matrices", "maths.vectors")


async def test_a_topic_that_does_not_exist_is_named_with_a_neighbour(stage: Stage) -> None:
    """An unknown topic is refused in one sentence that helps, and nothing is begun."""
    await stage.say("quiz start topic:vectorz")
    assert "There is no topic “vectorz”" in stage.private("ann")[-1]
    await stage.say("quiz start topic:regres")
    assert "Did you mean classical.linear-regression?" in stage.private("ann")[-1]


async def test_review_brings_back_what_was_missed_without_points(stage: Stage, knows: Knowledge) -> None:
    """A missed question comes again; right this time, it leaves the list and brings no points."""
    await stage.say("quiz start topic:decision-trees questions:1")
    missed = knows.question(stage.private("ann")[-1])
    await knows.answer(stage, stage.private("ann")[-1], right=False)
    await stage.say("quiz review")
    asked = stage.private("ann")[-1]
    assert knows.question(asked).id == missed.id
    await knows.answer(stage, asked)
    assert any("Practice, no points." in text for text in stage.private("ann"))
    await stage.say("quiz review")
    assert "There is nothing to review" in stage.private("ann")[-1]
    await stage.say("leaderboard")
    assert "0 points from 1 answer" in stage.private("ann")[-1]


async def test_a_question_scores_once_a_season(stage: Stage, knows: Knowledge) -> None:
    """The first answer to a question counts; asked again as a repeat, it brings nothing."""
    for _round in range(2):
        await stage.say("concept topic:python-core")
        await stage.press("Ask me about it")
        await knows.answer(stage, stage.private("ann")[-1])
    assert any("it has counted for you this season already" in text for text in stage.private("ann"))


async def test_topics_lists_tracks_and_a_tracks_topics(stage: Stage) -> None:
    """The tracks with their number of questions; one track's topics on request."""
    await stage.say("quiz topics")
    assert "classical" in stage.private("ann")[-1]
    await stage.say("quiz topics classical")
    assert "decision-trees" in stage.private("ann")[-1]
    assert "linear-regression" in stage.private("ann")[-1]


async def test_a_stopped_quiz_takes_no_more_answers(stage: Stage, knows: Knowledge) -> None:
    """After its end a quiz' question is not graded any more, and no points come from it."""
    await stage.say("quiz start topic:vectors questions:3")
    question = stage.private("ann")[-1]
    await stage.say("quiz stop")
    await knows.answer(stage, question)
    assert "That quiz is ended." in stage.private("ann")[-1]
    await stage.say("leaderboard")
    assert "Nobody has points here yet." in stage.private("ann")[-1]


async def test_stopping_ends_an_own_quiz(stage: Stage) -> None:
    """A quiz of one's own can be ended; then nothing is open."""
    await stage.say("quiz start topic:vectors questions:3")
    await stage.say("quiz stop")
    assert "Your quiz is ended" in stage.private("ann")[-1]
    await stage.say("quiz stop")
    assert "Nothing is running." in stage.private("ann")[-1]
