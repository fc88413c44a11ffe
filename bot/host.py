"""Where the synchronous core meets an event loop: a small thread pool, a sender, a clock told what is next."""

import asyncio
import contextlib
import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy.exc import DBAPIError

from bot.app import App
from bot.beat import Beat
from bot.chat.port import ChatPort
from bot.chat.replies import Reply
from bot.chat.requests import Request, Suggest
from bot.context import Effects
from bot.delivery import EDIT_PAUSE, Delivery
from bot.jobs import Jobs

log = logging.getLogger(__name__)

T = TypeVar("T")
THREADS = 4
IDLE_SECONDS = 30.0
RETRY = timedelta(seconds=1)


class Host:
    """Runs the core beside an event loop, so that no request and no slow disk can stall the loop."""

    def __init__(
        self,
        app: App,
        beat: Beat,
        jobs: Jobs,
        ports: Mapping[str, ChatPort],
        *,
        edit_pause: timedelta = EDIT_PAUSE,
    ) -> None:
        self.app = app
        self.on_alarm: Callable[[datetime], None] = lambda _at: None
        self._beat = beat
        self._jobs = jobs
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="core")
        self._delivery = Delivery(app.core.engine, ports, app.core.clock, self._in_thread, edit_pause)
        self._send = asyncio.Event()
        self._work = asyncio.Event()
        self._sending = asyncio.Lock()
        self._beating = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Begin to send messages and to run jobs, those of before the start first."""
        self._send.set()
        self._work.set()
        self._tasks = [asyncio.create_task(self._sender()), asyncio.create_task(self._worker())]

    async def stop(self) -> None:
        """End the workers; what is being sent is finished first."""
        async with self._sending:
            for task in self._tasks:
                task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        self._pool.shutdown(wait=True)

    async def handle(self, request: Request) -> Reply | None:
        """Answer a request; None for one that was answered before."""
        outcome = await self._in_thread(lambda: self.app.handle(request))
        self._wake(outcome.effects)
        return outcome.reply

    async def suggest(self, request: Suggest) -> list[tuple[str, str]]:
        """Autocomplete."""
        return await self._in_thread(lambda: self.app.suggest(request))

    async def beat(self) -> datetime | None:
        """Run what is due by the clock; when the next alarm is. A database out of reach is logged, and tried later.

        Beats of one process follow each other, so that after one everything that was due is done.
        """
        try:
            async with self._beating:
                beaten = await self._in_thread(self._beat.run)
            self._wake(beaten.effects)
            async with self._sending:
                await self._delivery.recover()
        except DBAPIError as error:
            log.error("The database refused a beat: %s", type(error.orig).__name__)
            return self.app.core.clock() + RETRY
        return beaten.next_alarm

    async def settle(self) -> None:
        """Wait until everything that is due now has been sent and done. A database out of reach is logged."""
        try:
            self._wake(await self._in_thread(self._jobs.run))
            async with self._sending:
                await self._delivery.flush()
        except DBAPIError as error:
            log.error("The database refused the sender: %s", type(error.orig).__name__)

    def _wake(self, effects: Effects) -> None:
        if effects.messages:
            self._send.set()
        if effects.jobs:
            self._work.set()
        if effects.alarm is not None:
            self.on_alarm(effects.alarm)

    async def _sender(self) -> None:
        while True:
            self._send.clear()
            due = None
            try:
                async with self._sending:
                    due = await self._delivery.flush()
            except DBAPIError as error:
                log.error("The database refused the sender: %s", type(error.orig).__name__)
                due = self.app.core.clock() + RETRY
            await self._sleep(self._send, due)

    async def _worker(self) -> None:
        while True:
            self._work.clear()
            try:
                self._wake(await self._in_thread(self._jobs.run))
            except DBAPIError as error:
                log.error("The database refused the jobs: %s", type(error.orig).__name__)
            await self._sleep(self._work, None)

    async def _sleep(self, event: asyncio.Event, due: datetime | None) -> None:
        wait = IDLE_SECONDS
        if due is not None:
            wait = min(wait, max(0.05, (due - self.app.core.clock()).total_seconds()))
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(event.wait(), wait)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)
