"""A drill: groups with schedules, days that pass, workers that die; and what stands where afterwards."""

import asyncio
import contextlib
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from bot.app import App
from bot.chat.people import Actor, Space
from bot.chat.registry import Registry
from bot.chat.requests import CommandCall
from bot.context import Core
from bot.delivery import LOST_AFTER
from bot.features import FEATURES
from bot.library import Library
from bot.store import lanes, schedules
from bot.store.engine import transaction
from bot.store.messages import MESSAGE, SENDING
from bot.store.queue import ALARM, JOB
from bot.store.schedules import FIRING, SCHEDULE, ScheduleRow
from tests.drill.clock import SharedClock
from tests.drill.crew import Crew
from tests.drill.platform import Fate, StandIn

START = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)  # Europe's clocks go forward two days later
END = START + timedelta(days=3)
QUIET = timedelta(hours=1)
MOMENTS = (
    ("Europe/Berlin", "09:00"),
    ("America/New_York", "10:30"),
    ("Europe/Berlin", "02:30"),  # which the second night does not have
    ("Pacific/Kiritimati", "00:00"),
    ("America/Los_Angeles", "23:50"),
)
KINDS = ("quiz", "quiz", "concept", "quiz", "challenge")
PLATFORMS = ("discord", "slack")
OF_100_POSTS = {Fate.DIES_AFTER: 3, Fate.DIES_BEFORE: 1, Fate.CUT: 3, Fate.BUSY: 2, Fate.LATE: 5}
OF_1000_OTHERS = {Fate.DIES_AFTER: 4, Fate.DIES_BEFORE: 2, Fate.CUT: 10, Fate.BUSY: 10}
STUCK_SECONDS = 180.0
SHORTEST_JUMP = timedelta(seconds=30)
LONG_OUTAGE = timedelta(minutes=40)
OUTAGES = (1, 3, 20, 70)  # minutes; each begins in the middle of a firing


@dataclass(slots=True)
class Numbers:
    """What a drill was like."""

    kills: int = 0
    between: int = 0
    outages: int = 0
    turns: int = 0
    posts: int = 0
    flagged: int = 0
    seconds: float = 0.0

    def __str__(self) -> str:
        return (
            f"{self.posts} days posted, {self.flagged} flagged; {self.kills} kills, {self.between} of them between the "
            f"answer and the record; {self.outages} outages; {self.turns} turns, {self.seconds:.1f} s"
        )


class Fates:
    """Fates in a drawn order; of each `of` calls every fate befalls as many as `shares` says, the others go well."""

    def __init__(self, of: int, shares: dict[Fate, int], random: Random) -> None:
        well = {Fate.WELL: of - sum(shares.values())}
        self._all = [fate for fate, count in {**shares, **well}.items() for _one in range(count)]
        self._random = random
        self._left: list[Fate] = []

    def next(self) -> Fate:
        """The next one."""
        self._left = self._left or self._random.sample(self._all, len(self._all))
        return self._left.pop()


