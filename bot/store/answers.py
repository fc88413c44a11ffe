"""Answers: given once or changed until they are locked, and what can be learned from them."""

import json
from collections.abc import Sequence
from datetime import datetime
from enum import Enum

from msgspec import Struct
from sqlalchemy import Connection, Integer, bindparam, case, func, select, update

from bot.rules.responses import Response
from bot.store import tables
from bot.store.prepared import PerDialect, Prepared, Row
from bot.store.rounds import ROUND, ROUND_ITEM
from bot.store.tables import Utc, table_of

ANSWER = table_of(tables.Answer)


class AnswerRow(Struct, frozen=True):
    """One answer; `correct` is None until it is graded."""

    id: int
    account_id: int
    person_id: int
    response: Response
    correct: bool | None
    points: int
    given_at: datetime
    locked_at: datetime | None


class Kept(Enum):
    """What became of an answer that may change."""

    NEW = "new"
    CHANGED = "changed"
    LOCKED = "locked"


class Tally(Struct, frozen=True):
    """How many answers somebody gave, and how many were right."""

    answered: int
    right: int


_FIRST = PerDialect(
    ANSWER,
    lambda new: new.on_conflict_do_nothing(index_elements=["round_item_id", "account_id"]).returning(ANSWER.c.id),
)
# The same answer again keeps its moment, so that it costs no speed.
_CHANGE = Prepared(
    update(ANSWER)
    .where(
        ANSWER.c.round_item_id == bindparam("play"),
        ANSWER.c.account_id == bindparam("account"),
        ANSWER.c.locked_at.is_(None),
    )
    .values(
        response=bindparam("answered"),
        given_at=case(
            (ANSWER.c.response == bindparam("answered"), ANSWER.c.given_at), else_=bindparam("now", type_=Utc)
        ),
    )
)
_ROWS = select(  # in the order of AnswerRow
    ANSWER.c.id,
    ANSWER.c.account_id,
    ANSWER.c.person_id,
    ANSWER.c.response,
    ANSWER.c.correct,
    ANSWER.c.points,
    ANSWER.c.given_at,
    ANSWER.c.locked_at,
)
_OWN = _ROWS.where(ANSWER.c.round_item_id == bindparam("play"), ANSWER.c.account_id == bindparam("account"))
_MINE = Prepared(_OWN)
_HELD = Prepared(_OWN.with_for_update())
_OF_PLAY = Prepared(_ROWS.where(ANSWER.c.round_item_id == bindparam("play")).order_by(ANSWER.c.id))
_LOCKED_IN = select(ANSWER.c.round_item_id).where(
    ANSWER.c.account_id == bindparam("account"),
    ANSWER.c.round_item_id.in_(bindparam("plays", expanding=True)),
    ANSWER.c.locked_at.is_not(None),
)
_COUNT = Prepared(select(func.count()).where(ANSWER.c.round_item_id == bindparam("play")))
_LOCK = Prepared(
    update(ANSWER)
    .where(ANSWER.c.id == bindparam("row"), ANSWER.c.locked_at.is_(None))
    .values(locked_at=bindparam("now"), correct=bindparam("is_correct"), points=bindparam("worth"))
)
_PAY = Prepared(update(ANSWER).where(ANSWER.c.id == bindparam("row")).values(points=bindparam("worth")))
_OF_ROUND = Prepared(
    _ROWS.select_from(ANSWER.join(ROUND_ITEM, ROUND_ITEM.c.id == ANSWER.c.round_item_id))
    .where(ROUND_ITEM.c.round_id == bindparam("round"), ANSWER.c.locked_at.is_not(None))
    .order_by(ROUND_ITEM.c.position, ANSWER.c.id)
)
_LATEST = (
    select(ANSWER.c.content_id, func.max(ANSWER.c.id).label("newest"))
    .where(ANSWER.c.person_id == bindparam("person"), ANSWER.c.locked_at.is_not(None))
    .group_by(ANSWER.c.content_id)
    .subquery()
)
_MISSED = Prepared(
    select(ANSWER.c.content_id)
    .select_from(ANSWER.join(_LATEST, ANSWER.c.id == _LATEST.c.newest))
    .where(ANSWER.c.correct.is_(False))
    .order_by(ANSWER.c.given_at.desc(), ANSWER.c.id.desc())
)
_TALLY = Prepared(
    select(
        ANSWER.c.content_id,
        func.count().label("answered"),
        func.sum(case((ANSWER.c.correct, 1), else_=0)).cast(Integer).label("right"),
    )
    .select_from(
        ANSWER.join(ROUND_ITEM, ROUND_ITEM.c.id == ANSWER.c.round_item_id).join(
            ROUND, ROUND.c.id == ROUND_ITEM.c.round_id
        )
    )
    .where(
        ANSWER.c.person_id == bindparam("person"),
        ANSWER.c.locked_at.is_not(None),
        ROUND.c.group_id == bindparam("group"),
    )
    .group_by(ANSWER.c.content_id)
)
_NEWEST = Prepared(
    select(ROUND_ITEM.c.id)
    .select_from(
        ANSWER.join(ROUND_ITEM, ROUND_ITEM.c.id == ANSWER.c.round_item_id).join(
            ROUND, ROUND.c.id == ROUND_ITEM.c.round_id
        )
    )
    .where(
        ANSWER.c.person_id == bindparam("person"),
        ANSWER.c.locked_at.is_not(None),
        ROUND.c.group_id == bindparam("group"),
    )
    .order_by(ANSWER.c.locked_at.desc(), ANSWER.c.id.desc())
    .limit(1)
)


