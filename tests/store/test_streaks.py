"""Streaks on both databases: kept as the rule says, by many at once, for many at once, through zones and excuses."""

from datetime import UTC, date, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import Engine, event, select, update

from bot.rules.streaks import Streak, kept
from bot.store import messages, schedules, streaks
from bot.store.engine import transaction
from bot.store.people import ACCOUNT
from bot.store.schedules import EMPTY, LATE, MISSED, POSTED, SKIPPED
from tests.clock import START, Clock
from tests.statements import executed
from tests.store.study import ADMIN, ANSWER, Study, at_once, shown, ways
from tests.store.town import Town, put

DAY = timedelta(days=1)
TODAY = START.date()  # a Tuesday
FRIDAY, SATURDAY, SUNDAY, MONDAY = (TODAY - n * DAY for n in (4, 3, 2, 1))


@pytest.fixture
def town(engine: Engine) -> Town:
    """An empty town on each database."""
    return Town(engine)


def test_what_is_kept_is_what_the_rule_says(town: Town) -> None:
    """Over months of answering at random the row and the rule agree, with days excused and without."""
    random = Random(7)
    group = town.group()
    person = town.person(group)
    excused = {TODAY + n * DAY for n in range(90) if random.random() < 0.4}
    town.fire(town.schedule(group), POSTED, *(TODAY + n * DAY for n in range(90) if TODAY + n * DAY not in excused))
    expected, most = Streak(), 0
    for number in range(90):
        if random.random() < 0.6:
            expected = kept(expected, TODAY + number * DAY, excused.__contains__)
            town.keep(person, START + number * DAY)
            assert town.streak(person) == expected
        most = max(most, expected.days)
    assert expected.longest == most > 4


def test_the_second_answer_of_a_day_costs_one_look(town: Town) -> None:
    """The first answer of a day changes the row, every other one of that day reads it and no more."""
    person = town.person(town.group())
    town.keep(person)
    with executed(town.engine) as seen:
        town.keep(person, START + timedelta(hours=1))
    assert [statement.split()[0] for statement in seen if "FROM person" in statement or "UPDATE" in statement] == [
        "SELECT"
    ]
    assert town.streak(person) == Streak(1, 1, TODAY)


