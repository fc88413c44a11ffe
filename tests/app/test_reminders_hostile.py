"""Reminders where the daily or the concept never arrived, where no thread can be opened, and in a second group."""

import pytest

from bot.chat.port import DeliveryError, Failure
from bot.store import queue
from bot.store.engine import transaction
from bot.store.messages import MESSAGE
from bot.store.reminders import REMINDER
from bot.store.schedules import FIRING
from tests.app.stand import Stand, words
from tests.app.test_private import OTHER
from tests.app.test_schedules import live, plan
from tests.app.test_schedules_hostile import open_plays

TODAY = "schedule:1:2026-03-10"
MENTION = {"what": "daily", "time": "12:00", "how": "mention"}
NO = DeliveryError(Failure.FORBIDDEN, "no")
FIVE_MINUTES = 300


async def wanted(stand: Stand) -> None:
    """Bea and cid want to be mentioned at noon, where a quiz comes at ten each day."""
    await plan(stand)
    for who in ("bea", "cid"):
        await stand.say("my notify", by=who, options=MENTION)


def told(stand: Stand, who: str = "bea", kind: str = "daily") -> list[str]:
    """The reminders of a kind that somebody got in private, in order."""
    keys = stand.posted(f"remind:{kind}")
    return [stand.said(key) for key in keys if stand.port.keys[key].space.channel == f"u-{who}"]


def in_channel(stand: Stand) -> list[str]:
    """The keys of what stands in the channel itself, in no thread."""
    return [key for key, ref in stand.port.keys.items() if (ref.space.channel, ref.space.thread) == ("general", None)]


async def away(stand: Stand, hours: int) -> None:
    """Time passes in which the platform is asked again and again."""
    for _time in range(hours * 12):
        await stand.pass_time(seconds=FIVE_MINUTES)


# --- mentions that cannot be made ------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [Failure.FORBIDDEN, Failure.GONE, Failure.INVALID])
async def test_without_a_thread_a_mention_is_said_in_private(stand: Stand, failure: Failure) -> None:
    """Nothing but the daily stands in the channel; each reads once that it is open, and why that is no mention."""
    await wanted(stand)
    stand.port.refuses["thread", "general"] = DeliveryError(failure, "no")
    await live(stand, days=0.9)
    assert in_channel(stand) == [TODAY]
    for who in ("bea", "cid"):
        (said,) = told(stand, who)
        assert "The daily of server is open until" in said
        assert "for a mention in its thread, which I could not make" in said


async def test_a_thread_that_takes_no_messages(stand: Stand) -> None:
    """The thread is there, but what belongs in it is refused."""
    await wanted(stand)
    await stand.pass_time(hours=1)
    stand.port.refuses["post", stand.port.keys[TODAY].message] = NO
    await live(stand, days=0.2)
    assert in_channel(stand) == [TODAY]
    assert len(told(stand)) == 1


@pytest.mark.parametrize("failure", [Failure.FORBIDDEN, Failure.TRANSIENT, Failure.UNCLEAR])
async def test_below_a_daily_that_never_arrived_nobody_is_mentioned(stand: Stand, failure: Failure) -> None:
    """Its post was refused, given up, or nobody knows of it: whoever wanted a mention below it is told in private."""
    await wanted(stand)
    stand.port.forgetful = True
    stand.port.refuses["post", "general"] = DeliveryError(failure, "no")
    await away(stand, hours=6)
    assert in_channel(stand) == []
    assert len(told(stand)) == 1


async def test_a_daily_that_is_posted_again_mentions_nobody_who_was_told(stand: Stand) -> None:
    """What was said in private is not said once more in the thread that comes later."""
    await wanted(stand)
    stand.port.forgetful = True
    stand.port.refuses["post", "general"] = DeliveryError(Failure.UNCLEAR, "lost")
    await away(stand, hours=4)
    stand.port.refuses.clear()
    (firing,) = stand.rows(FIRING)
    await stand.press(f"schedule.repost|{firing.id}", admin=True)
    await away(stand, hours=1)
    assert in_channel(stand) == [TODAY]
    assert [len(told(stand, who)) for who in ("bea", "cid")] == [1, 1]
    assert len(stand.posted("remind:daily")) == 2


async def test_who_has_locked_it_meanwhile_is_left_alone(stand: Stand) -> None:
    """Bea locks her answer while the mention is on its way that cannot be made; cid, who does not, is told."""
    await wanted(stand)
    await stand.pass_time(hours=1)
    (play,) = open_plays(stand)
    await stand.press(f"today.unsure|{play.id}", by="bea")
    stand.port.refuses["thread", "general"] = NO
    stand.clock.advance(hours=2)
    await stand.host.beat()
    await stand.press(f"daily.lock|{play.id}", by="bea")
    assert [len(told(stand, who)) for who in ("bea", "cid")] == [0, 1]


