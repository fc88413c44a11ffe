"""The local Discord itself: what it lets a discord.py client do, what it refuses, and the trouble it makes."""

import asyncio
import io
import json
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import discord
import pytest
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.fakes.discord_server import DROPPED_AFTER, DROPPED_BEFORE, NONCE_KNOWN, DiscordServer, ImpossibleGesture
from tests.fakes.discord_server.shapes import V2_FLAG
from tests.fakes.discord_server.world import LOADING

ROOT = Path(__file__).parents[2]
POSTING = "POST /channels/*/messages"
CALLBACK = "POST /interactions/*/*/callback"


def text(content: str, **more: Any) -> dict[str, Any]:
    """A text display."""
    return {"type": 10, "content": content, **more}


def button(custom_id: str = "a", **more: Any) -> dict[str, Any]:
    """A button."""
    return {"type": 2, "style": 2, "label": "press", "custom_id": custom_id, **more}


def row(*parts: dict[str, Any]) -> dict[str, Any]:
    """An action row."""
    return {"type": 1, "components": list(parts)}


def select(options: int, **more: Any) -> dict[str, Any]:
    """A select with so many options."""
    listed = [{"label": f"{number}", "value": f"{number}"} for number in range(options)]
    return {"type": 3, "custom_id": "s", "options": listed, **more}


