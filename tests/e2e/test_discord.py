"""The unmodified program in a local Discord, over real sockets: log-in, gestures, trouble on the way, the end."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.e2e.process import ROOT, Running, health_of, running
from tests.fakes.discord_server import DiscordServer, Interaction
from tests.fakes.discord_server.world import Message
from tests.store.prepared import prepare

POSTING = "POST /channels/*/messages"
CALLBACK = "POST /interactions/*/*/callback"
REGISTERING = "PUT /applications/*/commands"
SLOW = pytest.mark.slow  # the same way through the program as the case beside it


class Town:
    """The stand-in, the program in it, and one server's first channel."""

    def __init__(self, server: DiscordServer, program: Running) -> None:
        self.server = server
        self.program = program
        self.guild = next(iter(server.world.guilds.values()))
        self.channel = next(iter(self.guild.channels.values()))

    async def slash(self, line: str, by: str = "ann", **options: object) -> Interaction:
        """A command of a member, once it is answered."""
        one = self.server.interaction_slash(self.guild, self.channel, by, line, dict(options))
        return await one.wait(seconds=10)

    def posts(self) -> list[Message]:
        """The bot's public messages in the channel and below it, the oldest first."""
        places = [
            self.channel,
            *(place for place in self.server.world.channels.values() if place.parent is self.channel),
        ]
        found = [message for place in places for message in place.messages.values() if message.seen_by is None]
        return sorted((m for m in found if m.author.id == self.server.world.bot.id), key=lambda m: int(m.id))

    async def posted(self, words: str, seconds: float = 10.0) -> Message:
        """The newest public message with these words, once it is there."""

        def fitting() -> list[Message]:
            return [message for message in self.posts() if words in message.text]

        await self.server.until(lambda: bool(fitting()), seconds, lambda: f"nothing says {words!r}\n{self.server.log}")
        return fitting()[-1]


@asynccontextmanager
async def town(folder: Path, server: DiscordServer | None = None, **environment: str) -> AsyncIterator[Town]:
    """A town in which the program is ready."""
    server = server or DiscordServer()
    if not server.port:
        await server.start()
    try:
        async with running("run", **{**settings(server, folder), **environment}) as program:
            try:
                await server.ready(seconds=20)
            except Exception as error:
                raise AssertionError("\n".join(program.log)) from error
            yield Town(server, program)
            assert server.token not in "\n".join(program.log)
    finally:
        await server.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def settings(server: DiscordServer, folder: Path) -> dict[str, str]:
    """The environment of a program in this town."""
    return {
        "DISCORD_TOKEN": server.token,
        "DISCORD_API_URL": server.url,
        "DATABASE_URL": prepare(folder / "town.db"),
    }


async def test_log_in_commands_press_modal_and_stop(tmp_path: Path) -> None:
    """The main road: the program logs in, registers its commands, answers commands, presses and forms, and stops."""
    async with town(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}") as here:
        assert len(here.server.log.find(REGISTERING)) == 1
        front_door = await here.slash("mate")
        assert front_door.private
        assert front_door.acknowledged_after is not None
        assert front_door.acknowledged_after < 1
        question = await here.slash("quiz start", topic="maths.vectors")
        assert "Level" in question.text
        unsure = here.server.interaction_press(question, "ann", "I don't know")
        assert "Here is the answer." in (await unsure.wait()).text
        opened = await here.server.interaction_press(question, "ann", "Report").wait(lambda one: one.modal is not None)
        told = here.server.interaction_modal(opened, {"reason": ["unclear"], "words": "Which edge counts?"})
        assert "kept for who looks after the questions" in (await told.wait()).text
        assert not here.server.unknown
        assert await here.program.told_to_stop() == 0
        assert not here.program.lines("ERROR")


async def test_an_unchanged_set_of_commands_costs_no_write(tmp_path: Path) -> None:
    """A second start finds its commands registered and writes nothing."""
    server = DiscordServer()
    await server.start()
    for _start in range(2):
        async with running("run", **settings(server, tmp_path)) as program:
            await server.ready(seconds=20)
            assert await program.told_to_stop() == 0
    await server.stop()
    assert len(server.log.find(REGISTERING)) == 1


async def test_commands_in_one_server_for_development(tmp_path: Path) -> None:
    """With DISCORD_GUILD_ID the commands are registered in that server alone."""
    server = DiscordServer()
    guild = next(iter(server.world.guilds))
    async with town(tmp_path, server, DISCORD_GUILD_ID=str(guild)) as here:
        assert len(server.log.find("PUT /applications/*/guilds/*/commands")) == 1
        assert not server.log.find(REGISTERING)
        assert (await here.slash("mate")).private


