"""Schedules under members and moderators who mean no good, or have bad luck: limits, late clocks, other groups."""

from datetime import UTC, date, datetime, timedelta

import pytest

from bot.app import App
from bot.chat.port import DeliveryError, Failure
from bot.chat.replies import Reply
from bot.chat.requests import CommandCall
from bot.store import rounds, schedules
from bot.store.engine import transaction
from bot.store.people import GROUP
from bot.store.rounds import Play
from bot.store.schedules import FIRING
from tests.app.stand import Stand, words
from tests.app.test_schedules import keys, live, plan, schedule
from tests.store.study import at_once

TODAY = "schedule:1:2026-03-10"
ONE = {"number": "1"}


async def moderate(stand: Stand, name: str, **options: str) -> str:
    """Ann, who manages the server, uses a command; the words of the answer."""
    return words(await stand.say(name, options=options, admin=True))


def open_plays(stand: Stand) -> list[Play]:
    """The questions of the dailies that are open."""
    with transaction(stand.engine, reads=True) as db:
        return rounds.open_dailies(db, 1)


def said_privately(reply: Reply | None) -> str:
    """Everything that an answer says, whether it is new or takes a card's place."""
    assert reply
    return "\n".join(word for card in (reply.update, reply.card) if card for word in card.words())


async def lock(stand: Stand) -> None:
    """Bea does not know the answer to the newest question that is open, and locks that in."""
    play = open_plays(stand)[0]
    await stand.press(f"today.unsure|{play.id}", by="bea")
    await stand.press(f"daily.lock|{play.id}", by="bea")


# --- limits --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("days", ["daily", " ".join(["daily", *(f"not 2027-01-{day:02}" for day in range(1, 29))])])
async def test_as_many_as_may_be_planned_fit_their_cards(stand: Stand, days: str) -> None:
    """The list, health, pause and resume of twenty schedules name each of them, also where their days are long."""
    for number in range(20):
        await plan(stand, kind="concept", time=f"{number}:00", days=days, timezone="America/Argentina/Buenos_Aires")
    assert "20 are planned already" in await plan(stand)
    for command in ("schedule list", "schedule health", "schedule pause", "schedule resume", "schedule list"):
        said = await moderate(stand, command)
        assert "concept 20" in said or "20 · concept" in said, f"{command}: {said}"


async def test_health_of_twenty_that_all_ail(stand: Stand) -> None:
    """Whatever is wrong with twenty schedules fits one card."""
    stand.port.missing = ("View Channel", "Send Messages", "Embed Links", "Attach Files", "Create Public Threads")
    stand.port.refuses["post", "general"] = DeliveryError(Failure.FORBIDDEN, "no")
    for number in range(20):
        await plan(stand, topic="maths", time=f"10:{number:02}")
    await live(stand, days=1)
    assert "daily quiz 20" in await moderate(stand, "schedule health")


