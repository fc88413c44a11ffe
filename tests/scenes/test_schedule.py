"""A day of a group by the clock: set up, posted once, answered, revealed, changed, left out, found again."""

from tests.scenes.knowledge import Knowledge
from tests.stages.stage import Stage

HOUR = 3600
DAY = 24 * HOUR


async def only_a_quiz(stage: Stage, more: str = "") -> None:
    """A quiz every day at ten UTC, an hour from now."""
    await stage.say(f"schedule add kind:quiz time:10:00 days:daily {more}".strip(), moderator=True)


def posts(stage: Stage, beginning: str = "Daily") -> list[str]:
    """The messages for everyone that begin so, as they stand now."""
    return [text for text in stage.public() if beginning in text.splitlines()[0]]


async def test_set_up(stage: Stage) -> None:
    """One command with the zone alone brings the group to life: it names what it made, and how to change it."""
    await stage.say("setup zone:Europe/Berlin", moderator=True)
    made = stage.private("ann")[-1]
    for part in ("Europe/Berlin", "daily quiz", "weekdays 09:00", "concept", "tue thu 13:00", "digest", "fri 16:00"):
        assert part in made
    assert "schedule edit" in made
    assert stage.public() == []
    await stage.pass_time(3 * HOUR)  # Tuesday at one in Berlin
    assert "Source:" in stage.public()[0]
    assert all("To talk about" in text for text in stage.public()[1:]), "only what opens its thread"
    await stage.pass_time(20 * HOUR)  # Wednesday at nine in Berlin
    assert len(posts(stage)) == 1


async def test_only_moderators_plan(stage: Stage) -> None:
    """What the group gets is for its moderators to say; everybody may see it."""
    await stage.say("schedule add kind:quiz", by="bea")
    assert "for the group's moderators" in stage.private("bea")[-1]
    await stage.say("schedule list", by="bea")
    assert "Nothing is planned." in stage.private("bea")[-1]


async def test_from_post_to_reveal(stage: Stage, knows: Knowledge) -> None:
    """The post is answered in private and locked in; at its close it says for all what was right, and why."""
    await only_a_quiz(stage)
    await stage.pass_time(HOUR)
    question = posts(stage)[0]
    await knows.answer(stage, question, by="bea")
    assert "Your choice:" in stage.private("bea")[-1]
    await stage.press("Lock in", by="bea")
    assert any("Right." in text for text in stage.private("bea"))
    await knows.answer(stage, question, by="cem", right=False)
    assert len(stage.public()) == 1
    assert "Right." not in "".join(stage.public())
    await stage.pass_time(22 * HOUR)
    assert len(stage.public()) == 1, "the reveal takes the post's place"
    assert "Closed: Daily" in stage.public()[0]
    assert "2 answers." in stage.public()[0]
    assert "bea" not in stage.public()[0]
    assert "cem" not in stage.public()[0]
    await stage.say("my stats", by="cem")
    assert "1 answer, 0% right." in stage.private("cem")[-1]


async def test_yesterdays_answer_rides_on_todays_post(stage: Stage, knows: Knowledge) -> None:
    """No second post tells of yesterday: today's has a line for it."""
    await only_a_quiz(stage)
    await stage.pass_time(HOUR)
    await stage.pass_time(22 * HOUR)
    await stage.pass_time(2 * HOUR)
    assert len(stage.public()) == 2
    assert "The one of 2026-03-10:" in stage.public()[-1]
    assert "was right." in stage.public()[-1]


async def test_a_locked_answer_stays(stage: Stage, knows: Knowledge) -> None:
    """A choice may change until it is locked; then it stands."""
    await only_a_quiz(stage)
    await stage.pass_time(HOUR)
    question = posts(stage)[0]
    await knows.answer(stage, question, right=False)
    await knows.answer(stage, question, right=True)
    await stage.press("Lock in")
    await knows.answer(stage, question, right=False)
    assert "locked already" in stage.private("ann")[-1]


async def test_the_command_shows_the_open_one(stage: Stage, knows: Knowledge) -> None:
    """`daily` is the scheduled question while it is open; before it says when the next one comes, as does `mate`."""
    await only_a_quiz(stage)
    await stage.say("daily", by="bea")
    assert "The next one comes" in stage.private("bea")[-1]
    await stage.say("mate", by="bea")
    assert "The next question comes" in stage.private("bea")[-1]
    await stage.pass_time(HOUR)
    await stage.say("mate", by="bea")
    assert "Today's question waits for you." in stage.private("bea")[-1]
    await stage.say("daily", by="bea")
    assert knows.question(stage.private("bea")[-1]).id == knows.question(posts(stage)[0]).id


