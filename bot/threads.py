"""Threads beside an event loop, for work that would stall it."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import TypeVar

T = TypeVar("T")


class Threads:
    """At most so many threads; the one that was free last works next, with its connection and its caches warm.

    A `ThreadPoolExecutor` of several wakes two of them for each piece of work, and the second for nothing.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most = most
        self._closed = False
        self._closing = asyncio.Lock()
        self._idle: asyncio.LifoQueue[ThreadPoolExecutor] = asyncio.LifoQueue()
        for number in range(most):
            self._idle.put_nowait(ThreadPoolExecutor(1, f"{name}-{number}"))

    async def run(self, work: Callable[[], T]) -> T:
        """What `work` brings, done in a thread as soon as one is free. Raises RuntimeError after `close`."""
        if self._closed:
            raise RuntimeError("the threads are closed: nothing more is done here")
        thread = await self._idle.get()
        working = thread.submit(work)
        try:
            return await asyncio.wrap_future(working)
        finally:
            if working.done():
                self._idle.put_nowait(thread)
            else:  # who waited was cancelled; the thread is free once it is through
                working.add_done_callback(partial(self._free, asyncio.get_running_loop(), thread))

    def _free(self, loop: asyncio.AbstractEventLoop, thread: ThreadPoolExecutor, _done: object) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody needs a thread any more
            loop.call_soon_threadsafe(self._idle.put_nowait, thread)

    async def close(self) -> None:
        """End the threads once all that they were asked to do is done; again, it has nothing to do."""
        self._closed = True
        async with self._closing:  # of two who close, each alone takes all of them
            threads = [await self._idle.get() for _thread in range(self._most)]
            for thread in threads:
                thread.shutdown()
                self._idle.put_nowait(thread)
