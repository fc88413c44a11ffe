"""What is executed must hold: checks, printed output, examples, templates; and only what held is on record."""

import json
from typing import Any

import pytest

from bot.bank import proofs
from bot.bank.exhibits import exhibits, needed
from bot.bank.proofs import Proof, sample
from bot.bank.proving import prove
from bot.bank.runner import Runner
from bot.library import load
from bot.library.reading import content_root
from tests.content.planted import CONCEPT, MCQ, MULTI, NUMERIC, OUTPUT, TEMPLATE
from tests.content.tree import GONE, Tree

CHOICE = "t.eval.flags-in-all"
SOLVE = "100 * hit / (hit + wrong)"
SWAPPED = {"options.0.correct": GONE, "options.0.misconception": "m.power-is-level", "options.1.correct": True}
FAULTS: list[tuple[str, str, dict[str, Any], str]] = [
    ("E40", MCQ, {"check.run": "result = 1 / 0"}, "the check: ZeroDivisionError: division by zero (line 1) (seed 0)"),
    ("E40", MCQ, {"check.run": "result = 0.7"}, "the check: result is 0.7, the key 0.8 (seed 0)"),
    ("E40", MCQ, {"check.run": "result = 0.8 + seed"}, "the check: result is 1.8, the key 0.8 (seed 1)"),
    ("E40", MCQ, {"check.run": "x = 1"}, "must set result or claim, and not both"),
    ("E41", MCQ, {"check.run": "result = 0.8\nclaim = True"}, "must set result or claim, and not both"),
    ("E40", MCQ, {"check.run": "result = [0.8]"}, "result is of the type list, which is no number"),
    ("E40", MCQ, {"check.run": "result = float('nan')"}, "result is nan, which is no number"),
    ("E40", MCQ, {"check.run": "result = True"}, "result is True, which is no number"),
    ("E40", MCQ, {"check": {"run": "result = 2 / 3"}}, "result is 0.6666666667, the key 0.8"),
    ("E40", MCQ, {"check.round": 0, "check.run": "result = 0.9"}, "result 0.9 is the wrong option '0.67' too"),
    ("E40", MCQ, {"check": {"run": "result = 'b'", "expect": "a"}}, "result is 'b', the key 'a'"),
    ("E40", NUMERIC, {"check.run": "result = 8.9"}, "result is 8.9, the key 8.75"),
    ("E41", MULTI, {"check": {"run": "claim = False"}}, "claim is False, not True (seed 0)"),
    ("E41", MULTI, {"check": {"run": "claim = seed < 3"}}, "claim is False, not True (seed 3)"),
    ("E41", MULTI, {"check": {"run": "claim = 1"}}, "claim is 1, not True"),
    ("E40", MULTI, {"check": {"run": "result = 1"}}, "the key has no value to compare it with"),
    ("E42", OUTPUT, {"options.0.text": "[1, 2, 3]"}, "the code prints '[1, 2]', not the right answer's text"),
    ("E42", OUTPUT, SWAPPED, "the code prints '[1, 2]', not the right answer's text"),
    ("E42", OUTPUT, {"code.text": "print(x)"}, "the code: NameError: name 'x' is not defined (line 1)"),
    ("E42", OUTPUT, {"code.lang": "bash"}, "bash is not executed here"),
    ("E42", CONCEPT, {"try_it.output": "0.8 0.97\n"}, "try_it: line 1 prints '0.8 0.98', output has '0.8 0.97'"),
    ("E42", CONCEPT, {"try_it.output": "0.8 0.98\nmore"}, "try_it: line 2 prints '', output has 'more'"),
    ("E42", CONCEPT, {"try_it.code": "open('x')"}, "try_it: FileNotFoundError"),
    ("E43", TEMPLATE, {"oracle": "def oracle(hit, wrong):\n    return 100 * hit / (40 + wrong)"}, ", the oracle 4"),
    ("E43", TEMPLATE, {"oracle": "def oracle(hit):\n    return 1"}, "the oracle: TypeError"),
    ("E43", TEMPLATE, {"oracle": "x = 1"}, "the oracle: KeyError: 'oracle'"),
    ("E43", TEMPLATE, {"oracle": "def oracle(hit, wrong):\n    return 'x'"}, "which is no number (hit="),
    ("E43", TEMPLATE, {"answer.tol_abs": 0.5, "distractors.0.expr": f"{SOLVE} + 0.3"}, "distractor 1 is within"),
    ("E43", TEMPLATE, {"distractors.0.expr": f"{SOLVE} + 0.001", "answer.tol_abs": 0}, "distractor 1 is within"),
    ("E43", TEMPLATE, {"distractors.0.when": "hit < 25"}, "distractor 1 is there in 2"),
    ("E43", TEMPLATE, {"answer.type": "int"}, "the answer's type is int, but the key is"),
    ("E43", TEMPLATE, {"min_variants": 381}, "there are 380 valid parameter sets, min_variants says 381"),
    ("E43", TEMPLATE, {"stem": "{10**17 + hit} " * 35 + "is {hit} %, to one decimal?"}, "the stem has 6"),
    ("E43", TEMPLATE, {"worked": "{10**17 + hit} " * 18 + "{answer}"}, "worked has 3"),
    ("E43", TEMPLATE, {"solve": "100 * hit / (wrong - 7)"}, "has no value"),
    ("E43", CHOICE, {"distractors.3.when": "hit < 1", "distractors.2.when": "hit < 1"}, "2 different wrong options"),
    ("E43", CHOICE, {"distractors.1.expr": "hit", "distractors.2.expr": "hit"}, "2 different wrong options are left"),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "item", "changes", "reason"), FAULTS, ids=lambda value: str(value)[:40])
