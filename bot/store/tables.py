"""Every table, as SQLModel classes; the migrations are tested to be equal to them."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import BigInteger, DateTime, Dialect, Index, Integer, MetaData, Table, Text, UniqueConstraint, text
from sqlalchemy.types import TypeDecorator
from sqlmodel import Field, SQLModel

NAMING = {
    "ix": "ix_%(column_0_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
metadata = MetaData(naming_convention=NAMING)
BigInt = BigInteger().with_variant(Integer(), "sqlite")


def _in_utc(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError(f"a moment needs its zone: {moment}")
    return moment.astimezone(UTC)


@lru_cache(maxsize=64)  # most of what one gesture writes happens at the same moment
def _as_text(moment: datetime | None) -> str | None:
    return _in_utc(moment).replace(tzinfo=None).isoformat(" ", "microseconds") if moment else None


class Utc(TypeDecorator[datetime]):
    """An aware moment in UTC; a naive one is refused. SQLite keeps it without the zone, PostgreSQL with it."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """The same moment in UTC."""
        return _in_utc(value) if value else None

    def bind_processor(self, dialect: Dialect) -> Callable[[datetime | None], Any] | None:
        """The same for SQLite, whose text is what SQLAlchemy would write."""
        return _as_text if dialect.name == "sqlite" else super().bind_processor(dialect)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """An aware moment in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class Base(SQLModel):
    """The parent of every table."""

    metadata = metadata


def _key() -> Any:
    return Field(default=None, primary_key=True, sa_type=BigInt)


def _to(column: str, *, index: bool = False, default: Any = ...) -> Any:
    return Field(default=default, foreign_key=column, index=index, sa_type=BigInt)


def _moment(default: Any = ...) -> Any:
    return Field(default=default, sa_type=Utc)


def _long(default: Any = ...) -> Any:
    return Field(default=default, sa_type=Text)


def _added() -> Any:
    """Text that rows of an older release do not have: empty there."""
    return Field(default="", sa_column_kwargs={"server_default": text("''")})


def _none_yet() -> Any:
    """A count that rows of an older release do not have: 0 there."""
    return Field(default=0, sa_column_kwargs={"server_default": text("0")})


class Group(Base, table=True):
    """A study group: its own calendar, language, draws and boards."""

    __tablename__ = "group"
    id: int | None = _key()
    name: str
    zone: str = "UTC"
    locale: str = "en"
    secret: str
    created_at: datetime = _moment()


class Home(Base, table=True):
    """A place where a group lives; `workspace` and `channel` are empty for none.

    `removed_at`: since when the bot is no longer there. `installer`: who added it, by the platform's own id.
    """

    __tablename__ = "home"
    __table_args__ = (UniqueConstraint("platform", "workspace", "channel"),)
    id: int | None = _key()
    platform: str
    workspace: str
    channel: str
    group_id: int = _to("group.id", index=True)
    removed_at: datetime | None = _moment(None)
    installer: str = _added()


class Person(Base, table=True):
    """A human being, with one account or several.

    `streak`: how many days in a row they have locked an answer, up to `streak_day`; `longest`: their longest ever.
    """

    __tablename__ = "person"
    id: int | None = _key()
    zone: str | None = None
    last_group_id: int | None = _to("group.id", default=None)
    created_at: datetime = _moment()
    streak: int = _none_yet()
    longest: int = _none_yet()
    streak_day: date | None = None


