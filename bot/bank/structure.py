"""Rules about what an item refers to and is made of: E02 to E14, as far as the models do not keep them, and W13."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from urllib.parse import urlsplit

from bot.bank.findings import Finding
from bot.bank.words import SHOWN_KINDS, normal, number_in, pieces, prose, tokens
from bot.library import Library
from bot.library.models import Challenge, Concept
from bot.questions.item import Content, Item, Option, Question, Ref, Status, Volatile
from bot.questions.template import TemplateItem

FOLDERS = {"q": "questions", "t": "templates", "c": "concepts", "h": "challenges"}
OVERLAP = 0.8
DENIED = re.findall(
    r"\S+",
    "bit.ly brainly.com chegg.com coursehero.com example.com example.org geeksforgeeks.org goo.gl "
    "javatpoint.com localhost medium.com quizlet.com quora.com reddit.com sanfoundry.com scribd.com "
    "stackoverflow.com t.co tinyurl.com towardsdatascience.com tutorialspoint.com w3schools.com",
)
_MONTH = re.compile(r"^\d{4}-(0[1-9]|1[0-2])$")
_DOI = re.compile(r"^10\.\d{4,9}/\S+$")
_AGEING = {
    "a year": re.compile(r"(?<![\d.,])20[12]\d(?![\d.,]*\d|\w)"),
    "a price": re.compile(r"[$€£]\s?\d|\b\d[\d.,]*\s?(?:dollars?|euros?|pounds|usd|eur|cents)\b", re.IGNORECASE),
    "a version": re.compile(
        r"\bv?\d+\.\d+\.\d+\b|\b(?:version|release|python|numpy|pandas|scipy|scikit-learn|pytorch|tensorflow|keras|cuda)"
        r" v?\d+(?:\.\d+)*\b",
        re.IGNORECASE,
    ),
    "a word that ages": re.compile(r"\b(?:latest|currently)\b", re.IGNORECASE),
}


def findings(content: Content, file: str, library: Library, today: date) -> Iterator[Finding]:
    """Every structural rule that the content breaks."""
    yield from _place(content, file, library)
    yield from _references(content, library)
    if isinstance(content, Item | Concept):
        yield from _sources(content)
    if isinstance(content, Question):
        yield from _options(content)
    yield from _dates(content, today)


def _place(content: Content, file: str, library: Library) -> Iterator[Finding]:
    first, track, _slug = content.id.split(".")
    folder = FOLDERS[first]
    if isinstance(content, Challenge):
        wanted = f"challenges/level-{content.level}.yaml"
    else:
        wanted = f"{folder}/{content.track}/{content.topic.partition('.')[2]}.yaml"
        if track != content.track:
            yield Finding("E02", f"the id names the track {track}, the item {content.track}")
    if not file.startswith(f"{folder}/"):
        yield Finding("E02", f"an id of this kind ({first}.) stands in {folder}/")
    elif file != wanted and content.topic in library.topics:
        yield Finding("E03", f"stands in {file}; its place is {wanted}")


def _references(content: Content, library: Library) -> Iterator[Finding]:
    if content.topic not in library.topics:
        yield Finding("E03", f"there is no topic {content.topic}")
    for topic in getattr(content, "prereq", ()):
        if topic not in library.topics:
            yield Finding("E03", f"prereq: there is no topic {topic}")
    for name in _misconceptions(content):
        if name not in library.misconceptions:
            yield Finding("E10", f"the misconception {name} is not in misconceptions.yaml")
    faulty = {fault.item for fault in library.faults}
    match content:
        case Concept(recall=recall) if recall not in library.items.keys() | faulty:
            yield Finding("E03", f"recall: there is no question {recall}")
        case Challenge(fallback=fallback) if (
            fallback is not None and fallback not in library.challenges.keys() | faulty
        ):
            yield Finding("E03", f"fallback: there is no challenge {fallback}")
        case Item(contrast_with=other) if other is not None and other not in library.items.keys() | faulty:
            yield Finding("E03", f"contrast_with: there is no question {other}")


def _misconceptions(content: Content) -> list[str]:
    match content:
        case Question(options=options):
            named = [option.misconception for option in options]
        case TemplateItem(distractors=distractors):
            named = [wrong.misconception for wrong in distractors]
        case Concept(misconception=name):
            named = [name]
        case _:
            named = []
    return list(dict.fromkeys(name for name in named if name is not None))


def _sources(content: Content) -> Iterator[Finding]:
    if not content.refs:
        yield Finding("E09", "there is no reference")
    for ref in content.refs:
        if not ref.title.strip() or not ref.locator.strip():
            yield Finding("E09", f"the reference {ref.title!r} needs a title and a locator in words")
        if ref.url and (why := _bad_host(ref.url)):
            yield Finding("E09", f"{ref.url}: {why}")
        if ref.doi and not _DOI.match(ref.doi):
            yield Finding("E09", f"{ref.doi} is no doi (10.1234/name)")
        if ref.isbn and not _isbn(ref):
            yield Finding("E09", f"{ref.isbn} is no isbn: its check digit is wrong")


def _bad_host(url: str) -> str | None:
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = ""
    if any(host == denied or host.endswith(f".{denied}") for denied in DENIED):
        return "not a primary source"
    named = "." in host and any(character.isalpha() for character in host)
    return None if named else "no host that everybody can reach"


def _isbn(ref: Ref) -> bool:
    digits = [10 if sign in "xX" else int(sign) for sign in ref.isbn or "" if sign.isdigit() or sign in "xX"]
    if len(digits) == 13:
        return sum(digit * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10 == 0
    return len(digits) == 10 and sum(digit * (10 - at) for at, digit in enumerate(digits)) % 11 == 0


def _options(item: Question) -> Iterator[Finding]:
    most = 5
    if item.kind not in SHOWN_KINDS and not 2 <= len(item.options) <= most:
        yield Finding(
            "E06",
            f"a typed answer has 2 to {most} known answers (the right one and wrong ones), not {len(item.options)}",
        )
    places = item.check.round if item.check else None
    seen: dict[object, Option] = {}
    for at, option in enumerate(item.options, start=1):
        number = option.value if option.value is not None else number_in(option.text)
        keys: list[object] = [normal(option.text)] if item.kind != "code_output" else []
        if number is not None and item.kind not in ("code_output", "short_text"):
            keys.append(round(number, places) if places is not None else float(f"{number:.9g}"))
        twin = next((seen[key] for key in keys if key in seen), None)
        if twin is not None:
            yield Finding("E07", f"{twin.text!r} and {option.text!r} are the same")
        seen.update(dict.fromkeys(keys, option))
        said, own = set(tokens(option.why)), set(tokens(option.text))
        if said and len(said & own) / len(said) >= OVERLAP:
            yield Finding("E08", f"the why of option {at} says the option's own words")


def _dates(content: Content, today: date) -> Iterator[Finding]:
    if content.reviewed and content.reviewed > today:
        yield Finding("E12", f"reviewed: {content.reviewed} lies in the future")
    if content.volatile is None:
        for what, found in ageing(content).items():
            yield Finding("W13", f"volatile is missing, though there is {what} ({found})")
        return
    broken = _bad_dates(content.volatile)
    if broken:
        yield Finding("E14", broken)
    elif content.status is Status.LIVE and content.volatile.due(today):
        yield Finding("E14", f"live, though its review was due by {content.volatile.review_by}")


def _bad_dates(volatile: Volatile) -> str | None:
    for day in (volatile.as_of, volatile.review_by):
        if isinstance(day, str) and not _MONTH.match(day):
            return f"volatile: {day!r} is neither a date nor a month (2026-11)"
    if str(volatile.review_by) <= str(volatile.as_of):
        return f"volatile: review_by {volatile.review_by} must come after as_of {volatile.as_of}"
    return None


def ageing(content: Content) -> Mapping[str, str]:
    """What in the content's texts grows old, by kind: years, prices, versions, words; sources aside."""
    text = "\n".join(prose(piece.text) for piece in pieces(content) if not piece.where.startswith("ref "))
    found = {what: pattern.search(text) for what, pattern in _AGEING.items()}
    return {what: " ".join(match.group().split()) for what, match in found.items() if match}
