"""The program in a local Discord beside a bare discord.py bot: CPU a gesture, memory, start; each alone."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from time import perf_counter, sleep
from typing import Any

from tests.benchmarks.figures import Figure, Size
from tests.benchmarks.processes import Bot, Town

ROOT = Path(__file__).parents[2]
MEMBERS = ("ann", "bea", "cem", "dag", "eli")
WARM, COUNTED, TURNS, RUNS = 100, 20, 30, 9  # short turns: a mood of the machine then meets both
SERVERS = 1_000
BOUND = 3.0
DECLARED = [{"name": "mate", "description": "-"}]
FLOOR = "a bare discord.py bot that answers a constant"


Gesture = Callable[[int], dict[str, Any]]
Gesturing = tuple[Bot, Gesture]


@contextmanager
def town(servers: int = 1) -> Iterator[Town]:
    """A stand-in of so many servers."""
    command = [
        sys.executable,
        "-m",
        "tests.fakes.discord_server",
        "--port",
        "0",
        "--guilds",
        str(servers),
        "--log",
        "10",
    ]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout
        said = json.loads(process.stdout.readline())
        try:
            yield Town(said["control"], said["api"], said["token"])
        finally:
            process.terminate()


@contextmanager
def bot(where: Town, *command: str, **more: str) -> Iterator[tuple[Bot, float]]:
    """A bot in the town, and how long it took to be ready."""
    environment = {
        **os.environ,
        "DISCORD_TOKEN": where.token,
        "DISCORD_API_URL": where.api,
        "LOG_LEVEL": "ERROR",
        **more,
    }
    begun = perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", *command],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        where.ask("ready", seconds=60)
        yield Bot(where, process.pid), perf_counter() - begun
    finally:
        process.terminate()
        process.wait(20)


@contextmanager
def ours(where: Town) -> Iterator[tuple[Bot, float]]:
    """Batchmate, on a database that is there already."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        subprocess.run(
            [sys.executable, "-m", "bot", "migrate", "--database", url], check=True, cwd=ROOT, stdout=subprocess.DEVNULL
        )
        with bot(where, "bot", "run", DATABASE_URL=url) as running:
            yield running


@contextmanager
def bare(where: Town) -> Iterator[tuple[Bot, float]]:
    """The floor."""
    where.ask("declare", commands=DECLARED)
    with bot(where, "tests.fakes.bare_discord_bot") as running:
        yield running


def measure() -> Iterator[Figure | Size]:
    """CPU a slash command and a press, memory, start; what is compared runs in turns, since machines have moods."""
    with town() as there, bare(there) as (floor, _), town() as here, ours(here) as (found, _):
        for line in ("mate", "leaderboard", "my stats", "quiz start"):
            yield _compared(
                f"CPU of /{line}",
                (found, lambda number, line=line: _slash(line, number)),
                (floor, lambda number: _slash("mate", number)),
            )
        yield _compared(
            "CPU of a press in a quiz, answers and next ones",
            (found, _playing(here)),
            (floor, lambda n: _press("x|1", n)),
        )
        yield Size("memory after that", found.memory(), floor.memory())
        tokens = _live_question(here)
        yield _compared(
            "CPU of an answer in a live round",
            (found, lambda number: _press(tokens[number // len(MEMBERS) % 2], number)),
            (floor, lambda number: _press("anything|1", number)),
        )
    yield from _memory_of_servers()
    yield from _starts()


def _compared(what: str, ours: Gesturing, floor: Gesturing) -> Figure:
    """Processor seconds of one gesture, ours and the floor's, taken in turns."""
    for found, gesture in (ours, floor):
        _send(found.town, gesture, WARM)
    pairs = [(_cost(*ours), _cost(*floor)) for _turn in range(TURNS)]
    return Figure(what, median(pair[0] for pair in pairs), median(pair[1] for pair in pairs), FLOOR, BOUND)


def _memory_of_servers() -> Iterator[Size]:
    held: dict[str, list[float]] = {"bare": [], "ours": []}
    for servers in (1, SERVERS):
        for name, start in (("bare", bare), ("ours", ours)):
            with town(servers) as where, start(where) as (found, _ready):
                sleep(5)
                held[name].append(found.memory())
    yield Size("memory idle", held["ours"][0], held["bare"][0])
    yield Size(f"memory of {SERVERS} servers", held["ours"][1] - held["ours"][0], held["bare"][1] - held["bare"][0])


def _starts() -> Iterator[Figure]:
    took: dict[str, list[float]] = {"bare": [], "ours": []}
    for _run in range(RUNS):
        for name, start in (("bare", bare), ("ours", ours)):
            with town() as where, start(where) as (_found, ready):
                took[name].append(ready)
    yield Figure("start to ready", median(took["ours"]), median(took["bare"]), FLOOR, BOUND)


def _cost(found: Bot, gesture: Gesture) -> float:
    before = found.cpu()
    _send(found.town, gesture, COUNTED)
    return (found.cpu() - before) / COUNTED


def _send(where: Town, gesture: Gesture, count: int) -> None:
    for number in range(count):  # one after the other, as members make them
        one = gesture(number)  # which may look at what came of the one before
        where.ask("forget")
        told = where.ask("many", gestures=[one], seconds=30)
        assert not told[0]["failed"], told


def _slash(line: str, number: int, **options: object) -> dict[str, Any]:
    who = MEMBERS[number % len(MEMBERS)]
    return {"verb": "slash", "guild": "server1", "channel": "study", "user": who, "line": line, "options": options}


def _press(token: str, number: int) -> dict[str, Any]:
    who = MEMBERS[number % len(MEMBERS)]
    return {"verb": "press", "target": token, "user": who, "channel": "study"}


def _playing(where: Town) -> Gesture:
    """Members who play quizzes of twenty questions to their ends, in turn: each does what the last answer offers."""
    onward: dict[str, str] = {}

    def made(number: int) -> dict[str, Any]:
        before = MEMBERS[(number - 1) % len(MEMBERS)]
        answers = where.ask("log", route="POST /interactions/*/*/callback")
        offered = [token for one in answers for token in _tokens(one["body"].get("data", {}).get("components", []))]
        ways = (
            token
            for way in ("quiz.next|", "quiz.answer|", "quiz.unsure|")
            for token in offered
            if token.startswith(way)
        )
        onward[before] = next(ways, "")
        token = onward.get(MEMBERS[number % len(MEMBERS)])
        return _press(token, number) if token else _slash("quiz start", number, questions=20)

    return made


def _live_question(where: Town) -> list[str]:
    """Start live rounds until one has a question with options; the tokens of two of them."""
    for _round in range(20):
        where.ask("many", gestures=[_slash("quiz live", 0, questions=1, seconds=300)])
        sleep(1)
        posted = where.ask("log", route="POST /channels/*/messages")[-1]["body"]["components"]
        tokens = [token for token in _tokens(posted) if token.startswith("live.answer|")]
        if len(tokens) >= 2:
            return tokens[:2]
        where.ask("many", gestures=[_slash("quiz stop", 0)])
    raise AssertionError("no question with options came")


def _tokens(parts: list[dict[str, Any]]) -> Iterator[str]:
    for part in parts:
        if "custom_id" in part:
            yield part["custom_id"]
        yield from _tokens(part.get("components", []))
