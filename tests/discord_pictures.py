"""Pictures of Discord for the documents, made from real cards on a phone-wide column (`make pictures`).

Needs simcord's screenshot extra and Debian's chromium; both are for this alone, so they are no part of the tests.
"""

import asyncio
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bot.chat.people import Space
from bot.features.arrival.cards import welcome
from bot.library import load
from tests.clock import Clock
from tests.scenes.knowledge import Knowledge
from tests.stages.discord import DiscordStage
from tests.stages.discord_text import components

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
START = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
BROWSER = "/usr/bin/chromium"
WIDTH, HEIGHT = 430, 1_400


class Studio:
    """A stage, a browser, and a member who is looked over the shoulder of."""

    def __init__(self, stage: DiscordStage, playwright: Any, browser: Any) -> None:
        self.stage = stage
        self._playwright = playwright
        self._browser = browser

    async def take(self, name: str, message: Any) -> None:
        """A picture of one message as the member sees it."""
        stage = self.stage
        place = stage.env.backend.get_channel(message.channel_id)
        viewers = [stage.member("ann")]
        async with stage.env.preview(
            stage.channel if place.id == stage.channel.id else stage.channel.threads[-1],
            viewers=viewers,
            width=WIDTH,
            height=HEIGHT,
            display="fixed",
            presentation_time=START,
        ) as preview:
            await preview.show(stage._handle(message))
            manager = preview._capture_manager  # it would look for a browser of its own, which cannot be had everywhere
            manager._playwright, manager._browser = self._playwright, self._browser
            await preview.screenshot(str(FOLDER / f"discord-{name}.png"))
            manager._playwright = manager._browser = None

    def private(self) -> Any:
        """The newest message for this member alone."""
        self.stage._look("ann")
        newest = self.stage._seen["ann"][-1][0]
        return next(message for message in self.stage._visible("ann") if message.id == newest)

    def public(self) -> Any:
        """The newest message for all."""
        return [m for m in self.stage._messages() if not m.is_ephemeral and m.channel_id not in self.stage._direct()][
            -1
        ]


async def _all() -> None:
    with tempfile.TemporaryDirectory() as folder:
        stage = DiscordStage(Path(folder), load(), Clock(START))
        await stage.open()
        stage.env.backend.bot_user.name = "Batchmate"
        async with async_playwright() as playwright:
            browser = await playwright.chromium.launch(
                executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
            )
            await _session(Studio(stage, playwright, browser))
            await browser.close()
        await stage.close()


async def _session(studio: Studio) -> None:
    stage, knows = studio.stage, Knowledge(load())
    await stage.say("quiz start topic:classical.svm level:3 questions:1")
    question = studio.private()
    await studio.take("question", question)
    answer = next(p for p in components(question.components) if "quiz.answer|" in p.get("custom_id", ""))
    await stage._press("ann", stage._handle(question), answer["custom_id"])
    revealed = next(m for m in stage._visible("ann") if m.id == question.id)
    await studio.take("reveal", revealed)
    await stage.press("By name")
    for name in ("bea", "cem", "dag"):
        await stage.say("quiz start topic:classical.decision-trees questions:1", by=name)
        await knows.answer(stage, stage.private(name)[-1], right=name != "dag", by=name)
        await stage.press("By name", by=name)
    await stage.say("leaderboard")
    await studio.take("board", studio.private())
    await stage.say("concept topic:maths")
    await studio.take("concept", studio.private())
    await stage.say("mate")
    await studio.take("mate", studio.private())
    await stage.say("quiz live questions:3 topic:mlops")
    await studio.take("live", studio.public())
    await stage.say("help quiz live")
    await studio.take("help", studio.private())
    here = Space("discord", str(stage.guild.id), str(stage.channel.id))
    await stage.discord.port.post(here, welcome(is_back=False), "welcome")
    await studio.take("welcome", studio.public())


if __name__ == "__main__":
    asyncio.run(_all())
