"""What can be sent next: a look at what has been due for longest finds as much as a look at everything."""

from collections.abc import Mapping
from datetime import timedelta
from random import Random
from typing import Any

from sqlalchemy import Engine, insert

from bot.store import lanes
from bot.store.engine import transaction
from bot.store.lanes import IN_FLIGHT, NEAR
from bot.store.messages import DUE, MESSAGE, SENDING, SENT
from tests.clock import Clock

MOST = 3
AHEAD, BEHIND = timedelta(seconds=40), timedelta(seconds=5)


def _row(number: int, channel: str, clock: Clock, **more: Any) -> dict[str, Any]:
    row: dict[str, Any] = {
        "key": f"m{number}",
        "platform": "fake",
        "workspace": "w",
        "channel": channel,
        "thread": "",
        "user": "",
    }
    row |= {"card": "{}", "wanted": 1, "sent": 0, "state": DUE, "ref": None, "attempts": 0, "due_at": clock.now}
    row |= {"sending_since": None, "error": "", "created_at": clock.now, "below": "", "title": "", "opened": ""}
    return {**row, "only_there": 0, **more}


def _any(draw: Random, number: int, clock: Clock) -> dict[str, Any]:
    """A message in any state, in one of a dozen lanes."""
    more: Mapping[str, Any] = draw.choice(
        (
            {},
            {"due_at": clock.now - BEHIND * draw.randrange(5)},
            {"due_at": clock.now + AHEAD},
            {"due_at": clock.now + AHEAD, "attempts": 1},
            {"state": SENDING, "sending_since": clock.now - BEHIND},
            {"state": SENDING, "sending_since": clock.now - IN_FLIGHT - BEHIND},
            {"state": SENT},
        )
    )
    return _row(number, f"c{draw.randrange(12)}", clock, **more)


def test_a_look_finds_what_a_look_at_everything_finds(engine: Engine, clock: Clock) -> None:
    """Whatever waits, only first messages of free lanes are found, and as many as are wanted, if there are as many."""
    draw = Random(5)
    for number in range(60):
        with transaction(engine) as db:
            db.execute(MESSAGE.delete())
            rows = [_any(draw, one, clock) for one in range(draw.choice((4, 12, 40)))]
            db.execute(insert(MESSAGE), rows)
            busy = {("fake", "w", f"c{draw.randrange(12)}", "", "") for _one in range(number % 3)}
            everything = lanes.heads(db, ["fake"], clock.now, 1000, busy)
            found = lanes.heads(db, ["fake"], clock.now, MOST, busy)
        assert set(found) <= set(everything)
        assert len(found) == min(MOST, len(everything))
        assert found == sorted(found)


def test_what_stands_behind_a_long_lane_is_found(engine: Engine, clock: Clock) -> None:
    """However much waits for one place, the place whose only message came last is found in the same look."""
    with transaction(engine) as db:
        long = [_row(number, "long", clock) for number in range(NEAR * MOST * 2)]
        db.execute(insert(MESSAGE), [*long, _row(len(long), "short", clock)])
        first, last = 1, len(long) + 1
        assert lanes.heads(db, ["fake"], clock.now, MOST) == [first, last]
        busy = {("fake", "w", "long", "", "")}
        assert lanes.heads(db, ["fake"], clock.now, MOST, busy) == [last]


def test_an_earlier_message_that_became_due_later_goes_first(engine: Engine, clock: Clock) -> None:
    """The first message of a lane is its oldest one, though a later one has been due for longer."""
    with transaction(engine) as db:
        others = [_row(number, f"c{number}", clock) for number in range(1, NEAR * MOST + 1)]
        edit, newer = _row(0, "a", clock), _row(99, "a", clock, due_at=clock.now - BEHIND)
        db.execute(insert(MESSAGE), [edit, *others, newer])
        assert lanes.heads(db, ["fake"], clock.now, MOST) == [1, 2, 3]
