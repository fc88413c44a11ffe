"""Another program keeps the SQLite file locked: members get a polite sentence, and nothing is lost."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.library import Library
from bot.store import engine as engine_module
from bot.store.engine import open_engine
from tests.clock import Clock
from tests.store.prepared import prepare
from tests.store.study import Study, at_once, check_books, choices_only, said, ways


@pytest.fixture
def impatient(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Engine]:
    """An SQLite file on which nobody waits long for the lock."""
    monkeypatch.setattr(engine_module, "BUSY_SECONDS", 0.3)
    engine = open_engine(prepare(tmp_path / "batchmate.db"))
    yield engine
    engine.dispose()


def test_four_threads_meet_a_locked_file(
    impatient: Engine, library: Library, clock: Clock, caplog: pytest.LogCaptureFixture
) -> None:
    """Four members press while the file is locked: each is told to try again, and the same presses count afterwards."""
    study = Study(impatient, choices_only(library), clock)
    members = ["ann", "bea", "cem", "dan"]
    first = {}
    for member in members:
        reply = study.say(member, "quiz start", topic="vectors", questions=1).reply
        assert reply
        first[member] = ways(reply.card)[0]
    before = study.counts()
    presses = [lambda m=m: study.answer(m, first[m], delivery=f"press of {m}") for m in members]

    other = sqlite3.connect(str(impatient.url.database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    refused = [said(outcome) for outcome in at_once(presses)]
    assert all("try again" in sentence and "Nothing was saved" in sentence for sentence in refused)
    read = study.say("ann", "leaderboard")
    assert "Not done" not in said(read), "who only reads need not wait for a writer"
    assert study.counts() == before
    assert "locked" not in caplog.text, "an error's own words may quote what a member wrote"
    other.execute("ROLLBACK")
    other.close()

    answered = at_once(presses)
    assert all(outcome.reply and outcome.reply.update for outcome in answered)
    assert study.counts()["ledger"] == before["ledger"] + 4
    check_books(impatient, clock.now)
