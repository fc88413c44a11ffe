"""What Discord delivers, in the shape in which it delivers it, becomes what the core understands."""

import re
from typing import Any

import discord
import pytest

from adapters.discord import inbound
from adapters.discord.permissions import MENUS, ROLES
from bot.chat.people import NO_THREADS, Account, Powers, Space
from bot.chat.requests import CommandCall, FormSubmit, Life, Press, Suggest

COMMAND, COMPONENT, AUTOCOMPLETE, MODAL = 2, 3, 4, 5
SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, MEMBER, PLACE, NUMBER = 1, 2, 3, 4, 5, 6, 7, 10
TEXT, VOICE, NEWS, PUBLIC_THREAD = 0, 2, 5, 11
EVERYTHING = discord.Permissions(
    view_channel=True,
    send_messages=True,
    read_message_history=True,
    attach_files=True,
    create_public_threads=True,
    send_messages_in_threads=True,
)
BOT: Any = {"id": "8", "username": "batchmate", "discriminator": "0", "avatar": None, "bot": True}
SERVER: Any = {
    "id": "100",
    "name": "Study group",
    "owner_id": "1",
    "preferred_locale": "de",
    "features": [],
    "roles": [
        {"id": role, "name": "role", "permissions": "0", "position": at, "color": 0, "colors": {}}
        for at, role in enumerate(("100", "5", "6"))
    ],
    "channels": [{"id": "200", "type": TEXT, "name": "general", "position": 0, "permission_overwrites": []}],
    "members": [
        {"user": BOT, "roles": [], "joined_at": "2026-01-05T09:00:00+00:00", "deaf": False, "mute": False, "flags": 0}
    ],
}
USER = {"id": "7", "username": "ann", "discriminator": "0", "global_name": "Ann", "avatar": None}
ASKED_BY = {
    "user": USER,
    "nick": None,
    "roles": ["5", "6"],
    "joined_at": "2026-01-05T09:00:00+00:00",
    "deaf": False,
    "mute": False,
    "flags": 0,
    "permissions": "0",
}
CHANNEL: dict[str, Any] = {"id": "200", "type": TEXT, "name": "general", "position": 0, "permission_overwrites": []}
VOICES = {**CHANNEL, "id": "202", "type": VOICE, "bitrate": 64_000, "user_limit": 0}
THREAD: dict[str, Any] = {
    "id": "300",
    "type": PUBLIC_THREAD,
    "name": "Round",
    "parent_id": "200",
    "owner_id": "9",
    "message_count": 1,
    "member_count": 2,
    "guild_id": "100",
    "thread_metadata": {
        "archived": False,
        "auto_archive_duration": 1440,
        "archive_timestamp": "2026-01-05T09:00:00+00:00",
    },
}


@pytest.fixture
async def client() -> discord.Client:
    """discord.py's client as the adapter makes it, not logged in; it knows one server with one channel."""
    made = discord.Client(intents=discord.Intents(guilds=True), member_cache_flags=discord.MemberCacheFlags.none())
    state = made._connection
    state.user = discord.ClientUser(state=state, data=BOT)
    state._add_guild_from_data(SERVER)
    return made


def gesture(client: discord.Client, kind: int, data: dict[str, Any] | None, **parts: Any) -> Any:
    """What `inbound.read` makes of an interaction in the server's channel; parts of it are replaced by name."""
    payload = {
        "id": "900",
        "application_id": "8",
        "type": kind,
        "token": "secret",
        "version": 1,
        "data": data,
        "guild_id": "100",
        "channel_id": "200",
        "channel": CHANNEL,
        "member": ASKED_BY,
        "locale": "en-GB",
        "guild_locale": "de",
        "app_permissions": str(EVERYTHING.value),
        "entitlements": [],
        "authorizing_integration_owners": {"0": "100"},
        "context": 0,
        "attachment_size_limit": 26_214_400,
        **parts,
    }
    present: Any = {name: value for name, value in payload.items() if value is not None}
    return inbound.read(discord.Interaction(data=present, state=client._connection))


def command(*options: dict[str, Any], name: str = "mate") -> dict[str, Any]:
    """The data of a command."""
    return {"id": "1", "type": 1, "name": name, "options": list(options)}


def option(kind: int, name: str, value: Any, **parts: Any) -> dict[str, Any]:
    """An option as it was filled in."""
    return {"type": kind, "name": name, "value": value, **parts}


def below(kind: int, name: str, *options: dict[str, Any]) -> dict[str, Any]:
    """A subcommand, or a group of them."""
    return {"type": kind, "name": name, "options": list(options)}


