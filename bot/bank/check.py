"""`batchmate bank check`: all rules over all content, and the proofs; each fault names file, item and reason.

Rules have names: what begins with E always counts, what begins with W can be waived in the item for a written reason.
The models keep E01 (the schema), E05, E11 and most of E06 and E70; their faults come from `bot.library`.
Left out are E04 (a version is raised when the key changes), which needs a release to compare with, and W31, W33 to W37,
W46 and the gates on the bank as a whole, which come when the bank is whole.
"""

from collections.abc import Iterator
from datetime import date
from importlib.resources.abc import Traversable
from pathlib import Path

from msgspec import Struct, field

from bot.bank import ladder, proofs, registers, rendering, safety, structure, truth, writing
from bot.bank.exhibits import Exhibit, exhibits, needed
from bot.bank.findings import Finding, settle
from bot.bank.proofs import Proof
from bot.bank.proving import prove
from bot.bank.runner import Runner, RunnerError
from bot.library import Library, load
from bot.library.models import Challenge
from bot.library.reading import Fault, content_root
from bot.questions.item import Content, Item
from bot.questions.template import TemplateItem
from bot.rules.expressions import ExpressionError


class Report(Struct):
    """What a check found, as it goes."""

    faults: list[Fault] = field(default_factory=list)
    waived: int = 0
    proved: int = 0
    to_prove: int = 0


def check(*, run: bool, today: date, root: Traversable | None = None) -> tuple[list[Fault], str]:
    """Check all content below `root` (default: what is shipped); with `run`, execute it and renew the proofs first.

    Gives the faults, in the order of the files, and a line that sums up.
    """
    root = root or content_root()
    nodes = registers.nodes_of(root)
    report = Report(faults=list(registers.shape_faults(nodes)))
    if report.faults:
        return report.faults, f"nothing could be checked: {_counted(len(report.faults), 'fault')}"
    library = load(root)
    report.faults.extend(library.faults)
    report.faults.extend(registers.doubled_keys(nodes))
    report.faults.extend(registers.taxonomy_faults(library))
    report.faults.extend(registers.misconception_faults(root))
    report.faults.extend(ladder.repository_faults(library, today))
    for content in (*library.items.values(), *library.concepts.values(), *library.challenges.values()):
        file = library.files[content.id]
        faults, waived = settle(file, content, findings_of(content, library, root, today))
        report.faults.extend(faults)
        report.waived += waived
    _prove(library, root, report, run=run)
    report.faults.sort(key=lambda fault: (fault.file, fault.item))
    return report.faults, _summary(library, report)


def findings_of(content: Content, library: Library, root: Traversable, today: date) -> list[Finding]:
    """Everything that the rules have to say about one piece of content."""
    if isinstance(content, TemplateItem) and (broken := truth.unusable(content)):
        return broken
    try:
        return list(_all_rules(content, library, root, today))
    except ExpressionError as error:
        return [Finding("E44", str(error))]
    except (ValueError, LookupError, ArithmeticError) as error:
        return [Finding("E01", f"cannot be shown: {' '.join(str(error).split())}")]


def _all_rules(content: Content, library: Library, root: Traversable, today: date) -> Iterator[Finding]:
    yield from structure.findings(content, library.files[content.id], library, today)
    if isinstance(content, Item):
        yield from writing.findings(content)
        yield from truth.findings(content)
    if isinstance(content, Challenge):
        yield from ladder.findings(content, library)
    yield from safety.findings(content, root)
    yield from rendering.findings(content, library)


def _prove(library: Library, root: Traversable, report: Report, *, run: bool) -> None:
    wanted = exhibits(library)
    report.to_prove = len(wanted)
    if run:
        made = _renew(library, wanted, root, report)
        report.proved = len(made)
        return
    found = proofs.read(root, report.faults)
    for name, exhibit in wanted.items():
        proof = found.get(name)
        if proof is None or proof.hash != exhibit.hash:
            what = "there is no proof yet" if proof is None else "it has changed since it was proved"
            reason = f"{exhibit.rule}: {what}; `make content` executes it"
            report.faults.append(Fault(library.files[name], name, reason))
        else:
            report.proved += 1
    for name in found.keys() - wanted.keys() - {fault.item for fault in library.faults}:
        report.faults.append(Fault(proofs.FILE, name, "E40: a proof of what is not there; `make content` takes it out"))


def _renew(library: Library, wanted: dict[str, Exhibit], root: Traversable, report: Report) -> dict[str, Proof]:
    made: dict[str, Proof] = {}
    try:
        with Runner(needed(wanted.values())) as runner:
            for name, exhibit in wanted.items():
                if isinstance(exhibit.content, TemplateItem) and truth.unusable(exhibit.content):
                    continue  # a fault already
                verdict = prove(exhibit, runner)
                if verdict.proof is not None:
                    made[name] = verdict.proof
                for reason in verdict.reasons:
                    report.faults.append(Fault(library.files[name], name, f"{exhibit.rule}: {reason}"))
    except RunnerError as error:
        report.faults.append(Fault(proofs.FILE, "", f"E40: nothing was executed: {error}"))
        return {}
    if isinstance(root, Path):
        proofs.write(root, made)
    else:
        report.faults.append(Fault(proofs.FILE, "", "E40: cannot be written, since the content is not in a folder"))
    return made


def _summary(library: Library, report: Report) -> str:
    counts = [
        _counted(len(library.items), "item"),
        _counted(len(library.concepts), "concept"),
        _counted(len(library.challenges), "challenge"),
    ]
    faults = _counted(len(report.faults), "fault") if report.faults else "no faults"
    proved = f"{report.proved} of {report.to_prove}" if report.proved < report.to_prove else f"{report.proved}"
    waived = _counted(report.waived, "waived warning")
    return f"{', '.join(counts)}: {faults}; {proved} proofs fresh, {waived}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
