"""The ledger, which only grows, and the boards, which are kept in step with it."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, bindparam, delete, func, insert, select, text

from bot.rules.calendar import board_keys
from bot.store import tables
from bot.store.engine import among
from bot.store.people import ACCOUNT, MEMBERSHIP, SEASON
from bot.store.prepared import PerDialect, Prepared, Row
from bot.store.tables import table_of

LEDGER = table_of(tables.Ledger)
BOARD = table_of(tables.BoardRow)
KEPT = timedelta(days=60)
SEEN = "seen"
SHOWN = ("name", "nickname")


class Entry(Struct, frozen=True):
    """Points for one answer; `once` is the key that scores a single time per account and season."""

    account_id: int
    person_id: int
    group_id: int
    season_id: int
    season: int
    day: date
    track: str
    item: str
    what: str
    points: int
    once: str
    at: datetime


class Standing(Struct, frozen=True):
    """A place on a board; ties share a rank."""

    rank: int
    person_id: int
    points: int
    answers: int
    visibility: str
    shown_name: str


_WRITE = PerDialect(
    LEDGER,
    lambda new: new.on_conflict_do_nothing(index_elements=["account_id", "season_id", "once"]).returning(
        LEDGER.c.account_id, LEDGER.c.once
    ),
)
_ADD = PerDialect(
    BOARD,
    lambda new: new.on_conflict_do_update(
        index_elements=["board", "person_id"],
        set_={
            "points": BOARD.c.points + new.excluded.points,
            "answers": BOARD.c.answers + new.excluded.answers,
        },
    ),
)
_PLACE = (BOARD.c.points, BOARD.c.person_id, BOARD.c.answers)  # the first places come last when these are sorted
_FIRST = Prepared(
    select(*_PLACE, MEMBERSHIP.c.visibility, MEMBERSHIP.c.shown_name)
    .select_from(
        BOARD.outerjoin(
            MEMBERSHIP,
            (MEMBERSHIP.c.person_id == BOARD.c.person_id) & (MEMBERSHIP.c.group_id == bindparam("group")),
        )
    )
    .where(BOARD.c.board == bindparam("name"))
    .order_by(BOARD.c.points.desc(), BOARD.c.person_id.desc())
    .limit(bindparam("most"))
)
_IS_SHOWN = (MEMBERSHIP.c.group_id == bindparam("group"), among(MEMBERSHIP.c.visibility, SHOWN))
_HEAD = (
    select(*_PLACE)
    .where(BOARD.c.board == bindparam("name"))
    .order_by(BOARD.c.points.desc(), BOARD.c.person_id.desc())
    .limit(200)
    .subquery()
)
_TOP = Prepared(
    select(_HEAD, MEMBERSHIP.c.visibility, MEMBERSHIP.c.shown_name)
    .select_from(_HEAD.join(MEMBERSHIP, MEMBERSHIP.c.person_id == _HEAD.c.person_id))
    .where(*_IS_SHOWN)
    .order_by(_HEAD.c.points.desc(), _HEAD.c.person_id.desc())
    .limit(bindparam("most"))
)
# Few are shown: they are looked up one by one. The `+ 0` keeps SQLite from walking down the whole board instead.
_TOP_OF_FEW = Prepared(
    select(*_PLACE, MEMBERSHIP.c.visibility, MEMBERSHIP.c.shown_name)
    .select_from(MEMBERSHIP.join(BOARD, BOARD.c.person_id == MEMBERSHIP.c.person_id))
    .where(BOARD.c.board == bindparam("name"), *_IS_SHOWN)
    .order_by((BOARD.c.points + 0).desc(), BOARD.c.person_id.desc())
    .limit(bindparam("most"))
)
_MINE = Prepared(
    select(BOARD.c.points, BOARD.c.answers).where(
        BOARD.c.board == bindparam("name"), BOARD.c.person_id == bindparam("person")
    )
)
_COUNT = select(func.count()).where(BOARD.c.board == bindparam("name"))
_SIZE = Prepared(_COUNT)
_ABOVE = Prepared(_COUNT.where(BOARD.c.points > bindparam("mine")))
_BETWEEN = Prepared(_COUNT.where(BOARD.c.points > bindparam("mine"), BOARD.c.points <= bindparam("better")))
_ALL_ENTRIES = (
    select(
        LEDGER.c.group_id, SEASON.c.number, LEDGER.c.day, LEDGER.c.track, ACCOUNT.c.person_id,
        func.sum(LEDGER.c.points).label("points"), func.count().label("answers"),
    )
    .select_from(
        LEDGER.join(ACCOUNT, ACCOUNT.c.id == LEDGER.c.account_id).join(SEASON, SEASON.c.id == LEDGER.c.season_id)
    )
    .where(LEDGER.c.what != SEEN)
    .group_by(LEDGER.c.group_id, SEASON.c.number, LEDGER.c.day, LEDGER.c.track, ACCOUNT.c.person_id)
)  # fmt: skip


def record(db: Connection, entries: Sequence[Entry], seen_as: str | None = None) -> set[int]:
    """Write what is new to the ledger and to the boards; the accounts whose entry was new.

    An entry whose `once` key the account has in this season already changes nothing. `seen_as` is a further key that
    is used up without points, so that a daily's question does not score again.
    """
    if not entries:
        return set()
    entries = sorted(
        entries, key=lambda entry: entry.person_id
    )  # one order for everybody: no two writers block each other
    if seen_as is not None:
        _write(db, [replace(entry, what=SEEN, points=0, once=seen_as) for entry in entries])
    new = _write(db, entries)
    fresh = [entry for entry in entries if (entry.account_id, entry.once) in new]
    if fresh:
        _ADD.run_each(db, _board_rows(fresh))
    return {entry.account_id for entry in fresh}


def _write(db: Connection, entries: Sequence[Entry]) -> set[tuple[int, str]]:
    rows = [
        {
            "account_id": entry.account_id,
            "group_id": entry.group_id,
            "season_id": entry.season_id,
            "day": entry.day,
            "track": entry.track,
            "item": entry.item,
            "what": entry.what,
            "points": entry.points,
            "why": "",
            "once": entry.once,
            "at": entry.at,
        }
        for entry in entries
    ]
    if len(rows) == 1:
        return {(account, once) for account, once in _WRITE.all(db, **rows[0])}
    return {(row.account_id, row.once) for row in db.execute(_WRITE.on(db), rows)}


def _board_rows(entries: Iterable[Entry]) -> list[dict[str, object]]:
    return [
        {
            "board": key,
            "person_id": entry.person_id,
            "points": entry.points,
            "answers": 1,
            "expires": expires(key, entry.day),
        }
        for entry in entries
        for key in board_keys(entry.group_id, entry.day, entry.season, entry.track)
    ]


def expires(board: str, day: date) -> date | None:
    """When a board may go: day and week boards 60 days after; the others stay."""
    period = board.split(":")[1]
    if period == "day":
        return day + KEPT
    return date.fromisocalendar(*day.isocalendar()[:2], 7) + KEPT if period == "week" else None


def top(db: Connection, board: str, group_id: int, most: int, me: int) -> list[Standing]:
    """The first places of those who chose to be shown, and of me; everyone counts for the ranks, ties share one."""
    asked = {"name": board, "group": group_id, "most": most}
    first = _FIRST.all(db, **asked)
    if all(visibility in SHOWN for *_place, visibility, _name in first):  # nothing to leave out: places are ranks
        return _in_order(first)
    found = list(_TOP.all(db, **asked))
    if len(found) < most:
        found = list(_TOP_OF_FEW.all(db, **asked))
    if all(person != me for _points, person, *_more in found):
        own = _MINE.first(db, name=board, person=me)
        found += [(own[0], me, own[1], "unset", "")] if own else []
    standings: list[Standing] = []
    for points, person, answers, visibility, name in sorted(found, reverse=True)[:most]:
        above = standings[-1] if standings else None
        if above is None:
            rank = rank_of(db, board, points)
        elif points == above.points:
            rank = above.rank
        else:
            rank = above.rank + int(_BETWEEN.scalar(db, name=board, mine=points, better=above.points))
        standings.append(Standing(rank, person, points, answers, visibility, name))
    return standings


def _in_order(rows: Sequence[Row]) -> list[Standing]:
    standings: list[Standing] = []
    for place, (points, person, answers, visibility, name) in enumerate(rows, start=1):
        rank = standings[-1].rank if standings and standings[-1].points == points else place
        standings.append(Standing(rank, person, points, answers, visibility, name))
    return standings


def rank_of(db: Connection, board: str, points: int) -> int:
    """The rank of somebody with that many points: one more than those who have more."""
    return 1 + int(_ABOVE.scalar(db, name=board, mine=points))


def mine(db: Connection, board: str, person_id: int) -> tuple[int, int, int] | None:
    """My rank, points and answers on a board; None if I am not on it."""
    row = _MINE.first(db, name=board, person=person_id)
    if row is None:
        return None
    points, answers = row
    return rank_of(db, board, points), points, answers


def size(db: Connection, board: str) -> int:
    """How many people are on a board."""
    return int(_SIZE.scalar(db, name=board))


def sweep(db: Connection, today: date) -> int:
    """Drop the boards that have had their time; how many rows went."""
    return db.execute(delete(BOARD).where(BOARD.c.expires < today)).rowcount


def from_ledger(db: Connection, today: date) -> dict[tuple[str, int], tuple[int, int, date | None]]:
    """What every board must say, worked out from the ledger alone: points, answers and expiry by board and person."""
    points: dict[tuple[str, int], int] = defaultdict(int)
    answers: dict[tuple[str, int], int] = defaultdict(int)
    ends: dict[tuple[str, int], date | None] = {}
    for row in db.execute(_ALL_ENTRIES):
        for key in board_keys(row.group_id, row.day, row.number, row.track):
            end = expires(key, row.day)
            if end is None or end >= today:
                place = (key, row.person_id)
                points[place] += int(row.points)
                answers[place] += row.answers
                ends[place] = end
    return {place: (points[place], answers[place], ends[place]) for place in points}


def on_boards(db: Connection, today: date) -> dict[tuple[str, int], tuple[int, int, date | None]]:
    """What every board says, in the shape of `from_ledger`."""
    rows = db.execute(select(BOARD))
    return {
        (row.board, row.person_id): (row.points, row.answers, row.expires)
        for row in rows
        if row.expires is None or row.expires >= today
    }


def rebuild(db: Connection, today: date) -> int:
    """Write every board anew from the ledger; how many rows were wrong."""
    if db.dialect.name == "postgresql":
        db.execute(text("LOCK TABLE ledger IN SHARE MODE"))
    wanted, found = from_ledger(db, today), on_boards(db, today)
    wrong = sum(wanted.get(place) != found.get(place) for place in wanted.keys() | found.keys())
    db.execute(delete(BOARD))
    rows = [
        {"board": board, "person_id": person, "points": points, "answers": answers, "expires": end}
        for (board, person), (points, answers, end) in wanted.items()
    ]
    if rows:
        db.execute(insert(BOARD), rows)
    return wrong
