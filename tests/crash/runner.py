"""Runs `batchmate play` on tests/bank so that it can be killed anywhere: `python -m tests.crash.runner FOLDER [STEP]`.

The clock is the real one plus the seconds in FOLDER/clock; a line `+31` on the input moves it. A line `!token` presses
a button by its token. FOLDER/log gets every public post, every gesture that is about to be dealt with, and every
reply that reached its member. With STEP the process kills itself at that step after the round was asked for: a step is
each side of a statement, of a commit and of a post.
"""

import asyncio
import json
import os
import signal
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, Pool, event

from adapters.terminal import adapter, inbound
from bot import __main__ as program
from bot import composition
from bot.chat.cards import Card
from bot.chat.people import MessageRef, Space
from bot.chat.replies import Reply

BANK = Path(__file__).parent.parent / "bank"
FOLDER = Path(sys.argv[1])
DEADLY_STEP = int(sys.argv[2]) if len(sys.argv) > 2 else 0
STARTING_GUN = "quiz live"

_log = os.open(FOLDER / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_offset = float((FOLDER / "clock").read_text())
_steps = -1  # below 0: the round has not been asked for


def note(what: str, *words: str) -> None:
    """A line of the log, written at once and whole."""
    os.write(_log, (json.dumps([what, *words]) + "\n").encode())


def now() -> datetime:
    """The moved clock."""
    return datetime.now(UTC) + timedelta(seconds=_offset)


def step(*_event: object) -> None:
    """One more step; the deadly one is the last thing that this process does."""
    global _steps  # noqa: PLW0603 (a process has one life)
    if _steps < 0:
        return
    _steps += 1
    if _steps == DEADLY_STEP:
        os.kill(os.getpid(), signal.SIGKILL)


class Gestures:
    """The lines of the pipe; those that move the clock are taken here."""

    def readline(self) -> str:
        """The next gesture, after moving the clock as far as lines say; empty at the end."""
        global _offset, _steps  # noqa: PLW0603 (a process has one clock)
        while (line := sys.__stdin__.readline()).startswith("+"):  # type: ignore[union-attr]
            _offset += float(line)
            (FOLDER / "clock.new").write_text(str(_offset))
            (FOLDER / "clock.new").replace(FOLDER / "clock")
        if line.startswith(STARTING_GUN):
            _steps = 0
            note("begin")
        if not line:
            note("end", str(_steps))
        return line

    def isatty(self) -> bool:
        """A pipe is nobody."""
        return False


class Recorded(adapter.Terminal):
    """The terminal, with a log of what it was asked to do and did."""

    _tried = ""

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        """Show a message to everyone, and note that it was shown."""
        step()
        ref = await super().post(space, card, key)
        note("post", key)
        await asyncio.sleep(0)
        step()
        return ref

    async def gesture(self, line: str) -> bool:
        """Do what a line says; `!token` presses a button that this screen may not show."""
        if line.startswith("!"):
            await self._press(inbound.PressIt("", line[1:].strip()))
            return True
        return await super().gesture(line)

    async def _press(self, given: inbound.PressIt) -> None:
        note("try", self.member.name, given.token)
        self._tried = given.token
        await super()._press(given)

    async def _answer(self, reply: Reply | None, pressed: str | None) -> None:
        card = (reply.update or reply.card) if reply else None
        note("told", self.member.name, self._tried, card.title if card else "")
        self._tried = ""
        await super()._answer(reply, pressed)


def main() -> None:
    """Inject clock, log and steps; then the program as it is."""
    composition.now = now
    adapter.Terminal = Recorded  # type: ignore[misc]
    sys.stdin = Gestures()
    happenings: tuple[tuple[Any, str], ...] = (
        (Engine, "before_cursor_execute"),
        (Engine, "after_cursor_execute"),
        (Engine, "commit"),
        (Pool, "reset"),
    )
    for target, name in happenings:
        event.listen(target, name, step)
    database = f"sqlite:///{FOLDER / 'play.db'}"
    sys.argv = ["batchmate", "play", "--database", database, "--content", str(BANK), "--seed", "7"]
    program.main()


if __name__ == "__main__":
    main()
