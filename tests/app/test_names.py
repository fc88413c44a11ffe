"""The name on a group's boards is that of the group, and can be seen; what is offered for review can be reviewed."""

from typing import Any

import pytest

from bot.chat.people import Actor, Space
from bot.chat.replies import Reply
from bot.chat.requests import CommandCall
from bot.features import playing
from bot.store import rounds
from bot.store.engine import transaction
from bot.store.people import MEMBERSHIP
from bot.store.rounds import Play
from tests.app.stand import Stand, words
from tests.app.test_open_daily import TOPIC, daily_of
from tests.app.test_schedules_hostile import said_privately
from tests.statements import executed

ALONE = Space("fake")


async def said(stand: Stand, command: str, called: str, server: str | None = "server", **options: str) -> Reply:
    """Bea, who is called so there, uses a command in a server, or in private."""
    asked: dict[str, Any] = stand.asked("bea", server=server or "server")
    asked["actor"] = Actor("fake", "u-bea", called)
    if server is None:
        asked["space"] = ALONE
    reply = await stand.host.handle(CommandCall(name=command, options=options, **asked))
    await stand.settle()
    assert reply
    return reply


def shown(stand: Stand) -> list[tuple[str, str]]:
    """How Bea, and whoever else is there, appears in each group."""
    with transaction(stand.engine, reads=True) as db:
        rows = db.execute(MEMBERSHIP.select().order_by(MEMBERSHIP.c.group_id)).all()
    return [(row.visibility, row.shown_name) for row in rows]


async def test_a_board_shows_the_name_of_its_own_group(stand: Stand) -> None:
    """What somebody is called in another server, or in private, is not told here."""
    await said(stand, "my name", "anon_fox", "hobby", show="name")
    for _time in range(2):
        await said(stand, "quiz start", "Beatrice Smith", "work")
        await said(stand, "quiz start", "bea_at_home", None)
    assert shown(stand) == [("name", "anon_fox"), ("unset", "")]
    await said(stand, "quiz start", "anon_wolf", "hobby")
    await said(stand, "quiz start", "bea_at_home", None)
    assert shown(stand) == [("name", "anon_wolf"), ("unset", "")]


async def test_a_new_name_is_taken_at_once(stand: Stand) -> None:
    """Who has another name by now is shown by that one."""
    await said(stand, "quiz start", "Ben Old")
    assert "The board shows you as Ben New." in words(await said(stand, "my name", "Ben New", show="name"))
    assert shown(stand) == [("name", "Ben New")]


async def test_a_name_that_stays_costs_no_write(stand: Stand) -> None:
    """Neither in the group nor in private, where another name is shown."""
    await said(stand, "my name", "Bea", show="name")
    for server, called in (("server", "Bea"), (None, "dragon"), ("server", "Bea")):
        with executed(stand.engine) as seen:
            await said(stand, "quiz start", called, server)
        assert not [statement for statement in seen if statement.startswith(("UPDATE account", "UPDATE membership"))]


async def test_who_is_hidden_in_one_group_is_so_there(stand: Stand) -> None:
    """How somebody is shown belongs to the group in which it was said; in private, to the one that is named."""
    await said(stand, "my name", "fox", "hobby", show="nickname", nickname="foxy")
    await said(stand, "my name", "Bea", "work", show="name")
    assert words(await said(stand, "my name", "bea", None, show="hidden")).startswith("Noted · work")
    assert shown(stand) == [("nickname", "foxy"), ("hidden", "")]


async def test_by_name_in_private(stand: Stand) -> None:
    """The name that the group knows stays, where it knows one; the answer says which group it is about."""
    await said(stand, "my name", "Bea (cohort 7)", show="name")
    told = words(await said(stand, "my name", "dragon", None, show="name"))
    assert told.startswith("Noted · server")
    assert shown(stand) == [("name", "Bea (cohort 7)")]


@pytest.mark.parametrize("command", ["my stats", "leaderboard", "my name"])
async def test_what_is_about_one_group_names_it_in_private(stand: Stand, command: str) -> None:
    """In a private conversation the title has the group's name, elsewhere it needs none."""
    options = {"show": "name"} if command == "my name" else {}
    here = await said(stand, command, "bea", **options)
    alone = await said(stand, command, "bea", None, **options)
    assert here.card
    assert alone.card
    assert alone.card.title == f"{here.card.title} · server"


@pytest.mark.parametrize(
    "nickname", ["\u3164\u3164", "\u115f\u1160", "\u200e\u200e\u200e", "\u2800\u2800", "\U000e0061\U000e0062"]
)
async def test_a_nickname_is_seen(stand: Stand, nickname: str) -> None:
    """One of nothing but what nobody sees is refused."""
    refused = said_privately(await said(stand, "my name", "bea", show="nickname", nickname=nickname))
    assert "A nickname has 2 to 20 characters, not 0." in refused
    assert shown(stand) == [], "a refused request leaves nothing"


UNSEEN = [
    "\u034f",
    "\u180b",
    "\u200d",
    "\u200e",
    "\u2065",
    "\ufe00",
    "\ufe0f",
    "\U000e0000",
    "\U000e0061",
    "\U000e0100",
    "\ufe0f\u200d",
]


@pytest.mark.parametrize("hidden", UNSEEN)
async def test_a_nickname_that_only_looks_like_another(stand: Stand, hidden: str) -> None:
    """What nobody sees is left out, at the edges, between letters, and by spaces and stops, however often it stands."""
    for unseen in (hidden, hidden * 2, hidden * 3):
        nickname = f"{unseen}an{unseen}n {unseen} b{unseen}.{unseen}.{unseen}"
        await said(stand, "my name", "bea", show="nickname", nickname=nickname)
        assert shown(stand) == [("nickname", "ann b..")]


@pytest.mark.parametrize("emoji", ["👩\u200d👩\u200d👧", "👩🏽\u200d💻", "❤\ufe0f\u200d🔥", "🏴\u200d☠\ufe0f"])
async def test_emoji_in_a_nickname_stay_whole(stand: Stand, emoji: str) -> None:
    """What joins several to one is kept, since it is seen."""
    await said(stand, "my name", "bea", show="nickname", nickname=f"ann {emoji}")
    assert shown(stand) == [("nickname", f"ann {emoji}")]


async def test_what_is_offered_for_review_can_be_reviewed(stand: Stand) -> None:
    """A question that was missed and is open as the daily now is not counted among those to review."""
    await said(stand, "quiz start", "bea", topic=TOPIC, questions="4")
    last: Play | None = None
    while (play := own(stand)) is not None:
        if last is not None:
            await stand.press(f"quiz.next|{last.id}", by="bea")
        await stand.press(f"quiz.unsure|{play.id}", by="bea")
        last = play
    assert "(4)" in words(await said(stand, "my stats", "bea"))
    daily = await daily_of(stand)
    assert playing.shown_of(daily).item.topic == TOPIC
    assert "(3)" in words(await stand.say("my stats", by="bea"))
    assert "3 questions are worth a second look." in words(await stand.say("mate", by="bea"))
    assert "of 3 ·" in words(await stand.say("quiz review", by="bea"))


def own(stand: Stand) -> Play | None:
    """The question at which Bea's own quiz stands."""
    with transaction(stand.engine, reads=True) as db:
        return rounds.stands_at(db, 1, 1, 1)
