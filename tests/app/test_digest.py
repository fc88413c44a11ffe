"""The week's digest: what it gathers from a group's days, and that it says only what there was."""

from datetime import timedelta

import pytest
from msgspec.structs import replace
from sqlalchemy import Engine

from bot.chat.cards import Button, Card, Image, Table
from bot.chat.plain import render
from bot.chat.port import DeliveryError, Failure
from bot.features.digest.cards import Improved, Topic, Week, digest
from bot.features.digest.handlers import gather, most_improved
from bot.library import Library
from bot.pictures import Place, read_board
from bot.rules.calendar import day_end, first_moment
from bot.store.answers import Tally
from bot.store.engine import transaction
from bot.store.learned import Answered
from bot.store.rounds import Play
from bot.store.scores import Standing
from tests.app.stand import Stand
from tests.app.test_schedules import keys, live, plan
from tests.app.test_schedules_hostile import open_plays
from tests.store.weeks import DAY, FIRST, LAST, Weeks, noon

VECTORS, PRODUCT, ARRAYS = "q.maths.dot-product", "q.maths.product-columns", "q.tools.stretching-shapes"
MONDAY = LAST - timedelta(days=LAST.weekday())


@pytest.fixture
def weeks(engine: Engine, library: Library) -> Weeks:
    """A group without a past."""
    return Weeks(engine, library)


def gathered(weeks: Weeks) -> Week:
    """The digest's week, as an alarm gathers it."""
    with transaction(weeks.engine) as db:
        return gather(weeks.context(db), first_moment(FIRST, weeks.row.zone), day_end(LAST, weeks.row.zone))


def answers(weeks: Weeks, item: str, *names: str, wrong: int = 0) -> None:
    """A daily of the week that these people answer, the last so many of them wrong."""
    play = weeks.ask(LAST, item)
    for at, name in enumerate(names):
        weeks.answer(name, play, noon(LAST), correct=at < len(names) - wrong)


def test_a_whole_week(weeks: Weeks, library: Library) -> None:
    """Concepts by their titles, topics with their shares, who took part, two rungs, the board."""
    names = "ann", "bea", "cem", "dag", "eve"
    for name in names:
        weeks.join(name, "hidden" if name == "eve" else "name")
    answers(weeks, VECTORS, *names, wrong=1)
    weeks.post("concept", "c.maths.length-of-a-vector", LAST)
    weeks.post("concept", "c.no-longer-there", LAST)
    weeks.score("eve", 30, FIRST)
    weeks.score("ann", 20, FIRST)
    weeks.score("bea", 10, MONDAY)
    found = gathered(weeks)
    assert found.people == 5
    assert found.concepts == (library.concepts["c.maths.length-of-a-vector"].title,)
    assert found.topics == (Topic("Vectors", 5, 80),)
    assert [c.level for c in found.challenges] == sorted(c.level for c in library.challenges.values())[:2]
    assert [(s.rank, s.shown_name, s.points) for s in found.board] == [(2, "ann", 20)]


def test_few_answers_have_no_numbers(weeks: Weeks) -> None:
    """Of fewer than five answers, or of fewer than three people's, the topic alone is named."""
    for name in ("ann", "bea", "cem", "dag"):
        weeks.join(name)
    answers(weeks, VECTORS, "ann", "bea", "cem", "dag")
    for _day in range(3):
        answers(weeks, ARRAYS, "ann", "bea")
    assert gathered(weeks).topics == (Topic("NumPy"), Topic("Vectors"))


def test_a_topic_is_counted_over_its_questions(weeks: Weeks) -> None:
    """The answers of all questions of a topic count together; the topic with more of them stands first."""
    for name in ("ann", "bea", "cem", "dag", "eve"):
        weeks.join(name)
    answers(weeks, ARRAYS, "ann", "bea", "cem", "dag", "eve")
    answers(weeks, VECTORS, "ann", "bea", "cem", wrong=1)
    answers(weeks, VECTORS, "ann", "bea", "cem", wrong=2)
    assert gathered(weeks).topics == (Topic("Vectors", 6, 50), Topic("NumPy", 5, 100))


def test_who_improved(weeks: Weeks) -> None:
    """The share of this week against that of the four weeks before, of those who show a name and answered enough."""
    before, long_ago = FIRST - DAY, FIRST - timedelta(weeks=4) - DAY
    past = {"ann": (3, 2), "bea": (1, 4), "hid": (0, 5), "new": (0, 4), "low": (5, 0), "far": (0, 5)}
    for name, (right, wrong) in past.items():
        weeks.join(name, "hidden" if name == "hid" else "nickname")
        weeks.practise(name, long_ago if name == "far" else before, right, wrong)
        weeks.practise(name, LAST, 4, 1)
    weeks.join("few")
    weeks.practise("few", before, 0, 5)
    weeks.practise("few", LAST, 4, 0)
    assert gathered(weeks).improved == Improved(("bea", "ann"))


