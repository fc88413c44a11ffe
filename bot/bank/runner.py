"""The bot's end of the process that executes content; numpy and its kin are loaded over there, never here."""

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from msgspec import Struct, field

from bot.bank import forkserver

SECONDS = 10.0
MEMORY = 2**30
ENDED = "the process that executes content has ended"
_KEPT = ("PATH", "TMPDIR", "SYSTEMROOT")


class RunnerError(RuntimeError):
    """Nothing can be executed at all; the sentence says why."""


class Outcome(Struct, frozen=True):
    """What came of a piece of code: `reason` says what went wrong, if anything."""

    reason: str | None = None
    printed: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    answers: Sequence[Any] = ()


class Runner:
    """Executes code, each piece in a fresh child of a process that has `libraries` loaded. Use it in a `with`."""

    def __init__(self, libraries: Sequence[str], *, seconds: float = SECONDS, memory: int = MEMORY) -> None:
        self._libraries = tuple(libraries)
        self._seconds = seconds
        self._memory = memory
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start the process and wait until its libraries are loaded. Raises RunnerError."""
        single = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        program = str(Path(forkserver.__file__))
        self._process = subprocess.Popen(  # noqa: S603 (our own program, our own interpreter)
            [sys.executable, "-I", "-X", "utf8", program, *self._libraries],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
            env={**kept, **single},
        )
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line or "reason" in (answer := json.loads(line)):
            self.__exit__(None, None, None)
            raise RunnerError(f"{answer['reason']}; `make content` installs it" if line else ENDED)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End the process."""
        process, self._process = self._process, None
        if process is None or process.stdin is None or process.stdout is None:
            return
        with contextlib.suppress(BrokenPipeError):
            process.stdin.close()
        process.terminate()
        process.wait()
        process.stdout.close()

    def run(
        self,
        code: str,
        *,
        names: Mapping[str, Any] | None = None,
        wanted: Sequence[str] = (),
        function: str = "",
        calls: Sequence[Mapping[str, Any]] = (),
    ) -> Outcome:
        """Execute `code` with `names` set: the values of `wanted`, and what `function` answers to each of `calls`."""
        job = {
            "code": code,
            "names": dict(names or {}),
            "wanted": list(wanted),
            "function": function,
            "calls": [dict(call) for call in calls],
            "seconds": self._seconds,
            "memory": self._memory,
        }
        process = self._process
        if process is None or process.stdin is None:
            raise RunnerError("the runner is not started")
        try:
            print(json.dumps(job), file=process.stdin, flush=True)
        except BrokenPipeError as broken:
            raise RunnerError(ENDED) from broken
        return Outcome(**self._hear())

    def _hear(self) -> dict[str, Any]:
        if self._process is None or self._process.stdout is None:
            raise RunnerError("the runner is not started")
        line = self._process.stdout.readline()
        if not line:
            raise RunnerError(ENDED)
        answer: dict[str, Any] = json.loads(line)
        return answer