def v2(*components: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The body of a message made of components."""
    return {"flags": V2_FLAG, "components": list(components), **more}


def layout(*items: ui.Item[Any]) -> ui.LayoutView:
    """A view that the client forgets at once."""
    view = ui.LayoutView(timeout=None)
    for item in items:
        view.add_item(item)
    view.stop()
    return view


class Asking(ui.Modal):
    """A form with one field."""

    def __init__(self) -> None:
        super().__init__(title="A form", custom_id="form", timeout=None)
        self.add_item(ui.Label(text="Why?", component=ui.TextInput(custom_id="why", max_length=20)))
        self.stop()


class Bot(discord.AutoShardedClient):
    """Answers gestures in every way that the stand-in has to know."""

    def __init__(self, **options: Any) -> None:
        options = {"intents": discord.Intents(guilds=True), "guild_ready_timeout": 0.02, **options}
        super().__init__(**options)
        self.heard: list[tuple[str, Any]] = []
        self.hearing = asyncio.Event()
        self.failures: list[BaseException] = []

    async def setup_hook(self) -> None:
        _, url, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """The stand-in does not ask for the five seconds that discord.py waits here."""

    async def on_error(self, event: str, *_: Any) -> None:
        self.failures.append(sys.exc_info()[1])

    def _hear(self, what: str, which: int) -> None:
        self.heard.append((what, which))
        self.hearing.set()

    async def hear(self, times: int) -> None:
        """Return once so many events were heard."""
        while len(self.heard) < times:
            self.hearing.clear()
            await asyncio.wait_for(self.hearing.wait(), 5)

    async def on_guild_join(self, guild: discord.Guild) -> None:
        self._hear("join", guild.id)

    async def on_guild_remove(self, guild: discord.Guild) -> None:
        self._hear("remove", guild.id)

    async def on_guild_unavailable(self, guild: discord.Guild) -> None:
        self._hear("unavailable", guild.id)

    async def on_guild_channel_delete(self, channel: Any) -> None:
        self._hear("channel", channel.id)

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """Commands by name, presses by custom id."""
        kind, data, response = interaction.type, interaction.data or {}, interaction.response
        word = data.get("custom_id") or data["options"][0]["name"]
        if kind is discord.InteractionType.autocomplete:
            await response.autocomplete([app_commands.Choice(name="calculus", value="calculus")])
        elif word == "start":
            board = ui.Container(ui.TextDisplay("Which?"), ui.ActionRow(ui.Button(label="A", custom_id="answer:a")))
            await response.send_message(view=layout(board), ephemeral=True)
        elif word == "slow":
            await response.defer(ephemeral=True)
            await interaction.edit_original_response(view=layout(ui.TextDisplay("Slowly.")))
            await interaction.followup.send(view=layout(ui.TextDisplay("And more.")), ephemeral=True)
        elif word == "answer:a":
            await response.defer()
            buttons = ui.ActionRow(ui.Button(label="Why", custom_id="ask"))
            await interaction.edit_original_response(view=layout(ui.TextDisplay("Right."), buttons))
        elif word == "ask":
            await response.send_modal(Asking())
        elif word == "form":
            why = data["components"][0]["component"]["value"]
            await response.edit_message(view=layout(ui.TextDisplay(f"Because {why}.")))


COMMANDS = [
    {
        "name": "quiz",
        "description": "Questions",
        "default_member_permissions": None,
        "options": [
            {
                "type": 1,
                "name": "start",
                "description": "A round for you",
                "options": [
                    {"type": 3, "name": "topic", "description": "Of what", "autocomplete": True, "required": False},
                    {"type": 4, "name": "questions", "description": "How many", "min_value": 1, "max_value": 20},
                    {"type": 6, "name": "rival", "description": "Against whom"},
                ],
            },
            {"type": 1, "name": "slow", "description": "A round that takes its time"},
        ],
    }
]


@pytest.fixture
async def server() -> AsyncIterator[DiscordServer]:
    """A local Discord with one server."""
    async with DiscordServer() as running:
        yield running


@pytest.fixture
async def api(server: DiscordServer) -> AsyncIterator[Any]:
    """Requests in the bot's name without a client library: method, path, body; gives status and JSON."""
    headers = {"Authorization": f"Bot {server.token}"}
    async with aiohttp.ClientSession(headers=headers) as session:

        async def ask(method: str, path: str, body: Any = None, **more: Any) -> tuple[int, Any]:
            async with session.request(method, server.url + path, json=body, **more) as response:
                return response.status, await response.json() if response.status != 204 else None

        yield ask


@asynccontextmanager
async def running(server: DiscordServer, monkeypatch: pytest.MonkeyPatch, **options: Any) -> AsyncIterator[Bot]:
    """A connected client that must not have failed anywhere when it is closed."""
    monkeypatch.setattr(Route, "BASE", server.url)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    bot = Bot(**options)
    task = asyncio.create_task(bot.start(server.token))
    try:
        await server.ready()
        await asyncio.wait_for(bot.wait_until_ready(), 5)
        yield bot
    finally:
        await bot.close()
        with suppress(asyncio.CancelledError):
            await task
    assert not bot.failures, bot.failures
    assert not server.unknown, server.unknown


@pytest.fixture
async def bot(server: DiscordServer, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Bot]:
    """A connected client."""
    server.declare(COMMANDS)
    async with running(server, monkeypatch) as client:
        yield client


def study(server: DiscordServer) -> Any:
    """The channel of the first server."""
    return server.world.channel("study")


async def test_a_client_logs_in_and_registers_a_command(server: DiscordServer, bot: Bot) -> None:
    """discord.py logs in, sees its server and channels, and its declared command has an id and comes back."""
    group = app_commands.Group(name="daily", description="One a day")
    tree = app_commands.CommandTree(bot)
    tree.add_command(group)
    group.command(name="today", description="The one of today")(_nothing)
    declared = await tree.sync()
    assert [(one.name, [option.name for option in one.options]) for one in declared] == [("daily", ["today"])]
    assert [one.id for one in await tree.fetch_commands()] == [declared[0].id]
    assert [channel.name for channel in bot.guilds[0].text_channels] == ["study"]
    assert bot.guilds[0].me.id == bot.user.id
    again = await tree.sync()
    assert again[0].id == declared[0].id
    assert list(server.world.commands[None]) == [("daily", 1)]


async def _nothing(interaction: discord.Interaction) -> None: ...


async def test_a_command_a_press_and_a_form_go_all_the_way(server: DiscordServer, bot: Bot) -> None:
    """A private answer with a button, the press that updates it, a form, and what the form changes."""
    asked = await server.interaction_slash("server1", "study", "ann", "quiz start").wait()
    assert (asked.callback_type, asked.private, asked.text) == (4, True, "Which?")
    assert asked.acknowledged_after < 1
    pressed = await server.interaction_press(asked, "ann", "A").wait()
    assert (pressed.callback_type, pressed.original is asked.original, pressed.text) == (6, True, "Right.")
    opened = await server.interaction_press(asked, "ann", "Why").wait()
    assert (opened.callback_type, opened.modal["title"]) == (9, "A form")
    filled = await server.interaction_modal(opened, {"why": "of signs"}).wait()
    assert (filled.callback_type, asked.text) == (7, "Because of signs.")
    assert study(server).public == []


async def test_a_deferred_answer_is_done_when_it_is_edited(server: DiscordServer, bot: Bot) -> None:
    """A deferred command is acknowledged first, then edited, then followed up."""
    slow = server.interaction_slash("server1", "study", "bea", "quiz slow")
    await slow.wait("acknowledged")
    await slow.wait(lambda one: len(one.followups) == 1)
    assert (slow.callback_type, slow.edited, slow.text) == (5, 1, "Slowly.\nAnd more.")
    assert not slow.original.flags & LOADING
    assert [request.status for request in server.log.find("PATCH /webhooks/*/*/messages/@original")] == [200]


async def test_a_direct_message_and_suggestions(server: DiscordServer, bot: Bot) -> None:
    """Commands work in a direct conversation; what is typed brings choices."""
    assert (await server.interaction_slash(None, None, "cem", "quiz start").wait()).text == "Which?"
    suggested = await server.interaction_autocomplete("server1", "study", "cem", "quiz start", "topic", "cal").wait()
    assert suggested.choices == [{"name": "calculus", "value": "calculus"}]


async def test_an_interaction_carries_what_real_ones_carry(server: DiscordServer) -> None:
    """Options are typed and resolved, and the place, the member and the bot's permissions are told."""
    server.declare(COMMANDS)
    session = await _raw_session(server)
    await session.event("GUILD_CREATE")
    server.forbid("study", "send_messages")
    server.interaction_slash("server1", "study", "ann", "quiz start", {"questions": 3, "rival": "bea"})
    got = await session.event("INTERACTION_CREATE")
    bea = server.world.user("bea").id
    options = [{"type": 4, "name": "questions", "value": 3}, {"type": 6, "name": "rival", "value": bea}]
    assert got["data"]["options"] == [{"type": 1, "name": "start", "options": options}]
    assert got["data"]["resolved"]["users"][bea]["username"] == "bea"
    assert got["channel"]["parent_id"] is None
    assert not int(got["app_permissions"]) & 1 << 11
    assert int(got["member"]["permissions"]) & 1 << 11
    assert (got["context"], got["authorizing_integration_owners"]) == (0, {"0": got["guild_id"]})
    assert got["locale"] == got["guild_locale"] == "en-US"
    await session.close()


@pytest.mark.parametrize("trouble", ["drop", "disconnect", "ask_reconnect", "resumable"])
async def test_a_client_resumes_and_misses_nothing(server: DiscordServer, bot: Bot, trouble: str) -> None:
    """After a lost connection the client resumes its session, and a command typed meanwhile is answered."""
    if trouble == "resumable":
        server.gateway.invalidate(resumable=True)
    else:
        getattr(server.gateway, trouble)()
    await server.gateway.until(lambda: not server.gateway.live, 5, lambda: "still connected")
    missed = server.interaction_slash("server1", "study", "dag", "quiz start")
    assert (await missed.wait()).text == "Which?"
    assert (server.gateway.counters["identified"], server.gateway.counters["resumed"]) == (1, 1)


async def test_an_invalid_session_begins_anew(server: DiscordServer, bot: Bot) -> None:
    """After an invalid session, and after a resume that is refused, the client identifies again."""
    server.gateway.invalidate()
    await server.gateway.until(lambda: server.gateway.counters["identified"] == 2, 5, lambda: "no second identify")
    server.gateway.resumable = False
    server.gateway.drop()
    await server.gateway.until(lambda: server.gateway.counters["identified"] == 3, 5, lambda: "no third identify")
    assert server.gateway.counters["resumed"] == 0
    assert (await server.interaction_slash("server1", "study", "eli", "quiz start").wait()).text == "Which?"


async def test_silence_is_noticed(server: DiscordServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Heartbeats are answered; when they are not any more, the client comes back."""
    server.gateway.heartbeat_interval = 0.1
    async with running(server, monkeypatch, heartbeat_timeout=0.5):
        (session,) = server.gateway.sessions.values()
        await server.gateway.until(lambda: len(session.heartbeats) >= 7, 5, lambda: "no heartbeats")
        assert server.gateway.counters["connected"] == 1
        server.gateway.go_silent()
        await server.gateway.until(lambda: session.resumed == 1, 5, lambda: "not resumed")


async def test_every_shard_has_its_servers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers and their interactions go to the shard that their id names."""
    async with DiscordServer(guilds=4) as server:
        server.gateway.shards = 2
        server.declare(COMMANDS)
        async with running(server, monkeypatch) as bot:
            assert {(guild.id >> 22) % 2 for guild in bot.guilds} == {0, 1}
            assert all(guild.shard_id == (guild.id >> 22) % 2 for guild in bot.guilds)
            for name in ("server1", "server2"):
                assert (await server.interaction_slash(name, "study", "ann", "quiz start").wait()).text == "Which?"
            heard = {session.shard: [event["t"] for event in _events(session)] for session in server.gateway.live}
            expected = ["READY", "GUILD_CREATE", "GUILD_CREATE", "INTERACTION_CREATE"]
            assert heard == {0: expected, 1: expected}


def _events(session: Any) -> list[dict[str, Any]]:
    return [json.loads(event) for _, event in session.history]


async def test_servers_and_channels_come_and_go(server: DiscordServer, bot: Bot) -> None:
    """Joining, an outage, deletions and removal are heard."""
    guild = server.add_guild("second")
    channel = server.add_channel(guild, "notes")
    server.channel_delete(channel)
    server.guild_delete(guild, unavailable=True)
    server.guild_create(guild)
    server.guild_delete(guild)
    expected = [("join", guild.id), ("channel", channel.id), ("unavailable", guild.id), ("remove", guild.id)]
    await bot.hear(len(expected))
    assert bot.heard == [(what, int(which)) for what, which in expected]


async def test_a_thread_is_a_place_of_its_own(server: DiscordServer, bot: Bot) -> None:
    """A thread opened under a message is known to the client, and commands in it name its channel."""
    sent = await bot.get_channel(int(study(server).id)).send("A round.")
    thread = await sent.create_thread(name="talk")
    assert (thread.id, thread.parent.name) == (sent.id, "study")
    asked = await server.interaction_slash("server1", str(thread.id), "ann", "quiz start").wait()
    assert (asked.text, asked.channel.parent) == ("Which?", study(server))


async def test_the_same_nonce_posts_once(server: DiscordServer, bot: Bot, api: Any) -> None:
    """The first message comes back while the nonce is remembered; a deleted one is not posted again."""
    channel = bot.get_channel(int(study(server).id))
    first = await channel.send(view=layout(ui.TextDisplay("One.")), nonce="key")
    second = await channel.send(view=layout(ui.TextDisplay("Two.")), nonce="key")
    assert (first.id, [message.text for message in study(server).public]) == (second.id, ["One."])
    assert [request.mark for request in server.log.find(POSTING)] == ["", NONCE_KNOWN]
    assert "nonce" not in (await api("GET", f"/channels/{channel.id}/messages"))[1][0]
    await first.delete()
    with pytest.raises(discord.NotFound) as gone:
        await channel.send("Three.", nonce="key")
    assert gone.value.code == 10008
    server.nonce_seconds = 0
    await channel.send("Four.", nonce="key")
    assert [message.text for message in study(server).public] == ["Four."]


async def test_a_picture_arrives_with_its_bytes(server: DiscordServer, bot: Bot) -> None:
    """A multipart message keeps its file, and the gallery shows it; one that was not uploaded is refused."""
    channel = bot.get_channel(int(study(server).id))
    gallery = ui.MediaGallery(discord.MediaGalleryItem("attachment://board.png", description="The board"))
    sent = await channel.send(view=layout(gallery), file=discord.File(io.BytesIO(b"pixels"), "board.png"))
    (message,) = study(server).public
    assert message.files == {"board.png": b"pixels"}
    assert sent.attachments[0].url == message.components[0]["items"][0]["media"]["url"]
    with pytest.raises(discord.HTTPException) as refused:
        await channel.send(view=layout(gallery))
    assert refused.value.code == 50035


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (v2(text("a" * 4001)), 50035),
        (v2(text("a" * 2001), text("b" * 2000)), 50035),
        (v2(*[text("a")] * 41), 50035),
        (v2({"type": 17, "components": [text("a")] * 40}), 50035),
        (v2(text("a"), content="beside"), 50035),
        (v2(text("a"), embeds=[{"title": "beside"}]), 50035),
        ({"components": [text("a")]}, 50035),
        ({"components": [{"type": 17, "components": [text("a")]}]}, 50035),
        (v2(row(button(label="a" * 81))), 50035),
        (v2(row(button("a" * 101))), 50035),
        (v2(row(button(label=""))), 50035),
        (v2(row(button("same")), row(button("same"))), 50035),
        (v2(text("a", id=3), text("b", id=3)), 50035),
        (v2(row(*[button(f"{number}") for number in range(6)])), 50035),
        (v2(row(select(2), button())), 50035),
        (v2(row(select(26))), 50035),
        (v2(row(select(2, min_values=3, max_values=2))), 50035),
        (v2(row(text("a"))), 50035),
        (v2(button()), 50035),
        (v2(text("")), 50035),
        (v2(), 50035),
        ({"content": "a" * 2001}, 50035),
        ({"content": "a", "nonce": "n" * 26}, 50035),
        ({"content": "  "}, 50006),
        ({}, 50006),
        (v2(text("😀" * 3000)), 0),
    ],
)
async def test_what_discord_refuses_in_a_message(server: DiscordServer, api: Any, body: Any, code: int) -> None:
    """A message over a limit is refused with Discord's code, and nothing is posted."""
    status, answer = await api("POST", f"/channels/{study(server).id}/messages", body)
    assert (status, answer["code"]) == (500 if code == 0 else 400, code)
    assert ("errors" in answer) == (code == 50035)
    assert study(server).public == []


