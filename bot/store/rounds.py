"""Rounds and the questions in them; `opening` begins one."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, bindparam, case, exists, func, null, select, update

from bot.chat.people import Space
from bot.store import tables
from bot.store.engine import among
from bot.store.prepared import Prepared
from bot.store.tables import table_of

ITEM = table_of(tables.Item)
ROUND = table_of(tables.Round)
ROUND_ITEM = table_of(tables.RoundItem)
ANSWER = table_of(tables.Answer)
OWN_KINDS = ("solo", "review")  # rounds that one person plays alone


class RoundRow(Struct, frozen=True):
    """A round; `count` is how many questions it has."""

    id: int
    kind: str
    state: str
    group_id: int
    season_id: int
    person_id: int | None
    starter_id: int
    place: str | None
    level: int | None
    seconds: int | None
    day: date
    space: Space
    created_at: datetime
    count: int


class Play(Struct, frozen=True):
    """One question of a round, with the item row that it plays."""

    id: int
    round: RoundRow
    position: int
    item_row: int
    seed: int
    opened_at: datetime | None
    closes_at: datetime | None
    closed_at: datetime | None
    content_id: str
    version: int
    snapshot: str

    @property
    def is_last(self) -> bool:
        """Whether the round ends after this question."""
        return self.position == self.round.count - 1


_OTHERS = ROUND_ITEM.alias("others")
_ROUND_COLUMNS = (  # in the order of RoundRow, whose space is four of them
    ROUND.c.id,
    ROUND.c.kind,
    ROUND.c.state,
    ROUND.c.group_id,
    ROUND.c.season_id,
    ROUND.c.person_id,
    ROUND.c.starter_id,
    ROUND.c.place,
    ROUND.c.level,
    ROUND.c.seconds,
    ROUND.c.day,
    ROUND.c.platform,
    ROUND.c.workspace,
    ROUND.c.channel,
    ROUND.c.thread,
    ROUND.c.created_at,
    select(func.count()).where(_OTHERS.c.round_id == ROUND.c.id).scalar_subquery(),
)
_PLAY_COLUMNS = (  # in the order of Play; its round and what its item has come behind them
    *(ROUND_ITEM.c.id, ROUND_ITEM.c.position, ROUND_ITEM.c.item_id, ROUND_ITEM.c.seed),
    *(ROUND_ITEM.c.opened_at, ROUND_ITEM.c.closes_at, ROUND_ITEM.c.closed_at),
)
_ITEM_COLUMNS = (ITEM.c.content_id, ITEM.c.version, ITEM.c.snapshot)
_PARTS = (len(_PLAY_COLUMNS), -len(_ITEM_COLUMNS))
_PLAY = select(*_PLAY_COLUMNS, *_ROUND_COLUMNS, *_ITEM_COLUMNS).select_from(
    ROUND_ITEM.join(ROUND, ROUND.c.id == ROUND_ITEM.c.round_id).join(ITEM, ITEM.c.id == ROUND_ITEM.c.item_id)
)
_THAT_PLAY = _PLAY.where(ROUND_ITEM.c.id == bindparam("play"), ROUND.c.group_id == bindparam("group"))
_PLAY_BY_ID = Prepared(_THAT_PLAY)
# A question that is being answered cannot be closed until the answer is kept, nor answered while it is being closed.
_PLAY_TO_ANSWER = Prepared(_THAT_PLAY.with_for_update(read=True, of=ROUND_ITEM))
_WITH_ITEMS = ROUND.join(ROUND_ITEM, ROUND_ITEM.c.round_id == ROUND.c.id)
_HOLD_ROUND = Prepared(select(ROUND.c.id).where(ROUND.c.id == bindparam("round")).with_for_update())
_HOLD_ROUND_OF = Prepared(
    select(ROUND.c.id)
    .select_from(_WITH_ITEMS)
    .where(ROUND_ITEM.c.id == bindparam("play"), ROUND.c.group_id == bindparam("group"))
    .with_for_update(of=ROUND)
)
_PLAYS_OF_ROUND = Prepared(_PLAY.where(ROUND.c.id == bindparam("round")).order_by(ROUND_ITEM.c.position))
_FIRST_PLAY_OF = Prepared(_PLAY.where(ROUND.c.once == bindparam("once_key"), ROUND_ITEM.c.position == 0))
_PLAY_AT = Prepared(_PLAY.where(ROUND.c.id == bindparam("round"), ROUND_ITEM.c.position == bindparam("position")))
_OPEN_PLAY = Prepared(
    _PLAY.where(ROUND.c.id == bindparam("round"), ROUND_ITEM.c.opened_at.is_not(None), ROUND_ITEM.c.closed_at.is_(None))
    .order_by(ROUND_ITEM.c.position.desc())
    .limit(1)
)
_OPEN_DAILIES = Prepared(
    _PLAY.where(ROUND.c.group_id == bindparam("group"), ROUND.c.kind == "daily", ROUND.c.state == "open").order_by(
        ROUND.c.id.desc(), ROUND_ITEM.c.position
    )
)
_OPEN_OF_KIND = (
    ROUND.c.group_id == bindparam("group"),
    ROUND.c.kind == bindparam("of_kind"),
    ROUND.c.state == "open",
)
OPEN_CONTENTS = (
    select(ITEM.c.content_id)
    .select_from(_WITH_ITEMS.join(ITEM, ITEM.c.id == ROUND_ITEM.c.item_id))
    .where(*_OPEN_OF_KIND)
)
_OPEN_CONTENTS = Prepared(OPEN_CONTENTS)
_IS_ANSWERED = exists().where(ANSWER.c.round_item_id == ROUND_ITEM.c.id, ANSWER.c.account_id == bindparam("account"))
_NEXT_PLAY = Prepared(
    _PLAY.add_columns(_IS_ANSWERED)
    .where(
        ROUND.c.id == bindparam("round"),
        ROUND_ITEM.c.position > bindparam("after"),
        ITEM.c.content_id.not_in(OPEN_CONTENTS.correlate(None)),
    )
    .order_by(ROUND_ITEM.c.position)
    .limit(1)
)
_OWN = (
    ROUND.c.person_id == bindparam("person"),
    ROUND.c.group_id == bindparam("group"),
    ROUND.c.state == "open",
    among(ROUND.c.kind, OWN_KINDS),
)
_OWN_UNANSWERED = (*_OWN, ~_IS_ANSWERED)
_STANDS_AT = Prepared(_PLAY.where(*_OWN_UNANSWERED).order_by(ROUND.c.id.desc(), ROUND_ITEM.c.position).limit(1))
_LIVE_NOW = (
    ROUND.c.group_id == bindparam("group"),
    ROUND.c.kind == "live",
    ROUND.c.state == "open",
    ROUND_ITEM.c.opened_at.is_not(None),
    ROUND_ITEM.c.closed_at.is_(None),
)
_WHAT_IS_OPEN = Prepared(
    select(*(exists(ROUND_ITEM.c.id).select_from(_WITH_ITEMS).where(*kind) for kind in (_OWN_UNANSWERED, _LIVE_NOW)))
)
_ROUND = select(*_ROUND_COLUMNS)
_ROUND_BY_ID = Prepared(_ROUND.where(ROUND.c.id == bindparam("round"), ROUND.c.group_id == bindparam("group")))
_OPEN_ROUNDS = Prepared(_ROUND.where(*_OPEN_OF_KIND).order_by(ROUND.c.id))
_STOP_OWN = Prepared(update(ROUND).where(*_OWN).values(state="stopped", closed_at=bindparam("now")))
_OPEN_ITEM = Prepared(
    update(ROUND_ITEM)
    .where(ROUND_ITEM.c.id == bindparam("play"), ROUND_ITEM.c.opened_at.is_(None))
    .values(opened_at=bindparam("now"), closes_at=bindparam("closes"))
)
_CLOSE_ITEM = Prepared(
    update(ROUND_ITEM)
    .where(ROUND_ITEM.c.id == bindparam("play"), ROUND_ITEM.c.closed_at.is_(None))
    .values(closed_at=bindparam("now"))
)
_CLOSE_ROUND = Prepared(
    update(ROUND)
    .where(ROUND.c.id == bindparam("round"), ROUND.c.state == "open")
    .values(
        state=bindparam("new_state"),
        closed_at=bindparam("now"),
        once=case((ROUND.c.kind == "live", null()), else_=ROUND.c.once),  # the next live round may open
    )
)


def find_play(db: Connection, group_id: int, play_id: int, *, answering: bool = False) -> Play | None:
    """The question with that id, if it is one of this group's; `answering` keeps its close waiting meanwhile."""
    row = (_PLAY_TO_ANSWER if answering else _PLAY_BY_ID).first(db, play=play_id, group=group_id)
    return _play(row) if row else None


