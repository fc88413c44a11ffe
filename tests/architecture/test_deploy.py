"""What operators read and run: the settings, the ways to deploy, and documents that say what is there."""

import json
import re
import shlex
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.main import get_command

from adapters.web import Metrics
from bot.__main__ import cli
from bot.config import Settings

ROOT = Path(__file__).parent.parent.parent
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
PROGRAM = ("batchmate", "python -m bot", "python3 -m bot")
OPERATE = (ROOT / "docs/operate.md").read_text()
CONTAINERFILE = (ROOT / "Containerfile").read_text()
UNIT = (ROOT / "deploy/batchmate.service").read_text()
LINK = re.compile(r"\]\(([^)\s]+)\)")
CODE = re.compile(r"```.*?\n(.*?)```|`([^`\n]+)`", re.DOTALL)
SPOKEN = re.compile(r"(?:^|\s|bin/)(?:batchmate|python -m bot)((?: [a-z]+)+)", re.MULTILINE)
IN_CONTAINER = "docker exec batchmate "


def commands() -> set[str]:
    """What the command line has: `run`, `score rebuild`, ..."""
    return set(_below(get_command(cli), ""))


def _below(command: object, path: str) -> Iterator[str]:
    inner: dict[str, object] = getattr(command, "commands", {})
    for name, one in inner.items():
        full = f"{path} {name}".strip()
        yield from _below(one, full) if hasattr(one, "commands") else (full,)


def asked(line: str) -> str:
    """The command in a line that starts the program, whichever way it is started: `run`."""
    words = " ".join([Path(word).name if number == 0 else word for number, word in enumerate(shlex.split(line))])
    program = next((program for program in PROGRAM if words.startswith(f"{program} ")), None)
    assert program, f"{line!r} does not start Batchmate"
    return words.removeprefix(program).strip()


def procfile() -> dict[str, str]:
    """The processes of the Procfile and their lines."""
    lines = (ROOT / "Procfile").read_text().splitlines()
    return {name: line.strip() for name, _colon, line in (line.partition(":") for line in lines)}


def instruction(name: str) -> list[str]:
    """The words of an instruction of the final image that is written as a list."""
    found = re.findall(rf"^{name} (\[.*\])$", CONTAINERFILE, re.MULTILINE)
    assert len(found) == 1, f"the Containerfile has {len(found)} {name}"
    return list(json.loads(found[0]))


def of_unit(name: str) -> list[str]:
    """The values of a setting of the unit."""
    return re.findall(rf"^{name}=(.*)$", UNIT, re.MULTILINE)


def copied() -> set[str]:
    """What the Containerfile takes from the repository."""
    lines = re.findall(r"^COPY (?!--from)(.*)$", CONTAINERFILE, re.MULTILINE)
    return {source for line in lines for source in line.split()[:-1]}


def test_every_setting_stands_in_the_table_and_no_other() -> None:
    """The table of docs/operate.md names just the variables that are read."""
    table = OPERATE.partition("\n## Settings\n")[2].partition("\n## ")[0]
    named = re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)
    assert sorted(named) == sorted(name.upper() for name in Settings.model_fields)


def test_the_unit_and_the_image_set_variables_that_are_read() -> None:
    """Whatever the unit and the image set beside PATH is a setting."""
    image = re.findall(r"^(?:ENV|   ) ([A-Z_]+)=", CONTAINERFILE, re.MULTILINE)
    unit = [value.partition("=")[0] for value in of_unit("Environment")]
    assert "DATABASE_URL" in image
    assert "DATABASE_URL" in unit
    assert {*image, *unit} - {"PATH"} <= {name.upper() for name in Settings.model_fields}


def test_each_process_of_the_procfile_is_a_command() -> None:
    """A release, and the bot as a worker or as what is called over HTTP, each a command that the command line has."""
    assert set(procfile()) == {"release", "worker", "web"}
    assert procfile()["web"] == procfile()["worker"]
    for line in procfile().values():
        assert asked(line) in commands(), line


def test_the_image_and_the_unit_start_what_the_worker_is() -> None:
    """Whichever way it is deployed, the same command runs."""
    worker = asked(procfile()["worker"])
    assert asked(shlex.join(instruction("ENTRYPOINT") + instruction("CMD"))) == worker
    assert [asked(line) for line in of_unit("ExecStart")] == [worker]


def test_the_image_is_made_of_what_is_there() -> None:
    """Each file that is copied exists and is let through by .dockerignore; each package of the wheel is copied."""
    let_through = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    assert copied() == let_through
    assert not {source for source in copied() if not (ROOT / source).exists()}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert set(project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]) <= copied()


def test_the_image_names_no_registry_and_the_python_of_the_project() -> None:
    """The base is a bare name, of the version in .python-version, the same in every stage."""
    bases = re.findall(r"^FROM (\S+)", CONTAINERFILE, re.MULTILINE)
    assert set(bases) == {f"python:{(ROOT / '.python-version').read_text().strip()}-slim"}


def test_nothing_runs_as_root() -> None:
    """The image and the unit name a user of their own, and the state lies where that user may write."""
    assert re.findall(r"^USER (.*)$", CONTAINERFILE, re.MULTILINE) == ["10001:10001"]
    (volume,) = re.findall(r"^VOLUME (.*)$", CONTAINERFILE, re.MULTILINE)
    assert f"DATABASE_URL=sqlite:///{volume}/" in CONTAINERFILE
    (folder,) = of_unit("StateDirectory")
    assert of_unit("User") == ["batchmate"]
    assert of_unit("Environment") == [f"DATABASE_URL=sqlite:///%S/{folder}/batchmate.db"]


def test_the_numbers_stand_in_the_documents() -> None:
    """docs/operate.md names each number that /metrics shows, and none that it does not."""
    metrics = Metrics()
    for name in ("discord_servers", "slack_answers"):
        metrics.gauge(name, "as the composition root adds it", lambda: 0)
    shown = set(re.findall(r"^# TYPE (batchmate_\w+)", metrics.page().decode(), re.MULTILINE))
    named = set(re.findall(r"^\| `(batchmate_\w+)` \|", OPERATE, re.MULTILINE))
    assert named == {name for name in shown if not name.endswith("_created")}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_documents_point_at_what_is_there(document: Path) -> None:
    """Each file, picture and heading that a document links to exists."""
    for target in LINK.findall(document.read_text()):
        if re.match(r"[a-z]+:", target):
            continue
        path, _hash, heading = target.partition("#")
        found = (document.parent / path).resolve() if path else document
        assert found.exists(), f"{document.name} points to {target}"
        if heading:
            assert heading in anchors(found), f"{document.name} points to {target}"


def anchors(document: Path) -> set[str]:
    """The headings of a document as links name them."""
    headings = re.findall(r"^#+ (.*)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_the_documents_say_commands_that_there_are(document: Path) -> None:
    """Whatever a document tells an operator to type after `batchmate` is a command."""
    known = commands()
    for block, span in CODE.findall(document.read_text()):
        for line in SPOKEN.findall((block or span).replace(IN_CONTAINER, "")):
            words = line.split()
            assert {" ".join(words[:1]), " ".join(words[:2])} & known, f"{document.name} says batchmate{line}"


def test_the_command_line_is_the_one_that_is_installed() -> None:
    """`batchmate` is the program whose commands are looked up here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert project["project"]["scripts"] == {"batchmate": "bot.__main__:main"}
