"""Where hardly anybody answers: when fewer posts are offered, what three a week are, and what rests all the same."""

import pytest

from bot.store import schedules
from tests.app.stand import Stand
from tests.app.test_schedules import live, plan, schedule
from tests.app.test_schedules_hostile import moderate, said_privately

THIN = "schedule.thin|1"


@pytest.mark.parametrize(
    ("days", "offered"),
    [
        ("daily", True),
        ("weekdays", True),
        ("mon-thu", True),
        ("every 2 days", True),  # three and a half a week
        ("mon wed fri", False),
        ("mon", False),
        ("every 3 days", False),
        ("every 2 on weekdays", False),  # two and a half
    ],
)
async def test_three_a_week_is_offered_where_it_is_fewer(stand: Stand, days: str, *, offered: bool) -> None:
    """After five quiet posts three a week are offered where more than three come; after ten it rests in any case."""
    await plan(stand, days=days)
    while schedule(stand).quiet < 5:
        await live(stand, days=1)
    assert bool(stand.posted("desk:1:quiet")) is offered
    while schedule(stand).quiet < 10:
        await live(stand, days=1)
    assert schedule(stand).state == schedules.SILENT
    assert stand.posted("asleep:1")


@pytest.mark.parametrize("days", ["mon", "mon wed fri", "every 3 days"])
async def test_an_old_button_makes_no_more_of_it(stand: Stand, days: str) -> None:
    """Pressed when there are three a week or fewer already, it changes nothing, and says how to."""
    await plan(stand)
    await moderate(stand, "schedule edit", number="1", days=days)
    kept = schedule(stand).days
    said = said_privately(await stand.press(THIN, admin=True))
    assert "three times a week or less already" in said
    assert "schedule edit number:1" in said
    assert schedule(stand).days == kept


@pytest.mark.parametrize(
    "off", ["", " not 2026-03-20..2026-04-10", " not 2026-03-20 not holidays:DE", " not holidays:DE-BY"]
)
@pytest.mark.parametrize("days", ["weekdays", "every 2 days"])
async def test_three_a_week_leaves_out_what_was_left_out(stand: Stand, days: str, off: str) -> None:
    """Days off and holidays stay off."""
    await plan(stand, days=days + off)
    assert "Three a week" in said_privately(await stand.press(THIN, admin=True))
    assert schedule(stand).days == "mon wed fri" + off
