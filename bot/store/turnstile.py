"""A lock whose waiters pass in the order in which they came; no lock of the standard library promises that."""

from collections import deque
from threading import Lock


class Turnstile:
    """Lets one through at a time; whoever leaves hands it to the one who has waited longest, and overtakes nobody."""

    def __init__(self) -> None:
        self._guard = Lock()
        self._taken = False
        self._waiting: deque[Lock] = deque()

    def enter(self, seconds: float) -> bool:
        """Wait for a turn for so long; False if there was none. Whoever has entered has to leave."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            mine = Lock()
            mine.acquire()
            self._waiting.append(mine)
        if mine.acquire(timeout=seconds):
            return True
        with self._guard:
            if mine in self._waiting:
                self._waiting.remove(mine)
                return False
        return True  # it was handed over at the last moment

    def leave(self) -> None:
        """Hand it on."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._taken = False
