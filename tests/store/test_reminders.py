"""Reminders on both databases: one of a kind for each person, failures counted one by one, and what waits for whom."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, update

from bot.store import messages, reminders
from bot.store.engine import transaction
from bot.store.people import ACCOUNT
from bot.store.reminders import DAILY, MENTION, RECALL, TELL, ReminderRow
from bot.store.rounds import ROUND_ITEM
from tests.clock import START, Clock
from tests.store.study import ANSWER, Study, at_once, shown
from tests.store.town import Town, put


@pytest.fixture
def town(engine: Engine) -> Town:
    """An empty town on each database."""
    return Town(engine)


def remind(town: Town, person: int, group: int, kind: str = DAILY, wall: str = "18:00", how: str = TELL) -> int:
    """A person wants to be reminded; the reminder's id."""
    with transaction(town.engine) as db:
        account = db.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.person_id == person)).scalar_one()
        wanted = {"person_id": person, "account_id": account, "group_id": group}
        return reminders.put(db, kind=kind, wall=wall, how=how, **wanted)


def of(town: Town, person: int) -> dict[str, ReminderRow]:
    """What a person wants to be reminded of."""
    with transaction(town.engine, reads=True) as db:
        return reminders.of_person(db, person)


def test_a_new_wish_takes_the_place_of_the_old_one(town: Town) -> None:
    """A person has one reminder of a kind, in one group; set anew, it has failed never."""
    first, second = town.group(), town.group()
    person = town.person(first, second, zone="Asia/Tokyo")
    made = remind(town, person, first)
    with transaction(town.engine) as db:
        reminders.fail(db, made)
    remind(town, person, first, RECALL)
    assert remind(town, person, second, wall="07:30", how=MENTION) == made
    found = of(town, person)
    assert set(found) == {DAILY, RECALL}
    daily = found[DAILY]
    assert (daily.group_id, daily.wall, daily.how, daily.failures) == (second, "07:30", MENTION, 0)
    assert daily.zone == "Asia/Tokyo"
    with transaction(town.engine, reads=True) as db:
        assert [row.person_id for row in reminders.of_group(db, first, RECALL)] == [person]
        assert reminders.of_group(db, first, DAILY) == []


def test_failures_of_the_same_moment_are_all_counted(town: Town) -> None:
    """Several messages that are given up at once are that many failures, each number given once."""
    group = town.group()
    made = remind(town, town.person(group), group)

    def fail() -> int:
        with transaction(town.engine) as db:
            return reminders.fail(db, made)

    assert sorted(at_once([fail] * 6)) == [1, 2, 3, 4, 5, 6]


def test_a_reminder_that_is_gone_fails_no_more(town: Town) -> None:
    """What was dropped meanwhile is not counted, and not found."""
    group = town.group()
    person = town.person(group)
    made = remind(town, person, group)
    with transaction(town.engine) as db:
        reminders.drop(db, made)
        assert reminders.fail(db, made) == 0
        assert reminders.find(db, made) is None
    assert of(town, person) == {}


def test_what_was_told(town: Town) -> None:
    """Of many keys those that were ever wished for, and whether the platform has them."""
    moment = {"platform": "test", "card": "", "due_at": START, "created_at": START}
    with transaction(town.engine) as db:
        put(db, messages.MESSAGE, key="remind:daily:1:a", sent=0, **moment)
        put(db, messages.MESSAGE, key="remind:daily:1:b", sent=2, **moment)
        many = [f"remind:daily:1:{number}" for number in range(1200)]
        assert reminders.told(db, [*many, "remind:daily:1:a", "remind:daily:1:b"]) == {
            "remind:daily:1:a": False,
            "remind:daily:1:b": True,
        }
        assert reminders.told(db, []) == {}


def test_a_daily_waits_for_whoever_has_not_locked_it(town: Town, study: Study, clock: Clock) -> None:
    """It waits with a choice or without, on whichever account it was locked, and only while it is open."""
    for member in ("ann", "bea", "cem"):
        asked = study.say(member, "daily")
        if member != "cem":
            study.answer(member, shown(asked)[0])
    with transaction(town.engine) as db:
        persons = {row.user: row.person_id for row in db.execute(select(ACCOUNT.c.user, ACCOUNT.c.person_id))}
        answered = ANSWER.c.person_id == persons["ann"]
        db.execute(update(ANSWER).where(answered).values(locked_at=clock.now, correct=True))

    def waiting(member: str) -> int:
        with transaction(town.engine, reads=True) as db:
            return len(reminders.waiting(db, 1, persons[member], clock.now))

    assert [waiting(member) for member in ("ann", "bea", "cem")] == [0, 1, 1]
    with transaction(town.engine) as db:
        other = {"platform": "test", "user": "ann at work", "name": "", "person_id": persons["cem"]}
        account = put(db, ACCOUNT, **other)
        play = db.execute(select(ROUND_ITEM.c.id)).scalar_one()
        given = {"content_id": "q", "response": "{}", "given_at": clock.now, "locked_at": clock.now}
        put(db, ANSWER, round_item_id=play, account_id=account, person_id=persons["cem"], **given)
    assert waiting("cem") == 0
    clock.now += timedelta(days=1)
    assert waiting("bea") == 0
