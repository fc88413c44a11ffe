"""The terminal's own ways: how a line is read, what a pipe prints, what happens to bad input."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from adapters.terminal.adapter import Member
from adapters.terminal.console import RichOutput
from adapters.terminal.screen import Screen
from bot.__main__ import cli
from bot.chat.cards import Card, Code
from tests.clock import Clock
from tests.stages.terminal import TerminalStage
from tests.store.prepared import prepare

BANK = Path(__file__).parent.parent / "bank"


def play(tmp_path: Path, lines: str, *more: str, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run the playground on a pipe, on a database of its own and on the content of tests/bank."""
    command = [sys.executable, "-m", "bot", "play", "--content", str(BANK), "--seed", "3", *more]
    if not any(word.startswith("--database") for word in more) and not (env or {}).get("DATABASE_URL"):
        command += ["--database", prepare(tmp_path / "pipe.db")]
    return subprocess.run(
        command,
        input=lines,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(BANK.parent.parent), **(env or {})},
    )


def test_a_script_plays_a_whole_quiz(tmp_path: Path) -> None:
    """Lines from a pipe answer question after question; the exit code is 0 and nothing is complained about."""
    url = f"sqlite:///{tmp_path / 'new.db'}"
    done = play(
        tmp_path, "quiz start topic:classical.decision-trees questions:2\nb\na\nleaderboard\n", "--database", url
    )
    assert done.returncode == 0
    assert "Question 1 of 2" in done.stdout
    assert "Question 2 of 2" in done.stdout
    assert "of 2 right." in done.stdout
    assert "Board: this season" in done.stdout
    assert done.stderr == ""


def test_the_same_seed_asks_the_same_questions(tmp_path: Path) -> None:
    """With a seed, two fresh databases are asked the same; the path in the welcome aside, the output is equal."""
    outputs = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        done = play(tmp_path / name, "quiz start questions:3\na\na\na\n")
        outputs.append(done.stdout.split("\n", 1)[1])
    assert outputs[0] == outputs[1]


def test_answers_are_kept_between_sessions(tmp_path: Path) -> None:
    """What was answered in one session stands on the board in the next."""
    play(tmp_path, "quiz start topic:decision-trees questions:1\na\n")
    assert "from 1 answer." in play(tmp_path, "leaderboard\n").stdout


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("quiz strat", "Did you mean quiz start?"),
        ("quiz", "Say one of: quiz start"),
        ("xyzzy", "“xyzzy” is no command"),
        ("b", "No question is open."),
        ("=b", "No question is open."),
        ("#99", "There is no button “#99” on the screen."),
        ("#x", "is no button; type # and its number"),
        ("quiz start level:9", "level is a whole number from 1 to 5, not “9”."),
        ("quiz start questions:many", "questions is a whole number from 1 to 20, not “many”."),
        ("quiz start questions:99999999999999999999", "questions is a whole number from 1 to 20"),
        ("cancel", "No form is open."),
        ("/", "Type a command after the slash"),
        ("quiz start questions:1_0", "questions is a whole number from 1 to 20, not “1_0”."),
        ("quiz start topik:trees", "There is no option “topik”. Did you mean topic:?"),
        ("quiz start a 1 2 extra", "“extra” is one word too many."),
        ("leaderboard yesterday", "period is one of day, week, month, season, all, not “yesterday”."),
        ("quiz start topic:" + "x" * 600, "topic has 600 characters; at most 500 fit."),
        ("y" * 10_000, "That line has 10000 characters; at most 4000 fit."),
        ("as " + "n" * 40, "A name has at most 32 characters."),
        ("\x07\x1b[2Jquiz stop", "“[2Jquiz stop” is no command"),
        ("🙂🙂🙂", "“🙂🙂🙂” is no command"),
        ("שלום עולם", "is no command"),
        ("my timezone ../../etc/passwd", "There is no time zone"),
        ("challenge show <!channel> @everyone", "There is no challenge “<!channel> @everyone”."),
    ],
    ids=lambda value: value[:30].encode("ascii", "replace").decode() if isinstance(value, str) else None,
)
async def test_a_bad_line_gets_one_clear_sentence(
    tmp_path: Path, library: object, clock: object, line: str, expected: str
) -> None:
    """Each kind of mistake is named with its value and what would do; nothing is done."""
    stage = TerminalStage(tmp_path, library, clock)  # type: ignore[arg-type]
    await stage.terminal.gesture(line)
    assert expected in "\n".join(stage.transcript.printed)
    await stage.close()


