"""The record of what was executed, `content/proofs.json`: by item the hash of what was proved, with which libraries."""

import json
from collections.abc import Mapping
from hashlib import blake2b
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from msgspec import Struct

from bot.library.reading import Fault

FILE = "proofs.json"
RULES = 1  # counts up when a verdict is reached in another way, so that every proof has to be made again


class Proof(Struct, frozen=True):
    """That a content, known by its hash, was executed and held; what came out, and with which libraries."""

    hash: str
    libraries: Mapping[str, str]
    result: Any


def hash_of(basis: Mapping[str, Any]) -> str:
    """The hash of everything that a verdict depends on."""
    text = json.dumps({"rules": RULES, **basis}, sort_keys=True, ensure_ascii=False)
    return blake2b(text.encode(), digest_size=16).hexdigest()


def read(root: Traversable, faults: list[Fault]) -> dict[str, Proof]:
    """The proofs on record; a file that cannot be read is a fault and holds none."""
    file = root.joinpath(FILE)
    if not file.is_file():
        return {}
    try:
        data = json.loads(file.read_text(encoding="utf-8"))
        return {name: Proof(entry["hash"], dict(entry["libraries"]), entry["result"]) for name, entry in data.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        faults.append(Fault(FILE, "", f"E40: not readable ({type(error).__name__}); `make content` writes it anew"))
        return {}


def sample(proofs: Mapping[str, Proof], count: int) -> list[str]:
    """Ids to prove again, chosen by the hash of the whole record: the choice moves on as the content does."""
    whole = hash_of({name: proof.hash for name, proof in proofs.items()})
    return sorted(proofs, key=lambda name: hash_of({"of": whole, "id": name}))[:count]


def write(folder: Path, proofs: Mapping[str, Proof]) -> None:
    """Put the proofs on record, one line each, in order."""
    lines = [f"{json.dumps(name)}: {_line(proofs[name])}" for name in sorted(proofs)]
    text = "{\n" + ",\n".join(lines) + "\n}\n" if lines else "{}\n"
    (folder / FILE).write_text(text, encoding="utf-8")


def _line(proof: Proof) -> str:
    return json.dumps(
        {"hash": proof.hash, "libraries": dict(sorted(proof.libraries.items())), "result": proof.result},
        ensure_ascii=False,
    )