class Given(Struct, frozen=True):
    """An answer as it comes in."""

    play_id: int
    account_id: int
    person_id: int
    content_id: str
    response: Response
    now: datetime
    correct: bool | None = None
    points: int = 0
    locked: bool = False

    def row(self) -> dict[str, object]:
        """The answer as a row."""
        return {
            "round_item_id": self.play_id,
            "account_id": self.account_id,
            "person_id": self.person_id,
            "content_id": self.content_id,
            "response": pack(self.response),
            "correct": self.correct,
            "points": self.points,
            "given_at": self.now,
            "locked_at": self.now if self.locked else None,
        }


def pack(response: Response) -> str:
    """A response as JSON."""
    kept = {"options": list(response.options), "text": response.text}
    return json.dumps({name: value for name, value in kept.items() if value not in (None, [])}, ensure_ascii=False)


def unpack(text: str) -> Response:
    """What `pack` was given."""
    kept = json.loads(text)
    return Response(tuple(kept.get("options", ())), kept.get("text"))


def give(db: Connection, given: Given) -> int | None:
    """Keep an answer for good; None if the account has answered this question already."""
    answer_id: int | None = _FIRST.scalar(db, **given.row())
    return answer_id


def give_or_change(db: Connection, given: Given) -> Kept:
    """Keep an answer that may still change, as long as it is not locked."""
    if give(db, given) is not None:
        return Kept.NEW
    changed = _CHANGE.run(
        db, play=given.play_id, account=given.account_id, answered=pack(given.response), now=given.now
    )
    return Kept.CHANGED if changed == 1 else Kept.LOCKED


def mine(db: Connection, play_id: int, account_id: int, *, hold: bool = False) -> AnswerRow | None:
    """The account's answer to a question; `hold` lets nobody change it before this transaction ends."""
    row = (_HELD if hold else _MINE).first(db, play=play_id, account=account_id)
    return _answer(row) if row else None


def locked_in(db: Connection, play_ids: Sequence[int], account_id: int) -> set[int]:
    """Those of the questions to which the account has locked an answer."""
    return set(db.execute(_LOCKED_IN, {"plays": list(play_ids), "account": account_id}).scalars())


def of_play(db: Connection, play_id: int) -> list[AnswerRow]:
    """Every answer to a question, in the order of first coming."""
    return [_answer(row) for row in _OF_PLAY.all(db, play=play_id)]


def count(db: Connection, play_id: int) -> int:
    """How many have answered."""
    return int(_COUNT.scalar(db, play=play_id))


def lock(db: Connection, answer_id: int, *, correct: bool, points: int, now: datetime) -> bool:
    """Lock and grade an answer; False if it was locked already."""
    values = {"row": answer_id, "now": now, "is_correct": correct, "worth": points}
    return _LOCK.run(db, **values) == 1


def pay(db: Connection, answer_id: int, points: int) -> None:
    """Note what the answer was worth."""
    _PAY.run(db, row=answer_id, worth=points)


def of_round(db: Connection, round_id: int) -> list[AnswerRow]:
    """Every locked answer of a round, in order of the questions."""
    return [_answer(row) for row in _OF_ROUND.all(db, round=round_id)]


def missed(db: Connection, person_id: int) -> list[str]:
    """The questions that the person got wrong the last time, the newest first, by content id."""
    return _MISSED.scalars(db, person=person_id)


def tallies(db: Connection, person_id: int, group_id: int) -> dict[str, Tally]:
    """What the person answered in the group, by content id."""
    rows = _TALLY.all(db, person=person_id, group=group_id)
    return {content_id: Tally(answered, right) for content_id, answered, right in rows}


def newest(db: Connection, person_id: int, group_id: int) -> int | None:
    """The question that the person answered last in the group."""
    play_id: int | None = _NEWEST.scalar(db, person=person_id, group=group_id)
    return play_id


def _answer(row: Row) -> AnswerRow:
    answer_id, account_id, person_id, response, *more = row
    return AnswerRow(answer_id, account_id, person_id, unpack(response), *more)
