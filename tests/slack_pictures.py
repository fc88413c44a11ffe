"""Pictures of Slack for the documents, made from real cards and the real blocks of them (`make pictures`).

Slack itself draws none of them: `slack_html` imitates its layout. Needs Debian's chromium, which is for this alone.
"""

import asyncio
import re
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.slack import outbound
from bot.chat.cards import Button, Buttons, Card, Select
from bot.chat.replies import Reply
from bot.chat.requests import FormSubmit, HomeOpened
from bot.features import playing
from bot.library import load
from bot.store import rounds
from bot.store.engine import open_engine, transaction
from tests import slack_html
from tests.app.stand import Stand
from tests.clock import Clock
from tests.picture_plan import (
    ANSWERS,
    DAY,
    HIDDEN,
    MONDAY,
    QUIET,
    REST,
    WEEK,
    ZONE,
    Wanted,
    local,
    make_small,
    until,
    wanted,
)
from tests.scenes.knowledge import Knowledge
from tests.store.prepared import prepare

START = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
BROWSER = "/usr/bin/chromium"
COMMAND = "mate"
CHANNEL = "C0GENERAL"
FIRST = ("quiz", "reveal", "board", "concept", "home")
WIDTH = 400  # of a phone, in points; the pictures have half as many pixels again
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1.5")


class Studio:
    """A stand, and the phone of a member who reads its messages."""

    def __init__(self, stand: Stand, asked: Wanted, zone: str) -> None:
        self.stand = stand
        self._asked = asked
        self._zone = ZoneInfo(zone)

    def take(self, name: str, card: Card, key: str | None = None, sent: datetime | None = None) -> None:
        """A picture of a card's blocks, if it is wanted; without a key it answers a single reader."""
        if self._asked.any_of(name):
            blocks = outbound.card(card, COMMAND, key=key).blocks
            now = self._now()
            page = slack_html.message(blocks, sent or now, now, self._asked.width, private=key is None)
            self._picture(name, page)

    def take_home(self, name: str, card: Card) -> None:
        """A picture of the bot's own page."""
        if self._asked.any_of(name):
            blocks = outbound.home([card], COMMAND)["blocks"]
            self._picture(name, slack_html.home(blocks, self._now(), self._asked.width))

    def posted(self, beginning: str) -> tuple[Card, str]:
        """The newest message whose key begins so, and the key."""
        keys, messages = self.stand.port.keys, self.stand.port.messages
        key = [key for key in keys if key.startswith(beginning) and not key.endswith(":talk")][-1]
        return messages[keys[key].message], key

    def _now(self) -> datetime:
        return self.stand.clock.now.astimezone(self._zone)

    def _picture(self, name: str, page: str) -> None:
        """A picture of a page, as high as the page is."""
        width = self._asked.width
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "page.html"
            path.write_text(page, encoding="utf-8")
            laid_out = _browse(f"--window-size={width},2000", "--dump-dom", path.as_uri())
            found = re.search(r"<title>(\d+)</title>", laid_out)
            assert found, f"the page of {name} has no height"
            picture = self._asked.folder / f"slack-{name}.png"
            _browse(f"--window-size={width},{found[1]}", f"--screenshot={picture}", path.as_uri())
            make_small(picture)


