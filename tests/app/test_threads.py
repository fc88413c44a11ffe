"""Live rounds in threads: opened when they are needed, once, and never at the price of a question."""

import asyncio

import pytest

from bot.chat.cards import Card
from bot.chat.people import MessageRef, Powers, Space
from bot.chat.port import DeliveryError, Failure
from bot.chat.requests import Life
from bot.context import Effects
from bot.delivery import LOST_AFTER
from bot.store import people, settings
from bot.store.engine import transaction
from bot.store.messages import MESSAGE
from tests.app.stand import INSTALLER, THREADS, Stand, words
from tests.clock import Clock
from tests.fakes.chat_port import FakeChatPort

ROUND = {"topic": "vectors", "questions": "2", "seconds": "30"}
FORBIDDEN = DeliveryError(Failure.FORBIDDEN, "no")


def place(stand: Stand, key: str) -> Space:
    """Where a message was posted."""
    return stand.port.keys[key].space


async def to_the_end(stand: Stand) -> None:
    """Both questions close."""
    for seconds in (31, 9, 31):
        await stand.pass_time(seconds=seconds)


async def test_a_round_plays_in_a_thread_below_its_first_message(stand: Stand) -> None:
    """The channel sees what begins and what came of it; the questions and their reveals stand in one thread."""
    reply = await stand.say("quiz live", options=ROUND, powers=THREADS)
    assert "The round is on" in words(reply), "the starter's receipt stays"
    start = stand.said("live:1:start")
    for part in ("Vectors", "2 questions, 30 s each", "Answer in the thread below", "Stop"):
        assert part in start
    assert "ann" not in start
    await to_the_end(stand)
    above = stand.port.keys["live:1:start"]
    assert above.space.thread is None
    assert [place(stand, f"live:1:{position}").thread for position in (0, 1)] == [above.message] * 2
    assert place(stand, "live:1:result").thread is None
    assert stand.port.threads == {above.message: "Live round: Vectors"}
    assert [what for what, _which in stand.port.calls].count("thread") == 1
    assert "Closed:" in stand.said("live:1:0")
    assert "This round is over." in stand.said("live:1:start")
    assert list(stand.port.messages[above.message].buttons()) == []


@pytest.mark.parametrize(
    ("options", "powers", "thread"),
    [
        (ROUND | {"questions": "1"}, THREADS, None),
        (ROUND, Powers(), None),
        (ROUND, THREADS, "already"),
    ],
    ids=["one question", "a platform without threads", "in a thread already"],
)
async def test_no_thread_where_none_is_of_use(
    stand: Stand, options: dict[str, str], powers: Powers, thread: str | None
) -> None:
    """One question, no threads on the platform, a thread as the place: all stands where the round was asked for."""
    await stand.say("quiz live", options=options, powers=powers, thread=thread)
    assert stand.posted() == ["live:1:0"]
    assert place(stand, "live:1:0") == Space("fake", "server", "general", thread)
    await to_the_end(stand)
    assert place(stand, "live:1:result") == Space("fake", "server", "general", thread)
    assert stand.posted("live:1:start") == []


async def test_a_group_may_turn_threads_off(stand: Stand) -> None:
    """With the setting off a round plays in the channel, as before."""
    await stand.say("mate")
    with transaction(stand.engine) as db:
        settings.put(db, 1, "threads", "off")
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    assert stand.posted() == ["live:1:0"]
    assert stand.port.threads == {}


async def test_what_is_missing_for_threads_is_named(stand: Stand) -> None:
    """Where the bot may open no thread nobody tries; the first message names what is missing, as the platform does."""
    powers = Powers(threads=True, lacks_to_thread=("Create Public Threads",))
    await stand.say("quiz live", options=ROUND, powers=powers)
    expected = "Threads are not allowed here (Create Public Threads is missing), so the round plays in this channel."
    assert expected in stand.said("live:1:start")
    assert place(stand, "live:1:0").thread is None
    assert "thread" not in [what for what, _which in stand.port.calls]
    await to_the_end(stand)
    assert "This round is over." in stand.said("live:1:start")


async def test_where_it_may_not_post_a_round_is_refused(stand: Stand) -> None:
    """The starter is told in one sentence what is missing and who can allow it; nothing is begun."""
    said = words(await stand.say("quiz live", options=ROUND, powers=Powers(lacks_to_post=("View Channel", "Embed"))))
    assert "I may not post here, since View Channel, Embed is missing; a moderator can allow it" in said
    assert stand.posted() == []
    assert stand.count(MESSAGE) == 0


async def test_a_refused_thread_costs_no_question(stand: Stand) -> None:
    """The platform refuses the thread after all: every question stands in the channel, and one try was enough."""
    stand.port.refuses["thread", "general"] = FORBIDDEN
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    await to_the_end(stand)
    assert [place(stand, f"live:1:{position}").thread for position in (0, 1)] == [None, None]
    assert [what for what, _which in stand.port.calls].count("thread") == 1
    assert "Closed:" in stand.said("live:1:0")


@pytest.mark.parametrize("failure", [Failure.FORBIDDEN, Failure.GONE])
async def test_a_thread_that_takes_no_posts_costs_no_question(stand: Stand, failure: Failure) -> None:
    """A thread that is locked or was deleted before its question came: the question stands in the channel."""
    stand.port.refuses["post", "m1"] = DeliveryError(failure, "no")
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    await to_the_end(stand)
    assert [place(stand, f"live:1:{position}").thread for position in (0, 1)] == [None, None]
    assert stand.posted("live:1:result") != []


