"""A choice that is left to lock itself counts for the day on which it was made, also before it has locked."""

from datetime import UTC, date, datetime

import pytest

from bot.store.people import PERSON
from tests.app.stand import Stand, words
from tests.app.test_schedules import plan
from tests.app.test_schedules_hostile import moderate, open_plays


async def choose(stand: Stand) -> None:
    """Ann chooses in the daily that is open, and locks nothing."""
    assert await stand.press(f"today.unsure|{open_plays(stand)[0].id}")


async def quiz(stand: Stand) -> None:
    """Ann answers a question of her own."""
    reply = await stand.say("quiz start", options={"questions": "1"})
    assert reply is not None
    assert reply.card is not None
    await stand.press(next(b.token for b in reply.card.buttons() if b.token.startswith("quiz.unsure")))


async def chosen_on_days(stand: Stand, days: int) -> None:
    """On each of so many days Ann chooses at ten; it is six in the morning after, before the last one locks."""
    await plan(stand)
    await stand.say("mate")
    for day in range(days):
        await stand.pass_time(hours=1)
        await choose(stand)
        if day < days - 1:
            await stand.pass_time(hours=22)
            await stand.pass_time(hours=1)
    await stand.pass_time(hours=20)


async def test_the_streak_stands_until_the_choice_locks(stand: Stand) -> None:
    """In the morning before the close nobody is told that yesterday broke it."""
    await chosen_on_days(stand, 3)
    said = words(await stand.say("my streak"))
    assert "2 days in a row" in said
    await stand.pass_time(hours=2)
    assert "3 days in a row" in words(await stand.say("my streak"))


@pytest.mark.parametrize("days", [1, 4])
async def test_an_answer_before_the_close_skips_no_day(stand: Stand, days: int) -> None:
    """Who answers something else in that morning has yesterday and today; the close adds nothing to it."""
    await chosen_on_days(stand, days)
    await quiz(stand)
    for _beside in ("before the close", "after it"):
        assert f"{days + 1} days in a row" in words(await stand.say("my streak"))
        await stand.pass_time(hours=2)


async def test_a_choice_just_after_midnight(stand: Stand) -> None:
    """It counts for the new day also where midnight is at half past an hour of UTC."""
    await moderate(stand, "settings set", setting="timezone", value="Asia/Kolkata")
    await plan(stand, time="20:00")
    await stand.say("mate")
    await stand.pass_time(hours=6)
    stand.clock.now = datetime(2026, 3, 10, 18, 40, tzinfo=UTC)  # ten past midnight there
    await choose(stand)
    await stand.pass_time(hours=23)
    assert stand.rows(PERSON)[0].streak_day == date(2026, 3, 11)
