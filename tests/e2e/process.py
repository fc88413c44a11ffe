"""`batchmate` as a process of its own, beside a stand-in of a platform."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from aiohttp import ClientSession

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "bot")


class Running:
    """The process, and what it wrote."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.log: list[str] = []
        self._more = asyncio.Event()
        self._reading = [asyncio.create_task(self._read(stream)) for stream in (process.stdout, process.stderr)]

    async def _read(self, stream: asyncio.StreamReader | None) -> None:
        assert stream is not None
        async for line in stream:
            self.log.append(line.decode().rstrip())
            self._more.set()

    async def ended(self, seconds: float = 10.0) -> int:
        """The exit code, once it has ended."""
        await asyncio.wait_for(self.process.wait(), seconds)
        await asyncio.gather(*self._reading)
        return self.process.returncode or 0

    async def told_to_stop(self, seconds: float = 10.0) -> int:
        """Send SIGTERM; the exit code, once it has ended."""
        self.process.send_signal(signal.SIGTERM)
        return await self.ended(seconds)

    def lines(self, start: str) -> list[str]:
        """The lines of the log that start so: with a level, or a level and a name."""
        return [line for line in self.log if line.startswith(start)]

    async def says(self, start: str, times: int = 1, seconds: float = 20.0) -> None:
        """Return once so many lines start so."""
        async with asyncio.timeout(seconds):
            while len(self.lines(start)) < times:
                self._more.clear()
                await self._more.wait()


async def health_of(session: ClientSession, port: int) -> dict[str, str]:
    """How a process says that it is, with the status that belongs to it."""
    async with session.get(f"http://127.0.0.1:{port}/healthz") as answer:
        said: dict[str, str] = await answer.json()
        assert answer.status == (200 if said["status"] == "ok" else 503)
        return said


@asynccontextmanager
async def running(*arguments: str, **environment: str) -> AsyncIterator[Running]:
    """A `batchmate` with these arguments and this environment, killed at the end if it still runs."""
    inherited = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "PYTHONPATH") if name in os.environ}
    process = await asyncio.create_subprocess_exec(
        *PROGRAM,
        *arguments,
        cwd=ROOT,
        env={**inherited, **environment},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    found = Running(process)
    try:
        yield found
    finally:
        if process.returncode is None:
            process.kill()
        await found.ended()
