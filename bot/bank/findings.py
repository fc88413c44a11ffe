"""What a rule has to say about a piece of content, and what a waiver in it does to that."""

from collections.abc import Iterable

from msgspec import Struct

from bot.library.reading import Fault
from bot.questions.item import Content

WAIVABLE = frozenset(["W13", "W21", "W23", "W24", "W25", "W26", "W27", "W28", "W29", "W32", "W47"])
NOT_YET_CHECKED = frozenset(["W31", "W33", "W34", "W35", "W36", "W37", "W46", "W52", "W53", "W67", "W75"])
SHORTEST_REASON = 15


class Finding(Struct, frozen=True):
    """A rule that content breaks, and how. E rules stand; W rules can be waived, unless `stands`."""

    rule: str
    reason: str
    stands: bool = False

    def __str__(self) -> str:
        return f"{self.rule}: {self.reason}"


def settle(file: str, content: Content, findings: Iterable[Finding]) -> tuple[list[Fault], int]:
    """The findings as faults, less those that the content waives for a written reason; and how many rules it waived."""
    found = list(findings)
    waived = {rule for rule, reason in content.waive.items() if rule in WAIVABLE and _is_reason(reason)}
    left = [f for f in found if f.rule not in waived or f.stands]
    used = waived & {f.rule for f in found}
    left.extend(_faulty_waivers(content, waived - used))
    return [Fault(file, content.id, str(finding)) for finding in left], len(used)


def _faulty_waivers(content: Content, unused: Iterable[str]) -> Iterable[Finding]:
    for rule, reason in content.waive.items():
        if rule not in WAIVABLE | NOT_YET_CHECKED:
            yield Finding("E01", f"waive: {rule} is not a rule that can be waived")
        elif not _is_reason(reason):
            yield Finding("E01", f"waive: {rule} needs a reason of at least {SHORTEST_REASON} characters")
    for rule in sorted(unused):
        yield Finding(rule, "is waived, but there is nothing to waive; take the waiver out")


def _is_reason(reason: str) -> bool:
    return len(reason.strip()) >= SHORTEST_REASON