# --- gestures ------------------------------------------------------------------------------------------------------


async def test_a_command_without_options(client: discord.Client) -> None:
    """A command carries who asks, where, in which language, what the server is called and what the bot may do."""
    call = gesture(client, COMMAND, {"id": "1", "type": 1, "name": "mate"})
    assert isinstance(call, CommandCall)
    assert (call.name, call.options) == ("mate", {})
    assert (call.space, call.delivery, call.locale) == (Space("discord", "100", "200"), "900", "en")
    assert (call.workspace_name, call.powers) == ("Study group", Powers(threads=True, menus=MENUS, roles=ROLES))
    assert (call.actor.platform, call.actor.user, call.actor.name) == ("discord", "7", "Ann")


async def test_every_kind_of_option(client: discord.Client) -> None:
    """Text, whole and broken numbers, yes and no, members and channels all come as the text that a line would hold."""
    data = command(
        option(STRING, "topic", "trees & more"),
        option(INTEGER, "level", 0),
        option(NUMBER, "share", 0.5),
        option(BOOLEAN, "sure", True),
        option(BOOLEAN, "quick", False),
        option(MEMBER, "who", "8"),
        option(PLACE, "where", "200"),
    )
    assert gesture(client, COMMAND, data).options == {
        "topic": "trees & more",
        "level": "0",
        "share": "0.5",
        "sure": "yes",
        "quick": "no",
        "who": "8",
        "where": "200",
    }


@pytest.mark.parametrize(
    ("data", "name", "options"),
    [
        (command(below(SUBCOMMAND, "start"), name="quiz"), "quiz start", {}),
        (
            command(below(SUBCOMMAND, "start", option(STRING, "topic", "trees")), name="quiz"),
            "quiz start",
            {"topic": "trees"},
        ),
        (
            command(below(GROUP, "set", below(SUBCOMMAND, "zone", option(STRING, "value", "UTC"))), name="settings"),
            "settings set zone",
            {"value": "UTC"},
        ),
    ],
)
async def test_subcommands(client: discord.Client, data: dict[str, Any], name: str, options: dict[str, str]) -> None:
    """A subcommand, below a group or not, is the command of that whole name."""
    call = gesture(client, COMMAND, data)
    assert (call.name, call.options) == (name, options)


@pytest.mark.parametrize(
    ("typed", "heard"),
    [
        ("<@&5>", "&5"),
        ("<@7>", "7"),
        ("<@!7>", "7"),
        ("<@7> and <@&5>, <@!8>", "7 and &5, 8"),
        ("<#200> <@x> @everyone", "<#200> <@x> @everyone"),
        ("none", "none"),
    ],
)
async def test_mentions_in_text_are_ids(client: discord.Client, typed: str, heard: str) -> None:
    """Members and roles that are mentioned in a text come as their ids, a role's marked; all else as it was typed."""
    assert gesture(client, COMMAND, command(option(STRING, "value", typed))).options == {"value": heard}


@pytest.mark.parametrize(
    ("typed", "nameable", "silent"), [("<@&5>", True, {"&5"}), ("<@&100>", False, set()), ("<@&1005>", True, set())]
)
async def test_everybody_is_no_role_to_notify(
    client: discord.Client, *, typed: str, nameable: bool, silent: set[str]
) -> None:
    """A role of the server's own id, which is everybody, can be notified by nothing: it is refused as any word is."""
    known = gesture(client, COMMAND, command(option(STRING, "ping", typed))).powers.roles
    assert bool(re.fullmatch(known.named, typed.strip("<@>"))) is nameable
    assert known.silent == silent


async def test_autocomplete(client: discord.Client) -> None:
    """The option in which the member is typing, with what there is so far, below the subcommand's whole name."""
    options = (option(INTEGER, "level", 3), option(STRING, "topic", "tree", focused=True))
    asked = gesture(client, AUTOCOMPLETE, command(below(SUBCOMMAND, "start", *options), name="quiz"))
    assert isinstance(asked, Suggest)
    assert (asked.name, asked.option, asked.text) == ("quiz start", "topic", "tree")
    assert asked.space == Space("discord", "100", "200")


async def test_autocomplete_without_a_focus_is_nothing(client: discord.Client) -> None:
    """Where no option is being typed into there is nothing to complete."""
    assert gesture(client, AUTOCOMPLETE, command(option(STRING, "topic", "tree"))) is None


async def test_a_button(client: discord.Client) -> None:
    """A press brings the token, and no values."""
    press = gesture(client, COMPONENT, {"component_type": 2, "custom_id": "quiz.answer|42|3", "id": 4})
    assert isinstance(press, Press)
    assert (press.token, press.values, press.delivery) == ("quiz.answer|42|3", (), "900")


