"""While a daily is open nothing else tells its answer; Lock in locks what the card shows, or nothing."""

import threading
from typing import Any

import pytest
from sqlalchemy import select

from bot.app import App
from bot.chat.requests import Press
from bot.context import Context
from bot.features import playing
from bot.features.daily import posting
from bot.questions.item import Item
from bot.store import answers, rounds
from bot.store.answers import ANSWER
from bot.store.engine import transaction
from bot.store.rounds import Play
from bot.store.scores import LEDGER
from tests.app.stand import Stand, words
from tests.app.test_schedules import live, plan
from tests.app.test_schedules_hostile import open_plays, said_privately

TOPIC = "maths.vectors"


def own(stand: Stand, person: int = 1) -> list[Play]:
    """The questions of the quiz that a person plays alone."""
    with transaction(stand.engine, reads=True) as db:
        at = rounds.stands_at(db, 1, person, person)
        return rounds.plays(db, at.round.id) if at else []


async def daily_of(stand: Stand) -> Play:
    """The daily that is planned on the topic comes."""
    await plan(stand, topic=TOPIC)
    await stand.pass_time(hours=1)
    (play,) = open_plays(stand)
    return play


def draw_the_one_at(position: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next daily asks what stands there in the first round."""

    def draw(ctx: Context, *_given: Any) -> tuple[list[Item], bool]:
        return [ctx.library.items[rounds.plays(ctx.db, 1)[position].content_id]], False

    monkeypatch.setattr(posting, "_draw", draw)


def options(play: Play) -> tuple[int, int]:
    """The id of the right option, and of a wrong one."""
    shown = playing.shown_of(play)
    return shown.right()[0].id, next(option.id for option in shown.options if not option.correct)


# --- told by something else -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("position", [0, 1, 3])
async def test_a_quiz_that_was_begun_before(stand: Stand, monkeypatch: pytest.MonkeyPatch, position: int) -> None:
    """The question that became the daily is not graded there, is left out on the way on, and scores as the daily."""
    await stand.say("quiz start", by="bea", options={"questions": "4", "topic": TOPIC})
    mine = own(stand)
    draw_the_one_at(position, monkeypatch)
    daily = await daily_of(stand)
    same = mine[position]
    assert daily.content_id == same.content_id
    others = [play for play in mine if play.id != same.id]
    last = None
    if same.position == 0:
        refused = said_privately(await stand.press(f"quiz.unsure|{same.id}", by="bea"))
        assert (
            "That question is open as the daily now. Say daily to answer it, quiz start for other questions." in refused
        )
        last = same
    for play in others:
        if last is not None:
            shown = words(await stand.press(f"quiz.next|{last.id}", by="bea"))
            assert playing.shown_of(play).stem in shown
        revealed = await stand.press(f"quiz.unsure|{play.id}", by="bea")
        assert revealed
        assert revealed.update
        last = play
    if same.is_last:
        assert last
        assert "3" in words(await stand.press(f"quiz.next|{last.id}", by="bea"))
    with transaction(stand.engine, reads=True) as db:
        assert daily.content_id not in db.execute(select(ANSWER.c.content_id)).scalars().all()


@pytest.mark.parametrize("answer", ["quiz.unsure|{}", "quiz.answer|{}|0"])
async def test_its_question_in_a_quiz_is_not_graded(stand: Stand, answer: str) -> None:
    """Whatever is pressed on it in an older quiz, no answer is kept and none is told."""
    await stand.say("quiz start", by="bea", options={"questions": "4", "topic": TOPIC})
    mine = own(stand)
    daily = await daily_of(stand)
    same = next(play for play in mine if play.content_id == daily.content_id)
    with transaction(stand.engine) as db:
        rounds.open_item(db, same.id, stand.clock.now, None)
    refused = await stand.press(answer.format(same.id), by="bea")
    assert "open as the daily now" in said_privately(refused)
    assert stand.count(ANSWER) == stand.count(LEDGER) == 0


async def beside_a_live_round(stand: Stand, questions: int) -> tuple[list[Play], Play]:
    """The questions of a live round, and the daily that comes while its first one is open."""
    given = {"topic": TOPIC, "questions": str(questions), "seconds": "300"}
    await stand.say("quiz live", options=given, by="bea")
    await plan(stand, topic=TOPIC, time="09:01")
    await stand.pass_time(seconds=61)
    (daily,) = open_plays(stand)
    with transaction(stand.engine, reads=True) as db:
        return rounds.plays(db, 1), daily


@pytest.mark.parametrize("days", range(5))
async def test_the_daily_takes_no_question_of_a_live_round(stand: Stand, days: int) -> None:
    """What a round will tell before the daily closes is not the daily's, while there is another question."""
    stand.clock.advance(days=days)
    asked, daily = await beside_a_live_round(stand, 3)
    assert len(asked) == 3
    assert daily.content_id not in {play.content_id for play in asked}


@pytest.mark.parametrize("position", [1, 3])
async def test_a_live_round_leaves_the_daily_out(stand: Stand, monkeypatch: pytest.MonkeyPatch, position: int) -> None:
    """Where there was no other question for the daily, the round goes on without that one."""
    draw_the_one_at(position, monkeypatch)
    plays, daily = await beside_a_live_round(stand, 4)
    assert daily.content_id == plays[position].content_id
    asked = set()
    for _question in range(4):
        play = stand.live_question()
        if play is not None:
            asked.add(play.content_id)
            await stand.press(f"live.unsure|{play.id}", by="cat")
        await stand.pass_time(seconds=301)
        await stand.pass_time(seconds=10)
    assert asked == {play.content_id for play in plays} - {daily.content_id}
    assert "live:1:result" in stand.posted("live")


# --- Lock in --------------------------------------------------------------------------------------------------------


async def test_lock_in_on_an_older_card(stand: Stand) -> None:
    """A card whose choice is no longer what stands locks nothing, and shows what stands; that one locks."""
    daily = await daily_of(stand)
    right, wrong = options(daily)
    cards = [await stand.press(f"today.answer|{daily.id}|{one}", by="bea") for one in (wrong, right)]
    tokens = [next(button.token for button in reply.card.buttons()) for reply in cards if reply and reply.card]
    older = await stand.press(f"{tokens[0]}", by="bea")
    assert older
    assert older.update
    assert "You have chosen anew since then" in "\n".join(older.update.words())
    with transaction(stand.engine, reads=True) as db:
        assert db.execute(select(ANSWER.c.locked_at)).scalar_one() is None
    again = next(button.token for button in older.update.buttons())
    assert again == tokens[1]
    assert "Right." in said_privately(await stand.press(again, by="bea"))


async def test_lock_in_and_another_press_at_the_same_moment(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is graded is what stands: the other press comes before, or finds it locked."""
    daily = await daily_of(stand)
    right, wrong = options(daily)
    await stand.press(f"today.answer|{daily.id}|{right}", by="bea")
    app, lock, pressed = App(stand.core), answers.lock, []
    other = Press(token=f"today.answer|{daily.id}|{wrong}", **stand.asked("bea"))

    def with_another(*args: Any, **more: Any) -> bool:
        pressed.append(threading.Thread(target=app.handle, args=(other,)))
        pressed[-1].start()
        pressed[-1].join(1)
        return lock(*args, **more)

    with monkeypatch.context() as patched:
        patched.setattr(answers, "lock", with_another)
        app.handle(Press(token=f"daily.lock|{daily.id}", **stand.asked("bea")))
    pressed[0].join(20)
    with transaction(stand.engine, reads=True) as db:
        (kept,) = answers.of_play(db, daily.id)
    assert kept.correct is (kept.response.options == (right,))
    assert kept.correct is (kept.points > 0)


# --- a day that grew longer ------------------------------------------------------------------------------------------


async def test_the_group_goes_west_after_the_close(stand: Stand) -> None:
    """A daily on demand that has closed is not offered again, though the day that it was for goes on there."""
    stand.clock.advance(hours=13)  # ten in the evening
    await stand.say("daily", by="bea")
    (play,) = open_plays(stand)
    await stand.press(f"daily.unsure|{play.id}", by="bea")
    await live(stand, days=0.11)
    await stand.say("settings set", options={"setting": "timezone", "value": "America/New_York"}, admin=True)
    assert "No daily is open" in words(await stand.say("daily", by="cid"))
    assert "Here is the answer." in words(await stand.say("daily", by="bea"))
