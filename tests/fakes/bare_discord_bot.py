"""The smallest sensible discord.py bot, the floor for benchmarks: one constant private text for every gesture."""

import logging
import os
import sys

import discord
import yarl
from discord import ui
from discord.gateway import DiscordWebSocket
from discord.http import Route


class BareBot(discord.AutoShardedClient):
    """Answers every slash command and press; it declares no commands of its own."""

    def __init__(self) -> None:
        # The stand-in sends all servers at once: nothing is gained by waiting two seconds for more of them.
        super().__init__(intents=discord.Intents(guilds=True), guild_ready_timeout=0.1)

    async def setup_hook(self) -> None:
        """Take the gateway that the API names also for sessions begun anew, and build the answer once."""
        _, url, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)
        self.answer = ui.LayoutView(timeout=None)
        self.answer.add_item(ui.TextDisplay("Hello."))
        self.answer.stop()

    async def on_ready(self) -> None:
        """Say that gestures may come."""
        sys.stderr.write("ready\n")
        sys.stderr.flush()

    async def on_interaction(self, interaction: discord.Interaction) -> None:
        """The one answer."""
        if interaction.type in (discord.InteractionType.application_command, discord.InteractionType.component):
            await interaction.response.send_message(view=self.answer, ephemeral=True)


def main() -> None:
    """Run against the API of `DISCORD_API_URL`, or against Discord."""
    if "DISCORD_API_URL" in os.environ:
        Route.BASE = os.environ["DISCORD_API_URL"]
    BareBot().run(os.environ["DISCORD_TOKEN"], log_level=logging.WARNING)


if __name__ == "__main__":
    main()
