"""What each person has seen, and when last: kept for the draws, the same as all exposures would say."""

from datetime import timedelta

from msgspec.structs import replace
from sqlalchemy import func, select

from bot.store import exposures, rounds
from bot.store.engine import transaction
from bot.store.rounds import Play
from tests.clock import Clock
from tests.statements import executed
from tests.store.study import EXPOSURE, SEEN, Study, check_books

GROUP, ANN = 1, 1


def drawn(study: Study, count: int) -> list[Play]:
    """The questions of a quiz that ann begins, in order."""
    study.say("ann", "quiz start", questions=count)
    with transaction(study.engine, reads=True) as db:
        newest = db.execute(select(func.max(rounds.ROUND.c.id))).scalar_one()
        return rounds.plays(db, newest)


def seen(study: Study) -> list[str]:
    """What a draw for ann is told that she has seen, the one longest ago first."""
    with transaction(study.engine, reads=True) as db:
        return exposures.before_a_draw(db, GROUP, ANN)[1]


def show(study: Study, play: Play, clock: Clock, ago: timedelta = timedelta(0), person: int | None = ANN) -> None:
    """Show a question that was opened so long ago."""
    with transaction(study.engine) as db:
        opened = replace(play, opened_at=clock.now - ago)
        exposures.expose(db, opened, person_id=person, order=(), place="solo", now=clock.now)


def test_what_was_shown_longest_ago_comes_first(study: Study, clock: Clock) -> None:
    """A question that is shown again goes to the end; to a group, or to somebody else, it is another matter."""
    first, second, third = drawn(study, 3)
    assert seen(study) == [first.content_id], "the others were not shown yet"
    for play in (second, third, first):
        clock.advance(seconds=60)
        show(study, play, clock)
    assert seen(study) == [second.content_id, third.content_id, first.content_id]
    clock.advance(seconds=60)
    study.say("bea", "mate")
    show(study, second, clock, person=None)
    show(study, second, clock, person=2)
    assert seen(study) == [second.content_id, third.content_id, first.content_id]
    check_books(study.engine, clock.now)


def test_an_older_showing_sets_nothing_back(study: Study, clock: Clock) -> None:
    """A daily counts from when it was posted: who answers it late may have met its question since, in a quiz."""
    first, second = drawn(study, 2)
    clock.advance(seconds=60)
    show(study, second, clock)
    show(study, first, clock, timedelta(seconds=30))
    show(study, second, clock, timedelta(hours=3))
    assert seen(study) == [first.content_id, second.content_id]
    check_books(study.engine, clock.now)


def test_the_first_time_is_told_by_the_row(study: Study, clock: Clock) -> None:
    """A person's first showing of a question is marked, later ones are not."""
    (play,) = drawn(study, 1)
    show(study, play, clock)
    with transaction(study.engine, reads=True) as db:
        marks = db.execute(select(EXPOSURE.c.first).where(EXPOSURE.c.person_id == ANN).order_by(EXPOSURE.c.id))
        assert list(marks.scalars()) == [True, False]
        assert db.execute(select(func.count()).select_from(SEEN)).scalar_one() == 1


def test_a_draw_reads_no_more_for_a_long_history(study: Study, clock: Clock) -> None:
    """However often somebody was shown a question, a draw goes through one row of it."""
    (play,) = drawn(study, 1)
    for _time in range(20):
        clock.advance(seconds=60)
        show(study, play, clock)
    with executed(study.engine) as asked:
        assert seen(study) == [play.content_id]
    with transaction(study.engine, reads=True) as db:
        assert db.execute(select(func.count()).select_from(SEEN)).scalar_one() == 1
    assert not any("exposure.person_id =" in statement for statement in asked)
