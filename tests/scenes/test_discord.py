"""What only a Discord member meets: autocomplete, permissions, direct messages, old buttons, Discord's own refusals."""

import asyncio
import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import discord
import pytest
from simcord.backend import serializers
from simcord.interactions import base_payload

from bot.chat.cards import Card, Image
from bot.chat.people import Account, Space
from bot.chat.port import DeliveryError, Failure, Search
from bot.library import Library
from tests.adapters.test_port_contract import CARD
from tests.clock import Clock
from tests.scenes.discord_room import forbid
from tests.scenes.knowledge import Knowledge
from tests.stages.discord import DiscordStage
from tests.stages.discord_text import components

PRESS = 3
PICTURE = b"a picture"


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[DiscordStage]:
    """A server with one channel."""
    made = DiscordStage(tmp_path, library, Clock())
    await made.open()
    yield made
    await made.close()


def messages_of(stage: DiscordStage, name: str) -> list[Any]:
    """The messages that a member sees, oldest first."""
    return stage._visible(name)


async def deliver(stage: DiscordStage, by: str, kind: int, data: dict[str, Any], *, times: int = 1, **more: Any) -> Any:
    """One interaction, delivered once or more often, as a gateway that resumes may do."""
    record, payload = base_payload(
        stage.env.backend,
        type=kind,
        channel_id=stage.channel.id,
        guild_id=stage.guild.id,
        user_id=stage.member(by).id,
        data=data,
    )
    payload.update(more)
    for _time in range(times):
        stage.env.backend.emit("INTERACTION_CREATE", payload)
    await stage.env.settle()
    await stage._settle()
    return record


def live_question(stage: DiscordStage) -> Any:
    """The newest message in the channel."""
    return [m for m in stage._messages() if not m.is_ephemeral and m.channel_id == stage.channel.id][-1]


def answers_of(message: Any) -> list[str]:
    """The tokens of a question's answers."""
    tokens = (part.get("custom_id", "") for part in components(message.components))
    return [token for token in tokens if token.startswith("live.answer|")]


async def test_the_bot_asks_for_the_guilds_intent_alone(stage: DiscordStage) -> None:
    """Nobody's messages are read: the only intent is that of servers and their channels."""
    assert stage.discord.client.intents == discord.Intents(guilds=True)


async def test_topics_and_zones_are_completed(stage: DiscordStage) -> None:
    """Autocomplete offers topics by a part of their title, and real time zones."""
    ann = stage.member("ann")
    topics = await ann.autocomplete(stage.channel, "quiz start", "topic", "tree")
    assert {"name": "Decision trees", "value": "classical.decision-trees"} in topics
    zones = await ann.autocomplete(stage.channel, "my timezone", "zone", "berl")
    assert [zone["value"] for zone in zones] == ["Europe/Berlin"]
    assert len(await ann.autocomplete(stage.channel, "my timezone", "zone", "")) <= 25


async def test_commands_for_anywhere_work_in_a_direct_message(stage: DiscordStage, knows: Knowledge) -> None:
    """After a first use in the server, what is mine answers in private; what needs a group says where it belongs."""
    await stage.say("quiz start topic:vectors questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    user = stage.users["ann"]
    told = await user.slash("my stats")
    assert "1 answer" in stage._text(told.response._message, "ann")
    told = await user.slash("quiz live")
    assert "belongs in one of your group's channels" in stage._text(told.response._message, "ann")


async def test_a_stranger_in_a_direct_message_is_told_where_to_begin(stage: DiscordStage) -> None:
    """Somebody whose server is not known is told to use the bot there once."""
    user = stage.env.create_user("dag")
    stage.guild.add_member(user)
    told = await user.slash("my stats")
    assert "You are in no group yet." in stage._text(told.response._message, "dag")


async def test_old_buttons_work_after_a_restart(stage: DiscordStage, knows: Knowledge) -> None:
    """A question that was posted before the process ended is answered after it, by its own buttons."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:300")
    question = stage.public()[-1]
    await stage.restart()
    await knows.answer(stage, question, by="bea")
    assert "Your answer:" in stage.private("bea")[-1]
    assert "1 answer so far" in stage.public()[-1]


async def test_no_view_is_kept(stage: DiscordStage, knows: Knowledge) -> None:
    """Buttons are strings: the client holds no view and no modal after any gesture."""
    await stage.say("quiz start topic:numpy questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.say("quiz live topic:decision-trees questions:1")
    store = stage.discord.client._connection._view_store
    assert not store._views
    assert not store._modals
    assert not stage.discord.client.persistent_views


async def test_one_delivery_that_comes_twice_counts_once(stage: DiscordStage) -> None:
    """A resumed session may deliver a press again: nothing changes, and nothing is said twice."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:300")
    question = live_question(stage)
    data = {"custom_id": answers_of(question)[0], "component_type": 2}
    source = {"message": _payload(stage, question)}
    await deliver(stage, "bea", PRESS, data, times=3, **source)
    assert len([text for text in stage.private("bea") if "Your answer:" in text]) == 1
    assert "1 answer so far" in stage.public()[-1]


