"""The program in a local Slack beside a bare bolt app, by sockets and by HTTP: CPU a gesture, memory of workspaces."""

import asyncio
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import sleep
from typing import Any

from adapters.slack.installations import Installed
from bot.store.engine import open_engine
from bot.store.migrate import upgrade
from bot.vault import Vault, new_key
from tests.benchmarks.figures import Figure, Size
from tests.benchmarks.processes import Bot, Town

ROOT = Path(__file__).parents[2]
MEMBERS = ("ann", "bea", "cem", "dag", "eli")
WARM, COUNTED, TURNS = 60, 20, 30  # short turns: a mood of the machine then meets both
TEAMS = 1_000
BOUND = 3.0
FLOOR = "a bare bolt app that acknowledges with a constant, {way}"
Gesture = Callable[[int], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Place:
    """A stand-in with what it has told of itself; `port` is where HTTP is delivered, or nothing for sockets."""

    town: Town
    said: Mapping[str, Any]
    port: int | None = None

    def environment(self) -> dict[str, str]:
        """What a bot in it needs, whichever it is."""
        token = next(iter(self.said["tokens"].values()))
        shared = {**os.environ, "SLACK_API_URL": self.town.api, "LOG_LEVEL": "ERROR"}
        if self.port is None:
            return {**shared, "SLACK_BOT_TOKEN": token, "SLACK_APP_TOKEN": self.said["app_token"]}
        return {**shared, "SLACK_SIGNING_SECRET": self.said["signing_secret"], "PORT": str(self.port)}


@contextmanager
def place(*, http: bool, teams: int = 1) -> Iterator[Place]:
    """A local Slack."""
    port = _free_port() if http else None
    more = ("--url", f"http://127.0.0.1:{port}") if http else ()
    command = (sys.executable, "-m", "tests.fakes.slack_server", "--teams", str(teams), "--log", "50", *more)
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        try:
            yield Place(Town(said["control"], said["api"], ""), said, port)
        finally:
            process.terminate()


@contextmanager
def running(where: Place, *command: str, **more: str) -> Iterator[Bot]:
    """A bot in it, from when it takes gestures."""
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env={**where.environment(), **more},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        if where.port is None:
            where.town.ask("ready", seconds=60)
        else:
            _wait_for(where.port)
        yield Bot(where.town, process.pid)
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def bare(where: Place) -> Iterator[Bot]:
    """The floor."""
    token = next(iter(where.said["tokens"].values()))
    with running(where, "tests.fakes.bare_slack_bot", SLACK_BOT_TOKEN=token) as found:
        yield found


@contextmanager
def ours(where: Place) -> Iterator[Bot]:
    """Batchmate; over HTTP it was added to every workspace before."""
    with tempfile.TemporaryDirectory() as folder:
        url, key = f"sqlite:///{Path(folder) / 'bench.db'}", new_key()
        more = {"DATABASE_URL": url}
        if where.port is not None:
            _install(where, url, key)
            more |= {"SLACK_CLIENT_ID": "1", "SLACK_CLIENT_SECRET": "2", "BATCHMATE_SECRET_KEY": key}
        with running(where, "bot", "run", **more) as found:
            yield found


def _install(where: Place, url: str, key: str) -> None:
    engine = open_engine(url)
    upgrade(engine)

    async def keep() -> None:
        vault = Vault(engine, [key], lambda: datetime.now(UTC), asyncio.to_thread)
        for team in where.town.ask("state")["teams"]:
            added = Installed(team["id"], team["name"], "", team["token"], team["bot"], "B1", "A1", ())
            await vault.keep("slack", added.team, added.grant())

    asyncio.run(keep())
    engine.dispose()


def measure() -> Iterator[Figure | Size]:
    """CPU a command and a press both ways, in turns with the floor; memory of workspaces."""
    for http in (False, True):
        way = "over HTTP" if http else "over a socket"
        with place(http=http) as there, bare(there) as floor, place(http=http) as here, ours(here) as found:
            for line in ("", "leaderboard", "my stats", "quiz start"):
                yield _compared(
                    f"CPU of /mate {line}".rstrip() + f", {way}", way, (found, _slash(line)), (floor, _slash(""))
                )
            yield _compared(
                f"CPU of a press (help), {way}",
                way,
                (found, _press("do|help")),
                (floor, _press("anything|1", waits="acknowledged")),
            )
    yield _memory_of_workspaces()


def _compared(what: str, way: str, ours: tuple[Bot, Gesture], floor: tuple[Bot, Gesture]) -> Figure:
    for found, gesture in (ours, floor):
        _send(found.town, gesture, WARM)
    pairs = [(_cost(*ours), _cost(*floor)) for _turn in range(TURNS)]
    took, least = median(pair[0] for pair in pairs), median(pair[1] for pair in pairs)
    return Figure(what, took, least, FLOOR.format(way=way), BOUND)


def _cost(found: Bot, gesture: Gesture) -> float:
    before = found.cpu()
    _send(found.town, gesture, COUNTED)
    return (found.cpu() - before) / COUNTED


def _send(where: Town, gesture: Gesture, count: int) -> None:
    for number in range(count):
        one = gesture(number)
        told = where.ask("many", wait=one.pop("waits"), gestures=[one], seconds=30)
        assert not any(answer["failed"] for answer in told), told
        where.ask("forget")


def _slash(line: str, team: str | None = None) -> Gesture:
    def made(number: int) -> dict[str, Any]:
        who = MEMBERS[number % len(MEMBERS)]
        return {"verb": "slash", "team": team, "channel": "study", "user": who, "text": line, "waits": "answered"}

    return made


def _press(token: str, waits: str = "answered") -> Gesture:
    def made(number: int) -> dict[str, Any]:
        who = MEMBERS[number % len(MEMBERS)]
        return {"verb": "press", "team": None, "user": who, "target": token, "channel": "study", "waits": waits}

    return made


def _memory_of_workspaces() -> Size:
    """What a thousand workspaces that have used the bot hold, each of them once."""
    with place(http=True, teams=TEAMS) as here, ours(here) as found:
        teams = [team["id"] for team in here.town.ask("state")["teams"]]
        _send(found.town, _slash("", teams[0]), 20)
        before = found.memory()
        for team in teams[1:]:
            _send(found.town, _slash("", team), 1)
        sleep(2)
        return Size(f"memory of {TEAMS} workspaces (at most 20 MiB)", found.memory() - before, 0)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _wait_for(port: int) -> None:
    for _try in range(900):
        with socket.socket() as one:
            if one.connect_ex(("127.0.0.1", port)) == 0:
                return
        sleep(0.1)
    raise AssertionError(f"nobody listens on {port}")
