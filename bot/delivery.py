"""Brings channels to the state that the message rows want: claim, send, record; nothing twice where it can be told."""

import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime, timedelta
from typing import TypeVar

from sqlalchemy import Connection, Engine

from bot.chat import wire
from bot.chat.people import MessageRef
from bot.chat.port import ChatPort, DeliveryError, Failure, Search
from bot.store import messages
from bot.store.engine import transaction
from bot.store.messages import FAILED, FLAGGED, Outgoing

log = logging.getLogger(__name__)

T = TypeVar("T")
InThread = Callable[[Callable[[], T]], Awaitable[T]]

EDIT_PAUSE = timedelta(seconds=1)
LOST_AFTER = timedelta(minutes=2)
MOST_ATTEMPTS = 8
LONGEST_WAIT = 300.0


class Delivery:
    """Sends what is due on the platforms that are plugged in."""

    def __init__(
        self,
        engine: Engine,
        ports: Mapping[str, ChatPort],
        clock: Callable[[], datetime],
        in_thread: InThread,  # type: ignore[type-arg]
        edit_pause: timedelta = EDIT_PAUSE,
    ) -> None:
        self._engine = engine
        self._ports = ports
        self._clock = clock
        self._in_thread = in_thread
        self._pause = edit_pause

    async def flush(self) -> datetime | None:
        """Send everything that is due; when the next message will be, if any waits."""
        if not self._ports:
            return None
        while batch := await self._in(lambda db: messages.claim(db, list(self._ports), self._clock(), most=1)):
            await self._send(batch[0])
        return await self._in(lambda db: messages.next_due(db, list(self._ports)))

    async def recover(self) -> None:
        """Find out what became of messages whose sender died in the middle."""
        if not self._ports:
            return
        lost = await self._in(lambda db: messages.stale(db, list(self._ports), self._clock() - LOST_AFTER))
        for message in lost:
            await self._find(message)

    async def _in(self, work: Callable[[Connection], T]) -> T:
        def run() -> T:
            with transaction(self._engine) as db:
                return work(db)

        return await self._in_thread(run)  # type: ignore[no-any-return]

    async def _send(self, message: Outgoing) -> None:
        try:
            ref = await self._call(message)
        except DeliveryError as error:
            await self._failed(message, error)
        except Exception as error:  # noqa: BLE001 (an adapter's fault must not stop the others' messages)
            log.error("The %s adapter failed with %s", message.space.platform, type(error).__name__)
            await self._failed(message, DeliveryError(Failure.TRANSIENT, type(error).__name__))
        else:
            await self._in(lambda db: messages.sent(db, message, ref, self._clock(), self._pause))

    async def _call(self, message: Outgoing) -> str:
        port = self._ports[message.space.platform]
        card = wire.from_json(message.card)
        if message.message_ref is not None:
            await port.edit(message.message_ref, card)
            return message.message_ref.message
        if message.account is not None:
            return (await port.tell(message.account, card, message.key)).message
        return (await port.post(message.space, card, message.key)).message

    async def _failed(self, message: Outgoing, error: DeliveryError) -> None:
        hopeless = error.failure is not Failure.TRANSIENT or message.attempts + 1 >= MOST_ATTEMPTS
        if hopeless:
            log.warning("A message on %s is given up: %s", message.space.platform, error.failure.value)
            await self._in(lambda db: messages.give_up(db, message, FAILED, error.failure.value))
            return
        wait = error.retry_after if error.retry_after is not None else min(LONGEST_WAIT, 2.0**message.attempts)
        due = self._clock() + timedelta(seconds=wait)
        await self._in(lambda db: messages.put_back(db, message, due, error.failure.value))

    async def _find(self, message: Outgoing) -> None:
        now = self._clock()
        if message.ref is not None:  # an edit may safely be made twice
            await self._in(lambda db: messages.put_back(db, message, now, "lost"))
            return
        try:
            found = await self._ports[message.space.platform].find(message.space, message.key)
        except Exception as error:  # noqa: BLE001 (an adapter's fault must not stop the others' messages)
            log.error("The %s adapter failed with %s", message.space.platform, type(error).__name__)
            return
        if isinstance(found, MessageRef):
            await self._in(lambda db: messages.sent(db, message, found.message, now, self._pause))
        elif found is Search.NONE:
            await self._in(lambda db: messages.put_back(db, message, now, "lost"))
        else:
            log.warning("Nobody can tell whether a message on %s was sent; it is flagged", message.space.platform)
            await self._in(lambda db: messages.give_up(db, message, FLAGGED, "unknown"))
