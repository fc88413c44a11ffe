"""A group's weeks, written straight into the tables: who was asked what on which day, and how they answered."""

import json
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from random import Random

from sqlalchemy import Connection, Engine, insert

from bot.chat.people import Space
from bot.chat.registry import Registry
from bot.context import Context, Effects
from bot.features import FEATURES
from bot.library import Library
from bot.store import schedules
from bot.store.engine import transaction
from bot.store.messages import MESSAGE
from bot.store.people import ACCOUNT, GROUP, MEMBERSHIP, PERSON, SEASON, GroupRow
from bot.store.rounds import ITEM, ROUND, ROUND_ITEM
from bot.store.schedules import NewSchedule
from bot.store.scores import Entry, record
from tests.clock import START
from tests.store.study import ANSWER
from tests.store.town import put

LAST = START.date()  # the last day of the week that is looked at
FIRST = LAST - timedelta(days=6)
DAY = timedelta(days=1)


def noon(day: date) -> datetime:
    """The middle of a day in UTC."""
    return datetime.combine(day, time(12), UTC)


class Weeks:
    """One group in `zone`, and another one whose rows must not be mixed up with it; people by name."""

    def __init__(self, engine: Engine, library: Library, zone: str = "UTC") -> None:
        self.engine = engine
        self._library = library
        self._numbers = count(1)
        self._items: dict[str, int] = {}
        self._people: dict[str, tuple[int, int]] = {}
        with transaction(engine) as db:
            self.group = self._group(db, zone)
            self.other = self._group(db, zone)
            self.starter = self._person(db, "starter")
        self.row = GroupRow(self.group, "one", zone, "en", "s", self.group, 1)

    def _group(self, db: Connection, zone: str) -> int:
        group = put(db, GROUP, name="one", zone=zone, locale="en", secret="s", created_at=START)
        assert put(db, SEASON, group_id=group, number=1, opened_at=START) == group  # one season each
        return group

    def _person(self, db: Connection, name: str) -> tuple[int, int]:
        person = put(db, PERSON, created_at=START)
        account = put(db, ACCOUNT, platform="test", user=name, name=name, person_id=person)
        self._people[name] = person, account
        return person, account

    def join(self, name: str, visibility: str = "name", shown_name: str | None = None) -> int:
        """A member of both groups, who appears there in that way; their person."""
        with transaction(self.engine) as db:
            person, _account = self._people.get(name) or self._person(db, name)
            appears = {"visibility": visibility, "shown_name": name if shown_name is None else shown_name}
            both = [
                {"group_id": g, "person_id": person, "joined_at": START, **appears} for g in (self.group, self.other)
            ]
            db.execute(insert(MEMBERSHIP), both)
        return person

    def ask(self, day: date, item: str, kind: str = "daily", *, group: int | None = None, opened: bool = True) -> int:
        """A round of one question on a day; the question as it is played."""
        with transaction(self.engine) as db:
            if item not in self._items:
                found = self._library.items[item]
                said = {"content_id": item, "version": 1, "snapshot": json.dumps(found.snapshot())}
                self._items[item] = put(db, ITEM, **said, created_at=START)
            where = group or self.group
            more = {"kind": kind, "starter_id": self.starter[1], "day": day, "created_at": noon(day)}
            played = put(db, ROUND, group_id=where, season_id=where, **more)
            opens = {"opened_at": noon(day)} if opened else {}
            return put(db, ROUND_ITEM, round_id=played, position=0, item_id=self._items[item], seed=1, **opens)

    def answer(self, name: str, play: int, at: datetime, *, correct: bool = True, locked: bool = True) -> None:
        """A member's answer to a question."""
        person, account = self._people[name]
        graded = {"locked_at": at, "correct": correct} if locked else {}
        given = {"content_id": "any", "response": "{}", "given_at": at, **graded}
        with transaction(self.engine) as db:
            put(db, ANSWER, round_item_id=play, account_id=account, person_id=person, **given)

    def practise(self, name: str, day: date, right: int, wrong: int, *, group: int | None = None) -> None:
        """A member answers so many questions alone on a day."""
        for at in range(right + wrong):
            play = self.ask(day, "q.maths.dot-product", "solo", group=group)
            self.answer(name, play, noon(day), correct=at < right)

    def post(
        self,
        kind: str,
        content: str,
        day: date,
        state: str = "posted",
        *,
        group: int | None = None,
        message: tuple[str, int] | None = None,
    ) -> None:
        """What became of a day of a schedule of its own; `message`: its state and the revision that was sent."""
        where, key = group or self.group, f"schedule:{next(self._numbers)}"
        place = Space("test", "alpha", "general")
        new = NewSchedule(where, kind, place, "09:00", "", "daily", "", 1, 60, "", self.starter[1], START)
        with transaction(self.engine) as db:
            made = schedules.find(db, where, schedules.add(db, new))
            assert made
            if message:
                row = {"key": key, "platform": "test", "card": "{}", "state": message[0], "sent": message[1]}
                put(db, MESSAGE, **row, due_at=START, created_at=START)
            schedules.fired(db, made, day, state, noon(day), content=content, key=key)

    def score(self, name: str, points: int, day: date = LAST) -> None:
        """Points of a member on a day."""
        person, account = self._people[name]
        entry = Entry(
            account,
            person,
            self.group,
            self.group,
            1,
            day,
            "maths",
            "q",
            "solo",
            points,
            f"item:{next(self._numbers)}",
            START,
        )
        with transaction(self.engine) as db:
            record(db, [entry])

    def context(self, db: Connection) -> Context:
        """The view of an alarm: nobody asks."""
        return Context(db, START, Random(1), self._library, Registry.of(FEATURES), self.row, "en", Effects())
