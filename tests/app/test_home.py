"""The bot's own page: what a member finds there, that it writes nothing, and that it always fits."""

from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from bot.chat.cards import Card, Fields
from bot.chat.replies import Reply
from bot.chat.requests import FormSubmit, HomeOpened
from bot.library import Library
from bot.questions.item import Question
from bot.store import rounds, tables
from bot.store.people import MEMBERSHIP, PERSON
from bot.store.tables import table_of
from tests.app.stand import THREADS, Stand, standing
from tests.app.test_words import bracketed, untranslated
from tests.clock import Clock
from tests.statements import executed

MOST_STATEMENTS = 11
TABLES = [table_of(getattr(tables, name)) for name in ("Round", "RoundItem", "Answer", "Exposure", "Message", "Alarm")]


async def opened(stand: Stand, by: str = "ann", **more: Any) -> Card:
    """The page as a member sees it."""
    reply = await stand.host.handle(HomeOpened(**stand.asked(by, **more)))
    assert reply is not None
    assert reply.card is not None
    assert (reply.update, reply.form, reply.fault) == (None, None, "")
    return reply.card


def words(card: Card) -> str:
    """Everything that a card says."""
    return "\n".join(card.words())


def labels(card: Card) -> list[str]:
    """The labels of a card's buttons, in order."""
    return [button.label for button in card.buttons()]


async def pressed(stand: Stand, card: Card, label: str, by: str = "ann", **more: Any) -> Reply:
    """The answer to the button with that label."""
    token = next(button.token for button in card.buttons() if button.label == label)
    reply = await stand.press(token, by, **more)
    assert reply is not None
    return reply


async def answer(stand: Stand, command: str, *, right: bool = True, by: str = "ann") -> None:
    """A member takes the first question of a quiz, and answers it rightly or wrongly."""
    await stand.say(command, by, {"topic": "decision-trees", "questions": "1"} if command == "quiz start" else {})
    play = max(stand.rows(rounds.ROUND_ITEM), key=lambda row: row.id)
    item = next(row for row in stand.rows(rounds.ITEM) if row.id == play.item_id)
    question = stand.core.library.items[item.content_id]
    assert isinstance(question, Question)
    chosen = next(at for at, option in enumerate(question.options) if option.correct == right)
    actions = "daily" if command == "daily" else "quiz"
    await stand.press(f"{actions}.answer|{play.id}|{chosen}", by)


async def test_a_newcomer_finds_everything_a_press_away(stand: Stand) -> None:
    """Who opens the page first joins the group by it, and finds the day's question, the concept, the ladder."""
    card = await opened(stand)
    assert card.title == "Batchmate · server"
    for part in ("Hello ann.", "It waits for you until", "Concept of the day:", "You have answered nothing here yet."):
        assert part in words(card)
    for title in ("Set up your machine (level 0)", "Norms by hand (level 1)", "Mend a sentence (level 2)"):
        assert title in words(card)
    ways = ["Today", "Quiz me", "Review", "Read it", "My progress", "Board", "Challenges"]
    assert labels(card) == ways
    assert "time zone" not in words(card)
    assert stand.count(PERSON) == stand.count(MEMBERSHIP) == 1


@pytest.mark.parametrize(
    ("label", "title"),
    [
        ("Read it", ""),
        ("My progress", "Your progress"),
        ("Board", "Board: this season"),
        ("Challenges", "The ladder"),
        ("Quiz me", "Question 1 of 5"),
    ],
)
async def test_each_button_leads_where_it_says(stand: Stand, label: str, title: str) -> None:
    """Every button of the page is answered with its card; the concept is the one that was announced."""
    card = await opened(stand)
    reply = await pressed(stand, card, label)
    assert reply.card is not None
    assert reply.fault == ""
    assert reply.card.title.startswith(title)
    if label == "Read it":
        assert f"Concept of the day: {reply.card.title}" in words(card)


async def test_the_days_question_from_waiting_to_locked(stand: Stand) -> None:
    """The page says whether the day's question waits, is chosen or is locked, and what it brought."""
    await pressed(stand, await opened(stand), "Today")
    assert "It waits for you until" in words(await opened(stand))
    play = max(stand.rows(rounds.ROUND_ITEM), key=lambda row: row.id)
    await stand.press(f"daily.unsure|{play.id}")
    assert "You have chosen; you can lock it in until" in words(await opened(stand))
    await stand.press(f"daily.lock|{play.id}")
    page = words(await opened(stand))
    assert "Locked in." in page
    assert "Right." not in page
    assert "Not right." not in page
    await stand.pass_time(days=1)
    assert "It waits for you until" in words(await opened(stand))


async def test_how_a_member_stands(stand: Stand) -> None:
    """Answers, how many were right, points and rank stand in fields, each member's own."""
    await answer(stand, "quiz start")
    await answer(stand, "quiz start", right=False)
    card = await opened(stand)
    (fields,) = [block for block in card.blocks if isinstance(block, Fields)]
    assert fields.pairs[:2] == (("Answered", "2"), ("Right", "1 (50%)"))
    assert [name for name, _value in fields.pairs[2:]] == ["Points this season", "Rank"]
    assert fields.pairs[3][1] == "1"
    assert "1 question is worth a second look." in words(card)
    assert "You have answered nothing here yet." in words(await opened(stand, "bea"))


