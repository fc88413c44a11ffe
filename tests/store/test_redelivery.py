"""A platform delivers a gesture twice: the second time changes nothing."""

from typing import Any

from sqlalchemy import select

from bot.store import queue
from bot.store.engine import transaction
from bot.store.tables import metadata
from tests.clock import Clock
from tests.store.study import Study, at_once, check_books, said, ways


def everything(study: Study) -> dict[str, list[Any]]:
    """Every row of every table."""
    with transaction(study.engine, reads=True) as db:
        return {
            name: sorted((tuple(row) for row in db.execute(select(table))), key=repr)
            for name, table in metadata.tables.items()
        }


def test_the_same_delivery_twice(study: Study) -> None:
    """Commands and presses that come again with the same delivery id get no reply and leave every row as it was."""
    started = study.say("ann", "quiz live", topic="vectors", questions=1, delivery="d1")
    assert started.reply
    way = ways(study.open_live())[0]
    assert said(study.answer("bea", way, delivery="d2")).startswith("Kept")
    before = everything(study)

    again = study.say("ann", "quiz live", topic="vectors", questions=1, delivery="d1")
    pressed = study.answer("bea", ways(study.open_live())[1], delivery="d2")

    assert again.reply is None
    assert pressed.reply is None
    assert not pressed.effects.messages
    assert everything(study) == before


def test_the_same_delivery_at_the_same_moment(study: Study, clock: Clock) -> None:
    """Eight copies of one delivery at once: one is answered, and one answer counts."""
    asked = study.say("ann", "quiz start", topic="vectors", questions=1).reply
    assert asked
    way = ways(asked.card)[0]

    outcomes = at_once([lambda: study.answer("ann", way, delivery="same")] * 8)

    assert sum(outcome.reply is not None for outcome in outcomes) == 1
    assert study.counts()["ledger"] == 1
    check_books(study.engine, clock.now)


def test_a_refused_delivery_may_come_again(study: Study, clock: Clock) -> None:
    """A gesture that was refused was not dealt with: when it comes again, it is looked at again."""
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=10)
    token, _values, _words = ways(study.open_live())[0]
    missing = token.replace("|", "|9", 1)
    for _time in (1, 2):
        assert "Not done" in said(study.press("bea", missing, delivery="d3"))


def test_platforms_do_not_share_ids(study: Study, clock: Clock) -> None:
    """The same id from two platforms means two deliveries; from one platform it means one."""
    with transaction(study.engine) as db:
        new = [queue.handle_once(db, platform, "1", clock.now) for platform in ("discord", "slack", "discord")]
    assert new == [True, True, False]


def test_marks_are_kept_for_a_day(study: Study, clock: Clock) -> None:
    """After a day the marks of deliveries are swept away, not before."""
    study.say("ann", "quiz start", topic="vectors", questions=1, delivery="old")
    study.beat.run()
    clock.advance(hours=23)
    study.beat.run()
    assert study.say("ann", "quiz start", topic="vectors", questions=1, delivery="old").reply is None
    clock.advance(hours=2)
    study.beat.run()
    assert study.say("ann", "quiz start", topic="vectors", questions=1, delivery="old").reply is not None
