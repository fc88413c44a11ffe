"""What a board shows: those who chose to be shown, and me, each with the rank among everybody."""

from datetime import date
from random import Random

import pytest
from sqlalchemy import Engine, insert, update

from bot.store import scores, tables
from bot.store.engine import transaction
from bot.store.tables import table_of
from tests.clock import START

BOARD = table_of(tables.BoardRow)
MEMBERSHIP = table_of(tables.Membership)
MEMBERS = 300
NAME = "1:all"


@pytest.fixture
def points(engine: Engine) -> dict[int, int]:
    """Three hundred members of a group on one board, many of them tied; their points by person."""
    draw = Random(5)
    found = {person: draw.randrange(60) for person in range(1, MEMBERS + 1)}
    with transaction(engine) as db:
        db.execute(
            insert(table_of(tables.Group)).values(id=1, name="g", zone="UTC", locale="en", secret="s", created_at=START)
        )
        db.execute(insert(table_of(tables.Person)), [{"id": person, "created_at": START} for person in found])
        joined = {"group_id": 1, "visibility": "unset", "joined_at": START}
        db.execute(insert(MEMBERSHIP), [{**joined, "person_id": p, "shown_name": f"n{p}"} for p in found])
        row = {"board": NAME, "answers": 1, "expires": date(2026, 5, 9)}
        db.execute(insert(BOARD), [{**row, "person_id": p, "points": worth} for p, worth in found.items()])
        db.execute(insert(BOARD).values(board="1:other", person_id=1, points=999, answers=1))
    return found


# Who is shown, of all members from the last place to the first.
SHOWN = {
    "everybody": slice(None),
    "every tenth": slice(None, None, 10),
    "the last five": slice(5),
    "nobody": slice(0),
}


@pytest.mark.parametrize("crowd", SHOWN)
@pytest.mark.parametrize("me", [8, 150, 404])
def test_the_first_ten(engine: Engine, points: dict[int, int], crowd: str, me: int) -> None:
    """The first ten of those who are shown and of me, ranked among all, whoever is shown and wherever I stand."""
    shown = set(sorted(points, key=lambda person: (points[person], person))[SHOWN[crowd]])
    with transaction(engine) as db:
        for number, how in enumerate(("name", "nickname")):
            some = [person for person in shown if person % 2 == number]
            db.execute(update(MEMBERSHIP).where(MEMBERSHIP.c.person_id.in_(some)).values(visibility=how))
        found = scores.top(db, NAME, 1, 10, me)

    seen = sorted(((worth, person) for person, worth in points.items() if person in shown | {me}), reverse=True)[:10]
    ranks = {worth: 1 + sum(other > worth for other in points.values()) for worth in points.values()}
    assert [(s.rank, s.points, s.person_id) for s in found] == [(ranks[w], w, person) for w, person in seen]
    assert all(s.shown_name == f"n{s.person_id}" for s in found if s.person_id in shown)


def test_my_rank(engine: Engine, points: dict[int, int]) -> None:
    """My rank counts everybody above me; ties share it; who is not on the board has none."""
    with transaction(engine) as db:
        for person in (1, 2, 3, 150, 300):
            rank = 1 + sum(other > points[person] for other in points.values())
            assert scores.mine(db, NAME, person) == (rank, points[person], 1)
        assert scores.mine(db, NAME, 404) is None
        assert scores.size(db, NAME) == MEMBERS
