"""What a group learned in some of its days: no other days, no other group, nothing that is not locked."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, update

from bot.library import Library
from bot.rules.calendar import day_end, first_moment
from bot.store import learned, schedules
from bot.store.answers import Tally
from bot.store.engine import transaction
from bot.store.learned import Answered, Asked
from tests.store.study import ANSWER
from tests.store.weeks import DAY, FIRST, LAST, Weeks, noon

VECTORS, ARRAYS, TREES = "q.maths.dot-product", "q.tools.stretching-shapes", "q.classical.effects-of-l1"
BEGIN, END = first_moment(FIRST, "UTC"), day_end(LAST, "UTC")
SECOND = timedelta(seconds=1)


@pytest.fixture
def weeks(engine: Engine, library: Library) -> Weeks:
    """A group without a past."""
    return Weeks(engine, library)


def concepts(weeks: Weeks) -> list[str]:
    """The concepts of the week."""
    with transaction(weeks.engine, reads=True) as db:
        return learned.concepts(db, weeks.group, BEGIN, END)


def asked(weeks: Weeks) -> list[Asked]:
    """The questions of the week."""
    with transaction(weeks.engine, reads=True) as db:
        return learned.asked(db, weeks.group, BEGIN, END)


def answered(weeks: Weeks) -> list[Answered]:
    """What members answered in the week."""
    with transaction(weeks.engine, reads=True) as db:
        return learned.answered(db, weeks.group, BEGIN, END)


def test_concepts_of_the_days_in_their_order(weeks: Weeks) -> None:
    """The concepts from the first day to the last, each once, the first one first."""
    weeks.post("concept", "c.second", LAST)
    weeks.post("concept", "c.first", FIRST)
    weeks.post("concept", "c.first", LAST)
    weeks.post("concept", "c.before", FIRST - DAY)
    weeks.post("concept", "c.after", LAST + DAY)
    assert concepts(weeks) == ["c.first", "c.second"]


def test_concepts_alone_and_of_this_group_alone(weeks: Weeks) -> None:
    """What was missed or left out, a challenge, and another group's concept are none of them."""
    weeks.post("concept", "c.missed", LAST, "missed")
    weeks.post("concept", "c.skipped", LAST, "skipped")
    weeks.post("challenge", "h.challenge", LAST)
    weeks.post("quiz", "", LAST)
    weeks.post("concept", "c.others", LAST, group=weeks.other)
    assert concepts(weeks) == []


def test_a_concept_that_never_arrived_was_not_posted(weeks: Weeks) -> None:
    """One whose message was refused is left out; one that stands there while an edit of it was refused is not."""
    weeks.post("concept", "c.refused", LAST, message=("failed", 0))
    weeks.post("concept", "c.edited", LAST, message=("failed", 1))
    weeks.post("concept", "c.waiting", LAST, message=("due", 0))
    weeks.post("concept", "c.unclear", LAST, message=("flagged", 0))
    assert concepts(weeks) == ["c.edited", "c.unclear", "c.waiting"]


def test_questions_of_dailies_and_live_rounds(weeks: Weeks) -> None:
    """Their topics and locked answers, how many were right, from how many people; those without an answer too."""
    for name in ("ann", "bea", "cem"):
        weeks.join(name, "hidden")
    daily, again = weeks.ask(FIRST, VECTORS), weeks.ask(LAST, VECTORS)
    weeks.ask(LAST, ARRAYS, "live")
    weeks.answer("ann", daily, noon(FIRST))
    weeks.answer("ann", again, noon(LAST), correct=False)
    weeks.answer("bea", daily, noon(FIRST))
    weeks.answer("cem", daily, noon(FIRST), locked=False)
    assert asked(weeks) == [Asked("maths.vectors", 3, 2, 2), Asked("tools.numpy", 0, 0, 0)]


def test_questions_that_the_group_was_not_asked(weeks: Weeks) -> None:
    """Those of other days, of other groups, of solo quizzes, and of a live round that ended before them are none."""
    weeks.ask(FIRST - DAY, VECTORS)
    weeks.ask(LAST + DAY, VECTORS)
    weeks.ask(LAST, VECTORS, group=weeks.other)
    weeks.ask(LAST, VECTORS, "solo")
    weeks.ask(LAST, VECTORS, "live", opened=False)
    assert asked(weeks) == []


