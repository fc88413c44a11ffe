"""Reminders that members asked for: in private or by a mention, once a day, at a time of their own day; or none."""

from typing import Any

import pytest

from bot.chat.cards import Card
from bot.chat.people import Account, MessageRef
from bot.chat.port import ChatPort, DeliveryError, Failure
from bot.library import Library
from tests.scenes.knowledge import Knowledge
from tests.stages.discord import DiscordStage
from tests.stages.stage import Stage
from tests.stages.terminal import TerminalStage

HOUR = 3600


async def daily_at_ten(stage: Stage) -> None:
    """A quiz every day at ten UTC, an hour from now, open until eight."""
    await stage.say("schedule add kind:quiz time:10:00 days:daily", moderator=True, by="mod")


def reminders(stage: Stage, member: str = "ann") -> list[str]:
    """The private messages that remind a member of the daily."""
    return [text for text in stage.private(member) if text.startswith("Today's question") and "is open until" in text]


def trials(stage: Stage) -> list[str]:
    """The test messages that ann got."""
    return [text for text in stage.private("ann") if text.startswith("A test")]


async def press_there(stage: Stage, label: str) -> None:
    """Ann presses a button of a private message; where that has a channel of its own, it is outside the server."""
    if not isinstance(stage, DiscordStage):
        await stage.press(label)
        return
    message, part = stage._newest("ann", lambda part: part.get("label") == label, f"a button {label!r}")
    assert message.channel_id in stage._direct()
    await stage._after("ann", await stage.member("ann").user.click(message, custom_id=part["custom_id"]))


async def on(stage: Stage, hours: float) -> None:
    """Time goes by, an hour at a time."""
    for _hour in range(int(hours)):
        await stage.pass_time(HOUR)


async def test_setting_one_says_what_was_set_and_sends_a_test(stage: Stage) -> None:
    """The answer names the time, the zone, and what to do if the test message does not arrive."""
    await stage.say("my timezone Europe/Berlin")
    await stage.say("my notify what:daily time:19:30")
    told = next(text for text in stage.private("ann") if text.startswith("Reminder set"))
    for part in ("19:30", "Europe/Berlin", "write to you in private", "server's privacy settings", "in Slack"):
        assert part in told
    assert len(trials(stage)) == 1
    await stage.say("my notify")
    assert "At 19:30 of your day (Europe/Berlin)" in stage.private("ann")[-1]


async def test_nobody_is_reminded_unasked(stage: Stage) -> None:
    """Without a wish of theirs no member gets a word; asking what is set sets nothing."""
    await stage.say("my notify")
    assert "You are reminded of nothing." in stage.private("ann")[-1]
    await daily_at_ten(stage)
    await on(stage, 12)
    assert reminders(stage) == []


async def test_the_daily_that_is_open_is_said_once(stage: Stage, knows: Knowledge) -> None:
    """At that time of the day one message comes, with the button to answer; the next one the next day."""
    await daily_at_ten(stage)
    await stage.say("my notify what:daily time:12:00")
    await on(stage, 2)
    assert reminders(stage) == []
    await on(stage, 10)
    assert len(reminders(stage)) == 1
    await press_there(stage, "Answer")
    assert knows.question(stage.private("ann")[-1])
    await on(stage, 20)
    assert len(reminders(stage)) == 2


async def test_who_has_locked_it_is_left_alone(stage: Stage, knows: Knowledge) -> None:
    """A locked daily is not reminded of; one that is only chosen is."""
    await daily_at_ten(stage)
    for member in ("ann", "bea"):
        await stage.say("my notify what:daily time:12:00", by=member)
    await on(stage, 1)
    for member in ("ann", "bea"):
        await knows.answer(stage, stage.public()[-1], by=member)
    await stage.press("Lock in")
    await on(stage, 4)
    assert reminders(stage) == []
    assert len(reminders(stage, "bea")) == 1


async def test_without_an_open_daily_there_is_nothing_to_say(stage: Stage) -> None:
    """Before the day's quiz, and where none is planned, the reminder says nothing."""
    await stage.say("my notify what:daily time:10:00")
    await on(stage, 30)
    assert reminders(stage) == []


