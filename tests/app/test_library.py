"""Content that is wrong costs its own items alone, and is said in one sentence."""

import re
import shutil
from datetime import date
from pathlib import Path

import pytest

from bot.library import Library, load
from tests.conftest import BANK


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the small bank that may be broken."""
    return Path(shutil.copytree(BANK, tmp_path / "bank"))


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("taxonomy.yaml", "[x]"),
        ("taxonomy.yaml", "tracks: 3"),
        ("taxonomy.yaml", "tracks:"),
        ("taxonomy.yaml", "{}"),
        ("taxonomy.yaml", ""),
        ("taxonomy.yaml", "tracks: [{id: 3}]"),
        ("misconceptions.yaml", "[a]"),
        ("repos.yaml", "3"),
        ("repos.yaml", "repos: 3"),
        ("questions/maths/vectors.yaml", "questions: [{id: 2020-99-99}]"),
        ("questions/maths/vectors.yaml", "questions: 3"),
        ("questions/maths/vectors.yaml", "questions: [3, x, [y]]"),
        ("questions/maths/vectors.yaml", "{"),
        ("questions/maths/vectors.yaml", "questions: [{id: q.maths.x, kind: essay}]"),
        ("concepts/concepts.yaml", "concepts: [{id: c.maths.x}]"),
    ],
)
def test_a_broken_file_is_named_and_the_rest_is_read(folder: Path, file: str, text: str) -> None:
    """Whatever stands in a file: its fault is a sentence, and questions of other files are there."""
    (folder / file).write_text(text)
    found = load(folder)
    assert any(fault.file == file and fault.reason for fault in found.faults)
    assert "q.classical.pure-node" in found.items


def test_only_true_and_false_are_booleans(folder: Path) -> None:
    """The words no, on and yes stay words, as in YAML 1.2."""
    (folder / "misconceptions.yaml").write_text("m.no: no\nm.on: on\n")
    assert load(folder).misconceptions == {"m.no": "no", "m.on": "on"}


def told(found: Library) -> list[object]:
    """All that a library says."""
    parts = (found.tracks, found.items, found.concepts, found.challenges, found.misconceptions, found.files)
    return [*parts, found.repositories, found.faults]


def no_parser(_octets: bytes) -> object:
    """There is none."""
    raise AssertionError("nothing is to be parsed here")


def test_what_files_say_is_kept_until_the_next_start(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A second start parses nothing and knows the same, dates and all; a file that changed is parsed again."""
    dated = folder / "questions" / "classical" / "decision-trees.yaml"
    words = dated.read_text()
    dated.write_text(words.replace("    status: live", "    volatile: {as_of: 2026-01-31, review_by: 2026-06}"))
    (folder / "misconceptions.yaml").write_text("m.no: no\nm.on: 2026-11-29\n")
    kept = tmp_path / "cache" / "content.json"
    first = load(folder, kept_in=kept)
    assert told(first) == told(load(folder))
    with monkeypatch.context() as without:
        without.setattr("bot.library.yaml12.parse", no_parser)
        assert told(load(folder, kept_in=kept)) == told(first)
    dated.write_text(words)
    assert told(load(folder, kept_in=kept)) == told(load(folder)) != told(first)
    assert [path.name for path in kept.parent.iterdir()] == ["content.json"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"parser": 3, "files": []}',
        '{"parser": "another", "files": {}}',
        "\0",
        pytest.param(f'{{"files": {{"a": {"[" * 9_999}', id="deep"),
    ],
)
def test_what_was_kept_is_not_trusted(folder: Path, tmp_path: Path, text: str) -> None:
    """A file of anything else, or by another parser, is made anew."""
    kept = tmp_path / "content.json"
    load(folder, kept_in=kept)
    made = kept.read_text()
    kept.write_text(text)
    assert told(load(folder, kept_in=kept)) == told(load(folder))
    assert kept.read_text() == made


def test_another_parser_parses_anew(folder: Path, tmp_path: Path) -> None:
    """What an earlier release read of the same files may have meant something else."""
    kept = tmp_path / "content.json"
    load(folder, kept_in=kept)
    kept.write_text(re.sub('"parser":"[^"]+"', '"parser":"another"', kept.read_text()).replace("m.", "n."))
    assert told(load(folder, kept_in=kept)) == told(load(folder))


def test_where_nothing_can_be_kept_all_is_read(folder: Path, tmp_path: Path) -> None:
    """A folder that cannot be made costs the next start its time, and nothing else."""
    (tmp_path / "file").write_text("")
    assert told(load(folder, kept_in=tmp_path / "file" / "content.json")) == told(load(folder))


@pytest.mark.parametrize("odd", ["{1: one}", "{m.a: .nan}", "{m.a: !!binary aGk=}", "{m.a: {2: b}}", "m.a: &x [*x]"])
def test_what_json_cannot_hold_stays_as_it_is(folder: Path, tmp_path: Path, odd: str) -> None:
    """It is parsed at each start, and what is kept of the rest is not written again for it."""
    (folder / "misconceptions.yaml").write_text(odd)
    kept = tmp_path / "content.json"
    assert told(load(folder, kept_in=kept)) == told(load(folder))
    written = kept.stat()
    assert told(load(folder, kept_in=kept)) == told(load(folder))
    assert (kept.stat().st_ino, kept.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)


def test_facts_that_age_leave_the_rotation(folder: Path) -> None:
    """After the day of its review an item is not asked any more, until somebody has looked."""
    file = folder / "questions" / "classical" / "decision-trees.yaml"
    dated = "    volatile: {as_of: 2026-01, review_by: 2026-06}\n    status: live"
    file.write_text(file.read_text().replace("    status: live", dated))
    found = load(folder)
    assert not found.faults
    before, after = date(2026, 6, 30), date(2026, 7, 1)
    assert any(item.topic == "classical.decision-trees" for item in found.playable(before))
    assert not any(item.topic == "classical.decision-trees" for item in found.playable(after))


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("maths", "maths"),
        ("Maths", "maths"),
        ("decision-trees", "classical.decision-trees"),
        ("Decision  Trees", "classical.decision-trees"),
        ("classical.decision-trees", "classical.decision-trees"),
        ("nothing", None),
    ],
)
def test_a_topic_by_id_by_its_last_part_and_by_title(library: Library, words: str, place: str | None) -> None:
    """People name topics as they please; case and spaces do not matter."""
    assert library.find_place(words) == place


def test_rings_go_outwards_through_what_to_know_first(library: Library) -> None:
    """The topic's own questions, then those of its prerequisites, then of theirs."""
    rings = library.rings("tools.pandas", date(2026, 3, 10))
    assert [{c.topic for c in ring} for ring in rings] == [
        {"tools.pandas"},
        {"tools.numpy"},
        {"tools.python-core", "maths.matrices"},
    ]
