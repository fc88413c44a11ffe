"""The buttons of a round's first message, for everybody who cannot use commands in its thread."""

import pytest

from bot.chat.forms import Form
from bot.chat.people import Powers
from bot.chat.replies import Reply
from bot.chat.requests import FormSubmit
from bot.store.exposures import REPORT
from tests.app.stand import THREADS, Stand, words
from tests.statements import executed

ROUND = {"topic": "vectors", "questions": "3", "seconds": "30"}
OVER = "That round is over already."


def labels(stand: Stand) -> list[str]:
    """The labels of the buttons of the round's first message."""
    first = stand.port.keys["live:1:start"].message
    return [button.label for button in stand.port.messages[first].buttons()]


async def pressed(stand: Stand, label: str, by: str = "bea") -> Reply:
    """The answer to a button of the round's first message."""
    first = stand.port.keys["live:1:start"].message
    token = next(button.token for button in stand.port.messages[first].buttons() if button.label == label)
    reply = await stand.press(token, by)
    assert reply is not None
    return reply


async def reported(stand: Stand, form: Form | None) -> int:
    """Send a report; which question of the round it is on."""
    assert form is not None
    assert form.token.startswith("quiz.reported|")
    fields = {"reason": "unclear", "words": ""}
    await stand.host.handle(FormSubmit(token=form.token, fields=fields, **stand.asked("bea")))
    return int(form.token.partition("|")[2])


async def test_the_first_message_has_the_rounds_buttons_until_its_end(stand: Stand) -> None:
    """Hint, Report and Stop stand in the channel while the round is on; then the message says that it is over."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    assert labels(stand) == ["Hint", "Report", "Stop"]
    await stand.pass_time(seconds=31)
    assert labels(stand) == ["Hint", "Report", "Stop"]
    await pressed(stand, "Stop", "ann")
    assert labels(stand) == []
    assert "This round is over." in stand.said("live:1:start")
    assert "The round was stopped after 1 of 3 questions." in stand.said("live:1:result")


async def test_only_the_starter_or_a_moderator_stops_it(stand: Stand) -> None:
    """Who may not stop the round gets the sentence, and it goes on."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    reply = await pressed(stand, "Stop", "bea")
    assert reply.fault == "Only who started the live round, or a moderator, can stop it."
    assert labels(stand) == ["Hint", "Report", "Stop"]
    await stand.press("live.stop|1", "mod", admin=True)
    assert labels(stand) == []


async def test_the_hint_is_the_open_questions(stand: Stand) -> None:
    """Each question's own hint is shown while it is open; one that has none, and no open one, are said in words."""
    await stand.say("quiz live", options={**ROUND, "questions": "4"}, powers=THREADS)
    found = []
    for position in range(4):
        shown = stand.said(f"live:1:{position}")
        item = next(i for i in stand.core.library.items.values() if i.stem in shown)
        reply = await pressed(stand, "Hint")
        assert words(reply).endswith(item.hint or "This question has no hint.")
        assert reply.fault == ("" if item.hint else "This question has no hint.")
        found.append(item.hint)
        await stand.press(f"live.unsure|{position + 1}", "bea")
        if position < 3:
            await stand.pass_time(seconds=31)
            assert (await pressed(stand, "Hint")).fault == "No question of this round is open just now."
            await stand.pass_time(seconds=9)
    assert None in found
    assert any(found)


async def test_a_hint_after_the_time_is_up_but_before_the_close(stand: Stand) -> None:
    """A question whose time is up is open no more, even if its reveal is late."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    stand.clock.advance(seconds=31)
    assert (await pressed(stand, "Hint")).fault == "No question of this round is open just now."


async def test_a_report_is_on_the_open_question_or_the_last_revealed(stand: Stand) -> None:
    """The form belongs to the question that is open, in a pause to the one before, after the end to the last one."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    plays = [await reported(stand, (await pressed(stand, "Report")).form)]
    await stand.pass_time(seconds=31)
    plays.append(await reported(stand, (await pressed(stand, "Report")).form))
    await stand.pass_time(seconds=9)
    plays.append(await reported(stand, (await pressed(stand, "Report")).form))
    await pressed(stand, "Stop", "ann")
    late = await stand.press("live.report|1", "bea")
    assert late is not None
    plays.append(await reported(stand, late.form))
    assert [play - plays[0] for play in plays] == [0, 0, 1, 1]
    assert [row.round_item_id for row in stand.rows(REPORT)] == plays


async def test_a_hint_and_a_reports_form_write_nothing(stand: Stand) -> None:
    """Both only read, so that a crowd of presses stands in nobody's way."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    await stand.say("mate", "bea")
    with executed(stand.engine) as seen:
        await pressed(stand, "Hint")
        await pressed(stand, "Report")
    assert seen
    assert not [statement for statement in seen if statement.startswith(("INSERT", "UPDATE", "DELETE"))]


@pytest.mark.parametrize("token", ["live.hint|1", "live.stop|1"])
async def test_a_button_that_outlived_its_round(stand: Stand, token: str) -> None:
    """Pressed in a message that a client still shows as it was, a button says that the round is over."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    await pressed(stand, "Stop", "ann")
    late = await stand.press(token, "ann")
    assert late is not None
    assert late.fault == OVER


@pytest.mark.parametrize("action", ["live.hint", "live.report", "live.stop"])
@pytest.mark.parametrize("number", ["", "|x", "|2", "|77"])
async def test_a_button_of_no_round(stand: Stand, action: str, number: str) -> None:
    """A forged number, another group's round and a quiz of one's own are no live round here."""
    await stand.say("quiz live", options=ROUND, powers=THREADS)
    await stand.say("quiz start", "bea")
    reply = await stand.press(action + number, "bea")
    assert "This button no longer stands for anything." in words(reply)
    reply = await stand.press(f"{action}|1", "bea", server="another")
    assert "This button no longer stands for anything." in words(reply)


async def test_without_a_thread_the_buttons_are_there_too(stand: Stand) -> None:
    """Where threads are refused the round plays in the channel, and its first message has the same buttons."""
    powers = Powers(threads=True, lacks_to_thread=("Create Public Threads",))
    await stand.say("quiz live", options=ROUND, powers=powers)
    assert labels(stand) == ["Hint", "Report", "Stop"]
    assert (await pressed(stand, "Report")).form is not None
