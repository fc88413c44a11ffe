"""Two things at the same moment that must not both be right: a press and the close, two clocks, a stop and the next."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event, current_thread

import pytest
from sqlalchemy import event, func, select

from bot.library import Library
from bot.store.engine import transaction
from tests.clock import Clock
from tests.store.study import (
    ANSWER,
    MESSAGE,
    Study,
    at_once,
    check_books,
    choices_only,
    open_questions,
    said,
    ways,
    words,
)

SHORT_WHILE = 0.4


Act = Callable[[], object]


@contextmanager
def held_at(study: Study, beginning: str) -> Iterator[Callable[[Act, Act], None]]:
    """Gives `race(first, second)`: `first` stands still after such a statement until `second` has had its go."""
    there, go = Event(), Event()
    slow: list[str] = []

    def pause(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        if slow and current_thread().name == slow[0] and statement.startswith(beginning):
            there.set()
            go.wait(10)

    def race(first: Act, second: Act) -> None:
        def begin() -> object:
            slow.append(current_thread().name)
            return first()

        with ThreadPoolExecutor(2) as pool:
            one = pool.submit(begin)
            assert there.wait(10), f"nothing ran {beginning!r}"
            other = pool.submit(second)
            go.wait(SHORT_WHILE)  # the second one finishes meanwhile, or waits for the first one's transaction
            go.set()
            one.result(20)
            other.result(20)

    event.listen(study.engine, "after_cursor_execute", pause)
    yield race
    event.remove(study.engine, "after_cursor_execute", pause)


@pytest.mark.parametrize("kind", ["live", "daily"])
def test_a_press_meets_the_close(study: Study, clock: Clock, kind: str) -> None:
    """An answer that is being written when the time is up is graded and scored like any other: it was told "Kept"."""
    if kind == "live":
        study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
        way = ways(study.open_live())[0]
    else:
        reply = study.say("ann", "daily").reply
        assert reply
        way = ways(reply.card)[0]
    replies: list[str] = []

    with held_at(study, "INSERT INTO answer") as race:
        first = lambda: replies.append(said(study.answer("bea", way)))  # noqa: E731
        second = lambda: (clock.advance(days=1), study.beat.run())  # noqa: E731
        race(first, second)

    assert "Not done" not in replies[0]
    with transaction(study.engine, reads=True) as db:
        open_ones = db.execute(select(func.count()).where(ANSWER.c.locked_at.is_(None))).scalar()
    assert open_ones == 0, "an answer was kept and never graded"
    assert study.scored() == 1
    check_books(study.engine, clock.now)


def test_two_members_answer_together(study: Study) -> None:
    """The post counts both of two members who answer at the same moment, whoever comes last."""
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
    for member in ("bea", "cem"):
        study.say(member, "mate")
    way = ways(study.open_live())[0]
    with held_at(study, "SELECT count(*)") as race:
        race(lambda: study.answer("bea", way), lambda: study.answer("cem", way))
    assert "2 answers" in words(study.open_live())


def test_a_member_answers_twice_together(study: Study) -> None:
    """Two presses of one member at the same moment are one answer and one showing."""
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
    study.say("bea", "mate")
    first, second, *_more = ways(study.open_live())
    with held_at(study, "INSERT INTO answer") as race:
        race(lambda: study.answer("bea", first), lambda: study.answer("bea", second))
    counts = study.counts()
    assert (counts["answers"], counts["exposures"]) == (1, 2), "one showing to the group, one to the member"


def test_two_workers_close_at_once(study: Study, library: Library, clock: Clock) -> None:
    """Two workers whose clocks strike together close a question once: one reveal, one score, one next question."""
    other = Study(study.engine, choices_only(library), clock, "two")
    study.say("ann", "quiz live", topic="vectors", questions=2, seconds=30)
    for number in range(6):
        study.answer(f"member{number}", ways(study.open_live())[number % 4])
    for advance in (31, 9, 31):
        clock.advance(seconds=advance)
        beaten = at_once([study.beat.run, other.beat.run] * 2)
        assert sum(one.ran for one in beaten) == 1, "an alarm ran twice"

    assert study.counts()["ledger"] == 6
    assert "The round of 2 questions is over" in words(study.open_live())
    assert revisions(study) == {"live:1:0": 8, "live:1:1": 2, "live:1:result": 1}
    check_books(study.engine, clock.now)


@pytest.mark.parametrize("first", ["clock", "stop"])
def test_a_stop_meets_the_next_question(study: Study, clock: Clock, first: str) -> None:
    """A round that is stopped while its next question opens leaves no question open behind its result."""
    study.say("ann", "quiz live", topic="vectors", questions=3, seconds=30)
    study.answer("bea", ways(study.open_live())[0])
    clock.advance(seconds=31)
    study.beat.run()
    clock.advance(seconds=9)
    acts = [study.beat.run, lambda: study.say("ann", "quiz stop")]

    with held_at(study, "UPDATE round_item" if first == "clock" else "UPDATE round SET") as race:
        race(*(acts if first == "clock" else acts[::-1]))

    assert "stopped" in words(study.open_live())
    assert open_questions(study.engine) == []
    check_books(study.engine, clock.now)


@pytest.mark.parametrize("first", ["clock", "stop"])
def test_a_stop_meets_the_close(study: Study, clock: Clock, first: str) -> None:
    """A round that is stopped at the moment of its last question's close has one result, and nobody scores twice."""
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
    study.answer("bea", ways(study.open_live())[0])
    clock.advance(seconds=31)
    acts = [study.beat.run, lambda: study.say("ann", "quiz stop")]

    with held_at(study, "UPDATE round_item") as race:
        race(*(acts if first == "clock" else acts[::-1]))

    assert study.counts()["ledger"] == 1
    assert words(study.open_live()).startswith("Result")
    assert revisions(study) == {"live:1:0": 3, "live:1:result": 1}, "asked, answered, revealed; announced"
    assert open_questions(study.engine) == []
    check_books(study.engine, clock.now)


def revisions(study: Study) -> dict[str, int]:
    """How many cards each message of a live round was given."""
    with transaction(study.engine, reads=True) as db:
        rows = db.execute(select(MESSAGE.c.key, MESSAGE.c.wanted).where(MESSAGE.c.key.like("live:%"))).all()
    return {row.key: row.wanted for row in rows}