async def test_many_topics_fit_the_answer(stand: Stand) -> None:
    """As many topics as an option takes are planned, though their full names are longer than what was typed."""
    names = [name for name in stand.core.library.topics if "." in name]
    short = min((name.rpartition(".")[2] for name in names), key=len)
    assert "Planned" in await plan(stand, topic=",".join([short] * (500 // (len(short) + 1))))


async def test_hostile_words_are_taken_as_words(stand: Stand) -> None:
    """A role is a name: what looks like a mark or breaks a line changes nothing of the card round it."""
    await plan(stand, ping="<!channel>\n@everyone")
    await stand.pass_time(hours=1)
    assert stand.said(keys(stand)[0]).splitlines()[1] == "<!channel> @everyone"


async def test_a_country_by_its_name(stand: Stand) -> None:
    """A calendar of holidays that is written otherwise is named as it was written."""
    assert "“holidays:germany”" in await plan(stand, days="daily not holidays:germany")


async def test_the_groups_zone_by_name(stand: Stand) -> None:
    """A new schedule may follow the group's zone by saying so, as a changed one may."""
    assert "Planned" in await plan(stand, timezone="group")


# --- each local day once -------------------------------------------------------------------------------------------


async def test_a_number_that_comes_again(stand: Stand) -> None:
    """What is planned after a removal posts on the same day, as a message of its own, whatever its number is."""
    await plan(stand)
    await stand.pass_time(hours=1)
    await moderate(stand, "schedule remove", **ONE)
    first = len(stand.posted("schedule:"))
    await plan(stand, time="12:00")
    await stand.pass_time(hours=2)
    assert len(stand.posted("schedule:")) == first + 1
    assert len(open_plays(stand)) == 2


async def test_an_edit_of_what_is_due_loses_no_day(stand: Stand) -> None:
    """A day that is due when something else is edited is posted, also where it has just ended."""
    await plan(stand, time="23:59")
    stand.clock.advance(hours=15, seconds=30)
    await stand.call("schedule edit", options={**ONE, "topic": "all"}, admin=True)
    await stand.pass_time(seconds=1)
    assert keys(stand) == [TODAY]
    assert schedule(stand).next_day == date(2026, 3, 11)


async def test_setup_elsewhere_loses_no_day(stand: Stand) -> None:
    """A new zone in which today is over: the day that was still to come is posted, not left out."""
    await moderate(stand, "settings set", setting="timezone", value="America/Los_Angeles")
    stand.clock.advance(hours=5)  # seven in the morning there, three the next day in Auckland
    await plan(stand, time="09:00")
    await stand.call("setup", options={"zone": "Pacific/Auckland"}, admin=True)
    await stand.pass_time(seconds=1)
    assert keys(stand) == [TODAY]
    await live(stand, days=1)
    assert keys(stand) == [TODAY, "schedule:1:2026-03-11"]


@pytest.mark.parametrize(
    "zone",
    [
        "Pacific/Kiritimati",
        "Pacific/Pago_Pago",
        *(pytest.param(name, marks=pytest.mark.slow) for name in ("America/Nuuk", "Africa/Cairo")),
    ],
)
async def test_to_and_fro_between_zones(stand: Stand, zone: str, caplog: pytest.LogCaptureFixture) -> None:
    """However often the zone changes round the post's moment, no local day is posted twice."""
    await plan(stand)
    for _hour in range(30):
        await moderate(stand, "schedule edit", number="1", timezone=zone)
        await stand.pass_time(minutes=20)
        await moderate(stand, "schedule edit", number="1", timezone="group")
        await stand.pass_time(minutes=40)
    assert len(keys(stand)) >= 1
    assert stand.count(FIRING) == len(keys(stand)), "each day once, and a message for each"
    assert not caplog.messages, "no day is tried again that has been taken"


@pytest.mark.parametrize(
    ("wall", "more"), [("11:00", {}), ("11:00", {"time": "06:00"}), ("11:00", {"days": "weekdays"}), ("08:00", {})]
)
async def test_a_zone_in_which_it_is_tomorrow(stand: Stand, wall: str, more: dict[str, str]) -> None:
    """An hour before midnight the zone becomes one where tomorrow's time is past: tomorrow comes all the same, once."""
    await moderate(stand, "settings set", setting="timezone", value="Europe/Berlin")
    await plan(stand, time=wall)
    until = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)  # half past eleven in Berlin, and in the morning in Auckland
    await live(stand, days=(until - stand.clock.now) / timedelta(days=1))
    first = ["2026-03-10"] if wall == "11:00" else []  # eight was over when it was planned
    await moderate(stand, "schedule edit", number="1", timezone="Pacific/Auckland", **more)
    await live(stand, days=1.5)
    assert [key[-10:] for key in keys(stand)] == [*first, "2026-03-11", "2026-03-12"]


async def test_a_zone_in_which_it_is_tomorrow_and_another_time(stand: Stand) -> None:
    """Neither today, which was still to come, nor tomorrow, whose new time is hours past, is left out."""
    await moderate(stand, "settings set", setting="timezone", value="America/Los_Angeles")
    await plan(stand, time="21:00")
    await live(stand, days=0.75)  # eight in the evening there, four in the afternoon of the next day in Auckland
    await moderate(stand, "schedule edit", number="1", timezone="Pacific/Auckland", time="09:00")
    await live(stand, days=1)
    assert [key[-10:] for key in keys(stand)] == ["2026-03-10", "2026-03-11", "2026-03-12"]


async def test_a_zone_in_which_it_is_tomorrow_brings_no_other_day(stand: Stand) -> None:
    """What is next in a week, or was left out, is not brought forward by a zone in which it is tomorrow."""
    await moderate(stand, "settings set", setting="timezone", value="Europe/Berlin")
    await plan(stand, time="11:00")
    await plan(stand, time="11:00", days="tue")
    until = datetime(2026, 3, 10, 22, 30, tzinfo=UTC)
    await live(stand, days=(until - stand.clock.now) / timedelta(days=1))
    await moderate(stand, "schedule skip", number="1")
    await moderate(stand, "schedule edit", number="2", days="daily", topic="maths")
    await moderate(stand, "schedule edit", number="2", days="tue")
    await moderate(stand, "settings set", setting="timezone", value="Pacific/Auckland")
    await live(stand, days=1.5)
    assert [key[-12:] for key in keys(stand)] == ["1:2026-03-10", "2:2026-03-10", "1:2026-03-12"]


@pytest.mark.parametrize("away", [10, 400, 1000])
async def test_long_away(stand: Stand, away: int) -> None:
    """However long the bot was away, it comes back with no flood, and goes on at the next moment."""
    await plan(stand)
    await stand.pass_time(days=away, hours=6)
    assert keys(stand) == []
    await live(stand, days=1)
    assert len(keys(stand)) == 1


async def test_a_clock_that_jumps_back(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    """An hour that comes twice brings no second post."""
    await plan(stand)
    await stand.pass_time(hours=1)
    stand.clock.advance(hours=-1)
    await moderate(stand, "schedule edit", number="1", time="10:01")
    await live(stand, days=0.2)
    assert keys(stand) == [TODAY]
    assert not caplog.messages


async def test_skip_then_more_days(stand: Stand) -> None:
    """Who skips next week's and then wants it daily gets the days in between as well."""
    await plan(stand, days="mon")
    await moderate(stand, "schedule skip", **ONE)
    assert "2026-03-11" in await moderate(stand, "schedule edit", number="1", days="daily")


async def test_edit_with_nothing_to_change(stand: Stand) -> None:
    """An edit that names no change says so, rather than that something has changed."""
    await plan(stand)
    assert not (await moderate(stand, "schedule edit", **ONE)).startswith("Changed")


# --- the same twice ------------------------------------------------------------------------------------------------


async def test_setup_makes_no_two_of_one(stand: Stand) -> None:
    """Of two quizzes that which is at the named time already is meant; else that in the place, else the oldest."""
    await plan(stand, channel="#elsewhere", time="8:00")
    await plan(stand, time="9:00")
    await plan(stand, time="18:00")
    for time in ("18:00", "18:00", "12:00"):
        await moderate(stand, "setup", zone="UTC", time=time)
        walls = [schedule(stand, number).wall for number in (1, 2, 3)]
        assert walls == ["08:00", "12:00" if time == "12:00" else "09:00", "18:00"]


async def test_setup_wakes_all(stand: Stand) -> None:
    """Said again, `setup` wakes every quiz, concept and digest that is paused, where it is; and names each."""
    await plan(stand)
    for number in range(16):
        await plan(stand, time=f"12:{number:02}", channel="#elsewhere")
    await plan(stand, kind="challenge")
    await moderate(stand, "schedule pause")
    said = await moderate(stand, "setup", zone="UTC")
    assert all(f"{number} · daily quiz" in said for number in range(1, 18))
    assert [schedule(stand, number).state for number in (1, 2, 17, 18)] == ["on", "on", "on", "paused"]
    assert (schedule(stand, 2).space.channel, schedule(stand, 2).wall) == ("elsewhere", "12:00")


async def test_setup_makes_no_more_than_may_be_planned(stand: Stand) -> None:
    """Where not all that is missing fits, `setup` does nothing at all, and says what to do; then it does."""
    for number in range(18):
        await plan(stand, time=f"12:{number:02}")
    said = await moderate(stand, "setup", zone="Asia/Tokyo")
    assert "Planned" in said, "a concept and a digest fit"
    await moderate(stand, "schedule remove", number="20")
    await moderate(stand, "schedule remove", number="19")
    await plan(stand, kind="challenge")
    said = await moderate(stand, "setup", zone="UTC")
    assert "19 are planned already, and at most 20 can be" in said
    assert "schedule remove" in said
    assert stand.rows(GROUP)[0].zone == "Asia/Tokyo"
    await moderate(stand, "schedule remove", number="1")
    await moderate(stand, "setup", zone="UTC")
    assert stand.rows(GROUP)[0].zone == "UTC"


async def two_equal_ones(stand: Stand) -> None:
    """Two quizzes of which a change of the group's zone makes one."""
    await moderate(stand, "settings set", setting="timezone", value="Europe/Berlin")
    await plan(stand, timezone="Europe/London")
    await plan(stand)
    await moderate(stand, "settings set", setting="timezone", value="Europe/London")


@pytest.mark.parametrize("number", ["1", "2"])
async def test_two_equal_ones_can_be_changed(stand: Stand, number: str) -> None:
    """What has nothing to do with the likeness can be changed, and what ends it; a new likeness cannot be made."""
    await two_equal_ones(stand)
    for more in ({"closes_after": "12"}, {"timezone": "Europe/London", "questions": "2"}, {"time": "11:00"}):
        assert (await moderate(stand, "schedule edit", number=number, **more)).startswith("Changed"), more
    assert "is the same" in await moderate(stand, "schedule edit", number=number, time="10:00")


async def test_three_a_week_makes_no_two_of_one(stand: Stand) -> None:
    """Three a week, where another one comes so already, is refused with its number."""
    await plan(stand)
    await plan(stand, days="mon wed fri")
    said = words(await stand.press("schedule.thin|1", admin=True))
    assert "Daily quiz 2 is the same" in said
    assert schedule(stand).days == "daily"


async def test_the_same_is_paused(stand: Stand) -> None:
    """What is paused is not said to come: why it does not is said, and how it goes on."""
    await plan(stand)
    await plan(stand, time="11:00")
    await moderate(stand, "schedule pause", **ONE)
    edited = await moderate(stand, "schedule edit", number="2", time="10:00")
    for said in (edited, await plan(stand)):
        assert "Daily quiz 1 is the same, but paused by a moderator" in said
        assert "schedule resume number:1" in said
        assert "schedule edit number:1" in said
        assert "it comes there" not in said


async def test_two_edits_at_once_make_no_two_of_one(stand: Stand) -> None:
    """Of two moderators who make two the same at the same moment one is told that there is such a one."""
    await plan(stand, time="11:00")
    await plan(stand, time="12:00")
    await stand.say("help", by="bea")
    given = {"ann": {"number": "1", "time": "13:00"}, "bea": {"number": "2", "time": "13:00"}}
    calls = [
        CommandCall(name="schedule edit", options=options, **stand.asked(by, admin=True))
        for by, options in given.items()
    ]
    said = at_once([lambda call=call: said_privately(App(stand.core).handle(call).reply) for call in calls])  # type: ignore[misc]
    assert sorted("is the same" in one for one in said) == [False, True]


# --- who may -------------------------------------------------------------------------------------------------------


async def test_members_press_moderators_buttons(stand: Stand) -> None:
    """Neither in the channel nor in private may a member do what is for moderators."""
    await plan(stand)
    await stand.pass_time(hours=1)
    await moderate(stand, "schedule pause")
    with transaction(stand.engine, reads=True) as db:
        firing = schedules.firings(db, 1, 1)[0].id
    await stand.say("daily", by="bea")
    for token in ("schedule.thin|1", "schedule.resume|1", f"schedule.repost|{firing}"):
        for place in ({}, {"server": None, "channel": "u-bea"}):
            assert "for the group's moderators" in said_privately(await stand.press(token, by="bea", **place))
    assert schedule(stand).state == schedules.PAUSED


async def test_who_planned_it_presses_in_private(stand: Stand) -> None:
    """What is told in private is pressed there, where no platform says who moderates: it works for who planned it."""
    await plan(stand)
    stand.port.refuses["post", "general"] = DeliveryError(Failure.UNCLEAR, "lost")
    stand.port.forgetful = True
    await stand.pass_time(hours=1)
    asked = stand.posted("desk:1:unclear")[0]
    stand.port.refuses.clear()
    token = next(iter(stand.port.messages[stand.port.keys[asked].message].buttons())).token
    await stand.press(token, server=None, channel="u-ann")
    assert keys(stand) == [TODAY]
    reply = await stand.press("schedule.thin|1", server=None, channel="u-ann")
    assert "Three a week" in words(reply)


async def test_another_groups_buttons(stand: Stand) -> None:
    """A button's number from another group stands for nothing, whoever presses it."""
    await plan(stand)
    await stand.pass_time(hours=1)
    number = open_plays(stand)[0].id
    with transaction(stand.engine, reads=True) as db:
        firing = schedules.firings(db, 1, 1)[0].id
    tokens = [f"{name}|{number}" for name in ("today.unsure", "today.begin", "daily.lock", "daily.next", "daily.why")]
    for token in (
        f"today.answer|{number}|1",
        *tokens,
        "schedule.thin|1",
        "schedule.resume|1",
        f"schedule.repost|{firing}",
    ):
        reply = await stand.press(token, by="eve", server="elsewhere", admin=True)
        assert "no longer stands for anything" in said_privately(reply), token
    for command in ("edit", "skip", "remove", "pause", "resume"):
        reply = await stand.say(f"schedule {command}", by="eve", options=ONE, server="elsewhere", admin=True)
        assert "Nothing is planned under the number" in words(reply)
    assert schedule(stand).days == "daily"


# --- what is said to whom ------------------------------------------------------------------------------------------


async def test_nothing_to_post_is_not_called_away(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no content fitted, health says so; the bot was not away."""
    await plan(stand, kind="challenge")
    for challenge in list(stand.core.library.challenges):
        monkeypatch.delitem(stand.core.library.challenges, challenge)
    await stand.pass_time(hours=1)
    said = await moderate(stand, "schedule health")
    assert "nothing to post" in said
    assert "away" not in said


async def test_moderators_are_not_told_every_day(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing fits day after day, the moderators hear of it once."""
    await plan(stand, kind="challenge")
    for challenge in list(stand.core.library.challenges):
        monkeypatch.delitem(stand.core.library.challenges, challenge)
    await live(stand, days=3)
    assert len(stand.posted("desk:1:empty")) == 1


async def test_removing_ends_no_streak(stand: Stand) -> None:
    """A day without a quiz stays excused when its schedule is removed and another one takes its place."""
    await plan(stand, days="tue thu")
    await stand.pass_time(hours=1)
    await lock(stand)
    await live(stand, days=1.9)
    await moderate(stand, "schedule remove", **ONE)
    await plan(stand, time="12:00")
    await live(stand, days=0.2)
    await lock(stand)
    assert "2 days in a row" in words(await stand.say("my streak", by="bea"))
