"""Where the synchronous core meets an event loop: a few threads, a sender, a clock told what is next.

Forms have two threads of their own: a platform waits for them, so they never wait behind other work.
"""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import CancelledError, Future
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection, select
from sqlalchemy.exc import DBAPIError

from bot.app import App
from bot.beat import Beat
from bot.chat.people import Space
from bot.chat.port import ChatPort, DeliveryError, Failure, Probe
from bot.chat.replies import Reply
from bot.chat.requests import (
    CommandCall,
    FormSubmit,
    Gesture,
    HomeOpened,
    Lifecycle,
    Press,
    Request,
    Shortcut,
    Suggest,
)
from bot.context import Effects, failure_place
from bot.delivery import EDIT_PAUSE, Delivery
from bot.jobs import Jobs
from bot.ports import Meter
from bot.store import homes, turns
from bot.store.engine import AWAY, transaction
from bot.threads import Threads
from bot.troubles import Troubles

log = logging.getLogger(__name__)

T = TypeVar("T")
THREADS = 4
FORM_THREADS = 2
IDLE_SECONDS = 30.0
STOP_SECONDS = 3.0
PROBE_SECONDS = 10.0
LONGEST_WAIT = 60.0  # seconds between tries to write down what happened to the bot
_NOTHING = select(1)
RETRY = timedelta(seconds=1)
NAMES: Mapping[type[object], str] = {
    CommandCall: "command",
    Press: "press",
    FormSubmit: "form",
    HomeOpened: "home",
    Shortcut: "shortcut",
}


