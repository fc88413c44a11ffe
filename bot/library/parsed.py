"""What the content's YAML says, kept from one start to the next: reading it as YAML takes a hundred times as long."""

from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec import Struct, json


class _Kept(Struct):
    parser: str  # by what it was parsed, as a hash
    files: dict[str, Any]  # what each file says, by the hash of its octets


class Parsed:
    """Parses files, or knows of an earlier start what they say; without a file to keep it in, it parses.

    A changed file has another hash, and so has a changed parser: what is kept is never old. It is no state, and may
    be deleted at any time.
    """

    def __init__(self, kept_in: Path | None = None) -> None:
        self._kept_in = kept_in
        self._known = _known_in(kept_in) if kept_in else {}
        self._used: dict[str, Any] = {}

    def parse(self, octets: bytes) -> Any:
        """What a file holds. Raises ValueError where that is not YAML."""
        name = _hash(octets)
        if name in self._known:
            found = self._known[name]
        else:
            from bot.library.yaml12 import parse  # noqa: PLC0415 (only where something is new)

            found = parse(octets)
        self._used[name] = found
        return found

    def keep(self) -> None:
        """Keep what was used, for the next start; where that cannot be done, the next one parses."""
        if self._kept_in is None:
            return
        stay = {name: found for name, found in self._used.items() if name in self._known or _stays(found)}
        if stay.keys() == self._known.keys():
            return
        with suppress(OSError):
            text = json.encode(_Kept(_parser(), stay))
            beside = self._kept_in.with_name(f"{self._kept_in.name}.{_hash(text)}")  # another start may be writing too
            self._kept_in.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(text)
            beside.replace(self._kept_in)


def _known_in(kept_in: Path) -> dict[str, Any]:
    with suppress(OSError, ValueError, RecursionError):
        kept = json.decode(kept_in.read_bytes(), type=_Kept)
        if kept.parser == _parser():
            return kept.files
    return {}


def _parser() -> str:
    return _hash(Path(__file__).with_name("yaml12.py").read_bytes())


def _stays(found: Any) -> bool:
    """Whether JSON holds it unchanged; it has no numbers that are none, no names that are numbers, and no circles."""
    try:
        return bool(json.decode(json.encode(found)) == found)
    except (TypeError, ValueError, RecursionError):
        return False


def _hash(octets: bytes) -> str:
    return blake2b(octets, digest_size=16).hexdigest()
