"""Schedules from the inside: a default week, failures, flags, looks ahead, places that go, plans and weak topics."""

from collections import Counter
from datetime import timedelta

import pytest

from bot.app import App
from bot.beat import Beat
from bot.chat.port import DeliveryError, Failure
from bot.chat.requests import Life
from bot.host import Host
from bot.jobs import Jobs
from bot.ports import Services
from bot.store import queue, rounds, schedules
from bot.store.engine import transaction
from tests.app.stand import Stand, words
from tests.fakes.chat_port import FakeChatPort

HOUR = 3600.0
DAY = 24 * HOUR


async def plan(stand: Stand, **options: str) -> str:
    """Ann, who manages the server, plans something; the words of the answer."""
    given = {"kind": "quiz", "time": "10:00", "days": "daily", **options}
    reply = await stand.say("schedule add", options=given, admin=True)
    assert reply
    assert reply.card
    return "\n".join(reply.card.words())


def keys(stand: Stand) -> list[str]:
    """The posts that were made for everyone, in order: their keys."""
    return [key for key in stand.posted("schedule:") if not key.endswith(":talk")]


def schedule(stand: Stand, number: int = 1) -> schedules.ScheduleRow:
    """A schedule as it stands."""
    with transaction(stand.engine, reads=True) as db:
        found = schedules.find(db, 1, number)
    assert found
    return found


async def live(stand: Stand, *, days: float) -> None:
    """Time passes from one alarm to the next, as it does while the bot is there."""
    end = stand.clock.now + timedelta(days=days)
    while (left := (end - stand.clock.now).total_seconds()) > 0:
        with transaction(stand.engine, reads=True) as db:
            due = queue.next_alarm(db)
        wait = (due - stand.clock.now).total_seconds() if due else left
        await stand.pass_time(seconds=min(left, max(wait, 1.0)))


async def test_a_default_week(stand: Stand) -> None:
    """What `setup` plans posts at most nine times a week, and notifies nobody."""
    await stand.say("setup", options={"zone": "Europe/Berlin"}, admin=True)
    await live(stand, days=7)
    first = len(keys(stand))
    await live(stand, days=7)
    assert 8 <= len(keys(stand)) - first <= 9
    assert first <= 9
    for key in stand.posted():
        assert "Ping" not in repr(stand.port.messages[stand.port.keys[key].message])


async def test_setup_again_moves_what_is_there(stand: Stand) -> None:
    """Said again, `setup` makes nothing twice: what is there comes at the new time, in the new zone."""
    await stand.say("setup", options={"zone": "Europe/Berlin"}, admin=True)
    await stand.say("setup", options={"zone": "Asia/Tokyo", "time": "7:30"}, admin=True)
    with transaction(stand.engine, reads=True) as db:
        found = schedules.of_group(db, 1)
    assert [(s.kind, s.wall) for s in found] == [("quiz", "07:30"), ("concept", "11:30"), ("digest", "14:30")]
    assert found[0].next_at is not None
    assert found[0].next_at.hour == 22, "07:30 in Tokyo"


async def test_three_failures_running_pause_it(stand: Stand) -> None:
    """A post that is refused three days running pauses its schedule, and who planned it is told."""
    await plan(stand)
    stand.port.refuses["post", "general"] = DeliveryError(Failure.FORBIDDEN, "no")
    await live(stand, days=2)
    assert schedule(stand).state == schedules.ON
    await live(stand, days=1)
    assert schedule(stand).state == schedules.FAILING
    assert "3 times running" in stand.said(stand.posted("desk:1:failing")[0])
    await live(stand, days=2)
    assert len([key for key, _ref in stand.port.calls if key == "post"]) >= 3
    assert keys(stand) == []


async def test_a_success_between_failures(stand: Stand) -> None:
    """Failures that do not follow each other pause nothing."""
    await plan(stand)
    for refused in (True, True, False, True, True):
        if refused:
            stand.port.refuses["post", "general"] = DeliveryError(Failure.FORBIDDEN, "no")
        else:
            stand.port.refuses.clear()
        await live(stand, days=1)
    assert schedule(stand).state == schedules.ON


