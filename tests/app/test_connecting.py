"""A process that starts connects first: what is due waits for that, but not for long."""

import asyncio
from contextlib import AsyncExitStack
from datetime import datetime
from typing import Any

import pytest

from bot import composition
from bot.composition import Plugged


class SlowlyConnected:
    """A host and a platform at once: notes what it is asked to do, and when a gesture can come."""

    def __init__(self) -> None:
        self.connected = asyncio.Event()
        self.done: list[str] = []

    async def start(self) -> None:
        """Begin to send."""
        self.done.append("sends")

    async def beat(self) -> datetime | None:
        """Beat once."""
        self.done.append("beats")
        return None

    def on_alarm(self, _at: datetime) -> None:
        """Be told of an alarm."""

    async def work(self, running: AsyncExitStack) -> None:
        """Work as a process does that serves this platform."""
        host: Any = self
        served = Plugged(host, asyncio.Event().wait, asyncio.Event().wait, self.connected.wait)  # type: ignore[arg-type]
        await composition.working(host, [served], running)


async def test_what_is_due_waits_for_the_connection() -> None:
    """Nothing is sent and nothing beats before a gesture can come; then both begin."""
    process = SlowlyConnected()
    async with AsyncExitStack() as running:
        working = asyncio.create_task(process.work(running))
        await asyncio.sleep(0.05)
        assert process.done == []
        process.connected.set()
        await asyncio.wait_for(working, 5)
        assert process.done == ["sends", "beats"]


async def test_a_platform_that_is_away_holds_up_no_post_for_long(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where no connection comes, what is due is done all the same: another platform may take it."""
    monkeypatch.setattr(composition, "CONNECTING", 0.05)
    process = SlowlyConnected()
    async with AsyncExitStack() as running:
        await asyncio.wait_for(process.work(running), 5)
        assert process.done == ["sends", "beats"]