async def test_what_fits_exactly_is_taken(server: DiscordServer, api: Any) -> None:
    """Messages at the limits are posted."""
    for body in (
        v2(text("a" * 2000), text("b" * 2000)),
        v2({"type": 17, "components": [text("a")] * 39}),
        v2(row(*[button("x" * 99 + f"{number}", label="a" * 80) for number in range(5)]), row(select(25))),
        {"content": "a" * 2000, "components": [row(button())], "nonce": "n" * 25},
    ):
        status, answer = await api("POST", f"/channels/{study(server).id}/messages", body)
        assert status == 200, answer
    assert len(study(server).public) == 4


async def test_an_edit_keeps_what_it_does_not_name(server: DiscordServer, api: Any) -> None:
    """Components and the flag stay where only one of them is sent; the flag cannot be taken back."""
    messages = f"/channels/{study(server).id}/messages"
    _, posted = await api("POST", messages, v2(text("before")))
    one = f"{messages}/{posted['id']}"
    assert (await api("PATCH", one, {"components": [text("after")]}))[0] == 200
    assert study(server).public[0].text == "after"
    assert (await api("PATCH", one, {"flags": 0, "content": "plain", "components": []}))[1]["code"] == 50035
    assert (await api("PATCH", one, {"content": "beside"}))[1]["code"] == 50035
    assert study(server).public[0].text == "after"