@pytest.mark.parametrize(("zone", "time", "hours"), [("America/New_York", "12:00", 7), ("Asia/Tokyo", "20:00", 2)])
async def test_the_time_is_that_of_the_persons_own_day(stage: Stage, zone: str, time: str, hours: int) -> None:
    """Another zone moves it: to four in the afternoon in UTC from noon in New York, to eleven from eight in Tokyo."""
    await daily_at_ten(stage)
    await stage.say(f"my notify what:daily time:{time}")
    await stage.say(f"my timezone {zone}")
    await on(stage, hours - 1)
    assert reminders(stage) == []
    await on(stage, 1)
    assert len(reminders(stage)) == 1


async def test_a_new_time_says_it_no_second_time(stage: Stage) -> None:
    """Whoever was reminded today and chooses a later time, or another way, is reminded tomorrow."""
    await daily_at_ten(stage)
    await stage.say("my notify what:daily time:12:00")
    await on(stage, 4)
    await stage.say("my notify what:daily time:15:00 how:mention")
    await on(stage, 4)
    assert len(reminders(stage)) == 1
    assert mentions(stage) == []
    await on(stage, 24)
    assert len(mentions(stage)) + len(reminders(stage)) == 2


def mentions(stage: Stage) -> list[str]:
    """The posts that mention ann."""
    return [text for text in stage.public() if "@ann" in text]


async def test_by_a_mention_in_the_dailys_thread(stage: Stage) -> None:
    """Whoever prefers it is mentioned below the daily and gets nothing in private, unless threads there are none."""
    await daily_at_ten(stage)
    await stage.say("my notify what:daily time:12:00 how:mention")
    assert "I mention you in its thread" in stage.private("ann")[-1]
    await on(stage, 4)
    assert trials(stage) == []
    if isinstance(stage, TerminalStage):
        assert mentions(stage) == []
        assert "a mention in its thread, which I could not make" in reminders(stage)[0]
        return
    assert reminders(stage) == []
    assert "is open until" in mentions(stage)[0]


async def test_what_is_not_named_stays(stage: Stage) -> None:
    """The way is changed alone, and the time alone."""
    await stage.say("my notify daily time:07:30")
    await stage.say("my notify daily how:mention")
    await stage.say("my notify")
    assert "07:30" in stage.private("ann")[-1]
    await stage.say("my notify time:08:30")
    await stage.say("my notify")
    assert "08:30" in stage.private("ann")[-1]
    assert "mention" in stage.private("ann")[-1].casefold()
    await stage.say("my notify recall time:10:00")
    assert "leave time and how out" in stage.private("ann")[-1]


async def test_a_mention_from_the_answers_button(stage: Stage) -> None:
    """If no private message arrives, a button turns to mentions, at the same time of the day."""
    await stage.say("my notify what:daily time:12:00")
    await stage.press("Mention me in the daily's thread instead")
    assert "At 12:00 of your day" in stage.private("ann")[-1]
    assert "I mention you in its thread" in stage.private("ann")[-1]


@pytest.mark.parametrize("away", ["button", "command"])
async def test_off_is_off(stage: Stage, away: str) -> None:
    """Turned off, nothing comes any more."""
    await daily_at_ten(stage)
    await stage.say("my notify what:daily time:12:00")
    await (press_there(stage, "Turn reminders off") if away == "button" else stage.say("my notify what:off"))
    assert "I remind you of nothing any more." in stage.private("ann")[-1]
    await on(stage, 8)
    assert reminders(stage) == []


async def test_a_time_that_is_none_is_refused(stage: Stage) -> None:
    """A word that is no time of the day is refused with an example, and sets nothing."""
    await stage.say("my notify what:daily time:lunch")
    assert "is no time of the day" in stage.private("ann")[-1]
    await stage.say("my notify")
    assert "You are reminded of nothing." in stage.private("ann")[-1]


@pytest.mark.parametrize(("hours", "said"), [(2, 1), (5, 0)])
async def test_a_bot_that_was_away(stage: Stage, hours: int, said: int) -> None:
    """Back soon, the reminder is said late; back hours later it is left out, and the next day's is on time."""
    await daily_at_ten(stage)
    await stage.say("my notify what:daily time:12:00")
    await on(stage, 2)
    stage.clock.advance(seconds=hours * HOUR)
    await stage.restart()
    await stage.pass_time(HOUR)
    assert len(reminders(stage)) == said
    await on(stage, 24 - hours)
    assert len(reminders(stage)) == said + 1


