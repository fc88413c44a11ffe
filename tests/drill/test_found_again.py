"""What was wished for while nobody knew what became of a post is not forgotten when the post is found."""

from sqlalchemy import Engine

from bot.chat.people import MessageRef
from bot.delivery import LOST_AFTER
from tests.clock import Clock
from tests.store.test_messages import HERE, Channel, claim, sender, state, want


async def test_a_found_post_shows_what_was_wished_for_meanwhile(engine: Engine, clock: Clock) -> None:
    """A question is posted, its sender dies, it closes before the post is found: the post then shows the answer."""
    channel = Channel(found=MessageRef(HERE, "m77"))
    delivery = sender(engine, channel, clock)
    want(engine, clock, "question")
    claim(engine, clock)  # and the process dies when the platform has it
    clock.advance(seconds=LOST_AFTER.total_seconds() + 1)
    want(engine, clock, "answer")
    await delivery.recover()
    clock.advance(seconds=2)
    await delivery.flush()
    assert (channel.posts, channel.edits) == ([], [("m77", "answer")])
    assert state(engine) == ("sent", 2, 2, "m77")
