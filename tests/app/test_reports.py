"""What members report on questions is printed for who looks after them, without a word of who it was."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from bot.__main__ import cli
from bot.chat.requests import FormSubmit
from bot.library import load
from bot.store import rounds
from bot.store.engine import open_engine, transaction
from bot.store.migrate import upgrade
from tests.app.stand import standing
from tests.clock import Clock


async def test_reports_are_printed(tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    """Day, question, reason and words, the newest first; nothing where nobody has reported anything."""
    url = f"sqlite:///{tmp_path / 'study.db'}"
    monkeypatch.setenv("DATABASE_URL", url)
    engine = open_engine(url)
    upgrade(engine)
    run = CliRunner()
    assert run.invoke(cli, ["bank", "reports"]).output == "Reports: 0\n"
    async for stand in standing(engine, load(), clock):
        await stand.say("quiz start", by="bea", options={"questions": "1"})
        with transaction(engine, reads=True) as db:
            play = rounds.stands_at(db, 1, 1, 1)
        assert play
        for words in ("Which edge counts?", ""):
            form = FormSubmit(
                token=f"quiz.reported|{play.id}", fields={"reason": "unclear", "words": words}, **stand.asked("bea")
            )
            await stand.host.handle(form)
    printed = run.invoke(cli, ["bank", "reports"])
    newest = f"2026-03-10 {play.content_id} unclear"
    assert printed.output.splitlines() == [newest, f"{newest}: Which edge counts?", "Reports: 2"]
    assert "bea" not in printed.output
    engine.dispose()