async def test_the_order_of_reading(tmp_path: Path, library: object, clock: object) -> None:
    """A slash and a command word come before an answer; `=` makes an answer of any word."""
    stage = TerminalStage(tmp_path, library, clock)  # type: ignore[arg-type]
    for line, expected in (
        ("quiz start topic:numpy questions:1", "NumPy"),
        ("help", "What you can say"),
        ("/help", "What you can say"),
        ("=help", "Not right."),
    ):
        stage.transcript.printed.clear()
        await stage.terminal.gesture(line)
        assert expected in "\n".join(stage.transcript.printed), line
    await stage.close()


async def test_acting_as_others(tmp_path: Path, library: object, clock: object) -> None:
    """`as bea` is a member, `as bea moderator` may moderate."""
    stage = TerminalStage(tmp_path, library, clock)  # type: ignore[arg-type]
    for line, expected in (
        ("as bea", "You are bea now."),
        ("settings set timezone Oslo", "That is for the group's moderators."),
        ("as bea moderator", "You are bea now."),
        ("settings set timezone Oslo", "Europe/Oslo"),
    ):
        await stage.terminal.gesture(line)
        assert expected in stage.transcript.printed[-1]
    await stage.close()


async def test_another_members_button_stays_theirs(tmp_path: Path, library: object, clock: object) -> None:
    """A number that stands on somebody's private card cannot be pressed by somebody else."""
    stage = TerminalStage(tmp_path, library, clock)  # type: ignore[arg-type]
    await stage.say("mate", by="ann")
    await stage.terminal.gesture("as bea")
    await stage.terminal.gesture("#1")
    assert stage.transcript.printed[-1] == "That button belongs to ann."
    await stage.close()


async def test_an_edit_of_an_earlier_sessions_message_is_shown_to_all(
    tmp_path: Path, library: object, clock: object
) -> None:
    """A message of another session is shown anew in the channel; no private card is overwritten by it."""
    stage = TerminalStage(tmp_path, library, clock)  # type: ignore[arg-type]
    await stage.say("quiz live topic:decision-trees questions:1 seconds:30")
    await stage.restart()
    await stage.say("mate", by="ann")
    front_door = stage.private("ann")[-1]
    await stage.pass_time(60)
    assert stage.private("ann")[-1] == front_door
    assert any("Closed:" in text for text in stage.public())
    await stage.close()


def test_a_name_with_brackets_is_only_a_name() -> None:
    """What members call themselves is never read as markup, and long code wraps instead of being cut."""
    written = io.StringIO()
    output = RichOutput(Console(file=written, width=40), Clock(), "general")
    screen = Screen()
    code = Code("numbers = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]", "python")
    output.message(screen.add(Card("Hello", (code,)), "[/red]x"), "UTC", edited=False)
    output.message(screen.add(Card("Hello"), "[/red]x"), "UTC", edited=True, small=["x"])
    assert "[/red]x" in written.getvalue()
    assert "12]" in written.getvalue()


