"""The adapter in a local Discord that makes trouble: limits, a database that is away, servers lost between sessions."""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from discord.gateway import DiscordWebSocket
from discord.http import Route
from sqlalchemy.exc import OperationalError

from adapters.discord import adapter, registration
from adapters.discord.adapter import Discord
from bot import app
from bot.chat.cards import Card, Image
from bot.chat.people import MessageRef, Space
from bot.chat.port import DeliveryError, Failure, Search
from bot.chat.replies import Reply
from bot.composition import compose
from bot.library import Library
from bot.lifecycle import happen
from bot.ports import UnusableError
from bot.store import homes
from bot.store.engine import open_engine
from tests.fakes.discord_server import DiscordServer, Guild, Interaction
from tests.fakes.discord_server.world import Channel
from tests.store.prepared import prepare

CALLBACK = "POST /interactions/*/*/callback"
GATEWAY = "GET /gateway/bot"
REGISTERED = "GET /applications/*/commands"
REGISTERING = "PUT /applications/*/commands"
LIMIT = 1.0  # seconds, longer than this client waits by itself


class Town:
    """A local Discord and the adapter in it, with the core behind it."""

    def __init__(self, folder: Path, library: Library, server: DiscordServer, **plugged: Any) -> None:
        self.server = server
        self.engine = open_engine(prepare(folder / "town.db"))
        self.discord = Discord(str.encode, api_url=server.url, **plugged)
        self.host = self.discord.host = compose(self.engine, library, None, {"discord": self.discord.port})
        self.discord.client._connection.guild_ready_timeout = 0.1
        self.discord.client.http.max_ratelimit_timeout = LIMIT / 2
        self.serving: asyncio.Task[None] | None = None

    async def log_in(self) -> None:
        """Log in, for at most a few seconds."""
        await asyncio.wait_for(self.discord.log_in(self.server.token), 10)

    async def serve(self) -> None:
        """Log in and keep the sessions; return once each has begun."""
        await self.log_in()
        await self.host.start()
        self.serving = asyncio.create_task(self.discord.serve())
        await self.server.ready()

    async def up(self) -> None:
        """Serve; return once the adapter has caught up."""
        await self.serve()
        await asyncio.wait_for(self.discord.ready.wait(), 10)

    def begin_anew(self, shard: int | None = None) -> None:
        """End the sessions, or that of one shard; what is asked next is asked in new ones."""
        self.server.gateway.invalidate(shard=shard)

    async def knows(self, *guilds: Guild) -> None:
        """Return once the core knows the bot to be in these servers and no others."""
        wanted = {guild.id for guild in guilds}
        async with asyncio.timeout(10):
            known = await self.host.workspaces("discord")
            while set(known) != wanted:
                await asyncio.sleep(0.05)
                known = await self.host.workspaces("discord")

    def slash(self, line: str) -> Interaction:
        """A command of a member."""
        guild = next(iter(self.server.world.guilds.values()))
        return self.server.interaction_slash(guild, next(iter(guild.channels.values())), "ann", line, {})

    async def close(self) -> None:
        """End all of it."""
        await self.discord.close()
        await self.host.stop()
        if self.serving is not None:
            with suppress(Exception):
                await asyncio.wait_for(self.serving, 5)
        await self.server.stop()
        self.engine.dispose()


Build = Callable[..., Any]


@pytest.fixture
async def build(tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Build]:
    """Builds a town, with so many servers and shards, and what is plugged in."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)
    monkeypatch.setattr(DiscordWebSocket, "DEFAULT_GATEWAY", DiscordWebSocket.DEFAULT_GATEWAY)
    monkeypatch.setattr(adapter, "IDENTIFY_EVERY", timedelta(seconds=0.05))
    monkeypatch.setattr(adapter, "LONGEST_WAIT", 0.1)
    built: list[Town] = []

    async def one(guilds: int = 1, shards: int = 1, **plugged: Any) -> Town:
        server = DiscordServer(guilds=guilds)
        server.gateway.shards = shards
        await server.start()
        built.append(Town(tmp_path, library, server, **plugged))
        return built[-1]

    yield one
    for town in built:
        await town.close()


def away(*_: object) -> OperationalError:
    """What a database that cannot be reached raises."""
    return OperationalError("SELECT secret", {}, ConnectionError("the server closed the connection"))


def failing(real: Callable[..., Any], times: int) -> Callable[..., Any]:
    """`real`, that fails so often as a database does that is away."""
    left = [times]

    def call(*given: Any) -> Any:
        if left[0]:
            left[0] -= 1
            raise away()
        return real(*given)

    return call


def said(caplog: pytest.LogCaptureFixture) -> list[str]:
    """The lines of our own in the log."""
    return [record.getMessage() for record in caplog.records if record.name.startswith(("adapters", "bot.host"))]


# --- a way that loses answers --------------------------------------------------------------------------------------


@pytest.fixture
async def slow(build: Build, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town in which the core takes longer than a gesture may wait."""
    town: Town = await build()
    await town.up()
    real = town.host.handle

    async def handle(request: Any) -> Any:
        await asyncio.sleep(0.6)
        return await real(request)

    monkeypatch.setattr(town.host, "handle", handle)
    return town