async def test_a_list(client: discord.Client) -> None:
    """A list brings every line that was chosen, in order."""
    press = gesture(client, COMPONENT, {"component_type": 3, "custom_id": "quiz.choose|42", "values": ["2", "0"]})
    assert (press.token, press.values) == ("quiz.choose|42", ("2", "0"))


async def test_a_form(client: discord.Client) -> None:
    """A form brings each field's text by its name; what was chosen from a list is joined by commas."""
    fields = [
        {"type": 18, "id": 1, "component": {"type": 3, "id": 2, "custom_id": "reason", "values": ["wrong"]}},
        {"type": 18, "id": 3, "component": {"type": 4, "id": 4, "custom_id": "words", "value": "<@7> is\nright"}},
        {"type": 18, "id": 5, "component": {"type": 3, "id": 6, "custom_id": "several", "values": ["a", "b"]}},
        {"type": 18, "id": 7, "component": {"type": 3, "id": 8, "custom_id": "none", "values": []}},
        {"type": 1, "id": 9, "components": [{"type": 4, "id": 10, "custom_id": "old", "value": ""}]},
        {"type": 10, "id": 11},
    ]
    form = gesture(client, MODAL, {"custom_id": "quiz.reported|42", "components": fields})
    assert isinstance(form, FormSubmit)
    assert form.token == "quiz.reported|42"
    assert form.fields == {"reason": "wrong", "words": "<@7> is\nright", "several": "a,b", "none": "", "old": ""}


@pytest.mark.parametrize("kind", [1, 99])
async def test_what_this_bot_never_offers_is_nothing(client: discord.Client, kind: int) -> None:
    """A ping, or a kind of gesture that Discord invents later, is none of ours."""
    assert gesture(client, kind, None) is None


# --- where ---------------------------------------------------------------------------------------------------------


async def test_a_thread_belongs_to_its_channel(client: discord.Client) -> None:
    """In a thread the channel is the one that it hangs below, and it is named beside it, known or not."""
    call = gesture(client, COMMAND, command(), channel_id="300", channel=THREAD)
    assert call.space == Space("discord", "100", "200", "300")


async def test_a_direct_message_belongs_to_no_server(client: discord.Client) -> None:
    """Alone with the bot there is no server, nobody is an admin and no permission is lacking."""
    alone = {"id": "400", "type": 1, "recipients": [USER], "last_message_id": None}
    call = gesture(
        client, COMMAND, command(), guild_id=None, member=None, user=USER, channel_id="400", channel=alone, context=1
    )
    assert call.space == Space("discord", None, "400")
    assert (call.workspace_name, call.powers) == ("", NO_THREADS)
    assert (call.actor.user, call.actor.name, call.actor.is_admin, call.actor.roles) == ("7", "Ann", False, frozenset())


async def test_a_server_of_another_process_has_no_name(client: discord.Client) -> None:
    """A server that this process does not know is still told apart by its id, and what is asked there is answered."""
    call = gesture(client, COMMAND, command(), guild_id="101")
    assert call.space == Space("discord", "101", "200")
    assert call.workspace_name == ""
    assert call.powers == Powers(threads=True, menus=MENUS, roles=ROLES)


@pytest.mark.parametrize(
    ("channel", "held", "powers"),
    [
        (CHANNEL, EVERYTHING, Powers(threads=True, menus=MENUS, roles=ROLES)),
        (
            CHANNEL,
            discord.Permissions(view_channel=True, create_public_threads=True),
            Powers(("Send Messages",), ("Send Messages in Threads",), threads=True, menus=MENUS, roles=ROLES),
        ),
        (CHANNEL, discord.Permissions(administrator=True), Powers(threads=True, menus=MENUS, roles=ROLES)),
        ({**CHANNEL, "id": "201", "type": NEWS}, EVERYTHING, Powers(threads=True, menus=MENUS, roles=ROLES)),
        (THREAD, EVERYTHING, Powers(menus=MENUS, roles=ROLES)),
        (
            THREAD,
            discord.Permissions(view_channel=True, send_messages=True, read_message_history=True, attach_files=True),
            Powers(("Send Messages in Threads",), menus=MENUS, roles=ROLES),
        ),
        (VOICES, EVERYTHING, Powers(menus=MENUS, roles=ROLES)),
        (
            VOICES,
            discord.Permissions.none(),
            Powers(("View Channel", "Send Messages"), menus=MENUS, roles=ROLES),
        ),
    ],
)
async def test_what_the_bot_may_do_is_named(
    client: discord.Client, channel: dict[str, Any], held: discord.Permissions, powers: Powers
) -> None:
    """What is lacking has the name that Discord's settings show; threads hang below text and news channels alone."""
    call = gesture(
        client, COMMAND, command(), channel=channel, channel_id=channel["id"], app_permissions=str(held.value)
    )
    assert call.powers == powers


