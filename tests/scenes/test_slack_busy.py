"""A Slack that is too busy, or something between that answers for it: modals, forms, pages and posts."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.slack.doctor import examine
from bot.chat.cards import Button, Buttons, Card, text
from bot.chat.people import Space
from bot.chat.port import DeliveryError, Failure
from bot.chat.replies import Reply
from bot.library import Library
from tests.fakes.slack_server import Message, View
from tests.fakes.slack_server.faults import Fault
from tests.scenes.slack_room import answered, answers_of, calls, in_channel, modal, opened, press, rows, slash
from tests.stages.slack import SlackStage

BUSY: list[dict[str, Any]] = [
    {"status": 429, "retry_after": 1},
    {"status": 500},
    {"status": 503},
    {"error": "internal_error"},
    {"status": 200},
    {"status": 403},
]
LONG = {"status": 429, "retry_after": 30}
DATE = "Wed, 21 Oct 2026 07:28:00 GMT"
WORDS = Card("Title", (text("Hello"),))


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel."""
    async for made in opened(tmp_path, library):
        yield made


def plant(stage: SlackStage, method: str, fault: dict[str, Any], times: int | None = 1) -> None:
    """Trouble with the next calls of a method."""
    stage.server.faults.add(Fault(method, times, **fault))


async def home(stage: SlackStage) -> View:
    """A member's page of the bot."""
    await answered(stage, stage.server.open_home(stage.team, "ann"))
    page = stage.member("ann").home
    assert page is not None
    return page


def direct(stage: SlackStage) -> list[Message]:
    """What the bot wrote to a member in private."""
    return list(stage.server.world.dm(stage.team, stage.member("ann")).messages.values())


# --- modals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", BUSY)
async def test_a_modal_opens_though_slack_is_busy(stage: SlackStage, fault: dict[str, Any]) -> None:
    """What is pressed on the bot's own page opens its modal at the second try, within the time that there is."""
    page = await home(stage)
    plant(stage, "views.open", fault)
    await press(stage, page, "Quiz me")
    assert "Question 1 of" in modal(stage, "ann").text
    assert calls(stage, "views.open") == ["views.open"] * 2
    assert direct(stage) == []


@pytest.mark.parametrize("fault", [*BUSY, LONG])
async def test_a_modal_that_slack_is_too_busy_for_is_a_direct_message(stage: SlackStage, fault: dict[str, Any]) -> None:
    """Where it cannot be opened in time, what it would have shown is written in private, and can be answered there."""
    page = await home(stage)
    plant(stage, "views.open", fault, None)
    await press(stage, page, "Quiz me")
    (told,) = direct(stage)
    assert "Question 1 of" in told.text
    assert len(calls(stage, "views.open")) == (1 if fault is LONG else 3)
    await press(stage, told, "I don't know")
    assert "Here is the answer" in told.text


async def test_a_modal_to_which_the_way_breaks_is_a_direct_message(stage: SlackStage) -> None:
    """Also where no word of Slack's comes back at all."""
    page = await home(stage)
    stage.server.cut("views.open", times=None)
    await press(stage, page, "Quiz me")
    (told,) = direct(stage)
    assert "Question 1 of" in told.text


@pytest.mark.parametrize("fault", BUSY)
async def test_a_reveal_in_a_modal_comes_though_slack_is_busy(stage: SlackStage, fault: dict[str, Any]) -> None:
    """The answer is kept, and its reveal stands in the modal a moment later."""
    await answered(stage, stage.server.shortcut(stage.team, "ann", "quiz start"))
    asked = modal(stage, "ann")
    plant(stage, "views.update", fault)
    await press(stage, asked, "I don't know")
    assert "Here is the answer" in asked.text
    assert calls(stage, "views.update") == ["views.update"] * 2


async def test_a_reveal_that_no_modal_takes_is_a_direct_message(stage: SlackStage) -> None:
    """Where Slack stays too busy, the answer is not lost."""
    await answered(stage, stage.server.shortcut(stage.team, "ann", "quiz start"))
    plant(stage, "views.update", {"status": 429}, None)
    await press(stage, modal(stage, "ann"), "I don't know")
    assert "Here is the answer" in direct(stage)[0].text