async def test_an_acknowledgement_that_arrived_although_its_answer_was_lost(slow: Town) -> None:
    """Discord took the acknowledgement and the way broke: the member still gets the answer, once."""
    slow.server.cut(CALLBACK, applied=True)
    one = await slow.slash("mate").wait()
    assert "Batchmate" in one.text
    assert [request.status for request in slow.server.log.find(CALLBACK)] == [204, 400]


async def test_a_first_answer_that_arrived_although_its_answer_was_lost(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Discord took a first answer and the way broke: it stands once, and what follows it still comes."""
    town = await build()
    await town.up()
    monkeypatch.setattr(town.host, "handle", two_cards)
    town.server.cut(CALLBACK, applied=True)
    one = await town.slash("mate").wait(lambda one: bool(one.followups))
    assert one.text == "### First\n### Second"


async def two_cards(_request: Any) -> Reply:
    """An answer of two messages."""
    return Reply(update=Card("First"), card=Card("Second"))


async def test_nothing_that_is_answered_is_sent_back(slow: Town) -> None:
    """Answers, acknowledgements, suggestions and forms are sent without asking Discord for what it made of them."""
    server = slow.server
    guild = next(iter(server.world.guilds.values()))
    channel = next(iter(guild.channels.values()))
    await server.interaction_autocomplete(guild, channel, "ann", "quiz start", "topic").wait()
    shown = await slow.slash("mate").wait()
    await server.interaction_press(shown, "ann", "Quiz me").wait()
    await server.interaction_press("my.nickname|", "ann", channel=channel).wait(lambda one: one.modal is not None)
    answers = server.log.find(CALLBACK)
    assert [answer.status for answer in answers] == [204] * 4
    assert not any("with_response" in answer.query for answer in answers)


async def test_an_answer_with_a_picture(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """A private answer brings its picture along, and the words that stand for it."""
    town = await build()
    await town.up()

    async def pictured(_request: Any) -> Reply:
        return Reply(card=Card("Look", (Image("images/plot.png", "A line through a cloud of points"),)))

    monkeypatch.setattr(town.host, "handle", pictured)
    one = await town.slash("mate").wait()
    assert one.original is not None
    assert one.original.files == {"picture0.png": b"images/plot.png"}
    assert "A line through a cloud of points" in str(one.original.components)
    assert [answer.status for answer in town.server.log.find(CALLBACK)] == [204]


async def test_what_another_process_acknowledged_is_left_to_it(slow: Town, caplog: pytest.LogCaptureFixture) -> None:
    """An interaction that somebody else has acknowledged is not edited, and nothing is said of it."""
    one = slow.slash("mate")
    one.callback_type = 5
    await slow.server.requested(CALLBACK)
    await asyncio.sleep(1)
    assert [request.status for request in slow.server.log.find(CALLBACK)] == [400]
    assert not one.edited
    assert not said(caplog)


# --- log-in and start ----------------------------------------------------------------------------------------------


async def test_a_long_limit_at_the_log_in_is_waited_for(build: Build, caplog: pytest.LogCaptureFixture) -> None:
    """Discord takes no request for long: the process stays, waits for as long as it is told, and logs in."""
    town = await build()
    town.server.limit("GET /users/@me", LIMIT)
    began = time.monotonic()
    await town.log_in()
    assert time.monotonic() - began >= LIMIT
    (line,) = [line for line in said(caplog) if "out of reach" in line]
    assert "(RateLimited); the next try is in 1 s" in line


async def test_a_limit_of_whoever_stands_before_discord(build: Build, caplog: pytest.LogCaptureFixture) -> None:
    """A 429 in whose page there is no time, as of Discord's shield, is waited for by its header."""
    town = await build()
    town.server.limit("GET /users/@me", LIMIT, page=True)
    began = time.monotonic()
    await town.log_in()
    assert time.monotonic() - began >= LIMIT
    assert len([line for line in said(caplog) if "out of reach" in line]) == 1


async def test_a_gateway_that_is_not_found_is_looked_for_again(build: Build, caplog: pytest.LogCaptureFixture) -> None:
    """Discord does not say where its gateway is: the process says so in one line a try, and then serves."""
    town = await build()
    town.server.fail(GATEWAY, 503, times=2)
    await town.up()
    assert len([line for line in said(caplog) if "out of reach (DiscordServerError)" in line]) == 2


async def test_a_limit_on_the_way_to_the_gateway(build: Build) -> None:
    """A long limit on the question where the gateway is ends nothing."""
    town = await build()
    town.server.limit(GATEWAY, LIMIT)
    await town.up()
    assert [request.status for request in town.server.log.find(GATEWAY)] == [429, 200]


async def test_a_way_that_breaks_before_the_gateway(build: Build) -> None:
    """A way that breaks under the question where the gateway is, again and again, ends nothing."""
    town = await build()
    town.server.cut(GATEWAY, times=4)
    await town.up()
    assert [request.status for request in town.server.log.find(GATEWAY)] == [0, 0, 0, 0, 200]


async def test_a_token_that_was_reset_after_the_log_in(build: Build) -> None:
    """A token that Discord no longer takes when the session is to begin ends the process with the sentence of it."""
    town = await build()
    await town.log_in()
    town.server.token = "another"
    with pytest.raises(UnusableError, match="DISCORD_TOKEN"):
        await asyncio.wait_for(town.discord.serve(), 5)


@pytest.mark.parametrize("shard", [0, 1])
async def test_a_server_for_development_without_the_bot_in_every_process(build: Build, shard: int) -> None:
    """Also the process that registers nothing names the server that the bot is not in."""
    town = await build(shards=2, guild=4711, shard_ids=(shard,), shard_count=2)
    town.server.refuse("GET /applications/*/guilds/*/commands", 403, 50001)
    with pytest.raises(UnusableError, match="DISCORD_GUILD_ID is 4711"):
        await town.log_in()


@pytest.mark.parametrize(
    ("route", "status", "code"), [("GET /users/@me", 403, 50001), ("GET /gateway", 404, 0), ("GET /users/@me", 400, 0)]
)
async def test_a_log_in_that_discord_refuses_for_good(build: Build, route: str, status: int, code: int) -> None:
    """What no waiting helps against ends the process with a sentence that has the code, and the variable to look at."""
    town = await build()
    town.server.refuse(route, status, code)
    with pytest.raises(UnusableError, match=rf"{status} \({code}\).*DISCORD_API_URL"):
        await town.log_in()


@pytest.mark.parametrize("route", [REGISTERED, REGISTERING])
async def test_a_token_that_was_reset_during_the_log_in(build: Build, route: str) -> None:
    """A token that Discord no longer takes when the commands are brought ends the process with the sentence of it."""
    town = await build()
    town.server.refuse(route, 401, 0)
    with pytest.raises(UnusableError, match="Discord does not take DISCORD_TOKEN"):
        await town.log_in()


async def test_a_session_that_is_refused_for_its_intents(build: Build) -> None:
    """A session that Discord ends for what the bot may not hear ends the process with a sentence that has the code."""
    town = await build()
    await town.up()
    town.server.gateway.disconnect(4014)
    with pytest.raises(UnusableError, match="with code 4014"):
        await asyncio.wait_for(town.serving, 5)


# --- commands that Discord does not take ----------------------------------------------------------------------------


@pytest.fixture
async def patient(build: Build, monkeypatch: pytest.MonkeyPatch) -> Town:
    """A town whose client waits for short limits by itself, and brings commands again after a moment."""
    monkeypatch.setattr(registration, "SHORTEST_PAUSE", 0.3)
    town: Town = await build()
    town.discord.client.http.max_ratelimit_timeout = 30.0
    return town


async def registered(town: Town) -> None:
    """Return once the adapter knows the declared commands."""
    async with asyncio.timeout(10):
        known = town.discord.port.commands
        while len(known) < 2:
            await asyncio.sleep(0.05)
            known = town.discord.port.commands


def not_taken(caplog: pytest.LogCaptureFixture) -> list[str]:
    """What is said of commands that Discord does not take."""
    return [line for line in said(caplog) if "does not take the commands" in line]


@pytest.mark.parametrize(
    ("status", "code", "words"),
    [
        (400, 30034, "400 (30034)"),
        (429, 30034, "too many requests"),
        (403, 50001, "batchmate invite"),
        (403, 20012, "batchmate invite"),
        (400, 50035, "400 (50035)"),
        (503, 0, "discordstatus"),
        (403, 40333, "discordstatus"),
    ],
)
async def test_commands_that_are_refused_are_brought_again(
    patient: Town, caplog: pytest.LogCaptureFixture, status: int, code: int, words: str
) -> None:
    """The bot serves with the commands of yesterday, says so in one line, and registers when Discord takes it."""
    patient.server.declare([{"name": "mate", "description": "old", "type": 1}])
    patient.server.refuse(REGISTERING, status, code, times=None)
    await patient.up()
    await patient.server.until(lambda: len(patient.server.log.find(REGISTERING)) > 1, 10, lambda: "tried once")
    assert list(patient.discord.port.commands) == ["mate"]
    assert "Batchmate" in (await patient.slash("mate").wait()).text
    patient.server.faults.clear()
    await registered(patient)
    (line,) = not_taken(caplog)
    assert words in line


async def test_commands_that_cannot_be_looked_at(patient: Town, caplog: pytest.LogCaptureFixture) -> None:
    """Where Discord does not even show what it has, the bot serves all the same, and blames no setting."""
    patient.server.refuse(REGISTERED, 403, 50001, times=None)
    await patient.up()
    assert not patient.discord.port.commands
    patient.server.faults.clear()
    await registered(patient)
    (line,) = not_taken(caplog)
    assert "DISCORD_GUILD_ID" not in line


async def test_commands_that_are_limited_for_long(build: Build, caplog: pytest.LogCaptureFixture) -> None:
    """A limit of hours on the registration holds up no session, and is kept to."""
    town = await build()
    town.server.limit(REGISTERING, 50_000, times=None)
    await town.up()
    (line,) = not_taken(caplog)
    assert "the next try is in 50000 s" in line
    assert len(town.server.log.find(REGISTERING)) == 1


async def test_no_commands_are_brought_after_the_end(patient: Town) -> None:
    """Who has logged out tries to register nothing more."""
    patient.server.refuse(REGISTERING, 403, 50001, times=None)
    await patient.up()
    before = asyncio.all_tasks()
    await patient.discord.close()
    await asyncio.sleep(0.1)
    assert not [task for task in before if "_try_again" in repr(task) and not task.done()]


async def test_a_server_for_development_that_no_server_can_be(build: Build) -> None:
    """DISCORD_GUILD_ID of more digits than Discord reads is named like one of a server without the bot."""
    town = await build(guild=99_999_999_999_999_999_999_999)
    town.server.refuse("GET /applications/*/guilds/*/commands", 400, 50035)
    with pytest.raises(UnusableError, match="DISCORD_GUILD_ID is 99999999999999999999999"):
        await town.log_in()


async def test_a_refused_registration_is_not_blamed_on_the_server_for_development(build: Build) -> None:
    """In a server that shows its commands and takes none, the bot serves with those."""
    town = await build(guild=int(next(iter(DiscordServer().world.guilds))))
    town.server.refuse("PUT /applications/*/guilds/*/commands", 400, 30034)
    await town.up()


# --- a database that is away ---------------------------------------------------------------------------------------


async def test_a_session_begins_although_the_database_is_away(
    build: Build, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A new session does not need the database: it waits for as long as a turn takes, says so once, and begins."""
    town = await build()
    await town.up()
    monkeypatch.setattr(adapter, "IDENTIFY_EVERY", timedelta(seconds=0.5))
    monkeypatch.setattr(town.host, "turn", away_always)
    began = time.monotonic()
    town.begin_anew()
    await town.server.gateway.until(lambda: town.server.gateway.counters["identified"] == 2, 10, lambda: "no session")
    assert time.monotonic() - began >= 0.5
    assert not town.serving.done()
    assert len([line for line in said(caplog) if "database" in line]) == 1
    assert "SELECT" not in caplog.text


async def away_always(*_: object) -> Any:
    """A question to a database that is away."""
    raise away()


async def test_a_database_that_is_away_when_the_first_session_is_up(
    build: Build, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The servers are looked for until the database answers; one that adds the bot afterwards is welcomed."""
    town = await build()
    monkeypatch.setattr(homes, "active_workspaces", failing(homes.active_workspaces, 2))
    await town.up()
    assert await town.discord.health() == ""
    first = next(iter(town.server.world.guilds.values()))
    await town.knows(first, town.server.add_guild("late"))
    assert len([line for line in said(caplog) if "database" in line]) == 2


async def test_a_server_that_comes_and_one_that_goes_while_the_database_is_away(
    build: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What happens to the bot while the database is away is told to the core once it is back."""
    town = await build()
    await town.up()
    first = next(iter(town.server.world.guilds.values()))
    monkeypatch.setattr(app, "happen", failing(happen, 2))
    late = town.server.add_guild("late")
    await town.knows(first, late)
    monkeypatch.setattr(app, "happen", failing(happen, 2))
    town.server.guild_delete(late)
    await town.knows(first)


# --- servers between two sessions ----------------------------------------------------------------------------------


async def test_a_server_that_is_lost_between_two_sessions(build: Build, caplog: pytest.LogCaptureFixture) -> None:
    """A server that removed the bot while there was no session is noticed with the next; back again, it is welcomed."""
    town = await build(guilds=2)
    await town.up()
    kept, lost = town.server.world.guilds.values()
    await town.knows(kept, lost)
    town.begin_anew()
    del town.server.world.guilds[lost.id]
    await town.knows(kept)
    _name, _about, servers = town.discord.gauge()
    assert servers() == 1
    town.server.guild_create(lost)
    await town.knows(kept, lost)
    assert servers() == 2
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_a_server_that_is_lost_with_one_shard_of_two(build: Build) -> None:
    """Where one shard alone begins anew, its lost server is noticed, and those of the other shard stay."""
    town = await build(guilds=4, shards=2)
    await town.up()
    guilds = list(town.server.world.guilds.values())
    await town.knows(*guilds)
    lost = guilds[-1]
    town.begin_anew(shard=(int(lost.id) >> 22) % 2)
    del town.server.world.guilds[lost.id]
    await town.knows(*guilds[:-1])


async def test_an_outage_is_no_removal(build: Build) -> None:
    """A server that Discord announces without being able to show it is still the bot's."""
    town = await build(guilds=2)
    await town.up()
    kept, hidden = town.server.world.guilds.values()
    town.begin_anew()
    hidden.unavailable = True
    await town.server.gateway.until(lambda: town.server.gateway.counters["identified"] == 2, 10, lambda: "no session")
    await asyncio.sleep(1)
    await town.knows(kept, hidden)


# --- servers that change -------------------------------------------------------------------------------------------


async def called(town: Town, guild: Guild) -> None:
    """Return once the core knows a server by the name and the owner that it has."""
    async with asyncio.timeout(5):
        known = await town.host.workspaces("discord")
        while known.get(guild.id) != (guild.name, guild.owner):
            await asyncio.sleep(0.05)
            known = await town.host.workspaces("discord")


def welcomes(town: Town) -> int:
    """How many words of welcome stand anywhere."""
    texts = [message.text for place in town.server.world.channels.values() for message in place.messages.values()]
    return sum("Hello, I am Batchmate" in text or "still here" in text for text in texts)


async def test_a_server_that_changes_its_name_and_its_owner(build: Build) -> None:
    """Whoever owns the server now is who is told of trouble, and the group is called like the server; no new hello."""
    town = await build()
    await town.up()
    guild = next(iter(town.server.world.guilds.values()))
    await called(town, guild)
    town.server.guild_update(guild, owner=town.server.world.user("eli").id)
    await called(town, guild)
    town.server.guild_update(guild, name="Night school")
    await called(town, guild)
    await town.host.settle()
    assert welcomes(town) == 1


async def test_a_server_that_changed_between_two_sessions(build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    """What changed while there was no session is noticed with the next, and of all other servers nothing is written."""
    town = await build(guilds=4)
    await town.up()
    *others, changed = town.server.world.guilds.values()
    await called(town, changed)
    told = []
    real = town.host.handle

    async def handle(request: Any) -> Any:
        told.append(request.space.workspace)
        return await real(request)

    monkeypatch.setattr(town.host, "handle", handle)
    changed.owner, changed.name = town.server.world.user("eli").id, "Night school"
    town.begin_anew()
    await called(town, changed)
    await town.knows(*others, changed)
    assert told == [changed.id]


# --- threads that somebody closes ----------------------------------------------------------------------------------


async def thread_with_a_post(town: Town) -> tuple[Channel, MessageRef]:
    """A thread of the bot's in which it has posted."""
    place = place_of(town)
    port = town.discord.port
    thread = await port.thread(await port.post(place, Card("Round"), "start"), "Round")
    ref = await port.post(thread, Card("Question"), "question")
    return town.server.world.channels[thread.thread or ""], ref


async def test_a_message_in_a_closed_thread(patient: Town) -> None:
    """A thread that a moderator has closed is opened again for what has to change in it."""
    await patient.up()
    thread, ref = await thread_with_a_post(patient)
    patient.server.thread_close(thread)
    await patient.discord.port.edit(ref, Card("Answer"), "question")
    assert thread.messages[ref.message].text == "### Answer"
    assert not thread.archived


async def test_a_message_in_a_locked_thread(patient: Town) -> None:
    """A thread that a moderator has locked stays closed, and the refusal is one of the thread."""
    await patient.up()
    thread, ref = await thread_with_a_post(patient)
    patient.server.thread_close(thread, locked=True)
    with pytest.raises(DeliveryError, match="50083") as refused:
        await patient.discord.port.edit(ref, Card("Answer"), "question")
    assert refused.value.failure is Failure.FORBIDDEN
    assert thread.archived


async def test_a_closed_thread_while_the_way_is_broken(patient: Town) -> None:
    """A thread that cannot be opened just now is tried again later."""
    await patient.up()
    thread, ref = await thread_with_a_post(patient)
    patient.server.thread_close(thread)
    patient.server.fail(f"PATCH /channels/{thread.id}", 503)
    with pytest.raises(DeliveryError) as refused:
        await patient.discord.port.edit(ref, Card("Answer"), "question")
    assert refused.value.failure is Failure.TRANSIENT


# --- places that are none ------------------------------------------------------------------------------------------


async def test_a_forum_is_no_place_for_what_is_planned(build: Build) -> None:
    """Whoever says setup in a forum's post reads that no message can stand in the forum; a look finds the same."""
    town = await build()
    await town.up()
    guild = next(iter(town.server.world.guilds.values()))
    forum = town.server.add_channel(guild, "questions", 15)
    post = town.server.add_thread(forum, "first post", "ann")
    one = town.server.interaction_slash(guild, post, "mod", "setup", {"zone": "Europe/Berlin"})
    assert "a text channel (no message can stand here) is missing" in (await one.wait()).text
    probed = await town.discord.port.probe(Space("discord", guild.id, forum.id))
    assert probed.missing == ("a text channel (no message can stand here)",)
    assert not (await town.discord.port.probe(Space("discord", guild.id, forum.id, post.id))).missing
    one = town.server.interaction_slash(guild, post, "ann", "quiz live", {"questions": 1})
    assert "The round is on" in (await one.wait()).text


@pytest.mark.parametrize("channel", ["general", "#study", "\u0663", "-1", "1.5"])
async def test_a_channel_that_is_no_number(build: Build, channel: str) -> None:
    """What is no id of Discord's is a channel that is gone, for whatever is asked of it."""
    town = await build()
    await town.up()
    place, port = place_of(town), town.discord.port
    wrong = Space("discord", place.workspace, channel)
    for ask in (
        port.post(wrong, Card("Hello"), "key"),
        port.edit(MessageRef(wrong, "1"), Card("Hello"), "key"),
        port.thread(MessageRef(wrong, "1"), "Round"),
    ):
        with pytest.raises(DeliveryError) as refused:
            await ask
        assert refused.value.failure is Failure.GONE
    assert (await port.probe(wrong)).missing == ("View Channel",)
    assert await port.find(wrong, "key") is Search.UNKNOWN


async def test_a_channel_of_another_server(build: Build) -> None:
    """Nothing is posted to a channel of a server that is not the group's, though the bot may write there."""
    town = await build(guilds=2)
    await town.up()
    first, second = town.server.world.guilds.values()
    elsewhere = next(iter(second.channels.values()))
    wrong = Space("discord", first.id, elsewhere.id)
    with pytest.raises(DeliveryError) as refused:
        await town.discord.port.post(wrong, Card("Hello"), "key")
    assert refused.value.failure is Failure.GONE
    assert not [message for message in elsewhere.messages.values() if message.text == "### Hello"]
    assert (await town.discord.port.probe(wrong)).missing == ("View Channel",)


def place_of(town: Town) -> Space:
    """The first channel of the first server."""
    guild = next(iter(town.server.world.guilds.values()))
    return Space("discord", guild.id, next(iter(guild.channels.values())).id)
