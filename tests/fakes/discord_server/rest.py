"""What a handler of a route is given, and the small routes: gateway, accounts, servers, channels."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.discord_server import fields, payloads, permissions
from tests.fakes.discord_server.errors import Refused, missing_access, missing_permission, unknown
from tests.fakes.discord_server.log import Request
from tests.fakes.discord_server.world import Channel

if TYPE_CHECKING:
    from tests.fakes.discord_server.server import DiscordServer


@dataclass(slots=True)
class Call:
    """A request on its way through a handler; a handler returns (status, JSON) or raises Refused."""

    server: "DiscordServer"
    request: Request
    params: dict[str, str]
    body: Any
    files: dict[int, tuple[str, bytes]]

    @property
    def world(self) -> Any:
        """Everything that exists."""
        return self.server.world

    def number(self, name: str, default: int, low: int, high: int) -> int:
        """A whole number of the query string."""
        value = self.request.query.get(name)
        if value is None:
            return default
        return fields.integer(int(value) if value.isdecimal() else value, (name,), low, high)


Answer = tuple[int, Any]
Handler = Callable[[Call], Awaitable[Answer]]


def reach(call: Call, *needed: str) -> Channel:
    """The channel of the request, if the bot sees it and has these permissions in it."""
    channel: Channel = call.world.asked_channel(call.params["channel"])
    bot = call.world.bot.id
    if channel.guild is None:
        return channel
    if channel.guild.id not in call.world.guilds or not permissions.may(channel, bot, "view_channel"):
        raise missing_access()
    for name in needed:
        in_thread = name == "send_messages" and channel.is_thread
        if not permissions.may(channel, bot, "send_messages_in_threads" if in_thread else name):
            raise missing_permission()
    return channel


async def gateway(call: Call) -> Answer:
    """Where the gateway is."""
    return 200, {"url": call.server.gateway.url}


async def gateway_bot(call: Call) -> Answer:
    """Where the gateway is, and how many shards to start."""
    state = call.server.gateway
    limit = {
        "total": 1000,
        "remaining": state.starts_left,
        "reset_after": 86_400_000,
        "max_concurrency": state.max_concurrency,
    }
    return 200, {"url": state.url, "shards": state.shards, "session_start_limit": limit}


async def own_user(call: Call) -> Answer:
    """The bot's account."""
    return 200, payloads.own_user(call.world.bot)


async def application(call: Call) -> Answer:
    """The bot's application."""
    return 200, payloads.application(call.world)


async def own_guilds(call: Call) -> Answer:
    """The servers that the bot is in, by id."""
    bot = call.world.bot.id
    limit = call.number("limit", 200, 1, 200)
    after, before = int(call.request.query.get("after", 0)), int(call.request.query.get("before", 1 << 63))
    found = sorted(call.world.guilds.values(), key=lambda guild: int(guild.id))
    chosen = [guild for guild in found if after < int(guild.id) < before][:limit]
    return 200, [
        {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "banner": None,
            "owner": guild.owner == bot,
            "permissions": str(permissions.in_guild(guild, bot)),
            "features": [],
            "approximate_member_count": len(guild.members),
            "approximate_presence_count": 1,
        }
        for guild in chosen
    ]


async def open_dm(call: Call) -> Answer:
    """The direct conversation with somebody; that it can be written in is another question."""
    who = call.world.users.get(str(fields.record(call.body, ()).get("recipient_id")))
    if who is None or who.bot:
        raise Refused(400, 50033, "Invalid Recipient(s)")
    return 200, payloads.channel(call.world.dm(who))


async def get_channel(call: Call) -> Answer:
    """A channel."""
    return 200, payloads.channel(reach(call))


async def open_again(call: Call) -> Answer:
    """Take a closed thread up again; a locked one only with Manage Threads."""
    channel = reach(call, "send_messages")
    if not channel.is_thread or fields.record(call.body, ()) != {"archived": False}:
        raise Refused(403, 50013, "Missing Permissions")
    if channel.locked and not permissions.may(channel, call.world.bot.id, "manage_threads"):
        raise Refused(403, 50013, "Missing Permissions")
    channel.archived = False
    call.server.gateway.dispatch("THREAD_UPDATE", payloads.channel(channel), channel.guild)
    return 200, payloads.channel(channel)


async def get_guild(call: Call) -> Answer:
    """A server."""
    found = call.world.guilds.get(call.params["guild"])
    if found is None:
        raise unknown("Guild")
    return 200, payloads.guild(found)


async def get_member(call: Call) -> Answer:
    """Somebody in a server."""
    found = call.world.guilds.get(call.params["guild"])
    if found is None:
        raise unknown("Guild")
    if call.params["user"] not in found.members:
        raise unknown("Member" if call.params["user"] in call.world.users else "User")
    return 200, payloads.member(found.members[call.params["user"]])


ROUTES: list[tuple[str, str, Handler]] = [
    ("GET", "/gateway", gateway),
    ("GET", "/gateway/bot", gateway_bot),
    ("GET", "/users/@me", own_user),
    ("GET", "/users/@me/guilds", own_guilds),
    ("POST", "/users/@me/channels", open_dm),
    ("GET", "/oauth2/applications/@me", application),
    ("GET", "/applications/@me", application),
    ("GET", "/channels/{channel}", get_channel),
    ("PATCH", "/channels/{channel}", open_again),
    ("GET", "/guilds/{guild}", get_guild),
    ("GET", "/guilds/{guild}/members/{user}", get_member),
]