async def test_what_came_later_is_not_undone(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that Slack was too busy for does not come over one that was pressed for meanwhile."""
    go = Buttons((Button("Go", "do"),))
    waiting = [Reply(card=Card("One", (go,))), Reply(update=Card("Two", (go,))), Reply(update=Card("Three", (go,)))]

    async def handle(_request: Any) -> Reply:
        return waiting.pop(0)

    monkeypatch.setattr(stage.host, "handle", handle)
    await answered(stage, stage.server.shortcut(stage.team, "ann", "quiz start"))
    asked = modal(stage, "ann")
    plant(stage, "views.update", {"status": 429, "retry_after": 1})
    held = stage.server.press(stage.team, "ann", asked, "Go")
    await stage.server.called("views.update")
    stage.server.press(stage.team, "ann", asked, "Go")
    await stage.server.called("views.update", 2)
    assert "Three" in asked.text
    await answered(stage, held)
    assert "Three" in asked.text


@pytest.mark.parametrize("fault", [*BUSY, LONG])
async def test_a_form_that_slack_is_busy_for(stage: SlackStage, fault: dict[str, Any]) -> None:
    """It opens at the second try; where there will be no second one in time, the member is told where they asked."""
    plant(stage, "views.open", fault)
    one = await slash(stage, "quiz start level:9")
    if fault is LONG:
        assert "That took too long." in one.text
        assert one.private
    else:
        assert stage.form("ann") == ["topic", "level", "questions"]


@pytest.mark.parametrize("fault", BUSY)
async def test_the_page_of_the_bot_is_written_though_slack_is_busy(stage: SlackStage, fault: dict[str, Any]) -> None:
    """It does not stay empty: it is written a moment later."""
    plant(stage, "views.publish", fault)
    assert "Batchmate" in (await home(stage)).text


@pytest.mark.parametrize("method", ["views.open", "chat.postEphemeral"])
async def test_a_pause_that_is_a_date_loses_no_answer(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, method: str
) -> None:
    """What stands between may say when to come back by a date: the answer comes as if it had said nothing."""
    page = await home(stage)
    monkeypatch.setattr(Fault, "answer", lambda _self: (503, "<html>busy</html>", {"Retry-After": DATE}))
    plant(stage, method, {"status": 503})
    if method == "views.open":
        await press(stage, page, "Quiz me")
        assert "Question 1 of" in modal(stage, "ann").text
    else:
        told = await answered(stage, stage.server.mention(stage.team, stage.channel, "ann", "help"))
        assert told.private
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


# --- posts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", ["html", "text", "list"])
@pytest.mark.parametrize("status", [200, 403, 404, 407, 413])
async def test_a_page_is_not_slacks_word(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch, status: int, page: str
) -> None:
    """A proxy's page says nothing of a post, which may have been made; an edit is made later."""
    space = Space("slack", stage.team.id, stage.channel.id)
    ref = await stage.slack.port.post(space, WORDS, "one")
    body: Any = {"html": "<html>no</html>", "text": "no", "list": []}[page]
    monkeypatch.setattr(Fault, "answer", lambda _self: (status, body, {}))
    plant(stage, "chat.*", {"status": status}, None)
    with pytest.raises(DeliveryError) as posted:
        await stage.slack.port.post(space, WORDS, "two")
    with pytest.raises(DeliveryError) as edited:
        await stage.slack.port.edit(ref, WORDS, "one")
    assert (posted.value.failure, edited.value.failure) == (Failure.UNCLEAR, Failure.TRANSIENT)


async def test_a_round_is_closed_though_a_page_comes_first(stage: SlackStage) -> None:
    """The question of a live round is edited at its end, also where the first try met a proxy's page."""
    await slash(stage, "quiz live topic:vectors questions:1 seconds:30")
    (question,) = in_channel(stage)
    plant(stage, "chat.update", {"status": 403})
    for _time in range(4):
        await stage.pass_time(20)
    assert "Closed" in question.text
    assert answers_of(question) == []


@pytest.mark.parametrize("error", ["thread_not_found", "invalid_thread_ts", "cannot_reply_to_message"])
async def test_where_a_thread_is_gone_the_question_comes_to_the_channel(stage: SlackStage, error: str) -> None:
    """A round whose thread Slack does not take any more goes on in the channel, as where it is locked."""
    await slash(stage, "quiz live topic:vectors questions:2 seconds:30")
    stage.server.refuse("chat.postMessage", error)
    for _time in range(3):
        await stage.pass_time(20)
    assert any("Question 2 of 2" in one.text for one in in_channel(stage))
    assert rows(stage, "SELECT count(*) FROM message WHERE state = 'failed'") == [(0,)]


# --- the doctor ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", [*BUSY, LONG])
@pytest.mark.parametrize("method", ["auth.test", "apps.connections.open"])
async def test_the_doctor_blames_no_token_for_a_busy_slack(
    stage: SlackStage, method: str, fault: dict[str, Any]
) -> None:
    """It says that Slack is out of reach, and why, and nobody copies a good token anew."""
    plant(stage, method, fault)
    found = await examine(stage.team.token, stage.server.app_token, stage.server.api_url)
    (ill,) = [one.sentence for one in found if not one.well]
    named = fault.get("error") or {429: "ratelimited"}.get(fault["status"], f"HTTP {fault.get('status')}")
    assert ill == f"Slack is out of reach ({named}). Look at the network and https://status.slack.com"


async def test_the_doctor_knows_a_wrong_token(stage: SlackStage) -> None:
    """A token that Slack does not take, or one in the other's place, is to be copied anew."""
    found = await examine(stage.server.app_token, "xapp-wrong", stage.server.api_url)
    assert ["Slack does not take SLACK_BOT_TOKEN" in found[0].sentence, "SLACK_APP_TOKEN" in found[1].sentence] == [
        True,
        True,
    ]
    assert not any(one.well for one in found)
