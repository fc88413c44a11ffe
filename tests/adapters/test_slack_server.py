"""The local Slack itself: what it lets the real clients do, what it refuses, and the trouble it makes."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.webhook.async_client import AsyncWebhookClient

from tests.fakes.slack_server import (
    DROPPED_AFTER,
    DROPPED_BEFORE,
    PLANTED,
    ImpossibleGesture,
    Interaction,
    SlackServer,
    Team,
    all_of,
)

ROOT = Path(__file__).parents[2]
WORDS = [{"type": "section", "text": {"type": "mrkdwn", "text": "words"}}]


def plain(text: str) -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def buttons(*labels: str) -> list[dict[str, Any]]:
    """A row of buttons, whose values are their labels in capitals."""
    parts = [
        {"type": "button", "action_id": f"press:{number}", "text": plain(label), "value": label.upper()}
        for number, label in enumerate(labels)
    ]
    return [{"type": "actions", "elements": parts}]


def modal(*more: dict[str, Any], **keys: Any) -> dict[str, Any]:
    """A form with one required and one optional field."""
    fields = [
        {
            "type": "input",
            "block_id": name,
            "optional": name == "more",
            "label": plain(name),
            "element": {"type": "plain_text_input", "action_id": "value", "max_length": 20},
        }
        for name in ("why", "more")
    ]
    body = {"type": "modal", "callback_id": "form", "title": plain("A form"), "submit": plain("Send")}
    return {**body, "blocks": [*fields, *more], **keys}


SELECT = {
    "type": "static_select",
    "action_id": "choose:topic",
    "options": [{"text": plain(name.capitalize()), "value": name} for name in ("calculus", "algebra")],
}
HOME = {"type": "home", "blocks": [*WORDS, *buttons("again")]}


def client_of(server: SlackServer, token: str | None = None) -> AsyncWebClient:
    """The real client, with a workspace's token."""
    return AsyncWebClient(server.world.team().token if token is None else token, base_url=f"{server.api_url}/")


async def refused(call: Any) -> dict[str, Any]:
    """What a call was refused with."""
    with pytest.raises(SlackApiError) as raised:
        await call
    data = raised.value.response.data
    assert isinstance(data, dict)
    return data


async def error_of(call: Any) -> str:
    """The name of the error that a call was refused with."""
    return str((await refused(call))["error"])


class Bot:
    """A bolt app that answers gestures in every way that the stand-in has to know; `heard` are the payloads."""

    def __init__(self, server: SlackServer) -> None:
        self.server = server
        self.heard: list[dict[str, Any]] = []
        secret = server.delivery.signing_secret
        app = AsyncApp(client=client_of(server, ""), authorize=self.authorize, signing_secret=secret)
        app.command("/mate")(self.command)
        for constraint in ("press:0", "press:1", "choose:topic"):
            app.action(constraint)(self.act)
        app.view("form")(self.send)
        app.view_closed("form")(self.close)
        app.shortcut("quiz")(self.shortcut)
        app.event("app_mention")(self.mention)
        app.event("app_home_opened")(self.home)
        for name in (
            "app_uninstalled",
            "tokens_revoked",
            "channel_archive",
            "channel_deleted",
            "member_joined_channel",
        ):
            app.event(name)(self.event)
        self.app = app

    async def authorize(self, team_id: str | None) -> AuthorizeResult:
        """The workspace's token, without asking for who it is."""
        team = self.server.world.team(team_id)
        return AuthorizeResult(
            enterprise_id=None, team_id=team.id, bot_user_id=team.bot.id, bot_id=team.bot_id, bot_token=team.token
        )

    async def command(self, ack: Any, respond: Any, client: Any, body: Any) -> None:
        self.heard.append(body)
        match body["text"].split(" ")[0]:
            case "ask":
                await ack(text="Which?", blocks=[*WORDS, *buttons("a", "why")])
            case "post":
                await ack({"response_type": "in_channel", "text": "everybody"})
            case "late":
                await ack()
                await respond("later")
            case "form":
                await ack()
                await client.views_open(trigger_id=body["trigger_id"], view=modal())
            case "wrong":
                await ack(text="", blocks=[{"type": "marquee"}])
            case "silence":
                await asyncio.sleep(1)
            case _:
                await ack(body["text"])

    async def act(self, ack: Any, body: Any, respond: Any, client: Any) -> None:
        self.heard.append(body)
        await ack()
        if body["container"]["type"] == "view":
            await client.views_update(view_id=body["view"]["id"], view=HOME)
        elif body["container"]["is_ephemeral"]:
            await respond(replace_original=True, text="right", blocks=WORDS)
        else:
            where = {"channel": body["channel"]["id"], "ts": body["message"]["ts"]}
            await client.chat_update(**where, text="changed", blocks=buttons("b"))

    async def send(self, ack: Any, body: Any, view: Any) -> None:
        self.heard.append(body)
        match view["state"]["values"]["why"]["value"]["value"]:
            case "nothing":
                await ack(response_action="errors", errors={"why": "too short"})
            case "other":
                await ack(response_action="errors", errors={"what": "no such field"})
            case "again":
                await ack(response_action="update", view=modal(*WORDS))
            case "deeper":
                await ack(response_action="push", view=modal())
            case "clear":
                await ack(response_action="clear")
            case _:
                await ack()

    async def close(self, ack: Any, body: Any) -> None:
        self.heard.append(body)
        await ack()

    async def shortcut(self, ack: Any, body: Any, client: Any) -> None:
        self.heard.append(body)
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=modal(notify_on_close=True))

    async def mention(self, event: Any, say: Any, body: Any) -> None:
        self.heard.append(body)
        await say(text="hello", thread_ts=event.get("thread_ts") or event["ts"])

    async def home(self, event: Any, client: Any, body: Any) -> None:
        self.heard.append(body)
        await client.views_publish(user_id=event["user"], view=HOME)

    async def event(self, body: Any) -> None:
        self.heard.append(body)


@asynccontextmanager
async def running(server: SlackServer, **options: Any) -> AsyncIterator[Bot]:
    """The app on one websocket."""
    bot = Bot(server)
    handler = AsyncSocketModeHandler(bot.app, server.app_token, web_client=client_of(server, ""), **options)
    before = len(server.sockets.live)
    await handler.connect_async()
    await server.ready(before + 1)
    try:
        yield bot
    finally:
        await handler.close_async()