def test_many_who_lock_at_once_lose_nothing(town: Town) -> None:
    """Eight transactions that keep a person's day at the same moment count it once, every day anew."""
    person = town.person(town.group())
    for number in range(5):
        at_once([lambda: town.keep(person, START + number * DAY)] * 8)  # noqa: B023 (all are done before it changes)
        assert town.streak(person) == Streak(number + 1, number + 1, TODAY + number * DAY)


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)  # on SQLite nobody can come between
@pytest.mark.parametrize(("newest", "expected"), [(SUNDAY, Streak(5, 5, TODAY)), (SATURDAY, Streak(2, 3, TODAY))])
def test_a_day_that_is_kept_while_the_next_one_is_being_kept_counts(town: Town, newest: date, expected: Streak) -> None:
    """Whoever keeps today goes on from what is kept by then, though that was not so when they looked."""
    group = town.group()
    person = town.person(group, streak=3, longest=3, streak_day=newest)
    schedule = town.schedule(group)
    town.fire(schedule, POSTED, SUNDAY)
    town.fire(schedule, MISSED if newest == SATURDAY else POSTED, MONDAY)
    came_between: list[bool] = []

    def yesterday_first(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM membership" in statement and not came_between:
            came_between.append(True)
            town.keep(person, START - DAY)

    event.listen(town.engine, "after_cursor_execute", yesterday_first)
    town.keep(person)
    event.remove(town.engine, "after_cursor_execute", yesterday_first)
    assert came_between
    assert town.streak(person) == expected


def test_crowds_that_overlap_do_not_wait_for_each_other(town: Town) -> None:
    """Transactions that keep the same people, named in different orders, all end, and each person's day counts once."""
    group = town.group()
    crowd = [town.person(group) for _number in range(300)]

    def keep(seed: int) -> None:
        persons = [(person, None) for person in Random(seed).sample(crowd, len(crowd))]
        with transaction(town.engine) as db:
            streaks.keep(db, persons, START, "UTC")

    at_once([lambda seed=seed: keep(seed) for seed in range(8)])
    assert {town.streak(person) for person in crowd} == {Streak(1, 1, TODAY)}


def test_a_crowd_costs_no_query_each(town: Town) -> None:
    """However many people lock at a close, the days of all are looked up together."""
    group = town.group()
    crowd = [town.person(group, streak=2, longest=2, streak_day=FRIDAY) for _number in range(60)]
    town.fire(town.schedule(group), POSTED, FRIDAY)
    with executed(town.engine) as seen, transaction(town.engine) as db:
        streaks.keep(db, [(person, None) for person in crowd], START, "UTC")
    assert len([statement for statement in seen if "SELECT" in statement]) <= 6
    assert {town.streak(person) for person in crowd} == {Streak(3, 3, TODAY)}


@pytest.mark.parametrize(
    ("state", "kind", "expected"),
    [
        (POSTED, "quiz", 0),
        (MISSED, "quiz", 6),
        (EMPTY, "quiz", 6),
        (LATE, "quiz", 6),
        (SKIPPED, "quiz", 6),
        (MISSED, "concept", 6),
        (EMPTY, "concept", 6),
        (POSTED, "concept", 6),
    ],
)
def test_what_became_of_a_day_says_whether_it_is_excused(town: Town, state: str, kind: str, expected: int) -> None:
    """A quiz that was posted obliges; one that was missed, late or skipped, or what else was missed, excuses."""
    group = town.group()
    person = town.person(group, streak=6, longest=9, streak_day=SUNDAY)
    town.fire(town.schedule(group), *((state, MONDAY) if kind == "quiz" else (POSTED, SUNDAY)))
    if kind != "quiz":
        town.fire(town.schedule(group, kind), state, MONDAY)
    assert town.of(person) == [expected]
    town.keep(person)
    assert town.streak(person) == Streak(expected + 1, 9, TODAY)


@pytest.mark.parametrize(("state", "expected"), [(MISSED, 6), (EMPTY, 6), (LATE, 6), (SKIPPED, 0)])
def test_what_one_of_two_quizzes_lacked_excuses(town: Town, state: str, expected: int) -> None:
    """A quiz that we missed, for which nothing fitted, or that came too late excuses the day, also beside another."""
    group = town.group()
    person = town.person(group, streak=6, longest=6, streak_day=SUNDAY)
    town.fire(town.schedule(group), POSTED, MONDAY)
    town.fire(town.schedule(group), state, MONDAY)
    assert town.of(person) == [expected]


@pytest.mark.parametrize(("sent", "expected"), [(0, 6), (1, 0)])
def test_a_post_that_the_platform_refused_excuses(town: Town, sent: int, expected: int) -> None:
    """A quiz that was posted and never taken is one that we missed; one that only could not be edited is not."""
    group = town.group()
    person = town.person(group, streak=6, longest=6, streak_day=SUNDAY)
    town.fire(town.schedule(group), POSTED, MONDAY, key="schedule:1:monday")
    message = {"key": "schedule:1:monday", "platform": "test", "card": "", "due_at": START, "created_at": START}
    with transaction(town.engine) as db:
        put(db, messages.MESSAGE, state=messages.FAILED, sent=sent, **message)
    assert town.of(person) == [expected]


def test_what_another_group_missed_excuses_nobody(town: Town) -> None:
    """Only the person's own groups matter, and only from the day on which they joined."""
    mine, other, joined = town.group(), town.group(), town.group()
    person = town.person(mine, streak=6, longest=6, streak_day=SUNDAY)
    town.join(person, joined, START)
    for group in (other, joined):
        town.fire(town.schedule(group), MISSED, MONDAY)
    assert town.of(person) == [0]


def test_without_a_quiz_that_had_begun_every_day_counts(town: Town) -> None:
    """Where nothing is planned, or not yet then, a day without an answer breaks the streak."""
    none, later = town.group(), town.group()
    solo = town.person(none, streak=6, longest=6, streak_day=SUNDAY)
    early = town.person(later, streak=6, longest=6, streak_day=SUNDAY)
    town.schedule(later, made=START)
    assert town.of(solo, early) == [0, 0]


def test_a_quiz_that_is_still_to_come_obliges(town: Town) -> None:
    """Yesterday in the person's zone is still today in the group's: its quiz is not one that was left out."""
    group = town.group("Pacific/Honolulu")
    person = town.person(group, zone="Pacific/Kiritimati", streak=6, longest=6, streak_day=MONDAY)
    schedule = town.schedule(group)
    noon = datetime(2026, 3, 10, 18, tzinfo=UTC)  # the 11th in Kiritimati, the 10th at eight in Honolulu
    assert town.of(person, now=noon) == [6]
    with transaction(town.engine) as db:
        schedules.plan(db, schedule.id, TODAY, noon + timedelta(hours=1))
    assert town.of(person, now=noon) == [0]


def test_a_quiz_that_was_due_and_is_not_there_excuses(town: Town) -> None:
    """A day that is over in the group's zone, and on which what was planned did not happen, was left out by us."""
    group = town.group()
    person = town.person(group, streak=6, longest=6, streak_day=SUNDAY)
    schedule = town.schedule(group)
    with transaction(town.engine) as db:
        schedules.plan(db, schedule.id, MONDAY, START - DAY)
    assert town.of(person) == [6]


def test_many_people_as_of_their_own_day(town: Town) -> None:
    """Each on their own day: one is yesterday's, one has kept today, one is broken, one never began."""
    group = town.group()
    people = [
        town.person(group, streak=4, longest=4, streak_day=MONDAY),
        town.person(group, streak=5, longest=5, streak_day=TODAY),
        town.person(group, streak=6, longest=6, streak_day=SUNDAY),
        town.person(group),
        town.person(group, zone="Pacific/Honolulu", streak=7, longest=7, streak_day=SUNDAY),
    ]
    assert town.of(*people) == [4, 5, 0, 0, 7]
    assert town.of() == []


def answered(town: Town, study: Study, clock: Clock, member: str, *, hours: float = 0) -> int:
    """A member answers one question after so many hours; the person that they are."""
    clock.advance(hours=hours)
    study.answer(member, shown(study.say(member, "quiz start", questions=1))[0])
    with transaction(town.engine, reads=True) as db:
        return int(db.execute(select(ACCOUNT.c.person_id).where(ACCOUNT.c.user == member)).scalar_one())


def test_solo_live_and_review_keep_a_day(town: Town, study: Study, clock: Clock) -> None:
    """An answer of any kind keeps the day, right or not; one that a live round has not locked yet does not."""
    person = answered(town, study, clock, "ann")
    assert town.streak(person) == Streak(1, 1, TODAY)
    clock.advance(days=1)
    with transaction(study.engine) as db:
        db.execute(update(ANSWER).values(correct=False))
    study.answer("ann", shown(study.say("ann", "quiz review"))[-1])
    assert town.streak(person) == Streak(2, 2, TODAY + DAY)
    clock.advance(days=1)
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
    study.answer("ann", ways(study.open_live())[0])
    assert town.streak(person) == Streak(2, 2, TODAY + DAY)
    clock.advance(days=1)
    study.beat.run()
    assert town.streak(person) == Streak(3, 3, TODAY + 2 * DAY), "late, but for the day on which it should have closed"


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Asia/Tokyo", "Pacific/Honolulu", "UTC"])
def test_a_change_of_zone_breaks_no_streak(town: Town, study: Study, clock: Clock, zone: str) -> None:
    """Whoever answers every day goes on, wherever the next zone puts them, on the way out and on the way back."""
    person = answered(town, study, clock, "ann")
    for there in (zone, "America/New_York", zone):
        before = town.streak(person)
        answered(town, study, clock, "ann", hours=24)
        clock.advance(hours=12)
        study.say("ann", "my timezone", zone=there)
        answered(town, study, clock, "ann", hours=12)
        after = town.streak(person)
        assert after.last is not None
        assert before.last is not None
        assert after.last > before.last
        assert before.days < after.days <= before.days + (after.last - before.last).days


def test_a_day_cut_short_by_a_change_of_zone_breaks_no_streak(town: Town, study: Study, clock: Clock) -> None:
    """The rest of a day that a new zone leaps over is not missed by whoever had not answered yet."""
    person = answered(town, study, clock, "ann")
    clock.advance(hours=35)  # eight in the evening of the next day, five in the morning of the day after in Tokyo
    study.say("ann", "my timezone", zone="Asia/Tokyo")
    answered(town, study, clock, "ann", hours=2)
    assert town.streak(person) == Streak(2, 2, TODAY + 2 * DAY)


@pytest.mark.parametrize("command", ["setup", "settings set"])
def test_a_groups_change_of_zone_breaks_no_streak(town: Town, study: Study, clock: Clock, command: str) -> None:
    """Its people's days go with it, and what is left of one is missed by nobody; who has a zone of their own stays."""
    ann, bea, cem, dag = (answered(town, study, clock, name) for name in ("ann", "bea", "cem", "dag"))
    study.say("bea", "my timezone", zone="UTC")
    clock.advance(hours=24)
    answered(town, study, clock, "dag")
    clock.advance(hours=11)  # eight in the evening of the next day, five in the morning of the day after in Tokyo
    options = {"zone": "Asia/Tokyo"} if command == "setup" else {"setting": "timezone", "value": "Asia/Tokyo"}
    said = study.say(ADMIN, command, **options).reply
    assert said
    assert said.card
    clock.advance(hours=2)
    for name in ("ann", "bea", "dag"):
        answered(town, study, clock, name)
    assert town.streak(ann) == Streak(2, 2, TODAY + 2 * DAY)
    assert town.streak(bea) == Streak(2, 2, TODAY + DAY)
    assert town.of(cem, now=clock.now, zone="Asia/Tokyo") == [1], "theirs can still be kept"
    assert town.streak(dag) == Streak(3, 3, TODAY + 2 * DAY)


def test_going_there_and_back_keeps_no_streak(town: Town, study: Study, clock: Clock) -> None:
    """Changes of zone alone, day after day, do not stand for answers."""
    person = answered(town, study, clock, "ann")
    for _day in range(4):
        clock.advance(days=1)
        for zone in ("Pacific/Kiritimati", "Pacific/Honolulu"):
            study.say("ann", "my timezone", zone=zone)
    assert town.of(person, now=clock.now) == [0]


def test_days_of_two_groups_zones_lose_none(town: Town) -> None:
    """Somebody without a zone of their own has the days of the group in which they answer, and loses none between."""
    person = town.person(town.group("America/Los_Angeles"), town.group("Asia/Tokyo"))
    evening = datetime(2026, 3, 11, 3, tzinfo=UTC)  # the 10th at eight in Los Angeles, the 11th at noon in Tokyo
    town.keep(person, evening, "America/Los_Angeles")
    assert town.streak(person) == Streak(1, 1, TODAY)
    town.answer(person, evening)
    town.keep(person, evening + DAY, "Asia/Tokyo")
    assert town.streak(person) == Streak(2, 2, TODAY + 2 * DAY)