def form(*components: dict[str, Any], title: str = "A form") -> dict[str, Any]:
    """A callback that opens a form."""
    return {"type": 9, "data": {"custom_id": "f", "title": title, "components": list(components)}}


def label(words: str = "Why?", **more: Any) -> dict[str, Any]:
    """A field of a form."""
    return {"type": 18, "label": words, "component": {"type": 4, "style": 1, "custom_id": words, **more}}


@pytest.mark.parametrize(
    "body",
    [
        form(label(), title="a" * 46),
        form(),
        form(*[label(f"{number}") for number in range(6)]),
        form(label("a" * 46)),
        form(label(), label()),
        form(label(placeholder="a" * 101)),
        form(label(max_length=4001)),
        form(label(min_length=5, max_length=4)),
        form(row(button())),
        {"type": 6},
        {"type": 8, "data": {"choices": []}},
        {"type": 4, "data": v2(text("a" * 4001))},
    ],
)
async def test_what_discord_refuses_in_an_answer(server: DiscordServer, api: Any, body: Any) -> None:
    """An answer over a limit is refused and acknowledges nothing: a right one is still taken."""
    server.declare(COMMANDS)
    one = server.interaction_slash("server1", "study", "ann", "quiz start")
    path = f"/interactions/{one.id}/{one.token}/callback"
    assert (await api("POST", path, body))[1]["code"] == 50035
    assert not one.acknowledged
    assert await api("POST", path, form(label())) == (204, None)


