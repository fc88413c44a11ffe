"""A stand-in and a bot as processes of their own, watched from outside."""

import json
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Town:
    """The stand-in's control address and its API's."""

    control: str
    api: str
    token: str

    def ask(self, verb: str, **arguments: Any) -> Any:
        """Have the stand-in do something."""
        request = urllib.request.Request(  # noqa: S310 (its own stand-in)
            f"{self.control}/{verb}", json.dumps(arguments).encode(), {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            return json.load(answer)


@dataclass(frozen=True, slots=True)
class Bot:
    """A process in the town."""

    town: Town
    pid: int

    def cpu(self) -> float:
        """Seconds of processor time that its threads have used."""
        threads = Path(f"/proc/{self.pid}/task").glob("*/schedstat")
        return sum(int(thread.read_text().split()[0]) for thread in threads) / 1e9

    def memory(self) -> float:
        """Bytes that it holds."""
        line = next(one for one in Path(f"/proc/{self.pid}/status").read_text().splitlines() if one.startswith("VmRSS"))
        return int(line.split()[1]) * 1024
