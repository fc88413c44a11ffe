"""Boards say what the ledger says, whatever members and clocks do."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, insert, select, update

from bot.chat.cards import Card
from bot.library import Library
from bot.store import scores, tables
from bot.store.engine import open_engine, transaction
from bot.store.tables import table_of
from tests.clock import Clock
from tests.store.prepared import prepare
from tests.store.server import Server
from tests.store.study import LEDGER, Study, check_books, said, ways

GROUP = table_of(tables.Group)
SEASON = table_of(tables.Season)
GROUPS = ("alpha", "beta", "gamma")
MEMBERS = ("ann", "bea", "cem", "dan", "eva")
ZONES = ("UTC", "Asia/Kolkata", "America/Los_Angeles", "Pacific/Kiritimati", "Pacific/Pago_Pago")
ACTS = ("solo", "solo", "solo", "live", "daily", "review", "time", "time", "zone", "season", "sweep")


@dataclass
class Walk:
    """Random acts of members in several groups, one after another."""

    study: Study
    clock: Clock
    done: dict[str, int] = field(default_factory=dict)

    def act(self, name: str, draw: Random) -> None:
        """One act."""
        self.done[name] = self.done.get(name, 0) + 1
        getattr(self, name)(draw, draw.choice(GROUPS), draw.choice(MEMBERS))

    def solo(self, draw: Random, group: str, member: str) -> None:
        """A quiz of one's own: one question, answered once, or twice by mistake."""
        self._own(draw, group, member, self.study.say(member, "quiz start", group=group, questions=1).reply)

    def review(self, draw: Random, group: str, member: str) -> None:
        """What one missed, once more."""
        self._own(draw, group, member, self.study.say(member, "quiz review", group=group, questions=1).reply)

    def _own(self, draw: Random, group: str, member: str, reply: object) -> None:
        card: Card | None = getattr(reply, "card", None)
        choices = ways(card)
        for _press in range(draw.choice((1, 1, 2)) if choices else 0):
            self.study.answer(member, draw.choice(choices), group=group)

    def live(self, draw: Random, group: str, member: str) -> None:
        """A live question: several answer, some change their minds, then it is closed by the clock or by a stop."""
        opened = self.study.say(member, "quiz live", group=group, questions=draw.choice((1, 2)), seconds=20)
        assert "The round is on" in said(opened), said(opened)
        choices = ways(self.study.open_live(group))
        for _answer in range(draw.randrange(6)):
            self.study.answer(draw.choice(MEMBERS), draw.choice(choices), group=group)
            self.clock.advance(seconds=draw.choice((0, 1, 5)))
        if draw.random() < 0.3:
            self.study.say(member, "quiz stop", group=group)
        for seconds in (21, 9, 21):
            self.clock.advance(seconds=seconds)
            self.study.beat.run()

    def daily(self, draw: Random, group: str, member: str) -> None:
        """The daily: chosen, locked or left to the close."""
        reply = self.study.say(member, "daily", group=group).reply
        choices = ways(reply.card if reply else None)
        if not choices:
            return  # locked already
        chosen = self.study.answer(member, draw.choice(choices), group=group).reply
        if chosen and chosen.update and draw.random() < 0.6:
            locks = [button.token for button in chosen.update.buttons() if button.token.startswith("daily.lock")]
            self.study.press(member, locks[0], group=group)

    def time(self, draw: Random, group: str, member: str) -> None:
        """Hours or days go by, now and then two months."""
        self.clock.advance(hours=draw.choice((1, 5, 11, 24, 24 * 7)), days=draw.choice((0, 0, 0, 0, 70)))
        self.study.beat.run()

    def zone(self, draw: Random, group: str, member: str) -> None:
        """A group moves to another time zone."""
        with transaction(self.study.engine) as db:
            db.execute(update(GROUP).where(GROUP.c.name == group).values(zone=draw.choice(ZONES)))

    def season(self, draw: Random, group: str, member: str) -> None:
        """A group's season ends and the next one begins."""
        with transaction(self.study.engine) as db:
            found = db.execute(select(GROUP.c.id).where(GROUP.c.name == group)).scalar()
            if found is None:
                return
            last = int(db.execute(select(func.max(SEASON.c.number)).where(SEASON.c.group_id == found)).scalar_one())
            db.execute(update(SEASON).where(SEASON.c.group_id == found).values(closed_at=self.clock.now))
            db.execute(insert(SEASON).values(group_id=found, number=last + 1, opened_at=self.clock.now))

    def sweep(self, draw: Random, group: str, member: str) -> None:
        """Boards that have had their time go."""
        with transaction(self.study.engine) as db:
            scores.sweep(db, self.clock.now.date())

    def check(self) -> None:
        """Boards equal the ledger, and a rebuild finds nothing wrong and changes nothing."""
        check_books(self.study.engine, self.clock.now)
        today = self.clock.now.date()
        with transaction(self.study.engine) as db:
            before = scores.on_boards(db, today)
            assert scores.rebuild(db, today) == 0
            assert scores.on_boards(db, today) == before


