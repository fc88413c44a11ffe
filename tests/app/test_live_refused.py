"""A live round whose first question the platform refuses: it ends, and who started it is told what to do."""

import pytest
from sqlalchemy import select

from bot.chat.people import Powers
from bot.chat.port import DeliveryError, Failure
from bot.store.engine import transaction
from bot.store.messages import FAILED
from bot.store.rounds import ROUND
from tests.app.stand import THREADS, Stand, words

ROUND_OF_TWO = {"topic": "vectors", "questions": "2", "seconds": "30"}
FORBIDDEN = DeliveryError(Failure.FORBIDDEN, "no")


def states(stand: Stand) -> list[str]:
    """How the rounds stand, the oldest first."""
    with transaction(stand.engine, reads=True) as db:
        return list(db.execute(select(ROUND.c.state).order_by(ROUND.c.id)).scalars())


@pytest.mark.parametrize("powers", [Powers(), THREADS], ids=["in the channel", "in a thread"])
async def test_a_round_that_nobody_can_see_ends(stand: Stand, powers: Powers) -> None:
    """The first question is refused: the round is over, who started it is told once how to help, nothing follows."""
    stand.port.refuses["post", "general"] = FORBIDDEN
    await stand.say("quiz live", options=ROUND_OF_TWO, powers=powers)
    assert states(stand) == ["stopped"]
    assert stand.port.keys["live:1:refused"].space.channel == "u-ann"
    said = stand.said("live:1:refused")
    assert "I may not post in #general, so the live round that you started there has ended." in said
    assert "invite me there" in said
    assert "Nothing is running." in words(await stand.say("quiz stop"))
    await stand.pass_time(seconds=60)
    assert stand.posted("live:") == ["live:1:refused"]
    stand.port.refuses.clear()
    assert "The round is on" in words(await stand.say("quiz live", options=ROUND_OF_TWO, powers=powers))
    assert "live:2:0" in stand.posted()


async def test_a_refused_edit_ends_no_round(stand: Stand) -> None:
    """A question that everybody sees may still be answered, though its count cannot be shown."""
    await stand.say("quiz live", options=ROUND_OF_TWO)
    stand.port.refuses["edit", "general"] = FORBIDDEN
    (answer, *_others) = (b for b in stand.port.messages["m1"].buttons() if b.action == "live.answer")
    await stand.press(answer.token, by="bea")
    assert stand.state("live:1:0") == (FAILED, "forbidden")
    assert states(stand) == ["open"]


async def test_a_starter_who_takes_no_messages(stand: Stand) -> None:
    """Where who started it cannot be told either, the round ends all the same, once."""
    stand.port.refuses["post", "general"] = FORBIDDEN
    stand.port.refuses["post", "u-ann"] = DeliveryError(Failure.CLOSED, "no")
    await stand.say("quiz live", options=ROUND_OF_TWO)
    assert states(stand) == ["stopped"]
    assert stand.state("live:1:refused") == (FAILED, "closed")
