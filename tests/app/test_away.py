"""A platform that is away for a while: what is worth it goes out afterwards, what nobody wants to see late does not."""

import pytest

from bot.chat.port import DeliveryError, Failure
from tests.app.stand import Stand
from tests.app.test_schedules import plan
from tests.app.test_schedules_hostile import TODAY

pytestmark = pytest.mark.each_database

AWAY = DeliveryError(Failure.TRANSIENT, "503")


async def away(stand: Stand, what: str, minutes: float) -> None:
    """The platform takes no such call for so long, and then it does."""
    stand.port.refuses[what, "general"] = AWAY
    await passes(stand, minutes)
    stand.port.refuses.clear()
    await passes(stand, 10)


async def passes(stand: Stand, minutes: float) -> None:
    """Time goes by, and whatever is due meanwhile is tried."""
    for _step in range(int(minutes)):
        await stand.pass_time(seconds=58.5)


@pytest.mark.parametrize(("minutes", "state"), [(4, "sent"), (150, "sent"), (240, "failed")])
async def test_a_post_comes_up_to_three_hours_late(stand: Stand, minutes: float, state: str) -> None:
    """The day's question is not lost to a platform that is away for minutes or hours."""
    await plan(stand)
    await stand.pass_time(minutes=59)
    await away(stand, "post", minutes)
    assert stand.state(TODAY)[0] == state


async def test_a_reveal_comes_when_it_can(stand: Stand) -> None:
    """The post does not ask for ever what is closed, also if the platform takes no edit for hours."""
    await plan(stand)
    await stand.pass_time(hours=1)
    await stand.pass_time(hours=21, minutes=59)
    await away(stand, "edit", 400)
    assert "Closed" in stand.said(TODAY)


async def test_a_live_question_is_not_asked_late(stand: Stand) -> None:
    """It is given up after two minutes; nobody finds yesterday's round in the channel."""
    stand.port.refuses["post", "general"] = AWAY
    await stand.say("quiz live", options={"questions": "1", "seconds": "30"})
    await passes(stand, 20)
    stand.port.refuses.clear()
    await passes(stand, 10)
    assert stand.posted("live:") == []


async def test_our_own_fault_does_not_hold_up_its_channel(stand: Stand) -> None:
    """A message on which the adapter fails is given up after some tries, and the next one in its channel goes out."""
    await plan(stand)
    await plan(stand, kind="concept")
    await stand.pass_time(minutes=59)
    stand.port.refuses["post", "general"] = RuntimeError()  # type: ignore[assignment]
    await passes(stand, 9)
    assert stand.state(TODAY) == ("failed", "transient")
    stand.port.refuses.clear()
    await passes(stand, 10)
    assert "schedule:2:2026-03-10" in stand.posted()
