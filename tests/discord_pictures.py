"""Pictures of Discord for the documents, made from real cards on a phone-wide column (`make pictures`).

Needs simcord's screenshot extra and Debian's chromium; both are for this alone, so they are no part of the tests.
"""

import asyncio
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import async_playwright

from bot.chat.people import Space
from bot.composition import picture
from bot.features.arrival.cards import welcome
from bot.library import load
from tests.clock import Clock
from tests.picture_plan import ANSWERS, DAY, HIDDEN, MONDAY, QUIET, REST, WEEK, ZONE, Wanted, make_small, until, wanted
from tests.scenes.knowledge import Knowledge
from tests.stages.discord import DiscordStage
from tests.stages.discord_text import components

START = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
BROWSER = "/usr/bin/chromium"
WIDTH, HEIGHT = 430, 1_400
FIRST = ("question", "reveal", "board", "concept", "mate", "live", "help", "welcome")


class Studio:
    """A stage, a browser, and a member who is looked over the shoulder of."""

    def __init__(self, stage: DiscordStage, playwright: Any, browser: Any, asked: Wanted, zone: str) -> None:
        self.stage = stage
        self._asked = asked
        self._zone = zone
        self._playwright = playwright
        self._browser = browser

    async def take(self, name: str, message: Any) -> None:
        """A picture of one message as the member sees it, if it is wanted."""
        if not self._asked.any_of(name):
            return
        stage = self.stage
        place = stage.env.backend.get_channel(message.channel_id)
        where, viewer = stage.channel, stage.member("ann")
        if place.guild_id is None:
            viewer = stage.users["ann"]
            where = viewer.dm_channel
        elif place.id != where.id:
            where = where.threads[-1]
        async with stage.env.preview(
            where,
            viewers=[viewer],
            width=self._asked.width,
            height=HEIGHT,
            display="fixed",
            timezone=self._zone,
            presentation_time=stage.clock.now,
        ) as preview:
            await preview.show(stage._handle(message))
            manager = preview._capture_manager  # it would look for a browser of its own, which cannot be had everywhere
            manager._playwright, manager._browser = self._playwright, self._browser
            path = self._asked.folder / f"discord-{name}.png"
            await preview.screenshot(str(path))
            make_small(path)
            manager._playwright = manager._browser = None

    def private(self) -> Any:
        """The newest message for this member alone."""
        self.stage._look("ann")
        newest = self.stage._seen["ann"][-1][0]
        return next(message for message in self.stage._visible("ann") if message.id == newest)

    def public(self, words: str = "") -> Any:
        """The newest message for all that says so."""
        stage = self.stage
        found = [m for m in stage._messages() if not m.is_ephemeral and m.channel_id not in stage._direct()]
        return [m for m in found if words in stage._text(m, "ann")][-1]


async def _all(asked: Wanted) -> None:
    sessions: tuple[tuple[Any, tuple[str, ...], datetime, str], ...] = (
        (_session, FIRST, START, "UTC"),
        (_week, WEEK, MONDAY, ZONE),
        (_quiet, QUIET, MONDAY, ZONE),
    )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=BROWSER, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        for session, names, begin, zone in sessions:
            if asked.any_of(*names):
                with tempfile.TemporaryDirectory() as folder:
                    stage = DiscordStage(Path(folder), load(), Clock(begin), files=picture)
                    await stage.open()
                    stage.env.backend.bot_user.name = "Batchmate"
                    _set_clock(stage)
                    await session(Studio(stage, playwright, browser, asked, zone))
                    await stage.close()
        await browser.close()


async def _session(studio: Studio) -> None:
    stage, knows = studio.stage, Knowledge(load())
    await stage.say("quiz start topic:classical.svm questions:3")
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
    stage.member("ann", moderator=True)  # the picture is never done for who may not use a command that it names
    here = Space("discord", str(stage.guild.id), str(stage.channel.id))
    await stage.discord.port.post(here, welcome(is_back=False), "welcome")
    await studio.take("welcome", studio.public())


async def _week(studio: Studio) -> None:
    """A group's week, from its set-up to its digest."""
    stage, knows = studio.stage, Knowledge(load())
    await stage.say(f"setup zone:{ZONE}", moderator=True)
    await studio.take("setup", studio.private())
    for day, answers in enumerate(ANSWERS):
        await _until(stage, MONDAY + day * DAY, hour=9)
        post = studio.public("Daily ·")
        if day == 2:
            await studio.take("daily", post)
        for name, right in answers.items():
            await knows.answer(stage, stage._text(post, name), right=right, by=name)
            if (day, name) == (2, "ann"):
                await studio.take("chosen", studio.private())
            await stage.press("Lock in", by=name)
            if (day, name) == (2, "ann"):
                await studio.take("locked", studio.private())
            if "How should" in stage.private(name)[-1]:
                await stage.press("Not at all" if name == HIDDEN else "By name", by=name)
        if day == 1:
            await _until(stage, MONDAY + day * DAY, hour=13)
            await studio.take("concept-post", studio.public("[Ask me about it]"))
        await _until(stage, MONDAY + (day + 1) * DAY, hour=7)
        if day == 2:
            await studio.take("daily-reveal", studio.public("Closed: Daily"))
    await _until(stage, MONDAY + 4 * DAY, hour=16)
    await studio.take("digest", studio.public("The week to"))
    await stage.say("schedule list")
    await studio.take("schedule", studio.private())


async def _quiet(studio: Studio) -> None:
    """A group that hardly answers: what it is offered, and how its daily comes to rest."""
    stage = studio.stage
    await stage.say(f"setup zone:{ZONE}", moderator=True)
    await _until(stage, MONDAY + 7 * DAY, hour=8)
    await studio.take("silence", studio.private())
    await _until(stage, MONDAY + 14 * DAY, hour=8)
    await studio.take("asleep", studio.public("A rest"))


async def _until(stage: DiscordStage, day: datetime, hour: int) -> None:
    async def pass_time(seconds: float) -> None:
        _set_clock(stage, seconds)
        await stage.pass_time(seconds)

    await until(stage.clock, day, hour, pass_time)


def _set_clock(stage: DiscordStage, ahead: float = 0.0) -> None:
    """Let Discord's own clock, which stands beside every message, show the stage's moment, or one so far ahead."""
    stage.env.backend.clock._epoch = stage.clock.now + timedelta(seconds=ahead)


if __name__ == "__main__":
    asyncio.run(_all(wanted(WIDTH, REST)))