async def test_a_mention_that_may_have_arrived_is_not_said_again(stand: Stand) -> None:
    """Where nobody can tell, once too seldom is better than twice."""
    await wanted(stand)
    await stand.pass_time(hours=1)
    stand.port.forgetful = True
    stand.port.refuses["post", stand.port.keys[TODAY].message] = DeliveryError(Failure.UNCLEAR, "lost")
    await away(stand, hours=3)
    assert [row.state for row in stand.rows(MESSAGE) if row.key.startswith("remind:")] == ["flagged", "flagged"]
    assert told(stand) == []


async def test_mentions_go_on_where_also_private_messages_are_refused(stand: Stand) -> None:
    """Days without a thread end no mention: once there is one, it is made."""
    await wanted(stand)
    stand.port.refuses["thread", "general"] = NO
    stand.port.refuses["post", "u-bea"] = DeliveryError(Failure.CLOSED, "no")
    await live(stand, days=3.5)
    assert told(stand) == []
    assert stand.count(REMINDER) == 2
    stand.port.refuses.clear()
    await live(stand, days=1)
    assert len([key for key in stand.posted("remind:daily") if stand.port.keys[key].space.thread]) == 2


async def test_a_mention_of_before_counts_against_no_private_message(stand: Stand) -> None:
    """Who wants to be told in private now is, and the mention that failed is no failure of that."""
    await wanted(stand)
    stand.port.refuses["thread", "general"] = DeliveryError(Failure.TRANSIENT, "busy")
    await away(stand, hours=4)
    await stand.say("my notify", by="bea", options={"how": "privately"})
    stand.port.refuses["thread", "general"] = NO
    await away(stand, hours=1)
    (said,) = told(stand)
    assert "could not make" not in said
    assert [row.failures for row in stand.rows(REMINDER)] == [0, 0]


async def test_a_platform_that_is_away_ends_no_reminder(stand: Stand) -> None:
    """What may go better later is no refusal, also once it is given up."""
    await plan(stand)
    stand.port.refuses["post", "u-bea"] = DeliveryError(Failure.TRANSIENT, "busy")
    await stand.say("my notify", by="bea", options={"what": "daily", "time": "12:00"})
    await away(stand, hours=8)
    assert [row.state for row in stand.rows(MESSAGE) if row.key.startswith("remind:")] == ["failed", "failed"]
    assert [row.failures for row in stand.rows(REMINDER)] == [0]


# --- the question on a concept ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("failure", [Failure.FORBIDDEN, Failure.TRANSIENT, Failure.UNCLEAR])
async def test_a_concept_that_never_arrived_is_not_asked_about(stand: Stand, failure: Failure) -> None:
    """Refused, given up or flagged, nobody read it; the next day's that was posted is asked about again."""
    await plan(stand, kind="concept")
    await stand.say("my notify", by="bea", options={"what": "recall"})
    stand.port.forgetful = True
    stand.port.refuses["post", "general"] = DeliveryError(failure, "no")
    await away(stand, hours=8)
    assert told(stand, kind="recall") == []
    stand.port.refuses.clear()
    await live(stand, days=1)
    assert len(told(stand, kind="recall")) == 1


async def test_an_alarm_that_names_no_post_still_asks(stand: Stand) -> None:
    """One that was set before alarms named the concept's post is served as it was meant."""
    await stand.say("my notify", by="bea", options={"what": "recall"})
    concept = next(iter(stand.core.library.concepts))
    with transaction(stand.engine) as db:
        queue.set_alarm(db, "recall:1:2026-03-10", 1, stand.clock.now, "concept.recall", (concept, "2026-03-10"))
    await stand.pass_time(minutes=1)
    assert len(told(stand, kind="recall")) == 1


# --- a second group --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", ["daily", "recall"])
async def test_a_reminder_that_moves_to_another_group_says_so(stand: Stand, what: str) -> None:
    """It is for the group in which it was said last; the answer names the one that it was for, where that changes."""
    said = [words(await stand.say("my notify", options={"what": what}, **place)) for place in ({}, {}, OTHER, OTHER)]
    moved = "This reminder was for server until now; it is for one group at a time."
    assert [moved in one for one in said] == [False, False, True, False]
    assert ["until now" in one for one in said] == [False, False, True, False]


# --- another zone ----------------------------------------------------------------------------------------------------


async def test_the_group_goes_to_another_zone(stand: Stand) -> None:
    """A reminder at eight in the evening comes at eight there on the same day, but to who has a zone of their own."""
    await plan(stand)
    for who in ("bea", "cid"):
        await stand.say("my notify", by=who, options={"what": "daily", "time": "20:00"})
    await stand.say("my timezone", by="cid", options={"zone": "UTC"})
    await live(stand, days=1.1)  # half past eleven, half past three in Dubai
    before = {who: len(told(stand, who)) for who in ("bea", "cid")}
    await stand.say("settings set", options={"setting": "timezone", "value": "Asia/Dubai"}, admin=True)
    await live(stand, days=0.2)
    assert {who: len(told(stand, who)) - before[who] for who in ("bea", "cid")} == {"bea": 1, "cid": 0}
