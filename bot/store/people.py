"""Groups, people, accounts and memberships: who asks, and for which group; `homes` has where groups live."""

from collections.abc import Sequence
from datetime import date, datetime

from msgspec import Struct
from msgspec.structs import replace
from sqlalchemy import Connection, and_, bindparam, insert, null, or_, select, update

from bot.chat.people import Account, Actor, Space
from bot.store import tables
from bot.store.prepared import PerDialect, Prepared
from bot.store.tables import table_of

GROUP = table_of(tables.Group)
HOME = table_of(tables.Home)
PERSON = table_of(tables.Person)
ACCOUNT = table_of(tables.Account)
MEMBERSHIP = table_of(tables.Membership)
SEASON = table_of(tables.Season)


class GroupRow(Struct, frozen=True):
    """A group, with the season that is open."""

    id: int
    name: str
    zone: str
    locale: str
    secret: str
    season_id: int
    season: int


class MemberRow(Struct, frozen=True):
    """An account, its person, and their membership of the group in question; `streak_day` as their row has it."""

    account_id: int
    person_id: int
    zone: str | None
    visibility: str
    shown_name: str
    name: str
    last_group_id: int | None
    streak_day: date | None


class Caller(Struct, frozen=True):
    """Who asks and for which group; each part None if it is not known yet.

    `at_home`: they ask in the workspace that the group is named after. `removed`: the bot was taken out of there, as
    far as we know.
    """

    group: GroupRow | None
    member: MemberRow | None
    account_id: int | None = None
    person_id: int | None = None
    at_home: bool = False
    removed: bool = False


_GROUP_COLUMNS = (  # in the order of GroupRow
    GROUP.c.id,
    GROUP.c.name,
    GROUP.c.zone,
    GROUP.c.locale,
    GROUP.c.secret,
    SEASON.c.id,
    SEASON.c.number,
)
_MEMBER_COLUMNS = (  # in the order of MemberRow
    ACCOUNT.c.id,
    PERSON.c.id,
    PERSON.c.zone,
    MEMBERSHIP.c.visibility,
    MEMBERSHIP.c.shown_name,
    ACCOUNT.c.name,
    PERSON.c.last_group_id,
    PERSON.c.streak_day,
)
_PARTED = len(_GROUP_COLUMNS)  # where a caller's row goes on with the member
_WITH_MEMBER = (
    GROUP.join(SEASON, and_(SEASON.c.group_id == GROUP.c.id, SEASON.c.closed_at.is_(None)))
    .outerjoin(ACCOUNT, and_(ACCOUNT.c.platform == bindparam("on"), ACCOUNT.c.user == bindparam("user")))
    .outerjoin(PERSON, PERSON.c.id == ACCOUNT.c.person_id)
    .outerjoin(MEMBERSHIP, and_(MEMBERSHIP.c.group_id == GROUP.c.id, MEMBERSHIP.c.person_id == PERSON.c.id))
)
# The most specific home wins: a channel's own before the workspace's.
_BY_SPACE = Prepared(
    select(*_GROUP_COLUMNS, *_MEMBER_COLUMNS, HOME.c.channel, HOME.c.removed_at)
    .select_from(HOME.join(_WITH_MEMBER, GROUP.c.id == HOME.c.group_id))
    .where(
        HOME.c.platform == bindparam("on"),
        HOME.c.workspace == bindparam("workspace"),
        or_(HOME.c.channel == bindparam("channel"), HOME.c.channel == ""),
    )
    .order_by(HOME.c.channel.desc())
    .limit(1)
)
_IN_PRIVATE = select(*_GROUP_COLUMNS, *_MEMBER_COLUMNS, null(), null()).select_from(_WITH_MEMBER).limit(1)
_LAST_GROUP = Prepared(_IN_PRIVATE.where(GROUP.c.id == PERSON.c.last_group_id))
_OWN_GROUP = Prepared(_IN_PRIVATE.where(GROUP.c.id == bindparam("about"), MEMBERSHIP.c.person_id.is_not(None)))
_GROUP_BY_ID = Prepared(
    select(*_GROUP_COLUMNS)
    .select_from(GROUP.join(SEASON, and_(SEASON.c.group_id == GROUP.c.id, SEASON.c.closed_at.is_(None))))
    .where(GROUP.c.id == bindparam("id"))
)
_WITHOUT_ZONE = Prepared(
    select(PERSON.c.id)
    .select_from(MEMBERSHIP.join(PERSON, PERSON.c.id == MEMBERSHIP.c.person_id))
    .where(MEMBERSHIP.c.group_id == bindparam("group"), PERSON.c.zone.is_(None))
)
_HOLD_GROUP = Prepared(select(GROUP.c.id).where(GROUP.c.id == bindparam("id")).with_for_update(key_share=True))
_ACCOUNT = Prepared(
    select(ACCOUNT.c.id, ACCOUNT.c.person_id).where(
        ACCOUNT.c.platform == bindparam("on"), ACCOUNT.c.user == bindparam("user_id")
    )
)
_ACCOUNT_BY_ID = Prepared(select(ACCOUNT.c.platform, ACCOUNT.c.user).where(ACCOUNT.c.id == bindparam("account")))
_NEW_ACCOUNT = PerDialect(
    ACCOUNT, lambda new: new.on_conflict_do_nothing(index_elements=["platform", "user"]).returning(ACCOUNT.c.id)
)
_NEW_MEMBERSHIP = PerDialect(
    MEMBERSHIP, lambda new: new.on_conflict_do_nothing(index_elements=["group_id", "person_id"])
)