class Host:
    """Runs the core beside an event loop, so that no request and no slow disk can stall the loop.

    `on_alarm` is told when something will be due, `meter` counts; both are plugged in by whoever has one.
    """

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
        self._ports = ports
        self._loop: asyncio.AbstractEventLoop | None = None
        jobs.services = replace(jobs.services, probe=self._probe)
        jobs.platforms = tuple(ports)
        self._threads = Threads(THREADS, "core")
        self._form_threads = Threads(FORM_THREADS, "forms")
        self._delivery = Delivery(
            app.core.engine, ports, app.core.clock, self.in_thread, edit_pause, known_to=Troubles(app.core)
        )
        self._work = asyncio.Event()
        self._sending = asyncio.Lock()
        self._beating = asyncio.Lock()
        self._tasks: list[asyncio.Task[None]] = []
        self._asked: set[Future[Probe]] = set()
        self._stopping = False

    @property
    def meter(self) -> Meter:
        """Who counts."""
        return self._delivery.meter

    @meter.setter
    def meter(self, meter: Meter) -> None:
        self._delivery.meter = meter

    async def start(self) -> None:
        """Begin to send messages and to run jobs, those of before the start first."""
        self._delivery.wanted.set()
        self._work.set()
        self._tasks = [asyncio.create_task(self._sender()), asyncio.create_task(self._worker())]

    async def stop(self, patience: float = STOP_SECONDS) -> None:
        """End the workers; what is being sent is finished first, if it takes no longer than `patience` seconds.

        What is cut off stands as being sent, and is looked for on its platform by whoever runs next.
        """
        self._stopping = True
        self._jobs.stop()
        for asked in list(self._asked):
            asked.cancel()
        self._delivery.close()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience), self._sending:
                pass
        for task in self._tasks:
            task.cancel()
        for task in self._tasks:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        for threads in (self._threads, self._form_threads):
            await threads.close()

    async def handle(self, request: Request) -> Reply | None:
        """Answer a request; None for one that was answered before, and for what happened to the bot itself."""
        if isinstance(request, Lifecycle):
            return await self._patiently(lambda: self._handle(request, self._threads))
        return await self._handle(request, self._threads)

    def opens_form(self, request: Gesture) -> bool:
        """Whether the answer to `request` is a form, which is for `open_form`."""
        return self.app.opens_form(request)

    async def open_form(self, request: Gesture) -> Reply | None:
        """Answer a request whose answer is a form, whatever else the core is doing."""
        return await self._handle(request, self._form_threads)

    async def _handle(self, request: Request, threads: Threads) -> Reply | None:
        loop = asyncio.get_running_loop()
        begun = loop.time()
        outcome = await threads.run(partial(self.app.handle, request))
        self.meter.handled(request.space.platform, NAMES.get(type(request), "lifecycle"), loop.time() - begun)
        self._wake(outcome.effects)
        return outcome.reply

    async def suggest(self, request: Suggest) -> list[tuple[str, str]]:
        """Autocomplete."""
        return await self.in_thread(lambda: self.app.suggest(request))

    async def workspaces(self, platform: str) -> dict[str, tuple[str, str]]:
        """The workspaces that the bot is in, as far as it was told: for an adapter to find out what it missed.

        Each with what it was last called, and who added the bot there.
        """
        return await self._patiently(
            lambda: self.in_thread(lambda: self._look(lambda db: homes.active_workspaces(db, platform)))
        )

    def _look(self, look: Callable[[Connection], T]) -> T:
        with transaction(self.app.core.engine, reads=True) as db:
            return look(db)

    async def _patiently(self, work: Callable[[], Awaitable[T]]) -> T:
        """What `work` brings, tried again until the database answers: it is about the bot itself, and nobody waits."""
        wait = 0.5
        while True:
            try:
                return await work()
            except AWAY as error:
                if self._stopping:
                    raise
                wait = min(LONGEST_WAIT, 2 * wait)
                log.warning(
                    "The database does not answer (%s): what happened to the bot is written down later; the next try "
                    "is in %.0f s. Look at the database",
                    type(error.orig).__name__,
                    wait,
                )
                await asyncio.sleep(wait)

    async def turn(self, name: str, every: timedelta) -> float:
        """How many seconds to wait for a turn of one's own, `every` apart from the others', in whatever process."""

        def reserve() -> float:
            now = self.app.core.clock()
            with transaction(self.app.core.engine) as db:
                return (turns.reserve(db, name, now, every) - now).total_seconds()

        return await self.in_thread(reserve)

    async def health(self) -> str:
        """What is wrong with the database; nothing if all is well."""
        try:
            await self.in_thread(lambda: self._look(lambda db: db.execute(_NOTHING)))
        except DBAPIError as error:
            return f"the database does not answer: {type(error.orig).__name__}"
        return ""

    async def beat(self) -> datetime | None:
        """Run what is due by the clock; when the next alarm is. A database out of reach is logged, and tried later.

        Beats of one process follow each other, so that after one everything that was due is done.
        """
        try:
            async with self._beating:
                beaten = await self.in_thread(self._beat.run)
            self._wake(beaten.effects)
            await self._delivery.recover()
        except DBAPIError as error:
            log.error("The database refused a beat: %s", type(error.orig).__name__)
            self._wake(Effects(messages=True, jobs=True))  # of what it served before that
            return self.app.core.clock() + RETRY
        return beaten.next_alarm

    async def settle(self) -> None:
        """Wait until everything that is due now has been sent and done. A database out of reach is logged."""
        try:
            self._wake(await self.in_thread(self._jobs.run))
            async with self._sending:
                await self._delivery.flush()
        except DBAPIError as error:
            log.error("The database refused the sender: %s", type(error.orig).__name__)

    def _wake(self, effects: Effects) -> None:
        if effects.messages:
            self._delivery.wanted.set()
        if effects.jobs:
            self._work.set()
        if effects.alarm is not None:
            self.on_alarm(effects.alarm)

    async def _sender(self) -> None:
        while True:
            due = None
            try:
                async with self._sending:
                    due = await self._delivery.flush()
            except DBAPIError as error:
                log.error("The database refused the sender: %s", type(error.orig).__name__)
                due = self.app.core.clock() + RETRY
            except Exception as error:  # noqa: BLE001 (a sender that is gone would be missed by nobody)
                log.error("The sender failed with %s at %s", type(error).__name__, failure_place(error))
                due = self.app.core.clock() + RETRY
            await self._sleep(self._delivery.wanted, due)

    async def _worker(self) -> None:
        while True:
            self._work.clear()
            try:
                self._wake(await self.in_thread(self._jobs.run))
            except DBAPIError as error:
                log.error("The database refused the jobs: %s", type(error.orig).__name__)
            except Exception as error:  # noqa: BLE001 (nor would a worker)
                log.error("The worker failed with %s at %s", type(error).__name__, failure_place(error))
            await self._sleep(self._work, None)

    async def _sleep(self, event: asyncio.Event, due: datetime | None) -> None:
        wait = IDLE_SECONDS
        if due is not None:
            wait = min(wait, max(0.05, (due - self.app.core.clock()).total_seconds()))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(wait):  # `wait_for` can swallow the cancellation that ends a worker
                await event.wait()

    def _probe(self, space: Space) -> Probe:
        """What is missing to post in a place, for who waits in a thread beside the event loop."""
        port = self._ports.get(space.platform)
        if port is None or self._loop is None:
            raise DeliveryError(Failure.TRANSIENT, f"{space.platform} is not plugged in here")
        asked = asyncio.run_coroutine_threadsafe(port.probe(space), self._loop)
        self._asked.add(asked)
        if self._stopping:
            asked.cancel()
        try:
            return asked.result(PROBE_SECONDS)
        except (TimeoutError, CancelledError) as error:
            asked.cancel()
            raise DeliveryError(Failure.TRANSIENT, "the platform does not answer") from error
        finally:
            self._asked.discard(asked)

    async def in_thread(self, work: Callable[[], T]) -> T:
        """What `work` brings, done beside the event loop."""
        self._loop = asyncio.get_running_loop()
        return await self._threads.run(work)