async def test_an_interaction_is_answered_once_and_in_time(server: DiscordServer, api: Any) -> None:
    """Too late and unknown are 10062, twice is 40060, a follow-up before any answer finds no webhook."""
    server.declare(COMMANDS)
    one = server.interaction_slash("server1", "study", "ann", "quiz start")
    followup = f"/webhooks/{server.world.application}/{one.token}"
    assert (await api("POST", followup, {"content": "early"}))[1]["code"] == 10015
    path = f"/interactions/{one.id}/{one.token}/callback"
    assert (await api("POST", "/interactions/1/x/callback", {"type": 5}))[1]["code"] == 10062
    server.interaction_seconds = 0.0
    assert (await api("POST", path, {"type": 5}))[1]["code"] == 10062
    server.strict_time = False
    assert await api("POST", path, {"type": 5}) == (204, None)
    assert (await api("POST", path, {"type": 5}))[1]["code"] == 40060
    assert (await api("POST", followup, {"content": "here"}))[1]["id"] == one.original.id
    server.token_seconds = 0.0
    assert (await api("PATCH", f"{followup}/messages/@original", {"content": "x"}))[1]["code"] == 50027


async def test_what_the_bot_may_not_do(server: DiscordServer, api: Any) -> None:
    """Missing permissions, closed direct messages, and things that are not there have Discord's codes."""
    channel = study(server).id
    messages = f"/channels/{channel}/messages"
    _, posted = await api("POST", messages, {"content": "here"})
    assert (await api("POST", f"{messages}/{posted['id']}/threads", {"name": "talk"}))[0] == 201
    assert (await api("POST", f"{messages}/{posted['id']}/threads", {"name": "talk"}))[1]["code"] == 160004
    assert (await api("GET", f"/channels/{posted['id']}"))[1]["parent_id"] == channel
    server.forbid("study", "send_messages", "send_messages_in_threads")
    assert (await api("POST", messages, {"content": "no"}))[1]["code"] == 50013
    assert (await api("POST", f"/channels/{posted['id']}/messages", {"content": "no"}))[1]["code"] == 50013
    server.forbid("study", "view_channel")
    assert (await api("POST", messages, {"content": "no"}))[1]["code"] == 50001
    server.allow("study", "view_channel")
    assert (await api("GET", f"{messages}/1"))[1]["code"] == 10008
    assert (await api("POST", "/channels/1/messages", {"content": "no"}))[1]["code"] == 10003
    assert (await api("GET", f"/guilds/{server.world.guild('server1').id}/members/1"))[1]["code"] == 10013
    server.close_dms("ann")
    _, dm = await api("POST", "/users/@me/channels", {"recipient_id": server.world.user("ann").id})
    assert (await api("POST", f"/channels/{dm['id']}/messages", {"content": "no"}))[1]["code"] == 50007