@asynccontextmanager
async def listening(server: SlackServer) -> AsyncIterator[Bot]:
    """The app behind an address of its own."""
    bot = Bot(server)
    runner = web.AppRunner(bot.app.server().web_app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.delivery.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield bot
    finally:
        server.delivery.url = None
        await runner.cleanup()


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    """A stand-in that listens."""
    async with SlackServer() as started:
        yield started


@pytest.fixture
def team(server: SlackServer) -> Team:
    """Its one workspace."""
    return server.world.team()


# Messages.


async def test_a_message_is_posted_changed_and_deleted(server: SlackServer, team: Team) -> None:
    """The real client posts, edits its own message, which keeps blocks that are not sent, and deletes it."""
    client, channel = client_of(server), team.channel("study")
    posted = await client.chat_postMessage(channel=channel.id, text="words", blocks=buttons("a"))
    assert posted["channel"] == channel.id
    assert posted["message"]["bot_id"] == team.bot_id
    assert "chat:write" in posted.headers["x-oauth-scopes"]
    message = channel.messages[posted["ts"]]
    assert message.text == "a"
    assert message.control("A")["action_id"] == "press:0"
    await client.chat_update(channel=channel.id, ts=message.ts, text="other")
    assert (message.fallback, len(message.controls), message.edits) == ("other", 1, 1)
    await client.chat_update(channel=channel.id, ts=message.ts, text="other", blocks=[])
    assert message.text == "other"
    reply = await client.chat_postMessage(channel=channel.id, text="under it", thread_ts=message.ts)
    assert [one.ts for one in channel.thread(message.ts)] == [reply["ts"]]
    assert reply["ts"] > message.ts
    await client.chat_delete(channel=channel.id, ts=message.ts)
    assert message.ts not in channel.messages


async def test_one_message_is_seen_by_one_member(server: SlackServer, team: Team) -> None:
    """A private message is in the channel for its member alone, and cannot be changed by the API."""
    client, channel = client_of(server), team.channel("study")
    ann = team.user("ann")
    answer = await client.chat_postEphemeral(channel=channel.id, user=ann.id, text="psst")
    assert [message.text for message in channel.seen_by(ann)] == ["psst"]
    assert channel.public == channel.seen_by(team.user("bea")) == []
    changing = client.chat_update(channel=channel.id, ts=answer["message_ts"], text="no")
    assert await error_of(changing) == "message_not_found"
    team.channel("study").members.discard(ann.id)
    assert await error_of(client.chat_postEphemeral(channel=channel.id, user=ann.id, text="a")) == "user_not_in_channel"


async def test_what_is_refused_in_a_message(server: SlackServer, team: Team) -> None:
    """Blocks, lengths and missing words, each by its error; invalid blocks say where."""
    client, channel = client_of(server), team.channel("study").id
    found = await refused(client.chat_postMessage(channel=channel, text="a", blocks=[{"type": "marquee"}]))
    assert found["error"] == "invalid_blocks"
    assert found["errors"] == ["unsupported type: marquee [json-pointer:/blocks/0/type]"]
    assert found["response_metadata"]["messages"] == [f"[ERROR] {found['errors'][0]}"]
    long = [{"type": "section", "text": {"type": "mrkdwn", "text": "a" * 2700}}] * 5
    assert await error_of(client.chat_postMessage(channel=channel, text="a", blocks=long)) == "msg_blocks_too_long"
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}]]}
    assert (
        await error_of(client.chat_postMessage(channel=channel, text="a", blocks=[table] * 2)) == "invalid_attachments"
    )
    assert await error_of(client.api_call("chat.postMessage", json={"channel": channel, "text": " "})) == "no_text"
    assert await error_of(client.chat_postMessage(channel=channel, text="a", blocks="{")) == "invalid_blocks_format"
    assert await error_of(client.api_call("chat.postMessage", json={"text": "a"})) == "invalid_arguments"
    assert await error_of(client.chat_postMessage(channel=channel, text="a", colour="red")) == "invalid_arguments"
    wrong = client.chat_postMessage(channel=channel, text="a", metadata={"event_type": "a"})
    assert await error_of(wrong) == "invalid_metadata_format"
    cut = await client.chat_postMessage(channel=channel, text="a" * 40_001)
    assert cut["response_metadata"]["warnings"] == ["message_truncated"]
    changing = client.chat_update(channel=channel, ts=cut["ts"], text="a" * 4_001)
    assert await error_of(changing) == "msg_too_long"


async def test_where_the_bot_may_not_write(server: SlackServer, team: Team) -> None:
    """Channels that are unknown, foreign, archived or closed, threads and messages that are not there."""
    client = client_of(server)
    other = server.add_channel(team, "other", bot=False)
    secret = server.add_channel(team, "secret", private=True, bot=False)
    old = server.add_channel(team, "old")
    study = team.channel("study")
    before = await client.chat_postMessage(channel=old.id, text="a")
    old.archived = True
    theirs = server.say(team, study, "ann", "hi")
    assert await error_of(client.chat_postMessage(channel="C999", text="a")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel="study", text="a")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel=other.id, text="a")) == "not_in_channel"
    assert await error_of(client.chat_postMessage(channel=secret.id, text="a")) == "channel_not_found"
    assert await error_of(client.chat_postMessage(channel=old.id, text="a")) == "is_archived"
    assert await error_of(client.chat_update(channel=old.id, ts=before["ts"], text="a")) == "is_inactive"
    assert await error_of(client.chat_update(channel=study.id, ts="1.2", text="a")) == "message_not_found"
    assert await error_of(client.chat_update(channel=study.id, ts=theirs.ts, text="a")) == "cant_update_message"
    assert await error_of(client.chat_delete(channel=study.id, ts=theirs.ts)) == "cant_delete_message"
    assert await error_of(client.chat_postMessage(channel=study.id, text="a", thread_ts="1.2")) == "thread_not_found"
    team.scopes.add("chat:write.public")
    assert (await client.chat_postMessage(channel=other.id, text="a"))["ok"]