def hold(db: Connection, round_id: int) -> None:
    """Make everybody else who opens, closes or stops something in this round wait until this transaction ends."""
    _HOLD_ROUND.run(db, round=round_id)


def hold_round_of(db: Connection, group_id: int, play_id: int) -> int | None:
    """The same for the round of a question, if it is one of this group's; the round's id."""
    round_id: int | None = _HOLD_ROUND_OF.scalar(db, play=play_id, group=group_id)
    return round_id


def play_at(db: Connection, round_id: int, position: int) -> Play | None:
    """The question at that place of the round, if there is one."""
    row = _PLAY_AT.first(db, round=round_id, position=position)
    return _play(row) if row else None


def next_play(db: Connection, play: Play, account_id: int) -> tuple[Play, bool] | None:
    """The question after this one in its round, and whether the account has answered it.

    What is open as the group's daily is left out.
    """
    asked = {"round": play.round.id, "after": play.position, "group": play.round.group_id, "of_kind": "daily"}
    row = _NEXT_PLAY.first(db, **asked, account=account_id)
    return (_play(row[:-1]), row[-1]) if row else None


def open_play(db: Connection, round_id: int) -> Play | None:
    """The question of the round that is open now, if one is."""
    row = _OPEN_PLAY.first(db, round=round_id)
    return _play(row) if row else None


