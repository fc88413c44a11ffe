"""Groups, people and what was planned for them, written straight into the tables."""

from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine, Table, insert, select

from bot.chat.people import Space
from bot.rules.streaks import Streak
from bot.store import schedules, streaks
from bot.store.engine import transaction
from bot.store.people import ACCOUNT, GROUP, MEMBERSHIP, PERSON, SEASON
from bot.store.rounds import ITEM, ROUND, ROUND_ITEM
from bot.store.schedules import NewSchedule, ScheduleRow
from tests.clock import START
from tests.store.study import ANSWER

LONG_AGO = START - timedelta(days=90)


def put(db: Connection, table: Table, **values: object) -> int:
    """A row; its id."""
    return int(db.execute(insert(table).values(**values).returning(table.c.id)).scalar_one())


class Town:
    """What there is in a database, put there and read from there."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def group(self, zone: str = "UTC") -> int:
        """A group."""
        with transaction(self.engine) as db:
            return put(db, GROUP, name="one", zone=zone, locale="en", secret="s", created_at=LONG_AGO)

    def person(self, *groups: int, zone: str | None = None, joined: datetime = LONG_AGO, **streak: object) -> int:
        """A member of these groups."""
        with transaction(self.engine) as db:
            person = put(db, PERSON, zone=zone, created_at=joined, **streak)
            put(db, ACCOUNT, platform="test", user=f"u{person}", name="", person_id=person)
        for group in groups:
            self.join(person, group, joined)
        return person

    def join(self, person: int, group: int, joined: datetime) -> None:
        """A person becomes a member of one more group."""
        with transaction(self.engine) as db:
            db.execute(insert(MEMBERSHIP).values(group_id=group, person_id=person, joined_at=joined))

    def schedule(self, group: int, kind: str = "quiz", made: datetime = LONG_AGO, zone: str = "") -> ScheduleRow:
        """Something planned for a group."""
        place = Space("test", "alpha", "general")
        with transaction(self.engine) as db:
            creator = db.execute(select(ACCOUNT.c.id).limit(1)).scalar_one()
            new = NewSchedule(group, kind, place, "09:00", zone, "daily", "", 1, 60, "", creator, made)
            found = schedules.find(db, group, schedules.add(db, new))
        assert found is not None
        return found

    def fire(self, schedule: ScheduleRow, state: str, *days: date, key: str = "") -> None:
        """What became of some days of a schedule."""
        with transaction(self.engine) as db:
            for day in days:
                schedules.fired(db, schedule, day, state, START, key=key)

    def keep(self, person: int, at: datetime = START, zone: str = "UTC") -> None:
        """A person locked an answer, in a group of that zone."""
        with transaction(self.engine) as db:
            streaks.keep(db, [(person, None)], at, zone)

    def answer(self, person: int, at: datetime) -> None:
        """A person's answer to some question, locked."""
        with transaction(self.engine) as db:
            group = db.execute(select(MEMBERSHIP.c.group_id).where(MEMBERSHIP.c.person_id == person)).scalars().first()
            account = db.execute(select(ACCOUNT.c.id).where(ACCOUNT.c.person_id == person)).scalar_one()
            season = put(db, SEASON, group_id=group, number=1, opened_at=at)
            item = put(db, ITEM, content_id="q.maths.dot-product", version=1, snapshot="{}", created_at=at)
            opened = {"kind": "solo", "starter_id": account, "day": at.date(), "created_at": at}
            played = put(db, ROUND, group_id=group, season_id=season, **opened)
            play = put(db, ROUND_ITEM, round_id=played, position=0, item_id=item, seed=1)
            given = {"content_id": "q.maths.dot-product", "response": "{}", "given_at": at, "locked_at": at}
            put(db, ANSWER, round_item_id=play, account_id=account, person_id=person, **given)

    def streak(self, person: int) -> Streak:
        """A person's streak as it is kept."""
        columns = PERSON.c.streak, PERSON.c.longest, PERSON.c.streak_day
        with transaction(self.engine, reads=True) as db:
            row = db.execute(select(*columns).where(PERSON.c.id == person)).one()
        return Streak(row.streak, row.longest, row.streak_day)

    def of(self, *persons: int, now: datetime = START, zone: str = "UTC") -> list[int]:
        """What these people's streaks count."""
        with transaction(self.engine, reads=True) as db:
            found = streaks.of(db, persons, now, zone)
        return [found[person] for person in persons]