async def test_failures_before_a_resume_are_over(stand: Stand) -> None:
    """Resumed, it is paused again after three more refused posts, not after one."""
    await plan(stand)
    stand.port.refuses["post", "general"] = DeliveryError(Failure.FORBIDDEN, "no")
    await live(stand, days=3)
    await stand.say("schedule resume", admin=True)
    await live(stand, days=2)
    assert schedule(stand).state == schedules.ON
    await live(stand, days=1)
    assert schedule(stand).state == schedules.FAILING
    assert all("3 times running" in stand.said(key) for key in stand.posted("desk:1:failing"))


async def test_what_nobody_knows_is_flagged_and_may_be_reposted(stand: Stand) -> None:
    """A moderator is asked where nobody knows whether a post arrived; if they say so it goes out again, once."""
    await plan(stand)
    stand.port.refuses["post", "general"] = DeliveryError(Failure.UNCLEAR, "lost")
    stand.port.forgetful = True
    await stand.pass_time(hours=1)
    asked = stand.posted("desk:1:unclear")[0]
    assert "2026-03-10" in stand.said(asked)
    stand.port.refuses.clear()
    card = stand.port.messages[stand.port.keys[asked].message]
    token = next(iter(card.buttons())).token
    await stand.press(token, by="bea")
    assert keys(stand) == [], "bea moderates nothing"
    await stand.press(token, admin=True)
    assert keys(stand) == ["schedule:1:2026-03-10"]
    reply = await stand.press(token, admin=True)
    assert reply
    assert reply.card
    assert "already" in "".join(reply.card.words())
    assert keys(stand) == ["schedule:1:2026-03-10"]


async def test_a_reposted_concept_has_its_thread(stand: Stand) -> None:
    """What was for the thread of a post that nobody knew of comes when the post is made again, below it."""
    await plan(stand, kind="concept")
    stand.port.refuses["post", "general"] = DeliveryError(Failure.UNCLEAR, "lost")
    stand.port.forgetful = True
    await stand.pass_time(hours=1)
    await stand.pass_time(minutes=5)
    assert stand.posted("schedule:") == []
    stand.port.refuses.clear()
    card = stand.port.messages[stand.port.keys[stand.posted("desk:1:unclear")[0]].message]
    await stand.press(next(iter(card.buttons())).token, admin=True)
    await stand.settle()
    post, talk = stand.posted("schedule:")
    assert talk == f"{post}:talk"
    assert stand.port.keys[talk].space.thread


async def test_a_look_ahead(stand: Stand) -> None:
    """Well before a post the place is looked at; what is missing is told once, in the platform's own words."""
    stand.port.missing = ("Send Messages",)
    await plan(stand)
    await live(stand, days=3)
    warned = stand.posted("desk:1:warned")
    assert len(warned) == 1
    assert "Send Messages" in stand.said(warned[0])
    stand.port.missing = ()
    await live(stand, days=1)
    stand.port.missing = ("View Channel",)
    await live(stand, days=1)
    assert len(stand.posted("desk:1:warned")) >= 2


async def test_a_look_is_left_to_who_is_on_the_platform(stand: Stand) -> None:
    """Another process on the same database, which is not on the group's platform, leaves the look to one that is."""
    stand.port.missing = ("Send Messages",)
    await stand.call("schedule add", options={"kind": "quiz", "time": "10:00", "days": "daily"}, admin=True)
    other = Host(App(stand.core), Beat(stand.core), Jobs(stand.core, Services()), {"else": FakeChatPort("else")})
    await stand.host.beat()
    for _time in range(8):
        await other.settle()
        stand.clock.advance(minutes=5)
    await other.stop()
    await stand.settle()
    assert "Send Messages" in stand.said(stand.posted("desk:1:warned")[0])


@pytest.mark.parametrize(
    ("change", "times"),
    [
        ({"closes_after": "20"}, 1),
        ({"ping": "@learners"}, 1),
        ({"time": "11:00"}, 1),
        ({"timezone": "Asia/Tokyo"}, 1),
        ({"channel": "#elsewhere"}, 2),
        ({"topic": "vectors"}, 2),
        ({"days": "mon"}, 2),
        ({"questions": "2"}, 2),
    ],
)
async def test_a_change_of_something_else_tells_nothing_again(stand: Stand, change: dict[str, str], times: int) -> None:
    """What was told is told again after a change of what it depends on, and of nothing else."""
    stand.port.missing = ("Send Messages",)
    await plan(stand)
    await stand.pass_time(minutes=1)
    await stand.say("schedule edit", options={"number": "1", **change}, admin=True)
    await stand.pass_time(minutes=1)
    await live(stand, days=6.9)
    assert len(stand.posted("desk:1:warned")) >= times
    if times == 1:
        assert len(stand.posted("desk:1:warned")) == 1


