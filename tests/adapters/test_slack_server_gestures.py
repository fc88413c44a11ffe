"""What members do in the local Slack and see of a real bolt app, over a websocket and by HTTP."""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from tests.adapters.slack_bot import SELECT, buttons, client_of, error_of, listening, running
from tests.fakes.slack_server import ImpossibleGesture, SlackServer


@pytest.fixture
async def server() -> AsyncIterator[SlackServer]:
    """A stand-in that listens."""
    async with SlackServer() as started:
        yield started


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
    opened = await server.open_home(None, "ann").wait()
    home = opened.user.home
    assert opened.view is home is not None
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
