"""Rules about challenges, E70 to E73: what proves them, whom they may burden, and what they pay for."""

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.bank.findings import Finding
from bot.library import Library
from bot.library.models import Challenge, Method
from bot.library.reading import Fault

EXTERNAL = (Method.GITHUB_PR, Method.GITHUB_ISSUE)
READ_AGAIN = timedelta(days=180)
BEGINNERS = 3
ALLOWED = "allow_list:"
_MANY = (
    r"(?:[2-9]|\d{2,}|two|three|four|five|six|seven|eight|nine|ten|dozens?|hundreds?|thousands?|many|several|most|more)"
)
_COUNTED = re.compile(
    rf"\b{_MANY}\b(?:\s+(?:of|new|merged|open|accepted|github|hub|more|your|the)){{0,3}}\s+"
    r"(?:pull[- ]requests?|prs?|stars?|followers?|forks?|likes|upvotes|stargazers)\b"
    r"|\b(?:number|count|total) of (?:\w+ )?(?:pull[- ]requests|prs|stars|followers|forks|likes|upvotes)\b",
    re.IGNORECASE,
)


def findings(found: Challenge, library: Library) -> Iterator[Finding]:
    """Every rule about challenges that this one breaks."""
    yield from _values(found)
    if found.verify.method in EXTERNAL:
        yield from _third_party(found, library)
    texts = [found.title, found.why, *found.steps, found.done_when]
    if found.verify.human and found.verify.human.question:
        texts.append(found.verify.human.question)
    for text in texts:
        if match := _COUNTED.search(text):
            yield Finding("E73", f"pays for a count ({match.group()!r}); reward what was done, not how often")


def _values(found: Challenge) -> Iterator[Finding]:
    evidence = found.verify.require.get("evidence", ["some"])
    if not isinstance(evidence, list) or not evidence or not all(_is_words(entry) for entry in evidence):
        yield Finding("E70", "verify: evidence is a list of what to show, in words")
    if not _is_count(found.limits.get("open_claims", 1)):
        yield Finding("E72", "limits: open_claims is a whole number from 1")
    pair = found.limits.get("rewarded_per_days", [1, 1])
    if not isinstance(pair, list) or len(pair) != 2 or not all(_is_count(number) for number in pair):
        yield Finding("E72", "limits: rewarded_per_days is a pair such as [1, 14]")


def _is_count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= 1


def _is_words(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _third_party(found: Challenge, library: Library) -> Iterator[Finding]:
    repo = str(found.verify.require.get("repo", ""))
    lists = {name for entry in library.repositories for name in entry.lists}
    if not repo.startswith(ALLOWED):
        yield Finding("E71", "a challenge in other people's projects names a list (repo: allow_list:docs_welcome)")
    elif repo.removeprefix(ALLOWED) not in lists:
        yield Finding("E71", f"no project of repos.yaml is on the list {repo.removeprefix(ALLOWED)}")
    if found.level > BEGINNERS:
        return
    if found.integrity.get("ai_disclosure") != "required":
        yield Finding("E72", "needs integrity: {ai_disclosure: required}")
    for cap in ("open_claims", "rewarded_per_days"):
        if cap not in found.limits:
            yield Finding("E72", f"needs a cap: limits: {{{cap}: ...}}")
    other = library.challenges.get(found.fallback or "")
    if found.fallback is None:
        yield Finding("E72", "needs a fallback that burdens no third party")
    elif other is not None and other.verify.method in EXTERNAL:
        yield Finding("E72", f"the fallback {found.fallback} goes to other people's projects too")


def repository_faults(library: Library, today: date) -> Iterator[Fault]:
    """Projects whose policy was read too long ago, or in the future."""
    names: set[str] = set()
    for entry in library.repositories:
        if entry.repo in names:
            yield Fault("repos.yaml", entry.repo, "E02: stands there twice")
        names.add(entry.repo)
        if not entry.policy.strip() or not entry.source.strip():
            yield Fault("repos.yaml", entry.repo, "E71: policy and source are to be said in words")
        if entry.checked_on > today:
            yield Fault("repos.yaml", entry.repo, f"E71: checked_on {entry.checked_on} lies in the future")
        elif today - entry.checked_on >= READ_AGAIN:
            days = (today - entry.checked_on).days
            yield Fault(
                "repos.yaml", entry.repo, f"E71: its policy was read {days} days ago; read it again before day 180"
            )
