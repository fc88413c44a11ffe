"""A command's options as a Discord client sends them, and as one sends them that does not know the command."""

from collections.abc import Mapping
from typing import Any

import simcord
from simcord.actors import MemberActor
from simcord.interactions import base_payload
from simcord.results import InteractionResult

from bot.chat.commands import Command, OptionKind

SLASH = 2


def sent(command: Command, name: str, value: str, channels: Mapping[str, Any]) -> Any:
    """What a box takes for what a member writes into it; a channel is one of those that the client offers."""
    option = command.option(name)
    if option is not None and option.kind is OptionKind.INTEGER:
        return int(value)
    if option is not None and option.kind is OptionKind.CHOICE:
        labels = {label.casefold(): known for known, label in option.choices}
        return labels.get(value.casefold(), value)
    if option is not None and option.kind is OptionKind.CHANNEL:
        found = channels.get(value.removeprefix("#"))
        if found is None:
            raise AssertionError(f"Discord offers no channel {value!r}, but {sorted(channels)}")
        return found
    return value


async def send_as_typed(
    env: simcord.Env, channel: Any, member: MemberActor, name: str, given: Mapping[str, str]
) -> InteractionResult:
    """A command whose options are all texts, whatever they are declared to be."""
    options: list[dict[str, Any]] = [{"type": 3, "name": key, "value": value} for key, value in given.items()]
    first, *nested = name.split()
    for word in reversed(nested):
        options = [{"type": 1, "name": word, "options": options}]
    data = {"id": "1", "name": first, "type": 1, "options": options}
    record, payload = base_payload(
        env.backend,
        type=SLASH,
        channel_id=channel.id,
        guild_id=channel.guild.id,
        user_id=member.id,
        data=data,
    )
    env.backend.emit("INTERACTION_CREATE", payload)
    await env.settle()
    return InteractionResult(env, record)