def test_the_days_are_the_groups_own(engine: Engine, library: Library) -> None:
    """An answer counts on the day of the group's zone."""
    weeks = Weeks(engine, library, "Pacific/Auckland")
    weeks.join("ann")
    weeks.join("bea")
    weeks.answer("ann", weeks.ask(FIRST, VECTORS), noon(FIRST) - timedelta(hours=20))
    weeks.answer("bea", weeks.ask(LAST, VECTORS), noon(LAST))
    assert gathered(weeks).people == 1


def test_a_group_that_only_plans(weeks: Weeks) -> None:
    """A group without a past has no week, though there are challenges."""
    found = gathered(weeks)
    assert found.is_quiet
    assert found.challenges


# --- one after the other -------------------------------------------------------------------------------------------


def digests(stand: Stand, number: int) -> list[str]:
    """What the digests of a schedule say, the first one first."""
    return [stand.said(key) for key in keys(stand) if key.startswith(f"schedule:{number}:")]


async def take_part(stand: Stand, play: Play, *names: str) -> None:
    """Members who show their names lock in an answer to a daily."""
    for name in names:
        await stand.press(f"today.unsure|{play.id}", by=name)
        await stand.press(f"daily.lock|{play.id}", by=name)
        await stand.say("my name", by=name, options={"show": "name"})


async def test_no_answer_is_left_out_of_all_digests(stand: Stand) -> None:
    """What is answered on a digest's own day after it is in the next one; what was before it is in none again."""
    await plan(stand, days="tue")
    await plan(stand, kind="digest", days="tue", time="16:00")
    await live(stand, days=0.2)
    (play,) = open_plays(stand)
    await take_part(stand, play, "ann")
    await live(stand, days=0.2)
    await take_part(stand, play, "bea", "cem", "dag", "eve", "fay")
    await live(stand, days=7)
    first, second = digests(stand, 2)
    assert "1 member took part." in first
    assert "5 members took part." in second
    assert "5 answers" in second


async def test_a_digest_that_was_refused_is_made_up_for(stand: Stand) -> None:
    """What stood in one that nobody could read is in the next one, which says of which days it is."""
    await plan(stand, days="tue")
    await plan(stand, kind="digest", days="wed", time="16:00", channel="#elsewhere")
    await live(stand, days=1.4)
    await live(stand, days=6)
    await take_part(stand, open_plays(stand)[0], "bea")
    stand.port.refuses["post", "elsewhere"] = DeliveryError(Failure.FORBIDDEN, "no")
    await live(stand, days=1.2)
    stand.port.refuses.clear()
    await live(stand, days=7)
    _first, last = digests(stand, 2)
    assert "1 member took part." in last
    assert last.startswith("From 2026-03-11 to 2026-03-25")


async def test_a_mondays_digest_has_the_board_of_the_week_before(stand: Stand) -> None:
    """The board is that of the week in which most of its time lies."""
    await plan(stand, days="daily")
    await plan(stand, kind="digest", days="mon", time="09:00")
    await live(stand, days=0.2)
    await take_part(stand, open_plays(stand)[0], "bea", "cem")
    await live(stand, days=6)
    assert "Points, 2026-03-09 to 2026-03-15" in digests(stand, 2)[0]


# --- who improved most ---------------------------------------------------------------------------------------------


def rises(*pairs: tuple[str, int, int]) -> Improved:
    """Who improved, of people by name with how many of ten they had right now and before."""
    now = {at: Answered(at, Tally(10, right), name) for at, (name, right, _before) in enumerate(pairs)}
    return most_improved(now, {at: Tally(10, before) for at, (_name, _right, before) in enumerate(pairs)})


def test_three_names_at_most() -> None:
    """The three who improved most, the most first."""
    found = rises(("a", 5, 4), ("b", 9, 4), ("c", 8, 5), ("d", 6, 4))
    assert found == Improved(("b", "c", "d"))


def test_who_did_not_improve_is_not_named() -> None:
    """Neither who is as good as before nor who is worse."""
    assert rises(("a", 5, 5), ("b", 4, 5)) == Improved()


def test_ties_are_shared() -> None:
    """Who is level with the last one named is counted, whatever the number of answers behind a share."""
    assert rises(("d", 6, 5), ("a", 9, 5), ("c", 6, 5), ("b", 6, 5), ("e", 6, 5)) == Improved(("a", "b", "c"), 2)
    assert rises(("a", 6, 5), ("b", 6, 5), ("c", 6, 5), ("d", 5, 5)) == Improved(("a", "b", "c"))
    thirds = {1: Answered(1, Tally(9, 6), "b"), 2: Answered(2, Tally(6, 4), "a")}
    assert most_improved(thirds, {1: Tally(6, 2), 2: Tally(9, 3)}) == Improved(("a", "b"))


# --- the card ------------------------------------------------------------------------------------------------------


def tables(card: Card) -> list[Table]:
    """The card's tables."""
    return [block for block in card.blocks if isinstance(block, Table)]


def test_a_quiet_week_is_a_short_card() -> None:
    """It is kind, has no headings, and offers one way on."""
    card = digest(Week(LAST))
    assert [type(block).__name__ for block in card.blocks] == ["Text", "Buttons"]
    assert [button.token for button in card.buttons()] == [Button("x", "do", ("quiz start",)).token]


@pytest.mark.parametrize(
    ("week", "heading"),
    [
        (Week(LAST, people=1), "1 member took part."),
        (Week(LAST, concepts=("Length",)), "Explained\n• Length"),
        (Week(LAST, topics=(Topic("Vectors"),)), "Asked\n• Vectors"),
        (Week(LAST, people=9, improved=Improved(("ann",))), "Improved most: ann"),
        (Week(LAST, board=(Standing(1, 1, 9, 1, "name", "ann"),)), "1. ann: 9"),
    ],
)
def test_only_what_there_was(week: Week, heading: str) -> None:
    """What there was is said; what there was not has no heading."""
    said = render(digest(week))
    assert heading in said
    others = {"took part", "Explained", "Asked", "Improved", "Open challenges", "1. ann"} - {
        words for words in ("took part", "Explained", "Asked", "Improved", "1. ann") if words in heading
    }
    assert {words for words in others if words in said} <= ({"took part"} if week.people else set())


def test_topics_without_numbers_beside_those_with_some() -> None:
    """They are named alone, and a line says why."""
    card = digest(Week(LAST, people=5, topics=(Topic("Vectors", 6, 50), Topic("NumPy"))))
    assert "Asked\n• Vectors: 6 answers, 50% right\n• NumPy\n" in render(card)
    assert "A few answers are not counted" in render(card)
    assert "A few answers" not in render(digest(Week(LAST, people=5, topics=(Topic("Vectors", 6, 50),))))


def test_the_board_has_its_text_twin() -> None:
    """Picture, alt text and table say the same places, of the days since Monday."""
    names = "ann", "bea <b>", "名前の長い人の名前です"
    board = tuple(Standing(at, at, 100 - at, 1, "name", name) for at, name in enumerate(names, start=1))
    card = digest(Week(LAST, people=3, board=board))
    (image,) = (block for block in card.blocks if isinstance(block, Image))
    drawn = read_board(image.path)
    assert drawn.places == (Place(1, "ann", 99), Place(2, "bea <b>", 98), Place(3, "名前の長い人の…", 97))
    assert drawn.title == f"Points, {MONDAY.isoformat()} to {LAST.isoformat()}"
    assert image.alt == f"{drawn.title}. 1. ann: 99; 2. bea <b>: 98; 3. 名前の長い人の…: 97"
    assert tables(card)[0].rows == tuple((str(p.rank), p.name, str(p.points)) for p in drawn.places)


def test_more_than_a_week_says_of_which_days_it_is() -> None:
    """A digest that reaches farther back than a week names its first day; that of a week does not."""
    long_ago = Week(LAST, since=LAST - 14 * DAY)
    assert digest(long_ago).title == digest(replace(long_ago, people=1)).title == "From 2026-02-24 to 2026-03-10"
    assert digest(Week(LAST, people=1, since=LAST - 7 * DAY)).title == "The week to 2026-03-10"


def test_those_who_are_level_are_counted() -> None:
    """They are mentioned by number beside the names."""
    card = digest(Week(LAST, people=9, improved=Improved(("a", "b", "c"), 2)))
    assert "Improved most: a, b, c, and 2 more as much" in render(card)


def test_many_concepts_are_cut() -> None:
    """Seven are named, the others counted."""
    said = render(digest(Week(LAST, concepts=tuple(f"Concept {at}" for at in range(1, 10)))))
    assert "Concept 7\n… and 2 more" in said
    assert "Concept 8" not in said
    for few in (1, 7):
        said = render(digest(Week(LAST, concepts=tuple(f"Concept {at}" for at in range(1, few + 1)))))
        assert f"Concept {few}" in said
        assert "more" not in said
