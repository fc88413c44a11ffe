"""What scenes do to a Discord server from outside."""

from typing import Any

import discord
from simcord.backend import serializers
from simcord.backend.models.channel import Overwrite
from simcord.enums import OverwriteType

from tests.stages.discord import DiscordStage


def forbid(stage: DiscordStage, channel: Any, **held: bool) -> None:
    """Take permissions in a channel from everybody who has them by default."""
    everyone = stage.guild.default_role.id
    denied = discord.PermissionOverwrite(**held).pair()[1].value
    overwrite = Overwrite(target_id=everyone, type=OverwriteType.ROLE, allow=0, deny=denied)
    stage.env.backend.channels[channel.id].overwrites.append(overwrite)
    stage.env.backend.emit(
        "CHANNEL_UPDATE", serializers.channel_payload(stage.env.backend, stage.env.backend.channels[channel.id])
    )
