"""Keeps Discord's commands as they are declared; while Discord does not take them, members go on with those it has."""

import asyncio
import itertools
import logging

import discord

from adapters.discord import failures, register
from adapters.discord.port import DiscordPort
from adapters.discord.register import Payload
from bot.ports import UnusableError

log = logging.getLogger(__name__)

SHORTEST_PAUSE, LONGEST_PAUSE = 60.0, 3_600.0  # seconds between tries, but for what Discord itself asks for
TOO_MANY_TODAY = 30034
_NOT_TAKEN = (discord.HTTPException, discord.RateLimited, KeyError, *failures.DROPPED)  # KeyError: a limit without end


class Registration:
    """The commands of one process: it looks for their ids and, if it `writes`, brings Discord to what is declared."""

    def __init__(self, client: discord.Client, port: DiscordPort, guild: int | None, *, writes: bool) -> None:
        self._client = client
        self._port = port
        self._guild = guild
        self._writes = writes
        self._trying: asyncio.Task[None] | None = None

    async def begin(self, wanted: list[Payload]) -> None:
        """Register; what Discord does not take is tried again beside everything else, until `end`.

        Raises UnusableError for a server that the bot is not in, and discord.HTTPException for a refused token.
        """
        self.end()
        try:
            await self._bring(wanted)
        except _NOT_TAKEN as error:
            self._look_into(error)
            self._trying = asyncio.create_task(self._try_again(wanted, error))

    def end(self) -> None:
        """Try no more."""
        if self._trying is not None:
            self._trying.cancel()
            self._trying = None

    async def _bring(self, wanted: list[Payload]) -> None:
        registered = await register.registered_in(self._client, self._guild)
        self._port.commands = register.ids(registered)
        if not self._writes:
            return
        changed = register.differs(wanted, registered)
        if changed:
            self._port.commands = register.ids(await register.register(self._client, wanted, self._guild))
        news = "renewed" if changed else "nothing had changed"
        log.info("Discord has %d commands; %s", len(self._port.commands), news)

    def _look_into(self, error: Exception) -> None:
        """Raise what is not to be tried again."""
        if not isinstance(error, discord.HTTPException):
            return
        if error.status == failures.UNAUTHORIZED:
            raise error
        looked = error.response.method == "GET"
        if self._guild is not None and looked and not failures.is_away(error) and failures.is_discords(error):
            raise UnusableError(
                f"DISCORD_GUILD_ID is {self._guild}, a server that the bot is not in. Invite it there "
                "(batchmate invite prints the link), or set another."
            ) from error

    async def _try_again(self, wanted: list[Payload], error: Exception) -> None:
        said: set[str] = set()
        for attempt in itertools.count():
            pause = min(LONGEST_PAUSE, SHORTEST_PAUSE * 2 ** min(attempt, 10))
            wait = max(pause, failures.asked_to_wait(error))
            if (why := _why(error)) not in said:
                log.warning(
                    "Discord does not take the commands (%s). Members go on with those that it has; the next try is in "
                    "%.0f s. %s",
                    why,
                    wait,
                    _advice(error),
                )
                said.add(why)
            await asyncio.sleep(wait)
            try:
                await self._bring(wanted)
            except _NOT_TAKEN as refused:
                error = refused
            else:
                return


def _why(error: Exception) -> str:
    return "too many requests" if isinstance(error, KeyError) else str(failures.meaning(error))


def _advice(error: Exception) -> str:
    if isinstance(error, (KeyError, discord.RateLimited)) or getattr(error, "code", 0) == TOO_MANY_TODAY:
        return "Discord takes only so many new commands a day: start the bot less often until then"
    if not isinstance(error, discord.HTTPException) or failures.is_away(error) or not failures.is_discords(error):
        return "Look at https://discordstatus.com"
    return (
        "Open the link of batchmate invite once more; what the code means is said at "
        "https://discord.com/developers/docs/topics/opcodes-and-status-codes"
    )