class Mailbox:
    """A platform's port whose private messages may be refused for a while."""

    def __init__(self, port: ChatPort) -> None:
        self.failure: Failure | None = None
        self.refused = 0
        self._port = port

    def __getattr__(self, name: str) -> Any:
        return getattr(self._port, name)

    async def tell(self, account: Account, card: Card, key: str) -> MessageRef:
        """Write to one account in private, or refuse to."""
        if self.failure is None:
            return await self._port.tell(account, card, key)
        self.refused += 1
        raise DeliveryError(self.failure, "refused")


@pytest.fixture
def mailbox(stage: Stage) -> Mailbox:
    """The way to members in private."""
    ports = stage.host._ports  # type: ignore[attr-defined]
    ((platform, port),) = ports.items()
    ports[platform] = Mailbox(port)
    return ports[platform]


@pytest.mark.parametrize("failure", [Failure.CLOSED, Failure.FORBIDDEN, Failure.GONE])
async def test_who_cannot_be_reached_twice_is_left_alone(stage: Stage, mailbox: Mailbox, failure: Failure) -> None:
    """The test and the first reminder are refused: that is the last one, though messages arrive again."""
    await daily_at_ten(stage)
    mailbox.failure = failure
    await stage.say("my notify what:daily time:12:00")
    await on(stage, 4)
    assert mailbox.refused == 2
    mailbox.failure = None
    await stage.say("my notify")
    assert "You are reminded of nothing." in stage.private("ann")[-1]
    await on(stage, 24)
    assert reminders(stage) == []


async def test_one_that_arrives_makes_good_for_one_that_did_not(stage: Stage, mailbox: Mailbox) -> None:
    """Refused, arrived, refused: that is not twice in a row."""
    await daily_at_ten(stage)
    mailbox.failure = Failure.CLOSED
    await stage.say("my notify what:daily time:12:00")
    for failure in (None, Failure.CLOSED, None):
        mailbox.failure = failure
        await on(stage, 24)
    assert len(reminders(stage)) == 2
    assert mailbox.refused == 2


async def test_a_platform_that_is_busy_ends_no_reminder(stage: Stage, mailbox: Mailbox) -> None:
    """What may go better in a minute is no refusal."""
    await daily_at_ten(stage)
    mailbox.failure = Failure.TRANSIENT
    await stage.say("my notify what:daily time:12:00")
    await on(stage, 20)
    assert mailbox.refused > 2, "it is tried again and again"
    mailbox.failure = None
    await stage.say("my notify")
    assert "At 12:00 of your day" in stage.private("ann")[-1]


async def test_recall_of_a_concept(stage: Stage, knows: Knowledge, library: Library) -> None:
    """Later that day whoever wants it is asked about the concept, with its first line as help and not the answer."""
    await stage.say("my notify what:recall")
    told = next(text for text in stage.private("ann") if text.startswith("Reminder set"))
    assert "once a day at most" in told
    await stage.say("schedule add kind:concept time:10:00 days:daily", moderator=True, by="mod")
    await on(stage, 3)
    posted = next(text for text in stage.public() if "Source:" in text)
    concept = next(concept for concept in library.concepts.values() if posted.startswith(concept.title))
    assert not any(text.startswith("Recall:") for text in stage.private("ann"))
    await on(stage, 8)
    (asked,) = [text for text in stage.private("ann") if text.startswith("Recall:")]
    assert asked.startswith(f"Recall: {concept.title}")
    assert concept.hook in asked
    assert concept.body[:20] not in asked
    await press_there(stage, "Ask me about it")
    assert knows.question(stage.private("ann")[-1]).id == concept.recall
    assert not any(text.startswith("Recall:") for text in stage.private("mod"))
    await on(stage, 24)
    assert len([text for text in stage.private("ann") if text.startswith("Recall:")]) == 2


async def test_two_concepts_of_a_day_are_recalled_once(stage: Stage) -> None:
    """Nobody is asked twice a day, however many concepts a group gets."""
    await stage.say("my notify what:recall")
    for at in ("10:00", "11:00"):
        await stage.say(f"schedule add kind:concept time:{at} days:daily", moderator=True, by="mod")
    await on(stage, 12)
    first = next(text for text in stage.public() if "Source:" in text).splitlines()[0]
    (asked,) = [text for text in stage.private("ann") if text.startswith("Recall:")]
    assert first in asked, "the later one does not take the earlier one's place"