def test_what_members_answered(weeks: Weeks) -> None:
    """However they were asked: by the moment at which they answered, whatever day the question is of."""
    ann, bea = weeks.join("ann"), weeks.join("bea")
    alone, daily = weeks.ask(FIRST - DAY, VECTORS, "solo"), weeks.ask(LAST, TREES)
    weeks.answer("ann", alone, BEGIN)
    weeks.answer("ann", daily, END - SECOND, correct=False)
    weeks.answer("bea", daily, noon(LAST))
    assert answered(weeks) == [Answered(ann, Tally(2, 1), "ann"), Answered(bea, Tally(1, 1), "bea")]


def test_answers_that_do_not_count(weeks: Weeks) -> None:
    """A moment too early, one too late, not locked, in another group: none of these counts."""
    weeks.join("ann")
    weeks.answer("ann", weeks.ask(FIRST, VECTORS), BEGIN - SECOND)
    weeks.answer("ann", weeks.ask(LAST, VECTORS), END)
    weeks.answer("ann", weeks.ask(LAST, VECTORS), noon(LAST), locked=False)
    weeks.answer("ann", weeks.ask(LAST, VECTORS, group=weeks.other), noon(LAST))
    assert answered(weeks) == []


def test_an_answer_is_in_the_span_in_which_it_is_locked(weeks: Weeks) -> None:
    """Chosen before a moment and locked after it, an answer counts after it, and its question with it; once in all."""
    ann = weeks.join("ann")
    play = weeks.ask(LAST, VECTORS)
    weeks.answer("ann", play, noon(LAST), locked=False)
    with transaction(weeks.engine) as db:
        db.execute(update(ANSWER).values(locked_at=END + SECOND, correct=True))
    assert asked(weeks) == [Asked("maths.vectors", 0, 0, 0)]
    assert answered(weeks) == []
    with transaction(weeks.engine, reads=True) as db:
        assert learned.asked(db, weeks.group, END, END + DAY) == [Asked("maths.vectors", 1, 1, 1)]
        assert learned.answered(db, weeks.group, END, END + DAY) == [Answered(ann, Tally(1, 1), "ann")]
        assert learned.asked(db, weeks.group, END + DAY, END + 2 * DAY) == []


def test_when_a_schedule_last_posted_something(weeks: Weeks) -> None:
    """What was missed, or refused by the platform, was nothing; without any other there is no moment."""
    weeks.post("digest", "", LAST)
    weeks.post("digest", "", LAST, "missed")
    weeks.post("digest", "", LAST, message=("failed", 0))
    with transaction(weeks.engine, reads=True) as db:
        numbers = [schedule.id for schedule in schedules.of_group(db, weeks.group)]
        assert [learned.told(db, number) for number in numbers] == [noon(LAST), None, None]


@pytest.mark.parametrize(
    ("visibility", "name"), [("name", "Ann B."), ("nickname", "Ann B."), ("unset", ""), ("hidden", "")]
)
def test_only_who_wants_to_be_seen_has_a_name(weeks: Weeks, visibility: str, name: str) -> None:
    """Everybody counts; who has not chosen to appear has no name here, even if one is known."""
    weeks.join("ann", visibility, "Ann B.")
    weeks.answer("ann", weeks.ask(LAST, VECTORS), noon(LAST))
    assert [one.shown_name for one in answered(weeks)] == [name]


def test_answers_of_some_members(weeks: Weeks) -> None:
    """Those asked for alone, however many they are at once."""
    ann, bea = weeks.join("ann"), weeks.join("bea")
    for name in ("ann", "bea"):
        weeks.practise(name, LAST, 2, 1)
    many = [*range(10**6, 10**6 + learned.AT_ONCE), ann]
    with transaction(weeks.engine, reads=True) as db:
        assert learned.answered_by(db, weeks.group, many, BEGIN, END) == {ann: Tally(3, 2)}
        assert learned.answered_by(db, weeks.group, [ann, bea], END, END + DAY) == {}
        assert learned.answered_by(db, weeks.group, [], BEGIN, END) == {}
