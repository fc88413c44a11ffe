"""The rows of questions that are played: written once, read once, and never taken for ones that were rolled back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, select

from bot.store.engine import open_engine, transaction
from bot.store.opening import ITEM, ItemRow, play_items
from tests.clock import Clock
from tests.statements import executed

ONE_SECOND = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, as far as the store knows it."""

    id: str
    version: int = 1

    def snapshot(self) -> Mapping[str, Any]:
        """All of it."""
        return {"id": self.id, "stem": f"the words of {self.id}, version {self.version}"}


def play(engine: Engine, clock: Clock, *items: Asked) -> Sequence[ItemRow]:
    """The rows of these questions, a second later than before."""
    clock.now += ONE_SECOND
    with transaction(engine) as db:
        return play_items(db, items, clock.now)


def stems(engine: Engine) -> dict[int, str]:
    """What the database says of each row."""
    with transaction(engine, reads=True) as db:
        return {row.id: row.content_id for row in db.execute(select(ITEM))}


def test_a_question_is_written_once_with_what_it_said_first(engine: Engine, clock: Clock) -> None:
    """The same version keeps its row and its words; another version has another row."""
    first, second, other = Asked("q.a"), Asked("q.a", 2), Asked("q.b")
    rows = play(engine, clock, first, other)
    assert [row.content_id for row in rows] == ["q.a", "q.b"]
    assert play(engine, clock, other, first) == [rows[1], rows[0]]
    newer = play(engine, clock, second, first)
    assert newer[1] == rows[0]
    assert (newer[0].id, newer[0].version) != (rows[0].id, rows[0].version)
    assert stems(engine) == {row.id: row.content_id for row in (*rows, newer[0])}


def test_a_question_that_is_known_is_not_looked_up_again(engine: Engine, clock: Clock) -> None:
    """Once a later transaction has found it, its row is at hand."""
    asked = Asked("q.a")
    rows = [play(engine, clock, asked), play(engine, clock, asked)]
    with executed(engine) as seen:
        assert play(engine, clock, asked) == rows[0] == rows[1]
    assert not [statement for statement in seen if "item" in statement]


def test_what_was_rolled_back_is_not_remembered(engine: Engine, clock: Clock) -> None:
    """A row that came to nothing is written anew, though the transaction that wrote it had found it, too."""
    lost, other = Asked("q.lost"), Asked("q.other")
    with transaction(engine) as db:
        assert play_items(db, [lost], clock.now) == play_items(db, [lost], clock.now)
        db.get_transaction().rollback()
    assert stems(engine) == {}
    rows = play(engine, clock, other, lost)
    assert stems(engine) == {rows[0].id: "q.other", rows[1].id: "q.lost"}
    assert play(engine, clock, lost) == [rows[1]]


def test_engines_know_nothing_of_each_other(engine: Engine, clock: Clock, sqlite_url: str, postgres_url: str) -> None:
    """Each database has rows of its own."""
    asked = Asked("q.a")
    play(engine, clock, asked)
    play(engine, clock, asked)
    url = postgres_url if engine.dialect.name == "sqlite" else sqlite_url
    another = open_engine(url)
    try:
        play(another, clock, Asked("q.before"))
        assert play(another, clock, asked)[0].id in stems(another)
        assert sorted(stems(another).values()) == ["q.a", "q.before"]
    finally:
        another.dispose()