async def test_what_is_open_is_a_press_away(stand: Stand) -> None:
    """An open quiz of one's own and a live round stand first, with the buttons that lead to them."""
    await opened(stand)
    await stand.say("quiz start", options={"questions": "2"})
    await stand.say("quiz live", "bea", {"topic": "vectors", "questions": "2"}, powers=THREADS)
    card = await opened(stand)
    assert labels(card)[:2] == ["Join the live round", "Go on with my quiz"]
    reply = await pressed(stand, card, "Go on with my quiz")
    assert reply.card is not None
    assert reply.card.title.startswith("Question 1 of 2")
    assert labels(await opened(stand, "bea"))[0] == "Join the live round"


async def test_moderators_find_the_settings_and_change_them(stand: Stand) -> None:
    """A moderator sees what is set and changes it by the form; a member sees none of it, and cannot open the form."""
    card = await opened(stand, "mod", admin=True)
    assert ("time zone", "UTC") in next(block.pairs for block in card.blocks if isinstance(block, Fields))
    assert "only who manages the server or workspace" in words(card)
    form = (await pressed(stand, card, "Change a setting", "mod", admin=True)).form
    assert form is not None
    assert [field.name for field in form.fields] == ["setting", "value"]
    fields = {"setting": "timezone", "value": "Oslo"}
    await stand.host.handle(FormSubmit(token=form.token, fields=fields, **stand.asked("mod", admin=True)))
    assert "Europe/Oslo" in words(await opened(stand, "mod", admin=True))
    assert "Change a setting" not in labels(await opened(stand, "bea"))
    assert (await pressed(stand, card, "Change a setting", "bea")).fault == "That is for the group's moderators."


async def test_what_is_wrong_with_a_setting_can_be_said_at_its_field(stand: Stand) -> None:
    """A form that is refused carries the sentence for its field, and nothing is set."""
    fields = {"setting": "timezone", "value": "atlantis"}
    asked = stand.asked("mod", admin=True)
    reply = await stand.host.handle(FormSubmit(token="do|settings set", fields=fields, **asked))
    assert reply is not None
    assert reply.fault.startswith("There is no time zone “atlantis”.")
    assert "UTC" in words(await opened(stand, "mod", admin=True))


async def test_opening_the_page_writes_nothing(stand: Stand) -> None:
    """For a member who is known, the page takes a handful of statements, none of which changes anything."""
    await answer(stand, "quiz start", right=False)
    await stand.say("daily")
    before = [stand.rows(table) for table in TABLES]
    with executed(stand.engine) as seen:
        await opened(stand, admin=True)
    asked = [statement for statement in seen if not statement.startswith(("BEGIN", "PRAGMA", "SET"))]
    assert 0 < len(asked) <= MOST_STATEMENTS
    assert all(statement.startswith("SELECT") for statement in asked), asked
    assert [stand.rows(table) for table in TABLES] == before


async def test_the_same_opening_twice_is_answered_twice(stand: Stand) -> None:
    """A page is drawn anew for each opening, also for one that was delivered before."""
    await opened(stand)
    for _delivery in range(2):
        assert "Hello ann." in words(await opened(stand, delivery="same"))


async def test_the_longest_content_fits(engine: Engine, library: Library, clock: Clock) -> None:
    """With the longest names, titles and settings that there can be, the page is still a card."""
    concepts = {
        name: found.model_copy(update={"title": "<" * 120, "hook": "&" * 200})
        for name, found in library.concepts.items()
    }
    challenges = {name: found.model_copy(update={"title": "<" * 60}) for name, found in library.challenges.items()}
    longest = replace(library, concepts=concepts, challenges=challenges)
    async for stand in standing(engine, longest, clock):
        who = "<" * 100
        asked: dict[str, Any] = {"admin": True, "workspace_name": "&<>" * 30}
        await stand.say("settings set", who, {"setting": "moderators", "value": "<" * 500}, **asked)
        await stand.say("quiz start", who, **asked)
        await stand.say("quiz live", who, {"questions": "2"}, **asked)
        card = await opened(stand, who, **asked)
        assert "Settings of the group" in words(card)
        assert labels(card)[:2] == ["Join the live round", "Go on with my quiz"]


async def test_no_word_of_the_page_misses_the_catalogue(engine: Engine, library: Library, clock: Clock) -> None:
    """In the language made by rule nothing on the page is left in English."""
    async for stand in standing(engine, bracketed(library), clock):
        await answer(stand, "quiz start", right=False)
        await stand.say("daily")
        content = {title for found in library.concepts.values() for title in (found.title, found.hook)}
        content |= {found.title for found in library.challenges.values()} | {"server", "help"}
        card = await opened(stand, admin=True, locale="xx")
        for text in card.words():
            assert not untranslated(text, content), text