async def test_a_lost_connection_is_resumed_and_nothing_is_missed(tmp_path: Path) -> None:
    """A gateway that breaks off abruptly is resumed; a press of that time is delivered then, and counts once."""
    async with town(tmp_path) as here:
        await here.slash("quiz live", questions=1, seconds=300)
        question = await here.posted("Closes at")
        here.server.gateway.drop()
        pressed = here.server.interaction_press(question, "bea", "I don't know")
        await pressed.wait(seconds=20)
        assert "Your answer" in pressed.text
        await here.posted("1 answer so far")
        assert here.server.gateway.counters["resumed"] == 1


@pytest.mark.parametrize("trouble", ["reconnect", "invalid session"])
async def test_a_session_that_ends_is_begun_anew(tmp_path: Path, trouble: str) -> None:
    """Discord asks for a reconnect or calls the session invalid: the program goes on."""
    async with town(tmp_path) as here:
        if trouble == "reconnect":
            here.server.gateway.ask_reconnect()
        else:
            here.server.gateway.invalidate()
        await asyncio.sleep(0.2)
        await here.server.ready(seconds=30)
        assert (await here.slash("mate")).private


async def test_a_connection_cut_under_an_answer(tmp_path: Path) -> None:
    """The way breaks under an acknowledgement, an answer and a post: each arrives, and nothing is posted twice."""
    async with town(tmp_path) as here:
        here.server.cut(CALLBACK, reset=True)
        assert (await here.slash("mate")).private
        here.server.cut("PATCH /webhooks/*/*/messages/@original", reset=True)
        assert (await here.slash("mate")).private
        here.server.cut(POSTING, applied=True, reset=True)
        await here.slash("quiz live", questions=1, seconds=300)
        question = await here.posted("Closes at")
        await asyncio.sleep(1)
        assert [message.id for message in here.posts() if "Closes at" in message.text] == [question.id]


async def test_a_burst_of_server_errors(tmp_path: Path) -> None:
    """Discord answers 502 twice to a post: it is posted once, a little later."""
    async with town(tmp_path) as here:
        here.server.fail(POSTING, 502, times=2)
        await here.slash("quiz live", questions=1, seconds=300)
        await here.posted("Closes at", seconds=20)
        assert len([message for message in here.posts() if "Closes at" in message.text]) == 1


@pytest.mark.parametrize("status", [403, pytest.param(400, marks=SLOW), pytest.param(404, marks=SLOW)])
async def test_a_page_of_the_shield_before_discord(tmp_path: Path, status: int) -> None:
    """Whoever stands before Discord refuses a post once: it is posted a little later, and no permission is blamed."""
    async with town(tmp_path) as here:
        here.server.fail(POSTING, status)
        await here.slash("quiz live", questions=1, seconds=300)
        await here.posted("Closes at", seconds=20)
        assert not [
            message
            for place in here.server.world.channels.values()
            for message in place.messages.values()
            if "permission" in message.text.lower()
        ]


async def test_a_rate_limit_is_waited_for(tmp_path: Path) -> None:
    """Discord answers 429 to a post: it goes out when the time is over, and commands are answered meanwhile."""
    async with town(tmp_path) as here:
        here.server.limit(POSTING, retry_after=2.0)
        began = time.monotonic()
        await here.slash("quiz live", questions=1, seconds=300)
        assert (await here.slash("mate", "bea")).answered_after < 1.5
        await here.posted("Closes at", seconds=10)
        assert time.monotonic() - began >= 2.0


async def test_open_work_is_finished_before_the_end(tmp_path: Path) -> None:
    """A command that is being answered when SIGTERM comes is answered; the process ends within ten seconds."""
    async with town(tmp_path) as here:
        here.server.slow("PATCH /webhooks/*/*/messages/@original", 1.0, times=1)
        one = here.server.interaction_slash(here.guild, here.channel, "ann", "mate", {})
        await one.wait("acknowledged")
        began = time.monotonic()
        assert await here.program.told_to_stop(10) == 0
        assert time.monotonic() - began < 10
        assert one.answered
        assert "Batchmate" in one.text


async def test_a_token_that_discord_does_not_take(tmp_path: Path) -> None:
    """A wrong token ends the program with one sentence that says where to get a new one, and not the token."""
    async with DiscordServer() as server:
        wrong = {**settings(server, tmp_path), "DISCORD_TOKEN": "wrong-and-secret"}
        async with running("run", **wrong) as program:
            assert await program.ended(20) == 1
        text = "\n".join(program.log)
        assert "Discord does not take DISCORD_TOKEN" in text
        assert "wrong-and-secret" not in text
        assert "Traceback" not in text


