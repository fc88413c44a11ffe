"""A day of many groups through the beat, beside its own statements in as many transactions, on each database.

Every group has the quiz of a weekday at nine in its own zone. By default some thousands of groups are measured and
what 100,000 would take is reckoned from them; `BENCH_GROUPS=100000` measures the whole.
"""

import os
import random
import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, event, insert, select

from bot.beat import Beat
from bot.chat.people import Space
from bot.chat.registry import Registry
from bot.context import Core, Effects
from bot.features import FEATURES, planning
from bot.library import load
from bot.store import people, queue, schedules
from bot.store.engine import open_engine, transaction
from bot.store.migrate import upgrade
from bot.store.people import ACCOUNT, GROUP, PERSON
from bot.store.schedules import FIRING, NewSchedule
from tests.benchmarks.figures import Figure
from tests.clock import Clock
from tests.store.server import running

GROUPS = int(os.environ.get("BENCH_GROUPS", "1200"))
WHOLE = 100_000
MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
ZONES = tuple(f"Etc/GMT{at:+d}" for at in range(-12, 12))
BOUND = 2.0

Statements = list[list[tuple[Any, Any]]]
Copy = Callable[[], str]


def measure() -> Iterator[Figure]:
    """The whole of a day, and its worst beat."""
    for database, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with opened() as copy:
            yield from _measure(database, copy)


def _measure(database: str, copy: Copy) -> Iterator[Figure]:
    seen, engine = _recorded(copy()), open_engine(copy())
    took, worst = _walk(engine)
    _check(engine)
    engine.dispose()
    bare = open_engine(copy())
    floor = _replay(bare, seen)
    _check(bare)
    bare.dispose()
    scale = WHOLE / GROUPS
    how = "measured" if GROUPS == WHOLE else f"reckoned from {GROUPS}"
    said = f"the same {sum(map(len, seen))} statements in {len(seen)} transactions"
    yield Figure(f"a day of {WHOLE} groups, {database} ({how})", took * scale, floor * scale, said, BOUND)
    yield Figure(f"the worst single beat of it, {database} ({how})", worst * scale)


def core_of(engine: Engine, clock: Clock) -> Core:
    """A core with the shipped content."""
    return Core(engine, load(), Registry.of(FEATURES), clock, lambda: random.Random(1))


def _walk(engine: Engine) -> tuple[float, float]:
    """Beat at each moment at which something is due, for a day; seconds of all beats, and of the longest."""
    clock = Clock(MIDNIGHT)
    beat = Beat(core_of(engine, clock))
    beat.run()
    took: list[float] = []
    while True:
        with transaction(engine, reads=True) as db:
            due = queue.next_alarm(db)
        if due is None or due >= MIDNIGHT + DAY:
            return sum(took), max(took)
        clock.now = max(due, clock.now)
        begun = perf_counter()
        beat.run()
        took.append(perf_counter() - begun)


def _recorded(url: str) -> Statements:
    """What the day executes, transaction by transaction, found out on a copy of its own."""
    engine = open_engine(url)
    found: Statements = []

    def begin(_db: Connection) -> None:
        found.append([])

    def note(_db: Connection, statement: Any, many: Any, one: Any, _options: Any) -> None:
        found[-1].append((statement, many or one))

    event.listen(engine, "begin", begin)
    event.listen(engine, "before_execute", note)
    _walk(engine)
    engine.dispose()
    return [one for one in found if one]


def _replay(engine: Engine, seen: Statements) -> float:
    begun = perf_counter()
    for statements in seen:
        with engine.begin() as db:
            for statement, parameters in statements:
                result = db.execute(statement, parameters)
                if result.returns_rows:
                    result.all()
    return perf_counter() - begun


def _check(engine: Engine) -> None:
    """Every group has had its day."""
    with transaction(engine, reads=True) as db:
        posted = len(db.execute(select(FIRING.c.id).where(FIRING.c.state == schedules.POSTED)).all())
    assert posted == GROUPS, posted


def prepare(url: str, groups: int = GROUPS, zones: Sequence[str] = ZONES) -> None:
    """Groups in these zones, each with its quiz planned the evening before."""
    engine = open_engine(url)
    upgrade(engine)
    clock = Clock(MIDNIGHT - timedelta(hours=15))  # also in the zone farthest east its nine o'clock is still to come
    core = core_of(engine, clock)
    with transaction(engine) as db:
        person = db.execute(insert(PERSON).values(created_at=clock.now).returning(PERSON.c.id)).scalar_one()
        who = {"platform": "bench", "user": "ann", "name": "ann", "person_id": person}
        account = db.execute(insert(ACCOUNT).values(**who).returning(ACCOUNT.c.id)).scalar_one()
    for first in range(0, groups, 500):
        with transaction(engine) as db:
            for number in range(first, min(groups, first + 500)):
                _plan(core, db, number, zones[number % len(zones)], account, clock.now)
    engine.dispose()


def _plan(core: Core, db: Connection, number: int, zone: str, account: int, now: datetime) -> None:
    workspace = f"w{number}"
    people.open_group(db, Space("bench", workspace), workspace, f"secret {number}", now)
    group_id = db.execute(select(GROUP.c.id).where(GROUP.c.name == workspace)).scalar_one()
    people.set_group(db, group_id, zone=zone)
    ctx = core.context(db, now, people.find_group(db, group_id), Effects())
    place = Space("bench", workspace, "general")
    new = NewSchedule(group_id, "quiz", place, "09:00", "", "weekdays", "", 1, 1320, "", account, now)
    made = schedules.find(db, group_id, schedules.add(db, new))
    assert made
    planned = planning.begin(ctx, made)
    assert planned.next_at
    if planned.next_at < MIDNIGHT:  # the day before in zones far east
        schedules.advance(db, made.id, planned.next_day or now.date())
        planning.plan(ctx, made, planning.upcoming(ctx, made, planned.next_day))


@contextmanager
def _sqlite() -> Iterator[Copy]:
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "prepared.db"
        prepare(f"sqlite:///{first}")
        names = iter("abc")

        def copy() -> str:
            path = first.with_name(f"{next(names)}.db")
            shutil.copy(first, path)
            return f"sqlite:///{path}"

        yield copy


@contextmanager
def _postgres() -> Iterator[Copy]:
    with running(careful=True) as server:
        first = server.create()
        prepare(server.url(first))
        yield lambda: server.url(server.create(template=first))
