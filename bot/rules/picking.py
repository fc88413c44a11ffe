"""Which questions come next: unseen first, then those seen longest ago; what is kept for the daily stays aside."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache

from msgspec import Struct

from bot.rules.draws import Draw

RESERVED_DAYS = 30


class Candidate(Struct, frozen=True):
    """A question that may be drawn."""

    id: str
    topic: str
    difficulty: int


class Picked(Struct, frozen=True):
    """The questions drawn, in order; `widened` if a prerequisite topic had to help, `seen` of them are repeats."""

    ids: tuple[str, ...]
    widened: bool
    seen: int


def reserved(order: Sequence[str], seen: AbstractSet[str]) -> list[str]:
    """The next dailies of a group: the first 30 unseen ones of its drawn order, never more than a third of the pool."""
    most = min(RESERVED_DAYS, max(1, len(order) // 3))
    return [item for item in order if item not in seen][:most] or list(order[:most])


def daily_order(pool: Sequence[Candidate], secret: str) -> Sequence[str]:
    """All questions in the order in which a group's dailies use them; groups differ by their secret."""
    return _drawn_order(tuple(sorted([item.id for item in pool])), secret)


@lru_cache(maxsize=256)  # every draw of a group asks for it
def _drawn_order(ids: tuple[str, ...], secret: str) -> tuple[str, ...]:
    return tuple(Draw(secret, "daily").shuffled(ids))


def pick(
    rings: Sequence[Sequence[Candidate]],
    *,
    wanted: int,
    seen: Sequence[str],
    held: AbstractSet[str],
    draw: Draw,
) -> Picked:
    """Draw `wanted` questions from rings: the topic asked for first, then its prerequisites, and so on outwards.

    `seen` is what this audience has had, the one longest ago first; `held` are kept for dailies and only come
    when nothing else is left. Unseen ones of the first ring come first; then unseen ones of wider rings; then repeats,
    the oldest first.
    """
    chosen: list[str] = []
    known = set(seen)
    for allowed_held in (False, True):
        for ring in rings:
            if len(chosen) >= wanted:
                break
            out = known.union(chosen)
            fresh = [one for c in ring if (one := c.id) not in out and (one in held) == allowed_held]
            chosen.extend(draw.sample(sorted(fresh), wanted - len(chosen)))
        if allowed_held is False and len(chosen) < wanted:
            chosen.extend(_repeats(rings[:1], seen, chosen)[: wanted - len(chosen)])
    if len(chosen) < wanted:
        chosen.extend(_repeats(rings, seen, chosen)[: wanted - len(chosen)])
    first = {candidate.id for candidate in rings[0]} if rings else set()
    return Picked(tuple(chosen), not first.issuperset(chosen), len(known.intersection(chosen)))


def _repeats(rings: Sequence[Sequence[Candidate]], seen: Sequence[str], chosen: Sequence[str]) -> list[str]:
    may = {candidate.id for ring in rings for candidate in ring} - set(chosen)
    return [item for item in seen if item in may]
