"""Days in a row: what keeps them, what they outlast, and how they are told without blame."""

import pytest

from tests.scenes.knowledge import Knowledge
from tests.stages.stage import Stage

HOUR = 3600
DAY = 24 * HOUR


async def not_know(stage: Stage, member: str = "ann") -> None:
    """A member takes one question and does not know."""
    await stage.say("quiz start questions:1", by=member)
    await stage.press("I don't know", by=member)


async def streak(stage: Stage, member: str = "ann") -> str:
    """What a member is told of their streak."""
    await stage.say("my streak", by=member)
    return stage.private(member)[-1]


async def weekdays_only(stage: Stage) -> None:
    """A quiz at ten on weekdays; it was planned today, a Tuesday, at nine."""
    await stage.say("schedule add kind:quiz time:10:00 days:weekdays", moderator=True, by="mod")


async def live_through(stage: Stage, days: int) -> None:
    """Days go by, and what is due at ten is posted."""
    for _day in range(days):
        await stage.pass_time(HOUR)
        await stage.pass_time(DAY - HOUR)


async def test_it_begins_with_any_answer(stage: Stage) -> None:
    """Before the first answer it says what a streak is; “I don't know” is an answer that counts."""
    told = await streak(stage)
    assert "Yours begins with the next one." in told
    assert "One locked answer anywhere makes today count" in told
    await not_know(stage)
    told = await streak(stage)
    assert "1 day in a row." in told
    assert "Today counts already." in told
    assert "Quiz me" not in told


async def test_every_day_counts_once(stage: Stage) -> None:
    """Several answers of a day are one day; the next day is another one."""
    for days in (1, 2, 3):
        await not_know(stage)
        await not_know(stage)
        assert f"{days} day" in await streak(stage)
        await stage.pass_time(DAY)
    told = await streak(stage)
    assert "3 days in a row. It is your longest so far." in told
    assert "Today counts already." not in told


async def test_a_day_without_an_answer_ends_it_kindly(stage: Stage) -> None:
    """A broken streak is told as a beginning, with the longest beside it."""
    for _day in range(2):
        await not_know(stage)
        await stage.pass_time(DAY)
    await stage.pass_time(DAY)
    told = await streak(stage)
    assert "Yours begins with the next one. Your longest: 2 days." in told
    for blame in ("lost", "broke", "failed to answer", "!"):
        assert blame not in told
    await not_know(stage)
    assert "1 day in a row. Your longest: 2 days." in await streak(stage)


async def test_the_days_without_a_quiz_are_excused(stage: Stage) -> None:
    """Where quizzes come on weekdays, a weekend neither counts nor breaks; it is named while it matters."""
    await weekdays_only(stage)
    for _day in range(4):  # Tuesday to Friday
        await not_know(stage)
        await live_through(stage, 1)
    await live_through(stage, 2)
    told = await streak(stage)
    assert "4 days in a row." in told
    assert "Excused since your last one: 2026-03-14, 2026-03-15." in told
    assert "Days without a quiz in your groups (weekends, holidays, pauses) neither count nor break it." in told
    await not_know(stage)
    assert "5 days in a row." in await streak(stage)
    await live_through(stage, 2)
    assert "Your longest: 5 days." in await streak(stage), "Tuesday had a quiz"


async def test_an_answer_on_an_excused_day_counts(stage: Stage) -> None:
    """Whoever answers on a day without a quiz is a day further."""
    await weekdays_only(stage)
    await live_through(stage, 3)
    for days in (1, 2):  # Friday, Saturday
        await not_know(stage)
        assert f"{days} day" in await streak(stage)
        await live_through(stage, 1)
    await live_through(stage, 1)
    assert "2 days in a row." in await streak(stage)


async def test_a_pause_is_excused(stage: Stage) -> None:
    """While the group's quiz is paused nobody's streak ends."""
    await weekdays_only(stage)
    await not_know(stage)
    await stage.say("schedule pause", by="mod")
    await live_through(stage, 3)
    assert "1 day in a row." in await streak(stage)


async def test_what_we_missed_is_excused(stage: Stage) -> None:
    """A day on which the bot was away when something was due breaks nobody's streak."""
    await stage.say("schedule add kind:quiz time:10:00 days:daily", moderator=True, by="mod")
    await not_know(stage)
    await stage.pass_time(DAY - HOUR)
    stage.clock.advance(seconds=DAY)  # nothing runs meanwhile: from Wednesday, eight, to Thursday, eight
    await stage.pass_time(HOUR)
    assert "Excused since your last one: 2026-03-11." in await streak(stage)
    await not_know(stage)
    assert "2 days in a row." in await streak(stage)


async def test_the_daily_keeps_it_when_it_is_locked(stage: Stage, knows: Knowledge) -> None:
    """A choice is no answer yet; locked in it counts."""
    await stage.say("daily")
    await knows.answer(stage, stage.private("ann")[-1], right=False)
    assert "Today counts already." not in await streak(stage)
    await stage.say("daily")
    await stage.press("Lock in")
    assert "Today counts already." in await streak(stage)


async def test_a_live_round_keeps_it(stage: Stage, knows: Knowledge) -> None:
    """An answer in a live round counts once the question closes."""
    await stage.say("quiz live questions:1 seconds:30", by="bea")
    await knows.answer(stage, stage.public()[-1], right=False)
    await stage.pass_time(31)
    assert "Today counts already." in await streak(stage)
    assert "Today counts already." not in await streak(stage, "bea")


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Honolulu"])
async def test_another_zone_costs_no_day(stage: Stage, zone: str) -> None:
    """Whoever answers once every 24 hours keeps the streak, however far they travel."""
    await not_know(stage)
    await stage.pass_time(HOUR)
    await stage.say(f"my timezone {zone}")
    await stage.pass_time(DAY - HOUR)
    await not_know(stage)
    await stage.pass_time(DAY)
    await not_know(stage)
    told = await streak(stage)
    assert "1 day in a row." not in told
    assert "days in a row. It is your longest so far." in told


async def test_it_outlives_the_process(stage: Stage) -> None:
    """A streak is a row: another process on the same database goes on with it."""
    await not_know(stage)
    await stage.restart()
    await stage.pass_time(DAY)
    await not_know(stage)
    assert "2 days in a row." in await streak(stage)


async def test_a_choice_counts_for_the_day_on_which_it_was_made(stage: Stage, knows: Knowledge) -> None:
    """Who chooses every day and leaves the locking to the close keeps their streak."""
    await stage.say("schedule add kind:quiz time:10:00 days:daily", moderator=True)
    await stage.pass_time(3600)
    for _day in range(3):
        await stage.press("I don't know", by="bea")
        await stage.pass_time(22 * 3600)
        await stage.pass_time(2 * 3600)
    await stage.say("my streak", by="bea")
    assert "3 days in a row" in stage.private("bea")[-1]
