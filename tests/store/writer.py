"""What a process of its own does in a test: bring a database up to date, play for a while, or ask for turns."""

import os
from datetime import timedelta
from pathlib import Path
from time import monotonic, sleep

from bot.library import load
from bot.store import turns
from bot.store.engine import open_engine, transaction
from bot.store.migrate import upgrade
from tests.clock import Clock
from tests.store.study import Study, choices_only, said, shown

BANK = Path(__file__).parent.parent / "bank"


def migrate(url: str, gate: str) -> None:
    """Wait at the gate, then bring the database up to date, and note what came of it."""
    engine = open_engine(url)
    wait_at(gate)
    done = upgrade(engine)
    engine.dispose()
    Path(gate, "made" if done else "found").touch()


def play(url: str, gate: str, name: str, token: str, rounds: int) -> None:
    """Wait at the gate, answer the live question with three members, then play solo rounds of two questions each."""
    engine = open_engine(url)
    study = Study(engine, choices_only(load(BANK)), Clock(), name)
    wait_at(gate)
    for number in range(3):
        told = said(study.press(f"{name} {number}", token))
        assert told.startswith("Kept"), told
    for number in range(rounds):
        member = f"{name} {number % 3}"
        asked = study.say(member, "quiz start", questions=2)
        for _question in range(2):
            answered = study.answer(member, shown(asked)[number % 3])
            update = answered.reply and answered.reply.update
            assert update, said(answered)
            onward = [button.token for button in update.buttons() if button.onward]
            if onward:
                asked = study.press(member, onward[0])
    engine.dispose()


def take_turns(url: str, gate: str, name: str, count: int) -> None:
    """Wait at the gate, then ask for so many turns and note when each is."""
    engine = open_engine(url)
    wait_at(gate)
    found = []
    for _turn in range(count):
        with transaction(engine) as db:
            found.append(turns.reserve(db, "turn", Clock().now, timedelta(seconds=5)).isoformat())
    engine.dispose()
    Path(gate, f"{name}.turns").write_text("\n".join(found))


def wait_at(gate: str) -> None:
    """Stand still at the folder `gate` until it is opened, so that all processes begin together."""
    Path(gate, f"{os.getpid()}.waits").touch()
    while not Path(gate, "open").exists():
        sleep(0.005)


def let_go(gate: Path, processes: int) -> None:
    """Open the gate as soon as so many processes wait at it."""
    deadline = monotonic() + 90
    while len(list(gate.glob("*.waits"))) < processes:
        assert monotonic() < deadline, f"{processes} processes did not start within 90 seconds"
        sleep(0.02)
    (gate / "open").touch()
