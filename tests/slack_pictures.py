"""Pictures of Slack for the documents, made from real cards and the real blocks of them (`make pictures`).

Slack itself draws none of them: `slack_html` imitates its layout. Needs Debian's chromium, which is for this alone.
"""

import asyncio
import re
import subprocess
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from adapters.slack import outbound
from bot.chat.cards import Button, Buttons, Card
from bot.chat.replies import Reply
from bot.chat.requests import HomeOpened
from bot.library import load
from bot.store.engine import open_engine
from bot.store.migrate import upgrade
from tests import slack_html
from tests.app.stand import Stand
from tests.clock import Clock
from tests.scenes.knowledge import Knowledge

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
START = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
BROWSER = "/usr/bin/chromium"
COMMAND = "mate"
WIDTH = 400  # of a phone, in points; the pictures have half as many pixels again
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--force-device-scale-factor=1.5")


def take(name: str, page: str) -> None:
    """A picture of a page, as high as the page is."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page.html"
        path.write_text(page, encoding="utf-8")
        laid_out = _browse(f"--window-size={WIDTH},2000", "--dump-dom", path.as_uri())
        found = re.search(r"<title>(\d+)</title>", laid_out)
        assert found, f"the page of {name} has no height"
        picture = FOLDER / f"slack-{name}.png"
        _browse(f"--window-size={WIDTH},{found[1]}", f"--screenshot={picture}", path.as_uri())


def _browse(*arguments: str) -> str:
    done = subprocess.run([BROWSER, *FLAGS, *arguments], capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def shown(card: Card, *, private: bool = True) -> str:
    """The page of a card's blocks."""
    return slack_html.message(outbound.card(card, COMMAND).blocks, private=private)


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


async def _session(stand: Stand) -> None:
    hard = {"topic": "classical.svm", "level": "3", "questions": "1"}
    easy = {"topic": "data", "level": "1", "questions": "1"}
    question = of(await stand.say("quiz start", options=hard, workspace_name="Study group"))
    take("quiz", shown(question))
    take("reveal", shown(await _answered(stand, question, "ann", right=False)))
    for name, asked, right in (
        ("bea", hard, True),
        ("bea", easy, True),
        ("cem", hard, True),
        ("ann", easy, True),
        ("dag", easy, False),
    ):
        await _answered(stand, of(await stand.say("quiz start", name, asked)), name, right=right)
    take("board", shown(of(await stand.say("leaderboard"))))
    take("concept", shown(of(await stand.say("concept", options={"topic": "maths"}))))
    page = of(await stand.host.handle(HomeOpened(**stand.asked(channel=None))))
    take("home", slack_html.home(outbound.home([page], COMMAND)["blocks"]))


async def _all() -> None:
    with tempfile.TemporaryDirectory() as folder:
        engine = open_engine(f"sqlite:///{folder}/pictures.db")
        upgrade(engine)
        stand = Stand(engine, load(), Clock(START))
        await _session(stand)
        await stand.host.stop()
        engine.dispose()


if __name__ == "__main__":
    asyncio.run(_all())
