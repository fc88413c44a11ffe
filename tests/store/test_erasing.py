"""What the bot was taken out of is erased after thirty days: all of it, in portions, and nothing else."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, Table, insert, select, update

from bot.beat import KEPT_HOMES
from bot.chat.people import Space
from bot.store import erasing, exposures, homes, rounds, scores, settings, tables
from bot.store.engine import transaction
from bot.store.people import ACCOUNT, GROUP, HOME, MEMBERSHIP, PERSON
from bot.store.tables import metadata, table_of
from tests.clock import Clock
from tests.store.study import LEDGER, Study, check_books, said, shown, ways

ALPHA, BETA = 1, 2
SCHEDULE = table_of(tables.Schedule)
FIRING = table_of(tables.Firing)
REMINDER = table_of(tables.Reminder)
ITEM = table_of(tables.Item)
JOB = table_of(tables.Job)
Rows = dict[str, set[tuple[Any, ...]]]


def everything(db: Connection) -> Rows:
    """Every row of every table."""
    return {name: {tuple(row) for row in db.execute(select(table))} for name, table in metadata.tables.items()}


def fill(study: Study, clock: Clock) -> None:
    """Ann plays in alpha and beta, bea and cem in alpha alone, dag in beta alone: every table has rows of alpha."""
    for group in ("alpha", "beta"):
        study.say("ann", "quiz live", group=group, topic="vectors", questions=2, seconds=30)
        for member in ("ann", "bea" if group == "alpha" else "dag"):
            study.answer(member, ways(study.open_live(group))[0], group=group)
        reply = study.say("ann", "daily", group=group).reply
        assert reply
        study.answer("ann", ways(reply.card)[0], group=group)
        for _quiz in range(3):
            asked = study.say("ann", "quiz start", group=group, questions=1)
            study.answer("ann", shown(asked)[1], group=group)
        with transaction(study.engine) as db:
            number = ALPHA if group == "alpha" else BETA
            settings.put(db, number, "moderators", "mod")
            place = {"platform": "test", "workspace": group, "channel": "study"}
            ann = select(ACCOUNT.c.id).where(ACCOUNT.c.user == "ann").scalar_subquery()
            more = {"group_id": number, "created_by": ann, "created_at": clock.now}
            made = insert(SCHEDULE).values(**place, **more, kind="quiz", wall="09:00", days="daily")
            schedule = db.execute(made.returning(SCHEDULE.c.id)).scalar_one()
            day = {"day": clock.now.date(), "state": "posted", "at": clock.now}
            db.execute(insert(FIRING).values(schedule_id=schedule, group_id=number, **day))
            name = "bea" if group == "alpha" else "dag"
            who = select(ACCOUNT.c.person_id, ACCOUNT.c.id).where(ACCOUNT.c.user == name)
            person, account = db.execute(who).one()
            mine = {"person_id": person, "account_id": account, "group_id": number}
            db.execute(insert(REMINDER).values(**mine, kind="daily", wall="08:00"))
            own = {"content_id": "q.own", "version": 1, "scope": number, "snapshot": "{}", "state": "live"}
            db.execute(insert(ITEM).values(**own, created_at=clock.now))
            (live,) = rounds.open_rounds(db, number, "live")
            play = rounds.play_at(db, live.id, 0)
            assert play
            exposures.add_report(db, play, play.round.starter_id, "wrong", "words", clock.now)
            job = {"kind": "explain", "args": "{}", "state": "due", "attempts": 0, "error": ""}
            db.execute(insert(JOB).values(**job, group_id=number, due_at=clock.now, created_at=clock.now))
    study.say("cem", "mate", group="alpha")
    clock.advance(seconds=31)
    study.beat.run()
    with transaction(study.engine) as db:  # bea, who is in alpha alone, undid something of ann's in beta
        bea = select(ACCOUNT.c.id).where(ACCOUNT.c.user == "bea").scalar_subquery()
        some = select(LEDGER.c.id).where(LEDGER.c.group_id == BETA).limit(1).scalar_subquery()
        db.execute(update(LEDGER).where(LEDGER.c.id == some).values(by_id=bea))


def leave(study: Study, clock: Clock, group: str = "alpha") -> None:
    """The bot is taken out of a workspace."""
    with transaction(study.engine) as db:
        assert homes.leave(db, Space("test", group), clock.now) == 1


def erase_all(engine: Engine, before: datetime, most: int) -> list[int]:
    """Portion after portion until nothing is left; how many rows each was."""
    portions = []
    while not portions or portions[-1]:
        with transaction(engine) as db:
            portions.append(erasing.erase(db, before, most))
        assert len(portions) < 2_000, "it never ends"
    return portions[:-1]


def of_group(rows: Rows, group: int) -> Rows:
    """The rows that name a group themselves; what has no group of its own refers to one of them, or to a person."""
    return {name: found for name, table in metadata.tables.items() if (found := _naming(table, rows[name], group))}


def _naming(table: Table, rows: set[tuple[Any, ...]], group: int) -> set[tuple[Any, ...]]:
    names = [column.name for column in table.columns]
    if table.name == "board_row":
        return {row for row in rows if row[names.index("board")].startswith(f"{group}:")}
    naming = "id" if table.name == "group" else next((name for name in ("group_id", "scope") if name in names), None)
    return {row for row in rows if row[names.index(naming)] == group} if naming else set()


def naming_people(rows: Rows, table: str, ids: set[int]) -> set[str]:
    """The tables in which somebody of `table` (person or account) is still named."""
    found = set()
    for name, named in metadata.tables.items():
        for key in named.foreign_keys:
            place = list(named.columns).index(key.parent)
            if key.column.table.name == table and ids & {row[place] for row in rows[name]}:
                found.add(name)
    return found


@pytest.mark.parametrize("most", [1, 7, erasing.PORTION])
def test_all_of_a_group_goes_and_nothing_else(study: Study, clock: Clock, most: int) -> None:
    """After thirty days nothing of the group is in any table, whatever the size of the portions.

    Of who is in another group too, everything in that group stays; who was in this one alone is gone altogether.
    """
    fill(study, clock)
    with transaction(study.engine, reads=True) as db:
        before = everything(db)
        gone = select(ACCOUNT.c.id, ACCOUNT.c.person_id).where(ACCOUNT.c.user.in_(("bea", "cem")))
        accounts, persons = (set(ids) for ids in zip(*db.execute(gone).all(), strict=True))
    with_group = {name for name, table in metadata.tables.items() if "group_id" in table.columns}
    assert set(of_group(before, ALPHA)) == with_group | {"group", "item", "board_row"}, "an empty table proves nothing"
    assert naming_people(before, "account", accounts) >= {"answer", "ledger"}

    leave(study, clock)
    portions = erase_all(study.engine, clock.now + timedelta(seconds=1), most)
    assert max(portions) <= most
    with transaction(study.engine, reads=True) as db:
        after = everything(db)
        assert set(db.execute(select(ACCOUNT.c.user)).scalars()) == {"ann", "dag"}
        assert set(db.execute(select(PERSON.c.last_group_id)).scalars()) == {BETA}
    assert of_group(after, ALPHA) == {}
    assert (naming_people(after, "account", accounts), naming_people(after, "person", persons)) == (set(), set())
    kept = of_group(before, BETA)
    for name, rows in after.items():
        if name in ("ledger", "person"):  # who undid something, and where somebody was last, is forgotten there
            assert len(rows) == len(kept.get(name, rows))
        else:
            assert kept.get(name, set()) <= rows <= before[name], name
    check_books(study.engine, clock.now)
    with transaction(study.engine) as db:
        assert scores.rebuild(db, clock.now.date()) == 0


def test_the_other_group_plays_on(study: Study, clock: Clock) -> None:
    """Members of the group that is left play as before, in private too."""
    fill(study, clock)
    leave(study, clock)
    erase_all(study.engine, clock.now + timedelta(seconds=1), 50)
    assert "Your progress" in said(study.say("ann", "my stats", group="beta"))
    asked = study.say("ann", "quiz start", group="beta", questions=1)
    assert shown(asked)
    study.say("ann", "mate", group="alpha")  # the bot is back, and begins anew
    with transaction(study.engine, reads=True) as db:
        assert set(db.execute(select(GROUP.c.name)).scalars()) == {"alpha", "beta"}
    check_books(study.engine, clock.now)


def test_the_beat_erases_after_thirty_days(study: Study, clock: Clock) -> None:
    """A home that was left twenty-nine days ago is kept, one of thirty-one days is erased; one come back to is kept."""
    fill(study, clock)
    leave(study, clock)
    leave(study, clock, "beta")
    clock.advance(days=29)
    study.beat.run()
    with transaction(study.engine) as db:
        assert len(db.execute(select(GROUP)).all()) == 2
        assert homes.restore(db, Space("test", "beta"))
    clock.advance(days=2)
    study.beat.run()
    with transaction(study.engine, reads=True) as db:
        assert list(db.execute(select(GROUP.c.name)).scalars()) == ["beta"]
        assert not erasing.has_work(db, clock.now - KEPT_HOMES)


def test_a_large_group_goes_over_several_beats(study: Study, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is more than one beat should do goes on at the next one, without waiting for the hour."""
    fill(study, clock)
    leave(study, clock)
    monkeypatch.setattr(erasing.erase, "__defaults__", (1,))
    clock.advance(days=31)
    study.beat.run()
    with transaction(study.engine, reads=True) as db:
        assert set(of_group(everything(db), ALPHA)) > {"group"}
        assert not db.execute(select(HOME).where(HOME.c.group_id == ALPHA)).all(), "nothing leads there any more"
    beats, work = 1, True
    while work:
        clock.advance(minutes=1)
        study.beat.run()
        beats += 1
        assert beats < 30
        with transaction(study.engine, reads=True) as db:
            work = erasing.has_work(db, clock.now - KEPT_HOMES)
    assert beats > 3
    with transaction(study.engine, reads=True) as db:
        assert of_group(everything(db), ALPHA) == {}


def test_a_group_with_another_home_stays(study: Study, clock: Clock) -> None:
    """A group that lives elsewhere too loses the home and what was planned there, no more."""
    fill(study, clock)
    with transaction(study.engine) as db:
        home = {"platform": "other", "workspace": "w", "channel": "", "group_id": ALPHA, "installer": ""}
        db.execute(insert(HOME).values(**home))
        members = len(db.execute(select(MEMBERSHIP)).all())
    leave(study, clock)
    erase_all(study.engine, clock.now + timedelta(seconds=1), 50)
    with transaction(study.engine, reads=True) as db:
        assert len(db.execute(select(GROUP)).all()) == 2
        assert len(db.execute(select(MEMBERSHIP)).all()) == members
        assert set(db.execute(select(SCHEDULE.c.group_id)).scalars()) == {BETA}
