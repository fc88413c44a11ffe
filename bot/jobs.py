"""Slow work outside transactions: claimed by lease, run with the outside services, its result saved in one transaction."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Engine

from bot.app import where
from bot.chat.registry import Registry
from bot.chat.words import speaking
from bot.context import Context, Effects
from bot.library import Library
from bot.ports import Services
from bot.store import people, queue
from bot.store.engine import transaction
from bot.store.queue import JobRow

log = logging.getLogger(__name__)

BATCH = 5
MOST_ATTEMPTS = 5


class Jobs:
    """Runs the jobs that are due. A worker that dies leaves its jobs to the next, when the lease ends."""

    def __init__(
        self,
        engine: Engine,
        library: Library,
        registry: Registry,
        services: Services,
        clock: Callable[[], datetime],
        rng: Callable[[], Random],
    ) -> None:
        self._engine = engine
        self._library = library
        self._registry = registry
        self._services = services
        self._clock = clock
        self._rng = rng

    def run(self) -> Effects:
        """Run every job that is due; what they queued."""
        effects = Effects()
        while claimed := self._claim():
            for job in claimed:
                effects.merge(self._one(job))
        return effects

    def _claim(self) -> list[JobRow]:
        with transaction(self._engine) as db:
            return queue.claim_jobs(db, self._clock(), BATCH)

    def _one(self, job: JobRow) -> Effects:
        effects = Effects()
        try:
            kind = self._registry.jobs[job.kind]
            result = kind.run(self._services, job.args)
            with transaction(self._engine) as db:
                if not queue.end_job(db, job):
                    return effects
                group = people.find_group(db, job.group_id or 0)
                ctx = Context(
                    db=db,
                    now=self._clock(),
                    rng=self._rng(),
                    library=self._library,
                    registry=self._registry,
                    group=group,
                    locale=group.locale,
                    effects=effects,
                )
                with speaking(group.locale):
                    kind.done(ctx, job.args, result)
        except Exception as error:  # noqa: BLE001 (one job's fault must not stop the others)
            log.error("The job %s failed with %s at %s", job.kind, type(error).__name__, where(error))
            due = self._clock() + timedelta(seconds=min(600, 10 * 2**job.attempts))
            with transaction(self._engine) as db:
                queue.retry_job(db, job, due, type(error).__name__, give_up=job.attempts >= MOST_ATTEMPTS)
            return Effects()
        return effects
