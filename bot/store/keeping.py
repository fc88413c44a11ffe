"""Connections that stay open from one transaction to the next, where the database is a file.

To take one out of SQLAlchemy's pool and to put it back is a tenth of what a gesture costs in the core. A file does not
go away between two transactions as a server may, so that nothing has to be looked at anew each time.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection, Engine, QueuePool

MOST = 8  # as many as the process has threads that work at once, and some
logging.getLogger(__name__).setLevel(logging.WARNING)  # as SQLAlchemy has its own pools, which say when they are closed


class KeepingPool(QueuePool):
    """SQLAlchemy's pool, and the connections taken out of it that wait for their next transaction."""

    def __init__(self, *given: object, **more: object) -> None:
        super().__init__(*given, **more)  # type: ignore[arg-type]
        self.idle: list[Connection] = []

    def dispose(self) -> None:
        """Close those too."""
        while self.idle:
            self.idle.pop().close()
        super().dispose()


@contextmanager
def kept(engine: Engine) -> Iterator[Connection]:
    """A connection; afterwards it is kept, unless an exception went through it or the engine was disposed of."""
    pool = engine.pool
    if not isinstance(pool, KeepingPool):
        with engine.connect() as connection:
            yield connection
        return
    try:
        connection = pool.idle.pop()
    except IndexError:
        connection = engine.connect()
    try:
        yield connection
    except BaseException:
        connection.close()
        raise
    if pool is not engine.pool:
        connection.detach()  # so that it is closed, and not put back where nobody takes it out any more
    elif len(pool.idle) < MOST:
        pool.idle.append(connection)
        return
    connection.close()