def open_dailies(db: Connection, group_id: int) -> list[Play]:
    """The questions of the group's dailies that are not closed, the newest daily first."""
    return [_play(row) for row in _OPEN_DAILIES.all(db, group=group_id)]


def open_contents(db: Connection, group_id: int, kind: str) -> set[str]:
    """The content ids of the questions of the group's open rounds of a kind."""
    return set(_OPEN_CONTENTS.scalars(db, group=group_id, of_kind=kind))


def stands_at(db: Connection, group_id: int, person_id: int, account_id: int) -> Play | None:
    """The question at which the newest open round stands that the person plays alone, if there is one."""
    row = _STANDS_AT.first(db, person=person_id, group=group_id, account=account_id)
    return _play(row) if row else None


def what_is_open(db: Connection, group_id: int, person_id: int, account_id: int) -> tuple[bool, bool]:
    """Whether the person stands at a question of a round of their own, and whether one of a live round is open."""
    own, live = _WHAT_IS_OPEN.one(db, person=person_id, group=group_id, account=account_id)
    return own, live


def plays(db: Connection, round_id: int) -> list[Play]:
    """Every question of the round, in order."""
    return [_play(row) for row in _PLAYS_OF_ROUND.all(db, round=round_id)]


def find_round(db: Connection, group_id: int, round_id: int) -> RoundRow | None:
    """The round with that id, if it is one of this group's."""
    row = _ROUND_BY_ID.first(db, round=round_id, group=group_id)
    return _round(row) if row else None


def first_play(db: Connection, once: str) -> Play | None:
    """The first question of the round that was opened with that key."""
    row = _FIRST_PLAY_OF.first(db, once_key=once)
    return _play(row) if row else None


def open_rounds(db: Connection, group_id: int, kind: str) -> list[RoundRow]:
    """The group's open rounds of a kind, the oldest first."""
    return [_round(row) for row in _OPEN_ROUNDS.all(db, group=group_id, of_kind=kind)]


def stop_own(db: Connection, group_id: int, person_id: int, now: datetime) -> bool:
    """Stop what the person plays alone in the group; whether there was anything."""
    return _STOP_OWN.run(db, person=person_id, group=group_id, now=now) > 0


def open_item(db: Connection, play_id: int, now: datetime, closes_at: datetime | None = None) -> bool:
    """Open a question; False if it was open already."""
    return _OPEN_ITEM.run(db, play=play_id, now=now, closes=closes_at) == 1


def close_item(db: Connection, play_id: int, now: datetime) -> bool:
    """Close a question; False if it was closed already, and then it must not be scored again."""
    return _CLOSE_ITEM.run(db, play=play_id, now=now) == 1


def close_round(db: Connection, round_id: int, state: str, now: datetime) -> bool:
    """Close a round (`closed`, `stopped`, `abandoned`); False if it was closed already."""
    return _CLOSE_ROUND.run(db, round=round_id, new_state=state, now=now) == 1


def _round(row: Sequence[Any]) -> RoundRow:
    *before, platform, workspace, channel, thread, created_at, count = row
    space = Space(platform, workspace or None, channel or None, thread or None)
    return RoundRow(*(*before, space, created_at, count))


def _play(row: Sequence[Any]) -> Play:
    own, item = _PARTS
    return Play(row[0], _round(row[own:item]), *row[1:own], *row[item:])
