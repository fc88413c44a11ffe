"""The workers of a drill: brought up, killed with SIGKILL, and brought up again."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from time import monotonic

ROOT = Path(__file__).parent.parent.parent
ENOUGH = 30.0


class Crew:
    """So many workers at a time; who is killed is replaced at once, unless all are `down`."""

    def __init__(self, count: int, log: Path) -> None:
        self.living: set[int] = set()
        self.killed = 0
        self.count = count
        self._log = log
        self._down = False
        self._bearing = asyncio.Lock()
        self._mother: asyncio.subprocess.Process | None = None

    async def start(self, port: int, url: str, clock: Path) -> None:
        """Bring everyone up."""
        with self._log.open("a") as log:
            self._mother = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.drill.worker", str(port), url, str(clock)),
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        await self.up()

    async def up(self) -> None:
        """Bring up whoever is missing."""
        self._down = False
        await self._replace()

    async def _replace(self) -> None:
        async with self._bearing:
            while len(self.living) < self.count and not self._down:
                self.living.add(await self._bear())

    async def down(self) -> None:
        """Kill everyone, and leave it so."""
        self._down = True
        async with self._bearing:
            for pid in list(self.living):
                await self.kill(pid)

    async def kill(self, pid: int) -> None:
        """Kill one, and see it gone."""
        if pid not in self.living:
            return
        self.living.discard(pid)
        self.killed += 1
        os.kill(pid, signal.SIGKILL)
        await _gone(pid)
        if not self._down:
            await self._replace()

    async def stop(self) -> None:
        """Kill everyone for good."""
        await self.down()
        if self._mother is not None:
            await self._mother.communicate(b"")

    def said(self) -> str:
        """What the workers wrote."""
        return self._log.read_text() if self._log.exists() else ""

    async def _bear(self) -> int:
        assert self._mother, "nobody is there to bring workers up"
        assert self._mother.stdin
        assert self._mother.stdout
        self._mother.stdin.write(b"one\n")
        async with asyncio.timeout(ENOUGH):
            line = await self._mother.stdout.readline()
        assert line, f"no worker comes up: {self.said()[-2000:]}"
        return int(line)


async def _gone(pid: int) -> None:
    deadline = monotonic() + ENOUGH
    while True:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return
        assert monotonic() < deadline, f"the process {pid} does not die"
        await asyncio.sleep(0.001)
