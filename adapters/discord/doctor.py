"""Looks at a token and at the servers it is in before the bot starts, and says in words what is wrong."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any

import discord
from discord.http import Route
from msgspec import Struct

from adapters.discord import failures, permissions
from adapters.discord.client import LONGEST_RATE_LIMIT

NOT_TAKEN = (
    "Discord does not take DISCORD_TOKEN. Make a new one in the Developer Portal (your application, Bot, Reset Token) "
    "and set it without quotes or blanks."
)
PAGE = 200  # servers, the most that Discord tells at once
MOST_NAMED = 10  # servers in which all is well
PATIENCE = 20.0  # seconds


class Finding(Struct, frozen=True):
    """One thing that was looked at: whether it is well, and a sentence."""

    well: bool
    sentence: str


@asynccontextmanager
async def logged_in(token: str, api_url: str = "") -> AsyncIterator[discord.Client]:
    """A client that is logged in but not connected, for as long as somebody in front of a terminal waits.

    Raises discord.LoginFailure, and TimeoutError also where Discord asks to wait for longer than that.
    """
    if api_url:
        Route.BASE = api_url.rstrip("/")
    client = discord.Client(intents=discord.Intents(guilds=True), max_ratelimit_timeout=LONGEST_RATE_LIMIT)
    try:
        async with asyncio.timeout(PATIENCE):
            await client.login(token)
            yield client
    except discord.RateLimited as error:
        raise TimeoutError(str(error)) from error
    finally:
        await client.close()


def out_of_reach(error: Exception) -> str:
    """Discord does not answer, in a sentence."""
    return f"Discord is out of reach ({type(error).__name__}). Look at the network and https://discordstatus.com"


async def invite(token: str, api_url: str = "") -> str:
    """The link with which a server's manager adds the bot, with the fewest permissions that do."""
    async with logged_in(token, api_url) as client:
        return discord.utils.oauth_url(
            client.application_id or 0, permissions=permissions.least(), scopes=("bot", "applications.commands")
        )


async def examine(token: str, guild: int | None, api_url: str = "") -> list[Finding]:
    """What is well and what is not: the token, the servers, the permissions in each."""
    try:
        async with logged_in(token, api_url) as client:
            return await _examine(client, guild)
    except discord.LoginFailure:
        return [Finding(well=False, sentence=NOT_TAKEN)]
    except (discord.HTTPException, *failures.DROPPED) as error:
        return [Finding(well=False, sentence=out_of_reach(error))]


async def _examine(client: discord.Client, guild: int | None) -> list[Finding]:
    found = [Finding(well=True, sentence=f"Discord takes the token; the bot is called {client.user}.")]
    servers = [server async for server in _servers(client)]
    if not servers:
        sentence = "The bot is in no server yet. Say batchmate invite, and open the link that it prints."
        return [*found, Finding(well=False, sentence=sentence)]
    if guild is not None and str(guild) not in {server["id"] for server in servers}:
        sentence = f"DISCORD_GUILD_ID is {guild}, a server that the bot is not in. Invite it there, or set another."
        found.append(Finding(well=False, sentence=sentence))
    return [*found, *_each([_server(server["name"], int(server["permissions"])) for server in servers])]


async def _servers(client: discord.Client) -> AsyncIterator[Mapping[str, Any]]:
    after = None
    while page := await client.http.get_guilds(PAGE, after=after, with_counts=False):
        for server in page:
            yield server
        if len(page) < PAGE:
            return
        after = page[-1]["id"]


def _each(servers: Sequence[Finding]) -> list[Finding]:
    """What is said of every server; where many are well, how many."""
    well, others = [one for one in servers if one.well], [one for one in servers if not one.well]
    if len(well) <= MOST_NAMED:
        return list(servers)
    return [Finding(well=True, sentence=f"In {len(well)} servers it has every permission that it needs."), *others]


def _server(name: str, held: int) -> Finding:
    lacking = permissions.lacking(discord.Permissions(held))
    if not lacking:
        return Finding(well=True, sentence=f"In the server {name} it has every permission that it needs.")
    sentence = (
        f"In the server {name} it lacks {', '.join(lacking)}. Server Settings, Roles, the bot's role: allow it, "
        "or open the link of batchmate invite once more."
    )
    return Finding(well=False, sentence=sentence)