async def test_a_stranger_and_an_unknown_route(server: DiscordServer, api: Any) -> None:
    """A wrong token is 401; an unknown route is 404 and kept for the test to see."""
    assert (await api("GET", "/users/@me", headers={"Authorization": "Bot wrong"}))[0] == 401
    assert await api("GET", "/nowhere") == (404, {"message": "404: Not Found", "code": 0})
    assert [request.route for request in server.unknown] == ["GET /nowhere"]


@pytest.mark.parametrize("reset", [False, True])
async def test_a_connection_lost_after_the_work_was_done(server: DiscordServer, api: Any, *, reset: bool) -> None:
    """The request shows in the log once, marked, its message is posted, and the client knows nothing of it."""
    path = f"/channels/{study(server).id}/messages"
    server.cut(POSTING, applied=True, reset=reset)
    with pytest.raises(aiohttp.ClientOSError if reset else aiohttp.ServerDisconnectedError):
        await api("POST", path, {"content": "one"})
    assert [(one.status, one.mark) for one in server.log.find(POSTING)] == [(200, DROPPED_AFTER)]
    server.cut(POSTING)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await api("POST", path, {"content": "two"})
    assert (await server.requested(POSTING, 2))[1].mark == DROPPED_BEFORE
    assert [message.text for message in study(server).public] == ["one"]


