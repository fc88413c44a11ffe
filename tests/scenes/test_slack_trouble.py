"""What a Slack member meets on a bad day: slow cores, closed ways, answers that cross, Slack's own refusals."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bot.chat.cards import Card, Image
from bot.chat.people import Space
from bot.chat.port import DeliveryError, Failure
from bot.library import Library
from tests.adapters.test_port_contract import CARD
from tests.fakes.slack_server import Interaction
from tests.scenes.knowledge import Knowledge
from tests.scenes.slack_room import answered, answers_of, calls, in_channel, opened, press, rows, slash
from tests.stages.slack import SlackStage

LIVE = "quiz live topic:decision-trees questions:1 seconds:300"
SOLO = "quiz start topic:vectors questions:1"
QUICK = 0.75  # seconds within which an answer comes that waits for nothing
LATE = 0.6  # seconds: later than an acknowledgement waits


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel."""
    async for made in opened(tmp_path, library):
        yield made


@pytest.fixture
def slow(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What makes the core take its time; `meanwhile` happens before it answers."""

    def make(seconds: float = LATE, meanwhile: Callable[[], object] = lambda: None) -> None:
        real = stage.host.handle

        async def handle(request: Any) -> Any:
            await asyncio.sleep(seconds)
            meanwhile()
            return await real(request)

        monkeypatch.setattr(stage.host, "handle", handle)

    return make


def in_time(one: Interaction) -> bool:
    """Whether Slack heard of it within a second."""
    return one.acknowledged_after is not None and one.acknowledged_after < 1.0


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the adapter logged."""
    return [record.getMessage() for record in caplog.records if record.name.startswith("adapters")]


# --- delivered more than once, or crossing ---------------------------------------------------------------------------


async def test_a_press_that_comes_three_times_counts_once(stage: SlackStage) -> None:
    """The same delivery at the same moment and again later changes nothing, and is answered once."""
    await slash(stage, LIVE)
    (question,) = in_channel(stage)
    stage.server.delivery.twice = True
    one = await press(stage, question, answers_of(question)[0], by="bea")
    stage.server.delivery.redeliver(one)
    await stage.server.called("response_url")
    await answered(stage, one)
    assert len(one.messages) == 1
    assert "1 answer so far" in question.text
    assert rows(stage, "SELECT count(*) FROM answer") == [(1,)]


async def test_a_command_that_comes_again_starts_one_round(stage: SlackStage) -> None:
    """Of a command and of a mention: nothing happens the second time, and nothing is said."""
    one = await slash(stage, LIVE)
    stage.server.delivery.redeliver(one)
    await stage.server.until(lambda: stage.server.counters["ignored_acks"] == 1, 5, one.story)
    await stage.settle()
    assert len(one.messages) == 1
    assert len(stage.public()) == 1
    stopped = await answered(stage, stage.server.mention(stage.team, stage.channel, "ann", "quiz stop"))
    heard = len(calls(stage, "chat.postEphemeral"))
    stage.server.delivery.redeliver(stopped)
    await stage.server.until(lambda: stage.server.counters["ignored_acks"] == 2, 5, stopped.story)
    await stage.settle()
    assert len(calls(stage, "chat.postEphemeral")) == heard
    assert rows(stage, "SELECT state FROM round") == [("stopped",)]


async def test_a_form_that_comes_again_is_kept_once(stage: SlackStage) -> None:
    """A form that Slack delivers a second time grades nothing anew."""
    asked = await slash(stage, "quiz start topic:matrices level:1 questions:1")
    await press(stage, asked.messages[0], "Answer")
    sent = await answered(stage, stage.server.submit(stage.team, "ann", {"answer": "7"}))
    edits = asked.messages[0].edits
    stage.server.delivery.redeliver(sent)
    await stage.server.until(lambda: stage.server.counters["ignored_acks"] == 1, 5, sent.story)
    await stage.settle()
    assert asked.messages[0].edits == edits
    assert rows(stage, "SELECT count(*), sum(correct) FROM answer") == [(1, 1)]


async def test_a_press_that_overtakes_the_answer_is_answered(
    stage: SlackStage, slow: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A member may press on a question before the call that brought it has come back."""
    slow()
    stage.server.slow("response_url", 0.5, times=1, applied=True)
    asked = await stage.server.slash(stage.team, stage.channel, "ann", SOLO).wait(lambda one: bool(one.messages))
    monkeypatch.undo()
    pressed = await stage.server.press(stage.team, "ann", asked.messages[0], "I don't know").wait()
    assert [call.status for call in stage.server.log.find("response_url")][:1] == [200]
    await stage.settle()
    assert pressed.edited == 1
    assert "is right:" in asked.messages[0].text


async def test_a_press_that_overtakes_the_post_is_counted(stage: SlackStage) -> None:
    """The question stands in the channel before we know its name; who answers in that moment is counted on it."""
    stage.server.slow("chat.postMessage", 0.5, times=1, applied=True)
    await stage.server.slash(stage.team, stage.channel, "ann", LIVE).wait()
    sending = asyncio.create_task(stage.host.settle())
    await stage.server.until(lambda: bool(in_channel(stage)), 5, lambda: "no question")
    (question,) = in_channel(stage)
    pressed = await stage.server.press(stage.team, "bea", question, answers_of(question)[0]).wait()
    assert not sending.done()
    assert "Your answer:" in pressed.text
    await sending
    await stage.settle()
    assert "1 answer so far" in question.text
    assert calls(stage, "chat.postMessage") == ["chat.postMessage"]


# --- slow ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("line", ["", SOLO, "quiz live topic:vectors questions:1"])
async def test_a_slow_core_is_acknowledged_in_time(stage: SlackStage, slow: Callable[..., None], line: str) -> None:
    """The command is acknowledged within a second; its answer comes later, by its own address, and once."""
    slow(1.2)
    one = await slash(stage, line)
    assert in_time(one)
    assert not one.ack
    assert calls(stage, "response_url", "chat.postEphemeral") == ["response_url"]
    assert len(one.messages) == 1
    assert one.private


async def test_a_slow_answer_to_a_press_replaces_what_was_pressed(stage: SlackStage, slow: Callable[..., None]) -> None:
    """However late, the reveal stands in the place of the question."""
    asked = await slash(stage, SOLO)
    slow()
    pressed = await press(stage, asked.messages[0], "I don't know")
    assert pressed.acknowledged_after is not None
    assert pressed.acknowledged_after < LATE
    assert "is right:" in asked.messages[0].text


async def test_a_slow_answer_to_a_form_comes_after_it(stage: SlackStage, slow: Callable[..., None]) -> None:
    """The form closes in time, and the reveal takes the place of the question as if it had been quick."""
    asked = await slash(stage, "quiz start topic:matrices level:1 questions:1")
    await press(stage, asked.messages[0], "Answer")
    slow()
    sent = await answered(stage, stage.server.submit(stage.team, "ann", {"answer": "7"}))
    assert in_time(sent)
    assert stage.member("ann").views == []
    assert "Right." in asked.messages[0].text


async def test_a_slow_answer_to_a_modals_form_is_shown_below_it(stage: SlackStage, slow: Callable[..., None]) -> None:
    """The modal that the form was opened from shows what came of it."""
    await answered(stage, stage.server.open_home(stage.team, "ann"))
    page = stage.member("ann").home
    assert page is not None
    page.control("Quiz me")["value"] = "do|quiz start|topic=matrices|level=1|questions=1"
    await press(stage, page, "Quiz me")
    (asked,) = stage.member("ann").views
    await press(stage, asked, "Answer")
    slow()
    sent = await answered(stage, stage.server.submit(stage.team, "ann", {"answer": "7"}))
    assert in_time(sent)
    assert stage.member("ann").views == [asked]
    assert "Right." in asked.text


async def test_a_form_that_takes_too_long_is_said_to(stage: SlackStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the core is too slow to open a form in time, the member is asked to press once more; then it opens."""
    asked = await slash(stage, "quiz start topic:matrices level:1 questions:1")

    async def never(_request: Any) -> Any:
        await asyncio.sleep(60)

    monkeypatch.setattr(stage.host, "open_form", never)
    told = await press(stage, asked.messages[0], "Answer")
    assert "That took too long." in told.text
    assert told.private
    assert told.answered_after is not None
    assert told.answered_after < 3.0
    monkeypatch.undo()
    await press(stage, asked.messages[0], "Answer")
    assert stage.form("ann") == ["Your number"]


async def test_nobody_waits_for_a_slow_profile(stage: SlackStage) -> None:
    """Slack takes seconds to say who asks: the answer comes all the same, and the name is right the next time."""
    stage.member("ann").shown = "Ann of Avon"
    stage.server.slow("users.info", 2.5, times=1)
    one = await slash(stage, SOLO)
    assert in_time(one)
    assert one.answered_after is not None
    assert one.answered_after < 2.0
    assert rows(stage, "SELECT name FROM account") == [("ann",)]
    again = await slash(stage, SOLO)  # while Slack still thinks: nobody waits for the same a second time
    assert again.answered_after is not None
    assert again.answered_after < QUICK
    await stage.server.until(
        lambda: bool([call for call in stage.server.log.find("users.info") if call.status]), 5, one.story
    )
    await slash(stage, SOLO)
    assert rows(stage, "SELECT name FROM account") == [("Ann of Avon",)]
    assert len(stage.server.log.find("users.info")) == 1


async def test_a_form_opens_though_the_profile_is_slow(stage: SlackStage) -> None:
    """A modal can be opened for three seconds, so Slack's own slowness must not eat them."""
    stage.server.slow("users.info", 1.5, times=1)
    stage.server.slow("usergroups.list", 1.5, times=1)
    stage.server.slow("conversations.info", 1.5, times=1)
    await slash(stage, "quiz start level:9")
    assert stage.form("ann") == ["topic", "level", "questions"]
    await stage.server.until(
        lambda: all(call.status for call in stage.server.log.find("*.info")), 5, lambda: str(stage.server.log)
    )


async def test_many_at_once_ask_for_each_other_once(stage: SlackStage) -> None:
    """Five members press in the same moment: the user groups are asked for once, and each profile once."""
    await slash(stage, LIVE)
    stage.slack.people.forget(stage.team.id)
    stage.server.log.clear()
    (question,) = in_channel(stage)
    answer = answers_of(question)[0]
    pressed = [
        stage.server.press(stage.team, name, question, answer)
        for name in ("ann", "bea", "cem", "dag", "eli")
        for _time in range(2)
    ]
    await asyncio.gather(*(one.wait("acknowledged") for one in pressed))
    await stage.settle()
    assert len(calls(stage, "usergroups.list")) == 1
    assert len(calls(stage, "users.info")) == 5
    assert "5 answers so far" in question.text


@pytest.mark.parametrize("trouble", ["error", "5xx", "429"])
async def test_a_profile_that_cannot_be_had_is_a_name(
    stage: SlackStage, caplog: pytest.LogCaptureFixture, trouble: str
) -> None:
    """The handle that came with the gesture stands for the name; who is known keeps the name they had."""
    stage.member("ann").shown = "Ann of Avon"
    await slash(stage, SOLO)
    stage.slack.people._profiles.clear()
    match trouble:
        case "error":
            stage.server.refuse("users.info", "user_not_visible", times=None)
        case "5xx":
            stage.server.fail("users.info", 503, times=None)
        case _:
            stage.server.limit("users.info", 30, times=None)
    for name in ("bea", "cem"):
        assert (await slash(stage, SOLO, by=name)).answered
    assert rows(stage, "SELECT name FROM account ORDER BY id") == [("Ann of Avon",), ("bea",), ("cem",)]
    asked = calls(stage, "users.info")
    assert len(asked) == (3 if trouble == "error" else 2)  # a Slack that is busy is left alone for a while
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


# --- closed ways -----------------------------------------------------------------------------------------------------


def expire(stage: SlackStage) -> None:
    """More than half an hour goes by."""
    stage.server.advance(1_801)


def use_up(stage: SlackStage) -> None:
    """Every address for answers has been used five times."""
    for url in stage.server.responses.known.values():
        url.uses = 5


@pytest.mark.parametrize("end", [expire, use_up])
async def test_where_the_address_is_closed_the_answer_comes_as_a_message(
    stage: SlackStage, slow: Callable[..., None], end: Callable[[SlackStage], None]
) -> None:
    """An address for answers that is out of date or used up: a message that only the member sees."""
    slow(LATE, lambda: end(stage))
    one = await slash(stage, SOLO)
    assert calls(stage, "response_url", "chat.postEphemeral") == ["response_url", "chat.postEphemeral"]
    assert one.private
    assert "Level" in one.text


async def test_a_round_in_a_channel_without_the_bot(stage: SlackStage) -> None:
    """Of a private channel nobody knows before whether the bot is in it: the round ends, and its starter is told."""
    closed = stage.server.add_channel(stage.team, "closed", private=True, bot=False)
    for questions in (1, 2):
        await answered(stage, stage.server.slash(stage.team, closed, "ann", f"quiz live questions:{questions}"))
    assert rows(stage, "SELECT state FROM round") == [("stopped",), ("stopped",)]
    told = stage.server.world.dm(stage.team, stage.member("ann")).messages.values()
    assert ["invite me there" in one.text for one in told] == [True, True]
    await slash(stage, "quiz stop")
    assert "Nothing is running." in stage.private("ann")[-1]


async def test_where_the_bot_is_not_in_the_channel_the_answer_comes_directly(
    stage: SlackStage, slow: Callable[..., None]
) -> None:
    """With neither the address nor the channel open, the answer is a direct message rather than lost."""
    stage.channel.bot_in = False
    slow(LATE, lambda: expire(stage))
    await slash(stage, SOLO)
    (told,) = stage.server.world.dm(stage.team, stage.member("ann")).messages.values()
    assert "Level" in told.text
    assert stage.public() == []


@pytest.mark.parametrize("fault", ["limit", "fail", "cut"])
async def test_a_busy_slack_is_asked_again_for_an_answer(
    stage: SlackStage, slow: Callable[..., None], fault: str
) -> None:
    """Too many calls, a server's failure, a broken way: the answer comes a moment later."""
    slow(LATE, lambda: expire(stage))
    match fault:
        case "limit":
            stage.server.limit("chat.postEphemeral", 1)
        case "fail":
            stage.server.fail("chat.postEphemeral", 502)
        case _:
            stage.server.cut("chat.postEphemeral")
    one = await slash(stage, SOLO)
    assert calls(stage, "chat.postEphemeral") == ["chat.postEphemeral"] * 2
    assert len(one.messages) == 1


@pytest.mark.parametrize("applied", [False, True])
async def test_a_broken_way_to_the_address_loses_no_answer(
    stage: SlackStage, slow: Callable[..., None], *, applied: bool
) -> None:
    """Where the address cannot be reached at all, the answer takes the other way."""
    slow()
    stage.server.cut("response_url", times=None, applied=applied)
    one = await slash(stage, SOLO)
    assert one.private
    assert calls(stage, "chat.postEphemeral") == ["chat.postEphemeral"]


async def test_a_form_that_cannot_be_opened_any_more_is_said_to(stage: SlackStage) -> None:
    """A trigger that has expired: the member is told, where they asked."""
    stage.server.trigger_seconds = -1.0
    told = await slash(stage, "quiz start level:9")
    assert told.private
    assert "That took too long." in told.text
    assert stage.member("ann").views == []
    wrong = await slash(stage, "quiz start topic:zzz")
    assert wrong.private
    assert "There is no topic “zzz”." in wrong.text


async def test_a_modal_that_cannot_be_opened_any_more_is_a_direct_message(stage: SlackStage) -> None:
    """A shortcut is used in no channel, so a late question comes as a message, and can be answered there."""
    stage.server.trigger_seconds = -1.0
    await answered(stage, stage.server.shortcut(stage.team, "ann", "quiz start"))
    (told,) = stage.server.world.dm(stage.team, stage.member("ann")).messages.values()
    assert "Question 1 of 5" in told.text
    await press(stage, told, "I don't know")
    assert "Here is the answer" in told.text


async def test_a_modal_that_was_closed_meanwhile_loses_no_answer(stage: SlackStage, slow: Callable[..., None]) -> None:
    """Who closes the modal before the answer comes reads it in a direct message."""
    await answered(stage, stage.server.shortcut(stage.team, "ann", "quiz start"))
    (asked,) = stage.member("ann").views
    slow(LATE, lambda: stage.server.close_view(stage.team, "ann"))
    await press(stage, asked, "I don't know")
    told = stage.server.world.dm(stage.team, stage.member("ann")).messages.values()
    assert any("Here is the answer" in one.text for one in told)
    assert rows(stage, "SELECT count(*) FROM answer") == [(1,)]


# --- posts -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("applied", [False, True])
async def test_a_post_of_which_nobody_knows_is_not_sent_twice(
    stage: SlackStage, caplog: pytest.LogCaptureFixture, *, applied: bool
) -> None:
    """A connection that breaks under a post: it is flagged, once, whether it had arrived or not; the round goes on."""
    stage.server.cut("chat.postMessage", applied=applied)
    await slash(stage, "quiz live topic:decision-trees questions:1 seconds:30")
    await stage.pass_time(1)
    assert len(stage.server.log.find("chat.postMessage")) == 1
    assert len(in_channel(stage)) == applied
    assert rows(stage, "SELECT state FROM message") == [("flagged",)]
    assert any("it is flagged" in record.getMessage() for record in caplog.records)
    await stage.pass_time(60)
    assert in_channel(stage)[-1].text.startswith("Result")


async def test_a_dropped_post_can_be_answered_where_it_arrived(stage: SlackStage, knows: Knowledge) -> None:
    """Its answer was lost, but the question stands there: who answers is kept, and nothing is posted a second time."""
    stage.server.cut("chat.postMessage", applied=True)
    await slash(stage, LIVE)
    (question,) = in_channel(stage)
    letter = knows.letters(stage._text(question, "bea"), right=True)[0]
    await stage.press(letter, by="bea")
    assert "Your answer:" in stage.private("bea")[-1]
    await stage.pass_time(400)
    assert len(in_channel(stage)) == 2  # the question and the result
    assert rows(stage, "SELECT correct FROM answer") == [(1,)]


async def test_a_limit_is_kept_to(stage: SlackStage) -> None:
    """Too many posts: the next try comes when Slack has said, not before, and the message arrives once."""
    stage.server.limit("chat.postMessage", 30)
    await slash(stage, LIVE)
    assert stage.public() == []
    await stage.pass_time(10)
    assert len(calls(stage, "chat.postMessage")) == 1
    await stage.pass_time(30)
    assert len(stage.public()) == 1


async def test_a_burst_of_failures_passes(stage: SlackStage, knows: Knowledge) -> None:
    """Slack is down for a while: the question comes once it is back, and is answered as ever."""
    stage.server.fail("chat.postMessage", 503, times=4)
    await slash(stage, LIVE)
    for _minute in range(6):
        await stage.pass_time(10)
    assert len(stage.public()) == 1
    await knows.answer(stage, stage.public()[-1], by="bea")
    stage.server.fail("chat.update", 500, times=2)
    await stage.pass_time(5)
    await stage.pass_time(5)
    assert "1 answer so far" in stage.public()[-1]


async def test_the_asker_is_told_what_is_missing_before_a_round(stage: SlackStage) -> None:
    """Where the bot is not in the channel no round begins; as soon as it is invited, one does."""
    stage.channel.bot_in = False
    told = await slash(stage, LIVE)
    assert "/invite @Batchmate is missing" in told.text
    assert rows(stage, "SELECT id FROM round") == []
    await answered(stage, stage.server.join(stage.team, stage.channel, "batchmate"))
    await slash(stage, LIVE)
    assert len(stage.public()) == 1


async def test_a_bot_that_was_thrown_out_notices(stage: SlackStage) -> None:
    """A channel that took posts a moment ago: after the first refusal the next asker is told at once."""
    await slash(stage, LIVE)
    await slash(stage, "quiz stop")
    stage.server.kick(stage.team, stage.channel)
    await slash(stage, LIVE)
    await stage.pass_time(400)
    told = await slash(stage, LIVE)
    assert "/invite @Batchmate is missing" in told.text


async def test_the_moderators_are_told_where_nobody_could_ask(stage: SlackStage) -> None:
    """Without channels:read the refusal comes with the post: who added the bot hears of it, once."""
    stage.team.scopes.discard("channels:read")
    await stage.slack.installed(stage.team.id, "Study", stage.member("mod").id)
    stage.channel.bot_in = False
    await slash(stage, "quiz live topic:vectors questions:2 seconds:20")
    for _time in range(4):
        await stage.pass_time(20)
    told = stage.server.world.dm(stage.team, stage.member("mod")).messages.values()
    (trouble,) = [one for one in told if "I may not post in" in one.text]
    assert "/invite @Batchmate" in trouble.text


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        ("channel_not_found", Failure.FORBIDDEN),
        ("not_in_channel", Failure.FORBIDDEN),
        ("is_archived", Failure.FORBIDDEN),
        ("msg_too_long", Failure.INVALID),
        ("invalid_blocks", Failure.INVALID),
        ("msg_blocks_too_long", Failure.INVALID),
        ("ratelimited", Failure.TRANSIENT),
        ("user_not_found", Failure.CLOSED),
    ],
)
async def test_slacks_refusals_are_told_apart(stage: SlackStage, error: str, failure: Failure) -> None:
    """Each of Slack's words means one thing to the core, and none of ours is in what is said of it."""
    stage.server.refuse("chat.postMessage", error)
    with pytest.raises(DeliveryError) as refused:
        await stage.slack.port.post(Space("slack", stage.team.id, stage.channel.id), CARD, "key")
    assert refused.value.failure is failure
    assert "Hello" not in str(refused.value)


