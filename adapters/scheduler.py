"""APScheduler as the heartbeat: every minute, and at the moment of the next alarm."""

import asyncio
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.date import DateTrigger

from bot.host import Host

EVERY_SECONDS = 60


class Scheduler:
    """Beats the host. What is due stands in the database; this only knows when to look."""

    def __init__(self, host: Host) -> None:
        self._host = host
        self._scheduler = AsyncIOScheduler(
            timezone=UTC, job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        )
        self._next: datetime | None = None
        host.on_alarm = self.wake_at

    async def start(self) -> None:
        """Begin to beat, at once for what fell due while nobody ran."""
        self._scheduler.add_job(self._beat, "interval", seconds=EVERY_SECONDS, id="minute")
        self._scheduler.start()
        await self._beat()

    def stop(self) -> None:
        """Beat no more."""
        self._scheduler.shutdown(wait=False)

    def wake_at(self, moment: datetime) -> None:
        """Beat at `moment` too, unless a beat before it is planned already."""
        if self._next is None or moment < self._next:
            self._next = moment
            self._scheduler.add_job(self._beat, DateTrigger(moment), id="alarm", replace_existing=True)

    async def _beat(self) -> None:
        self._next = None
        try:
            due = await self._host.beat()
        except asyncio.CancelledError:  # the program ends; what was not done is due at the next start
            return
        if due is not None:
            self.wake_at(due)
