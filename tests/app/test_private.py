"""What is pressed in a private message is about the group that the message was about, whichever was used last."""

import pytest
from sqlalchemy import select

from bot.chat.cards import Card
from bot.chat.requests import FormSubmit
from bot.store.engine import transaction
from bot.store.people import GROUP, MEMBERSHIP
from bot.store.rounds import ROUND_ITEM
from tests.app.stand import Stand, words

PRIVATE = {"server": None, "channel": "dm"}
OTHER = {"server": "another server"}
CLOSES = "Closes 2026-03-11T08:00"  # the scheduled daily of the first group


async def reminded(stand: Stand) -> Card:
    """Ann asked for a reminder in one group, which has a daily open at noon, and then used another group."""
    schedule = {"kind": "quiz", "time": "10:00", "days": "daily"}
    await stand.say("schedule add", "mod", schedule, admin=True)
    await stand.say("my notify", options={"what": "daily", "time": "12:00"})
    await stand.say("mate", **OTHER)
    for _hour in range(13):
        await stand.pass_time(hours=1)
    (key,) = stand.posted("remind:daily:")
    return stand.port.messages[stand.port.keys[key].message]


def token_of(card: Card | None, label: str) -> str:
    """The token of a card's button."""
    assert card is not None
    return next(button.token for button in card.buttons() if button.label == label)


async def test_a_reminders_button_opens_the_daily_that_it_was_about(stand: Stand) -> None:
    """The other group has no daily, and none is opened there; the answer that follows reaches the right question."""
    card = await reminded(stand)
    asked = await stand.press(token_of(card, "Answer"), **PRIVATE)
    assert asked is not None
    assert CLOSES in words(asked)
    unsure = token_of(asked.card, "I don't know")
    chosen = await stand.press(unsure, **PRIVATE)
    assert chosen is not None
    assert chosen.update is not None
    locked = await stand.press(token_of(chosen.update, "Lock in"), **PRIVATE)
    assert locked is not None
    assert locked.fault == ""


async def test_what_only_reads_is_about_that_group_too(stand: Stand) -> None:
    """After a press that shows something of one group, the next word in private is about that group."""
    await reminded(stand)
    for group in (1, 2, 1):
        await stand.press(f"in|{group}|do|my stats", **PRIVATE)
        assert (CLOSES in words(await stand.call("daily", **PRIVATE))) is (group == 1)


async def test_an_answer_in_private_stays_about_its_group(stand: Stand) -> None:
    """Chosen in private, another group is used, and then it is locked; what is asked there is of that group, too."""
    card = await reminded(stand)
    asked = await stand.press(token_of(card, "Answer"), **PRIVATE)
    assert asked is not None
    chosen = await stand.press(token_of(asked.card, "I don't know"), **PRIVATE)
    assert chosen is not None
    await stand.say("quiz start", options={"questions": "1"}, **OTHER)
    locked = await stand.press(token_of(chosen.update, "Lock in"), **PRIVATE)
    assert locked is not None
    assert locked.fault == ""
    await stand.say("quiz start", options={"questions": "1"}, **OTHER)
    form = await stand.press(token_of(locked.card, "By a nickname"), **PRIVATE)
    assert form is not None
    assert form.form is not None
    await stand.say("mate", **OTHER)
    sent = FormSubmit(token=form.form.token, fields={"nickname": "Gauss"}, **stand.asked(**PRIVATE))
    assert await stand.host.handle(sent) is not None
    with transaction(stand.engine, reads=True) as db:
        named = db.execute(select(MEMBERSHIP.c.group_id).where(MEMBERSHIP.c.shown_name == "Gauss")).scalars().all()
    assert named == [1]


async def test_who_does_not_belong_to_the_group_is_not_let_in(stand: Stand) -> None:
    """A token of somebody else's group says nothing of it: the person's own last group is meant."""
    await reminded(stand)
    members = stand.count(MEMBERSHIP)
    await stand.say("mate", "eve", **OTHER)
    for token in ("in|1|do|daily", "in|99|do|daily", "in||do|daily", "in|1", "in|" + "9" * 19 + "|do|daily"):
        assert CLOSES not in words(await stand.press(token, "eve", **PRIVATE))
    assert stand.count(MEMBERSHIP) == members + 1
    alone = await stand.press("in|1|do|daily", "new", **PRIVATE)
    assert "You are in no group yet." in words(alone)


async def test_in_a_channel_the_group_is_that_of_the_place(stand: Stand) -> None:
    """Where a place tells the group, no token says otherwise."""
    await reminded(stand)
    shown = await stand.press("in|1|do|schedule list", admin=True, **OTHER)
    assert "10:00" not in words(shown)


@pytest.mark.parametrize("line", ["daily", "concept", "quiz start", "my stats", "leaderboard"])
async def test_what_is_about_one_group_names_it(stand: Stand, line: str) -> None:
    """In private, where no place tells the group, the answer does; in the group's own channel nobody needs it."""
    await stand.say("mate", **OTHER)
    group = stand.rows(GROUP)[-1].name
    there = await stand.call(line, **OTHER)
    alone = await stand.call(line, **PRIVATE)
    assert there is not None
    assert group not in words(there)
    assert group in words(alone)


async def test_practice_names_no_group(stand: Stand) -> None:
    """What counts in no group is about none."""
    await stand.say("quiz start", options={"questions": "1"})
    play = stand.rows(ROUND_ITEM)[-1]
    await stand.press(f"quiz.unsure|{play.id}")
    alone = await stand.call("quiz review", **PRIVATE)
    assert "Practice: no points" in words(alone)
    assert stand.rows(GROUP)[-1].name not in words(alone)