def _browse(*arguments: str) -> str:
    done = subprocess.run([BROWSER, *FLAGS, *arguments], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def of(reply: Reply | None) -> Card:
    """The card that a member sees."""
    assert reply is not None
    card = reply.update or reply.card
    assert card is not None
    return card


def token(card: Card | None, label: str) -> str:
    """What the button sends whose label begins so; nothing if there is none."""
    blocks = card.blocks if card is not None else ()
    buttons = [button for block in blocks if isinstance(block, Buttons) for button in block.buttons]
    return next((button.token for button in buttons if _begins(button, label)), "")


def _begins(button: Button, label: str) -> bool:
    return button.label == label or button.label.startswith(f"{label}.")


async def _answered(stand: Stand, question: Card, by: str, *, right: bool) -> Card:
    """The reveal of a question that a member answers; asked how the board shows them, they say by name."""
    (letter, *_others) = Knowledge(load()).letters("\n".join(question.words()), right=right)
    reply = await stand.press(token(question, letter), by)
    assert reply is not None
    assert reply.update is not None
    if by_name := token(reply.card, "By name"):
        await stand.press(by_name, by)
    return reply.update


async def _session(studio: Studio) -> None:
    stand = studio.stand
    hard = {"topic": "classical.svm", "level": "3", "questions": "1"}
    easy = {"topic": "data", "level": "1", "questions": "1"}
    three = {"topic": "classical.svm", "questions": "3"}
    question = of(await stand.say("quiz start", options=three, workspace_name="Study group"))
    studio.take("quiz", question)
    studio.take("reveal", await _answered(stand, question, "ann", right=False))
    for name, asked, right in (
        ("bea", hard, True),
        ("bea", easy, True),
        ("cem", hard, True),
        ("ann", easy, True),
        ("dag", easy, False),
    ):
        await _answered(stand, of(await stand.say("quiz start", name, asked)), name, right=right)
    studio.take("board", of(await stand.say("leaderboard")))
    studio.take("concept", of(await stand.say("concept", options={"topic": "maths"})))
    studio.take_home("home", of(await stand.host.handle(HomeOpened(**stand.asked(channel=None)))))


async def _week(studio: Studio) -> None:
    """A group's week, from its set-up to its digest."""
    stand = studio.stand
    studio.take("setup", await _set_up(stand))
    for day, answers in enumerate(ANSWERS):
        await _until(stand, MONDAY + day * DAY, hour=9)
        sent = local(stand.clock.now)
        post, key = studio.posted("schedule:1:")
        if day == 2:
            studio.take("daily", post, key)
        for name, right in answers.items():
            chosen = of(await _chosen(stand, post, name, right=right))
            locked = await stand.press(token(chosen, "Lock in"), name)
            assert locked is not None
            if (day, name) == (2, "ann"):
                studio.take("chosen", chosen)
                studio.take("locked", of(locked))
            if shows := token(locked.card, "Not at all" if name == HIDDEN else "By name"):
                await stand.press(shows, name)
        if day == 1:
            await _until(stand, MONDAY + day * DAY, hour=13)
            studio.take("concept-post", *studio.posted("schedule:2:"))
        await _until(stand, MONDAY + (day + 1) * DAY, hour=7)
        if day == 2:
            studio.take("daily-reveal", *studio.posted("schedule:1:"), sent=sent)
    await _until(stand, MONDAY + 4 * DAY, hour=16)
    studio.take("digest", *studio.posted("schedule:3:"))
    studio.take("schedule", of(await stand.say("schedule list", channel=CHANNEL)))


async def _quiet(studio: Studio) -> None:
    """A group that hardly answers: what it is offered, and how its daily comes to rest."""
    stand = studio.stand
    await _set_up(stand)
    await _until(stand, MONDAY + 7 * DAY, hour=8)
    studio.take("silence", *studio.posted("desk:1:quiet:"))
    await _until(stand, MONDAY + 14 * DAY, hour=8)
    studio.take("asleep", *studio.posted("asleep:1:"))


async def _set_up(stand: Stand) -> Card:
    zone = {"zone": ZONE}
    return of(await stand.say("setup", options=zone, admin=True, channel=CHANNEL, workspace_name="Study group"))


async def _chosen(stand: Stand, question: Card, by: str, *, right: bool) -> Reply | None:
    """What a member chooses of a question, on its buttons, its list or in its form."""
    parts = (*(block for block in question.blocks if isinstance(block, Select)), *question.buttons())
    action, number = next(part.token for part in parts if part.token.startswith("today.")).split("|")[:2]
    with transaction(stand.engine, reads=True) as db:
        play = rounds.find_play(db, 1, int(number))
    assert play is not None
    fitting = [option for option in playing.shown_of(play).options if option.correct == right]
    if action == "today.answer":
        return await stand.press(f"{action}|{number}|{fitting[0].id}", by)
    if action == "today.choose":
        values = tuple(str(option.id) for option in (fitting if right else fitting[:1]))
        return await stand.press(f"{action}|{number}", by, values=values)
    fields = {"answer": fitting[0].text}
    return await stand.host.handle(FormSubmit(token=f"today.typed|{number}", fields=fields, **stand.asked(by)))


async def _until(stand: Stand, day: datetime, hour: int) -> None:
    await until(stand.clock, day, hour, lambda seconds: stand.pass_time(seconds=seconds))


async def _all(asked: Wanted) -> None:
    sessions: tuple[tuple[Any, tuple[str, ...], datetime, str], ...] = (
        (_session, FIRST, START, "UTC"),
        (_week, WEEK, MONDAY, ZONE),
        (_quiet, QUIET, MONDAY, ZONE),
    )
    for session, names, begin, zone in sessions:
        if asked.any_of(*names):
            with tempfile.TemporaryDirectory() as folder:
                engine = open_engine(prepare(Path(folder) / "pictures.db"))
                stand = Stand(engine, load(), Clock(begin))
                await session(Studio(stand, asked, zone))
                await stand.host.stop()
                engine.dispose()


if __name__ == "__main__":
    asyncio.run(_all(wanted(WIDTH, REST)))