async def test_a_past_one_is_practice(stage: Stage, knows: Knowledge) -> None:
    """The daily of a past day may be played again, and brings nothing; one that never was is refused in words.

    One that is still open is the daily itself.
    """
    await only_a_quiz(stage)
    await stage.pass_time(HOUR)
    asked = knows.question(posts(stage)[0])
    await stage.say("daily date:2026-03-10", by="bea")
    assert "what is not locked by then locks itself" in stage.private("bea")[-1]
    await stage.pass_time(22 * HOUR)
    await stage.say("daily date:2026-03-10", by="bea")
    assert knows.question(stage.private("bea")[-1]).id == asked.id
    await knows.answer(stage, stage.private("bea")[-1], by="bea")
    await stage.say("leaderboard period:all", by="bea")
    assert "Nobody has points here yet." in stage.private("bea")[-1]
    await stage.say("daily date:2026-01-01", by="bea")
    assert "had no daily on 2026-01-01" in stage.private("bea")[-1]


async def test_several_questions_are_asked_in_private(stage: Stage, knows: Knowledge) -> None:
    """A quiz of several stands in the channel as one post, and is asked one question after the other."""
    await only_a_quiz(stage, "questions:2")
    await stage.pass_time(HOUR)
    assert "2 questions" in posts(stage)[0]
    await stage.press("Begin", by="bea")
    for _question in range(2):
        asked = [text for text in stage.private("bea") if "what is not locked by then" in text][-1]
        await knows.answer(stage, asked, by="bea")
        await stage.press("Lock in", by="bea")
    await stage.pass_time(22 * HOUR)
    assert len(stage.public()) == 1
    assert "1 person took part." in stage.public()[0]


async def test_skip(stage: Stage) -> None:
    """What is skipped is left out once; the day after it comes again."""
    await only_a_quiz(stage)
    await stage.say("schedule skip 1", moderator=True)
    assert "Left out" in stage.private("ann")[-1]
    await stage.pass_time(HOUR)
    assert stage.public() == []
    await stage.pass_time(DAY)
    assert len(posts(stage)) == 1


async def test_what_is_wrong_with_one_is_said_of_that_one(stage: Stage) -> None:
    """Pause, resume and skip of a schedule that cannot be: its own name and state, whatever the others do."""
    await only_a_quiz(stage)
    await stage.say("schedule add kind:concept", moderator=True)
    await stage.say("schedule resume 1", moderator=True)
    assert "daily quiz 1 is not paused." in stage.private("ann")[-1]
    await stage.say("schedule pause 1", moderator=True)
    await stage.say("schedule pause 1", moderator=True)
    assert "daily quiz 1 is paused already." in stage.private("ann")[-1]
    await stage.say("schedule skip 1", moderator=True)
    assert "daily quiz 1 is paused" in stage.private("ann")[-1]


async def test_options_that_say_nothing_of_it_are_refused(stage: Stage) -> None:
    """What belongs to a quiz is not taken for something else and then left undone."""
    await stage.say("schedule add kind:digest questions:4", moderator=True)
    assert "questions goes only with a daily quiz; leave it out for a digest." in stage.private("ann")[-1]
    await stage.say("schedule add kind:concept", moderator=True)
    await stage.say("schedule edit 1 closes_after:5", moderator=True)
    assert "closes_after goes only with a daily quiz; leave it out for a concept." in stage.private("ann")[-1]


async def test_the_same_is_planned_once(stage: Stage) -> None:
    """A second one for the same place and time would be one post twice: it is refused with the number of the first."""
    await only_a_quiz(stage)
    await only_a_quiz(stage, "questions:3")
    assert "Daily quiz 1 is the same" in stage.private("ann")[-1]
    assert "schedule edit number:1" in stage.private("ann")[-1]
    await only_a_quiz(stage, "timezone:UTC")
    assert "Daily quiz 1 is the same" in stage.private("ann")[-1]
    await only_a_quiz(stage, "channel:#elsewhere")
    await only_a_quiz(stage, "topic:trees")
    assert "Planned" in stage.private("ann")[-1]
    await stage.say("schedule edit number:3 topic:none", moderator=True)
    assert "Daily quiz 1 is the same" in stage.private("ann")[-1]
    await stage.say("schedule edit number:3 questions:2", moderator=True)
    assert "Changed" in stage.private("ann")[-1]
    await stage.pass_time(HOUR)
    assert len(posts(stage)) == 2, "one in each topic; the third stands in another channel"


