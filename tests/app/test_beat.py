"""A beat takes the database only while there is something to do, and does all of it."""

import random

import pytest
from sqlalchemy import Engine, select

from bot.beat import Beat
from bot.chat.commands import Feature
from bot.chat.people import Space
from bot.chat.registry import Registry
from bot.context import Context, Core
from bot.library import Library
from bot.store import homes, queue
from bot.store.engine import open_engine, transaction
from bot.store.people import GROUP
from tests.clock import Clock


def _chain(ctx: Context, args: tuple[str, ...]) -> None:
    """Set the next alarm for this very moment, a number of times."""
    if left := int(args[0]):
        ctx.alarm(f"chain {left}", ctx.now, "chain", (str(left - 1),))


def _core(engine: Engine, library: Library, clock: Clock) -> Core:
    registry = Registry.of([Feature(name="chain", commands=(), alarms={"chain": _chain})])
    return Core(engine, library, registry, clock, lambda: random.Random(1))


def _set(engine: Engine, clock: Clock, alarms: dict[str, int]) -> None:
    with transaction(engine) as db:
        homes.open_group(db, Space("fake", "server"), "g", "secret", clock.now)
        group_id = db.execute(select(GROUP.c.id)).scalar_one()
        for key, left in alarms.items():
            queue.set_alarm(db, key, group_id, clock.now, "chain", (str(left),))


def test_a_beat_serves_what_falls_due_while_it_beats(engine: Engine, library: Library, clock: Clock) -> None:
    """Three alarms are due, and one of them sets two more for the same moment: one beat serves all five."""
    _set(engine, clock, {"a": 0, "b": 2, "c": 0})
    beaten = Beat(_core(engine, library, clock)).run()
    assert (beaten.ran, beaten.next_alarm) == (5, None)


def test_a_beat_with_nothing_to_do_waits_for_nobody(
    sqlite_url: str, library: Library, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another process writes to the SQLite file, a beat in which nothing is due goes by without the lock."""
    monkeypatch.setattr("bot.store.engine.BUSY_SECONDS", 0.2)
    engine, other = open_engine(sqlite_url), open_engine(sqlite_url)
    beat = Beat(_core(engine, library, clock))
    beat.run()  # sweeps up, as it does once an hour
    with transaction(other):
        assert beat.run().ran == 0
    engine.dispose()
    other.dispose()