@pytest.mark.parametrize(("code", "said"), [(4004, "Discord does not take DISCORD_TOKEN"), (4013, "with code 4013")])
async def test_a_session_that_discord_ends_for_good(tmp_path: Path, code: int, said: str) -> None:
    """A token that was reset, or what else ends a session for good, ends the program with one sentence."""
    async with town(tmp_path) as here:
        await here.slash("mate")  # the session stands: one that ends while it begins is begun anew by discord.py
        here.server.gateway.disconnect(code)
        assert await here.program.ended(20) == 1
        text = "\n".join(here.program.log)
        assert said in text
        assert "Traceback" not in text


async def test_a_server_for_development_that_the_bot_is_not_in(tmp_path: Path) -> None:
    """DISCORD_GUILD_ID of another server ends the program with one sentence that names it."""
    async with DiscordServer() as server:
        async with running("run", **settings(server, tmp_path), DISCORD_GUILD_ID="4711") as program:
            assert await program.ended(20) == 1
        text = "\n".join(program.log)
        assert "DISCORD_GUILD_ID is 4711" in text
        assert "Traceback" not in text


async def test_an_address_that_is_not_discords(tmp_path: Path) -> None:
    """DISCORD_API_URL that leads to no API ends the program with one sentence that names it."""
    async with DiscordServer() as server:
        wrong = {**settings(server, tmp_path), "DISCORD_API_URL": server.url.removesuffix("/api/v10")}
        async with running("run", **wrong) as program:
            assert await program.ended(20) == 1
        text = "\n".join(program.log)
        assert "Look at DISCORD_API_URL" in text
        assert "Traceback" not in text


@pytest.mark.parametrize(
    ("status", "code"),
    [(400, 30034), pytest.param(429, 30034, marks=SLOW), pytest.param(403, 50001, marks=SLOW)],
)
async def test_commands_that_discord_does_not_take(tmp_path: Path, status: int, code: int) -> None:
    """A refused registration is one line in the log; the program serves with the commands that Discord has."""
    server = DiscordServer()
    server.declare([{"name": "mate", "description": "old", "type": 1}])
    server.refuse(REGISTERING, status, code, times=None)
    async with town(tmp_path, server) as here:
        assert (await here.slash("mate")).private
        assert await here.program.told_to_stop() == 0
        assert len(here.program.lines("WARNING adapters")) == 1
        assert not here.program.lines("ERROR")
        assert "Traceback" not in "\n".join(here.program.log)


async def test_health_and_numbers(tmp_path: Path) -> None:
    """On PORT the process says how it is, and counts what it does."""
    port = free_port()
    async with town(tmp_path, PORT=str(port)) as here:
        await here.slash("mate")
        async with aiohttp.ClientSession() as session:
            while (health := await health_of(session, port))["status"] != "ok":
                assert health["discord"] == "not connected yet"
                await asyncio.sleep(0.1)
            async with session.get(f"http://127.0.0.1:{port}/metrics") as answer:
                page = await answer.text()
        assert 'batchmate_request_seconds_count{gesture="command",platform="discord"} 1.0' in page
        assert "batchmate_discord_servers 1.0" in page


async def test_the_doctor_and_the_invitation(tmp_path: Path) -> None:
    """Before the start: what is well, what is missing, and the link with the fewest permissions."""
    async with DiscordServer() as server:
        environment = settings(server, tmp_path)
        async with running("doctor", **environment) as program:
            await program.ended(20)
        assert any("Discord takes the token" in line for line in program.log)
        assert any("can be written" in line for line in program.log)
        async with running("invite", **environment) as program:
            assert await program.ended(20) == 0
        assert program.log[0].startswith("https://discord.com/oauth2/authorize?client_id=")
        assert "permissions=" in program.log[0]
        async with running("doctor", **{**environment, "DISCORD_TOKEN": "wrong-and-secret"}) as program:
            assert await program.ended(20) == 1
        assert "wrong-and-secret" not in "\n".join(program.log)


async def test_discord_out_of_reach_at_the_start(tmp_path: Path) -> None:
    """The program waits for a Discord that does not answer yet, says so once a try, and then serves."""
    server = DiscordServer()
    port = free_port()
    server.port = port
    async with running("run", **settings(server, tmp_path)) as program:
        await program.says("WARNING adapters", times=2)
        await server.start(port)
        try:
            await server.ready(seconds=30)
            assert await program.told_to_stop() == 0
        finally:
            await server.stop()
    assert all("out of reach" in line for line in program.lines("WARNING adapters"))


async def test_the_end_comes_also_while_discord_is_out_of_reach(tmp_path: Path) -> None:
    """SIGTERM ends a program that still waits for Discord."""
    server = DiscordServer()
    server.port = free_port()
    async with running("run", **settings(server, tmp_path)) as program:
        await program.says("WARNING adapters", times=1)
        assert await program.told_to_stop() == 0
    assert "Traceback" not in "\n".join(program.log)


