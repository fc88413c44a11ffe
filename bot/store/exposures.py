"""What has been shown to whom, so that nothing repeats too soon and learning can be measured; and reports on it."""

from collections.abc import Sequence
from datetime import datetime

from msgspec import Struct
from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    bindparam,
    exists,
    func,
    insert,
    literal_column,
    select,
    union_all,
    update,
)

from bot.store import tables
from bot.store.prepared import PerDialect, Prepared
from bot.store.rounds import ITEM, OPEN_CONTENTS, ROUND, ROUND_ITEM, Play
from bot.store.tables import table_of

EXPOSURE = table_of(tables.Exposure)
SEEN = table_of(tables.Seen)
REPORT = table_of(tables.Report)
# Whether it is the person's first time, told by the row itself; a group's showing (no person) always counts as one.
_EXPOSE = Prepared(
    insert(EXPOSURE).values(
        first=~exists().where(SEEN.c.person_id == bindparam("whom"), SEEN.c.content_id == bindparam("what"))
    )
)
_SEE = PerDialect(
    SEEN,
    lambda new: new.on_conflict_do_update(
        index_elements=["person_id", "content_id"],
        set_={"shown_at": new.excluded.shown_at},
        where=SEEN.c.shown_at < new.excluded.shown_at,  # a daily counts from when it was posted, and may come second
    ),
)
_EXPOSED = Prepared(
    update(EXPOSURE)
    .where(EXPOSURE.c.round_item_id == bindparam("play"), EXPOSURE.c.person_id == bindparam("person"))
    .values(answered_at=bindparam("now"))
)


def _kind(number: int) -> ColumnElement[int]:
    """Which of the lists of `before_a_draw` a row belongs to."""
    return literal_column(str(number), Integer).label("kind")


_BY_GROUP = (
    select(_kind(0), EXPOSURE.c.content_id, func.max(EXPOSURE.c.shown_at).label("latest"))
    .where(EXPOSURE.c.group_id == bindparam("group"), EXPOSURE.c.person_id.is_(None))
    .group_by(EXPOSURE.c.content_id)
)
_SEEN_BY_GROUP = Prepared(
    _BY_GROUP.with_only_columns(EXPOSURE.c.content_id).order_by(func.max(EXPOSURE.c.shown_at), EXPOSURE.c.content_id)
)
_BY_PERSON = select(_kind(1), SEEN.c.content_id, SEEN.c.shown_at.label("latest")).where(
    SEEN.c.person_id == bindparam("person")
)
_OPEN = OPEN_CONTENTS.with_only_columns(_kind(2), ITEM.c.content_id, ROUND.c.created_at.label("latest"))
_ALL_KINDS = union_all(_BY_GROUP, _BY_PERSON, _OPEN).subquery()
_BEFORE_A_DRAW = Prepared(
    select(_ALL_KINDS.c.kind, _ALL_KINDS.c.content_id).order_by(_ALL_KINDS.c.latest, _ALL_KINDS.c.content_id)
)
_REPORTS = Prepared(
    select(REPORT.c.at, ITEM.c.content_id, REPORT.c.reason, REPORT.c.words)
    .select_from(
        REPORT.join(ROUND_ITEM, ROUND_ITEM.c.id == REPORT.c.round_item_id).join(ITEM, ITEM.c.id == ROUND_ITEM.c.item_id)
    )
    .order_by(REPORT.c.id.desc())
)


class ReportRow(Struct, frozen=True):
    """What somebody found wrong with a question; not who."""

    at: datetime
    content_id: str
    reason: str
    words: str


def expose(
    db: Connection,
    play: Play,
    *,
    person_id: int | None,
    order: Sequence[int],
    place: str,
    now: datetime,
    answered: bool = False,
) -> None:
    """Note that a question was shown to a person, or (`person_id` None) to the whole group."""
    _EXPOSE.run(
        db,
        person_id=person_id,
        group_id=play.round.group_id,
        round_item_id=play.id,
        content_id=play.content_id,
        seed=play.seed,
        option_order=",".join(str(option) for option in order),
        place=place,
        shown_at=play.opened_at or now,
        answered_at=now if answered else None,
        whom=person_id,
        what=play.content_id,
    )
    if person_id is not None:
        _SEE.run(db, person_id=person_id, content_id=play.content_id, shown_at=play.opened_at or now)


def exposed_answered(db: Connection, play_id: int, person_id: int, now: datetime) -> None:
    """Note that the person has answered what they were shown."""
    _EXPOSED.run(db, play=play_id, person=person_id, now=now)


def seen_by_group(db: Connection, group_id: int) -> Sequence[str]:
    """The questions that the group was posted, by content id, the one whose last time is longest ago first."""
    return _SEEN_BY_GROUP.scalars(db, group=group_id)


def before_a_draw(db: Connection, group_id: int, person_id: int) -> tuple[list[str], list[str], list[str]]:
    """What the group was posted, and what the person has seen, as `seen_by_group` has it; what is open as a daily."""
    found: tuple[list[str], list[str], list[str]] = [], [], []
    for kind, content_id in _BEFORE_A_DRAW.all(db, group=group_id, person=person_id, of_kind="daily"):
        found[kind].append(content_id)
    return found


def reports(db: Connection) -> list[ReportRow]:
    """Every report that is kept, the newest first."""
    return [ReportRow(*row) for row in _REPORTS.all(db)]


def add_report(db: Connection, play: Play, account_id: int, reason: str, words: str, now: datetime) -> None:
    """Keep what a member reports on a question."""
    db.execute(
        insert(REPORT).values(
            group_id=play.round.group_id,
            round_item_id=play.id,
            account_id=account_id,
            reason=reason,
            words=words,
            at=now,
        )
    )
