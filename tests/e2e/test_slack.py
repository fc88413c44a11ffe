"""The unmodified program in a local Slack, over real sockets: log-in, gestures, trouble on the way, the end."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from aiohttp import ClientSession

from tests.e2e.process import health_of, running
from tests.e2e.slack_town import ANSWERING, POSTING, ROUND, Town, free_port, settings, town
from tests.fakes.discord_server import DiscordServer
from tests.fakes.slack_server import SlackServer

QUESTION = "quiz start topic:maths.vectors"


async def test_log_in_commands_press_and_stop(tmp_path: Path) -> None:
    """The main road: the answer comes with the acknowledgement, a press changes it in place, and the program stops."""
    async with town(tmp_path, DATABASE_URL=f"sqlite:///{tmp_path / 'new.db'}") as here:
        front_door = await here.slash()
        assert front_door.private
        assert front_door.ack
        assert front_door.acknowledged_after is not None
        assert front_door.acknowledged_after < 1
        question = await here.slash(QUESTION)
        assert "Level" in question.text
        unsure = await here.press(question, "I don't know")
        assert unsure.edited == 1
        assert not unsure.messages
        assert "Here is the answer." in question.messages[0].text
        assert not here.server.unknown
        assert await here.program.told_to_stop() == 0
        assert not here.program.lines("ERROR")
        assert not here.program.lines("WARNING adapters")


async def test_a_wrong_option_opens_a_form_that_says_what_is_wrong(tmp_path: Path) -> None:
    """A wrong option opens a form that says so; what is wrong again is said at its field; what is right is done."""
    async with town(tmp_path) as here:
        opened = await here.slash("quiz start level:99")
        assert "level is a whole number from 1 to 5" in opened.text
        wrong = await here.server.submit(here.team, "ann", {"level": "98"}).wait()
        assert list(wrong.errors) == ["level"]
        right = await here.server.submit(here.team, "ann", {"level": "3", "topic": "maths.vectors"}).wait(
            "acknowledged"
        )
        await opened.wait(lambda one: bool(one.messages))  # through the command's own address
        assert not right.errors
        assert "Level 3" in opened.messages[0].text
        assert opened.private


async def test_a_round_lives_in_a_thread_and_its_result_in_the_channel(tmp_path: Path) -> None:
    """Questions stand below the round's message, a mention there stops it, and the result stands in the channel."""
    async with town(tmp_path) as here:
        await here.slash("quiz live questions:2 seconds:300")
        head = await here.posted("Live round")
        question = await here.posted("Question 1 of 2")
        assert question.thread_ts == head.ts
        pressed = await here.press(question, "I don't know", "bea")
        assert pressed.private
        assert pressed.messages[0].thread_ts == head.ts
        stopped = here.server.mention(here.team, here.channel, "ann", "quiz stop", question)
        assert "The round is ended" in (await stopped.wait()).text
        assert (await here.posted("stopped after 1 of 2")).thread_ts is None
        assert "Closed" in question.text


async def test_the_home_and_the_shortcut(tmp_path: Path) -> None:
    """The bot's own page is written when it is opened, and the shortcut asks a question in a modal."""
    async with town(tmp_path) as here:
        ann = here.team.user("ann")
        here.server.open_home(here.team, ann)
        await here.until(lambda: ann.home is not None)
        assert ann.home is not None
        assert "Batchmate" in ann.home.text
        modal = await here.server.shortcut(here.team, "bea", "quiz start").wait()
        assert modal.view is not None
        assert "Question 1" in modal.text


async def test_buttons_outlive_the_process(tmp_path: Path) -> None:
    """After an end without a word, the next process answers to the buttons of the one before."""
    server = SlackServer()
    await server.start()
    environment = settings(server, tmp_path)
    async with running("run", **environment) as program:
        await server.ready(seconds=20)
        here = Town(server, program)
        question = await here.slash(QUESTION)
        await here.slash(ROUND, "bea")
        asked = await here.posted("Closes at")
        await asyncio.sleep(0.5)  # the post is known to have arrived
        program.process.kill()
        await program.ended()
    async with town(tmp_path, server) as here:
        assert "Here is the answer." in (await here.press(question, "I don't know")).text
        assert "Your answer" in (await here.press(asked, "I don't know", "bea")).text
        await here.until(lambda: "1 answer so far" in asked.text)
        assert len(here.posts("Closes at")) == 1