async def test_what_runs_out_is_told_once(stand: Stand) -> None:
    """Fewer questions each day are left: the moderators hear of it once, not each day with another number."""
    await plan(stand, questions="3")
    await live(stand, days=3)
    told = stand.posted("desk:1:warned")
    assert len(told) == 1
    assert "left that the group has not had" in stand.said(told[0])


@pytest.mark.parametrize(
    ("kind", "topic", "told"),
    [
        ("quiz", "classical,vectors", ""),
        ("quiz", "numpy", ""),  # what it builds on helps out
        ("quiz", "vectors", "4 questions on or near Vectors are left that the group has not had"),
        ("quiz", "vectors,python-core", "2 questions on or near Core Python are left that the group has not had"),
        ("concept", "", ""),
        ("concept", "vectors", "1 concept on or near Vectors is left that the group has not had"),
    ],
)
async def test_each_topic_of_a_plan_is_to_last_a_week(stand: Stand, kind: str, topic: str, told: str) -> None:
    """What is counted is what the next seven days take of each topic."""
    days = "daily" if kind == "quiz" else "tue thu"
    await plan(stand, kind=kind, topic=topic or "all", days=days)
    await stand.pass_time(minutes=1)
    warned = [stand.said(key) for key in stand.posted("desk:1:warned")]
    assert [told in said for said in warned] == ([True] if told else [])


async def test_a_look_comes_twelve_hours_before(stand: Stand) -> None:
    """At least twelve hours lie between the look and the post."""
    await plan(stand, days="wed", time="09:00")  # tomorrow, in 24 hours
    stand.port.missing = ("Send Messages",)
    await stand.pass_time(hours=9)
    assert not stand.posted("desk:1:warned")
    await stand.pass_time(hours=2)
    assert stand.posted("desk:1:warned")


async def test_the_moderators_channel_is_told(stand: Stand) -> None:
    """Where a channel of the moderators is set, it is told in place of who planned it."""
    await stand.say("settings set", options={"setting": "moderators_channel", "value": "#desk"}, admin=True)
    stand.port.missing = ("Send Messages",)
    await plan(stand)
    await stand.pass_time(minutes=1)
    assert stand.port.keys[stand.posted("desk:1:warned")[0]].space.channel == "desk"


@pytest.mark.parametrize(("refusing", "told"), [((), "u-ann"), (("u-ann",), "general")])
async def test_the_moderators_channel_refuses(stand: Stand, refusing: tuple[str, ...], told: str) -> None:
    """The moderators' channel takes no posts: who planned it is told in private, else the group's channel, once."""
    await stand.say("settings set", options={"setting": "moderators_channel", "value": "#desk"}, admin=True)
    for place in ("desk", *refusing):
        stand.port.refuses["post", place] = DeliveryError(Failure.FORBIDDEN, "no")
    stand.port.missing = ("Attach Files",)
    await plan(stand)
    await stand.pass_time(minutes=1)
    await stand.settle()
    (key,) = stand.posted("desk:1:warned")
    assert stand.port.keys[key].space.channel == told
    assert len([called for called in stand.port.calls if called == ("post", key)]) == 2 + len(refusing)


async def test_what_is_told_in_private_instead_can_be_pressed_there(stand: Stand) -> None:
    """A button that was for the moderators' channel is about its group, wherever it is pressed in the end."""
    await stand.say("settings set", options={"setting": "moderators_channel", "value": "#desk"}, admin=True)
    await plan(stand)
    for place in ("general", "desk"):
        stand.port.refuses["post", place] = DeliveryError(Failure.FORBIDDEN, "no")
    await live(stand, days=3)
    stand.port.refuses.clear()
    (key,) = stand.posted("desk:1:failing")
    await stand.say("mate", server="another server")
    (resume,) = stand.port.messages[stand.port.keys[key].message].buttons()
    await stand.press(resume.token, server=None, channel="u-ann")
    assert schedule(stand).state == schedules.ON


