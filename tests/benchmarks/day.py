"""A day of many groups through the beat, beside its own statements in as many transactions, on each database.

Every group has the quiz of a weekday at nine in its own zone, so that each zone's nine o'clock is one wave. A sample is
measured, and what 100,000 groups would take is reckoned from it, also for the day after, when each post tells of the
one before and that one closes; `python -m tests.benchmarks day --whole` measures all on the first of these days.
"""

import gc
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, Select, event, insert, select

from bot.beat import Beat
from bot.chat.people import Space
from bot.chat.registry import Registry
from bot.composition import randomness
from bot.context import Core, Effects
from bot.features import FEATURES, planning
from bot.library import load
from bot.store import homes, people, queue, schedules
from bot.store.engine import open_engine, transaction
from bot.store.migrate import upgrade
from bot.store.people import ACCOUNT, HOME, PERSON
from bot.store.schedules import FIRING, NewSchedule
from tests.benchmarks.figures import Figure
from tests.clock import Clock
from tests.statements import begins
from tests.store.server import running

WHOLE, SAMPLE = 100_000, 1_920
MIDNIGHT = datetime(2026, 3, 10, tzinfo=UTC)
DAY = timedelta(days=1)
ZONES = tuple(f"Etc/GMT{at:+d}" for at in range(-12, 12))
BOUND = 2.0

Statements = list[tuple[Any, Any]]
Copy = Callable[[], str]


@dataclass
class Took:
    """Seconds of a day's beats, of the longest of them, and of the two floors; how much the floors executed."""

    beats: float = 0.0
    worst: float = 0.0
    bare: float = 0.0
    least: float = 0.0
    transactions: int = 0
    statements: int = 0

    def add(self, seen: "list[Part]", beat: float, bare: float, least: float) -> None:
        """Count one beat."""
        self.beats, self.worst = self.beats + beat, max(self.worst, beat)
        self.bare, self.least = self.bare + bare, self.least + least
        self.transactions += len(seen)
        self.statements += sum(len(part.statements) for part in seen)


@dataclass
class Part:
    """A transaction of the day, as it is replayed; that it only reads matters to SQLite alone."""

    statements: Statements = field(default_factory=list)
    reads: bool = False

    def least(self) -> "Part":
        """What cannot be left out of it: the claim of the alarm, and what is written."""
        return Part([one for one in self.statements if not _only_reads(one[0])], self.reads)


def measure() -> Iterator[Figure]:
    """The whole of a day, and its worst beat."""
    groups = WHOLE if "--whole" in sys.argv else SAMPLE
    for database, opened in (("SQLite", _sqlite), ("PostgreSQL", _postgres)):
        with opened(groups) as copy:
            yield from _figures(f"a day of {WHOLE} groups, {database}", groups, _measure(groups, copy))
            if groups < WHOLE:
                yield from _figures(f"the day after, {database}", groups, _measure(groups, copy, DAY))


def _figures(named: str, groups: int, took: Took) -> Iterator[Figure]:
    scale = WHOLE / groups
    what = f"{named} ({'measured' if groups == WHOLE else f'reckoned from {groups}'})"
    said = f"the same {took.statements} statements in {took.transactions} transactions"
    yield Figure(what, took.beats * scale, took.bare * scale, said, BOUND)
    said = "the claims and what is written alone, each alarm in one transaction"
    yield Figure(what, took.beats * scale, took.least * scale, said)
    yield Figure("its longest beat, nine o'clock in one zone", took.worst * scale)


def core_of(engine: Engine, clock: Clock) -> Core:
    """A core with the shipped content."""
    return Core(engine, load(), Registry.of(FEATURES), clock, randomness(None))


