"""What the doctor and the invitation say of Discord, against the local one."""

import asyncio
from collections.abc import Callable

import discord
import pytest
from discord.http import Route
from typer.testing import CliRunner

from adapters.discord import doctor, permissions
from bot.__main__ import cli
from tests.fakes.discord_server import DiscordServer


@pytest.fixture(autouse=True)
def the_same_address_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Discord is said to be is the process' own; other tests find it as it was."""
    monkeypatch.setattr(Route, "BASE", Route.BASE)


async def test_all_is_well() -> None:
    """A token that is taken and servers with every permission: each line is well."""
    async with DiscordServer(guilds=2) as server:
        found = await doctor.examine(server.token, None, server.url)
    assert [finding.well for finding in found] == [True, True, True]
    assert "server1" in found[1].sentence


async def test_missing_permissions_are_named() -> None:
    """A server in which the bot's role lacks something is named, with what is missing and where to allow it."""
    async with DiscordServer() as server:
        guild = next(iter(server.world.guilds.values()))
        for role in guild.roles.values():
            role.permissions &= ~discord.Permissions(create_public_threads=True, administrator=True).value
        found = await doctor.examine(server.token, None, server.url)
    assert not found[-1].well
    assert "it lacks Create Public Threads." in found[-1].sentence


async def test_many_servers() -> None:
    """Every server is looked at, however many; where all is well they are counted, and only the others are named."""
    async with DiscordServer(guilds=201) as server:
        last = max(server.world.guilds.values(), key=lambda guild: int(guild.id))
        for role in last.roles.values():
            role.permissions &= ~discord.Permissions(attach_files=True, administrator=True).value
        found = await doctor.examine(server.token, int(last.id), server.url)
    assert [finding.well for finding in found] == [True, True, False]
    assert found[1].sentence == "In 200 servers it has every permission that it needs."
    assert last.name in found[2].sentence


async def test_no_server_yet() -> None:
    """A bot that nobody has invited is told how to be."""
    async with DiscordServer(guilds=0) as server:
        found = await doctor.examine(server.token, None, server.url)
    assert not found[-1].well
    assert "batchmate invite" in found[-1].sentence


async def test_a_server_for_development_that_it_is_not_in() -> None:
    """DISCORD_GUILD_ID of a server without the bot is a problem of its own."""
    async with DiscordServer() as server:
        found = await doctor.examine(server.token, 12345, server.url)
    assert [finding.sentence for finding in found if not finding.well and "12345" in finding.sentence]


def test_an_invitation_without_a_way_to_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    """`batchmate invite` says in one sentence that Discord is out of reach."""
    monkeypatch.setenv("DISCORD_TOKEN", "a-secret-token")
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:1/api/v10")
    done = CliRunner().invoke(cli, ["invite"])
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert "Discord is out of reach" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def limited(server: DiscordServer, route: str) -> None:
    """Discord takes no request of this route for a quarter of an hour."""
    server.limit(route, 900.0, times=None)


def failing(server: DiscordServer, route: str) -> None:
    """Discord fails at every request of this route."""
    server.fail(route, 502, times=None)


def hanging(server: DiscordServer, route: str) -> None:
    """Discord answers no request of this route in time."""
    server.slow(route, 60.0)


@pytest.mark.parametrize("trouble", [limited, failing, hanging])
@pytest.mark.parametrize("route", ["GET /users/@me", "GET /users/@me/guilds"])
async def test_a_discord_that_lets_wait(
    monkeypatch: pytest.MonkeyPatch, trouble: Callable[[DiscordServer, str], None], route: str
) -> None:
    """However long Discord asks or fails, the doctor says soon that it is out of reach; so does the invitation."""
    monkeypatch.setattr(doctor, "PATIENCE", 0.5)
    async with DiscordServer() as server:
        trouble(server, route)
        async with asyncio.timeout(5):
            (found,) = await doctor.examine(server.token, None, server.url)
            assert not found.well
            assert "Discord is out of reach (TimeoutError)" in found.sentence
            if route == "GET /users/@me":
                with pytest.raises(TimeoutError):
                    await doctor.invite(server.token, server.url)


async def test_a_wrong_token_and_a_discord_that_is_away() -> None:
    """Both are one sentence, in which the token does not stand."""
    async with DiscordServer() as server:
        (wrong,) = await doctor.examine("wrong-and-secret", None, server.url)
        url = server.url
    assert "Reset Token" in wrong.sentence
    assert "wrong-and-secret" not in wrong.sentence
    (away,) = await doctor.examine(server.token, None, url)
    assert "out of reach" in away.sentence


async def test_the_invitation_asks_for_the_fewest_permissions() -> None:
    """The link names the application, its two scopes, and just the permissions that are needed."""
    async with DiscordServer() as server:
        link = await doctor.invite(server.token, server.url)
        application = server.world.application
    assert f"client_id={application}" in link
    assert "scope=bot+applications.commands" in link
    assert f"permissions={permissions.least().value}" in link
    assert permissions.least().value.bit_count() == len(permissions.NEEDED)
