"""A small valid content tree in a folder of its own, to plant faults in."""

import shutil
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from bot.bank import proofs
from bot.bank.check import check
from bot.bank.exhibits import exhibits
from bot.bank.proofs import Proof
from bot.library import load
from bot.library.reading import Fault, content_root
from bot.library.yaml12 import Loader

VALID = Path(__file__).parent / "valid"
TODAY = date(2026, 11, 24)
GONE = object()


class Tree:
    """The valid tree in `folder`, changed as a test wishes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(VALID, folder)
        shutil.copy(Path(str(content_root())) / "taxonomy.yaml", folder)

    def file_of(self, name: str) -> str:
        """The file, from the tree's root, that holds the item."""
        for path in sorted(self.folder.rglob("*.yaml")):
            if f"id: {name}\n" in path.read_text():
                return path.relative_to(self.folder).as_posix()
        raise LookupError(name)

    def change(self, name: str, changes: Mapping[str, Any]) -> str:
        """Set fields of an item by their paths (`options.0.why`), or take them out; gives the file."""
        file = self.file_of(name)
        data = self.read(file)
        (entries,) = data.values()
        entry = next(entry for entry in entries if entry["id"] == name)
        for path, value in changes.items():
            plant(entry, path.split("."), value)
        self.write(file, data)
        return file

    def read(self, file: str) -> Any:
        """What a file of the tree holds."""
        return yaml.load((self.folder / file).read_text(), Loader)  # noqa: S506 (Loader is a safe loader)

    def write(self, file: str, data: Any) -> None:
        """Put data into a file of the tree."""
        (self.folder / file).write_text(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False, allow_unicode=True))

    def prove(self) -> None:
        """Put a proof of everything on record, without executing anything."""
        found = exhibits(load(self.folder))
        proofs.write(self.folder, {name: Proof(exhibit.hash, {}, True) for name, exhibit in found.items()})

    def check(self, *, run: bool = False) -> tuple[list[Fault], str]:
        """What the checker says of the tree."""
        return check(run=run, today=TODAY, root=self.folder)


def plant(entry: Any, path: Sequence[str], value: Any) -> None:
    """Set what `path` names inside `entry`, or take it out."""
    *way, last = path
    for step in way:
        entry = entry[int(step)] if isinstance(entry, list) else entry.setdefault(step, {})
    key: Any = int(last) if isinstance(entry, list) else last
    if value is GONE:
        del entry[key]
    else:
        entry[key] = value