@pytest.mark.parametrize("trouble", ["refresh", "drop", "half-open"])
async def test_a_socket_that_ends_is_opened_anew(tmp_path: Path, trouble: str) -> None:
    """A socket that Slack renews, that breaks, or that falls silent is replaced, the last within five seconds."""
    async with town(tmp_path) as here:
        await here.slash()
        first = here.server.sockets.connections[0]
        began = time.monotonic()
        match trouble:
            case "refresh":
                here.server.sockets.ask_reconnect()
            case "drop":
                here.server.sockets.drop()
            case _:
                here.server.sockets.go_silent()
        renewed = [one for one in here.server.sockets.live if one is not first]
        while not renewed:
            await asyncio.sleep(0.05)
            renewed = [one for one in here.server.sockets.live if one is not first]
            assert time.monotonic() - began < 6, here.story()
        assert time.monotonic() - began < 5
        first.leaving = True  # Slack gives up on the one that it lost
        assert (await here.slash()).private
        assert len(here.server.sockets.live) == 1


async def test_slack_away_for_a_while(tmp_path: Path) -> None:
    """Slack is gone with its socket and comes back: the program finds it again, and says at most a line of it."""
    async with town(tmp_path) as here:
        await here.slash()
        port = here.server.port
        await here.server.stop()
        await asyncio.sleep(2.5)
        await here.server.start(port)
        await here.server.ready(seconds=15)
        assert (await here.slash()).private
        troubles = [line for line in here.program.log if " adapters." in line and not line.startswith("INFO")]
        assert len(troubles) == 1, here.story()


async def test_a_payload_that_comes_again_changes_nothing(tmp_path: Path) -> None:
    """Commands, presses and forms that are delivered once more are acknowledged, and that is all."""
    async with town(tmp_path) as here:
        question = await here.slash(QUESTION)
        pressed = await here.press(question, "I don't know")
        report = await here.press(question, "Report")
        told = await here.server.submit(here.team, "ann", {"reason": "unclear", "words": "Which edge?"}).wait(
            "acknowledged"
        )
        await here.slash(ROUND, "bea")
        asked = await here.posted("Closes at")
        answered = await here.press(asked, "I don't know", "cem")
        mention = await here.server.mention(here.team, here.channel, "dag", QUESTION).wait()
        await here.until(lambda: "1 answer so far" in asked.text)
        before, posts = held(tmp_path), [one.text for one in here.posts()]
        for one in (question, pressed, report, told, answered, mention):
            seen, ignored = len(one.messages), here.server.counters["ignored_acks"]
            here.server.delivery.redeliver(one)
            await one.until(lambda n=ignored: here.server.counters["ignored_acks"] > n, 5, one.story)
            await asyncio.sleep(0.1)
            assert len(one.messages) == seen, one.story()
        assert held(tmp_path) == before
        assert [one.text for one in here.posts()] == posts


def held(folder: Path) -> dict[str, int]:
    """How many rows each table has."""
    with sqlite3.connect(folder / "town.db") as db:
        names = [name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: db.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in names}  # noqa: S608


