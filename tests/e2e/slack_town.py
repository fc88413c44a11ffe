"""A local Slack with the unmodified program in it, through a socket or by HTTP, and what its members see."""

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

from tests.e2e.process import Running, running
from tests.fakes.slack_server import Channel, Interaction, Message, SlackServer, Team
from tests.store.prepared import prepare

POSTING, EDITING, ANSWERING = "chat.postMessage", "chat.update", "response_url"
ROUND = "quiz live questions:1 seconds:300"


class Town:
    """The stand-in, the program in it, and the first workspace's first channel."""

    def __init__(self, server: SlackServer, program: Running) -> None:
        self.server = server
        self.program = program
        self.team: Team = server.world.team()
        self.channel: Channel = self.team.channel("study")

    async def slash(self, line: str = "", by: str = "ann", seconds: float = 10.0) -> Interaction:
        """A command of a member, once it is answered."""
        return await self.server.slash(self.team, self.channel, by, line).wait(seconds=seconds)

    async def press(self, thing: Message | Interaction, label: str, by: str = "ann") -> Interaction:
        """A press of a member, once it is answered."""
        return await self.server.press(self.team, by, thing, label).wait(seconds=10)

    def posts(self, words: str = "") -> list[Message]:
        """The bot's messages that everybody in the channel sees and that have these words, the oldest first."""
        return [one for one in self.channel.public if one.author is self.team.bot and words in one.text]

    async def posted(self, words: str, seconds: float = 10.0) -> Message:
        """The newest message for everybody with these words, once it is there."""
        await self.until(lambda: bool(self.posts(words)), seconds, f"nothing says {words!r}")
        return self.posts(words)[-1]

    async def until(self, condition: Callable[[], bool], seconds: float = 10.0, why: str = "") -> None:
        """Return once it is so; looked at after each call."""
        await self.server.until(condition, seconds, lambda: f"{why}\n{self.server.log}\n{self.story()}")

    def story(self) -> str:
        """What the program has logged."""
        return "\n".join(self.program.log)


def settings(server: SlackServer, folder: Path, team: Team | None = None) -> dict[str, str]:
    """The environment of a program in this town, through a socket."""
    return {
        "SLACK_BOT_TOKEN": (team or server.world.team()).token,
        "SLACK_APP_TOKEN": server.app_token,
        "SLACK_API_URL": server.api_url,
        "DATABASE_URL": prepare(folder / "town.db"),
    }


@asynccontextmanager
async def town(folder: Path, server: SlackServer | None = None, **environment: str) -> AsyncIterator[Town]:
    """A town in which the program has its socket."""
    server = server or SlackServer()
    if not server.port:
        await server.start()
    try:
        async with running("run", **{**settings(server, folder), **environment}) as program:
            here = Town(server, program)
            try:
                await server.ready(seconds=20)
            except Exception as error:
                raise AssertionError(here.story()) from error
            yield here
            assert not [one for one in (here.team.token, server.app_token) if one in here.story()]
    finally:
        await server.stop()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