class _Day:
    """A copy of the prepared day; `beat` serves what is due next and tells when that was."""

    def __init__(self, url: str) -> None:
        self.engine = open_engine(url)
        self.clock = Clock(MIDNIGHT - timedelta(minutes=1))
        self.seen: list[Part] | None = None
        self._beat = Beat(core_of(self.engine, self.clock))

    def due(self, end: datetime) -> datetime | None:
        """When something is due next before `end`."""
        with transaction(self.engine, reads=True) as db:
            due = queue.next_alarm(db)
        return due if due is not None and due < end else None

    def beat(self, due: datetime) -> float:
        """Seconds of the beat at that moment."""
        self.clock.now = max(due, self.clock.now)
        begun = perf_counter()
        self._beat.run()
        return perf_counter() - begun

    def record(self) -> None:
        """Keep what is executed from now on, transaction by transaction."""
        event.listen(self.engine, "begin", self._begin)
        event.listen(self.engine, "before_cursor_execute", self._note_how)
        event.listen(self.engine, "before_execute", self._note)

    def recorded(self) -> list[Part]:
        """What was executed since this was asked."""
        found, self.seen = [part for part in self.seen or () if part.statements], []
        return found

    def _begin(self, _db: Connection) -> None:
        if self.seen is not None:
            self.seen.append(Part())

    def _note_how(self, _db: object, _cursor: object, statement: str, *_more: object) -> None:
        if self.seen is not None and statement == "BEGIN":
            self.seen[-1].reads = True

    def _note(self, _db: Connection, statement: Any, many: Any, one: Any, _options: Any) -> None:
        if self.seen is not None and not begins(statement):
            self.seen[-1].statements.append((statement, many or one))


def _measure(groups: int, copy: Copy, later: timedelta = timedelta()) -> Took:
    """Walk to the end of the day, wave by wave: record it on one copy, beat on another, replay on two more.

    What comes before that day's midnight is gone through as well, and not counted.
    """
    midnight = MIDNIGHT + later
    recording, ours = _Day(copy()), _Day(copy())
    bare, least = open_engine(copy()), open_engine(copy())
    took = Took()
    recording.record()
    while due := recording.due(midnight + DAY):
        recording.recorded()
        recording.beat(due)
        seen = recording.recorded()
        recording.seen = None
        written = [part.least() for part in seen]
        with _out_of_sight():
            took.add(seen, ours.beat(due), _replay(bare, seen), _replay(least, written))
        if due < midnight:
            took = Took()
    for engine in (ours.engine, bare, least):
        _check(engine, groups * (1 + later // DAY))
        engine.dispose()
    recording.engine.dispose()
    return took


@contextmanager
def _out_of_sight() -> Iterator[None]:
    """What was recorded is no rubbish: whoever is measured does not look through all of it again and again."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def _only_reads(statement: Any) -> bool:
    return isinstance(statement, Select) and statement._for_update_arg is None


def _replay(engine: Engine, seen: list[Part]) -> float:
    begun = perf_counter()
    for part in seen:
        if part.statements:
            _replay_one(engine, part)
    return perf_counter() - begun


def _replay_one(engine: Engine, part: Part) -> None:
    with transaction(engine, reads=part.reads) as db:
        for statement, parameters in part.statements:
            result = db.execute(statement, parameters)
            if result.returns_rows:
                result.all()


def _check(engine: Engine, days: int) -> None:
    """Every group has had its days; nobody sends anything here, so that what closes again is late."""
    made = (schedules.POSTED, schedules.LATE)
    with transaction(engine, reads=True) as db:
        posted = len(db.execute(select(FIRING.c.id).where(FIRING.c.state.in_(made))).all())
    assert posted == days, posted


def prepare(url: str, groups: int, zones: Sequence[str] = ZONES) -> None:
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
    home = homes.open_group(db, Space("bench", workspace), workspace, f"secret {number}", now)
    group_id = db.execute(select(HOME.c.group_id).where(HOME.c.id == home)).scalar_one()
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
def _sqlite(groups: int) -> Iterator[Copy]:
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "prepared.db"
        prepare(f"sqlite:///{first}", groups)
        names = iter("abcdefgh")

        def copy() -> str:
            path = first.with_name(f"{next(names)}.db")
            shutil.copy(first, path)
            return f"sqlite:///{path}"

        yield copy


@contextmanager
def _postgres(groups: int) -> Iterator[Copy]:
    with running(careful=True) as server:
        first = server.create()
        prepare(server.url(first), groups)
        yield lambda: server.url(server.create(template=first))