async def test_direct_messages(server: SlackServer, team: Team) -> None:
    """A direct conversation is opened once and written in; a member or the app's settings may refuse it."""
    client, ann = client_of(server), team.user("ann")
    opened = await client.conversations_open(users=ann.id)
    assert not opened["already_open"]
    again = await client.conversations_open(users=[ann.id])
    assert again["already_open"]
    assert again["channel"]["id"] == opened["channel"]["id"]
    await client.chat_postMessage(channel=opened["channel"]["id"], text="psst")
    await client.chat_postMessage(channel=ann.id, text="psst again")
    assert [message.text for message in server.world.dm(team, ann).public] == ["psst", "psst again"]
    server.close_dms(team, "ann")
    closed = client.chat_postMessage(channel=opened["channel"]["id"], text="a")
    assert await error_of(closed) == "messages_tab_disabled"
    assert await error_of(client.conversations_open(users="U999")) == "user_not_found"
    team.user("bea").deleted = True
    assert await error_of(client.conversations_open(users=team.user("bea").id)) == "user_disabled"


# Tokens, people, places.


async def test_tokens_and_scopes(server: SlackServer, team: Team) -> None:
    """No token, a wrong one, one of the wrong kind, one without the scope, and one that was taken back."""
    channel = team.channel("study").id
    assert await error_of(client_of(server, "").auth_test()) == "not_authed"
    assert await error_of(client_of(server, "xoxb-wrong").auth_test()) == "invalid_auth"
    assert await error_of(client_of(server, server.app_token).auth_test()) == "not_allowed_token_type"
    client = client_of(server)
    assert await error_of(client.apps_connections_open(app_token=team.token)) == "not_allowed_token_type"
    team.scopes = {"users:read", "commands"}
    found = await refused(client.chat_postMessage(channel=channel, text="a"))
    assert (found["error"], found["needed"], found["provided"]) == (
        "missing_scope",
        "chat:write",
        "commands,users:read",
    )
    assert await error_of(client.api_call("chat.shout")) == "unknown_method"
    assert [call.method for call in server.unknown] == ["chat.shout"]
    assert (await client.auth_revoke())["revoked"]
    assert await error_of(client.auth_test()) == "token_revoked"
    assert not any(team.token in str(call.args) for call in server.log.find())


async def test_people_channels_and_user_groups(server: SlackServer, team: Team) -> None:
    """What is told of them, each by its scope; what is not there is refused."""
    client, ann = client_of(server), server.add_user(team, "fay", "Fay", "Europe/Berlin", "de-DE")
    user = (await client.users_info(user=ann.id, include_locale=True))["user"]
    assert (user["profile"]["display_name"], user["tz"], user["locale"]) == ("Fay", "Europe/Berlin", "de-DE")
    assert not user["is_admin"]
    assert (await client.users_info(user=team.user("mod").id))["user"]["is_owner"]
    assert await error_of(client.users_info(user="U999")) == "user_not_found"
    as_json = client.api_call("users.info", json={"user": ann.id})
    assert await error_of(as_json) == "invalid_arguments"  # this method reads forms only
    channel = (await client.conversations_info(channel=team.channel("study").id))["channel"]
    assert (channel["name"], channel["is_member"], channel["is_archived"]) == ("study", True, False)
    secret = server.add_channel(team, "secret", private=True)
    team.scopes.discard("groups:read")
    assert await error_of(client.conversations_info(channel=secret.id)) == "missing_scope"
    group = server.add_group(team, "mods", "ann", "bea")
    listed = await client.usergroups_list(include_users=True)
    assert [(one["handle"], len(one["users"])) for one in listed["usergroups"]] == [("mods", 2)]
    assert (await client.usergroups_users_list(usergroup=group.id))["users"] == group.users
    assert await error_of(client.usergroups_users_list(usergroup="S999")) == "no_such_subteam"


async def test_files_are_uploaded_and_shown(server: SlackServer, team: Team) -> None:
    """An upload in three steps; a picture of it can be shown once Slack has looked at it."""
    client, channel = client_of(server), team.channel("study")
    server.file_seconds = 60.0
    uploaded = await client.files_upload_v2(content=b"\x89PNG", filename="a.png", title="A picture")
    picture = {"type": "image", "alt_text": "a", "slack_file": {"id": uploaded["file"]["id"]}}
    posting = {"channel": channel.id, "text": "a", "blocks": [picture]}
    assert await error_of(client.chat_postMessage(**posting)) == "invalid_blocks"
    server.advance(61)
    assert (await client.chat_postMessage(**posting))["ok"]
    shared = await client.files_upload_v2(content=b"abc", filename="a.txt", channel=channel.id)
    assert channel.public[-1].text == shared["file"]["title"]
    lost = client.files_completeUploadExternal(files=[{"id": "F999", "title": "a"}])
    assert await error_of(lost) == "file_not_found"
    ticket = await client.files_getUploadURLExternal(filename="a.txt", length=5)
    async with aiohttp.ClientSession() as session, session.post(ticket["upload_url"], data=b"abc") as answer:
        assert answer.status == 400


# Views.


