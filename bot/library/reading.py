"""Content files to checked, frozen values; every fault names file, id and reason, and costs its own item alone."""

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

import yaml
from msgspec import Struct
from pydantic import ValidationError

T = TypeVar("T")

_BOOLEANS = {"true": True, "false": False}


class Loader(yaml.CSafeLoader):
    """YAML as version 1.2 has it: only `true` and `false` are booleans, so `no` and `on` stay words."""


Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
for _letter in "tf":
    Loader.yaml_implicit_resolvers.setdefault(_letter, []).append(
        ("tag:yaml.org,2002:bool", yaml.resolver.re.compile("^(?:true|false)$"))  # type: ignore[attr-defined]
    )


class Fault(Struct, frozen=True):
    """Something wrong in the content: where, in which item, and why."""

    file: str
    item: str
    reason: str

    def __str__(self) -> str:
        return f"{self.file}: {self.item}: {self.reason}" if self.item else f"{self.file}: {self.reason}"


def content_root() -> Traversable:
    """The shipped content, also when installed from a wheel."""
    return files("content")


def yaml_files(root: Traversable, folder: str) -> Iterator[tuple[str, Traversable]]:
    """Every YAML file below `folder` with its path from the root, in order."""
    start = root.joinpath(folder)
    if start.is_dir():
        yield from _walk(start, folder)


def _walk(folder: Traversable, path: str) -> Iterator[tuple[str, Traversable]]:
    for entry in sorted(folder.iterdir(), key=lambda found: found.name):
        if entry.is_dir():
            yield from _walk(entry, f"{path}/{entry.name}")
        elif entry.name.endswith(".yaml"):
            yield f"{path}/{entry.name}", entry


def read_yaml(path: str, file: Traversable, faults: list[Fault]) -> Any:
    """What the file holds, or None with a fault noted."""
    try:
        return yaml.load(file.read_bytes(), Loader)  # noqa: S506 (Loader is a safe loader)
    except (OSError, ValueError, yaml.YAMLError) as error:
        faults.append(Fault(path, "", f"not readable as YAML: {' '.join(str(error).split())}"))
        return None


def read_mapping(root: Traversable, path: str, faults: list[Fault]) -> Mapping[str, Any]:
    """The mapping that a single file holds; anything else is a fault and counts as empty."""
    before = len(faults)
    data = read_yaml(path, root.joinpath(path), faults)
    if isinstance(data, dict):
        return data
    if len(faults) == before:
        faults.append(Fault(path, "", "must hold a mapping"))
    return {}


def read_models(root: Traversable, path: str, key: str, make: Callable[[Any], T], faults: list[Fault]) -> list[T]:
    """The entries of the one list called `key` in a single file."""
    entries = read_mapping(root, path, faults).get(key)
    if not isinstance(entries, list):
        faults.append(Fault(path, "", f"must hold one list, `{key}:`"))
        return []
    found = []
    for place, entry in enumerate(entries, start=1):
        try:
            found.append(make(entry))
        except ValidationError as error:
            faults.extend(Fault(path, f"entry {place}", _sentence(part)) for part in error.errors())
    return found


def read_list(
    root: Traversable, folder: str, key: str, make: Callable[[Mapping[str, Any]], T], faults: list[Fault]
) -> Iterator[tuple[str, T]]:
    """Every item of the lists called `key` in the files of `folder`, with its file."""
    for path, file in yaml_files(root, folder):
        data = read_yaml(path, file, faults)
        if data is None:
            continue
        if not isinstance(data, dict) or set(data) != {key} or not isinstance(data[key], list):
            faults.append(Fault(path, "", f"must hold one list, `{key}:`"))
            continue
        for place, entry in enumerate(data[key], start=1):
            name = (
                str(entry.get("id") or entry.get("repo") or f"item {place}")
                if isinstance(entry, dict)
                else f"item {place}"
            )
            try:
                yield path, make(entry)
            except ValidationError as error:
                faults.extend(Fault(path, name, _sentence(part)) for part in error.errors())
            except (TypeError, ValueError, AttributeError) as error:
                faults.append(Fault(path, name, str(error)))


def _sentence(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
