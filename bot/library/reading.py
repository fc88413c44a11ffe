"""Content files to checked, frozen values; every fault names file, id and reason, and costs its own item alone."""

from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from msgspec import Struct
from pydantic import ValidationError

T = TypeVar("T")


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


class Reader:
    """Reads the files below a root, and notes their faults."""

    def __init__(self, root: Traversable, faults: list[Fault], parse: Callable[[bytes], Any]) -> None:
        self._root = root
        self._faults = faults
        self._parse = parse

    def mapping(self, path: str) -> Mapping[str, Any]:
        """The mapping that a single file holds; anything else is a fault and counts as empty."""
        before = len(self._faults)
        data = self._read(path, self._root.joinpath(path))
        if isinstance(data, dict):
            return data
        if len(self._faults) == before:
            self._fault(path, "", "must hold a mapping")
        return {}

    def entries(self, path: str, key: str, make: Callable[[Any], T]) -> list[T]:
        """The entries of the one list called `key` in a single file."""
        entries = self.mapping(path).get(key)
        if not isinstance(entries, list):
            self._fault(path, "", f"must hold one list, `{key}:`")
            return []
        found = []
        for place, entry in enumerate(entries, start=1):
            try:
                found.append(make(entry))
            except ValidationError as error:
                self._refused(path, f"entry {place}", error)
        return found

    def items(self, folder: str, key: str, make: Callable[[Mapping[str, Any]], T]) -> Iterator[tuple[str, T]]:
        """Every item of the lists called `key` in the files of `folder`, with its file."""
        for path, file in yaml_files(self._root, folder):
            data = self._read(path, file)
            if data is None:
                continue
            if not isinstance(data, dict) or set(data) != {key} or not isinstance(data[key], list):
                self._fault(path, "", f"must hold one list, `{key}:`")
                continue
            for place, entry in enumerate(data[key], start=1):
                try:
                    yield path, make(entry)
                except ValidationError as error:
                    self._refused(path, _name(entry, place), error)
                except (TypeError, ValueError, AttributeError) as error:
                    self._fault(path, _name(entry, place), str(error))

    def _read(self, path: str, file: Traversable) -> Any:
        try:
            return self._parse(file.read_bytes())
        except (OSError, ValueError) as error:
            self._fault(path, "", f"not readable as YAML: {' '.join(str(error).split())}")
            return None

    def _refused(self, path: str, name: str, error: ValidationError) -> None:
        for part in error.errors():
            self._fault(path, name, _sentence(part))

    def _fault(self, path: str, name: str, reason: str) -> None:
        self._faults.append(Fault(path, name, reason))


def _name(entry: Any, place: int) -> str:
    named = (entry.get("id") or entry.get("repo")) if isinstance(entry, dict) else None
    return str(named or f"item {place}")


def _sentence(error: Any) -> str:
    where = ".".join(str(part) for part in error["loc"])
    message = str(error["msg"]).removeprefix("Value error, ")
    return f"{where}: {message}" if where else message
