"""Writers of one SQLite file in one process go in the order in which they came."""

import threading
import time

from sqlalchemy import Engine, text

from bot.store.engine import open_engine, transaction
from bot.store.turnstile import Turnstile


def test_who_waits_longest_goes_first() -> None:
    """Each of five waiters gets its turn in the order of coming, and nobody who comes later overtakes."""
    turnstile, passed = Turnstile(), list[int]()
    assert turnstile.enter(1)

    def pass_through(number: int) -> None:
        assert turnstile.enter(10)
        passed.append(number)
        turnstile.leave()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=pass_through, args=(number,)))
        threads[-1].start()
        while len(turnstile._waiting) <= number:
            time.sleep(0.001)
    turnstile.leave()
    for thread in threads:
        thread.join(10)
    assert passed == [0, 1, 2, 3, 4]


def test_who_waits_in_vain() -> None:
    """Who gets no turn in time leaves no gap: the next one is let through."""
    turnstile = Turnstile()
    assert turnstile.enter(1)
    assert not turnstile.enter(0.01)
    turnstile.leave()
    assert turnstile.enter(1)
    turnstile.leave()


def test_a_long_row_of_transactions_holds_up_nobody(sqlite_url: str) -> None:
    """Somebody writes without a pause: another writer gets in between two of the transactions, not after them all."""
    engine = open_engine(sqlite_url)
    done, written = threading.Event(), [0]

    def write_on(engine: Engine) -> None:
        while not done.is_set():
            with transaction(engine) as db:
                db.execute(text("CREATE TABLE IF NOT EXISTS row (number INTEGER)"))
                written[0] += 1

    busy = threading.Thread(target=write_on, args=(engine,))
    busy.start()
    while written[0] < 3:
        time.sleep(0.001)
    for _time in range(20):
        before = written[0]
        with transaction(engine) as db:
            db.execute(text("SELECT 1"))
            between = written[0] - before
        assert between <= 3, f"{between} transactions went first"
    done.set()
    busy.join(10)
    engine.dispose()