class Account(Base, table=True):
    """A person's account on a platform, by the platform's own id."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("platform", "user"),)
    id: int | None = _key()
    platform: str
    user: str
    name: str
    person_id: int = _to("person.id", index=True)


class Membership(Base, table=True):
    """A person in a group, and how they appear on its boards: unset, name, nickname or hidden."""

    __tablename__ = "membership"
    __table_args__ = (Index("ix_membership_shown", "group_id", "visibility", "person_id"),)
    group_id: int = Field(foreign_key="group.id", primary_key=True, sa_type=BigInt)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, sa_type=BigInt)
    visibility: str = "unset"
    shown_name: str = ""
    joined_at: datetime = _moment()


class Season(Base, table=True):
    """A stretch of a group's time within which a question scores once."""

    __tablename__ = "season"
    __table_args__ = (UniqueConstraint("group_id", "number"),)
    id: int | None = _key()
    group_id: int = _to("group.id")
    number: int
    opened_at: datetime = _moment()
    closed_at: datetime | None = _moment(None)


class Item(Base, table=True):
    """A question as it is played; `scope` is 0 for everyone's, else the group whose own version it is."""

    __tablename__ = "item"
    __table_args__ = (UniqueConstraint("content_id", "version", "scope"),)
    id: int | None = _key()
    content_id: str
    version: int
    scope: int = Field(default=0, sa_type=BigInt)
    snapshot: str = _long()
    state: str = "live"
    created_at: datetime = _moment()


class Round(Base, table=True):
    """Questions that belong together: a solo quiz, a live round, a daily, a review."""

    __tablename__ = "round"
    __table_args__ = (
        Index("ix_round_open", "group_id", "kind", "state"),
        Index("ix_round_own", "person_id", "state"),
    )
    id: int | None = _key()
    group_id: int = _to("group.id")
    season_id: int = _to("season.id")
    kind: str
    state: str = "open"
    person_id: int | None = _to("person.id", default=None)
    starter_id: int = _to("account.id", index=True)
    place: str | None = None
    level: int | None = None
    seconds: int | None = None
    day: date
    once: str | None = Field(default=None, unique=True)
    platform: str = ""
    workspace: str = ""
    channel: str = ""
    thread: str = ""
    created_at: datetime = _moment()
    closed_at: datetime | None = _moment(None)


class RoundItem(Base, table=True):
    """One question of a round, in its place, with its draw."""

    __tablename__ = "round_item"
    __table_args__ = (UniqueConstraint("round_id", "position"),)
    id: int | None = _key()
    round_id: int = _to("round.id")
    position: int
    item_id: int = _to("item.id")
    seed: int = Field(sa_type=BigInt)
    opened_at: datetime | None = _moment(None)
    closes_at: datetime | None = _moment(None)
    closed_at: datetime | None = _moment(None)


class Exposure(Base, table=True):
    """One showing of a question: to a person, or to a group when `person_id` is empty."""

    __tablename__ = "exposure"
    __table_args__ = (Index("ix_exposure_group", "group_id", "person_id", "content_id", "shown_at"),)
    id: int | None = _key()
    person_id: int | None = _to("person.id", index=True, default=None)
    group_id: int = _to("group.id")
    round_item_id: int = _to("round_item.id", index=True)
    content_id: str
    seed: int = Field(sa_type=BigInt)
    option_order: str
    place: str
    shown_at: datetime = _moment()
    answered_at: datetime | None = _moment(None)
    first: bool


class Seen(Base, table=True):
    """When a person was last shown a question: what every draw asks for, kept beside all of their exposures."""

    __tablename__ = "seen"
    __table_args__ = {"sqlite_with_rowid": False}
    person_id: int = Field(foreign_key="person.id", primary_key=True, sa_type=BigInt)
    content_id: str = Field(primary_key=True)
    shown_at: datetime = _moment()


class Answer(Base, table=True):
    """What an account answered to a question of a round; graded once it is locked."""

    __tablename__ = "answer"
    __table_args__ = (
        UniqueConstraint("round_item_id", "account_id"),
        Index("ix_answer_person", "person_id", "given_at"),
    )
    id: int | None = _key()
    round_item_id: int = _to("round_item.id")
    account_id: int = _to("account.id", index=True)
    person_id: int = _to("person.id")
    content_id: str
    response: str = _long()
    correct: bool | None = None
    points: int = 0
    given_at: datetime = _moment()
    locked_at: datetime | None = _moment(None)


