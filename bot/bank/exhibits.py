"""What has to be executed: for each item with code its code, what its verdict depends on, and the libraries it uses."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from msgspec import Struct

from bot.bank.proofs import hash_of
from bot.library import Library
from bot.library.models import Concept, TryIt
from bot.questions.code_output import CodeOutputQuestion
from bot.questions.item import Content, Item, Question
from bot.questions.numeric import NumericQuestion
from bot.questions.template import TemplateItem

NO_PART = (set(Content.model_fields) | set(Item.model_fields) | {"oracle"}) - {"id", "version", "kind", "stem", "code"}
PRELOADED = (
    "numpy",
    "scipy.stats",
    "scipy.special",
    "pandas",
    "sklearn",
    "sklearn.datasets",
    "sklearn.ensemble",
    "sklearn.linear_model",
    "sklearn.model_selection",
)
DISTRIBUTIONS = {"numpy": "numpy", "scipy": "scipy", "pandas": "pandas", "sklearn": "scikit-learn"}


class Exhibit(Struct, frozen=True, dict=True):
    """One piece of content to prove: the rule that asks for it, its code, and all that the verdict depends on."""

    content: Content
    rule: str
    code: str
    basis: Mapping[str, Any]

    @cached_property
    def hash(self) -> str:
        """Changes with anything that the verdict depends on."""
        return hash_of({"rule": self.rule, "executed": self.code, "basis": self.basis})

    def libraries(self) -> dict[str, str]:
        """The libraries that the code imports, with their versions here (major.minor.patch)."""
        return {name: release(name) for module, name in DISTRIBUTIONS.items() if module in imported(self.code)}


def exhibits(library: Library) -> dict[str, Exhibit]:
    """Everything that is to be executed, by the id of its content."""
    contents: list[Item | Concept] = [*library.items.values(), *library.concepts.values()]
    found = (exhibit_of(content) for content in contents)
    return {exhibit.content.id: exhibit for exhibit in found if exhibit is not None}


def exhibit_of(content: Item | Concept) -> Exhibit | None:
    """What is to be executed of a piece of content, if anything."""
    match content:
        case TemplateItem(oracle=str() as oracle):
            kept = content.model_dump(mode="json", by_alias=True, exclude=NO_PART)
            return Exhibit(content, "E43", oracle, kept)
        case CodeOutputQuestion():
            return Exhibit(content, "E42", content.code.text, {"lang": content.code.lang, "options": _texts(content)})
        case Question(check=check) if check is not None:
            basis: dict[str, Any] = {
                "round": check.round,
                "expect": check.expect,
                "kind": content.kind,
                "options": _values(content),
            }
            if isinstance(content, NumericQuestion):
                basis["answer"] = content.answer.model_dump(mode="json")
            return Exhibit(content, "E41" if says_claim(check.run) else "E40", check.run, basis)
        case Concept(try_it=TryIt() as example):
            return Exhibit(content, "E42", example.text, {"lang": example.lang, "output": example.output})
        case _:
            return None


def needed(wanted: Iterable[Exhibit]) -> list[str]:
    """The modules to load beforehand, so that no piece of code spends its seconds on importing them."""
    tops = {module for exhibit in wanted for module in imported(exhibit.code)}
    return [module for module in PRELOADED if module.split(".")[0] in tops]


def says_claim(code: str) -> bool:
    """Whether the code sets `claim`."""
    return "claim" in _assigned(code)


def _assigned(code: str) -> Iterator[str]:
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id


def imported(code: str) -> set[str]:
    """The top-level modules that the code imports."""
    try:
        tree = ast.parse(code)
    except SyntaxError:
        return set()
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


def release(distribution: str) -> str:
    """The installed version of a distribution, as major.minor.patch."""
    try:
        return ".".join(version(distribution).split(".")[:3])
    except PackageNotFoundError:
        return "missing"


def _texts(item: Question) -> list[list[Any]]:
    return [[option.text, option.correct] for option in item.options]


def _values(item: Question) -> list[list[Any]]:
    return [[option.value, option.correct, option.text] for option in item.options]
