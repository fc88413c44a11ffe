"""Waiting until something is so, with a limit, without polling."""

import asyncio
import time
from collections.abc import Callable


class Waiting:
    """Something that changes, and that can be waited for."""

    def __init__(self) -> None:
        self._waiters: set[asyncio.Event] = set()

    def changed(self) -> None:
        """Let everybody who waits look again."""
        for waiter in self._waiters:
            waiter.set()

    async def until(self, condition: Callable[[], bool], seconds: float, story: Callable[[], str]) -> None:
        """Return once `condition` holds; after `seconds` raise TimeoutError with what `story` tells."""
        if condition():
            return
        waiter = asyncio.Event()
        self._waiters.add(waiter)
        deadline = time.monotonic() + seconds
        try:
            while not condition():
                waiter.clear()
                try:
                    await asyncio.wait_for(waiter.wait(), deadline - time.monotonic())
                except TimeoutError:
                    if condition():
                        return
                    raise TimeoutError(f"not so within {seconds} s\n{story()}") from None
        finally:
            self._waiters.discard(waiter)
