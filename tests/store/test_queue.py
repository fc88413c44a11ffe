"""What waits for its time is taken by one worker, and comes back if that one fails."""

import contextlib
from datetime import timedelta

import pytest
from sqlalchemy import Engine

from bot.store import queue
from bot.store.engine import transaction
from bot.store.queue import LEASE, AlarmRow, JobRow
from tests.clock import Clock
from tests.store.study import Study, at_once


@pytest.fixture
def group(study: Study) -> int:
    """A group that alarms can belong to."""
    study.say("ann", "mate")
    return 1


def set_alarm(engine: Engine, clock: Clock, key: str, group: int, seconds: float = 0) -> None:
    """Have something happen at a moment."""
    with transaction(engine) as db:
        queue.set_alarm(db, key, group, clock.now + timedelta(seconds=seconds), "live.close", ("1",))


def take(engine: Engine, clock: Clock) -> AlarmRow | None:
    """Take one alarm for good."""
    with transaction(engine) as db:
        return queue.take_alarm(db, clock.now)


def test_each_alarm_is_taken_once(engine: Engine, clock: Clock, group: int) -> None:
    """Eight threads that look at the same moment take every alarm once between them."""
    for number in range(8):
        set_alarm(engine, clock, f"a{number}", group)
    taken = at_once([lambda: take(engine, clock)] * 8) + [take(engine, clock) for _more in range(8)]
    assert sorted(alarm.key for alarm in taken if alarm) == [f"a{number}" for number in range(8)]


def test_an_alarm_comes_back_after_a_rollback(engine: Engine, clock: Clock, group: int) -> None:
    """An alarm whose transaction failed is due again, with what it was to do."""
    set_alarm(engine, clock, "a", group)
    with contextlib.suppress(ZeroDivisionError), transaction(engine) as db:
        assert queue.take_alarm(db, clock.now)
        raise ZeroDivisionError
    again = take(engine, clock)
    assert again
    assert (again.key, again.action, again.args) == ("a", "live.close", ("1",))


def test_the_oldest_alarm_first_and_none_too_early(engine: Engine, clock: Clock, group: int) -> None:
    """Alarms come in the order of their moments; what is not due stays; the same key moves an alarm."""
    for key, seconds in (("late", 20.0), ("soon", 10.0), ("moved", 5.0), ("moved", 30.0)):
        set_alarm(engine, clock, key, group, seconds)
    assert take(engine, clock) is None
    clock.advance(seconds=20)
    assert [alarm.key for alarm in (take(engine, clock), take(engine, clock)) if alarm] == ["soon", "late"]
    assert take(engine, clock) is None
    with transaction(engine) as db:
        assert queue.next_alarm(db) == clock.now + timedelta(seconds=10)
        queue.cancel_alarm(db, "moved")
        assert queue.next_alarm(db) is None


def claim(engine: Engine, clock: Clock, most: int) -> list[JobRow]:
    """Lease jobs, as a worker does."""
    with transaction(engine) as db:
        return queue.claim_jobs(db, clock.now, most, ("explain", "look@here"))


def test_jobs_are_leased(engine: Engine, clock: Clock) -> None:
    """Four workers lease each job once; a job whose worker died is leased again when the lease ends, not before."""
    with transaction(engine) as db:
        for number in range(20):
            queue.add_job(db, "explain", {"number": number}, None, clock.now)
    leased = [job for batch in at_once([lambda: claim(engine, clock, 5)] * 4) for job in batch]
    leased += claim(engine, clock, 20)
    assert sorted(job.args["number"] for job in leased) == list(range(20))

    clock.advance(seconds=LEASE.total_seconds() - 1)
    assert claim(engine, clock, 20) == []
    clock.advance(seconds=1)
    again = claim(engine, clock, 20)
    assert len(again) == 20
    assert {job.attempts for job in again} == {2}


def test_what_others_must_do_is_left_to_them(engine: Engine, clock: Clock) -> None:
    """Of what is due a worker leases the kinds that it can do; the rest keeps its place and its attempts."""
    with transaction(engine) as db:
        for kind in ("look@there", "look@here", "explain", "unknown"):
            queue.add_job(db, kind, {}, None, clock.now)
    assert [job.kind for job in claim(engine, clock, 20)] == ["look@here", "explain"]
    with transaction(engine) as db:
        left = queue.claim_jobs(db, clock.now, 20, ("look@there",))
    assert [(job.kind, job.attempts) for job in left] == [("look@there", 1)]


def test_a_job_ends_once(engine: Engine, clock: Clock) -> None:
    """Of two workers that finish the same job, one may save its result."""
    with transaction(engine) as db:
        queue.add_job(db, "explain", {}, None, clock.now)
    (job,) = claim(engine, clock, 1)

    def end() -> bool:
        with transaction(engine) as db:
            return queue.end_job(db, job)

    assert sorted(at_once([end, end])) == [False, True]


def test_a_failed_job_waits_and_is_given_up(engine: Engine, clock: Clock) -> None:
    """A job that failed comes again at the time set; one that is given up never does."""
    with transaction(engine) as db:
        queue.add_job(db, "explain", {}, None, clock.now)
    (job,) = claim(engine, clock, 1)
    with transaction(engine) as db:
        queue.retry_job(db, job, clock.now + timedelta(seconds=10), "TimeoutError", give_up=False)
    assert claim(engine, clock, 1) == []
    clock.advance(seconds=10)
    (job,) = claim(engine, clock, 1)
    with transaction(engine) as db:
        queue.retry_job(db, job, clock.now, "TimeoutError", give_up=True)
    assert claim(engine, clock, 1) == []
