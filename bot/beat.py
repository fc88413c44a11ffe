"""What is due now: alarms, each in a transaction of its own, and the sweeping up of what has had its time."""

import logging
from datetime import datetime, timedelta

from msgspec import Struct
from sqlalchemy import Connection

from bot.chat.words import speaking
from bot.context import Core, Effects, failure_place
from bot.store import people, queue, scores
from bot.store.engine import AWAY, transaction, until_through
from bot.store.queue import AlarmRow

log = logging.getLogger(__name__)

KEPT_DELIVERIES = timedelta(hours=24)
KEPT_HOMES = timedelta(days=30)
PORTIONS = 10  # of erasing in one beat: what is left goes on at the next one, a minute later
SWEEP_EVERY = timedelta(hours=1)
RETRY_AFTER = timedelta(minutes=1)


class Beaten(Struct, frozen=True):
    """What one beat did: how many alarms ran, when the next is due, what they queued."""

    ran: int
    next_alarm: datetime | None
    effects: Effects


class _AlarmFailedError(Exception):
    """An alarm's handler raised; its transaction is rolled back, the alarm is tried later."""

    def __init__(self, alarm: AlarmRow) -> None:
        super().__init__(alarm.key)
        self.alarm = alarm


class Beat:
    """Runs what the clock owes. Any number of processes may beat: the transaction that serves an alarm takes it."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._swept: datetime | None = None

    def run(self) -> Beaten:
        """Run every alarm that is due, the oldest first."""
        effects = Effects()
        ran = 0
        if self._is_due():
            while self._one(effects):
                ran += 1
        self._sweep()
        with transaction(self._core.engine, reads=True) as db:
            return Beaten(ran, queue.next_alarm(db), effects)

    def _is_due(self) -> bool:
        """Whether there is anything to take; to look takes no lock."""
        with transaction(self._core.engine, reads=True) as db:
            due = queue.next_alarm(db)
        return due is not None and due <= self._core.clock()

    def _one(self, effects: Effects) -> bool:
        now = self._core.clock()
        try:
            made = until_through(lambda: self._take(now))
        except _AlarmFailedError as failed:
            with transaction(self._core.engine) as db:
                queue.postpone_alarm(db, failed.alarm, now + RETRY_AFTER)
            return True
        if made is None:
            return False
        effects.merge(made)
        return True

    def _take(self, now: datetime) -> Effects | None:
        """Serve the oldest alarm; None if none is due."""
        with transaction(self._core.engine) as db:
            alarm = queue.take_alarm(db, now)
            return self._serve(db, alarm, now) if alarm else None

    def _serve(self, db: Connection, alarm: AlarmRow, now: datetime) -> Effects:
        effects = Effects()
        try:
            group = people.find_group(db, alarm.group_id)
            ctx = self._core.context(db, now, group, effects)
            with speaking(group.locale):
                self._core.registry.alarms[alarm.action](ctx, alarm.args)
        except AWAY:  # nothing can be postponed
            raise
        except Exception as error:
            log.error("The alarm %s failed with %s at %s", alarm.action, type(error).__name__, failure_place(error))
            raise _AlarmFailedError(alarm) from error
        return effects

    def _sweep(self) -> None:
        now = self._core.clock()
        if self._swept is not None and now - self._swept < SWEEP_EVERY:
            return
        with transaction(self._core.engine) as db:
            queue.forget_handled(db, now - KEPT_DELIVERIES)
            scores.sweep(db, now.date())
        if self._erase(now - KEPT_HOMES):
            self._swept = now

    def _erase(self, before: datetime) -> bool:
        """Erase what the bot left before a moment; False if there is more than one beat should do."""
        from bot.store import erasing  # noqa: PLC0415 (wanted once an hour, and not for the start)

        with transaction(self._core.engine, reads=True) as db:
            if not erasing.has_work(db, before):
                return True
        for _portion in range(PORTIONS):
            with transaction(self._core.engine) as db:
                erased = erasing.erase(db, before)
            if erased == 0:
                return True
            log.info("Erased %d rows of groups that the bot has left", erased)
        return False
