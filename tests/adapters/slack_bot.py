"""A bolt app that answers the local Slack in every way, the two ways to reach it, and what calls are refused with."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.fakes.slack_server import SlackServer

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
TOLD = ("app_uninstalled", "tokens_revoked", "channel_archive", "channel_deleted", "member_joined_channel")
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


def authorizing(server: SlackServer) -> Callable[..., Any]:
    """What finds a workspace's token without asking who it is; bolt takes no bound method here."""

    async def authorize(team_id: str | None) -> AuthorizeResult:
        team = server.world.team(team_id)
        return AuthorizeResult(
            enterprise_id=None, team_id=team.id, bot_user_id=team.bot.id, bot_id=team.bot_id, bot_token=team.token
        )

    return authorize


class Bot:
    """A bolt app that answers gestures in every way that the stand-in has to know; `heard` are the payloads."""

    def __init__(self, server: SlackServer) -> None:
        self.heard: list[dict[str, Any]] = []
        secret = server.delivery.signing_secret
        app = AsyncApp(client=client_of(server, ""), authorize=authorizing(server), signing_secret=secret)
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
