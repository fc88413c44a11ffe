"""How a group has done of late, question by question, so that what it is weakest in can come next."""

from datetime import date

from sqlalchemy import Connection, Integer, bindparam, case, func, select

from bot.store.prepared import Prepared
from bot.store.scores import LEDGER, SEEN

_BY_ITEM = Prepared(
    select(
        LEDGER.c.item,
        func.count().label("answered"),
        func.sum(case((LEDGER.c.points > 0, 1), else_=0)).cast(Integer).label("right"),
    )
    .where(LEDGER.c.group_id == bindparam("group"), LEDGER.c.day >= bindparam("since"), LEDGER.c.what != SEEN)
    .group_by(LEDGER.c.item)
)


def by_item(db: Connection, group_id: int, since: date) -> dict[str, tuple[int, int]]:
    """By content id, how many answers of the group have counted since a day, and how many of them were right."""
    rows = _BY_ITEM.all(db, group=group_id, since=since)
    return {item: (answered, right) for item, answered, right in rows}