def find_caller(db: Connection, actor: Actor, space: Space, about: int = 0) -> Caller:
    """Group, person and membership in one statement.

    In a direct message the group is the one that it is `about`, if the person belongs to it, else their last one.
    """
    if space.workspace is None:
        who = {"on": actor.platform, "user": actor.user}
        row = _OWN_GROUP.first(db, **who, about=about) if about else None
        if row is None:
            row = _LAST_GROUP.first(db, **who)
    else:
        asked = {
            "on": actor.platform,
            "user": actor.user,
            "workspace": space.workspace,
            "channel": space.channel or "",
        }
        row = _BY_SPACE.first(db, **asked)
    if row is None:
        return Caller(None, None)
    *own, channel, removed_at = row[_PARTED:]
    account_id, person_id, _zone, visibility, *_more = own
    member = MemberRow(*own) if visibility is not None else None
    return Caller(GroupRow(*row[:_PARTED]), member, account_id, person_id, channel == "", removed_at is not None)


def account_of(db: Connection, account_id: int) -> Account:
    """An account by its row."""
    return Account(*_ACCOUNT_BY_ID.one(db, account=account_id))


def find_group(db: Connection, group_id: int) -> GroupRow:
    """The group with that id. Raises LookupError."""
    row = _GROUP_BY_ID.first(db, id=group_id)
    if row is None:
        raise LookupError(f"no group {group_id}")
    return GroupRow(*row)


def join(db: Connection, caller: Caller, actor: Actor, group: GroupRow, now: datetime) -> MemberRow:
    """Make the caller a person with an account and a membership, as far as they are none yet."""
    account_id, person_id = caller.account_id, caller.person_id
    if account_id is None or person_id is None:
        account_id, person_id = _new_account(db, actor, now)
    _NEW_MEMBERSHIP.run(db, group_id=group.id, person_id=person_id, visibility="unset", shown_name="", joined_at=now)
    db.execute(update(PERSON).where(PERSON.c.id == person_id).values(last_group_id=group.id))
    row = db.execute(
        select(PERSON.c.zone, PERSON.c.streak_day, MEMBERSHIP.c.visibility, MEMBERSHIP.c.shown_name)
        .select_from(MEMBERSHIP.join(PERSON, PERSON.c.id == MEMBERSHIP.c.person_id))
        .where(MEMBERSHIP.c.person_id == person_id, MEMBERSHIP.c.group_id == group.id)
    ).one()
    return MemberRow(
        account_id, person_id, row.zone, row.visibility, row.shown_name, actor.name, group.id, row.streak_day
    )


