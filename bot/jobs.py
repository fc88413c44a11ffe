"""Slow work outside transactions: claimed by lease, run with outside services, its result saved in one transaction."""

import logging
from datetime import timedelta

from bot.chat.words import speaking
from bot.context import Core, Effects, failure_place
from bot.ports import Services
from bot.store import people, queue
from bot.store.engine import transaction
from bot.store.queue import JobRow

log = logging.getLogger(__name__)

MOST_ATTEMPTS = 5


class Jobs:
    """Runs the jobs that are due. A worker that dies leaves its jobs to the next, when the lease ends.

    What asks a platform is left to a process that is on it: `platforms` and `services` are plugged in by the host.
    """

    def __init__(self, core: Core, services: Services) -> None:
        self._core = core
        self.services = services
        self.platforms: tuple[str, ...] = ()
        self._stopped = False

    def stop(self) -> None:
        """Take no more jobs; what is under way ends."""
        self._stopped = True

    def run(self) -> Effects:
        """Run every job that is due; what they queued."""
        effects = Effects()
        while not self._stopped and (claimed := self._claim()):
            for job in claimed:
                effects.merge(self._one(job))
        return effects

    def _claim(self) -> list[JobRow]:
        with transaction(self._core.engine) as db:
            return queue.claim_jobs(db, self._core.clock(), 1, self._kinds())

    def _kinds(self) -> list[str]:
        declared = self._core.registry.jobs.values()
        return [kind.name for kind in declared if not kind.asks_platform] + [
            queue.on_platform(kind.name, platform)
            for kind in declared
            if kind.asks_platform
            for platform in self.platforms
        ]

    def _one(self, job: JobRow) -> Effects:
        effects = Effects()
        try:
            kind = self._core.registry.jobs[job.kind.partition("@")[0]]
            result = kind.run(self.services, job.args)
            with transaction(self._core.engine) as db:
                if not queue.end_job(db, job):
                    return effects
                group = people.find_group(db, job.group_id or 0)
                ctx = self._core.context(db, self._core.clock(), group, effects)
                with speaking(group.locale):
                    kind.done(ctx, job.args, result)
        except Exception as error:  # noqa: BLE001 (one job's fault must not stop the others)
            log.error("The job %s failed with %s at %s", job.kind, type(error).__name__, failure_place(error))
            due = self._core.clock() + timedelta(seconds=min(600, 10 * 2**job.attempts))
            with transaction(self._core.engine) as db:
                queue.retry_job(db, job, due, type(error).__name__, give_up=job.attempts >= MOST_ATTEMPTS)
            return Effects()
        return effects