async def test_a_trigger_opens_one_view_within_three_seconds(server: SlackServer) -> None:
    """It is used up by that; an old and an unknown one open nothing, a refused view leaves it as it is."""
    client = client_of(server)
    one = server.slash(None, "study", "ann", "form")
    trigger = one.payload["trigger_id"]
    found = await refused(client.views_open(trigger_id=trigger, view=modal(title=plain("t" * 25))))
    assert found["error"] == "invalid_arguments"
    assert "/view/title/text" in found["response_metadata"]["messages"][0]
    opened = await client.views_open(trigger_id=trigger, view=modal())
    assert one.view is not None
    assert one.view.id == opened["view"]["id"]
    assert await error_of(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
    assert await error_of(client.views_open(trigger_id="1.2.3", view=modal())) == "invalid_trigger_id"
    late = server.slash(None, "study", "ann", "form").payload["trigger_id"]
    server.advance(3.5)
    assert await error_of(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"
    assert await error_of(client.api_call("views.open", json={"view": modal()})) == "invalid_arguments"


async def test_views_lie_over_one_another(server: SlackServer, team: Team) -> None:
    """Three at most, pushed from within a view; updates know the newest state by its hash."""
    client = client_of(server)
    first = server.slash(None, "study", "ann", "form")
    assert await error_of(client.views_push(trigger_id=first.payload["trigger_id"], view=modal())) == "not_found"
    view = modal({"type": "actions", "elements": [SELECT]}, external_id="mine")
    opened = (await client.views_open(trigger_id=first.payload["trigger_id"], view=view))["view"]
    for _ in range(2):
        shown = team.user("ann").views[-1]
        pressed = server.choose(None, "ann", team.user("ann").views[0], "algebra")
        pushed = await client.views_push(trigger_id=pressed.payload["trigger_id"], view=modal())
        assert pushed["view"]["previous_view_id"] == shown.id
        assert pushed["view"]["root_view_id"] == opened["id"]
    pressed = server.choose(None, "ann", team.user("ann").views[0], "algebra")
    deeper = client.views_push(trigger_id=pressed.payload["trigger_id"], view=modal())
    assert await error_of(deeper) == "push_limit_reached"
    again = server.slash(None, "study", "bea", "form")
    same = client.views_open(trigger_id=again.payload["trigger_id"], view=view)
    assert await error_of(same) == "duplicate_external_id"
    changed = await client.views_update(external_id="mine", view=modal(*WORDS), hash=opened["hash"])
    assert team.user("ann").views[0].text.endswith("words")
    stale = client.views_update(view_id=opened["id"], view=modal(), hash=opened["hash"])
    assert await error_of(stale) == "hash_conflict"
    assert changed["view"]["hash"] != opened["hash"]
    assert await error_of(client.views_update(view_id="V999", view=modal())) == "not_found"


async def test_a_home_page_is_published(server: SlackServer, team: Team) -> None:
    """A page for one member; a modal is none, and nobody has none."""
    client, ann = client_of(server), team.user("ann")
    published = await client.views_publish(user_id=ann.id, view=HOME)
    assert ann.home is not None
    assert published["view"]["id"] == ann.home.id
    assert "words" in ann.home.text
    assert await error_of(client.views_publish(user_id=ann.id, view=modal())) == "invalid_arguments"
    assert await error_of(client.views_publish(user_id="U999", view=HOME)) == "user_not_found"
    stale = client.views_publish(user_id=ann.id, view=HOME, hash="1.a")
    assert await error_of(stale) == "hash_conflict"


# Gestures, over a websocket and by HTTP.


@pytest.fixture(params=[running, listening], ids=["socket", "http"])
async def both(server: SlackServer, request: pytest.FixtureRequest) -> AsyncIterator[list[dict[str, Any]]]:
    """What a bot hears that is reached in one of the two ways."""
    async with request.param(server) as bot:
        yield bot.heard


async def test_a_command_and_its_answers(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """Privately with the acknowledgement or later through its address, for everybody where it says so."""
    one = await server.slash(None, "study", "ann", "hello @bea in #study, see https://example.com if a < b").wait()
    team = server.world.team()
    bea, study = team.user("bea"), team.channel("study")
    expected = f"hello <@{bea.id}|bea> in <#{study.id}|study>, see <https://example.com> if a &lt; b"
    assert one.text == expected
    assert one.private
    body = both[0]
    assert (body["command"], body["team_domain"], body["user_name"]) == ("/mate", "workspace1", "ann")
    assert (body["channel_name"], body["is_enterprise_install"]) == ("study", "false")
    later = await server.slash(None, "study", "ann", "late").wait()
    assert later.text == "later"
    posted = await server.slash(None, "study", "ann", "post").wait()
    assert not posted.private
    assert study.public == posted.messages
    direct = await server.slash(None, None, "ann", "hello").wait()
    assert direct.payload["channel_name"] == "directmessage"


async def test_an_answer_that_slack_does_not_show(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """Blocks that are refused in an acknowledgement leave the member without an answer."""
    one = await server.slash(None, "study", "ann", "wrong").wait("acknowledged")
    assert one.refused[0] == "invalid_blocks"
    assert not one.answered
    assert len(both) == 1


async def test_a_button_on_a_private_message(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """The press names no message, as Slack keeps none; its address changes the message in its place."""
    asked = await server.slash(None, "study", "ann", "ask").wait()
    one = await server.press(None, "ann", asked, "a").wait()
    assert one.edited == 1
    assert asked.text == one.text == "words"
    body = both[-1]
    assert body["container"]["is_ephemeral"]
    assert "message" not in body
    assert body["actions"][0]["value"] == "A"
    with pytest.raises(ImpossibleGesture, match="does not see"):
        server.press(None, "bea", asked.messages[0], "a")


async def test_a_button_on_a_public_message(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """The press brings the message, and the member sees the change."""
    channel = server.world.team().channel("study")
    posted = await client_of(server).chat_postMessage(channel=channel.id, text="a", blocks=buttons("a"))
    one = await server.press(None, "ann", "A").wait()
    assert one.source is channel.messages[posted["ts"]]
    assert one.text == "b"
    body = both[-1]
    assert body["message"]["ts"] == body["container"]["message_ts"] == posted["ts"]
    assert body["message"]["blocks"][0]["elements"][0]["value"] == "A"
    assert body["state"] == {"values": {}}
    assert body["team"] == {"id": channel.team.id, "domain": "workspace1"}
    with pytest.raises(ImpossibleGesture, match="no button"):
        server.press(None, "ann", one.source, "A")
    made_up = await server.press(None, "ann", "OLD", channel="study").wait()
    assert made_up.edited == 1


async def test_a_select_of_a_message(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """What is chosen comes whole, and stands in the state; what is not offered cannot be chosen."""
    channel = server.world.team().channel("study")
    blocks = [{"type": "actions", "block_id": "row", "elements": [SELECT]}]
    await client_of(server).chat_postMessage(channel=channel.id, text="a", blocks=blocks)
    message = channel.public[-1]
    await server.choose(None, "ann", message, "Algebra").wait()
    action = both[-1]["actions"][0]
    assert (action["action_id"], action["selected_option"]["value"]) == ("choose:topic", "algebra")
    assert both[-1]["state"]["values"]["row"]["choose:topic"]["selected_option"]["value"] == "algebra"
    await client_of(server).chat_update(channel=channel.id, ts=message.ts, text="a", blocks=blocks)
    with pytest.raises(ImpossibleGesture, match="to choose"):
        server.choose(None, "ann", message, "biology")


async def test_a_form_is_opened_and_sent(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """Errors leave it open, an update and a push show the next, an acknowledgement closes it."""
    ann = server.world.team().user("ann")
    opened = await server.slash(None, "study", "ann", "form").wait()
    assert opened.view is ann.views[0]
    with pytest.raises(ImpossibleGesture, match="required"):
        server.submit(None, "ann")
    with pytest.raises(ImpossibleGesture, match="21 characters"):
        server.submit(None, "ann", {"why": "a" * 21})
    with pytest.raises(ImpossibleGesture, match="has no"):
        server.submit(None, "ann", {"what": "a"})
    wrong = await server.submit(None, "ann", {"why": "nothing"}).wait()
    assert wrong.errors == {"why": "too short"}
    values = both[-1]["view"]["state"]["values"]
    assert values["why"]["value"] == {"type": "plain_text_input", "value": "nothing"}
    assert values["more"]["value"] == {"type": "plain_text_input", "value": None}
    other = await server.submit(None, "ann", {"why": "other"}).wait("acknowledged")
    assert other.refused[0] == "invalid_errors"
    again = await server.submit(None, "ann", {"why": "again"}).wait()
    assert again.text.endswith("words")
    deeper = await server.submit(None, "ann", {"why": "deeper"}).wait()
    assert ann.views == [opened.view, deeper.view]
    await server.submit(None, "ann", {"why": "fine"}).wait("acknowledged")
    assert ann.views == [opened.view]
    await server.submit(None, "ann", {"why": "clear"}).wait("acknowledged")
    assert ann.views == []
    with pytest.raises(ImpossibleGesture, match="no such view"):
        server.submit(None, "ann")


async def test_a_shortcut_and_the_end_of_a_view(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """The bot hears of the end where the view asks for it, and else does not."""
    one = await server.shortcut(None, "ann", "quiz").wait()
    assert one.view is not None
    closed = await server.close_view(None, "ann").wait("acknowledged")
    assert both[-1]["type"] == "view_closed"
    assert not both[-1]["is_cleared"]
    assert closed.deliveries == 1
    await server.slash(None, "study", "ann", "form").wait()
    assert server.close_view(None, "ann").deliveries == 0
    server.shortcuts = {"other"}
    with pytest.raises(ImpossibleGesture, match="no shortcut"):
        server.shortcut(None, "ann", "quiz")


async def test_a_mention_is_answered_in_its_thread(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """The event names the workspace, the place and the thread."""
    channel = server.world.team().channel("study")
    one = await server.mention(None, "study", "ann", "quiz start").wait()
    assert one.text == "hello"
    assert one.messages[0].thread_ts == one.source.ts
    body = both[-1]
    assert body["event"]["text"].endswith("> quiz start")
    assert body["authorizations"][0]["team_id"] == body["team_id"] == channel.team.id
    assert body["event_id"].startswith("Ev")
    under = await server.mention(None, channel, "ann", "again", one.source).wait()
    assert under.payload["event"]["thread_ts"] == one.source.ts
    server.kick(None, "study")
    assert server.mention(None, "study", "ann", "anybody?").deliveries == 0


async def test_the_home_page(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """It is drawn when it is opened, and its button brings the view."""
    opened = await server.open_home(None, "ann").wait(lambda _: server.world.team().user("ann").home is not None)
    home = opened.user.home
    assert home is not None
    one = await server.press(None, "ann", home, "again").wait()
    assert both[-1]["view"]["type"] == "home"
    assert both[-1]["container"] == {"type": "view", "view_id": home.id}
    assert "message" not in both[-1]
    assert one.edited == 1


async def test_what_happens_in_a_workspace(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """Channels end, the bot arrives, the token goes, the app goes; only what was asked for is told."""
    other, last = server.add_channel(None, "other"), server.add_channel(None, "last", bot=False)
    await server.archive(None, other).wait("acknowledged")
    await server.delete_channel(None, other).wait("acknowledged")
    await server.join(None, last, "batchmate").wait("acknowledged")
    assert last.bot_in
    kinds = [body["event"]["type"] for body in both]
    assert kinds == ["channel_archive", "channel_deleted", "member_joined_channel"]
    server.events.discard("channel_archive")
    assert server.archive(None, last).deliveries == 0
    await server.uninstall().wait("acknowledged")
    assert {body["event"]["type"] for body in both[3:]} == {"tokens_revoked", "app_uninstalled"}
    assert await error_of(client_of(server).auth_test()) == "account_inactive"
    with pytest.raises(ImpossibleGesture, match="not in workspace1"):
        server.slash(None, "study", "ann", "hello")


async def test_a_revoked_token(server: SlackServer, both: list[dict[str, Any]]) -> None:
    """The bot is told, and the token is of no use."""
    await server.revoke().wait("acknowledged")
    assert both[-1]["event"]["tokens"]["bot"] == [server.world.team().bot.id]
    assert await error_of(client_of(server).auth_test()) == "token_revoked"


async def test_workspaces_are_apart(both: list[dict[str, Any]], server: SlackServer) -> None:
    """Each has its token, its people and its channels; a token does not reach into another."""
    second = server.add_team("second")
    await server.slash(second, "study", "ann", "hello").wait()
    assert both[-1]["team_id"] == second.id
    assert second.user("ann").id != server.world.team().user("ann").id
    foreign = client_of(server).chat_postMessage(channel=second.channel("study").id, text="a")
    assert await error_of(foreign) == "channel_not_found"


async def test_gestures_that_nobody_can_make(server: SlackServer) -> None:
    """Commands that are not declared, channels that one is not in, members that are not there."""
    server.add_channel(None, "secret", "bea", private=True)
    with pytest.raises(ImpossibleGesture, match="not declared"):
        server.slash(None, "study", "ann", "hello", command="/other")
    with pytest.raises(ImpossibleGesture, match="not in secret"):
        server.slash(None, "secret", "ann", "hello")
    with pytest.raises(ImpossibleGesture, match="no user 'zoe'"):
        server.slash(None, "study", "zoe", "hello")
    with pytest.raises(ImpossibleGesture, match="no channel"):
        server.slash(None, "nowhere", "ann", "hello")


async def test_a_manifest_says_what_there_is(server: SlackServer) -> None:
    """Commands, shortcuts, events and scopes are those of the manifest."""
    server.load_manifest(
        {
            "features": {
                "app_home": {"home_tab_enabled": True, "messages_tab_enabled": False},
                "shortcuts": [{"callback_id": "quiz"}],
                "slash_commands": [{"command": "/study", "should_escape": False}],
            },
            "oauth_config": {"scopes": {"bot": ["commands"]}, "redirect_urls": ["https://example.com/back"]},
            "settings": {"event_subscriptions": {"bot_events": ["app_mention"]}},
        }
    )
    assert (server.commands, server.events) == ({"/study": False}, {"app_mention"})
    assert server.add_team().scopes == {"commands"}
    assert not server.messages_tab
    one = server.slash(None, "study", "ann", "@bea", command="/study")
    assert one.payload["text"] == "@bea"


# Response URLs.


async def test_a_response_url_lasts_five_times_and_half_an_hour(server: SlackServer) -> None:
    """Afterwards it is not found; what is refused does not use it up."""
    one = server.slash(None, "study", "ann", "hello")
    url = AsyncWebhookClient(one.payload["response_url"])
    assert (await url.send(text="", blocks=[{"type": "marquee"}])).body == "invalid_blocks"
    assert (await url.send(text="")).body == "no_text"
    assert (await url.send_dict({"words": "a"})).body == "invalid_payload"
    for number in range(5):
        answer = await url.send(text=f"{number}")
        assert (answer.status_code, answer.body) == (200, "ok")
    used = await url.send(text="6")
    assert (used.status_code, used.body) == (404, "used_url")
    assert len(one.messages) == 5
    other = AsyncWebhookClient(server.slash(None, "study", "ann", "hello").payload["response_url"])
    server.advance(1801)
    old = await other.send(text="a")
    assert (old.status_code, old.body) == (404, "expired_url")
    assert (await AsyncWebhookClient(f"{server.base_url}/respond/T1/wrong").send(text="a")).status_code == 404


async def test_what_a_response_url_does(server: SlackServer) -> None:
    """A new message, private or not, in a thread or not; a change of the message; its end."""
    channel = server.world.team().channel("study")
    await client_of(server).chat_postMessage(channel=channel.id, text="a", blocks=buttons("a"))
    message = channel.public[0]
    one = server.press(None, "ann", message)
    url = AsyncWebhookClient(one.payload["response_url"])
    await url.send_dict({"text": "under", "response_type": "ephemeral", "thread_ts": message.ts})
    assert (one.messages[0].thread_ts, one.messages[0].seen_by) == (message.ts, one.user.id)
    await url.send(text="all", response_type="in_channel")
    assert one.messages[1].seen_by is None
    await url.send(text="new", replace_original=True)
    assert (message.text, message.controls) == ("new", [])
    await url.send(delete_original=True)
    assert message.ts not in channel.messages
    assert (await url.send(text="again", replace_original=True)).body == "message_not_found"


# Websockets and their trouble.


async def test_each_gesture_takes_one_socket(server: SlackServer) -> None:
    """Several websockets share the work, none of it is done twice."""
    async with running(server) as first, running(server) as second:
        await all_of([server.slash(None, "study", "ann", f"{number}") for number in range(6)])
        assert len(first.heard) == len(second.heard) == 3
        texts = {body["text"] for body in first.heard + second.heard}
        assert texts == {str(number) for number in range(6)}


async def test_a_bot_that_does_not_answer_in_time(server: SlackServer) -> None:
    """The member sees a time-out; a bot without a socket is not reached at all."""
    nobody = server.slash(None, "study", "ann", "hello")
    assert nobody.failed == "dispatch_failed"
    server.delivery.seconds = 0.1
    async with running(server):
        one = await server.slash(None, "study", "ann", "silence").wait("failed")
        assert one.failed == "operation_timeout"
        assert not one.acknowledged


async def test_an_event_is_delivered_again(server: SlackServer) -> None:
    """One that is not acknowledged comes again, and says so; a command does not."""
    server.delivery.seconds, server.delivery.pauses = 0.05, (0.0, 0.0)
    connection = await raw_socket(server)
    assert json.loads((await connection.receive()).data)["type"] == "hello"
    one = server.mention(None, "study", "ann", "hello")
    seen = [json.loads((await connection.receive()).data) for _ in range(3)]
    assert [(each["retry_attempt"], each["retry_reason"]) for each in seen] == [(0, ""), (1, "timeout"), (2, "timeout")]
    assert len({each["payload"]["event_id"] for each in seen}) == 1
    await connection.send_json({"envelope_id": seen[0]["envelope_id"]})
    await one.wait("acknowledged")
    assert one.deliveries == 3
    command = server.slash(None, "study", "ann", "hello")
    assert json.loads((await connection.receive()).data)["accepts_response_payload"]
    await command.wait("failed")
    assert command.deliveries == 1
    await connection.send_str("not JSON")
    await connection.send_json({"envelope_id": "unknown"})
    await server.sockets.until(lambda: server.sockets.counters["unknown_acks"] == 1, 5, str)
    assert server.sockets.counters["malformed"] == 1
    await connection.close()


async def raw_socket(server: SlackServer) -> Any:
    """A websocket without a client's behaviour."""
    url = (await client_of(server, "").apps_connections_open(app_token=server.app_token))["url"]
    session = aiohttp.ClientSession()
    connection = await session.ws_connect(url)
    end = connection.close

    async def close() -> None:
        await end()
        await session.close()

    connection.close = close  # type: ignore[method-assign]
    return connection


async def test_a_ticket_opens_one_socket(server: SlackServer) -> None:
    """An address of a websocket is good once."""
    url = (await client_of(server, "").apps_connections_open(app_token=server.app_token))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as connection:
            assert (await connection.receive_json())["num_connections"] == 1
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url)


async def test_everything_twice(server: SlackServer) -> None:
    """On demand a gesture is delivered twice, at once or later; one acknowledgement counts."""
    async with running(server) as bot:
        server.delivery.twice = True
        one = server.slash(None, "study", "ann", "hello")
        await server.sockets.until(lambda: server.counters["ignored_acks"] == 1, 5, one.story)
        server.delivery.twice = False
        server.delivery.redeliver(one)
        await server.sockets.until(lambda: server.counters["ignored_acks"] == 2, 5, one.story)
        assert len(bot.heard) == 3
        assert (one.deliveries, len(one.messages)) == (3, 1)


async def test_a_bot_comes_back_after_a_goodbye(server: SlackServer) -> None:
    """Asked to reconnect, the real client opens another socket; gestures go on."""
    async with running(server):
        server.sockets.ask_reconnect()
        await server.sockets.until(lambda: server.sockets.counters["hello"] == 2, 5, str)
        await server.ready()
        assert (await server.slash(None, "study", "ann", "hello").wait()).text == "hello"


async def test_a_bot_comes_back_after_a_lost_connection(server: SlackServer) -> None:
    """Dropped without a word, the real client notices within its ping interval."""
    async with running(server, ping_interval=0.1):
        server.sockets.drop()
        assert server.slash(None, "study", "ann", "hello").failed == "dispatch_failed"
        await server.ready()
        assert (await server.slash(None, "study", "ann", "hello").wait()).text == "hello"


async def test_a_bot_leaves_a_silent_connection(server: SlackServer) -> None:
    """A connection that neither reads nor sends is given up for another; what went over it is lost."""
    server.delivery.seconds = 0.2
    async with running(server, ping_interval=0.2):
        server.sockets.go_silent()
        lost = await server.slash(None, "study", "ann", "hello").wait("failed")
        assert lost.failed == "operation_timeout"
        await server.sockets.until(lambda: any(not one.silent for one in server.sockets.live), 10, str)
        answered = [server.slash(None, "study", "ann", "hello") for _ in server.sockets.live]
        await asyncio.wait_for(one_of(answered), 5)


async def one_of(interactions: list[Interaction]) -> None:
    """Return once one of them is answered."""
    tasks = [asyncio.create_task(one.wait()) for one in interactions]
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    for task in pending:
        task.cancel()


async def test_socket_mode_is_switched_off(server: SlackServer) -> None:
    """The goodbye says so, to open sockets and to new ones."""
    connection = await raw_socket(server)
    await connection.receive()
    server.sockets.disable()
    assert json.loads((await connection.receive()).data)["reason"] == "link_disabled"
    await connection.close()
    other = await raw_socket(server)
    assert json.loads((await other.receive()).data)["reason"] == "link_disabled"
    await other.close()


# HTTP.


async def test_only_slack_is_believed(server: SlackServer) -> None:
    """A request without a signature, with another secret's or with an old one is refused by the real app."""
    async with listening(server):
        one = await server.slash(None, "study", "ann", "hello").wait()
        body = json.dumps({"type": "url_verification", "challenge": "a word"})
        kind = {"Content-Type": "application/json"}
        assert (await server.delivery.request(body, kind | server.delivery.signed(body)))[0] == 200
        for headers in (
            {},
            server.delivery.signed(body, secret="another"),
            server.delivery.signed(body, at=time.time() - 3600),
            server.delivery.signed("other"),
        ):
            assert (await server.delivery.request(body, kind | headers))[0] == 401
    assert one.text == "hello"


async def test_an_event_that_http_refuses_comes_again(server: SlackServer) -> None:
    """With the number of the retry and its reason; a command that fails is told to the member."""
    seen: list[tuple[str | None, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((request.headers.get("X-Slack-Retry-Num"), request.headers.get("X-Slack-Retry-Reason")))
        return web.Response(status=200 if len(seen) == 3 else 500)

    app = web.Application()
    app.router.add_post("/slack/events", answer)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    server.delivery.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    server.delivery.pauses = (0.0, 0.0)
    await server.mention(None, "study", "ann", "hello").wait("acknowledged")
    assert seen == [(None, None), ("1", "http_error"), ("2", "http_error")]
    failed = await server.slash(None, "study", "ann", "hello").wait("failed")
    assert failed.failed == "dispatch_failed"
    await runner.cleanup()
    gone = await server.slash(None, "study", "ann", "hello").wait("failed")
    assert gone.failed == "dispatch_failed"


# Trouble with calls.


async def test_trouble_with_calls(server: SlackServer, team: Team) -> None:
    """Errors by name, pages of a broken server, too many calls, and connections that end before or after the work."""
    client, channel = client_of(server), team.channel("study")

    def post() -> Any:
        return client.chat_postMessage(channel=channel.id, text="a")

    server.refuse("chat.*", "internal_error")
    assert await error_of(post()) == "internal_error"
    server.limit("chat.postMessage", 7)
    with pytest.raises(SlackApiError) as limited:
        await post()
    assert limited.value.response.status_code == 429
    assert limited.value.response.headers["Retry-After"] == "7"
    assert limited.value.response["error"] == "ratelimited"
    server.fail("chat.postMessage", 503)
    with pytest.raises(SlackApiError, match="503"):
        await post()
    assert channel.public == []
    for applied, mark in ((False, DROPPED_BEFORE), (True, DROPPED_AFTER)):
        server.cut("chat.postMessage", None, applied=applied, reset=applied)
        with pytest.raises(aiohttp.ClientConnectionError):
            await AsyncWebClient(team.token, base_url=f"{server.api_url}/", retry_handlers=[]).chat_postMessage(
                channel=channel.id, text="a"
            )
        assert (await server.called("chat.postMessage"))[-1].mark == mark
        assert len(channel.public) == applied
        server.faults.clear()
    server.fail("chat.postMessage", applied=True)
    with pytest.raises(SlackApiError):
        await post()
    assert server.log.find("chat.postMessage")[-1].mark == PLANTED
    assert len(channel.public) == 2
    server.slow("chat.postMessage", 0.1, 1)
    begun = time.monotonic()
    await post()
    assert time.monotonic() - begun >= 0.1


async def test_too_many_messages_in_a_channel(server: SlackServer, team: Team) -> None:
    """Where the test says how often, posts beyond three at once are refused with how long to wait."""
    client, channel = client_of(server), team.channel("study")
    server.message_seconds = 1.0
    for number in range(3):
        await client.chat_postMessage(channel=channel.id, text=f"{number}")
    with pytest.raises(SlackApiError) as limited:
        await client.chat_postMessage(channel=channel.id, text="4")
    assert limited.value.response.headers["Retry-After"] == "1"
    server.advance(4)
    assert (await client.chat_postMessage(channel=channel.id, text="4"))["ok"]


# Installing.


def page_of(server: SlackServer, state: str, **more: str) -> str:
    """The address of "Add to Slack"."""
    link = AuthorizeUrlGenerator(
        client_id=more.pop("client_id", server.oauth.client_id),
        scopes=["commands", "chat:write"],
        authorization_url=f"{server.base_url}/oauth/v2/authorize",
        **more,
    )
    return link.generate(state)


@pytest.mark.filterwarnings("ignore:BasicAuth is deprecated")  # slack_sdk's own
async def test_installing(server: SlackServer) -> None:
    """A yes on the page brings a code, once, for a token with the scopes that were asked for."""
    server.oauth.redirects = ["https://example.com/back"]
    new = server.add_team("new", installed=False)
    address = page_of(server, "state", redirect_uri="https://example.com/back")
    async with aiohttp.ClientSession() as session, session.get(address) as page:
        assert page.status == 200
    back = urlsplit(server.oauth.approve("state", new, "ann"))
    query = {name: values[0] for name, values in parse_qs(back.query).items()}
    assert (back.netloc, query["state"]) == ("example.com", "state")
    exchange = {
        "client_id": server.oauth.client_id,
        "client_secret": server.oauth.client_secret,
        "code": query["code"],
        "redirect_uri": "https://example.com/back",
    }
    client = client_of(server, "")
    assert await error_of(client.oauth_v2_access(**exchange | {"client_secret": "wrong"})) == "bad_client_secret"
    assert await error_of(client.oauth_v2_access(**exchange | {"client_id": "wrong"})) == "invalid_client_id"
    assert await error_of(client.oauth_v2_access(**exchange | {"code": "wrong"})) == "invalid_code"
    assert await error_of(client.oauth_v2_access(**exchange | {"redirect_uri": "https://a"})) == "bad_redirect_uri"
    installed = await client.oauth_v2_access(**exchange)
    assert installed["team"] == {"id": new.id, "name": "new"}
    assert installed["scope"] == "chat:write,commands"
    assert installed["authed_user"] == {"id": new.user("ann").id}
    assert (await client_of(server, installed["access_token"]).auth_test())["team_id"] == new.id
    assert await error_of(client.oauth_v2_access(**exchange)) == "code_already_used"
    assert not any("secret" in name for call in server.log.find("oauth*") for name in call.args)
    assert "access_denied" in server.oauth.deny(page_of(server, "other"))


async def test_a_page_that_slack_does_not_show(server: SlackServer) -> None:
    """Another app's id, an address that is not the app's, a state that nobody brought."""
    assert server.oauth.visit(page_of(server, "state", client_id="wrong")) == "invalid_client_id"
    assert server.oauth.visit(page_of(server, "state", redirect_uri="https://evil.example")) == "bad_redirect_uri"
    with pytest.raises(ImpossibleGesture, match="no page"):
        server.oauth.approve("state")


# Another process.


@contextmanager
def another_process(*options: str) -> Iterator[dict[str, Any]]:
    """The stand-in in a process of its own; what it says of itself."""
    command = [sys.executable, "-m", "tests.fakes.slack_server", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=dict(os.environ)) as process:
        assert process.stdout
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()
            assert process.wait(10) == 0


async def test_a_process_of_its_own() -> None:
    """It says where it is, and takes gestures over HTTP, many at once."""
    with another_process("--teams", "2") as said:
        async with aiohttp.ClientSession() as session:

            async def ask(verb: str, **arguments: Any) -> Any:
                async with session.post(f"{said['control']}/{verb}", json=arguments) as answer:
                    return await answer.json()

            token = next(iter(said["tokens"].values()))
            app = AsyncApp(token=token, client=AsyncWebClient(token, base_url=f"{said['api']}/"))

            async def answer(ack: Any, command: Any) -> None:
                await ack(command["text"])

            app.command("/mate")(answer)
            handler = AsyncSocketModeHandler(
                app, said["app_token"], web_client=AsyncWebClient(base_url=f"{said['api']}/")
            )
            await handler.connect_async()
            await ask("ready")
            one = await ask("slash", channel="study", user="ann", text="hello", wait="answered")
            assert (one["text"], one["failed"]) == ("hello", "")
            many = await ask("many", gestures=[{"verb": "slash", "channel": "study", "user": "ann"} for _ in range(5)])
            assert len(many) == 5
            empty = await ask("slash", channel="study", user="zoe")
            assert "no user 'zoe'" in empty["error"]
            state = await ask("state")
            assert [one["token"] for one in state["teams"]] == list(said["tokens"].values())
            assert [call["method"] for call in await ask("log", method="apps.*")] == ["apps.connections.open"]
            await ask("set", trigger_seconds=10, seconds=5)
            assert "no such setting" in (await ask("set", colour="red"))["error"]
            await ask("forget")
            counters = await ask("counters")
            assert (counters["acknowledged"], counters["live"], counters["bugs"]) == (6, 1, [])
            assert "no such verb" in (await ask("dance"))["error"]
            await handler.close_async()


async def test_a_fault_of_its_own_is_not_hidden() -> None:
    """Where the stand-in itself fails, the test that used it fails."""

    def broken(*_: Any) -> None:
        raise ZeroDivisionError

    server = SlackServer()
    await server.start()
    server.post = broken  # type: ignore[method-assign]
    answer: Callable[[], Any] = client_of(server).chat_postMessage
    with pytest.raises(SlackApiError, match="500"):
        await answer(channel=server.world.team().channel("study").id, text="a")
    with pytest.raises(AssertionError, match="ZeroDivisionError"):
        await server.stop()
