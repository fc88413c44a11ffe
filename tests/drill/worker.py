"""Brings up workers of a drill: `python -m tests.drill.worker PORT URL CLOCK`, then a line on the input for each.

A worker is a process of its own, the program's core put together as always, on the stand-in's platforms and the shared
clock. They are forked from one process that has everything loaded, so that a new one is there at once.
"""

import asyncio
import contextlib
import os
import signal
import sys
import traceback
from pathlib import Path

import psycopg  # noqa: F401 (loaded before the fork)

from bot import composition
from bot.library import load
from bot.store.engine import open_engine
from tests.drill.clock import SharedClock
from tests.drill.port import DrillPort, ask

LIBRARY = load(Path(__file__).parent.parent / "bank")


async def live(port: int, url: str, clock: SharedClock) -> None:
    """Do what is due whenever it is this worker's turn, until the stand-in is gone."""
    composition.now = clock
    ports = {name: DrillPort(name, port, nonces=name == "discord") for name in ("discord", "slack")}
    host = composition.compose(open_engine(url), LIBRARY, None, ports)
    turn = 0
    while True:
        turn = int((await ask(port, do="turn", turn=turn))["turn"])
        await asyncio.gather(host.beat(), host.settle())  # the sender sends while the clock still fires
        await host.settle()


def bear(port: int, url: str, clock: SharedClock) -> int:
    """A new worker; its process' number."""
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # whoever reads the parent's words waits for no child
        sys.stdin.close()
        with contextlib.suppress(ConnectionError):
            asyncio.run(live(port, url, clock))
        code = 0
    except BaseException:  # noqa: BLE001 (a fault must not run on in the parent's code)
        traceback.print_exc()
    finally:
        os._exit(code)


def main() -> None:
    """A worker for each line, until the input ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # whoever dies is gone at once
    port, url, clock = int(sys.argv[1]), sys.argv[2], SharedClock(Path(sys.argv[3]))
    for _line in sys.stdin:
        sys.stdout.write(f"{bear(port, url, clock)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