async def test_the_same_is_planned_and_paused(stage: Stage) -> None:
    """What is the same and paused is not said to come; the second setup wakes it, and whatever else is paused."""
    await only_a_quiz(stage)
    await stage.say("schedule add kind:quiz time:12:00", moderator=True)
    await stage.say("schedule pause", moderator=True)
    await only_a_quiz(stage)
    said = stage.private("ann")[-1]
    assert "Daily quiz 1 is the same, but paused by a moderator." in said
    assert "schedule resume number:1" in said
    await stage.say("setup UTC", moderator=True)
    said = stage.private("ann")[-1]
    assert ("1 · daily quiz" in said, "2 · daily quiz" in said) == (True, True)
    await stage.say("schedule resume", moderator=True)
    assert "Nothing is paused." in stage.private("ann")[-1]


async def test_setting_up_again_keeps_the_times(stage: Stage) -> None:
    """Only what is named is changed by a second setup: here the zone, not the time that a moderator has chosen."""
    await stage.say("setup Berlin", moderator=True)
    await stage.say("schedule edit 1 time:18:00", moderator=True)
    await stage.say("setup Tokyo", moderator=True)
    assert "18:00" in stage.private("ann")[-1]
    await stage.say("setup Tokyo time:20:15", moderator=True)
    said = stage.private("ann")[-1]
    assert "weekdays 20:15" in said
    assert ("tue thu 21:15" in said, "fri 21:15" in said) == (True, True), "the rest comes later that evening"


async def test_setting_up_again_takes_what_is_there(stage: Stage) -> None:
    """Of two quizzes the one that is there already is meant, so that nothing comes twice; the other one stays."""
    await stage.say("setup UTC", moderator=True)
    await stage.say("schedule edit 1 channel:#elsewhere", moderator=True)
    await stage.say("schedule add kind:quiz", moderator=True)
    await stage.say("setup Berlin", moderator=True)
    assert "4 · daily quiz" in stage.private("ann")[-1]
    assert "1 · daily quiz" not in stage.private("ann")[-1]
    await stage.say("schedule list")
    lines = stage.private("ann")[-1].splitlines()
    assert sum("daily quiz" in line for line in lines) == 2
    assert sum("daily quiz" in line and "elsewhere" in line for line in lines) == 1


async def test_a_topic_by_one_of_its_words(stage: Stage) -> None:
    """A plan names topics as people do, with blanks behind the commas; `none` takes the topic off again."""
    await stage.say('schedule add kind:quiz topic:"vectors, trees"', moderator=True)
    assert "maths.vectors,classical.decision-trees" in stage.private("ann")[-1].replace(", ", ",")
    await stage.say("schedule edit 1 topic:none", moderator=True)
    assert "topic:" not in stage.private("ann")[-1]


async def test_a_daily_that_is_still_to_come(stage: Stage) -> None:
    """A day that has not come yet has no past daily."""
    await stage.say("daily 2030-01-01")
    assert "2030-01-01 is still to come." in stage.private("ann")[-1]


async def test_days_are_said_in_words(stage: Stage) -> None:
    """Days of several words need no quotes; the days that are left out stay empty."""
    await stage.say("schedule add kind:quiz time:10:00 days:mon wed not 2026-03-16", moderator=True)
    said = stage.private("ann")[-1]
    assert "mon wed not 2026-03-16 10:00" in said
    for day in ("2026-03-11", "2026-03-18", "2026-03-23"):
        assert f"{day} 10:00" in said


async def test_pause_and_resume(stage: Stage) -> None:
    """While it is paused nothing comes; resumed, it goes on from its next time and catches up with nothing."""
    await only_a_quiz(stage)
    await stage.say("schedule pause", moderator=True)
    await stage.pass_time(HOUR)
    await stage.pass_time(DAY)
    assert stage.public() == []
    await stage.say("schedule resume 1", moderator=True)
    assert "Next:" in stage.private("ann")[-1]
    await stage.pass_time(HOUR)
    assert stage.public() == []
    await stage.pass_time(23 * HOUR)
    assert len(posts(stage)) == 1


