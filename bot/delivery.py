"""Brings channels to the state that the message rows want: claim, send, record; nothing twice where it can be told.

Each place and each account is a lane: its messages follow each other, and what holds up one lane holds up no other.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy import Connection, Engine

from bot import troubles
from bot.chat import wire
from bot.chat.people import MessageRef, Space
from bot.chat.port import ChatPort, DeliveryError, Failure, Search
from bot.features.arrival.cards import Trouble
from bot.ports import Meter, NoMeter
from bot.store import lanes, messages
from bot.store.engine import transaction
from bot.store.messages import FAILED, FLAGGED, Lane, Outgoing
from bot.troubles import Troubles

log = logging.getLogger(__name__)

T = TypeVar("T")
InThread = Callable[[Callable[[], T]], Awaitable[T]]

EDIT_PAUSE = timedelta(seconds=1)
LOST_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 8  # of what our own fault may keep from going out: it must not hold up its lane for long
LONGEST_WAIT = 300.0
AT_ONCE = 16
SHORTEST_SLEEP, LONGEST_SLEEP = 0.05, 30.0


class Delivery:
    """Sends what is due on the platforms that are plugged in, up to 16 messages at once, one at a time in a lane.

    `wanted` is set by whoever has just wished for a message, so that a sender at work looks again.
    """

    def __init__(
        self,
        engine: Engine,
        ports: Mapping[str, ChatPort],
        clock: Callable[[], datetime],
        in_thread: InThread,  # type: ignore[type-arg]
        edit_pause: timedelta = EDIT_PAUSE,
        *,
        known_to: Troubles | None = None,
    ) -> None:
        self.wanted = asyncio.Event()
        self.meter: Meter = NoMeter()
        self._engine = engine
        self._ports = ports
        self._clock = clock
        self._in_thread = in_thread
        self._pause = edit_pause
        self._troubles = known_to
        self._flying: dict[asyncio.Task[None], Outgoing] = {}
        self._recovering = asyncio.Lock()
        self._closing = False

    # --- what is due -------------------------------------------------------------------------------------------

    async def flush(self) -> datetime | None:
        """Send everything that is due; when the next message will be, if any waits."""
        self.wanted.clear()
        if not self._ports:
            return None
        try:
            while True:
                self.wanted.clear()
                due = await self._start()
                if not self._flying:
                    return due
                await self._wait(due)
        except asyncio.CancelledError:
            for task in self._flying:
                task.cancel()
            raise
        finally:  # nothing goes on behind it: what is on its way arrives first
            await asyncio.gather(*self._flying, return_exceptions=True)
            self._flying.clear()

    def close(self) -> None:
        """Begin nothing new; what is on its way ends, and so does `flush`."""
        self._closing = True
        self.wanted.set()

    async def _start(self) -> datetime | None:
        """Begin to send the first message of every lane that is free; when there will be more to send."""
        platforms = list(self._ports)
        looking = not self._closing
        while looking and (room := AT_ONCE - len(self._flying)) > 0:
            looking = await self._claim(platforms, room)
        if len(self._flying) >= AT_ONCE:
            return None
        busy = self._busy()
        return await self._in(lambda db: lanes.next_due(db, platforms, self._clock(), busy), reads=True)

    async def _claim(self, platforms: list[str], room: int) -> bool:
        """Begin to send so many messages at most; True if more might be found at once."""
        busy = self._busy()
        heads = await self._in(lambda db: lanes.heads(db, platforms, self._clock(), room, busy), reads=True)
        if not heads:
            return False
        found, some_wait = await self._in(lambda db: lanes.claim(db, heads, self._clock()))
        for message in found:
            self._flying[asyncio.create_task(self._send(message))] = message
        return some_wait

    def _busy(self) -> set[Lane]:
        return {message.lane for message in self._flying.values()}

    async def _wait(self, due: datetime | None) -> None:
        """Wait until a message has arrived, is wished for or falls due. Raises what a sender raised."""
        wait = LONGEST_SLEEP
        if due is not None:
            wait = min(wait, max(SHORTEST_SLEEP, (due - self._clock()).total_seconds()))
        wished = asyncio.ensure_future(self.wanted.wait())
        try:
            await asyncio.wait({*self._flying, wished}, timeout=wait, return_when=asyncio.FIRST_COMPLETED)
        finally:
            wished.cancel()
        for task in [task for task in self._flying if task.done()]:
            del self._flying[task]
            task.result()

    # --- one message -------------------------------------------------------------------------------------------

    async def _send(self, message: Outgoing) -> None:
        platform = message.space.platform
        outcome = "edited" if message.ref else "sent"
        try:
            message, trouble = await self._in_place(message)
            ref = await self._call(message)
        except DeliveryError as error:
            self.meter.sent(platform, error.failure.value)
            most = self._troubles.most_attempts(message) if self._troubles else MOST_ATTEMPTS
            await self._failed(message, error, most)
        except Exception as error:  # noqa: BLE001 (an adapter's fault must not stop the others' messages)
            log.error("The %s adapter failed with %s", platform, type(error).__name__)
            self.meter.sent(platform, Failure.TRANSIENT.value)
            await self._failed(message, DeliveryError(Failure.TRANSIENT, type(error).__name__), MOST_ATTEMPTS)
        else:
            self.meter.sent(platform, outcome)
            await self._in(lambda db: messages.sent(db, message, ref, self._clock(), self._pause))
            await self._tell(message, trouble)

    async def _in_place(self, message: Outgoing) -> tuple[Outgoing, Trouble | None]:
        """The message with its thread, opened where need be; in the channel where none can be, and what is wrong."""
        if message.opens is None:
            if message.only_there and message.ref is None and message.space.thread is None:
                raise DeliveryError(Failure.GONE, "there is no thread for it")
            return message, None
        try:
            opened = await self._ports[message.space.platform].thread(message.opens, message.title)
        except DeliveryError as error:
            if error.failure is Failure.TRANSIENT:
                raise
            log.warning("A thread on %s is refused: %s", message.space.platform, error.failure.value)
            await self._in(lambda db: messages.refuse_thread(db, message.below))
            if message.only_there:
                raise DeliveryError(Failure.GONE, "there is no thread for it") from error
            return message, Trouble.NO_THREAD if error.failure is Failure.FORBIDDEN else None
        thread = opened.thread or ""
        await self._in(lambda db: messages.opened(db, message, thread))
        return message.within(thread), None

    async def _call(self, message: Outgoing) -> str:
        port = self._ports[message.space.platform]
        card = wire.from_json(message.card)
        if message.message_ref is not None:
            await port.edit(message.message_ref, card, message.key)
            return message.message_ref.message
        if message.account is not None:
            return (await port.tell(message.account, card, message.key)).message
        if message.attempts:  # it may have arrived although its answer was lost, and a nonce is known for minutes only
            found = await port.find(message.space, message.key)
            if isinstance(found, MessageRef):
                await port.edit(found, card, message.key)
                return found.message
        return (await port.post(message.space, card, message.key)).message

    async def _failed(self, message: Outgoing, error: DeliveryError, most: int) -> None:
        if error.failure is Failure.UNCLEAR:
            await self._find(message)
            return
        if error.failure is Failure.TRANSIENT and message.attempts + 1 < most:
            wait = error.retry_after if error.retry_after is not None else min(LONGEST_WAIT, 2.0**message.attempts)
            due = self._clock() + timedelta(seconds=wait)
            await self._in(lambda db: messages.put_back(db, message, due, error.failure.value))
            return
        trouble = troubles.trouble_of(message, error.failure)
        if message.only_there and message.ref is None:
            log.info("A message on %s that was for a thread alone is left out", message.space.platform)
            await self._give_up(message, FAILED, error.failure, error.failure.value)
            return
        if trouble is not None and message.below and message.ref is None and message.space.thread:
            log.warning("A thread on %s takes no messages: %s", message.space.platform, error.failure.value)
            await self._in(lambda db: messages.back_to_channel(db, message, self._clock()))
            trouble = Trouble.NO_THREAD if trouble is Trouble.FORBIDDEN else None
        else:
            troubles.note(message, error.failure)
            await self._give_up(message, FAILED, error.failure, error.failure.value)
        await self._tell(message, trouble)

    async def _give_up(self, message: Outgoing, state: str, failure: Failure | None, why: str) -> None:
        known_to = self._troubles
        if known_to is None:
            await self._in(lambda db: messages.give_up(db, message, state, why))
            return
        await self._in_thread(lambda: known_to.give_up(message, state, failure, why))
        self.wanted.set()  # what the feature says to it

    async def _tell(self, message: Outgoing, trouble: Trouble | None) -> None:
        """Ask the platform what is missing, and have the moderators told, if they have not been today."""
        known_to = self._troubles
        if trouble is None or known_to is None:
            return
        if not await self._in_thread(lambda: known_to.is_news(message, trouble)):
            return
        place, told = message.space, trouble
        missing = await self._missing(place)
        in_thread = trouble is Trouble.NO_THREAD and place.thread is not None
        if in_thread and (above := await self._missing(replace(place, thread=None))):
            told, missing = Trouble.FORBIDDEN, tuple(dict.fromkeys((*above, *missing)))
            if not await self._in_thread(lambda: known_to.is_news(message, Trouble.FORBIDDEN)):
                return
        await self._in_thread(lambda: known_to.tell(message, told, missing))

    async def _missing(self, space: Space) -> tuple[str, ...]:
        """What keeps the bot from posting in a place, in the platform's words; nothing where it cannot say."""
        try:
            return (await self._ports[space.platform].probe(space)).missing
        except Exception as error:  # noqa: BLE001 (who is told without the names is told all the same)
            log.warning("The %s adapter cannot say what is missing: %s", space.platform, type(error).__name__)
            return ()

    # --- what a dead sender left -------------------------------------------------------------------------------

    async def recover(self) -> None:
        """Find out what became of messages whose sender died in the middle."""
        if not self._ports:
            return
        async with self._recovering:
            now = self._clock()
            lost = await self._in(lambda db: messages.take_stale(db, list(self._ports), now - LOST_AFTER, now))
            own = {message.id for message in self._flying.values()}
            for message in lost:
                if message.id not in own:
                    await self._find(message)
            if lost:
                self.wanted.set()

    async def _find(self, message: Outgoing) -> None:
        now = self._clock()
        if message.ref is not None:  # an edit may safely be made twice
            await self._in(lambda db: messages.put_back(db, message, now, "lost"))
            return
        try:
            found = await self._ports[message.space.platform].find(message.space, message.key)
        except DeliveryError as error:
            log.warning("Looking for a message on %s has to wait: %s", message.space.platform, error.failure.value)
            return  # it stands as being sent, and is looked for again
        except Exception as error:  # noqa: BLE001 (an adapter's fault must not stop the others' messages)
            log.error("The %s adapter failed with %s", message.space.platform, type(error).__name__)
            return
        if isinstance(found, MessageRef):
            first = replace(message, wanted=1)  # what is wanted by now may be newer than what stands there
            await self._in(lambda db: messages.sent(db, first, found.message, now, self._pause))
        elif found is Search.NONE:
            await self._in(lambda db: messages.put_back(db, message, now, "lost"))
        else:
            log.warning("Nobody can tell whether a message on %s was sent; it is flagged", message.space.platform)
            await self._give_up(message, FLAGGED, None, "unknown")

    async def _in(self, work: Callable[[Connection], T], *, reads: bool = False) -> T:
        def run() -> T:
            with transaction(self._engine, reads=reads) as db:
                return work(db)

        return await self._in_thread(run)  # type: ignore[no-any-return]