@pytest.mark.parametrize("desk", ["general", "desk"])
async def test_neither_channel_takes_posts(stand: Stand, desk: str) -> None:
    """Neither the schedule's channel nor the moderators' takes posts: who planned it is told of the pause, once."""
    await stand.say("settings set", options={"setting": "moderators_channel", "value": f"#{desk}"}, admin=True)
    await plan(stand)
    for place in ("general", desk):
        stand.port.refuses["post", place] = DeliveryError(Failure.FORBIDDEN, "no")
    await live(stand, days=5)
    told = [key for key in stand.posted("desk:") if "paused" in stand.said(key)]
    assert [stand.port.keys[key].space.channel for key in told] == ["u-ann"]
    assert schedule(stand).state == schedules.FAILING


async def test_nobody_at_all_can_be_told(stand: Stand) -> None:
    """Where every place refuses, each is tried once, and it ends there."""
    await stand.say("settings set", options={"setting": "moderators_channel", "value": "#general"}, admin=True)
    await plan(stand)
    for place in ("general", "u-ann"):
        stand.port.refuses["post", place] = DeliveryError(Failure.FORBIDDEN, "no")
    stand.port.missing = ("Attach Files",)
    await live(stand, days=5)
    tried = Counter(key for _what, key in stand.port.calls if key.startswith("desk:"))
    assert len(tried) == 2, "what is missing, and that it is paused"
    assert set(tried.values()) == {2}


async def test_who_cannot_be_told_in_private(stand: Stand) -> None:
    """Who planned it takes no private messages: the group's channel is told."""
    stand.port.missing = ("Attach Files",)
    stand.port.refuses["post", "u-ann"] = DeliveryError(Failure.CLOSED, "no")
    await plan(stand)
    await stand.pass_time(minutes=1)
    await stand.settle()
    assert stand.port.keys[stand.posted("desk:1:warned")[0]].space.channel == "general"


async def test_the_bot_is_taken_out_and_comes_back(stand: Stand) -> None:
    """While the bot is away nothing is posted; back, it goes on and catches up with nothing."""
    await stand.happen(Life.INSTALLED, installer="u-ann")
    await plan(stand)
    await stand.happen(Life.REMOVED)
    assert schedule(stand).state == schedules.AWAY
    await live(stand, days=2)
    assert keys(stand) == []
    await stand.happen(Life.INSTALLED, installer="u-ann")
    assert schedule(stand).state == schedules.ON
    await live(stand, days=1)
    assert len(keys(stand)) == 1


async def test_a_channel_is_deleted(stand: Stand) -> None:
    """The channel of a schedule goes: it is paused, who planned it is told how to go on, the others go on."""
    await plan(stand, channel="#elsewhere")
    await plan(stand)
    await stand.happen(Life.CHANNEL_GONE, channel="elsewhere")
    assert [schedule(stand, number).state for number in (1, 2)] == [schedules.FAILING, schedules.ON]
    assert "gone" in stand.said(stand.posted("desk:1:gone")[0])
    await live(stand, days=1)
    assert [key.split(":")[1] for key in keys(stand)] == ["2"]


async def test_the_moderators_channel_is_deleted_with_what_was_planned_there(stand: Stand) -> None:
    """The channel of the posts is that of the moderators, too, and goes: who planned it is told in private, once."""
    await stand.say("settings set", options={"setting": "moderators_channel", "value": "#general"}, admin=True)
    await plan(stand)
    stand.port.refuses["post", "general"] = DeliveryError(Failure.GONE, "no")
    for _time in range(2):
        await stand.happen(Life.CHANNEL_GONE, channel="general")
    await live(stand, days=2)
    told = [key for key in stand.posted("desk:") if "gone" in stand.said(key)]
    assert [stand.port.keys[key].space.channel for key in told] == ["u-ann"]


async def test_two_schedules_in_two_channels(stand: Stand) -> None:
    """Each channel has its own quiz with its own question; an answer counts in both."""
    await plan(stand)
    await plan(stand, channel="elsewhere", time="11:00")
    await stand.pass_time(hours=1)
    await stand.pass_time(hours=1)
    assert len(keys(stand)) == 2
    with transaction(stand.engine, reads=True) as db:
        plays = rounds.open_dailies(db, 1)
    assert len({play.content_id for play in plays}) == 2
    for play in plays:
        await stand.press(f"today.unsure|{play.id}")
        reply = await stand.press(f"daily.lock|{play.id}")
        assert reply
        assert reply.update