@pytest.mark.parametrize("error", ["account_inactive", "token_revoked"])
async def test_a_dead_token_rests_the_workspace(
    stage: SlackStage, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    """A token that Slack no longer takes, found out with a post: the group rests, and nothing more is tried."""
    stage.server.refuse("chat.postMessage", error)
    await slash(stage, LIVE)
    assert [row for (row,) in rows(stage, "SELECT removed_at FROM home") if row is None] == []
    assert rows(stage, "SELECT state FROM round") == [("stopped",)]
    before = stage.server.log.total
    await stage.pass_time(3600)
    assert stage.server.log.total == before
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


@pytest.mark.parametrize(
    "error", ["invalid_auth", "not_authed", "token_expired", "team_access_not_granted", "accesslimited"]
)
async def test_a_token_that_is_only_doubted_is_kept(
    stage: SlackStage, caplog: pytest.LogCaptureFixture, error: str
) -> None:
    """Slack says so, too, to an address that is not allowed: one line says where to look, and the post comes later."""
    stage.server.refuse("*", error, times=None)
    await slash(stage, LIVE)
    await stage.pass_time(10)
    (line,) = [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
    assert "look at the allowed IP addresses in the app's settings, and at the token" in line
    assert rows(stage, "SELECT count(*) FROM home WHERE removed_at IS NOT NULL") == [(0,)]
    stage.server.faults.clear()
    await stage.pass_time(120)
    assert len(in_channel(stage)) == 1


async def test_pictures_are_tried_again_where_they_were_not_taken(
    stage: SlackStage, caplog: pytest.LogCaptureFixture
) -> None:
    """Their words stand there for ten minutes, and the log says once what to do; then they are shown."""
    caplog.set_level(logging.INFO)
    picture = Card("Title", (Image("a.png", "what is to be seen"),))
    space = Space("slack", stage.team.id, stage.channel.id)
    stage.server.refuse("files.getUploadURLExternal", "file_type_not_allowed")
    for key in ("one", "two"):
        await stage.slack.port.post(space, picture, key)
    assert [
        line for line in said(caplog) if "grant files:write and allow files there" in line and "not_allowed" in line
    ]
    stage.clock.advance(minutes=11)
    await stage.slack.port.post(space, picture, "three")
    assert ["slack_file" in str(one.blocks) for one in in_channel(stage)] == [False, False, True]


SCOPED = {
    "channels:read": "conversations.info",
    "usergroups:read": "usergroups.list",
    "users:read": "users.info",
}


@pytest.mark.parametrize("scope", SCOPED)
async def test_a_permission_that_is_missing_is_named_once(
    stage: SlackStage, caplog: pytest.LogCaptureFixture, scope: str
) -> None:
    """Without it the bot works: a quiz, a live round; the log has its name, once, and it is not asked for again."""
    caplog.set_level(logging.INFO)
    stage.team.scopes -= {scope, "groups:read", "im:read"}
    for name in ("ann", "bea"):
        assert (await slash(stage, SOLO, by=name)).answered
    await slash(stage, LIVE)
    (question,) = in_channel(stage)
    assert "Your answer:" in (await press(stage, question, answers_of(question)[0], by="bea")).text
    assert [line for line in said(caplog) if scope in line] == [
        f"Slack's {SCOPED[scope]} needs the permission {scope}; the bot works without it"
    ]
    assert len(calls(stage, SCOPED[scope])) == 1


async def test_a_permission_that_was_granted_meanwhile_is_found(stage: SlackStage) -> None:
    """Without a restart, and though the bot was not added anew: an hour later it is asked for again."""
    stage.team.scopes -= {"users:read", "usergroups:read"}
    stage.server.add_group(stage.team, "mentors", "bea")
    await slash(stage, "settings set moderators @mentors", by="mod")
    assert "for the group's moderators" in stage.private("mod")[-1]
    stage.team.scopes |= {"users:read", "usergroups:read"}
    stage.clock.advance(minutes=61)
    await slash(stage, "settings set moderators @mentors", by="mod")
    await slash(stage, "settings set timezone Oslo", by="bea")
    assert rows(stage, 'SELECT zone FROM "group"') == [("Europe/Oslo",)]


async def test_pictures_are_shown_once_the_bot_is_added_anew(stage: SlackStage) -> None:
    """With the permission that was missing before, at once and not minutes later."""
    picture = Card("Title", (Image("a.png", "what is to be seen"),))
    space = Space("slack", stage.team.id, stage.channel.id)
    stage.team.scopes.discard("files:write")
    await stage.slack.port.post(space, picture, "one")
    stage.team.scopes.add("files:write")
    await stage.slack.installed(stage.team.id, "Study", stage.member("mod").id)
    await stage.slack.port.post(space, picture, "two")
    assert ["slack_file" in str(one.blocks) for one in in_channel(stage)] == [False, True]


async def test_one_private_channel_says_nothing_of_the_others(stage: SlackStage) -> None:
    """A place of another kind needs a permission that the bot never has: public channels are asked about as before."""
    stage.team.scopes -= {"groups:read", "im:read", "mpim:read"}
    hidden = stage.server.add_channel(stage.team, "hidden", "ann", private=True)
    await answered(stage, stage.server.slash(stage.team, hidden, "ann", SOLO))
    stage.channel.bot_in = False
    assert "/invite @Batchmate is missing" in (await slash(stage, LIVE)).text
