"""Each rule catches its fault, alone, with file, item and reason; what is valid has none."""

from datetime import date

import pytest

from tests.content.planted import ALL, MCQ, MULTI, OUTPUT, WORDED, Planted, stem
from tests.content.tree import Tree

PNG = b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08"


@pytest.mark.parametrize("planted", ALL, ids=lambda planted: f"{planted.rule or 'schema'}-{planted.reason[:40]}")
def test_a_planted_fault_is_the_only_one_found(tree: Tree, planted: Planted) -> None:
    """A fault in one item is told in one line, with its file, its item, its rule and the reason."""
    (tree.folder / "large.png").write_bytes(PNG + b"\x02" + b"\0" * (2**20 + 1 - len(PNG) - 1))
    (tree.folder / "clear.png").write_bytes(PNG + b"\x06" + b"\0" * 20)
    (tree.folder / "table.bmp").write_bytes(b"BM" + b"\0" * 20)
    file = tree.change(planted.item, planted.changes)
    tree.prove()
    faults, summary = tree.check()
    assert len(faults) == 1, [str(fault) for fault in faults]
    assert (faults[0].file, faults[0].item) == (file, planted.told_of or planted.item)
    assert faults[0].reason.startswith(f"{planted.rule}: " if planted.rule else "")
    assert planted.reason in faults[0].reason
    assert ": 1 fault;" in summary
    assert "\n" not in str(faults[0])


def test_every_rule_that_is_checked_stands_in_the_table() -> None:
    """No rule goes without a planted fault."""
    wanted = (
        "E01 E02 E03 E06 E07 E08 E09 E10 E12 W13 E14 E20 W21 E22 W23 W24 W25 W26 W27 W28 W29 E30 W32 E40 E43 E44 E45"
    )
    wanted += " W47 E60 E61 E62 E63 E64 E70 E71 E72 E73"
    assert set(wanted.split()) <= {planted.rule for planted in ALL}


def test_a_valid_tree_has_no_fault(tree: Tree) -> None:
    """What obeys the rules passes, and the summary counts it."""
    tree.prove()
    assert tree.check() == ([], "8 items, 1 concept, 2 challenges: no faults; 6 proofs fresh, 0 waived warnings")


def test_a_rule_of_style_can_be_waived_for_a_reason(tree: Tree) -> None:
    """A waiver with its reason lifts a W rule and is counted."""
    reason = "the case needs its numbers"
    tree.change(WORDED, {"waive": {"W47": reason}, **stem("Of 900 payments some are fraud. Which metric finds them?")})
    tree.change(MULTI, {"waive": {"W21": reason}, **stem("Which cells do NOT enter into the recall of the class?")})
    tree.prove()
    faults, summary = tree.check()
    assert faults == []
    assert summary.endswith("2 waived warnings")


def test_a_repository_is_read_again_before_day_180(tree: Tree) -> None:
    """A policy read 179 days ago still counts, one read 180 days ago does not."""
    repos = tree.read("repos.yaml")
    tree.prove()
    for checked_on, wanted in ((date(2026, 5, 29), 0), (date(2026, 5, 28), 1), (date(2026, 11, 25), 1)):
        repos["repos"][0]["checked_on"] = checked_on
        tree.write("repos.yaml", repos)
        faults, _summary = tree.check()
        assert [(f.file, f.item, f.reason[:4]) for f in faults] == [("repos.yaml", "numpy/numpy", "E71:")] * wanted


def test_outputs_may_hold_what_would_be_marks_elsewhere(tree: Tree) -> None:
    """The output of a program is shown as it is, so it may hold backticks, dollars and tags."""
    tree.change(OUTPUT, {"options.1.text": "`<b>$x$</b>`"})
    tree.prove()
    assert tree.check()[0] == []


def test_a_month_ends_with_its_last_day(tree: Tree) -> None:
    """Facts to be reviewed by this month are not overdue yet."""
    tree.change(MCQ, {"volatile": {"as_of": "2026-01", "review_by": "2026-11"}})
    tree.prove()
    assert tree.check()[0] == []


def test_an_image_inside_the_content_folder_is_fine(tree: Tree) -> None:
    """A small opaque picture with a text passes."""
    (tree.folder / "table.png").write_bytes(PNG + b"\x02" + b"\0" * 20)
    tree.change(MULTI, {"image": {"path": "table.png", "alt": "A table of counts"}})
    tree.prove()
    assert tree.check()[0] == []
