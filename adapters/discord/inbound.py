"""What Discord delivers to what the core understands: pure, one function a gesture."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import discord
from discord import InteractionType
from msgspec.structs import replace

from adapters.discord import permissions
from adapters.discord.permissions import ROLE
from bot.chat.people import NO_THREADS, Account, Actor, Space
from bot.chat.requests import CommandCall, FormSubmit, Life, Lifecycle, Press, Suggest

PLATFORM = "discord"
WITHOUT_MESSAGES = (discord.ChannelType.forum, discord.ChannelType.media, discord.ChannelType.category)
TEXT_CHANNEL = "a text channel (no message can stand here)"  # what is missing there, beside permissions
PLANNING = ("setup", "schedule")  # commands that are about the channel, also where they are said in a thread of it
_MENTION = re.compile(r"<@(?:(&)|!)?(\d+)>")
_ROLE = re.compile(rf"{ROLE}\d{{1,20}}")
_OPTION_VALUE = 3  # the first option type that holds a value; 1 and 2 are subcommands and groups of them


def read(interaction: discord.Interaction) -> CommandCall | Press | FormSubmit | Suggest | None:
    """The gesture behind an interaction; None for one that this bot never offers."""
    data: Mapping[str, Any] = interaction.data or {}
    match interaction.type:
        case InteractionType.application_command:
            name, options = _command(data)
            given = {option["name"]: _value(option["value"]) for option in options}
            roles = [int(value.removeprefix(ROLE)) for value in given.values() if _ROLE.fullmatch(value)]
            asked = _asked(interaction, roles)
            if name.split()[0] in PLANNING and _is_without_messages(interaction.channel):
                asked["powers"] = replace(asked["powers"], lacks_to_post=(TEXT_CHANNEL,))
            return CommandCall(**asked, name=name, options=given)
        case InteractionType.autocomplete:
            name, options = _command(data)
            focused = next((option for option in options if option.get("focused")), None)
            if focused is None:
                return None
            return Suggest(**_asked(interaction), name=name, option=focused["name"], text=str(focused["value"]))
        case InteractionType.component:
            return Press(**_asked(interaction), token=data["custom_id"], values=tuple(data.get("values", ())))
        case InteractionType.modal_submit:
            fields = dict(_fields(data.get("components", ())))
            return FormSubmit(**_asked(interaction), token=data["custom_id"], fields=fields)
    return None


def _command(data: Mapping[str, Any]) -> tuple[str, list[Mapping[str, Any]]]:
    words = [data["name"]]
    options = list(data.get("options", ()))
    while options and options[0]["type"] < _OPTION_VALUE:
        words.append(options[0]["name"])
        options = list(options[0].get("options", ()))
    return " ".join(words), options


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return _MENTION.sub(lambda found: (found[1] or "") + found[2], str(value))


def _fields(components: Iterable[Mapping[str, Any]]) -> Iterable[tuple[str, str]]:
    for component in components:
        inner = component.get("component")
        if inner is not None:
            yield from _fields((inner,))
        elif "components" in component:
            yield from _fields(component["components"])
        elif "custom_id" in component:
            values = component.get("values")
            yield component["custom_id"], str(component.get("value", "")) if values is None else ",".join(values)


def _asked(interaction: discord.Interaction, roles: Sequence[int] = ()) -> dict[str, Any]:
    """What every gesture has; `roles` are those that it names."""
    space = _space(interaction)
    kind = interaction.channel.type if interaction.channel else None
    held = interaction.app_permissions
    nameable = permissions.ROLES
    if roles:
        nameable = permissions.roles(interaction.guild_id, interaction.guild, held, roles)
    return {
        "actor": _actor(interaction),
        "space": space,
        "delivery": str(interaction.id),
        "locale": locale(interaction.locale),
        "workspace_name": interaction.guild.name if interaction.guild and interaction.guild.name else "",
        "powers": permissions.powers(held, kind, nameable) if space.workspace else NO_THREADS,
    }


def _is_without_messages(channel: object) -> bool:
    """Whether no message can stand in a channel, or in that of a thread."""
    above = channel.parent if isinstance(channel, discord.Thread) else channel
    return getattr(above, "type", None) in WITHOUT_MESSAGES


def _space(interaction: discord.Interaction) -> Space:
    channel = interaction.channel
    if interaction.guild_id is None:
        return Space(PLATFORM, None, str(channel.id) if channel else None)
    guild = str(interaction.guild_id)
    if isinstance(channel, discord.Thread):
        return Space(PLATFORM, guild, str(channel.parent_id), str(channel.id))
    return Space(PLATFORM, guild, str(channel.id) if channel else None)


def _actor(interaction: discord.Interaction) -> Actor:
    user = interaction.user
    held = interaction.permissions
    roles = frozenset(f"{ROLE}{role.id}" for role in user.roles) if isinstance(user, discord.Member) else frozenset()
    return Actor(
        PLATFORM,
        str(user.id),
        user.display_name,
        is_admin=interaction.guild_id is not None and (held.manage_guild or held.administrator),
        roles=roles,
    )


def locale(spoken: discord.Locale | None) -> str:
    """The member's language as the catalogues name it: English is one, whatever its country."""
    words = str(spoken or "en")
    return "en" if words.startswith("en") else words


def installed(guild: discord.Guild, installer: int | None, delivery: str) -> Lifecycle:
    """The bot is in a server: new, or back."""
    system = guild.system_channel
    may_speak = system is not None and not permissions.to_post(system.permissions_for(guild.me), in_thread=False)
    return Lifecycle(
        what=Life.INSTALLED,
        space=Space(PLATFORM, str(guild.id), str(system.id) if system is not None and may_speak else None),
        delivery=delivery,
        installer=Account(PLATFORM, str(installer or guild.owner_id)),
        workspace_name=guild.name,
        locale=locale(guild.preferred_locale),
    )


def changed(guild: discord.Guild, delivery: str) -> Lifecycle:
    """A server has another name or owner."""
    return Lifecycle(
        what=Life.CHANGED,
        space=Space(PLATFORM, str(guild.id)),
        delivery=delivery,
        installer=Account(PLATFORM, str(guild.owner_id)),
        workspace_name=guild.name,
    )


def removed(guild_id: int | str, delivery: str) -> Lifecycle:
    """The bot is in a server no more."""
    return Lifecycle(what=Life.REMOVED, space=Space(PLATFORM, str(guild_id)), delivery=delivery)


def channel_gone(guild_id: int, channel_id: int, thread_id: int | None, delivery: str) -> Lifecycle:
    """A channel or a thread was deleted."""
    thread = None if thread_id is None else str(thread_id)
    return Lifecycle(
        what=Life.CHANNEL_GONE, space=Space(PLATFORM, str(guild_id), str(channel_id), thread), delivery=delivery
    )
