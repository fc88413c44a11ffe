"""One answered press through `App.handle`, beside its own statements in one transaction."""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

from sqlalchemy import Connection, Engine, event

from bot.library import load
from bot.store.engine import open_engine, transaction
from bot.store.migrate import upgrade
from tests.benchmarks.figures import Figure
from tests.clock import Clock
from tests.statements import begins
from tests.store.server import running
from tests.store.study import Study, Way, choices_only, said, ways

BANK = Path(__file__).parent.parent / "bank"
PRESSES = 400
WARM = 50
BOUND = 3.0

Statements = list[tuple[Any, Any]]
Copy = Callable[[], str]


@dataclass(frozen=True)
class Prepared:
    """A database in which everybody is about to press, and what each presses."""

    ways: dict[str, Way]
    copy: Copy


def measure() -> Iterator[Figure]:
    """A solo answer that scores and a live answer, on each database."""
    for database, opened in (("SQLite file", sqlite), ("PostgreSQL", postgres)):
        for kind in ("solo", "live"):
            with opened(kind) as prepared:
                yield _measure(f"{kind} answer, {database}", prepared)


def _measure(what: str, prepared: Prepared) -> Figure:
    seen = _statements(prepared)
    engine, bare = open_engine(prepared.copy()), open_engine(prepared.copy())
    study = _study(engine)
    ours, floor = [], []
    for number, (member, way) in enumerate(prepared.ways.items()):
        begun = perf_counter()
        outcome = study.answer(member, way, delivery=f"press of {member}")
        middle = perf_counter()
        _replay(bare, seen[member])
        ended = perf_counter()
        assert outcome.reply, said(outcome)
        if number >= WARM:
            ours.append(middle - begun)
            floor.append(ended - middle)
    assert study.counts() == _study(bare).counts(), "the floor must write what the press writes"
    engine.dispose()
    bare.dispose()
    count = len(next(iter(seen.values())))
    return Figure(what, median(ours), median(floor), f"the same {count} statements, one transaction", BOUND)


def _statements(prepared: Prepared) -> dict[str, Statements]:
    """What every press executes, found out on a copy of its own."""
    engine = open_engine(prepared.copy())
    found: Statements = []

    def note(_db: Connection, statement: Any, many: Any, one: Any, _options: Any) -> None:
        if not begins(statement):
            found.append((statement, many or one))

    event.listen(engine, "before_execute", note)
    study = _study(engine)
    seen: dict[str, Statements] = {}
    for member, way in prepared.ways.items():
        found.clear()
        study.answer(member, way, delivery=f"press of {member}")
        seen[member] = list(found)
    engine.dispose()
    return seen


def _replay(engine: Engine, statements: Statements) -> None:
    with transaction(engine) as db:
        for statement, parameters in statements:
            result = db.execute(statement, parameters)
            if result.returns_rows:
                result.all()


def _study(engine: Engine) -> Study:
    return Study(engine, choices_only(load(BANK)), Clock(), "bench")


def _prepare(url: str, kind: str) -> dict[str, Way]:
    """Everybody joins; then a live question is open, or each has a quiz of two questions in front of them."""
    engine = open_engine(url)
    upgrade(engine)
    study = _study(engine)
    found = {}
    if kind == "live":
        study.say("ann", "quiz live", topic="vectors", questions=1, seconds=300)
    for number in range(PRESSES):
        member = f"member{number:03}"
        if kind == "live":
            study.say(member, "mate")
            found[member] = ways(study.open_live())[number % 4]
        else:
            reply = study.say(member, "quiz start", topic="vectors", questions=2).reply
            assert reply
            found[member] = ways(reply.card)[number % 4]
    engine.dispose()
    return found


@contextmanager
def sqlite(kind: str) -> Iterator[Prepared]:
    """A prepared file; a copy is a copy of the file."""
    with tempfile.TemporaryDirectory() as folder:
        first = Path(folder) / "prepared.db"
        found = _prepare(f"sqlite:///{first}", kind)
        names = iter("abc")

        def copy() -> str:
            path = first.with_name(f"{next(names)}.db")
            shutil.copy(first, path)  # the last connection is closed, so the log is part of the file
            return f"sqlite:///{path}"

        yield Prepared(found, copy)


@contextmanager
def postgres(kind: str) -> Iterator[Prepared]:
    """A prepared database on a server with the settings of a real one; a copy is made from it as a template."""
    with running(careful=True) as server:
        first = server.create()
        found = _prepare(server.url(first), kind)
        yield Prepared(found, lambda: server.url(server.create(template=first)))
