"""The chat platforms of a drill: keep messages, deal with each call as fate has it, and call the workers by turns."""

import asyncio
import json
from collections import defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Any

from tests.drill.port import HOST

NONCE_KNOWN = timedelta(minutes=2)
LOOK_BACK = 100
LATE_SECONDS = 0.05
TURN = "turn"


class Fate(Enum):
    """What becomes of a call; of its worker, too."""

    WELL = "answered"
    LATE = "answered after a while"
    BUSY = "refused for the moment"
    CUT = "done, and the connection lost before the answer"
    DIES_BEFORE = "its worker dies before it is done"
    DIES_AFTER = "done, and its worker dies before the answer"


@dataclass(slots=True)
class Kept:
    """A message as everybody sees it."""

    ref: str
    key: str
    at: datetime
    card: str


class StandIn:
    """Serves the workers of a drill; `kept` holds the messages by platform and place.

    A worker asks for its turn when it has nothing left to do: `resting` says which turn each has ended.
    """

    def __init__(
        self, clock: Callable[[], datetime], fate: Callable[[str], Fate], kill: Callable[[int], Awaitable[None]]
    ) -> None:
        self.kept: dict[tuple[str, str], list[Kept]] = defaultdict(list)
        self.between = 0
        self.turn = 0
        self.resting: dict[int, int] = {}
        self.changed = asyncio.Condition()
        self.port = 0
        self.open = 0
        self._clock = clock
        self._fate = fate
        self._kill = kill
        self._refs = 0
        self._closed = False
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Begin to listen."""
        self._server = await asyncio.start_server(self._serve, HOST, 0, limit=2**22, backlog=500)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and leave whoever waits without an answer."""
        if self._server is not None:
            self._server.close()
        async with self.changed:
            self._closed = True
            self.changed.notify_all()

    async def next_turn(self) -> None:
        """Let every worker look what is due."""
        async with self.changed:
            self.turn += 1
            self.changed.notify_all()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            line = await reader.readline()
            if line.endswith(b"\n"):  # else its worker died over it
                asked = json.loads(line)
                answer = await (self._rest(asked) if asked["do"] == TURN else self._deal(asked))
                if answer is not None:
                    writer.write(json.dumps(answer).encode() + b"\n")
                    await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def _rest(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        async with self.changed:
            self.resting[asked["pid"]] = asked["turn"]
            self.changed.notify_all()
            await self.changed.wait_for(lambda: self._closed or self.turn > asked["turn"])
            return None if self._closed else {"turn": self.turn}

    async def _deal(self, asked: dict[str, Any]) -> dict[str, Any] | None:
        self.open += 1
        try:
            fate = self._fate(asked["do"])
            if fate is Fate.DIES_BEFORE:
                await self._kill(asked["pid"])
                return None
            if fate is Fate.BUSY:
                return {"error": "transient", "retry_after": 1.0}
            answer = self._do(asked)
            if fate is Fate.DIES_AFTER:
                self.between += asked["do"] == "post"
                await self._kill(asked["pid"])
            elif fate is Fate.LATE:
                await asyncio.sleep(LATE_SECONDS)
            return None if fate in (Fate.CUT, Fate.DIES_AFTER) else answer
        finally:
            self.open -= 1

    def _do(self, asked: dict[str, Any]) -> dict[str, Any]:
        there = self.kept[asked["platform"], asked["place"]]
        match asked["do"]:
            case "post":
                return {"ref": self._post(there, asked)}
            case "edit":
                found = next((one for one in there if one.ref == asked["ref"]), None)
                if found is None:
                    return {"error": "gone"}
                found.card = asked["card"]
            case "find":
                return {"ref": next((one.ref for one in there[-LOOK_BACK:] if one.key == asked["key"]), None)}
        return {}

    def _post(self, there: list[Kept], asked: dict[str, Any]) -> str:
        now = self._clock()
        if "nonce" in asked:
            for one in there:
                if one.key == asked["nonce"] and now - one.at < NONCE_KNOWN:
                    return one.ref
        self._refs += 1
        there.append(Kept(str(self._refs), asked["key"], now, asked["card"]))
        return str(self._refs)
