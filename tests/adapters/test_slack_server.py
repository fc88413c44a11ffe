"""The web interface of the local Slack: what it lets the real client do, and what it refuses by which name."""

import time
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.web.async_client import AsyncWebClient

from tests.adapters.slack_bot import HOME, SELECT, WORDS, buttons, client_of, error_of, modal, plain, refused
from tests.fakes.slack_server import DROPPED_AFTER, DROPPED_BEFORE, PLANTED, ImpossibleGesture, SlackServer, Team


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
    tables = client.chat_postMessage(channel=channel, text="a", blocks=[table] * 2)
    assert await error_of(tables) == "invalid_attachments"
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
    as_form = client.api_call("oauth.v2.access", data=exchange | {"client_secret": "wrong"})
    assert await error_of(as_form) == "bad_client_secret"
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