class Ledger(Base, table=True):
    """Points, for ever: rows are added, never changed; `once` lets an item score once a season."""

    __tablename__ = "ledger"
    __table_args__ = (
        UniqueConstraint("account_id", "season_id", "once"),
        Index("ix_ledger_group", "group_id", "day"),
        Index("ix_ledger_by", "by_id"),  # of rows that have one, says its migration; said here, that would load every
        # driver of PostgreSQL at each start
    )
    id: int | None = _key()
    account_id: int = _to("account.id")
    group_id: int = _to("group.id")
    season_id: int = _to("season.id")
    day: date
    track: str
    item: str
    what: str
    points: int
    why: str = ""
    by_id: int | None = _to("account.id", default=None)
    once: str
    at: datetime = _moment()


class BoardRow(Base, table=True):
    """Somebody's points on one board; kept in step with the ledger, and can be rebuilt from it."""

    __tablename__ = "board_row"
    __table_args__ = (Index("ix_board_row_rank", "board", "points", "person_id"),)
    board: str = Field(primary_key=True)
    person_id: int = Field(foreign_key="person.id", primary_key=True, index=True, sa_type=BigInt)
    points: int
    answers: int
    expires: date | None = Field(default=None, index=True)


class Message(Base, table=True):
    """What a channel or an account should show: the latest card, and which revision the platform has.

    `below`: the key of the message in whose thread this one belongs, `title`: what that thread is called; `only_there`:
    1 if it is not worth the channel where there can be no thread. `opened`: the thread below this message; empty if
    nobody has tried, "-" if it was refused.
    """

    __tablename__ = "message"
    __table_args__ = (Index("ix_message_due", "state", "platform", "due_at", "id"),)
    id: int | None = _key()
    key: str = Field(unique=True)
    group_id: int | None = _to("group.id", default=None)
    platform: str
    workspace: str = ""
    channel: str = ""
    thread: str = ""
    user: str = ""
    card: str = _long()
    wanted: int = 1
    sent: int = 0
    state: str = "due"
    ref: str | None = None
    attempts: int = 0
    due_at: datetime = _moment()
    sending_since: datetime | None = _moment(None)
    error: str = _long("")
    created_at: datetime = _moment()
    below: str = _added()
    title: str = _added()
    opened: str = _added()
    only_there: int = _none_yet()


class Alarm(Base, table=True):
    """Something that must happen at a moment; the row goes when it has happened."""

    __tablename__ = "alarm"
    __table_args__ = (Index("ix_alarm_due", "at", "id"),)
    id: int | None = _key()
    key: str = Field(unique=True)
    group_id: int = _to("group.id")
    at: datetime = _moment()
    action: str
    args: str = _long("[]")
    attempts: int = 0


class Job(Base, table=True):
    """Slow work that was asked for."""

    __tablename__ = "job"
    __table_args__ = (Index("ix_job_due", "state", "due_at", "id"),)
    id: int | None = _key()
    group_id: int | None = _to("group.id", default=None)
    kind: str
    args: str = _long("{}")
    state: str = "due"
    attempts: int = 0
    due_at: datetime = _moment()
    error: str = _long("")
    created_at: datetime = _moment()


class Handled(Base, table=True):
    """A delivery of a platform that has been dealt with; kept for a day."""

    __tablename__ = "handled"
    platform: str = Field(primary_key=True)
    delivery: str = Field(primary_key=True)
    at: datetime = Field(sa_type=Utc, index=True)