def test_what_does_not_hold_is_told_and_has_no_proof(
    tree: Tree, rule: str, item: str, changes: dict[str, Any], reason: str
) -> None:
    """A fault that shows only in running is told with file, item and reason, and no proof of the item is made."""
    file = tree.change(item, changes)
    faults, _summary = tree.check(run=True)
    told = [fault.reason for fault in faults if (fault.file, fault.item) == (file, item)]
    assert any(text.startswith(f"{rule}: ") and reason in text for text in told), [str(fault) for fault in faults]
    assert {fault.item for fault in faults} == {item}
    assert item not in json.loads((tree.folder / "proofs.json").read_text())


def test_what_holds_is_on_record_and_needs_no_second_run(tree: Tree) -> None:
    """After a run each exhibit has its proof, and the plain check finds them fresh."""
    tree.change(NUMERIC, {"check.run": "import numpy as np\nresult = np.mean([8.75])"})
    faults, summary = tree.check(run=True)
    assert faults == []
    assert "6 proofs fresh" in summary
    record = json.loads((tree.folder / "proofs.json").read_text())
    assert record[MCQ]["result"] == 0.8
    assert record[NUMERIC]["libraries"].keys() == {"numpy"}
    assert record[NUMERIC]["libraries"]["numpy"].count(".") == 2
    assert record[OUTPUT]["result"] == "[1, 2]"
    assert tree.check()[0] == []


@pytest.mark.parametrize(
    ("item", "changes"),
    [
        (MCQ, {"check.run": "result = 80 / 100"}),
        (MCQ, {"check.round": 1}),
        (MCQ, {"options.1.value": 0.801}),
        (MCQ, {"options.2.value": 0.901}),
        (NUMERIC, {"answer.tol_abs": 0.05}),
        (OUTPUT, {"code.text": "print([1, 2])"}),
        (OUTPUT, {"options.1.text": "[3]"}),
        (CONCEPT, {"try_it.output": "0.8"}),
        (TEMPLATE, {"params.hit": {"int": [20, 38]}}),
        (TEMPLATE, {"oracle": "def oracle(hit, wrong):\n    return 1"}),
        (TEMPLATE, {"version": 2}),
        (TEMPLATE, {"distractors.0.when": "hit > 1"}),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_change_that_matters_makes_a_proof_stale(tree: Tree, item: str, changes: dict[str, Any]) -> None:
    """Whatever a verdict depends on is part of the hash."""
    tree.prove()
    tree.change(item, changes)
    stale = [fault for fault in tree.check()[0] if "has changed since it was proved" in fault.reason]
    assert [fault.item for fault in stale] == [item]


def test_a_change_that_does_not_matter_leaves_the_proof(tree: Tree) -> None:
    """Wording, hints and references are no part of a proof."""
    tree.prove()
    tree.change(MCQ, {"hint": "Look at what was flagged.", "options.0.why": "Another explanation, long enough."})
    assert tree.check()[0] == []


def test_missing_stray_and_unreadable_proofs_are_faults(tree: Tree) -> None:
    """An item without its proof, a proof without its item and a broken record are told."""
    tree.prove()
    record = json.loads((tree.folder / "proofs.json").read_text())
    record["q.eval.gone"] = record.pop(MCQ)
    (tree.folder / "proofs.json").write_text(json.dumps(record))
    told = {(fault.file, fault.item, fault.reason) for fault in tree.check()[0]}
    assert told == {
        ("proofs.json", "q.eval.gone", "E40: a proof of what is not there; `make content` takes it out"),
        (tree.file_of(MCQ), MCQ, "E40: there is no proof yet; `make content` executes it"),
    }
    for text in ("[", "[]", '{"a": 1}', '{"a": {"hash": "x"}}'):
        (tree.folder / "proofs.json").write_text(text)
        faults, summary = tree.check()
        assert sum(fault.reason.startswith("E40: not readable") for fault in faults) == 1
        assert "0 of 6 proofs fresh" in summary


def test_the_sample_moves_on_as_the_content_does() -> None:
    """Which proofs are made again hangs on the whole record and on nothing else."""
    record = {f"q.a.{at}": Proof(str(at), {}, 1) for at in range(100)}
    assert sample(record, 20) == sample(dict(reversed(record.items())), 20)
    changed = {**record, "q.a.0": Proof("other", {}, 1)}
    assert sample(record, 20) != sample(changed, 20)
    assert len(set(sample(record, 20))) == 20


def test_shipped_content_has_every_proof_and_twenty_hold_again() -> None:
    """Every hash of the shipped content has its proof; twenty, chosen by the record itself, are executed again."""
    library = load()
    wanted = exhibits(library)
    faults: list[Any] = []
    record = proofs.read(content_root(), faults)
    assert faults == []
    assert {name: proof.hash for name, proof in record.items()} == {name: found.hash for name, found in wanted.items()}
    chosen = [wanted[name] for name in sample(record, 20)]
    with Runner(needed(chosen)) as runner:
        for exhibit in chosen:
            verdict = prove(exhibit, runner)
            assert verdict.reasons == (), f"{exhibit.content.id}: {verdict.reasons}"
            assert verdict.proof is not None
            assert verdict.proof.hash == record[exhibit.content.id].hash
