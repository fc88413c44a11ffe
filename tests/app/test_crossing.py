"""Two transactions that wait for each other: the database ends one of them, and that one is done anew."""

from collections.abc import AsyncIterator, Sequence
from contextlib import suppress
from threading import Barrier, BrokenBarrierError

import pytest
from sqlalchemy import Engine, select, text, update
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.app import App
from bot.beat import Beat
from bot.chat.arguments import Options
from bot.chat.commands import Command, Feature
from bot.chat.people import Space
from bot.chat.port import Failure
from bot.chat.replies import Reply
from bot.chat.requests import CommandCall
from bot.context import Context
from bot.library import Library
from bot.store.engine import ATTEMPTS, transaction, until_through
from bot.store.messages import FAILED, Outgoing
from bot.store.people import GROUP
from bot.troubles import Troubles
from tests.app.stand import Stand, standing
from tests.clock import Clock
from tests.store.study import at_once

pytestmark = pytest.mark.each_database


def crossing() -> Feature:
    """What marks two groups in one order and in the other; whoever has marked one waits until both are marked."""
    meeting = Barrier(2)

    def mark(ctx: Context, order: Sequence[int]) -> None:
        for group in order:
            ctx.db.execute(update(GROUP).where(GROUP.c.id == group).values(secret=GROUP.c.secret + "!"))
            with suppress(BrokenBarrierError):  # alone: SQLite lets no second one write, or it is done anew
                meeting.wait(0.5)

    def up(ctx: Context, _options: Options) -> Reply:
        mark(ctx, (1, 2))
        return Reply()

    def down(ctx: Context, _options: Options) -> Reply:
        mark(ctx, (2, 1))
        return Reply()

    def later(ctx: Context, _options: Options) -> Reply:
        ctx.alarm("cross", ctx.now, "cross.down")
        return Reply()

    commands = Command("cross up", "-", up), Command("cross down", "-", down), Command("cross later", "-", later)
    return Feature(
        "crossing",
        commands=commands,
        alarms={"cross.down": lambda ctx, _args: mark(ctx, (2, 1))},
        undelivered={"cross": lambda ctx, _key, _failure: mark(ctx, (2, 1))},
    )


@pytest.fixture
async def stand(engine: Engine, library: Library, clock: Clock) -> AsyncIterator[Stand]:
    """A stand with two groups."""
    async for made in standing(engine, library, clock, [crossing()]):
        await made.say("mate", "up")
        await made.say("mate", "down")
        await made.say("mate", "up", server="another server")
        yield made


def marks(stand: Stand) -> list[int]:
    """How often each group was marked."""
    with transaction(stand.engine, reads=True) as db:
        return [secret.count("!") for secret in db.execute(select(GROUP.c.secret).order_by(GROUP.c.id)).scalars()]


async def test_requests_that_cross_both_get_through(stand: Stand) -> None:
    """Neither member is told that the database was busy, and what each did is there once."""
    app = App(stand.core)
    calls = [CommandCall(name=f"cross {way}", **stand.asked(way)) for way in ("up", "down")]
    outcomes = at_once([lambda call=call: app.handle(call) for call in calls])  # type: ignore[misc]
    assert [outcome.reply.fault for outcome in outcomes if outcome.reply] == ["", ""]
    assert marks(stand) == [2, 2]


async def test_a_refused_message_that_crosses_a_request_gets_through(stand: Stand) -> None:
    """The feature that it is of hears of it once, though the database ended one of the two."""
    refused = Outgoing(0, "cross:1", 1, Space("fake"), "", "", 1, None, 0, "", "", ("fake", "", "", "", ""))
    app, known_to = App(stand.core), Troubles(stand.core)
    call = CommandCall(name="cross up", **stand.asked("up"))
    at_once([lambda: app.handle(call), lambda: known_to.give_up(refused, FAILED, Failure.FORBIDDEN, "forbidden")])
    assert marks(stand) == [2, 2]


async def test_an_alarm_that_crosses_a_request_gets_through(stand: Stand) -> None:
    """The beat goes on, and what the alarm did is there once."""
    await stand.call("cross later")
    call = CommandCall(name="cross up", **stand.asked("up"))
    beat = Beat(stand.core)
    at_once([lambda: App(stand.core).handle(call), beat.run])
    assert marks(stand) == [2, 2]
    assert beat.run().ran == 0


def test_what_cannot_get_through_is_said(engine: Engine) -> None:
    """Another fault of the database is raised at once, a deadlock that comes again and again after some attempts."""
    tried: list[str] = []

    def fail() -> None:
        tried.append("x")
        with transaction(engine) as db:
            db.execute(text("SELECT * FROM no_such_table"))

    with pytest.raises(DBAPIError, match="no_such_table"):
        until_through(fail)
    assert len(tried) == 1

    class DeadlockError(Exception):
        sqlstate = "40P01"

    def cross() -> None:
        tried.append("x")
        raise OperationalError("", None, DeadlockError())

    with pytest.raises(OperationalError):
        until_through(cross)
    assert len(tried) == 1 + ATTEMPTS