async def test_edit(stage: Stage) -> None:
    """A changed time holds from the next post on: the day is neither left out nor posted twice."""
    await only_a_quiz(stage)
    await stage.say("schedule edit 1 time:12:00", moderator=True)
    await stage.pass_time(HOUR)
    assert stage.public() == []
    await stage.pass_time(2 * HOUR)
    assert len(posts(stage)) == 1
    await stage.say("schedule edit 1 time:14:00", moderator=True)
    await stage.pass_time(2 * HOUR)
    assert len(stage.public()) == 1
    await stage.pass_time(DAY)
    assert len(stage.public()) == 2


async def test_remove(stage: Stage) -> None:
    """What is removed never comes again."""
    await only_a_quiz(stage)
    await stage.say("schedule remove 1", moderator=True)
    await stage.pass_time(HOUR)
    assert stage.public() == []
    await stage.say("schedule list")
    assert "Nothing is planned." in stage.private("ann")[-1]


async def test_catch_up(stage: Stage) -> None:
    """Down at ten and back forty minutes later: it is posted then."""
    await only_a_quiz(stage)
    await stage.restart()
    await stage.pass_time(HOUR + 40 * 60)
    assert len(posts(stage)) == 1


async def test_missed(stage: Stage) -> None:
    """Back too late: that day is left alone, and the next one comes at its time."""
    await only_a_quiz(stage)
    await stage.pass_time(5 * HOUR)
    assert stage.public() == []
    await stage.say("schedule health", moderator=True)
    assert "I was away at its last time." in stage.private("ann")[-1]
    await stage.pass_time(20 * HOUR)
    assert len(posts(stage)) == 1


async def test_a_changed_zone(stage: Stage) -> None:
    """The group moves to another zone: the day it has had does not come again, the next one comes at the new time."""
    await only_a_quiz(stage)
    await stage.pass_time(HOUR)
    assert len(stage.public()) == 1
    await stage.say("settings set timezone America/New_York", moderator=True)
    await stage.pass_time(4 * HOUR)  # ten in New York
    assert len(stage.public()) == 1
    await stage.pass_time(DAY)
    assert len(stage.public()) == 2


async def test_faults_are_named(stage: Stage) -> None:
    """A time, a day, a topic, a number that cannot be is refused in words, and nothing is planned."""
    for line, said in (
        ("schedule add kind:quiz time:25:00", "25:00"),
        ("schedule add kind:quiz days:someday", "someday"),
        ("schedule add kind:quiz topic:nothing-like-it", "nothing-like-it"),
        ("schedule add kind:quiz topic:,", "“,” names no topic"),
        ("schedule add kind:quiz timezone:Atlantis", "Atlantis"),
        ("schedule skip 7", "7"),
    ):
        await stage.say(line, moderator=True)
        assert said in stage.private("ann")[-1]
    await stage.say("schedule list")
    assert "Nothing is planned." in stage.private("ann")[-1]


async def test_silence(stage: Stage) -> None:
    """After five posts that nobody answers fewer are offered; after five more it rests until somebody wakes it."""
    await only_a_quiz(stage)
    await stage.pass_time(HOUR)
    for _day in range(5):
        await stage.pass_time(22 * HOUR)
        await stage.pass_time(2 * HOUR)
    assert any("It has become quiet" in text for text in stage.private("ann"))
    for _day in range(5):
        await stage.pass_time(22 * HOUR)
        await stage.pass_time(2 * HOUR)
    assert "A rest" in stage.public()[-1]
    count = len(stage.public())
    await stage.pass_time(DAY)
    assert len(stage.public()) == count
    await stage.press("Resume", by="bea")
    await stage.pass_time(DAY)
    assert len(stage.public()) == count + 1


async def test_the_concept_of_the_day_is_what_was_posted(stage: Stage) -> None:
    """Who missed the post finds the same concept by asking for the day's, that day and on the days after."""
    await stage.say("schedule add kind:concept time:10:00 days:daily", moderator=True)
    for day in range(3):
        await stage.pass_time(HOUR if day == 0 else DAY)
        posted = [text for text in stage.public() if "Source:" in text]
        await stage.say("concept", by="bea")
        assert stage.private("bea")[-1].splitlines()[0] == posted[-1].splitlines()[0]
