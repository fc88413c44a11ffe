"""What the content's YAML says, kept from one start to the next: reading it as YAML takes a hundred times as long."""

from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from msgspec import Struct, ValidationError, json


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
        self._used: dict[str, Any] = {}
        self._kept = _Kept("", {})
        if kept_in is not None:
            with suppress(OSError):
                self._kept.parser = _hash(Path(__file__).with_name("yaml12.py").read_bytes())
                self._kept.files = self._read(kept_in)

    def parse(self, octets: bytes) -> Any:
        """What a file holds. Raises ValueError where that is not YAML."""
        name = _hash(octets)
        if name in self._kept.files:
            found = self._kept.files[name]
        else:
            from bot.library.yaml12 import parse  # noqa: PLC0415 (only where something is new)

            found = parse(octets)
        self._used[name] = found
        return found

    def keep(self) -> None:
        """Keep what was used, for the next start; where that cannot be done, the next one parses."""
        if self._kept_in is None or not self._kept.parser or self._used.keys() == self._kept.files.keys():
            return
        text = json.encode(_Kept(self._kept.parser, {name: one for name, one in self._used.items() if _stays(one)}))
        beside = self._kept_in.with_name(f"{self._kept_in.name}.{_hash(text)}")  # another start may be writing too
        with suppress(OSError):
            self._kept_in.parent.mkdir(parents=True, exist_ok=True)
            beside.write_bytes(text)
            beside.replace(self._kept_in)

    def _read(self, kept_in: Path) -> dict[str, Any]:
        with suppress(ValidationError, ValueError):
            kept = json.decode(kept_in.read_bytes(), type=_Kept)
            if kept.parser == self._kept.parser:
                return kept.files
        return {}


def _stays(found: Any) -> bool:
    """Whether JSON holds it unchanged; it has no numbers that are none, and no names that are numbers."""
    try:
        return bool(json.decode(json.encode(found)) == found)
    except (TypeError, ValueError):
        return False


def _hash(octets: bytes) -> str:
    return blake2b(octets, digest_size=16).hexdigest()