async def test_two_presses_at_once_are_one_answer(stage: DiscordStage) -> None:
    """A member who presses two answers in the same moment has one of them, and the count stays right."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:300")
    question = live_question(stage)
    first, second = answers_of(question)[:2]
    for token in (first, second):
        _record, payload = base_payload(
            stage.env.backend,
            type=PRESS,
            channel_id=stage.channel.id,
            guild_id=stage.guild.id,
            user_id=stage.member("bea").id,
            data={"custom_id": token, "component_type": 2},
        )
        payload["message"] = _payload(stage, question)
        stage.env.backend.emit("INTERACTION_CREATE", payload)
    await stage.env.settle()
    await stage._settle()
    assert "1 answer so far" in stage.public()[-1]


async def test_a_deleted_question_does_not_stop_the_round(
    stage: DiscordStage, knows: Knowledge, caplog: pytest.LogCaptureFixture
) -> None:
    """A moderator who deletes the question's message is respected; answers count, and the result is announced."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30")
    question = live_question(stage)
    await knows.answer(stage, stage.public()[-1], by="bea")
    stage.env.backend.delete_message(question.channel_id, question.id)
    await stage.pass_time(60)
    assert any(text.startswith("Result") for text in stage.public())
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]
    await stage.say("my last", by="bea")
    assert "Right." in stage.private("bea")[-1]


async def test_a_typed_answer_is_a_modal(stage: DiscordStage) -> None:
    """The Answer button opens a form with the field's own label; what is sent in it is graded."""
    await stage.say("quiz start topic:matrices level:1 questions:1")
    await stage.press("Answer")
    assert stage.form("ann") == ["Your number"]
    await stage.submit(answer="7")
    assert any("Right." in text for text in stage.private("ann"))


async def test_a_late_interaction_is_logged_with_what_to_do(
    stage: DiscordStage, caplog: pytest.LogCaptureFixture
) -> None:
    """Discord no longer knows a command's interaction: one line that says why; what was asked for is done, once."""
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062)
    await stage.say("quiz live topic:decision-trees questions:1")
    lines = [record.getMessage() for record in caplog.records if record.name.startswith("adapters")]
    assert len(lines) == 1
    assert "later than 3 seconds" in lines[0]
    assert len(stage.public()) == 1
    await stage.say("quiz live topic:decision-trees questions:1")
    assert "A live round is running already" in stage.private("ann")[-1]
    assert len(stage.public()) == 1


@pytest.mark.parametrize("line", ["mate", "quiz start topic:vectors questions:1"])
async def test_a_slow_core_is_announced_in_time(
    stage: DiscordStage, monkeypatch: pytest.MonkeyPatch, line: str
) -> None:
    """Where the core takes long, the member sees within a second that the answer comes, and then the answer."""
    real = stage.host.handle

    async def slow(request: Any) -> Any:
        await asyncio.sleep(1.5)
        return await real(request)

    monkeypatch.setattr(stage.host, "handle", slow)
    await stage.say(line)
    calls = [entry.path.rsplit("/", 1)[-1] for entry in stage.env.http_requests if "/interactions/" in entry.path]
    assert calls == ["callback"]
    assert len(stage.private("ann")) == 1


