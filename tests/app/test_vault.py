"""What a platform gave us: unreadable in the database, at hand without it, and never another workspace's."""

import asyncio
import threading
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, select, update
from typer.testing import CliRunner

from bot import vault as module
from bot.__main__ import cli
from bot.ports import SealedError
from bot.store.engine import open_engine, transaction
from bot.store.vault import INSTALLATION, STATE
from bot.vault import Vault, new_key
from tests.app.test_settings import HTTP
from tests.clock import Clock
from tests.statements import executed

OLD, NEW, LOST = new_key(), new_key(), new_key()
TOKEN = "xoxb-1234567890-very-secret"
GRANT = {"bot_token": TOKEN, "team_name": "Ann's école", "scopes": "chat:write,commands"}


def opened(engine: Engine, clock: Clock, *keys: str) -> Vault:
    """A vault, as a process of its own would have it."""
    return Vault(engine, keys or (OLD,), clock, asyncio.to_thread)


def other(number: int) -> dict[str, str]:
    """Another grant."""
    return {**GRANT, "bot_token": f"xoxb-{number:020}"}


def rows(engine: Engine) -> list[Any]:
    """What the database has of it."""
    with transaction(engine, reads=True) as db:
        return [*db.execute(select(INSTALLATION).order_by(INSTALLATION.c.id)), *db.execute(select(STATE))]


async def test_a_grant_is_found_as_it_was_given(engine: Engine, clock: Clock) -> None:
    """In any process; a newer one takes its place; each workspace has its own; a deleted one is gone."""
    vault = opened(engine, clock)
    await vault.keep("slack", "T1", other(1))
    await vault.keep("slack", "T1", GRANT)
    await vault.keep("slack", "T2", other(2))
    for asked in (vault, opened(engine, clock)):
        assert await asked.find("slack", "T1") == GRANT
        assert await asked.find("slack", "T2") == other(2)
        assert await asked.find("elsewhere", "T1") is None
    await vault.forget("slack", "T1")
    assert await vault.find("slack", "T1") is None
    assert await vault.find("slack", "T2") == other(2)


async def test_only_what_is_still_held_is_forgotten(engine: Engine, clock: Clock) -> None:
    """Who names a value deletes no newer grant, whatever was known here, and finds the newer one at once."""
    here, there = opened(engine, clock), opened(engine, clock)
    await here.keep("slack", "T1", other(1))
    old = (await there.find("slack", "T1") or {})["bot_token"]
    await here.keep("slack", "T1", other(2))
    await there.forget("slack", "T1", old)
    assert await there.find("slack", "T1") == other(2)
    await there.forget("slack", "T1", other(2)["bot_token"])
    await there.forget("slack", "T1", other(2)["bot_token"])
    assert await here.find("slack", "T2") is await opened(engine, clock).find("slack", "T1") is None


async def test_it_is_known_since_when_a_grant_is_kept(engine: Engine, clock: Clock) -> None:
    """Of the newest one, in any process at once."""
    here, there = opened(engine, clock), opened(engine, clock)
    for _time in range(2):
        clock.advance(hours=1)
        await here.keep("slack", "T1", GRANT)
        assert await there.since("slack", "T1") == clock.now
    assert await there.since("slack", "T2") is None


async def test_the_database_does_not_know_it(engine: Engine, clock: Clock) -> None:
    """Neither a token nor a name nor a state stands there in a form that can be read."""
    vault = opened(engine, clock)
    await vault.keep("slack", "T1", GRANT)
    state = await vault.new_state("slack")
    held = repr(rows(engine))
    assert "T1" in held
    for secret in (TOKEN, TOKEN[5:15], "école", "bot_token", state):
        assert secret not in held


async def test_what_is_known_asks_no_database(engine: Engine, clock: Clock) -> None:
    """For a minute after it was read; whoever changes what it was given changes nothing of it."""
    vault = opened(engine, clock)
    await vault.keep("slack", "T1", GRANT)
    first = await vault.find("slack", "T1")
    assert isinstance(first, dict)
    first["bot_token"] = "spoilt"
    clock.advance(seconds=59.9)
    with executed(engine) as asked:
        assert await vault.find("slack", "T1") == GRANT
        assert asked == []
        clock.advance(seconds=0.1)
        assert await vault.find("slack", "T1") == GRANT
        assert asked != []


async def test_changes_are_known_here_at_once_and_elsewhere_within_a_minute(engine: Engine, clock: Clock) -> None:
    """A new workspace is known everywhere at once."""
    here, there = opened(engine, clock), opened(engine, clock)
    assert await there.find("slack", "T1") is None
    await here.keep("slack", "T1", other(1))
    assert await there.find("slack", "T1") == await here.find("slack", "T1") == other(1)
    await here.keep("slack", "T1", other(2))
    assert await here.find("slack", "T1") == other(2)
    clock.advance(seconds=60)
    assert await there.find("slack", "T1") == other(2)
    await here.forget("slack", "T1")
    assert await here.find("slack", "T1") is None
    clock.advance(seconds=60)
    assert await there.find("slack", "T1") is None


