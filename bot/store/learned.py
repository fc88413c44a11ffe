"""What a group learned in a span of time: concepts, questions and how they were answered, and by whom.

What lies in a span is in no other one that does not overlap it: an answer counts at the moment at which it was locked.
"""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection, Integer, and_, bindparam, case, distinct, func, or_, select

from bot.store.answers import ANSWER, Tally
from bot.store.engine import among
from bot.store.messages import MESSAGE
from bot.store.people import MEMBERSHIP
from bot.store.rounds import ITEM, ROUND, ROUND_ITEM
from bot.store.schedules import FIRING, POSTED, REFUSED, SCHEDULE
from bot.store.scores import SHOWN

TOGETHER = ("daily", "live")  # rounds that a group plays as one
AT_ONCE = 500
OPEN_AT_MOST = timedelta(days=5)  # between the day of a question, or an answer to it, and its close


class Asked(Struct, frozen=True):
    """A question that the group was asked: its topic, its locked answers, and from how many people they are."""

    topic: str
    answered: int
    right: int
    people: int


class Answered(Struct, frozen=True):
    """What a member answered; `shown_name` is empty for one who does not show a name."""

    person_id: int
    tally: Tally
    shown_name: str


_RIGHT = func.coalesce(func.sum(case((ANSWER.c.correct, 1), else_=0)), 0).cast(Integer).label("right")
_CONCEPTS = (
    select(FIRING.c.content, func.min(FIRING.c.day).label("first"))
    .select_from(
        FIRING.join(SCHEDULE, SCHEDULE.c.id == FIRING.c.schedule_id).outerjoin(MESSAGE, MESSAGE.c.key == FIRING.c.key)
    )
    .where(
        FIRING.c.group_id == bindparam("group"),
        FIRING.c.day.between(bindparam("since"), bindparam("until")),
        FIRING.c.at >= bindparam("begin"),
        FIRING.c.at < bindparam("end"),
        FIRING.c.state == POSTED,
        FIRING.c.content != "",
        SCHEDULE.c.kind == "concept",
        ~REFUSED,
    )
    .group_by(FIRING.c.content)
    .order_by("first", FIRING.c.content)
)
_TOLD = (
    select(FIRING.c.at)
    .select_from(FIRING.outerjoin(MESSAGE, MESSAGE.c.key == FIRING.c.key))
    .where(FIRING.c.schedule_id == bindparam("schedule"), FIRING.c.state == POSTED, ~REFUSED)
    .order_by(FIRING.c.day.desc())
    .limit(1)
)
_LOCKED = and_(ANSWER.c.locked_at >= bindparam("begin"), ANSWER.c.locked_at < bindparam("end"))
_COUNTED = (
    select(
        ROUND_ITEM.c.item_id,
        func.count(ANSWER.c.id).label("answered"),
        _RIGHT,
        func.count(distinct(ANSWER.c.person_id)).label("people"),
    )
    .select_from(
        ROUND.join(ROUND_ITEM, ROUND_ITEM.c.round_id == ROUND.c.id).outerjoin(
            ANSWER, and_(ANSWER.c.round_item_id == ROUND_ITEM.c.id, _LOCKED)
        )
    )
    .where(
        ROUND.c.group_id == bindparam("group"),
        among(ROUND.c.kind, TOGETHER),
        ROUND.c.day.between(bindparam("since"), bindparam("until")),
        ROUND_ITEM.c.opened_at < bindparam("end"),
        or_(ROUND_ITEM.c.opened_at >= bindparam("begin"), ANSWER.c.id.is_not(None)),
    )
    .group_by(ROUND_ITEM.c.item_id)
    .subquery()
)
_ASKED = (
    select(ITEM.c.snapshot, _COUNTED.c.answered, _COUNTED.c.right, _COUNTED.c.people)
    .select_from(_COUNTED.join(ITEM, ITEM.c.id == _COUNTED.c.item_id))
    .order_by(ITEM.c.id)
)
_SHOWN_NAME = case((among(MEMBERSHIP.c.visibility, SHOWN), MEMBERSHIP.c.shown_name), else_="")
# Each member's answers of that time stand beside each other; how long the group's history is does not matter.
_ANSWERED = (
    select(MEMBERSHIP.c.person_id, _SHOWN_NAME.label("name"), func.count().label("answered"), _RIGHT)
    .select_from(
        MEMBERSHIP.join(ANSWER, ANSWER.c.person_id == MEMBERSHIP.c.person_id)
        .join(ROUND_ITEM, ROUND_ITEM.c.id == ANSWER.c.round_item_id)
        .join(ROUND, ROUND.c.id == ROUND_ITEM.c.round_id)
    )
    .where(
        MEMBERSHIP.c.group_id == bindparam("group"),
        ANSWER.c.given_at >= bindparam("since"),
        ANSWER.c.given_at < bindparam("end"),
        _LOCKED,
        ROUND.c.group_id + 0 == bindparam("group"),
    )
    .group_by(MEMBERSHIP.c.person_id, MEMBERSHIP.c.visibility, MEMBERSHIP.c.shown_name)
    .order_by(MEMBERSHIP.c.person_id)
)
_ANSWERED_BY = _ANSWERED.where(MEMBERSHIP.c.person_id.in_(bindparam("persons", expanding=True)))


def told(db: Connection, schedule_id: int) -> datetime | None:
    """When a schedule last posted something that was not refused, if it ever did."""
    return db.execute(_TOLD, {"schedule": schedule_id}).scalar()


def _days(begin: datetime, end: datetime) -> dict[str, Any]:
    """A span with the days, of whatever zone, among which its posts and questions are looked for."""
    days = {"since": (begin - OPEN_AT_MOST).date(), "until": (end + timedelta(days=1)).date()}
    return {"begin": begin, "end": end, **days}


def concepts(db: Connection, group_id: int, begin: datetime, end: datetime) -> list[str]:
    """The concepts that the group was posted, by content id, the first one first."""
    return [row.content for row in db.execute(_CONCEPTS, {"group": group_id, **_days(begin, end)})]


def asked(db: Connection, group_id: int, begin: datetime, end: datetime) -> list[Asked]:
    """The questions of the group's dailies and live rounds that were posed, or answered, in the span."""
    rows = db.execute(_ASKED, {"group": group_id, **_days(begin, end)})
    return [Asked(json.loads(row.snapshot)["topic"], row.answered, row.right, row.people) for row in rows]


def answered(db: Connection, group_id: int, begin: datetime, end: datetime) -> list[Answered]:
    """What each member answered in the group, alone or together with others, from one moment to before another."""
    rows = db.execute(_ANSWERED, {"group": group_id, "since": begin - OPEN_AT_MOST, "begin": begin, "end": end})
    return [Answered(row.person_id, Tally(row.answered, row.right), row.name) for row in rows]


def answered_by(
    db: Connection, group_id: int, persons: Sequence[int], begin: datetime, end: datetime
) -> dict[int, Tally]:
    """The same of some members alone, by person."""
    span = {"since": begin - OPEN_AT_MOST, "begin": begin, "end": end}
    found: dict[int, Tally] = {}
    for start in range(0, len(persons), AT_ONCE):
        some = persons[start : start + AT_ONCE]
        rows = db.execute(_ANSWERED_BY, {"group": group_id, "persons": some, **span})
        found |= {row.person_id: Tally(row.answered, row.right) for row in rows}
    return found