def _new_account(db: Connection, actor: Actor, now: datetime) -> tuple[int, int]:
    found = _ACCOUNT.first(db, on=actor.platform, user_id=actor.user)
    if found is not None:
        return found[0], found[1]
    person_id = db.execute(insert(PERSON).values(created_at=now).returning(PERSON.c.id)).scalar_one()
    account = {"platform": actor.platform, "user": actor.user, "name": actor.name, "person_id": person_id}
    account_id = _NEW_ACCOUNT.scalar(db, **account)
    if account_id is not None:
        return account_id, person_id
    db.execute(PERSON.delete().where(PERSON.c.id == person_id))  # another process was quicker
    account_id, person_id = _ACCOUNT.one(db, on=actor.platform, user_id=actor.user)
    return account_id, person_id


def refresh(db: Connection, member: MemberRow, actor: Actor, group: GroupRow, *, private: bool) -> MemberRow:
    """Keep the name that the platform shows today, and the group that the person was last active in.

    A board shows the name that somebody has in its own group: in `private` they may have another one.
    """
    if member.last_group_id != group.id:
        db.execute(update(PERSON).where(PERSON.c.id == member.person_id).values(last_group_id=group.id))
    if private:
        return member
    if member.name != actor.name:
        db.execute(update(ACCOUNT).where(ACCOUNT.c.id == member.account_id).values(name=actor.name))
        member = replace(member, name=actor.name)
    if member.visibility == "name" and member.shown_name != actor.name:
        set_visibility(db, group.id, member.person_id, "name", actor.name)
        member = replace(member, shown_name=actor.name)
    return member


def keep_name(db: Connection, caller: Caller, group: GroupRow, space: Space, name: str) -> GroupRow:
    """Call the group what its workspace is called today, unless it lives in a channel and has a name of its own."""
    if not name or group.name == name or not (caller.at_home or group.name == space.workspace):
        return group
    db.execute(update(GROUP).where(GROUP.c.id == group.id).values(name=name))
    return replace(group, name=name)


def set_person_zone(db: Connection, person_id: int, zone: str) -> None:
    """The zone in which this person reads times."""
    db.execute(update(PERSON).where(PERSON.c.id == person_id).values(zone=zone))


def set_visibility(db: Connection, group_id: int, person_id: int, visibility: str, shown_name: str) -> None:
    """How this person appears on the group's boards."""
    db.execute(
        update(MEMBERSHIP)
        .where(MEMBERSHIP.c.group_id == group_id, MEMBERSHIP.c.person_id == person_id)
        .values(visibility=visibility, shown_name=shown_name)
    )


def hold_group(db: Connection, group_id: int) -> None:
    """Make everybody else who would hold the group wait until this transaction ends."""
    _HOLD_GROUP.run(db, id=group_id)


def without_zone(db: Connection, group_id: int) -> list[int]:
    """Those of a group's people whose days are the group's, since they have no zone of their own."""
    return _WITHOUT_ZONE.scalars(db, group=group_id)


def set_group(db: Connection, group_id: int, *, zone: str | None = None, locale: str | None = None) -> None:
    """The group's own time zone or language."""
    values = {name: value for name, value in (("zone", zone), ("locale", locale)) if value is not None}
    if values:
        db.execute(update(GROUP).where(GROUP.c.id == group_id).values(**values))


def shown_names(db: Connection, group_id: int, person_ids: Sequence[int]) -> dict[int, str]:
    """The names of those people who chose to be shown in the group."""
    if not person_ids:
        return {}
    rows = db.execute(
        select(MEMBERSHIP.c.person_id, MEMBERSHIP.c.shown_name).where(
            MEMBERSHIP.c.group_id == group_id,
            MEMBERSHIP.c.person_id.in_(person_ids),
            MEMBERSHIP.c.visibility.in_(("name", "nickname")),
        )
    )
    return {row.person_id: row.shown_name for row in rows}
