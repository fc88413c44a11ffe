"""The declared commands as Discord's, and bringing Discord to them: nothing is written where nothing differs."""

from collections.abc import Iterable, Mapping
from typing import Any

import discord
from discord.http import Route

from bot.chat.commands import Command, Option, OptionKind
from bot.chat.limits import COMMAND_DESCRIPTION, shorten
from bot.chat.people import Role
from bot.chat.words import gettext as _
from bot.chat.words import languages, speaking

# https://discord.com/developers/docs/interactions/application-commands
SUBCOMMAND, SUBCOMMAND_GROUP = 1, 2
KINDS = {
    OptionKind.TEXT: 3,
    OptionKind.CHOICE: 3,
    OptionKind.INTEGER: 4,
    OptionKind.BOOLEAN: 5,
    OptionKind.MEMBER: 6,
    OptionKind.CHANNEL: 7,
}
TEXT_CHANNEL, ANNOUNCEMENTS = 0, 5  # where a group's posts can stand
CHAT_INPUT = 1
IN_SERVERS, IN_DIRECT_MESSAGES = 0, 1
MOST_SUBCOMMANDS, MOST_CHOICES, MOST_LETTERS = 25, 25, 8_000
LARGEST = 2**53
_LOCALES = frozenset(locale.value for locale in discord.Locale)

Payload = dict[str, Any]


def payloads(commands: Iterable[Command]) -> list[Payload]:
    """Every declared command, subcommands below their first word. Raises ValueError for what Discord cannot hold."""
    trees: dict[str, list[Command]] = {}
    for command in commands:
        trees.setdefault(command.name.split()[0], []).append(command)
    return [_tree(name, leaves) for name, leaves in sorted(trees.items())]


def _tree(name: str, leaves: list[Command]) -> Payload:
    alone = leaves[0] if leaves[0].name == name else None
    about = _described(alone.description) if alone else {"description": name}
    options = _options(alone) if alone else _below(name, leaves)
    moderators = all(leaf.role is Role.MODERATOR for leaf in leaves)
    tree = {
        "name": name,
        **about,
        "type": CHAT_INPUT,
        "options": options,
        "default_member_permissions": str(discord.Permissions(manage_guild=True).value) if moderators else None,
        "contexts": [IN_SERVERS, IN_DIRECT_MESSAGES],  # where it does not belong, the answer says where it does
        "integration_types": [0],
        "nsfw": False,
    }
    if (letters := _letters(tree)) > MOST_LETTERS:
        raise ValueError(f"/{name} has {letters} characters in its words; Discord takes {MOST_LETTERS}")
    return tree


def _below(path: str, leaves: list[Command]) -> list[Payload]:
    """The subcommands of `path`, or the groups of them."""
    depth = len(path.split())
    groups: dict[str, list[Command]] = {}
    for leaf in leaves:
        groups.setdefault(leaf.name.split()[depth], []).append(leaf)
    if len(groups) > MOST_SUBCOMMANDS:
        raise ValueError(f"/{path} has {len(groups)} subcommands; Discord takes {MOST_SUBCOMMANDS}")
    found = []
    for word, inner in groups.items():
        if inner[0].name == f"{path} {word}":
            command = inner[0]
            options = _options(command)
            found.append({"type": SUBCOMMAND, "name": word, **_described(command.description), "options": options})
        elif depth == 1:
            below = _below(f"{path} {word}", inner)
            found.append({"type": SUBCOMMAND_GROUP, "name": word, "description": word, "options": below})
        else:
            raise ValueError(f"{inner[0].name!r} has more words than the three that Discord takes")
    return found


def _options(command: Command) -> list[Payload]:
    """The options, those that are needed first: Discord refuses any other order."""
    return [_option(option) for option in sorted(command.options, key=lambda option: not option.required)]


def _option(option: Option) -> Payload:
    found: Payload = {
        "type": KINDS[option.kind],
        "name": option.name,
        **_described(option.description),
        "required": option.required,
    }
    if option.choices:
        found["choices"] = [
            {"name": label, "value": value, **_translated("name_localizations", label)}
            for value, label in option.choices[:MOST_CHOICES]
        ]
    elif option.suggest is not None:
        found["autocomplete"] = True
    if option.kind is OptionKind.INTEGER:
        found["min_value"], found["max_value"] = option.minimum, min(option.maximum, LARGEST)
    if option.kind is OptionKind.CHANNEL:
        found["channel_types"] = [TEXT_CHANNEL, ANNOUNCEMENTS]
    return found


def _described(words: str) -> Payload:
    return {"description": words, **_translated("description_localizations", words)}


def _translated(name: str, words: str) -> Payload:
    found = {}
    for language in languages()[1:]:
        if language in _LOCALES:
            with speaking(language):
                found[language] = shorten(_(words), COMMAND_DESCRIPTION)
    return {name: found} if found else {}


def _letters(part: Mapping[str, Any]) -> int:
    """The letters of a command as Discord counts them: of each text the longest language."""
    own = len(str(part.get("value", "")))
    for name in ("name", "description"):
        texts = [part.get(name, ""), *part.get(f"{name}_localizations", {}).values()]
        own += max(map(len, texts))
    return own + sum(_letters(inner) for inner in (*part.get("options", ()), *part.get("choices", ())))


def differs(wanted: Iterable[Payload], registered: Iterable[Payload]) -> bool:
    """Whether what Discord has is anything but what is declared."""
    return _by_name(wanted) != _by_name(registered)


def _by_name(commands: Iterable[Payload]) -> dict[str, Any]:
    return {command["name"]: _plain(command) for command in commands}


_OURS = {
    "type": None,
    "name": None,
    "description": None,
    "options": [],
    "choices": [],
    "required": False,
    "autocomplete": False,
    "min_value": None,
    "max_value": None,
    "channel_types": [],
    "value": None,
    "default_member_permissions": None,
    "contexts": None,
    "integration_types": [0],
    "nsfw": False,
    "name_localizations": None,
    "description_localizations": None,
}


def _plain(part: Mapping[str, Any]) -> dict[str, Any]:
    """Only what we say of a command, in one form: Discord leaves out what is the default, and adds ids."""
    found: dict[str, Any] = {}
    for name, default in _OURS.items():
        value = part.get(name)
        if name in ("options", "choices"):
            value = [_plain(inner) for inner in value or ()]
        elif name == "channel_types":
            value = sorted(value or ())
        found[name] = default if value is None or value == {} else value
    return found


async def register(client: discord.Client, wanted: list[Payload], guild: int | None) -> list[Payload]:
    """Have Discord hold just `wanted`, in every server or in one; the commands as it has them then."""
    application = client.application_id
    if application is None:
        raise LookupError("commands are registered after the log-in")
    if guild is None:
        return _as_dicts(await client.http.bulk_upsert_global_commands(application, wanted))
    return _as_dicts(await client.http.bulk_upsert_guild_commands(application, guild, wanted))


def _as_dicts(commands: Iterable[Any]) -> list[Payload]:
    return [dict(command) for command in commands]


async def registered_in(client: discord.Client, guild: int | None) -> list[Payload]:
    """The commands that Discord has of this bot, in every server or in one."""
    path = "/applications/{application_id}/commands"
    if guild is not None:
        path = "/applications/{application_id}/guilds/{guild_id}/commands"
    route = Route("GET", path, application_id=client.application_id, guild_id=guild)
    found: list[Payload] = await client.http.request(route, params={"with_localizations": "true"})
    return found


def ids(registered: Iterable[Mapping[str, Any]]) -> dict[str, int]:
    """The commands' ids by name."""
    return {str(command["name"]): int(command["id"]) for command in registered}