class Schedule(Base, table=True):
    """Something that a channel gets on its own local days at its own time of the day.

    `wall` is that time, as in `09:00`; `zone` is empty where it follows the group's. `last_day`: the last local day
    that is done with; `next_day` and `next_at`: the one to come, where there is one. `topic`: a place, a list of them
    or the group's weakest; `plan_at`: how many of a list have been used. `closes_after` in minutes. `quiet`: how many
    posts in a row had hardly an answer; `failed`: how many could not be sent; `warned`: what its moderators know of.
    """

    __tablename__ = "schedule"
    __table_args__ = (Index("ix_schedule_place", "platform", "workspace", "channel"),)
    id: int | None = _key()
    group_id: int = _to("group.id", index=True)
    kind: str
    platform: str
    workspace: str
    channel: str
    wall: str
    zone: str = ""
    days: str
    topic: str = ""
    plan_at: int = 0
    questions: int = 1
    closes_after: int = 0
    ping: str = ""
    state: str = "on"
    last_day: date | None = None
    next_day: date | None = None
    next_at: datetime | None = _moment(None)
    quiet: int = 0
    failed: int = 0
    warned: str = _long("")
    created_by: int = _to("account.id", index=True)
    created_at: datetime = _moment()


class Firing(Base, table=True):
    """What became of one local day of a schedule: `posted`, `missed`, `skipped`, `empty`, `late`; one row at most.

    `key` is the message's, `content` the concept's or the challenge's.
    """

    __tablename__ = "firing"
    __table_args__ = (UniqueConstraint("schedule_id", "day"), Index("ix_firing_group", "group_id", "day"))
    id: int | None = _key()
    schedule_id: int = _to("schedule.id")
    group_id: int = _to("group.id")
    day: date
    state: str
    at: datetime = _moment()
    round_id: int | None = _to("round.id", index=True, default=None)
    content: str = ""
    key: str = ""


class Reminder(Base, table=True):
    """What a person wants to be reminded of, on which account, at which time of their own day.

    `how`: in private (`tell`) or by a mention (`mention`); `failures`: how often in a row it could not be said.
    """

    __tablename__ = "reminder"
    __table_args__ = (UniqueConstraint("person_id", "kind"), Index("ix_reminder_group", "group_id", "kind"))
    id: int | None = _key()
    person_id: int = _to("person.id")
    kind: str
    account_id: int = _to("account.id", index=True)
    group_id: int = _to("group.id")
    wall: str
    how: str = "tell"
    failures: int = 0


class Setting(Base, table=True):
    """One setting of a group that differs from its default."""

    __tablename__ = "setting"
    group_id: int = Field(foreign_key="group.id", primary_key=True, sa_type=BigInt)
    name: str = Field(primary_key=True)
    value: str = _long()


class Report(Base, table=True):
    """A member's report that something is wrong with a question."""

    __tablename__ = "report"
    id: int | None = _key()
    group_id: int = _to("group.id", index=True)
    round_item_id: int = _to("round_item.id", index=True)
    account_id: int = _to("account.id", index=True)
    reason: str
    words: str = _long("")
    at: datetime = _moment()


class Turn(Base, table=True):
    """From when on whoever asks next for the turn called `name` may go, in microseconds since 1970."""

    __tablename__ = "turn"
    name: str = Field(primary_key=True)
    free_at: int = Field(sa_type=BigInt)


class Installation(Base, table=True):
    """What a platform gave us when the bot was added to a workspace: a grant, sealed."""

    __tablename__ = "installation"
    __table_args__ = (UniqueConstraint("platform", "workspace"),)
    id: int | None = _key()
    platform: str
    workspace: str
    sealed: str = _long()
    installed_at: datetime = _moment()


class InstallState(Base, table=True):
    """An installation that somebody has begun; `state` is the hash of what the platform will bring back."""

    __tablename__ = "install_state"
    id: int | None = _key()
    platform: str
    state: str = Field(unique=True)
    expires_at: datetime = Field(sa_type=Utc, index=True)


def table_of(model: type[Base]) -> Table:
    """The SQLAlchemy table of a SQLModel class, for statements that are built once."""
    return metadata.tables[str(model.__tablename__)]
