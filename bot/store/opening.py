"""Opening a round: its questions as they are played, written together with the first one open."""

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Protocol
from weakref import WeakKeyDictionary

from msgspec import Struct
from sqlalchemy import Connection, Engine, bindparam, insert, select

from bot.chat.people import Space
from bot.store.prepared import PerDialect, Prepared
from bot.store.rounds import ITEM, ROUND, ROUND_ITEM, Play, RoundRow

NOWHERE = Space("")


class Playable(Protocol):
    """What can be asked: an item of content, by its id and version."""

    id: str
    version: int

    def snapshot(self) -> Mapping[str, Any]:
        """All of it, as it is kept."""
        ...


class NewRound(Struct, frozen=True):
    """What a round is opened with; `once` is a key that can exist only once."""

    kind: str
    group_id: int
    season_id: int
    starter_id: int
    day: date
    now: datetime
    person_id: int | None = None
    place: str | None = None
    level: int | None = None
    seconds: int | None = None
    space: Space | None = None
    once: str | None = None


_FIND_ITEMS = select(ITEM.c.id, ITEM.c.content_id, ITEM.c.version, ITEM.c.snapshot, ITEM.c.created_at).where(
    ITEM.c.content_id.in_(bindparam("contents", expanding=True)), ITEM.c.scope == 0
)
_NEW_ITEM = PerDialect(ITEM, lambda new: new.on_conflict_do_nothing(index_elements=["content_id", "version", "scope"]))
_NEW_ROUND = PerDialect(ROUND, lambda new: new.on_conflict_do_nothing(index_elements=["once"]).returning(ROUND.c.id))
_NEW_FIRST = Prepared(insert(ROUND_ITEM).returning(ROUND_ITEM.c.id))
_NEW_OTHERS = Prepared(insert(ROUND_ITEM))


class ItemRow(Struct, frozen=True):
    """An item as it is played: its row, and the snapshot that stands there."""

    id: int
    content_id: str
    version: int
    snapshot: str


_known: WeakKeyDictionary[Engine, dict[tuple[str, int], ItemRow]] = WeakKeyDictionary()  # such a row never changes


def play_items(db: Connection, items: Sequence[Playable], now: datetime) -> list[ItemRow]:
    """The rows of items as they are played, in their order: written with a snapshot when an item is first drawn."""
    known = _known.setdefault(db.engine, {})
    rows = {played: known[played] for item in items if (played := (item.id, item.version)) in known}
    if unknown := [item.id for item in items if (item.id, item.version) not in rows]:
        rows |= _found_items(db, unknown, now)
    # New ones in one order for everybody, so that two rounds with the same questions do not wait for each other.
    new = sorted((item for item in items if (item.id, item.version) not in rows), key=lambda item: item.id)
    for item in new:
        kept = json.dumps(item.snapshot(), ensure_ascii=False, separators=(",", ":"))
        key = {"content_id": item.id, "version": item.version, "scope": 0}
        _NEW_ITEM.run(db, **key, snapshot=kept, state="live", created_at=now)
    if new:
        rows |= _found_items(db, [item.id for item in new], now)
    return [rows[item.id, item.version] for item in items]


def _found_items(db: Connection, ids: Sequence[str], now: datetime) -> dict[tuple[str, int], ItemRow]:
    """The rows of these items; those of before `now` are kept in mind, as they cannot be rolled back any more."""
    found = {}
    for row in db.execute(_FIND_ITEMS, {"contents": list(ids)}):
        item = found[row.content_id, row.version] = ItemRow(row.id, row.content_id, row.version, row.snapshot)
        if row.created_at < now:
            _known[db.engine][item.content_id, item.version] = item
    return found


def open_round(db: Connection, new: NewRound) -> int | None:
    """A new round; None if one with the same `once` key exists."""
    space = new.space
    round_id: int | None = _NEW_ROUND.scalar(
        db,
        kind=new.kind,
        group_id=new.group_id,
        season_id=new.season_id,
        starter_id=new.starter_id,
        person_id=new.person_id,
        place=new.place,
        level=new.level,
        seconds=new.seconds,
        day=new.day,
        once=new.once,
        state="open",
        platform=space.platform if space else "",
        workspace=(space.workspace or "") if space else "",
        channel=(space.channel or "") if space else "",
        thread=(space.thread or "") if space else "",
        created_at=new.now,
    )
    return round_id


def begin(
    db: Connection, round_id: int, new: NewRound, items: Sequence[tuple[ItemRow, int]], closes_at: datetime | None
) -> Play:
    """Write the questions of a round that was just opened, pairs of item and seed in order, and open the first one."""
    (item, seed), *others = items
    first = {"round_id": round_id, "position": 0, "item_id": item.id, "seed": seed}
    (play_id,) = _NEW_FIRST.one(db, **first, opened_at=new.now, closes_at=closes_at)
    if others:
        rows = [
            {"round_id": round_id, "position": at, "item_id": item.id, "seed": seed}
            for at, (item, seed) in enumerate(others, 1)
        ]
        _NEW_OTHERS.run_each(db, rows)
    return Play(
        play_id, _begun(round_id, new, len(items)), 0, item.id, seed, new.now, closes_at, None,
        item.content_id, item.version, item.snapshot,
    )  # fmt: skip


def _begun(round_id: int, new: NewRound, count: int) -> RoundRow:
    return RoundRow(
        round_id, new.kind, "open", new.group_id, new.season_id, new.person_id, new.starter_id,
        new.place, new.level, new.seconds, new.day, new.space or NOWHERE, new.now, count,
    )  # fmt: skip
