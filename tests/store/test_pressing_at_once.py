"""Forty members at the same moment: each is answered, nobody twice."""

import re
from typing import Any

from sqlalchemy import Column, func, select

from bot.store import tables
from bot.store.engine import transaction
from bot.store.tables import table_of
from tests.clock import Clock
from tests.store.study import ANSWER, EXPOSURE, Study, at_once, check_books, said, ways, words

PLACES = [table_of(tables.Group), table_of(tables.Home), table_of(tables.Membership)]
MEMBERS = [f"member{number:02}" for number in range(40)]


def per_member(study: Study, column: Column[Any]) -> list[int]:
    """How many rows of a table each account or person has."""
    with transaction(study.engine, reads=True) as db:
        return list(db.execute(select(func.count(column)).group_by(column)).scalars())


def test_forty_press_on_a_live_question(study: Study, clock: Clock) -> None:
    """Forty members answer a live question at once: forty receipts, forty answers, one score each."""
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
    choices = ways(study.open_live())

    outcomes = at_once(
        [lambda m=m, n=n: study.answer(m, choices[n % len(choices)]) for n, m in enumerate(MEMBERS)]  # type: ignore[misc]
    )

    assert [said(outcome).split("\n")[0] for outcome in outcomes] == ["Kept"] * 40
    assert per_member(study, ANSWER.c.account_id) == [1] * 40
    assert sorted(per_member(study, EXPOSURE.c.person_id)) == [0] + [1] * 40, "one showing to each (0: to the group)"
    assert "40 answers" in words(study.open_live())
    clock.advance(seconds=31)
    study.beat.run()
    assert study.counts()["ledger"] == 40
    check_books(study.engine, clock.now)


def test_one_member_presses_forty_times_at_once(study: Study, clock: Clock) -> None:
    """One member's forty presses at the same moment leave one answer, one showing and one score."""
    study.say("ann", "quiz live", topic="vectors", questions=1, seconds=30)
    study.say("bea", "mate")
    choices = ways(study.open_live())

    outcomes = at_once([lambda n=n: study.answer("bea", choices[n % len(choices)]) for n in range(40)])  # type: ignore[misc]

    assert all(said(outcome).startswith("Kept") for outcome in outcomes)
    clock.advance(seconds=31)
    study.beat.run()
    counts = study.counts()
    assert (counts["answers"], counts["exposures"], counts["ledger"]) == (1, 2, 1)
    check_books(study.engine, clock.now)


def test_forty_solo_rounds_at_once(study: Study, clock: Clock) -> None:
    """Forty members answer their own quiz at once, each pressing twice: one press counts, the other is told so."""
    asked = {m: study.say(m, "quiz start", topic="vectors", questions=2).reply for m in MEMBERS}
    first = {m: ways(reply.card)[0] for m, reply in asked.items() if reply}

    outcomes = at_once([lambda m=m: study.answer(m, first[m]) for m in MEMBERS for _twice in (1, 2)])  # type: ignore[misc]

    spoken = [said(outcome) for outcome in outcomes]
    pairs = list(zip(spoken[::2], spoken[1::2], strict=True))
    assert all(sum("your first answer stands" in words for words in pair) == 1 for pair in pairs)
    assert all(sum(bool(re.search(r"Right\.|Not right\.", words)) for words in pair) == 1 for pair in pairs)
    assert per_member(study, ANSWER.c.account_id) == [1] * 40
    assert study.counts()["ledger"] == 40
    check_books(study.engine, clock.now)


def test_forty_strangers_open_a_group_at_once(study: Study) -> None:
    """Forty people whom nobody knows yet, in a place that nobody knows yet, end up in one group, each once."""
    outcomes = at_once([lambda m=m: study.say(m, "quiz start", group="fresh", questions=1) for m in MEMBERS])  # type: ignore[misc]

    assert all(outcome.reply and outcome.reply.card and ways(outcome.reply.card) for outcome in outcomes)
    with transaction(study.engine, reads=True) as db:
        found = [db.execute(select(func.count()).select_from(table)).scalar() for table in PLACES]
    assert found == [1, 1, 40]
    assert study.counts()["accounts"] == 40


def test_forty_draw_the_same_questions_at_once(study: Study) -> None:
    """Forty members who start a quiz of five each get one, though nobody has ever played these questions."""
    for member in MEMBERS:
        study.say(member, "mate")

    outcomes = at_once([lambda m=m: study.say(m, "quiz start", questions=5) for m in MEMBERS])  # type: ignore[misc]

    assert [said(outcome) for outcome in outcomes if not (outcome.reply and ways(outcome.reply.card))] == []
    assert study.counts()["rounds"] == 40


def test_forty_open_the_daily_at_once(study: Study) -> None:
    """Forty members who ask for the daily at once open one, and all see the same question."""
    outcomes = at_once([lambda m=m: study.say(m, "daily") for m in MEMBERS])  # type: ignore[misc]

    assert len({said(outcome) for outcome in outcomes}) == 1
    assert "Not done" not in said(outcomes[0])
    assert study.counts()["rounds"] == 1


def test_forty_start_a_live_round_at_once(study: Study) -> None:
    """Of forty members who start a live round at once one does; the others are told that one is running."""
    outcomes = at_once([lambda m=m: study.say(m, "quiz live", questions=2) for m in MEMBERS])  # type: ignore[misc]

    spoken = [said(outcome) for outcome in outcomes]
    assert sum(words.startswith("The round is on") for words in spoken) == 1
    assert sum("A live round is running already" in words for words in spoken) == 39
    assert study.counts()["rounds"] == 1