async def test_limits_and_outages_of_requests(server: DiscordServer, bot: Bot) -> None:
    """discord.py waits for a 429 and sends again; a burst of 5xx and a delay reach it too."""
    channel = bot.get_channel(int(study(server).id))
    server.limit(POSTING, 0.05)
    await channel.send("limited")
    server.fail(POSTING, 503)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("lost")
    server.fail(POSTING, 503, applied=True)
    with pytest.raises(discord.DiscordServerError):
        await channel.send("applied")
    server.slow(POSTING, 0.1, times=1)
    server.cut(POSTING)
    with pytest.raises(aiohttp.ServerDisconnectedError):
        await channel.send("slow and cut")
    server.slow(POSTING, 0.1, times=1, applied=True)
    late = asyncio.create_task(channel.send("late"))
    await server.until(lambda: study(server).public[-1].text == "late", 5, lambda: str(server.log))
    assert not late.done()
    await late
    requests = server.log.find(POSTING)
    assert [one.status for one in requests] == [429, 200, 503, 503, 0, 200]
    assert min(requests[4].seconds, requests[5].seconds) >= 0.1
    assert [message.text for message in study(server).public] == ["limited", "applied", "late"]


async def test_commands_are_checked_and_kept(server: DiscordServer, api: Any) -> None:
    """A name again overwrites and keeps its id, an unchanged command its version; wrong ones are refused."""
    path = f"/applications/{server.world.application}/commands"
    command = COMMANDS[0] | {"description_localizations": {"de": "Fragen"}}
    status, first = await api("POST", path, command)
    assert (status, "dm_permission" in first) == (201, True)
    assert "required" not in first["options"][0]["options"][0]
    assert (await api("POST", path, command)) == (200, first)
    status, other = await api("POST", path, command | {"description": "Others"})
    assert (status, other["id"], other["version"] == first["version"]) == (200, first["id"], False)
    assert "description_localizations" not in (await api("GET", path))[1][0]
    assert (await api("GET", f"{path}?with_localizations=true"))[1][0]["description_localizations"] == {"de": "Fragen"}
    for wrong in ({"name": "Quiz", "description": "a"}, {"name": "quiz", "description": ""}, {"name": "a b"}):
        assert (await api("POST", path, wrong))[1]["code"] == 50035
    assert (await api("PUT", path, [COMMANDS[0], COMMANDS[0]]))[1]["code"] == 50035
    assert (await api("DELETE", f"{path}/{first['id']}"))[0] == 204
    assert (await api("GET", path))[1] == []


async def test_gestures_that_nobody_could_make(server: DiscordServer, api: Any) -> None:
    """A test that presses what is not there, or leaves out what is required, is told so."""
    server.declare(COMMANDS)
    for line, options in (("nothing", {}), ("quiz", {}), ("quiz stop", {}), ("quiz start", {"questions": 21})):
        with pytest.raises(ImpossibleGesture):
            server.interaction_slash("server1", "study", "ann", line, options)
    with pytest.raises(ImpossibleGesture):
        server.interaction_press("answer:a", "ann")
    assert server.interaction_press("answer:a", "ann", channel="study").source.text == ""
    await api("POST", f"/channels/{study(server).id}/messages", v2(row(button("off", disabled=True)), row(select(3))))
    with pytest.raises(ImpossibleGesture):
        server.interaction_press("off", "ann")
    with pytest.raises(ImpossibleGesture):
        server.interaction_select("s", "ann", ["7"])
    assert server.interaction_select("s", "ann", ["2"]).data["values"] == ["2"]
    unheard = server.interaction_slash("server1", "study", "ann", "quiz start")
    with pytest.raises(TimeoutError, match="POST /channels/"):
        await unheard.wait(seconds=0.05)


