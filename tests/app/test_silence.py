"""Where hardly anybody answers: when fewer posts are offered, what three a week are, and what rests all the same."""

import pytest

from bot.store import schedules
from tests.app.stand import Stand
from tests.app.test_schedules import live, plan, schedule
from tests.app.test_schedules_hostile import moderate, open_plays, said_privately

THIN, RESUME = "schedule.thin|1", "schedule.resume|1"


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


async def fall_asleep(stand: Stand, **options: str) -> None:
    """A quiz that nobody answers, until it rests."""
    await plan(stand, **options)
    while schedule(stand).state == schedules.ON:
        await live(stand, days=1)


async def test_what_was_open_when_it_was_woken_does_not_count(stand: Stand) -> None:
    """Quiet dailies of before, which close after it was woken, do not bring the next rest nearer."""
    await fall_asleep(stand, closes_after="72")
    await stand.press(RESUME, by="bea")
    await live(stand, days=2.5)
    assert schedule(stand).quiet == 0, "three were open"
    await live(stand, days=1)
    assert schedule(stand).quiet == 1


async def test_an_answer_to_what_was_open_does_not_count_either(stand: Stand) -> None:
    """Answers to one of before say nothing of those after it: the others of before stay without effect."""
    await fall_asleep(stand, closes_after="72")
    await stand.press(RESUME, by="bea")
    oldest = open_plays(stand)[-1].id
    for name in ("bea", "cem"):
        await stand.press(f"today.unsure|{oldest}", by=name)
    await live(stand, days=2.5)
    assert schedule(stand).quiet == 0


@pytest.mark.parametrize("number", ["", "1"])
async def test_a_moderator_stops_what_rests(stand: Stand, number: str) -> None:
    """Paused while it rests, it waits for a moderator, whoever presses the button below its last words."""
    await fall_asleep(stand)
    options = {"number": number} if number else {}
    assert "Paused: daily quiz 1." in await moderate(stand, "schedule pause", **options)
    assert schedule(stand).state == schedules.PAUSED
    assert "for the group's moderators" in said_privately(await stand.press(RESUME, by="bea"))
    assert schedule(stand).state == schedules.PAUSED
    assert "is paused already" in await moderate(stand, "schedule pause", number="1")
    assert "Resumed" in said_privately(await stand.press(RESUME, admin=True))


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