def begin(engine: Engine, library: Library) -> Walk:
    """A walk that starts on a moment of its own."""
    clock = Clock()
    return Walk(Study(engine, library, clock, "walk"), clock)


@pytest.mark.parametrize("acts", [400, pytest.param(1000, marks=pytest.mark.slow)])
def test_a_thousand_acts(engine: Engine, library: Library, acts: int) -> None:
    """After hundreds of random acts in three groups, over seasons, zones and years, every board equals the ledger."""
    walk = begin(engine, library)
    draw = Random(20260310)
    for number in range(1, acts + 1):
        walk.act(draw.choice(ACTS), draw)
        if number % 200 == 0:
            walk.check()
    assert set(walk.done) == set(ACTS)
    with transaction(engine, reads=True) as db:
        entries = dict(map(tuple, db.execute(select(LEDGER.c.what, func.count()).group_by(LEDGER.c.what))))
    assert set(entries) == {"solo", "live", "daily", scores.SEEN}
    assert sum(entries.values()) > 0.15 * acts, entries


@pytest.fixture(params=["sqlite", "postgres"])
def fresh(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], AbstractContextManager[Engine]]:
    """Opens a database that is like new each time, of each kind in turn."""
    numbers = count()

    @contextmanager
    def on_sqlite() -> Iterator[Engine]:
        opened = open_engine(prepare(tmp_path / f"walk{next(numbers)}.db"))
        yield opened
        opened.dispose()

    @contextmanager
    def on_postgres() -> Iterator[Engine]:
        server: Server = request.getfixturevalue("postgres")
        name = server.lend()
        opened = open_engine(server.url(name))
        yield opened
        opened.dispose()
        server.take_back(name)

    return on_sqlite if request.param == "sqlite" else on_postgres


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(acts=st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 999)), min_size=1, max_size=12))
def test_any_acts(
    fresh: Callable[[], AbstractContextManager[Engine]], library: Library, acts: list[tuple[str, int]]
) -> None:
    """Whatever a few members do after one another, the boards equal the ledger (a failure is cut down to its core)."""
    with fresh() as engine:
        walk = begin(engine, library)
        for name, seed in acts:
            walk.act(name, Random(seed))
        walk.check()


def test_a_wrong_board_is_found_and_mended(study: Study, clock: Clock) -> None:
    """A rebuild says how many rows were wrong, and mends them: one too high, one missing, one from nowhere."""
    board = table_of(tables.BoardRow)
    reply = study.say("ann", "quiz start", topic="vectors", questions=1).reply
    assert reply
    study.answer("ann", ways(reply.card)[0])
    today = clock.now.date()
    with transaction(study.engine) as db:
        right = scores.on_boards(db, today)
        keys = sorted({key for key, _person in right})
        db.execute(update(board).where(board.c.board == keys[0]).values(points=999))
        db.execute(board.delete().where(board.c.board == keys[1]))
        db.execute(insert(board).values(board="99:all", person_id=1, points=1, answers=1))
    with pytest.raises(AssertionError):
        check_books(study.engine, clock.now)
    with transaction(study.engine) as db:
        assert scores.rebuild(db, today) == 3
        assert scores.on_boards(db, today) == right
