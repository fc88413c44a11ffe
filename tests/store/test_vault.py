"""Sealed grants are found by their place, and a state is good once and in time, whoever else asks."""

from datetime import timedelta

from sqlalchemy import Engine, func, select

from bot.store import vault
from bot.store.engine import transaction
from tests.clock import Clock
from tests.store.study import at_once

LIFE = timedelta(minutes=10)


def begin(engine: Engine, clock: Clock, state: str, platform: str = "slack") -> None:
    """Somebody begins an installation."""
    with transaction(engine) as db:
        vault.add_state(db, platform, state, clock.now, clock.now + LIFE)


def finish(engine: Engine, clock: Clock, state: str, platform: str = "slack") -> bool:
    """Whether the installation may be finished."""
    with transaction(engine) as db:
        return vault.take_state(db, platform, state, clock.now)


def states(engine: Engine) -> int:
    """How many installations are noted as begun."""
    with transaction(engine, reads=True) as db:
        return int(db.execute(select(func.count()).select_from(vault.STATE)).scalar_one())


def test_a_grant_is_found_by_its_place(engine: Engine, clock: Clock) -> None:
    """Each workspace of each platform has its own; a newer one replaces an older one; a deleted one is gone."""
    long = "x" * 9_000
    with transaction(engine) as db:
        vault.keep(db, "slack", "T1", "old", clock.now)
        vault.keep(db, "slack", "T1", long, clock.now)
        vault.keep(db, "slack", "T2", "two", clock.now)
        vault.keep(db, "other", "T1", "elsewhere", clock.now)
    with transaction(engine) as db:
        assert vault.find(db, "slack", "T1") == long
        assert vault.find(db, "other", "T1") == "elsewhere"
        assert vault.find(db, "slack", "T3") is None
        vault.forget(db, "slack", "T1")
        vault.forget(db, "slack", "T3")
        assert [vault.find(db, "slack", name) for name in ("T1", "T2")] == [None, "two"]
        assert vault.find(db, "other", "T1") == "elsewhere"


def test_a_grant_is_forgotten_as_it_was_read(engine: Engine, clock: Clock) -> None:
    """A newer seal stays, and so does the moment of it."""
    with transaction(engine) as db:
        vault.keep(db, "slack", "T1", "old", clock.now - LIFE)
        vault.keep(db, "slack", "T1", "newer", clock.now)
        vault.forget(db, "slack", "T1", "old")
        assert vault.find(db, "slack", "T1") == "newer"
        assert vault.since(db, "slack", "T1") == clock.now
        vault.forget(db, "slack", "T1", "newer")
        assert vault.find(db, "slack", "T1") is vault.since(db, "slack", "T1") is None


def test_grants_are_read_in_portions_and_sealed_anew_only_as_they_were_read(engine: Engine, clock: Clock) -> None:
    """A portion begins behind the last one; what was changed since it was read is left as it is."""
    with transaction(engine) as db:
        for number in range(5):
            vault.keep(db, "slack", f"T{number}", "old", clock.now)
        first = vault.after(db, 0, 3)
        rest = vault.after(db, first[-1].id, 3)
        assert [row.workspace for row in (*first, *rest)] == ["T0", "T1", "T2", "T3", "T4"]
        assert vault.after(db, rest[-1].id, 3) == []
        vault.keep(db, "slack", "T1", "newer", clock.now)
        vault.forget(db, "slack", "T2")
        assert [vault.reseal(db, row, "resealed") for row in first] == [True, False, False]
        assert [vault.find(db, "slack", f"T{number}") for number in range(3)] == ["resealed", "newer", None]


def test_a_state_is_good_once(engine: Engine, clock: Clock) -> None:
    """The second time it is not known any more; nor is one that nobody began, or that is another platform's."""
    begin(engine, clock, "mine")
    begin(engine, clock, "theirs", "other")
    assert not finish(engine, clock, "forged")
    assert not finish(engine, clock, "theirs")
    assert [finish(engine, clock, "mine") for _time in range(2)] == [True, False]
    assert finish(engine, clock, "theirs", "other")
    assert states(engine) == 0


def test_a_state_is_good_for_its_time(engine: Engine, clock: Clock) -> None:
    """Until just before its end; then it is refused, and gone all the same."""
    begin(engine, clock, "early")
    begin(engine, clock, "late")
    clock.advance(seconds=LIFE.total_seconds() - 0.001)
    assert finish(engine, clock, "early")
    clock.advance(seconds=0.001)
    assert not finish(engine, clock, "late")
    assert states(engine) == 0


def test_what_nobody_finished_is_cleared_away(engine: Engine, clock: Clock) -> None:
    """Whoever begins an installation removes those that are over, and no other."""
    for number in range(3):
        begin(engine, clock, f"old {number}")
    clock.advance(minutes=5)
    begin(engine, clock, "younger")
    clock.advance(minutes=5)
    begin(engine, clock, "new")
    assert states(engine) == 2
    assert finish(engine, clock, "younger")


def test_of_many_who_bring_a_state_one_is_believed(engine: Engine, clock: Clock) -> None:
    """Eight threads bring the same state at the same moment, one gets through."""
    begin(engine, clock, "mine")
    assert sorted(at_once([lambda: finish(engine, clock, "mine")] * 8)) == [False] * 7 + [True]


def test_many_begin_at_once(engine: Engine, clock: Clock) -> None:
    """Threads that clear away the same old states do not wait for each other for ever, and each notes its own."""
    for number in range(40):
        begin(engine, clock, f"old {number}")
    clock.advance(minutes=11)
    at_once([lambda number=number: begin(engine, clock, f"new {number}") for number in range(12)])
    begin(engine, clock, "last")
    assert states(engine) == 13
