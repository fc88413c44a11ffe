"""The files that everything refers to: a fault in them is told in one line, and never ends in a traceback."""

import random
from collections.abc import Iterator
from typing import Any

import pytest

from tests.content.tree import VALID, Tree, plant

ODD: tuple[Any, ...] = (None, [], {}, "", "x" * 5_000, -1, 10**12, 0.5, True, ["x"], {"x": 1}, "{x}", "\u202e<@U1>\x00")


def test_a_file_of_another_shape_is_a_fault(tree: Tree) -> None:
    """A register that holds a list, a number or two lists is named, and nothing else is looked at."""
    for name, text in (
        ("taxonomy.yaml", "- a\n"),
        ("taxonomy.yaml", "tracks: 3\n"),
        ("repos.yaml", "repos: []\nmore: []\n"),
        ("misconceptions.yaml", "3\n"),
    ):
        before = (tree.folder / name).read_text()
        (tree.folder / name).write_text(text)
        faults, summary = tree.check()
        assert [(fault.file, fault.item) for fault in faults] == [(name, "")]
        assert summary == "nothing could be checked: 1 fault"
        (tree.folder / name).write_text(before)


def test_a_file_that_is_no_yaml_is_a_fault(tree: Tree) -> None:
    """A file that cannot be read is named, and the others are checked all the same."""
    tree.prove()
    (tree.folder / "challenges/level-0.yaml").write_text("challenges: [\n")
    (tree.folder / "concepts/eval/roc.yaml").write_bytes(b"concepts: \xff\xfe\n")
    faults, _summary = tree.check()
    assert [fault.file for fault in faults] == [
        "challenges/level-0.yaml",
        "challenges/level-2.yaml",
        "concepts/eval/roc.yaml",
    ]
    assert "not readable as YAML" in faults[0].reason
    assert "there is no challenge h.eval.count-by-hand" in faults[1].reason


def test_a_missing_register_is_a_fault(tree: Tree) -> None:
    """Without its register of misconceptions the tree is not valid, and it is said why."""
    (tree.folder / "misconceptions.yaml").unlink()
    faults, _summary = tree.check()
    assert "not readable as YAML" in next(fault.reason for fault in faults if fault.file == "misconceptions.yaml")
    assert any("m.power-is-level is not in misconceptions.yaml" in fault.reason for fault in faults)


def test_the_taxonomy_has_its_twelve_tracks_and_no_circle(tree: Tree) -> None:
    """A topic too many, twice, in a wrong track, with an unknown prerequisite or in a circle is a fault."""
    tree.prove()
    data = tree.read("taxonomy.yaml")
    maths = data["tracks"][0]["topics"]
    maths[0]["prereq"] = ["maths.matrices"]
    maths[2]["prereq"] = ["maths.nothing"]
    maths.append({"id": "stats.stray", "title": "Stray", "subtopics": []})
    maths.append(dict(maths[0]))
    tree.write("taxonomy.yaml", data)
    faults, _summary = tree.check()
    circle = [fault.reason for fault in faults if "circle" in fault.reason]
    assert {(fault.item, fault.reason) for fault in faults if fault.reason not in circle} == {
        ("", "E03: has 136 topics, not 134"),
        ("maths.vectors", "E02: stands there twice"),
        ("maths.eigen-svd", "E03: prereq: there is no topic maths.nothing"),
        ("stats.stray", "E03: stands in the track maths"),
    }
    assert len(circle) == 1
    assert "maths.vectors" in circle[0]
    assert "maths.matrices" in circle[0]


def test_the_taxonomy_counts_its_tracks(tree: Tree) -> None:
    """A track that is missing is a fault."""
    data = tree.read("taxonomy.yaml")
    data["tracks"] = [track for track in data["tracks"] if track["id"] != "career"]
    tree.write("taxonomy.yaml", data)
    tree.prove()
    assert [fault.reason for fault in tree.check()[0]] == [
        "E03: has 11 tracks, not 12",
        "E03: has 120 topics, not 134",
    ]


def test_a_misconception_is_a_name_and_one_sentence(tree: Tree) -> None:
    """Names and sentences of the register are checked."""
    data = tree.read("misconceptions.yaml")
    tree.write(
        "misconceptions.yaml",
        {**data, "m.Big": "A sentence as it should be.", "m.number": 12345678901, "m.short": "No."},
    )
    tree.prove()
    assert [(fault.item, fault.reason) for fault in tree.check()[0]] == [
        ("m.Big", "E10: a name is m. and words with hyphens"),
        ("m.number", "E10: must be one sentence in quotes"),
        ("m.short", "E10: has 3 characters, not 10 to 300"),
    ]


def test_a_key_that_stands_twice_is_a_fault(tree: Tree) -> None:
    """YAML keeps the last of two equal keys without a word; the checker does not."""
    file = tree.folder / "concepts/eval/confusion-matrix.yaml"
    file.write_text(file.read_text() + "    difficulty: 1\n")
    tree.prove()
    faults, _summary = tree.check()
    assert [fault.file for fault in faults] == ["concepts/eval/confusion-matrix.yaml"]
    assert faults[0].reason.startswith("E01: the key difficulty stands twice in one place (line ")


def leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The path of every field, however deep."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        here = (*path, str(key))
        yield here
        yield from leaves(child, here)


@pytest.mark.parametrize("seed", range(4))
def test_no_value_whatever_ends_in_a_traceback(tree: Tree, seed: int) -> None:
    """Any field of any file may hold anything: there are faults, each in one line, or there are none."""
    rng = random.Random(seed)
    files = sorted(path.relative_to(VALID).as_posix() for path in VALID.rglob("*.yaml"))
    for _round in range(8):
        file = rng.choice([*files, "taxonomy.yaml"])
        before = (tree.folder / file).read_text()
        data = tree.read(file)
        plant(data, rng.choice(list(leaves(data))), rng.choice(ODD))
        tree.write(file, data)
        faults, summary = tree.check()
        assert summary
        assert all("\n" not in str(fault) and fault.file for fault in faults)
        (tree.folder / file).write_text(before)