async def test_a_clock_that_is_set_back_keeps_nothing_longer(engine: Engine, clock: Clock) -> None:
    """What was read in the future is read again."""
    vault = opened(engine, clock)
    await vault.keep("slack", "T1", GRANT)
    await vault.find("slack", "T1")
    clock.advance(hours=-2)
    with executed(engine) as asked:
        await vault.find("slack", "T1")
    assert asked != []


@pytest.mark.parametrize("change", ["keep", "forget"])
async def test_a_reader_does_not_bring_back_what_was_changed_meanwhile(
    engine: Engine, clock: Clock, change: str
) -> None:
    """Somebody reads the old grant, it is changed, and only then the reader is done: the new state is what counts."""
    read, go = threading.Event(), threading.Event()
    slow = [True]

    async def in_thread(work: Callable[[], Any]) -> Any:
        def run() -> Any:
            found = work()
            if slow and slow.pop():
                read.set()
                assert go.wait(10)
            return found

        return await asyncio.to_thread(run)

    await opened(engine, clock).keep("slack", "T1", other(1))
    vault = Vault(engine, [OLD], clock, in_thread)
    reading = asyncio.create_task(vault.find("slack", "T1"))
    await asyncio.to_thread(read.wait, 10)
    await (vault.keep("slack", "T1", other(2)) if change == "keep" else vault.forget("slack", "T1"))
    go.set()
    assert await reading == other(1)
    assert await vault.find("slack", "T1") == (other(2) if change == "keep" else None)


