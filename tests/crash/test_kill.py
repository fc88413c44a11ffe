"""`kill -9` anywhere in a round: what was kept is there, what was open goes on or closes, nobody is scored twice."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from time import monotonic

import pytest

from tests.crash.life import ROUND_OF_THREE, Life
from tests.store.study import check_books

SIGKILLED = -9
# What a member does who comes back after the crash: sees the open question again (a moment later, if it was edited just
# before the crash), and answers it.
COMES_BACK = "as fay\n!mate.resume|live\n+2\nas fay\na\n"
# Time goes on until everything has closed, and until what was being sent is looked for.
TO_THE_END = "+31\nas bea\n+9\nas bea\n" * 4 + "+200\nas bea\n+2\nas bea\n+2\nas bea\n"


@dataclass
class Measured:
    """An undisturbed round: how many steps and how many seconds it has."""

    steps: int
    seconds: float


@pytest.fixture(scope="session")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Measured:
    """The round as it goes when nobody kills it."""
    life = Life(tmp_path_factory.mktemp("undisturbed"))
    process = life.start()
    assert process.stdin
    process.stdin.write(ROUND_OF_THREE)
    process.stdin.flush()
    life.wait_for("begin")
    begun = monotonic()
    process.stdin.close()
    life.wait_for("end")
    seconds = monotonic() - begun
    assert process.wait(30) == 0
    steps = next(int(entry[1]) for entry in life.log() if entry[0] == "end")
    assert life.rows("live") == [(1, "closed")]
    assert len(life.answers()) == 10
    assert (life.rows("unsent"), life.rows("open"), life.rows("alarms")) == ([], [], [])
    check_books(life.engine, life.now())
    life.engine.dispose()
    return Measured(steps, seconds)


@pytest.fixture
def life(tmp_path: Path) -> Iterator[Life]:
    """A fresh database to be killed."""
    life = Life(tmp_path)
    yield life
    life.engine.dispose()


def everything_kept_is_there(life: Life) -> None:
    """Each answer that a member was told of is in the database, as it was given or as it was being changed."""
    found = life.answers()
    told: dict[tuple[str, int], int] = {}
    tried: dict[tuple[str, int], int] = {}
    for entry in life.log():
        if entry[0] not in ("try", "told") or not entry[2].startswith(("live.answer", "quiz.answer")):
            continue
        _action, play, option = entry[2].split("|")
        place = (entry[1], int(play))
        if entry[0] == "try":
            tried[place] = int(option)
        elif entry[3] != "Not done":
            told[place] = int(option)
    for place, kept in told.items():
        assert place in found, f"{place} was told that the answer is kept, and it is gone"
        assert found[place] in ((kept,), (tried[place],)), f"{place} has another answer than the one that was kept"
    assert set(found) <= set(tried), "an answer came from nowhere"


def settled(life: Life, maybe_twice: set[str], before: dict[tuple[str, int], tuple[int, ...]]) -> None:
    """The round is over with its result, all is sent, nobody scored twice, and only what was in the air came twice."""
    after = life.answers()
    assert before.items() <= after.items(), "an answer was lost or changed after the restart"
    assert [state for _id, state in life.rows("live") if state == "open"] == []
    assert (life.rows("open"), life.rows("unsent"), life.rows("alarms")) == ([], [], [])
    posts = Counter(entry[1] for entry in life.log() if entry[0] == "post")
    assert {key for (key,) in life.rows("posts")} == set(posts)
    assert {key for key, times in posts.items() if times > 1} <= maybe_twice
    assert max(posts.values(), default=0) <= 2
    if life.rows("live"):
        assert "live:1:result" in posts
    check_books(life.engine, life.now())


def survives(life: Life, *, late: bool) -> None:
    """What must hold after a kill, and after the life that follows it, soon or past every deadline."""
    everything_kept_is_there(life)
    before = life.answers()
    maybe_twice = {str(key) for (key,) in life.rows("sending")}
    still_open = [(int(str(play)), closes) for play, closes in life.rows("open") if isinstance(closes, datetime)]
    spare = min((closes - life.now() for _play, closes in still_open), default=timedelta())

    assert life.play(("+200\n" if late else "") + COMES_BACK + TO_THE_END) == 0
    answered = {play for member, play in life.answers() if member == "fay"}
    if late:
        assert not answered & {play for play, _closes in still_open}, "a deadline was not kept"
    elif spare > timedelta(seconds=15):
        assert answered == {play for play, _closes in still_open}, "an open question did not go on"
    everything_kept_is_there(life)
    settled(life, maybe_twice, before)


def cases(count: int, name: str) -> list[tuple[float, bool]]:
    """Random moments as shares of a round, and whether the next process starts soon or late."""
    draw = Random(f"{name} {count}")
    return [(draw.random(), number % 2 == 0) for number in range(count)]


def marked(few: int, many: int, name: str) -> list[object]:
    """A few cases for every run, many more for the slow one."""
    slow = [pytest.param(*case, marks=pytest.mark.slow) for case in cases(many - few, name)]
    return [*cases(few, name), *slow]


@pytest.mark.parametrize(("share", "late"), marked(3, 100, "step"))
def test_killed_at_a_step(life: Life, undisturbed: Measured, share: float, late: bool) -> None:  # noqa: FBT001 (a case)
    """Killed on either side of a statement, a commit or a post."""
    step = 1 + int(share * undisturbed.steps)
    code = life.play(ROUND_OF_THREE, step)
    assert code in (SIGKILLED, 0)  # the last steps depend on how threads meet, so a round may end before them
    survives(life, late=late)


@pytest.mark.parametrize(("share", "late"), marked(3, 100, "moment"))
def test_killed_at_a_moment(life: Life, undisturbed: Measured, share: float, late: bool) -> None:  # noqa: FBT001 (a case)
    """Killed from outside at any moment."""
    assert life.play_until(ROUND_OF_THREE, share * undisturbed.seconds) == SIGKILLED
    survives(life, late=late)


def test_the_round_is_long_enough(undisturbed: Measured) -> None:
    """The round that is killed has hundreds of steps, so that its cases differ."""
    assert undisturbed.steps > 300
    assert all(first != second for first, second in pairwise(cases(3, "step")))
