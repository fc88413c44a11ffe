"""Repeatable draws: the same key gives the same numbers on every machine and in every release."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


def seed_of(*parts: object) -> int:
    """A whole number from 0 to 2**63 - 1 that stands for `parts`; it fits a database column."""
    return _number(_hashed(parts).digest())


def _hashed(parts: Iterable[object]) -> blake2b:
    return blake2b("|".join(map(str, parts)).encode(), digest_size=8)


def _number(digest: bytes) -> int:
    return int.from_bytes(digest, "big") >> 1


class Draw:
    """A stream of draws from a key; not for secrets of cryptography, but nobody guesses it without the key."""

    def __init__(self, *key: object) -> None:
        self._key = _hashed((*key, ""))  # what every number's key begins with
        self._count = 0

    def below(self, limit: int) -> int:
        """A whole number from 0 to limit - 1; its bias is below 2**-40 for any limit up to 2**24."""
        self._count += 1
        numbered = self._key.copy()
        numbered.update(b"%d" % self._count)
        return _number(numbered.digest()) % limit

    def pick(self, values: Sequence[T]) -> T:
        """One of `values`."""
        return values[self.below(len(values))]

    def sample(self, values: Sequence[T], count: int) -> list[T]:
        """At most `count` of `values`, in a drawn order: the beginning of a shuffle, and no more of it."""
        mixed = list(values)
        for at in range(min(count, len(mixed))):
            other = at + self.below(len(mixed) - at)
            mixed[at], mixed[other] = mixed[other], mixed[at]
        return mixed[: max(0, count)]

    def shuffled(self, values: Sequence[T]) -> list[T]:
        """`values` in a drawn order (Fisher-Yates)."""
        mixed = list(values)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed
