"""Threads beside an event loop: who works, what comes of it, and what is left when somebody gives up."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable

import pytest

from bot.threads import Threads

MOST = 3


@pytest.fixture
async def threads() -> AsyncIterator[Threads]:
    """Three of them."""
    found = Threads(MOST, "test")
    yield found
    await found.close()


def who() -> str:
    """The thread that works."""
    return threading.current_thread().name


def until(event: threading.Event) -> Callable[[], str]:
    """Work that takes until an event."""

    def work() -> str:
        assert event.wait(10)
        return who()

    return work


async def test_who_was_free_last_works_next(threads: Threads) -> None:
    """One after the other all is done by one thread; the others never start."""
    assert len({await threads.run(who) for _time in range(20)}) == 1


async def test_all_of_them_work_together_and_no_more(threads: Threads) -> None:
    """What is asked beyond their number waits for the first that is free, in its order."""
    go = [threading.Event() for _work in range(MOST + 2)]
    asked = [asyncio.create_task(threads.run(until(event))) for event in go]
    await asyncio.sleep(0.05)
    go[3].set()
    await asyncio.sleep(0.05)
    assert not any(task.done() for task in asked)
    go[1].set()
    assert await asked[1] == await asked[3]
    for event in go:
        event.set()
    assert len(set(await asyncio.gather(*asked))) == MOST


async def test_what_work_raises_reaches_who_asked(threads: Threads) -> None:
    """And the thread goes on."""

    def fail() -> None:
        raise LookupError("nothing there")

    for _time in range(2 * MOST):
        with pytest.raises(LookupError, match="nothing there"):
            await threads.run(fail)
    assert await threads.run(who)


async def test_who_gives_up_leaves_the_thread_to_finish(threads: Threads) -> None:
    """Nobody else is given it before; then it is as good as any."""
    go = threading.Event()
    asked = [asyncio.create_task(threads.run(until(go))) for _work in range(MOST)]
    await asyncio.sleep(0.05)
    for task in asked:
        task.cancel()
    await asyncio.gather(*asked, return_exceptions=True)
    late = asyncio.create_task(threads.run(who))
    await asyncio.sleep(0.05)
    assert not late.done()
    go.set()
    assert await asyncio.wait_for(late, 5)


def test_what_ends_after_its_loop_is_nobodys_trouble(caplog: pytest.LogCaptureFixture) -> None:
    """A program that is told to stop twice leaves work behind; it ends without a word in the log."""
    go = threading.Event()
    ended = threading.Event()

    def work() -> None:
        assert go.wait(10)
        ended.set()

    async def leave() -> None:
        asked = asyncio.create_task(Threads(1, "test").run(work))
        await asyncio.sleep(0.05)
        asked.cancel()
        await asyncio.gather(asked, return_exceptions=True)

    asyncio.run(leave())
    go.set()
    assert ended.wait(5)
    for thread in threading.enumerate():
        if thread.name.startswith("test-0"):
            thread.join(5)
    assert not caplog.records


async def test_who_gives_up_waiting_takes_no_thread(threads: Threads) -> None:
    """A place in the queue that is left is nobody's."""
    go = threading.Event()
    asked = [asyncio.create_task(threads.run(until(go))) for _work in range(2 * MOST)]
    await asyncio.sleep(0.05)
    for task in asked[MOST:]:
        task.cancel()
    go.set()
    await asyncio.gather(*asked, return_exceptions=True)
    assert len(set(await asyncio.gather(*(threads.run(who) for _work in range(MOST))))) == MOST


async def test_closing_waits_for_what_was_asked_and_takes_nothing_more() -> None:
    """Twice, and twice at once, is as good as once."""
    threads = Threads(1, "test")
    go = threading.Event()
    asked = [asyncio.create_task(threads.run(until(go))) for _work in range(3)]
    await asyncio.sleep(0.05)
    closed = asyncio.gather(threads.close(), threads.close())
    await asyncio.sleep(0.05)
    assert not closed.done()
    go.set()
    await asyncio.wait_for(closed, 5)
    await asyncio.wait_for(threads.close(), 5)
    assert all(task.done() for task in asked)
    with pytest.raises(RuntimeError, match="closed"):
        await threads.run(who)