async def test_a_busy_platform_gets_its_thread_later(stand: Stand) -> None:
    """A thread that cannot be opened just now is opened a moment later; its question waits for it."""
    stand.port.refuses["thread", "general"] = DeliveryError(Failure.TRANSIENT, "busy", retry_after=5)
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    assert stand.posted() == ["live:1:start"]
    del stand.port.refuses["thread", "general"]
    await stand.pass_time(seconds=5)
    assert place(stand, "live:1:0").thread == stand.port.keys["live:1:start"].message


@pytest.mark.parametrize("failure", [Failure.FORBIDDEN, Failure.TRANSIENT])
async def test_a_question_whose_first_message_is_not_there(stand: Stand, failure: Failure) -> None:
    """While the first message cannot be sent its question waits; if that is given up, it stands in the channel."""
    stand.port.refuse = [DeliveryError(failure, "no", retry_after=5)]
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    if failure is Failure.TRANSIENT:
        assert stand.posted() == []
        await stand.pass_time(seconds=5)
        assert place(stand, "live:1:0").thread == stand.port.keys["live:1:start"].message
    else:
        assert stand.posted("live:") == ["live:1:0"]
        assert place(stand, "live:1:0").thread is None


async def test_a_child_in_another_lane_waits_without_being_counted(stand: Stand, clock: Clock) -> None:
    """A message below one that is still on its way elsewhere waits; no attempt is used up, nobody waits behind it."""
    await stand.say("mate")
    with transaction(stand.engine) as db:
        ctx = stand.core.context(db, clock.now, people.find_group(db, 1), Effects())
        ctx.post("above", lambda: Card("Above"), Space("fake", "server", "general"))
        ctx.post("child", lambda: Card("Child"), Space("fake", "server", "random"), below="above", title="T" * 120)
        ctx.post("behind", lambda: Card("Behind"), Space("fake", "server", "random"))
        db.execute(MESSAGE.update().where(MESSAGE.c.key == "above").values(state="sending", sending_since=clock.now))
    await stand.settle()
    assert stand.posted() == ["behind"]
    for _look in range(10):
        await stand.settle()
    row = next(row for row in stand.rows(MESSAGE) if row.key == "child")
    assert (row.state, row.attempts) == ("due", 0)
    assert len(row.title) == 100
    clock.advance(seconds=LOST_AFTER.total_seconds())
    await stand.pass_time(seconds=1)
    await stand.settle()
    assert place(stand, "child").thread == stand.port.keys["above"].message


async def test_killed_between_the_opened_thread_and_its_record(
    stand: Stand, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies when the thread is open and nobody has noted it: the next one finds it and posts there once."""
    opened = asyncio.Event()

    async def open_and_die(_port: FakeChatPort, _ref: MessageRef, _title: str) -> Space:
        opened.set()
        return await asyncio.Future()

    await stand.call("quiz live", options=ROUND, powers=THREADS)
    with monkeypatch.context() as patch:
        patch.setattr(FakeChatPort, "thread", open_and_die)
        dying = asyncio.create_task(stand.host.settle())
        await opened.wait()
        dying.cancel()
        await asyncio.wait({dying})
    assert stand.posted() == ["live:1:start"]
    assert stand.state("live:1:0")[0] == "sending"
    await stand.pass_time(seconds=LOST_AFTER.total_seconds() + 1)
    assert stand.posted("live:1:0") == ["live:1:0"]
    assert place(stand, "live:1:0").thread == stand.port.keys["live:1:start"].message


async def test_an_edit_goes_to_the_thread(stand: Stand) -> None:
    """A question in a thread is edited in the thread."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    stand.port.refuses["edit", stand.port.keys["live:1:start"].message] = FORBIDDEN
    await stand.pass_time(seconds=31)
    assert stand.state("live:1:0") == ("failed", "forbidden")


async def test_a_refused_edit_in_a_thread_is_told(stand: Stand) -> None:
    """Where the bot may write in a thread no more, nor in the channel above, who added it hears of that once."""
    await stand.happen(Life.INSTALLED, installer=INSTALLER, channel="lobby")
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    stand.port.refuses["edit", stand.port.keys["live:1:start"].message] = FORBIDDEN
    stand.port.missing = ("Send Messages",)
    await stand.pass_time(seconds=31)
    (key,) = stand.posted("trouble:")
    assert "Missing: Send Messages." in stand.said(key)


async def test_the_front_door_says_where_the_question_stands(stand: Stand) -> None:
    """Who joins from the front door is sent to the thread, or to the channel if it plays there."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    assert "in the round's thread" in words(await stand.press("mate.resume|live", "bea"))
    await stand.say("quiz stop")
    await stand.say("quiz live", options=ROUND)
    assert "in the channel" in words(await stand.press("mate.resume|live", "bea"))


async def test_moderators_hear_of_a_refused_thread(stand: Stand) -> None:
    """A thread that is refused is told to who added the bot, with what the platform says is missing."""
    await stand.happen(Life.INSTALLED, installer=INSTALLER, channel="lobby")
    stand.port.refuses["thread", "general"] = FORBIDDEN
    stand.port.missing = ("Send Messages in Threads",)
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    (key,) = stand.posted("trouble:")
    assert "I may not open threads in #general" in "".join(stand.said(key))
    assert "Missing: Send Messages in Threads." in stand.said(key)


async def test_a_channel_that_takes_no_posts_either_is_told_too(stand: Stand) -> None:
    """Who was told of the threads alone would mend those alone, and the channel would stay as silent."""
    await test_moderators_hear_of_a_refused_thread(stand)
    stand.port.refuses["post", "general"] = FORBIDDEN
    stand.port.missing = ("Send Messages",)
    await stand.pass_time(seconds=31)
    await stand.pass_time(seconds=31)
    _threads, posts = stand.posted("trouble:")
    assert "I may not post in #general" in stand.said(posts)
    assert "Missing: Send Messages." in stand.said(posts)