class RawSession:
    """A websocket of the gateway without a client library."""

    def __init__(self, session: aiohttp.ClientSession, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.session, self.socket = session, socket

    async def event(self, name: str) -> Any:
        """The data of the next event of this name."""
        while (got := await self.socket.receive_json(timeout=5))["t"] != name:
            pass
        return got["d"]

    async def send(self, op: int, data: Any) -> None:
        await self.socket.send_json({"op": op, "d": data})

    async def closed(self) -> int | None:
        """The code with which the server closes."""
        async for _ in self.socket:
            pass
        return self.socket.close_code

    async def close(self) -> None:
        await self.socket.close()
        await self.session.close()


async def _raw_connection(server: DiscordServer) -> RawSession:
    session = aiohttp.ClientSession()
    raw = RawSession(session, await session.ws_connect(server.gateway.url + "?v=10&encoding=json"))
    hello = await raw.socket.receive_json(timeout=5)
    assert hello["d"]["heartbeat_interval"] == 41250
    return raw


async def _raw_session(server: DiscordServer, **identity: Any) -> RawSession:
    raw = await _raw_connection(server)
    await raw.send(2, {"token": server.token, "intents": 1, "properties": {}, **identity})
    return raw


async def test_a_session_outlives_a_client_that_was_killed(server: DiscordServer) -> None:
    """Without a closing handshake the session waits with what happens; a client that says goodbye ends it."""
    killed = await _raw_session(server)
    name = (await killed.event("READY"))["session_id"]
    await killed.event("GUILD_CREATE")
    await killed.session.close()
    await server.gateway.until(lambda: not server.gateway.live, 5, lambda: "still connected")
    server.add_channel("server1", "missed")
    back = await _raw_connection(server)
    await back.send(6, {"token": server.token, "session_id": name, "seq": 2})
    assert (await back.event("CHANNEL_CREATE"))["name"] == "missed"
    await back.event("RESUMED")
    await back.socket.close(code=1000)
    await server.gateway.until(lambda: not server.gateway.sessions, 5, lambda: "the session is kept")
    await back.close()


@pytest.mark.parametrize(
    ("identity", "code"),
    [({"token": "wrong"}, 4004), ({"intents": 1 << 1}, 4014), ({"intents": 1 << 30}, 4013), ({"shard": [2, 2]}, 4010)],
)
async def test_a_wrong_identity_is_closed(server: DiscordServer, identity: dict[str, Any], code: int) -> None:
    """A wrong token, privileged or unknown intents, and a shard that cannot be close with Discord's codes."""
    raw = await _raw_session(server, **identity)
    assert await raw.closed() == code
    await raw.close()


async def test_two_identifies_at_once_are_refused_where_asked_for(server: DiscordServer) -> None:
    """With `strict_identify` the second within `identify_seconds` meets an invalid session."""
    server.gateway.strict_identify = True
    first, second = await _raw_session(server), await _raw_session(server)
    assert (await first.event("READY"))["guilds"][0]["unavailable"] is True
    assert await second.socket.receive_json(timeout=5) == {"op": 9, "d": False, "s": None, "t": None}
    server.gateway.identify_seconds = 0.0
    third = await _raw_session(server)
    assert (await third.event("GUILD_CREATE"))["channels"][0]["name"] == "study"
    for raw in (first, second, third):
        await raw.close()


@contextmanager
def _process(*arguments: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    """A process that is told to end when the test ends, whatever happened."""
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen([sys.executable, *arguments], cwd=ROOT, env={**os.environ, **environment}, **pipes) as one:
        try:
            yield one
        finally:
            one.terminate()


async def test_the_bare_bot_and_the_stand_in_as_processes() -> None:
    """The bare bot answers gestures that come over the control routes of a stand-in in another process."""
    with _process("-W", "error", "-m", "tests.fakes.discord_server", "--guilds", "3") as stand_in:
        about = json.loads(await asyncio.to_thread(stand_in.stdout.readline))
        environment = {"DISCORD_TOKEN": about["token"], "DISCORD_API_URL": about["api"]}
        async with aiohttp.ClientSession() as session:

            async def control(verb: str, **arguments: Any) -> Any:
                async with session.post(f"{about['control']}/{verb}", json=arguments) as response:
                    assert response.status == 200, await response.text()
                    return await response.json()

            await control("declare", commands=COMMANDS)
            with _process("-m", "tests.fakes.bare_discord_bot", **environment) as bare:
                assert await asyncio.to_thread(bare.stderr.readline) == "ready\n"
                slash = {"guild": "server2", "channel": "study", "user": "ann", "line": "quiz start"}
                answered = await control("slash", **slash, wait="answered")
                assert (answered["text"], answered["private"]) == ("Hello.", True)
                pressed = {"verb": "press", "target": "old", "user": "bea", "channel": "study"}
                many = await control("many", gestures=[{"verb": "slash", **slash}, pressed])
                assert [one["failed"] for one in many] == [False, False]
            counted = await control("counters")
            assert (counted["acknowledged"], counted["unknown"], counted["bugs"]) == (3, [], [])
            assert len(await control("log", route=CALLBACK)) == 3
            await control("forget")
            assert await control("log") == []
    assert stand_in.returncode == 0
