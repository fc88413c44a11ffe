"""What keeps the bot from posting reaches whoever can help, once a day, and nobody else."""

import logging

import pytest

from bot.chat.cards import Card
from bot.chat.people import Space
from bot.chat.port import DeliveryError, Failure
from bot.chat.requests import Life
from bot.context import Effects
from bot.library import Library
from bot.store import people, settings
from bot.store.engine import transaction
from tests.app.stand import INSTALLER, Stand, standing

GENERAL = Space("fake", "server", "general")
MISSING = ("View Channel", "Send Messages")


async def post(stand: Stand, key: str, to: Space = GENERAL) -> None:
    """The group's bot posts something."""
    with transaction(stand.engine) as db:
        ctx = stand.core.context(db, stand.clock.now, people.find_group(db, 1), Effects())
        ctx.post(key, lambda: Card("Something secret"), to)
    await stand.settle()


async def arrive(stand: Stand, failure: Failure = Failure.FORBIDDEN, installer: str = INSTALLER) -> None:
    """The bot is added by somebody, and its posts in `general` are refused."""
    await stand.happen(Life.INSTALLED, channel="lobby", installer=installer)
    stand.port.refuses["post", "general"] = DeliveryError(failure, "no")
    stand.port.missing = MISSING


async def refused_at_the_desk(stand: Stand, installer: str) -> None:
    """A post is refused, and so is what the moderators' channel should be told of it."""
    await arrive(stand, installer=installer)
    with transaction(stand.engine) as db:
        settings.put(db, 1, "moderators_channel", "desk")
    stand.port.refuses["post", "desk"] = DeliveryError(Failure.FORBIDDEN, "no")
    await post(stand, "one")
    await stand.settle()


def probes(stand: Stand) -> list[str]:
    """Which channels the platform was asked about."""
    return [which for what, which in stand.port.calls if what == "probe"]