# --- who -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("held", "admin"),
    [
        (discord.Permissions(manage_guild=True), True),
        (discord.Permissions(administrator=True), True),
        (discord.Permissions(manage_messages=True, manage_roles=True, ban_members=True), False),
        (discord.Permissions.none(), False),
    ],
)
async def test_who_manages_the_server_is_an_admin(
    client: discord.Client, held: discord.Permissions, *, admin: bool
) -> None:
    """Manage Server, or Administrator, makes an admin; nothing less does."""
    call = gesture(client, COMMAND, command(), member={**ASKED_BY, "permissions": str(held.value)})
    assert call.actor.is_admin is admin


async def test_roles_are_told_from_members(client: discord.Client) -> None:
    """A role's id is marked, so that no member with the same number is taken for it."""
    assert gesture(client, COMMAND, command()).actor.roles == {"&5", "&6", "&100"}


@pytest.mark.parametrize(
    ("parts", "name"),
    [
        ({"nick": "Ann of the group"}, "Ann of the group"),
        ({}, "Ann"),
        ({"user": {**USER, "global_name": None}}, "ann"),
    ],
)
async def test_the_name_is_the_one_that_the_server_shows(
    client: discord.Client, parts: dict[str, Any], name: str
) -> None:
    """The nickname here, else the name shown everywhere, else the name of the account."""
    assert gesture(client, COMMAND, command(), member={**ASKED_BY, **parts}).actor.name == name


@pytest.mark.parametrize(
    ("said", "understood"), [("en-GB", "en"), ("en-US", "en"), ("de", "de"), ("pt-BR", "pt-BR"), ("tlh", "tlh")]
)
async def test_the_language_is_the_members_own(client: discord.Client, said: str, understood: str) -> None:
    """Their own language counts, not the server's; English is one whatever the country, a new one is kept as it is."""
    assert gesture(client, COMMAND, command(), locale=said).locale == understood


def test_no_language_is_english() -> None:
    """Where Discord names no language, it is English."""
    assert inbound.locale(None) == "en"


# --- the bot's own life --------------------------------------------------------------------------------------------


def test_a_server_is_left() -> None:
    """Leaving a server names the server alone."""
    gone = inbound.removed(100, "d")
    assert (gone.what, gone.space, gone.delivery) == (Life.REMOVED, Space("discord", "100"), "d")


def test_a_channel_or_thread_is_gone() -> None:
    """A deleted channel is named, a deleted thread with its channel."""
    channel, thread = inbound.channel_gone(100, 200, None, "d"), inbound.channel_gone(100, 200, 300, "d")
    assert (channel.what, channel.space) == (Life.CHANNEL_GONE, Space("discord", "100", "200"))
    assert (thread.what, thread.space) == (Life.CHANNEL_GONE, Space("discord", "100", "200", "300"))


async def test_a_server_is_joined_without_a_channel_for_news(client: discord.Client) -> None:
    """Who added the bot is told where no channel is meant for first words; unknown, it is the owner."""
    server = client.get_guild(100)
    assert server is not None
    arrived = inbound.installed(server, 7, "d")
    assert (arrived.what, arrived.space) == (Life.INSTALLED, Space("discord", "100"))
    assert arrived.installer == Account("discord", "7")
    assert (arrived.workspace_name, arrived.locale) == ("Study group", "de")
    assert inbound.installed(server, None, "d").installer == Account("discord", "1")


@pytest.mark.parametrize(
    ("held", "channel"),
    [
        (EVERYTHING, "200"),
        (discord.Permissions(view_channel=True), None),
        (discord.Permissions(send_messages=True), None),
    ],
)
async def test_first_words_belong_where_discord_puts_its_own(
    client: discord.Client, held: discord.Permissions, channel: str | None
) -> None:
    """The server's channel for news is named if the bot may post there."""
    role = {**SERVER["roles"][0], "permissions": str(held.value)}
    client._connection._add_guild_from_data({**SERVER, "id": "100", "system_channel_id": "200", "roles": [role]})
    server = client.get_guild(100)
    assert server is not None
    assert inbound.installed(server, 7, "d").space == Space("discord", "100", channel)