async def test_only_so_many_are_known(engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was read longest ago makes room for the next."""
    monkeypatch.setattr(module, "MOST_KNOWN", 3)
    vault = opened(engine, clock)
    for number in range(4):
        await vault.keep("slack", f"T{number}", other(number))
    for number in range(4):
        assert await vault.find("slack", f"T{number}") == other(number)
    with executed(engine) as asked:
        for number in (1, 2, 3):
            await vault.find("slack", f"T{number}")
        assert asked == []
        await vault.find("slack", "T0")
        assert len(asked) > 0


async def test_a_thousand_workspaces_take_less_than_a_megabyte(sqlite_url: str, clock: Clock) -> None:
    """What is known of a workspace takes less than a kilobyte."""
    engine = open_engine(sqlite_url)
    vault = opened(engine, clock)
    names = [f"T{number:010}" for number in range(200)]
    whole = {**GRANT, "installer": "U" * 11, "bot_user": "U" * 11, "bot_id": "B" * 11, "scopes": "x" * 110}
    for name in (*names, "warm"):
        await vault.keep("slack", name, whole)
    await vault.find("slack", "warm")
    tracemalloc.start()
    for name in names:
        await vault.find("slack", name)
    used, _peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    engine.dispose()
    assert used < 200 * 1_000


async def test_without_the_key_nothing_opens(engine: Engine, clock: Clock) -> None:
    """It is said what to do, without a secret; the key in any place opens it again."""
    await opened(engine, clock).keep("slack", "T1", GRANT)
    wrong = opened(engine, clock, NEW)
    for ask in (lambda: wrong.find("slack", "T1"), wrong.check):
        with pytest.raises(SealedError, match="Put the key that it was kept with behind the one that is set") as caught:
            await ask()
        said = str(caught.value)
        assert not [secret for secret in (NEW, OLD, TOKEN) if secret in said]
        assert caught.value.__cause__ is None
    both = opened(engine, clock, NEW, OLD)
    await both.check()
    assert await both.find("slack", "T1") == GRANT


async def test_a_row_in_anothers_place_does_not_open(engine: Engine, clock: Clock) -> None:
    """Whoever can write to the database cannot give one workspace the token of another."""
    vault = opened(engine, clock)
    await vault.keep("slack", "T1", GRANT)
    await vault.keep("slack", "T2", other(2))
    with transaction(engine) as db:
        sealed = select(INSTALLATION.c.sealed).where(INSTALLATION.c.workspace == "T1").scalar_subquery()
        db.execute(update(INSTALLATION).where(INSTALLATION.c.workspace == "T2").values(sealed=sealed))
    with pytest.raises(SealedError, match="belongs to another one"):
        await vault.find("slack", "T2")
    assert await vault.find("slack", "T1") == GRANT


async def test_everything_is_encrypted_anew(engine: Engine, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Portion by portion, with the first key: afterwards it alone opens everything, and the old one nothing."""
    monkeypatch.setattr(module, "PORTION", 2)
    old = opened(engine, clock)
    for number in range(5):
        await old.keep("slack", f"T{number}", other(number))
    assert await opened(engine, clock, NEW, OLD).rotate() == 5
    alone = opened(engine, clock, NEW)
    await alone.check()
    assert [await alone.find("slack", f"T{number}") for number in range(5)] == [other(number) for number in range(5)]
    with pytest.raises(SealedError):
        await opened(engine, clock).check()
    assert await alone.rotate() == 5, "once more does no harm"


async def test_what_cannot_be_opened_does_not_hold_up_the_rest(engine: Engine, clock: Clock) -> None:
    """It stays as it is, the others are encrypted anew, and it is said how many are left."""
    await opened(engine, clock, LOST).keep("slack", "T1", other(1))
    await opened(engine, clock, OLD).keep("slack", "T2", other(2))
    before = rows(engine)[0].sealed
    with pytest.raises(SealedError, match="of 1 cannot be opened"):
        await opened(engine, clock, NEW, OLD).rotate()
    assert rows(engine)[0].sealed == before
    assert await opened(engine, clock, NEW).find("slack", "T2") == other(2)


async def test_a_state_is_good_once_and_for_ten_minutes(engine: Engine, clock: Clock) -> None:
    """For the platform that it was made for; nobody can guess one."""
    vault = opened(engine, clock)
    mine, late, more = [await vault.new_state("slack") for _installation in range(3)]
    assert len({mine, late, more}) == 3
    assert min(map(len, (mine, late, more))) >= 43
    assert not await vault.use_state("slack", "forged")
    assert not await vault.use_state("slack", "")
    assert not await vault.use_state("other", mine)
    assert [await vault.use_state("slack", mine) for _time in range(2)] == [True, False]
    clock.advance(minutes=9, seconds=59)
    assert await vault.use_state("slack", more)
    clock.advance(seconds=1)
    assert not await vault.use_state("slack", late)


@pytest.mark.parametrize("keys", [(), ("",), ("short-and-secret",), (OLD, "short-and-secret")])
def test_keys_that_are_none_are_refused(sqlite_url: str, clock: Clock, keys: tuple[str, ...]) -> None:
    """With a sentence that says how to make one, and without the value."""
    engine = open_engine(sqlite_url)
    with pytest.raises(ValueError, match="batchmate secrets new") as caught:
        Vault(engine, keys, clock, asyncio.to_thread)
    assert "short" not in str(caught.value)
    engine.dispose()


def test_the_command_line_makes_keys_and_rotates(
    sqlite_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`secrets new` prints a fresh key, `secrets rotate` encrypts with the first one; each fault is one sentence."""
    engine = open_engine(sqlite_url)
    asyncio.run(opened(engine, clock).keep("slack", "T1", GRANT))
    monkeypatch.setenv("DATABASE_URL", sqlite_url)
    monkeypatch.delenv("BATCHMATE_SECRET_KEY", raising=False)
    run = CliRunner()
    made = [run.invoke(cli, ["secrets", "new"]).output.strip() for _time in range(2)]
    assert made[0] != made[1]
    assert "BATCHMATE_SECRET_KEY" in (unset := run.invoke(cli, ["secrets", "rotate"])).output
    monkeypatch.setenv("BATCHMATE_SECRET_KEY", made[0])
    assert "of 1 cannot be opened" in (wrong := run.invoke(cli, ["secrets", "rotate"])).output
    assert (unset.exit_code, wrong.exit_code) == (1, 1)
    monkeypatch.setenv("BATCHMATE_SECRET_KEY", f"{made[0]},{OLD}")
    done = run.invoke(cli, ["secrets", "rotate"])
    assert (done.exit_code, "first key now: 1" in done.output) == (0, True), done.output
    assert asyncio.run(opened(engine, clock, made[0]).find("slack", "T1")) == GRANT
    engine.dispose()


def test_the_doctor_opens_what_is_kept(sqlite_url: str, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the start over HTTP it is said whether the key opens what is kept of the workspaces."""
    engine = open_engine(sqlite_url)
    asyncio.run(opened(engine, clock).keep("slack", "T1", GRANT))
    engine.dispose()
    for name, value in {**HTTP, "DATABASE_URL": sqlite_url, "BATCHMATE_SECRET_KEY": OLD}.items():
        monkeypatch.setenv(name, value)
    run = CliRunner()
    well = run.invoke(cli, ["doctor"])
    assert "ok      What is kept of Slack's workspaces opens" in well.output
    monkeypatch.setenv("BATCHMATE_SECRET_KEY", NEW)
    ill = run.invoke(cli, ["doctor"])
    assert "PROBLEM Of the workspaces that the bot was added to, what is kept of 1 cannot be opened" in ill.output
    assert (well.exit_code, ill.exit_code) == (0, 1)
