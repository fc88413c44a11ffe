"""The lives of one database: played in a process, killed, looked at, and played to the end by another process."""

import json
import subprocess
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, Engine, select

from bot.store import tables
from bot.store.answers import unpack
from bot.store.engine import open_engine, transaction
from bot.store.tables import table_of
from tests.store.prepared import prepare

ROOT = Path(__file__).parent.parent.parent
ACCOUNT = table_of(tables.Account)
ALARM = table_of(tables.Alarm)
ANSWER = table_of(tables.Answer)
MESSAGE = table_of(tables.Message)
ROUND = table_of(tables.Round)
ROUND_ITEM = table_of(tables.RoundItem)
ENOUGH = 60.0

ROUND_OF_THREE = """\
as you
quiz live topic:vectors questions:3 seconds:30
as bea
a
as cem
b
+2
c
as dan
quiz start topic:decision-trees questions:2
a
b
+30
as bea
+9
as bea
b
as eva
c
as cem
+1
a
+31
as dan
+9
as eva
a
as dan
quiz start topic:linear-regression questions:1
c
as bea
c
+31
as cem
leaderboard
+2
as cem
"""


@dataclass
class Life:
    """One database in a folder of its own."""

    folder: Path

    def __post_init__(self) -> None:
        self.engine: Engine = open_engine(prepare(self.folder / "play.db"))
        (self.folder / "clock").write_text("0")

    def start(self, step: int = 0) -> subprocess.Popen[str]:
        """A process that plays on the database, its gestures still to come; it dies at `step`, if given."""
        with (self.folder / "screen").open("a") as screen:
            return subprocess.Popen(
                [sys.executable, "-m", "tests.crash.runner", str(self.folder), *([str(step)] if step else [])],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=screen,
                stderr=subprocess.STDOUT,
                text=True,
            )

    def play(self, gestures: str, step: int = 0) -> int:
        """Play to the end, or to the deadly step; the exit code."""
        process = self.start(step)
        process.communicate(gestures, timeout=ENOUGH)
        return process.returncode

    def play_until(self, gestures: str, seconds: float) -> int:
        """Play, and kill the process so many seconds after the round was asked for; the exit code."""
        process = self.start()
        assert process.stdin
        process.stdin.write(gestures)
        process.stdin.flush()
        self.wait_for("begin")
        time.sleep(seconds)
        process.kill()
        process.stdin.close()
        return process.wait(ENOUGH)

    def wait_for(self, what: str) -> None:
        """Wait until the log says so."""
        deadline = time.monotonic() + ENOUGH
        while not any(entry[0] == what for entry in self.log()):
            assert time.monotonic() < deadline, f"no {what!r} in {self.log()}"
            time.sleep(0.005)

    def log(self) -> list[list[str]]:
        """What the processes noted so far."""
        path = self.folder / "log"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def now(self) -> datetime:
        """The moved clock of the processes."""
        return datetime.now(UTC) + timedelta(seconds=float((self.folder / "clock").read_text()))

    def answers(self) -> dict[tuple[str, int], tuple[int, ...]]:
        """Which options every member's answer to every question names."""
        with transaction(self.engine, reads=True) as db:
            rows = db.execute(
                select(ACCOUNT.c.user, ANSWER.c.round_item_id, ANSWER.c.response).select_from(
                    ANSWER.join(ACCOUNT, ACCOUNT.c.id == ANSWER.c.account_id)
                )
            ).all()
        return {(row.user, row.round_item_id): unpack(row.response).options for row in rows}

    def rows(self, query: str) -> list[tuple[object, ...]]:
        """The rows of one of the questions below."""
        with transaction(self.engine, reads=True) as db:
            return [tuple(row) for row in QUESTIONS[query](db)]


def _sending(db: Connection) -> list[tuple[object, ...]]:
    found = select(MESSAGE.c.key).where(MESSAGE.c.state == "sending", MESSAGE.c.ref.is_(None))
    return [tuple(row) for row in db.execute(found)]


def _unsent(db: Connection) -> list[tuple[object, ...]]:
    found = select(MESSAGE.c.key, MESSAGE.c.state, MESSAGE.c.wanted, MESSAGE.c.sent)
    return [tuple(row) for row in db.execute(found) if row.state != "sent" or row.wanted != row.sent]


def _posts(db: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(select(MESSAGE.c.key).where(MESSAGE.c.channel != ""))]


def _live(db: Connection) -> list[tuple[object, ...]]:
    found = select(ROUND.c.id, ROUND.c.state).where(ROUND.c.kind == "live")
    return [tuple(row) for row in db.execute(found)]


def _open(db: Connection) -> list[tuple[object, ...]]:
    found = (
        select(ROUND_ITEM.c.id, ROUND_ITEM.c.closes_at)
        .select_from(ROUND_ITEM.join(ROUND, ROUND.c.id == ROUND_ITEM.c.round_id))
        .where(ROUND.c.kind == "live", ROUND_ITEM.c.opened_at.is_not(None), ROUND_ITEM.c.closed_at.is_(None))
    )
    return [tuple(row) for row in db.execute(found)]


def _alarms(db: Connection) -> list[tuple[object, ...]]:
    return [tuple(row) for row in db.execute(select(ALARM.c.key))]


QUESTIONS = {
    "sending": _sending,
    "unsent": _unsent,
    "posts": _posts,
    "live": _live,
    "open": _open,
    "alarms": _alarms,
}
