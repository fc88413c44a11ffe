"""Schedules that two change at the same moment, or one changes while the clock serves them."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from bot.app import App
from bot.beat import Beat
from bot.chat.requests import CommandCall
from bot.store.schedules import FIRING, SCHEDULE
from tests.app.stand import Stand
from tests.app.test_schedules import keys, live, plan
from tests.app.test_schedules_hostile import ONE, said_privately
from tests.store.study import at_once

pytestmark = pytest.mark.each_database


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("schedule edit", {**ONE, "time": "12:00"}),
        ("schedule edit", {**ONE, "timezone": "Pacific/Kiritimati"}),
        ("schedule skip", ONE),
        ("schedule pause", {}),
        ("schedule remove", ONE),
        ("setup", {"zone": "Europe/Berlin"}),
        ("settings set", {"setting": "timezone", "value": "Asia/Tokyo"}),
    ],
)
async def test_a_change_beside_the_clock(stand: Stand, name: str, options: dict[str, str]) -> None:
    """Whatever two moderators change while two processes post, all of them get through, and the day comes once."""
    await plan(stand)
    await plan(stand, kind="concept")
    stand.clock.advance(hours=1)
    together = Barrier(4)
    calls = [CommandCall(name=name, options=options, **stand.asked(by, admin=True)) for by in ("ann", "bea")]

    def change(call: CommandCall) -> str:
        together.wait()
        reply = App(stand.core).handle(call).reply
        return said_privately(reply)

    def beat() -> str:
        together.wait()
        Beat(stand.core).run()
        return ""

    with ThreadPoolExecutor(4) as pool:
        jobs = [*(pool.submit(change, call) for call in calls), pool.submit(beat), pool.submit(beat)]
        said = [job.result(timeout=60) for job in jobs]
    assert not any("busy" in one or "went wrong" in one for one in said), said
    await live(stand, days=0.2)
    days = [(firing.schedule_id, firing.day) for firing in stand.rows(FIRING)]
    assert len(days) == len(set(days))
    assert len(keys(stand)) == len(set(keys(stand))) <= 4


async def test_two_set_up_at_once(stand: Stand) -> None:
    """Two moderators who set up at the same moment plan a quiz, a concept and a digest, not two of each."""
    await stand.say("help")
    calls = [CommandCall(name="setup", options={"zone": "UTC"}, **stand.asked(by, admin=True)) for by in ("ann", "bea")]
    at_once([lambda call=call: App(stand.core).handle(call) for call in calls])  # type: ignore[misc]
    assert stand.count(SCHEDULE) == 3


async def test_two_plan_the_same_at_once(stand: Stand) -> None:
    """Of two moderators who plan the same at the same moment one is told that it is there already."""
    await stand.say("help")
    given = {"kind": "quiz", "time": "10:00"}
    calls = [CommandCall(name="schedule add", options=given, **stand.asked(by, admin=True)) for by in ("ann", "bea")]
    said = at_once([lambda call=call: said_privately(App(stand.core).handle(call).reply) for call in calls])  # type: ignore[misc]
    assert sorted("is the same" in one for one in said) == [False, True]
    assert stand.count(SCHEDULE) == 1
