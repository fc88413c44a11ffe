"""Boards of ten thousand members: top ten, anybody's rank, the last one's, at two sizes of the ledger."""

import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from time import perf_counter

from sqlalchemy import Connection, Engine, func, insert, select, text

from bot.rules.calendar import Period, board_key
from bot.store import scores, tables
from bot.store.engine import open_engine, transaction
from bot.store.migrate import upgrade
from bot.store.tables import table_of
from tests.benchmarks.figures import Figure, typical
from tests.clock import START

MEMBERS = 10_000
SIZES = (10_000, 1_000_000)
DAYS, TRACKS = 7, ("maths", "tools", "classical")
TODAY: date = START.date()
MOST = 0.001
CALLS = 300
# Who chose to be shown on boards; nobody is, until they choose.
CROWDS = {"all shown": "1", "one in ten shown": "person_id % 10 = 0", "nobody shown": "0"}
BATCH = 50_000


def measure() -> Iterator[Figure]:
    """Each reading at both sizes; the smaller ledger is the floor of the larger one."""
    took: dict[tuple[str, int], float] = {}
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            engine = open_engine(f"sqlite:///{Path(folder) / f'{size}.db'}")
            upgrade(engine)
            _fill(engine, size)
            begun = perf_counter()
            with transaction(engine) as db:
                scores.rebuild(db, TODAY)
            yield Figure(f"rebuild of all boards, {size:,} ledger rows", perf_counter() - begun)
            for name, seconds in _readings(engine):
                took[name, size] = seconds
            engine.dispose()
    for name in dict.fromkeys(name for name, _size in took):
        small, large = (took[name, size] for size in SIZES)
        yield Figure(f"{name}, 1,000,000 rows", large, small, "the same with 10,000 ledger rows", bound=1.5, most=MOST)


def _fill(engine: Engine, size: int) -> None:
    """Members with answers of several days and tracks, spread so that ranks differ and some tie."""
    draw = Random(7)
    with transaction(engine) as db:
        db.execute(
            insert(table_of(tables.Group)).values(id=1, name="g", zone="UTC", locale="en", secret="s", created_at=START)
        )
        db.execute(insert(table_of(tables.Season)).values(id=1, group_id=1, number=1, opened_at=START))
        people = range(1, MEMBERS + 1)
        db.execute(insert(table_of(tables.Person)), [{"id": n, "created_at": START} for n in people])
        db.execute(
            insert(table_of(tables.Account)),
            [{"id": n, "platform": "test", "user": f"u{n}", "name": f"u{n}", "person_id": n} for n in people],
        )
        db.execute(
            insert(table_of(tables.Membership)),
            [
                {"group_id": 1, "person_id": n, "visibility": "name", "shown_name": f"u{n}", "joined_at": START}
                for n in people
            ],
        )
        for begin in range(0, size, BATCH):
            rows = [_entry(number, draw, size // MEMBERS) for number in range(begin, min(size, begin + BATCH))]
            db.execute(insert(scores.LEDGER), rows)


def _entry(number: int, draw: Random, each: int) -> dict[str, object]:
    """One answer of a member who has `each` of them; whatever their number, the sums are spread alike."""
    one = draw.choice((0, 10, 12, 14, 16)) if each > 1 else round(draw.gauss(1040, 57))
    return {
        "account_id": 1 + number % MEMBERS,
        "group_id": 1,
        "season_id": 1,
        "day": TODAY - timedelta(days=draw.randrange(DAYS)),
        "track": draw.choice(TRACKS),
        "item": f"q.{number}",
        "what": "solo",
        "points": one,
        "why": "",
        "once": f"item:{number}",
        "at": START,
    }


def _readings(engine: Engine) -> Iterator[tuple[str, float]]:
    board = board_key(1, Period.SEASON, TODAY, 1)
    table = table_of(tables.BoardRow)
    with engine.connect() as db:
        assert db.execute(select(func.count()).where(table.c.board == board)).scalar() == MEMBERS
        last = db.execute(
            select(table.c.person_id).where(table.c.board == board).order_by(table.c.points, table.c.person_id).limit(1)
        ).scalar_one()
    draw = Random(8)
    me = MEMBERS // 2

    def reads(work: object) -> float:
        def run() -> None:
            with transaction(engine, reads=True) as db:
                work(db)  # type: ignore[operator]

        return typical(run, CALLS)

    def mine(db: Connection) -> None:
        scores.mine(db, board, draw.randrange(1, MEMBERS + 1))

    for crowd, condition in CROWDS.items():
        with transaction(engine) as db:
            db.execute(text(f"UPDATE membership SET visibility = CASE WHEN {condition} THEN 'name' ELSE 'unset' END"))  # noqa: S608 (our own words)
        yield f"top ten of 10,000, {crowd}", reads(lambda db: scores.top(db, board, 1, 10, me))
    yield "anybody's rank of 10,000", reads(mine)
    yield "the last one's rank of 10,000", reads(lambda db: scores.mine(db, board, last))
