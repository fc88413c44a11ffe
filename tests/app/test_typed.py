"""What is typed as an answer arrives as it was meant."""

import pytest

from bot.chat.requests import FormSubmit
from bot.features import playing
from bot.store import rounds
from bot.store.answers import ANSWER
from bot.store.engine import transaction
from bot.store.rounds import Play
from tests.app.stand import Stand
from tests.app.test_schedules_hostile import said_privately


async def asked(stand: Stand, topic: str) -> Play:
    """A question of a topic, in a quiz of one's own."""
    await stand.say("quiz start", options={"questions": "1", "topic": topic})
    with transaction(stand.engine, reads=True) as db:
        play = rounds.stands_at(db, 1, 1, 1)
    assert play
    return play


async def typed(stand: Stand, play: Play, words: str) -> str:
    """An answer in words; what is said of it."""
    form = FormSubmit(token=f"quiz.typed|{play.id}", fields={"answer": words}, **stand.asked())
    return said_privately(await stand.host.handle(form))


@pytest.mark.parametrize("topic", ["maths.matrices", "tools.numpy"])
@pytest.mark.parametrize("hidden", ["\u200b", "\u2060", "\ufeff", "\u200e", "\u00ad", "\x07"])
async def test_hidden_characters_are_no_part_of_it(stand: Stand, topic: str, hidden: str) -> None:
    """Copied text has characters that nobody sees: they turn no right answer into a wrong one."""
    play = await asked(stand, topic)
    right = playing.shown_of(play).right()[0].text
    assert "Right." in await typed(stand, play, hidden.join(["", *right, ""]))


@pytest.mark.parametrize("topic", ["maths.matrices", "tools.numpy"])
async def test_nothing_but_hidden_characters_is_no_answer(stand: Stand, topic: str) -> None:
    """It is said that something has to be typed, and no answer is lost by it."""
    play = await asked(stand, topic)
    assert "Right" not in await typed(stand, play, "\u200b\u2060")
    assert stand.count(ANSWER) == 0