async def test_who_added_the_bot_is_told_once_a_day(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    """Two refused posts are one private word: the channel, what is missing there, what to do; one more next day."""
    await arrive(stand)
    for key in ("one", "two"):
        await post(stand, key)
    assert stand.state("one") == stand.state("two") == ("failed", "forbidden")
    (key,) = stand.posted("trouble:")
    assert key == f"trouble:1:general:{stand.clock.now.date()}:forbidden"
    assert stand.port.keys[key].space.channel == INSTALLER
    for part in ("I may not post in #general.", "Missing: View Channel, Send Messages.", "Please allow it"):
        assert part in stand.said(key)
    assert probes(stand) == ["general"]
    assert [record.levelname for record in caplog.records if "given up" in record.message] == ["WARNING", "WARNING"]
    for word in ("secret", "general", INSTALLER, "server"):
        assert word not in caplog.text

    stand.clock.advance(days=1)
    await post(stand, "three")
    assert len(stand.posted("trouble:")) == 2


async def test_another_process_tells_it_no_second_time(stand: Stand, library: Library) -> None:
    """What the moderators were told today they are not told again by a process that was started since."""
    await arrive(stand)
    await post(stand, "one")
    async for other in standing(stand.engine, library, stand.clock):
        other.port.refuses = stand.port.refuses
        await post(other, "two")
        assert (other.state("two"), other.port.calls) == (("failed", "forbidden"), [("post", "two")])


async def test_a_moderators_channel_is_told_instead(stand: Stand) -> None:
    """Where the group has named a channel for its moderators, that one hears of it."""
    await arrive(stand)
    with transaction(stand.engine) as db:
        settings.put(db, 1, "moderators_channel", "desk")
    await post(stand, "one")
    (key,) = stand.posted("trouble:")
    assert stand.port.keys[key].space == Space("fake", "server", "desk")


async def test_a_moderators_channel_that_is_refused_itself(stand: Stand) -> None:
    """Where the moderators' own channel is the one, who added the bot is told."""
    await arrive(stand)
    with transaction(stand.engine) as db:
        settings.put(db, 1, "moderators_channel", "general")
    await post(stand, "one")
    (key,) = stand.posted("trouble:")
    assert stand.port.keys[key].space.channel == INSTALLER


@pytest.mark.parametrize("installer", [INSTALLER, ""])
async def test_a_moderators_channel_that_takes_no_posts(stand: Stand, installer: str) -> None:
    """The moderators' channel refuses its word: who added the bot is told, else who planned something there."""
    await stand.say("schedule add", "bea", {"kind": "quiz", "time": "09:00"}, admin=True)
    await refused_at_the_desk(stand, installer)
    (key,) = stand.posted("trouble:")
    assert stand.port.keys[key].space.channel == (installer or "u-bea")
    assert "I may not post in #general." in stand.said(key)
    assert probes(stand).count("general") == 1


async def test_who_planned_it_is_told(stand: Stand) -> None:
    """Without a moderators' channel, and where nobody knows who added the bot, it is who planned something there."""
    await stand.say("schedule add", "bea", {"kind": "quiz", "time": "09:00"}, admin=True)
    await arrive(stand, installer="")
    await post(stand, "one")
    (key,) = stand.posted("trouble:")
    assert stand.port.keys[key].space.channel == "u-bea"


async def test_a_refused_word_of_trouble_makes_no_other(stand: Stand) -> None:
    """Where nobody can be reached, neither the moderators nor who added the bot, it ends there."""
    stand.port.refuses["post", INSTALLER] = DeliveryError(Failure.CLOSED, "no")
    await refused_at_the_desk(stand, INSTALLER)
    key = f"trouble:1:general:{stand.clock.now.date()}:forbidden"
    assert stand.state(key) == ("failed", "closed")
    assert [which for what, which in stand.port.calls if what == "post"].count(key) == 2
    assert (stand.posted("trouble:"), probes(stand)) == ([], ["general"])


async def test_nobody_to_tell_is_logged(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    """Where nobody is known to have added the bot, the operator reads what is missing, once."""
    await arrive(stand, installer="")
    for key in ("one", "two"):
        await post(stand, key)
    assert stand.posted("trouble:") == []
    assert caplog.text.count("Nobody can be told what a channel on fake lacks: View Channel, Send Messages") == 1


async def test_a_workspace_that_is_left_makes_no_trouble(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    """What is refused by a workspace that the bot was taken out of is nobody's trouble."""
    await arrive(stand)
    with transaction(stand.engine) as db:
        settings.put(db, 1, "moderators_channel", "desk")
    await stand.happen(Life.REMOVED)
    await post(stand, "one")
    assert (stand.state("one"), stand.posted("trouble:")) == (("failed", "forbidden"), [])
    assert "Nobody can be told" not in caplog.text


async def test_a_channel_that_is_gone_is_told(stand: Stand) -> None:
    """A post into a channel that no longer is there: the moderators hear which one."""
    await arrive(stand, Failure.GONE)
    await post(stand, "one")
    (key,) = stand.posted("trouble:")
    assert "I cannot find #general" in stand.said(key)


async def test_a_deleted_message_is_left_alone(stand: Stand, caplog: pytest.LogCaptureFixture) -> None:
    """Somebody deletes a question: nobody is told, and the round goes on to its end."""
    await stand.happen(Life.INSTALLED, channel="lobby", installer=INSTALLER)
    options = {"topic": "vectors", "questions": "2", "seconds": "30"}
    await stand.say("quiz live", options=options)
    del stand.port.messages[stand.port.keys["live:1:0"].message]
    with caplog.at_level(logging.INFO):
        for seconds in (31, 9, 31):
            await stand.pass_time(seconds=seconds)
    assert stand.state("live:1:0") == ("failed", "gone")
    assert stand.posted("live:1") == ["live:1:0", "live:1:1", "live:1:result"]
    assert stand.posted("trouble:") == []
    assert [r.levelname for r in caplog.records if "deleted there" in r.message] == ["INFO"]


async def test_a_forbidden_edit_is_told(stand: Stand) -> None:
    """An edit that is refused is trouble too."""
    await stand.happen(Life.INSTALLED, channel="lobby", installer=INSTALLER)
    await post(stand, "one")
    stand.port.refuses["edit", "general"] = DeliveryError(Failure.FORBIDDEN, "no")
    await post(stand, "one")
    assert stand.state("one") == ("failed", "forbidden")
    assert len(stand.posted("trouble:")) == 1


@pytest.mark.parametrize(("failure", "level"), [(Failure.INVALID, "ERROR"), (Failure.CLOSED, "INFO")])
async def test_what_moderators_cannot_help_is_no_trouble_of_theirs(
    stand: Stand, caplog: pytest.LogCaptureFixture, failure: Failure, level: str
) -> None:
    """A message that the platform cannot read is logged as our error; a closed door is no error; nobody is told."""
    await arrive(stand, failure)
    with caplog.at_level(logging.INFO):
        await post(stand, "one")
    assert stand.state("one") == ("failed", failure.value)
    assert [record.levelname for record in caplog.records if "given up" in record.message] == [level]
    assert (stand.posted("trouble:"), probes(stand)) == ([], [])


async def test_a_platform_that_cannot_say_what_is_missing(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    """The moderators are told all the same, without names."""
    await arrive(stand)
    stand.port.refuses["probe", "general"] = DeliveryError(Failure.TRANSIENT, "busy")
    await post(stand, "one")
    (key,) = stand.posted("trouble:")
    assert "Missing" not in stand.said(key)