@pytest.fixture(params=["postgres", pytest.param("sqlite", marks=pytest.mark.slow)])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A database for two processes."""
    return str(request.getfixturevalue("postgres_url")) if request.param == "postgres" else f"sqlite:///{tmp_path}/s.db"


async def test_a_payload_over_two_sockets_changes_nothing_the_second_time(tmp_path: Path, shared: str) -> None:
    """Two processes are given everything, each, at the same moment: one round, one answer, one report of it."""
    async with town(tmp_path, DATABASE_URL=shared) as here:
        environment = {**settings(here.server, tmp_path), "DATABASE_URL": shared}
        async with running("run", **environment) as second:
            await here.server.ready(sockets=2, seconds=20)
            here.server.delivery.twice = True
            here.server.slash(here.team, here.channel, "ann", ROUND)
            asked = await here.posted("Closes at")
            for member in ("bea", "cem"):
                here.server.press(here.team, member, asked, "I don't know")
            await here.until(lambda: "2 answers so far" in asked.text)
            delivered = [len(one.delivered) for one in here.server.sockets.connections]
            assert delivered == [3, 3]
            await asyncio.sleep(1.2)
            assert len(here.posts()) == 1
            assert await second.told_to_stop() == 0
            here.server.delivery.twice = False
            assert (await here.slash()).private  # the other one goes on
            assert not second.lines("ERROR")
            assert not here.program.lines("ERROR")


async def test_the_way_breaks_under_answers_and_posts(tmp_path: Path) -> None:
    """The way breaks before an answer, which arrives all the same, and after a post, which is not made twice."""
    async with town(tmp_path) as here:
        question = await here.slash(QUESTION)
        here.server.cut(ANSWERING, reset=True)
        assert "Here is the answer." in (await here.press(question, "I don't know")).text
        here.server.cut("chat.*", applied=True, reset=True)
        await here.slash(ROUND)
        await here.posted("Closes at")
        await asyncio.sleep(2.5)
        assert len(here.posts("Closes at")) == 1


@pytest.mark.parametrize("status", [429, pytest.param(503, marks=pytest.mark.slow)])
async def test_slack_is_busy(tmp_path: Path, status: int) -> None:
    """A post that is refused for a moment goes out later, once, and commands are answered meanwhile."""
    async with town(tmp_path) as here:
        if status == 429:
            here.server.limit(POSTING, retry_after=2)
        else:
            here.server.fail(POSTING, status, times=2)
        began = time.monotonic()
        await here.slash(ROUND)
        assert ((await here.slash("", "bea")).answered_after or 9) < 1.5
        await here.posted("Closes at")
        assert time.monotonic() - began >= (2 if status == 429 else 1)
        assert len(here.posts("Closes at")) == 1


async def test_an_archived_channel(tmp_path: Path) -> None:
    """A round in a channel that is archived meanwhile is held, and nothing more is sent there."""
    async with town(tmp_path) as here:
        await here.slash("quiz live questions:2 seconds:10")
        await here.posted("Question 1 of 2")
        told = here.server.archive(here.team, here.channel)
        await told.wait("acknowledged")
        sent = len(here.server.log.find("chat.*"))
        await asyncio.sleep(12)
        assert len(here.server.log.find("chat.*")) == sent, str(here.server.log)
        assert not here.program.lines("ERROR")


async def test_open_work_is_finished_before_the_end(tmp_path: Path) -> None:
    """A press that is being answered when SIGTERM comes is answered; the process ends within ten seconds."""
    async with town(tmp_path) as here:
        question = await here.slash(QUESTION)
        here.server.slow(ANSWERING, 1.0, times=1)
        one = here.server.press(here.team, "ann", question, "I don't know")
        await one.wait("acknowledged")
        began = time.monotonic()
        assert await here.program.told_to_stop(10) == 0
        assert time.monotonic() - began < 10
        assert "Here is the answer." in one.text


@pytest.mark.parametrize("trouble", ["half-open", "away", "a post hangs"])
async def test_the_end_comes_within_ten_seconds(tmp_path: Path, trouble: str) -> None:
    """SIGTERM ends a program whose socket is dead, whose Slack is away, or whose post hangs."""
    async with town(tmp_path) as here:
        match trouble:
            case "half-open":
                here.server.sockets.go_silent()
            case "away":
                await here.server.stop()
                await asyncio.sleep(1.5)
            case _:
                here.server.slow(POSTING, 60.0, times=1)
                await here.slash(ROUND)
                await asyncio.sleep(0.3)
        began = time.monotonic()
        assert await here.program.told_to_stop(10) == 0
        assert time.monotonic() - began < 10
        assert "Traceback" not in here.story()


@pytest.mark.parametrize(
    ("name", "token"), [("SLACK_BOT_TOKEN", "xoxb-wrong-and-secret"), ("SLACK_APP_TOKEN", "xapp-wrong-and-secret")]
)
async def test_a_token_that_slack_does_not_take(tmp_path: Path, name: str, token: str) -> None:
    """A wrong token ends the program with one sentence that says where to get a new one, and not the token."""
    async with SlackServer() as server:
        async with running("run", **{**settings(server, tmp_path), name: token}) as program:
            assert await program.ended(20) == 1
        text = "\n".join(program.log)
        assert f"Slack does not take {name}" in text
        assert "allowed IP addresses" in text
        assert "wrong-and-secret" not in text
        assert "Traceback" not in text


async def test_what_comes_late_of_an_earlier_installation_ends_nothing(tmp_path: Path) -> None:
    """The app was removed and installed again before this start: that Slack tells of it only now makes nobody deaf."""
    async with town(tmp_path) as here:
        here.server.world.ahead = -60.0
        late = here.server.uninstall(here.team)
        here.team.standing, here.server.world.ahead = "", 0.0
        await late.wait("acknowledged")
        assert "Level" in (await here.slash(QUESTION)).text
        assert not here.program.lines("WARNING adapters")
        here.server.uninstall(here.team)
        await here.program.says("WARNING adapters.slack.sockets: The app was removed from its workspace")


async def test_slack_out_of_reach_at_the_start(tmp_path: Path) -> None:
    """The program waits for a Slack that does not answer yet, says so once a try and on its page, and then serves."""
    server = SlackServer()
    port, own = free_port(), free_port()
    server.port = port
    async with running("run", **settings(server, tmp_path), PORT=str(own)) as program, ClientSession() as session:
        await program.says("WARNING adapters", times=2)
        assert (await health_of(session, own))["slack"] == "not connected yet"
        await server.start(port)
        try:
            await server.ready(seconds=30)
            await program.says("INFO adapters.slack.sockets: Slack's socket is open")
            assert (await health_of(session, own))["slack"] == "ok"
            assert await program.told_to_stop() == 0
        finally:
            await server.stop()
    assert all("out of reach" in line for line in program.lines("WARNING adapters"))


async def test_the_end_comes_also_while_slack_is_out_of_reach(tmp_path: Path) -> None:
    """SIGTERM ends a program that still waits for Slack."""
    server = SlackServer()
    server.port = free_port()
    async with running("run", **settings(server, tmp_path)) as program:
        await program.says("WARNING adapters", times=1)
        assert await program.told_to_stop() == 0
    assert "Traceback" not in "\n".join(program.log)


async def test_socket_mode_and_http_at_once(tmp_path: Path) -> None:
    """Whoever sets both ways at once reads which variables belong to which."""
    async with SlackServer() as server:
        both = {**settings(server, tmp_path), "SLACK_SIGNING_SECRET": "secret-of-both", "PORT": "8080"}
        async with running("run", **both) as program:
            assert await program.ended(20) == 1
        text = "\n".join(program.log)
        assert "SLACK_SIGNING_SECRET" in text
        assert "Set those of one of them" in text
        assert "secret-of-both" not in text
        assert "Traceback" not in text


async def test_discord_and_slack_in_one_process(tmp_path: Path) -> None:
    """One process serves both, each with its own groups."""
    async with DiscordServer() as discord:
        discord_settings = {"DISCORD_TOKEN": discord.token, "DISCORD_API_URL": discord.url}
        async with town(tmp_path, **discord_settings) as here:
            await discord.ready(seconds=20)
            assert "Batchmate" in (await here.slash()).text
            guild = next(iter(discord.world.guilds.values()))
            channel = next(iter(guild.channels.values()))
            one = await discord.interaction_slash(guild, channel, "ann", "mate", {}).wait(seconds=10)
            assert "Batchmate" in one.text
            assert await here.program.told_to_stop() == 0
            assert not here.program.lines("ERROR")


async def test_the_doctor(tmp_path: Path) -> None:
    """Before the start: what is well, what is missing, what is out of reach; and no token."""
    async with SlackServer() as server:
        environment = settings(server, tmp_path)
        async with running("doctor", **environment) as program:
            assert await program.ended(20) == 0, program.log
        assert any("Slack takes SLACK_BOT_TOKEN" in line for line in program.log)
        assert any("opens a socket" in line for line in program.log)
        server.world.team().scopes -= {"chat:write", "usergroups:read"}
        async with running("doctor", **environment) as program:
            assert await program.ended(20) == 1
        assert any("The app lacks chat:write." in line for line in program.log)
        assert any(line.startswith("ok") and "usergroups:read" in line for line in program.log)
        wrong = {**environment, "SLACK_BOT_TOKEN": "xoxb-wrong-and-secret", "SLACK_APP_TOKEN": "xapp-wrong-and-secret"}
        async with running("doctor", **wrong) as program:
            assert await program.ended(20) == 1
        assert len([line for line in program.log if "Slack does not take SLACK_" in line]) == 2
        assert "wrong-and-secret" not in "\n".join(program.log)
        async with running("doctor", **{**environment, "SLACK_API_URL": "http://127.0.0.1:1/api"}) as program:
            assert await program.ended(20) == 1
        assert any("out of reach" in line for line in program.log)


async def test_the_log_holds_no_secret_and_no_word_of_a_member(tmp_path: Path) -> None:
    """Even where everything is logged, and where everything goes wrong, no token and nothing that was written is."""
    said = ("gesagtgetan", "meinename", "whatedge")
    async with town(tmp_path, LOG_LEVEL="DEBUG") as here:
        await here.slash(f"help {said[0]}")
        await here.slash(f"my name {said[1]}")
        question = await here.slash(QUESTION)
        await here.press(await here.press(question, "I don't know"), "Report")
        here.server.fail("*", 500, times=3)
        await here.server.submit(here.team, "ann", {"reason": "unclear", "words": said[2]}).wait("acknowledged")
        here.server.mention(here.team, here.channel, "ann", said[0])
        here.server.commands["/other"] = True
        await asyncio.sleep(1)
        here.server.faults.clear()
        here.server.slash(here.team, here.channel, "ann", said[0], "/other")
        here.server.refuse("chat.postMessage", "invalid_blocks")
        await here.slash(ROUND)
        here.server.sockets.drop()
        await asyncio.sleep(1.5)
        story = here.story()
        secrets = [here.team.token, here.server.app_token, *here.server.sockets.tickets, "ticket=", "/respond/"]
        words = [*said, "Ann", "ann", question.messages[0].text.split("\n")[1]]
        assert [one for one in (*secrets, *words) if one in story] == []
