"""Points: what an answer is worth. A correct slow answer always beats a wrong fast one."""

BASE = 10
PER_LEVEL = 2
FASTEST = 5


def points(*, correct: bool, difficulty: int, left: float = 0.0) -> int:
    """The points of a scored answer.

    `difficulty` runs from 1 to 5; `left` is the share of the time that was left when the answer was given
    (0 to 1; 0 where nothing is timed). Wrong answers and "I don't know" cost nothing and give nothing.
    """
    if not correct:
        return 0
    return BASE + PER_LEVEL * (difficulty - 1) + round(FASTEST * min(1.0, max(0.0, left)))


def percent(part: int, whole: int) -> int:
    """`part` of `whole` in whole percent; 0 of 0 is 0."""
    return round(100 * part / whole) if whole else 0