async def test_a_post_that_hangs_does_not_hold_up_the_end(tmp_path: Path) -> None:
    """While Discord lets a post hang, SIGTERM still ends the program within ten seconds; the next start posts once."""
    async with town(tmp_path) as here:
        here.server.slow(POSTING, 60.0, times=1)
        await here.slash("quiz live", questions=1, seconds=300)
        await asyncio.sleep(0.5)
        began = time.monotonic()
        assert await here.program.told_to_stop(10) == 0
        assert time.monotonic() - began < 10


async def test_a_port_that_is_taken_is_said_in_words(tmp_path: Path) -> None:
    """The program does not begin where PORT is in use, and says so in one sentence."""
    async with DiscordServer() as server:
        async with running("run", **settings(server, tmp_path), PORT=str(server.port)) as program:
            assert await program.ended(20) == 1
        text = "\n".join(program.log)
        assert f"PORT {server.port} cannot be listened on" in text
        assert "Traceback" not in text


async def test_every_line_of_the_procfile_starts(tmp_path: Path) -> None:
    """What a host runs on release ends well, and what it runs on serves, and ends when told to."""
    lines = dict(line.split(": ", 1) for line in (ROOT / "Procfile").read_text().splitlines() if line)
    assert set(lines) == {"release", "worker", "web"}
    async with DiscordServer() as server:
        for kind, line in lines.items():
            program, *arguments = line.split()
            assert program == "batchmate"
            async with running(*arguments, **settings(server, tmp_path)) as started:
                if kind != "release":
                    await server.ready(seconds=20)
                    assert await started.told_to_stop() == 0
                else:
                    assert await started.ended(20) == 0


async def test_shards_in_two_processes(tmp_path: Path, postgres_url: str) -> None:
    """Two processes share the shards: one registers, their sessions begin apart, each server is answered by its own."""
    server = DiscordServer(guilds=0)
    server.gateway.shards, server.gateway.strict_identify = 2, True
    guilds = [server.add_guild() for _guild in range(4)]
    await server.start()
    base = {**settings(server, tmp_path), "DATABASE_URL": postgres_url, "DISCORD_SHARD_COUNT": "2"}
    try:
        async with (
            running("run", **base, DISCORD_SHARD_IDS="0") as first,
            running("run", **base, DISCORD_SHARD_IDS="1") as second,
        ):
            await server.ready(shards=2, seconds=30)
            assert server.gateway.counters["refused"] == 0
            assert len(server.log.find(REGISTERING)) == 1
            for guild in guilds:
                channel = next(iter(guild.channels.values()))
                one = await server.interaction_slash(guild, channel, "ann", "mate", {}).wait(seconds=10)
                assert one.private
            assert await first.told_to_stop() == 0
            assert await second.told_to_stop() == 0
    finally:
        await server.stop()


async def test_a_database_that_is_gone_is_said_in_words(tmp_path: Path) -> None:
    """The program does not begin without its database, and says why without the password."""
    async with DiscordServer() as server:
        away = {**settings(server, tmp_path), "DATABASE_URL": "postgres://someone:hidden@127.0.0.1:1/none"}
        async with running("run", **away) as program:
            assert await program.ended(20) == 1
        text = "\n".join(program.log)
        assert "cannot be reached" in text
        assert "hidden" not in text
        assert "Traceback" not in text


async def test_a_setting_that_cannot_be_is_named(tmp_path: Path) -> None:
    """A wrong variable ends the program with one sentence that names it."""
    async with DiscordServer() as server:
        async with running("run", **settings(server, tmp_path), DISCORD_SHARD_IDS="0,1") as program:
            assert await program.ended(20) == 1
        text = "\n".join(program.log)
        assert "DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT" in text
        assert "Traceback" not in text


async def test_added_removed_and_back(tmp_path: Path) -> None:
    """A server that adds the bot reads one welcome; one that has removed it and adds it again is welcomed back."""
    async with town(tmp_path) as here:
        guild = here.server.add_guild("late")
        channel = next(iter(guild.channels.values()))
        owner = here.server.world.dm(here.server.world.user(guild.owner))

        def welcomes() -> list[str]:
            return [m.text for place in (channel, owner) for m in place.messages.values() if "Batchmate" in m.text]

        await here.server.until(lambda: len(welcomes()) == 1, 10, lambda: str(here.server.log))
        here.server.guild_delete(guild)
        await asyncio.sleep(0.3)
        here.server.guild_create(guild)
        await here.server.until(
            lambda: any("still here" in text for text in welcomes()), 10, lambda: f"{welcomes()}\n{here.server.log}"
        )