async def test_a_plan_is_walked_in_order(stand: Stand) -> None:
    """Topics that are named one after the other come in that order, and from the beginning again."""
    asked = {item.topic for item in stand.core.library.items.values()}
    topics = sorted(asked)[:2]
    await plan(stand, topic=",".join(topics))
    seen = []
    for _day in range(4):
        await live(stand, days=1)
        with transaction(stand.engine, reads=True) as db:
            firing = schedules.firings(db, 1, 1)[0]
            assert firing.round_id
            play = rounds.play_at(db, firing.round_id, 0)
        assert play
        seen.append(play.round.place)
    assert seen == topics * 2


async def test_adaptive(stand: Stand) -> None:
    """The topic in which the group has been right least often comes next."""
    wrong: dict[str, int] = {}
    for _round in range(8):
        await stand.say("quiz start", options={"questions": "1"}, admin=False)
        with transaction(stand.engine, reads=True) as db:
            play = rounds.stands_at(db, 1, 1, 1)
        if play is None:
            break
        await stand.press(f"quiz.unsure|{play.id}")
        topic = stand.core.library.items[play.content_id].topic
        wrong[topic] = wrong.get(topic, 0) + 1
    enough = [topic for topic, count in wrong.items() if count >= 5]
    await plan(stand, topic="adaptive")
    await stand.pass_time(hours=1)
    with transaction(stand.engine, reads=True) as db:
        place = rounds.open_dailies(db, 1)[0].round.place
    assert place == (enough[0] if enough else None)


async def test_no_concept_repeats_before_all_were_posted(stand: Stand) -> None:
    """Each concept comes once before any comes again."""
    await plan(stand, kind="concept")
    count = len([c for c in stand.core.library.concepts.values() if c.status == "live"])
    await live(stand, days=count)
    with transaction(stand.engine, reads=True) as db:
        used = [firing.content for firing in schedules.firings(db, 1, 99)]
    assert len(used) == count
    assert len(set(used)) == count


async def test_a_ping_is_opted_into(stand: Stand) -> None:
    """A post notifies the role that a moderator has named, and no other post does."""
    await plan(stand, ping="@learners")
    await stand.pass_time(hours=1)
    assert "learners" in stand.said(keys(stand)[0]).splitlines()[1]
    for options, pings in (({"number": "1", "ping": "none"}, False), ({"number": "1", "ping": "@learners"}, True)):
        await stand.say("schedule edit", options=options, admin=True)
        said = words(await stand.say("setup", options={"zone": "UTC"}, admin=True))
        assert ("with no pings" in said) is not pings


@pytest.mark.parametrize("kind", ["challenge", "digest"])
async def test_other_kinds(stand: Stand, kind: str) -> None:
    """Challenges and digests are posted like the rest, once a day at most."""
    await plan(stand, kind=kind)
    await live(stand, days=2)
    assert len(keys(stand)) == 2
    assert stand.state(keys(stand)[0])[0] == "sent"


async def test_the_next_three_times(stand: Stand) -> None:
    """The answer to a plan shows its next three times."""
    said = await plan(stand, days="mon")
    for day in (16, 23, 30):
        assert f"2026-03-{day}T10:00" in said


async def test_a_thread_that_cannot_be_is_left_out(stand: Stand) -> None:
    """Where no thread can be opened below a concept, its first word does not go to the channel instead."""
    stand.port.refuses["thread", "general"] = DeliveryError(Failure.FORBIDDEN, "no threads")
    await plan(stand, kind="concept")
    await stand.pass_time(hours=1)
    assert [key for key in stand.posted() if not key.startswith("desk:")] == ["schedule:1:2026-03-10"]
    assert stand.state("schedule:1:2026-03-10:talk")[0] == "failed"


async def test_two_beats_at_once_post_once(stand: Stand) -> None:
    """Whoever beats beside another posts nothing twice."""
    await plan(stand)
    stand.clock.advance(hours=1)
    Beat(stand.core).run()
    await stand.host.beat()
    await stand.settle()
    assert keys(stand) == ["schedule:1:2026-03-10"]