def test_bytes_and_letters_that_the_terminal_lacks_do_not_end_it(tmp_path: Path) -> None:
    """A terminal without Unicode shows question marks, not a traceback."""
    done = play(tmp_path, "nonsense\nmate\n", env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 0
    assert "Traceback" not in done.stderr


async def test_a_form_asks_field_by_field_and_can_be_left(tmp_path: Path, library: object, clock: object) -> None:
    """A missing option opens a form; `cancel` leaves it, a line fills it."""
    stage = TerminalStage(tmp_path, library, clock)  # type: ignore[arg-type]
    await stage.terminal.gesture("challenge show")
    await stage.terminal.gesture("cancel")
    assert stage.transcript.printed[-1] == "Cancelled."
    await stage.terminal.gesture("challenge show")
    await stage.terminal.gesture("1")
    assert "Set up your machine" in stage.transcript.printed[-1]
    await stage.close()


async def test_a_form_asks_again_for_what_cannot_be(tmp_path: Path, library: object, clock: object) -> None:
    """What the feature itself refuses is said, and only that field is asked for again; the others stay filled in."""
    stage = TerminalStage(tmp_path, library, clock)  # type: ignore[arg-type]
    stage.terminal.member = Member("ann", moderator=True)
    for line in ("setup", "Mars", "-", "7:30"):
        await stage.terminal.gesture(line)
    assert "There is no time zone “Mars”." in stage.transcript.printed[-2]
    assert stage.transcript.printed[-1].startswith("zone")
    await stage.terminal.gesture("Berlin")
    for part in ("Europe/Berlin", "weekdays 07:30"):
        assert part in stage.transcript.printed[-1]
    await stage.close()


async def test_an_answer_that_is_none_is_told_what_would_be(tmp_path: Path, library: object, clock: object) -> None:
    """With a question open, a slip is answered with its letters; a misspelt command still with the command."""
    stage = TerminalStage(tmp_path, library, clock)  # type: ignore[arg-type]
    await stage.terminal.gesture("quiz start topic:decision-trees questions:1")
    for line, expected in (("7", "“7” is none of the answers: a, b, c"), ("leaderbord", "Did you mean leaderboard?")):
        await stage.terminal.gesture(line)
        assert expected in stage.transcript.printed[-1]
    await stage.close()


def test_a_live_round_in_a_script(tmp_path: Path) -> None:
    """`wait` lets a script see a live question's close and the round's result."""
    done = play(tmp_path, "quiz live topic:decision-trees questions:1 seconds:10\nas bea\na\nwait\n")
    assert done.returncode == 0
    assert "Closed:" in done.stdout
    assert "Result" in done.stdout


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("mysql://root:hunter2@localhost/x", "address names 'mysql'"),
        ("nonsense", "address (--database or DATABASE_URL) is none"),
        ("sqlite://", "An SQLite database needs a file"),
        ("sqlite:////tmp/x.db?timeout=abc", "An SQLite database needs a file"),
        ("postgresql+asyncpg://me:hunter2@127.0.0.1:9/x", "Batchmate works with sqlite and postgresql"),
        ("sqlite+aiosqlite:///x.db", "Batchmate works with sqlite and postgresql"),
        ("postgresql://me@127.0.0.1:9/x?password=hunter2", "cannot be reached"),
        ("postgresql://me:hunter2@127.0.0.1:9/none", "cannot be reached"),
    ],
)
def test_an_unusable_database_is_one_sentence(url: str, expected: str) -> None:
    """An address that cannot be used ends the start with one sentence, without a traceback and without the password."""
    done = CliRunner().invoke(cli, ["play", "--content", str(BANK)], env={"DATABASE_URL": url})
    assert done.exit_code == 1
    assert isinstance(done.exception, SystemExit)
    assert expected in done.stderr
    assert "hunter2" not in done.output
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_corrupt_database_file_is_one_sentence(tmp_path: Path) -> None:
    """A file that is no database is named, and left as it is."""
    file = tmp_path / "broken.db"
    file.write_bytes(b"this is no database at all" * 100)
    done = play(tmp_path, "help\n", "--database", f"sqlite:///{file}")
    assert done.returncode == 1
    assert "is no SQLite database or is damaged" in done.stderr
    assert file.read_bytes().startswith(b"this is no database")


def test_a_faulty_content_file_costs_its_own_items_alone(tmp_path: Path) -> None:
    """A broken file is named in one line; the rest of the content plays."""
    folder = tmp_path / "content"
    for source in BANK.rglob("*.yaml"):
        target = folder / source.relative_to(BANK)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(source.read_bytes())
    (folder / "questions" / "maths" / "vectors.yaml").write_text("questions: [{id: q.maths.broken, kind: mcq")
    done = play(tmp_path, "quiz start topic:decision-trees questions:1\na\n", "--content", str(folder))
    assert done.returncode == 0
    assert "questions/maths/vectors.yaml: not readable as YAML" in done.stderr
    assert "Question" not in done.stderr
    assert "Traceback" not in done.stderr
    assert "of 1 right." in done.stdout