class Drill:
    """`groups` groups, half of them on each platform, on one database with `workers` processes."""

    def __init__(self, engine: Engine, library: Library, folder: Path, workers: int, seed: int) -> None:
        self.engine = engine
        self.clock = SharedClock(folder / "clock")
        self.clock.jump(START)
        self.crew = Crew(workers, folder / "log")
        self.stand_in = StandIn(self.clock, self._fate, self.crew.kill)
        self.numbers = Numbers()
        self._library = library
        self._folder = folder
        fates = Random(f"fates {seed}")
        self._of_posts, self._of_others = Fates(100, OF_100_POSTS, fates), Fates(1000, OF_1000_OTHERS, fates)
        self._random = Random(f"kills {seed}")
        self._wild = False
        self._outages = self._draw_outages()

    # --- before ------------------------------------------------------------------------------------------------

    def plan(self, groups: int) -> None:
        """Have a moderator of each group plan something for every day."""
        core = Core(self.engine, self._library, Registry.of(FEATURES), self.clock, lambda: Random(1))
        app = App(core)
        for number in range(groups):
            platform = PLATFORMS[number % len(PLATFORMS)]
            zone, wall = MOMENTS[number % len(MOMENTS)]
            options = {
                "kind": KINDS[number // len(MOMENTS) % len(KINDS)],
                "time": wall,
                "days": "daily",
                "timezone": zone,
            }
            if options["kind"] == "quiz":
                options["closes_after"] = "1"
            outcome = app.handle(
                CommandCall(
                    name="schedule add",
                    options=options,
                    actor=Actor(platform, f"w{number}/ann", "ann", is_admin=True),
                    space=Space(platform, f"w{number}", "general"),
                    delivery=f"plan {number}",
                )
            )
            assert outcome.reply
            assert outcome.reply.card, "nothing was planned"
        with transaction(self.engine, reads=True) as db:
            assert db.execute(select(func.count()).select_from(SCHEDULE)).scalar() == groups

    # --- days pass ---------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def running(self, url: str) -> AsyncIterator[None]:
        """With the platforms and the workers up."""
        begun = monotonic()
        try:
            await self.stand_in.start()
            await self.crew.start(self.stand_in.port, url, self._folder / "clock")
            yield
        finally:
            await self.crew.stop()
            await self.stand_in.close()
            self.numbers.kills, self.numbers.between = self.crew.killed, self.stand_in.between
            self.numbers.seconds = monotonic() - begun

    async def three_days(self) -> None:
        """Let three days pass in which workers die, and an hour in which none does."""
        long_one = self._moment_of(MOMENTS[0], START.date() + timedelta(days=2)) - timedelta(minutes=5)
        self._wild = True
        killer = asyncio.create_task(self._kill_at_random())
        try:
            await self._pass(long_one)
            await self._outage(LONG_OUTAGE)
            await self._pass(END)
        finally:
            self._wild = False
            killer.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await killer
        await self._pass(END + QUIET)

    async def _pass(self, until: datetime) -> None:
        while self.clock() < until:
            await self._turn()
            due, now = self._next_due(), self.clock()
            if due is None or due > until:
                due = until
            elif due > now + timedelta(minutes=1):  # as the heartbeat has it: once a minute
                due = due.replace(second=0, microsecond=0) + timedelta(minutes=1)
            self.clock.jump(max(due, now + SHORTEST_JUMP))

    async def _turn(self) -> None:
        """Have every worker do what is due, and wait until all who live have done it."""
        self.numbers.turns += 1
        await self.stand_in.next_turn()
        if self._outages and self._outages[0][0] <= self.clock():  # in the middle of what is due there
            await asyncio.sleep(self._random.uniform(0.02, 0.1))
            await self._outage(self._outages.pop(0)[1])
        await self._until(self._all_rest)

    async def _until(self, holds: Callable[[], bool]) -> None:
        deadline = monotonic() + STUCK_SECONDS
        while not holds():
            assert monotonic() < deadline, f"the workers do not come to rest: {self.crew.said()[-2000:]}"
            await asyncio.sleep(0.002)

    def _all_rest(self) -> bool:
        turns = [self.stand_in.resting.get(pid) for pid in self.crew.living]
        everyone = len(turns) == self.crew.count
        return everyone and not self.stand_in.open and all(turn == self.stand_in.turn for turn in turns)

    def _draw_outages(self) -> list[tuple[datetime, timedelta]]:
        days = [START.date() + timedelta(days=1), END.date() - timedelta(days=1)]
        moments = self._random.sample(
            [self._moment_of(moment, day) for day in days for moment in MOMENTS[1:]], len(OUTAGES)
        )
        return [(at, timedelta(minutes=length)) for at, length in zip(sorted(moments), OUTAGES, strict=True)]

    async def _outage(self, length: timedelta) -> None:
        self.numbers.outages += 1
        await self.crew.down()
        await self._until(lambda: not self.stand_in.open)
        self.clock.jump(self.clock() + length)
        await self.crew.up()

    async def _kill_at_random(self) -> None:
        while True:
            await asyncio.sleep(self._random.uniform(0.5, 4.0))
            resting, turn = self.stand_in.resting, self.stand_in.turn
            busy = sorted(pid for pid in self.crew.living if resting.get(pid) != turn)
            if busy:
                await asyncio.shield(self.crew.kill(self._random.choice(busy)))  # its successor is always noted

    def _fate(self, do: str) -> Fate:
        if not self._wild:
            return Fate.WELL
        return (self._of_posts if do == "post" else self._of_others).next()

    def _next_due(self) -> datetime | None:
        with transaction(self.engine, reads=True) as db:
            orphan = db.execute(select(func.min(MESSAGE.c.sending_since)).where(MESSAGE.c.state == SENDING)).scalar()
            found = [
                db.execute(select(func.min(ALARM.c.at))).scalar(),
                db.execute(select(func.min(JOB.c.due_at)).where(JOB.c.state == "due")).scalar(),
                lanes.next_due(db, PLATFORMS, self.clock()),
                orphan + LOST_AFTER + timedelta(seconds=1) if orphan else None,
            ]
        return min((moment for moment in found if moment is not None), default=None)

    # --- afterwards --------------------------------------------------------------------------------------------

    def _moment_of(self, moment: tuple[str, str], day: date) -> datetime:
        zone, wall = moment
        return datetime.combine(day, time.fromisoformat(wall), ZoneInfo(zone)).astimezone(UTC)

    def planned(self) -> list[ScheduleRow]:
        """Every schedule."""
        with transaction(self.engine, reads=True) as db:
            groups = db.execute(select(SCHEDULE.c.group_id).order_by(SCHEDULE.c.id)).scalars()
            return [row for group in groups for row in schedules.of_group(db, group)]

    def days_of(self, schedule: ScheduleRow) -> dict[date, datetime]:
        """The local days that were due in the drill, and when."""
        days = [START.date() + timedelta(days=n) for n in range(-1, 6)]
        moments = {day: self._moment_of((schedule.zone, schedule.wall), day) for day in days}
        return {day: at for day, at in moments.items() if START < at <= END}

    def fired(self) -> dict[int, list[tuple[date, str, datetime]]]:
        """What became of the days of each schedule, in order."""
        found: dict[int, list[tuple[date, str, datetime]]] = {}
        columns = FIRING.c.schedule_id, FIRING.c.day, FIRING.c.state, FIRING.c.at
        with transaction(self.engine, reads=True) as db:
            for row in db.execute(select(*columns).order_by(FIRING.c.day)):
                found.setdefault(row.schedule_id, []).append((row.day, row.state, row.at))
        return found

    def wished(self) -> dict[str, Any]:
        """The rows of all messages, by key."""
        with transaction(self.engine, reads=True) as db:
            return {row.key: row for row in db.execute(select(MESSAGE))}

    def shown(self) -> Counter[tuple[str, str]]:
        """How often each message stands in each place: by place and key."""
        return Counter((place, one.key) for (_platform, place), kept in self.stand_in.kept.items() for one in kept)

    def cards(self) -> dict[tuple[str, str], str]:
        """What each message shows in each place."""
        return {(place, one.key): one.card for (_platform, place), kept in self.stand_in.kept.items() for one in kept}
