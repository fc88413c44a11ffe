"""A live round that was cut off ends instead of going on hours later; nobody is named for having been wrong."""

import pytest

from bot.features import playing
from bot.store.people import PERSON
from bot.store.rounds import Play
from bot.store.scores import LEDGER
from tests.app.stand import Stand

ROUND = {"topic": "maths.vectors", "questions": "4", "seconds": "30"}


def open_question(stand: Stand) -> Play:
    """The question of the live round that is open."""
    play = stand.live_question()
    assert play
    return play


async def answer(stand: Stand, who: str, *, right: bool) -> None:
    """Somebody answers the open question."""
    play = open_question(stand)
    option = next(one.id for one in playing.shown_of(play).options if one.correct is right)
    await stand.press(f"live.answer|{play.id}|{option}", by=who)


@pytest.mark.parametrize("pause", [False, True], ids=["in a question", "in a pause"])
async def test_a_round_that_was_cut_off_ends(stand: Stand, *, pause: bool) -> None:
    """Back hours later the open question is revealed and the result posted; no further question comes."""
    await stand.say("quiz live", by="bea", options=ROUND)
    await answer(stand, "bea", right=True)
    if pause:
        await stand.pass_time(seconds=31)
    stand.clock.advance(hours=10)
    for _time in range(5):
        await stand.pass_time(seconds=60)
    assert [key for key in stand.posted("live:1:") if key.removeprefix("live:1:").isdigit()] == ["live:1:0"]
    assert "after 1 of 4 questions" in stand.said("live:1:result")


async def test_an_answer_before_midnight_counts_for_its_day(stand: Stand) -> None:
    """A question that closes late, after midnight, is scored on the day on which its time was over."""
    stand.clock.advance(hours=14, minutes=50)
    day = stand.clock.now.date()
    await stand.say("quiz live", by="bea", options=ROUND)
    await answer(stand, "bea", right=True)
    stand.clock.advance(hours=10)
    await stand.pass_time(seconds=1)
    assert [row.day for row in stand.rows(LEDGER)] == [day]
    assert [row.streak_day for row in stand.rows(PERSON)] == [day]


async def test_a_short_delay_ends_nothing(stand: Stand) -> None:
    """A minute's absence is no end: the next question comes."""
    await stand.say("quiz live", by="bea", options=ROUND)
    await answer(stand, "bea", right=True)
    await stand.pass_time(seconds=120)
    await stand.pass_time(seconds=10)
    assert open_question(stand).position == 1


async def test_nobody_is_named_for_having_been_wrong(stand: Stand) -> None:
    """Of a round of one question the result lists who was right; the others are counted alone."""
    for who in ("bea", "cat"):
        await stand.say("my name", by=who, options={"show": "name"})
    await stand.say("quiz live", by="ann", options={**ROUND, "questions": "1"})
    await answer(stand, "bea", right=True)
    await answer(stand, "cat", right=False)
    await stand.pass_time(seconds=31)
    result = stand.said("live:1:result")
    assert "bea" in result
    assert "cat" not in result
    assert "Players: 2. Those are listed who got something right and chose to be." in result