async def test_a_slow_answer_to_a_press_replaces_what_was_pressed(
    stage: DiscordStage, knows: Knowledge, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A press is acknowledged as an update, and the late answer stands in the pressed message."""
    await stage.say("quiz start topic:vectors questions:1")
    question = stage.private("ann")[-1]
    real = stage.host.handle

    async def slow(request: Any) -> Any:
        await asyncio.sleep(0.6)
        return await real(request)

    monkeypatch.setattr(stage.host, "handle", slow)
    await knows.answer(stage, question)
    assert any("Right." in text for text in stage.private("ann"))
    assert len([m for m in messages_of(stage, "ann") if "Right." in stage._text(m, "ann")]) == 1


async def test_an_answer_that_came_late_is_kept_all_the_same(stage: DiscordStage) -> None:
    """A press whose acknowledgement Discord refused still counts: an answer is never lost."""
    await stage.say("quiz live topic:decision-trees questions:1 seconds:300")
    question = live_question(stage)
    stage.env.inject_error("POST", "/interactions/*/*/callback", status=404, code=10062)
    data = {"custom_id": answers_of(question)[0], "component_type": 2}
    await deliver(stage, "bea", PRESS, data, message=_payload(stage, question))
    assert "1 answer so far" in stage.public()[-1]


@pytest.mark.parametrize(
    ("status", "code", "failure"),
    [
        (403, 50013, Failure.FORBIDDEN),
        (403, 50001, Failure.FORBIDDEN),
        (404, 10003, Failure.GONE),
        (404, 10008, Failure.GONE),
        (403, 50007, Failure.CLOSED),
        (400, 50035, Failure.INVALID),
        (401, 0, Failure.TRANSIENT),
        (403, 0, Failure.TRANSIENT),
        (404, 0, Failure.TRANSIENT),
        (400, 0, Failure.TRANSIENT),
        (403, 40333, Failure.TRANSIENT),
        (403, 99999, Failure.FORBIDDEN),
        (404, 99999, Failure.GONE),
        (400, 99999, Failure.INVALID),
        (403, 40003, Failure.TRANSIENT),
        (400, 40003, Failure.TRANSIENT),
        (403, 20026, Failure.TRANSIENT),
        (400, 50008, Failure.FORBIDDEN),
    ],
)
async def test_discords_refusals_are_told_apart(stage: DiscordStage, status: int, code: int, failure: Failure) -> None:
    """Each of Discord's codes means one thing to the core; what Discord itself did not say may be better later."""
    stage.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
    place = Space("discord", str(stage.guild.id), str(stage.channel.id))
    with pytest.raises(DeliveryError) as refused:
        await stage.discord.port.post(place, CARD, "key")
    assert refused.value.failure is failure


@pytest.mark.parametrize(("code", "least", "most"), [(40003, 60, 90), (20026, 3_600, 5_400)])
async def test_what_discord_says_of_our_pace_is_waited_for(
    stage: DiscordStage, code: int, least: float, most: float
) -> None:
    """A private message that Discord calls too fast, or spam, is no refusal of the member's: it is sent later."""
    stage.env.inject_error("POST", "/channels/*/messages", status=403, code=code)
    with pytest.raises(DeliveryError) as refused:
        await stage.discord.port.tell(Account("discord", str(stage.member("ann").id)), CARD, "key")
    assert refused.value.failure is Failure.TRANSIENT
    assert refused.value.retry_after is not None
    assert least <= refused.value.retry_after <= most


async def test_closed_direct_messages_are_an_outcome(stage: DiscordStage) -> None:
    """Somebody who takes no direct messages is CLOSED, not an error."""
    stage.env.inject_error("POST", "/channels/*/messages", status=403, code=50007)
    with pytest.raises(DeliveryError) as refused:
        await stage.discord.port.tell(Account("discord", str(stage.member("ann").id)), CARD, "key")
    assert refused.value.failure is Failure.CLOSED


async def test_what_is_missing_in_a_channel_is_named(stage: DiscordStage) -> None:
    """A channel where the bot may not write names the permission as Discord's settings do."""
    silent = stage.guild.create_text_channel(
        "silent", overwrites={stage.guild.default_role: discord.PermissionOverwrite(send_messages=False)}
    )
    await stage.env.settle()
    found = await stage.discord.port.probe(Space("discord", str(stage.guild.id), str(silent.id)))
    assert found.missing == ("Send Messages",)
    hidden = stage.guild.create_text_channel(
        "hidden", overwrites={stage.guild.default_role: discord.PermissionOverwrite(view_channel=False)}
    )
    await stage.env.settle()
    found = await stage.discord.port.probe(Space("discord", str(stage.guild.id), str(hidden.id)))
    assert "View Channel" in found.missing


async def test_the_same_key_has_the_same_nonce(stage: DiscordStage) -> None:
    """A post that is repeated carries the nonce by which Discord knows it, and asks Discord to enforce it."""
    place = Space("discord", str(stage.guild.id), str(stage.channel.id))
    for key in ("key-1", "key-1", "key-2"):
        await stage.discord.port.post(place, CARD, key)
    sent = [entry.json for entry in stage.env.http_requests if entry.path.endswith("/messages")][-3:]
    nonces = [body["nonce"] for body in sent]
    assert nonces[0] == nonces[1] != nonces[2]
    assert all(len(nonce) == 24 for nonce in nonces)
    assert all(body["enforce_nonce"] is True for body in sent)


async def test_nobody_is_ever_mentioned(stage: DiscordStage) -> None:
    """Whatever a member is called, no message may notify anyone."""
    await stage.say("my name show:nickname nickname:@everyone")
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30")
    for entry in stage.env.http_requests:
        if isinstance(entry.json, dict) and "components" in entry.json:
            assert entry.json["allowed_mentions"].get("parse") == []
    assert "@everyone" not in "\n".join(stage.private("ann"))


def _payload(stage: DiscordStage, message: Any) -> dict[str, Any]:
    return dict(serializers.message_payload(stage.env.backend, message))


async def test_a_picture_survives_a_broken_connection(stage: DiscordStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A post with a picture whose connection breaks is sent again with the whole picture."""
    real = stage.discord.client.http.request
    broken = asyncio.Event()

    async def once_broken(route: Any, **given: Any) -> Any:
        if route.path.endswith("/messages") and not broken.is_set():
            broken.set()
            await real(route, **given)  # the picture has been read by then
            raise ConnectionResetError(104, "Connection reset by peer")
        return await real(route, **given)

    monkeypatch.setattr(stage.discord.client.http, "request", once_broken)
    place = Space("discord", str(stage.guild.id), str(stage.channel.id))
    card = Card("Plot", (Image("plot.png", "A line that rises"),))
    ref = await stage.discord.port.post(place, card, "key")
    sent = await stage.channel.history()[-1].attachments[0].read() if ref.message else b""
    assert sent == PICTURE


async def test_looking_for_a_post_while_the_way_is_broken(stage: DiscordStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at the channel that breaks off says nothing of the post; with the way back it is found."""
    place = Space("discord", str(stage.guild.id), str(stage.channel.id))
    ref = await stage.discord.port.post(place, Card("Hello"), "key")
    with monkeypatch.context() as broken:
        broken.setattr(stage.discord.client.http, "request", _reset)
        with pytest.raises(DeliveryError) as caught:
            await stage.discord.port.find(place, "key")
    assert caught.value.failure is Failure.TRANSIENT
    assert await stage.discord.port.find(place, "key") == ref


async def test_a_channel_whose_history_is_closed(stage: DiscordStage) -> None:
    """Without the permission to read the channel nobody can tell whether a post is there."""
    place = Space("discord", str(stage.guild.id), str(stage.channel.id))
    await stage.discord.port.post(place, Card("Hello"), "key")
    stage.env.inject_error("GET", "/channels/*/messages", status=403, code=50001)
    assert await stage.discord.port.find(place, "key") is Search.UNKNOWN


async def _reset(_route: Any, **_given: Any) -> Any:
    raise ConnectionResetError(104, "Connection reset by peer")


def threads_of(stage: DiscordStage) -> list[Any]:
    """The threads below the channel."""
    return stage.channel.threads


def texts_in(stage: DiscordStage, place: Any) -> list[str]:
    """What stands in a channel or a thread for all, oldest first."""
    return [stage._text(m, "ann") for m in stage._messages() if m.channel_id == place.id and not m.is_ephemeral]


async def test_a_round_plays_in_its_own_thread(stage: DiscordStage, knows: Knowledge) -> None:
    """Several questions stand in one thread; the channel gets one start message and one result."""
    await stage.say("quiz live topic:vectors questions:2 seconds:20", by="ann")
    (thread,) = threads_of(stage)
    assert len(texts_in(stage, stage.channel)) == 1
    await knows.answer(stage, texts_in(stage, thread)[-1], by="bea")
    await stage.pass_time(20)
    await stage.pass_time(10)
    await stage.pass_time(20)
    await stage.pass_time(10)
    assert threads_of(stage)[0].id == thread.id
    assert len(threads_of(stage)) == 1
    assert len(texts_in(stage, thread)) == 2
    start, result = texts_in(stage, stage.channel)
    assert "[Stop]" not in start
    assert result.startswith("Result")


async def test_one_question_needs_no_thread(stage: DiscordStage) -> None:
    """A single question stands in the channel itself."""
    await stage.say("quiz live topic:vectors questions:1 seconds:20")
    assert not threads_of(stage)
    assert len(texts_in(stage, stage.channel)) == 1


async def test_threads_can_be_turned_off(stage: DiscordStage) -> None:
    """Where the moderators want no threads, the round plays in the channel."""
    await stage.say("settings set threads off", by="mod", moderator=True)
    await stage.say("quiz live topic:vectors questions:2 seconds:20")
    assert not threads_of(stage)
    assert "Question 1 of 2" in texts_in(stage, stage.channel)[-1]


async def test_where_threads_are_not_allowed_it_says_so(stage: DiscordStage) -> None:
    """Without the permission the start message names it, and the round plays in the channel."""
    forbid(stage, stage.channel, create_public_threads=False)
    await stage.say("quiz live topic:vectors questions:2 seconds:20")
    start, question = texts_in(stage, stage.channel)
    assert "Create Public Threads" in start
    assert "Question 1 of 2" in question
    assert not threads_of(stage)


async def test_a_round_is_refused_where_the_bot_may_not_write(stage: DiscordStage) -> None:
    """Instead of a round that nobody sees, the member reads which permission is missing."""
    forbid(stage, stage.channel, send_messages=False)
    await stage.say("quiz live topic:vectors questions:1 seconds:20")
    assert "Send Messages" in stage.private("ann")[-1]
    await stage.pass_time(600)
    assert stage.public() == []


async def test_a_round_whose_first_question_discord_refuses_ends(stage: DiscordStage) -> None:
    """Who started it is told in private, and nothing is left running."""
    stage.env.inject_error("POST", f"/channels/{stage.channel.id}/messages", status=403, code=50001)
    await stage.say("quiz live topic:vectors questions:1 seconds:20")
    ann = stage.member("ann").id
    told = [stage._text(m, "ann") for m in stage._messages() if stage._direct().get(m.channel_id) == ann]
    assert ["so the live round that you started there has ended" in one for one in told] == [True]
    await stage.say("quiz stop")
    assert "Nothing is running." in stage.private("ann")[-1]


async def test_a_lost_permission_reaches_the_moderators(stage: DiscordStage, knows: Knowledge) -> None:
    """When the permission goes in the middle of a round, the server's owner is told once, by the permission's name."""
    await stage.say("quiz live topic:vectors questions:3 seconds:20", by="ann")
    (thread,) = threads_of(stage)
    forbid(stage, stage.channel, send_messages_in_threads=False, send_messages=False)
    for _question in range(3):
        await stage.pass_time(20)
        await stage.pass_time(10)
    told = [text for text in direct_to_owner(stage) if "Send Messages" in text]
    assert len(told) == 1
    assert f"#{stage.channel.id}" in told[0] or f"#{thread.id}" in told[0] or "<#" in told[0]


def direct_to_owner(stage: DiscordStage) -> list[str]:
    """What the bot wrote to the server's owner in private."""
    owner = stage.guild.owner.id
    channels = {channel for channel, user in stage._direct().items() if user == owner}
    return [stage._text(m, "ann") for m in stage._messages() if m.channel_id in channels]


async def test_a_welcome_says_what_to_type(stage: DiscordStage) -> None:
    """On being added the bot says one word of welcome, to the owner where there is no system channel."""
    (welcome,) = direct_to_owner(stage)
    assert "quiz start" in welcome
    assert stage.public() == []


async def test_removed_and_back(stage: DiscordStage, knows: Knowledge) -> None:
    """A server that removes the bot is left alone; when it adds it again within 30 days, everything is still there."""
    await stage.say("quiz start topic:vectors questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30")
    before = len(stage.env.http_requests)
    payload = {"id": str(stage.guild.id)}
    stage.env.backend.emit("GUILD_DELETE", payload)
    await stage.env.settle()
    await stage.pass_time(3600)
    assert len(stage.env.http_requests) == before
    guild = stage.env.backend.guilds[stage.guild.id]
    stage.env.backend.emit("GUILD_CREATE", serializers.guild_create_payload(stage.env.backend, guild))
    await stage.env.settle()
    await stage._settle()
    assert "still here" in direct_to_owner(stage)[-1]
    await stage.say("my stats")
    assert "1 answer" in stage.private("ann")[-1]


async def test_what_a_member_may_is_checked_at_every_call(stage: DiscordStage) -> None:
    """A role that is named may moderate; the answer says where its members are shown the commands."""
    role = stage.guild.create_role("Mentors")
    await stage.say(f"settings set moderators <@&{role.id}>", by="mod", moderator=True)
    assert "Server Settings, Integrations" in stage.private("mod")[-1]
    await stage.say("settings set moderators @Mentors", by="mod", moderator=True)
    assert "“Mentors” is nobody who can moderate here. Type @ behind value:" in stage.private("mod")[-1]
    await stage.say("settings set timezone Oslo", by="bea")
    assert "That is for the group's moderators." in stage.private("bea")[-1]
    stage.env.backend.guilds[stage.guild.id].members[stage.member("bea").id].role_ids.append(role.id)
    await stage.say("settings set timezone Oslo", by="bea")
    assert "Europe/Oslo" in stage.private("bea")[-1]


async def test_the_moderators_channel_is_one_that_discord_knows(stage: DiscordStage) -> None:
    """A channel that was chosen behind # is taken; a bare name, which Discord never finds, is refused."""
    await stage.say(f"settings set moderators_channel <#{stage.channel.id}>", by="mod", moderator=True)
    assert "moderators' channel: #study" in stage.private("mod")[-1]
    await stage.say("settings set moderators_channel #mods", by="mod", moderator=True)
    said = "“#mods” is no channel that was chosen from a list. Type # behind value:"
    assert said in stage.private("mod")[-1]


async def test_a_broken_connection_is_tried_again(stage: DiscordStage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that is reset under a post is tried again with the same nonce, which discord.py does not do."""
    real = stage.discord.client.http.request
    broken = asyncio.Event()

    async def once_broken(route: Any, **given: Any) -> Any:
        if route.path.endswith("/messages") and not broken.is_set():
            broken.set()
            raise ConnectionResetError(104, "Connection reset by peer")
        return await real(route, **given)

    monkeypatch.setattr(stage.discord.client.http, "request", once_broken)
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30")
    assert broken.is_set()
    assert len(stage.public()) == 1
