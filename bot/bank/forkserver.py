"""The process in which content is executed: it loads the libraries once and forks a child for each piece of code.

Run as a program, with the names of modules to load. It reads one job a line from its standard input and writes one
outcome a line to its standard output, both JSON. It imports the standard library only, so that it can be started by
its path in a process that knows nothing else of the bot. The limits keep honest code honest (no network, no other
programs, no endless loop, no swallowed machine); they are no wall against hostile code, which review keeps out.
"""

import contextlib
import importlib
import json
import numbers
import os
import resource
import shutil
import signal
import sys
import tempfile
import traceback
import types
from decimal import Decimal
from pathlib import Path
from typing import Any

CODE = "<content>"
LARGEST = 10**18
LARGEST_OUTPUT = 20_000
LARGEST_FILE = 64 * 2**20
STARTS_PROGRAMS = frozenset(
    ["os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "pty.spawn", "subprocess.Popen"]
)


def main() -> None:
    """Load the libraries, say so, then answer one job after the other until the input ends."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    print(json.dumps(load(sys.argv[1:])), file=answers, flush=True)
    for line in sys.stdin:
        print(json.dumps(run(json.loads(line))), file=answers, flush=True)


def load(modules: list[str]) -> dict[str, Any]:
    """Import every module; names the first that is missing."""
    for name in modules:
        try:
            importlib.import_module(name)
        except ImportError as error:
            return {"reason": f"{name} cannot be imported: {error}"}
    return {"ready": True}


def run(job: dict[str, Any]) -> dict[str, Any]:
    """Execute the code of a job in a child of its own, and say what came of it."""
    folder = Path(tempfile.mkdtemp(prefix="batchmate-check-"))
    try:
        (folder / "work").mkdir()
        child = os.fork()
        if child == 0:
            in_child(job, folder)
        _pid, status = os.waitpid(child, 0)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child, signal.SIGKILL)
        return outcome(status, job, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def outcome(status: int, job: dict[str, Any], folder: Path) -> dict[str, Any]:
    """What the child left behind, or how it ended."""
    if os.WIFSIGNALED(status):
        killer = os.WTERMSIG(status)
        if killer in (signal.SIGALRM, signal.SIGXCPU):
            return {"reason": f"took longer than {job['seconds']:g} seconds"}
        return {"reason": f"ended by {signal.Signals(killer).name}"}
    try:
        found: dict[str, Any] = json.loads((folder / "outcome").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {"reason": "ended without an outcome"}
    else:
        return found


def in_child(job: dict[str, Any], folder: Path) -> None:
    """Execute the job and leave; nothing of the server goes on in this process."""
    try:
        os.setpgid(0, 0)
        output = os.open(folder / "output", os.O_WRONLY | os.O_CREAT)
        os.dup2(output, 1)
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(0, 2)
        sys.stdout = open(1, "w", encoding="utf-8", closefd=False)  # noqa: SIM115 (the descriptor itself)
        os.chdir(folder / "work")
        os.environ["HOME"] = os.environ["TMPDIR"] = tempfile.tempdir = str(folder / "work")
        limit(job["seconds"], job["memory"])
        sys.addaudithook(refuse)
        found = execute(job)
        sys.stdout.flush()
        found["printed"] = (folder / "output").read_text(encoding="utf-8", errors="replace")[:LARGEST_OUTPUT]
        (folder / "outcome").write_text(json.dumps(found), encoding="utf-8")
    finally:
        os._exit(0)


def limit(seconds: float, memory: int) -> None:
    """Seconds by the wall clock, and `memory` bytes above what the loaded libraries take already."""
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    for what, most in (
        (resource.RLIMIT_CPU, int(seconds) + 1),
        (resource.RLIMIT_AS, taken() + memory),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
    ):
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(what, (most, most))


def taken() -> int:
    """The bytes of address space that this process has, as far as the system says."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    except (OSError, ValueError):
        return 0
    return pages * resource.getpagesize()


def refuse(event: str, _args: tuple[Any, ...]) -> None:
    """The audit hook: no sockets, no other programs."""
    if event.startswith("socket."):
        raise PermissionError("sockets are refused")
    if event in STARTS_PROGRAMS:
        raise PermissionError("other programs are refused")


def execute(job: dict[str, Any]) -> dict[str, Any]:
    """Run the code as a main program: `values` of the names asked for, `answers` of its function to each call."""
    main_module = types.ModuleType("__main__")
    main_module.__dict__.update(job["names"])
    sys.modules["__main__"] = main_module
    try:
        exec(compile(job["code"], CODE, "exec"), main_module.__dict__)  # noqa: S102 (what this process is for)
        values = {name: plain(main_module.__dict__[name]) for name in job["wanted"] if name in main_module.__dict__}
        answers = [plain(main_module.__dict__[job["function"]](**names)) for names in job["calls"]]
    except MemoryError:
        return {"reason": f"needed more than {job['memory'] / 2**30:g} GB of memory"}
    except BaseException as error:  # noqa: BLE001 (whatever the code raises is its outcome, SystemExit too)
        return {"reason": reason(error)}
    return {"values": values, "answers": answers}


def reason(error: BaseException) -> str:
    """An exception in one line, with the line of the content's code that raised it."""
    places = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == CODE]
    if isinstance(error, SyntaxError) and error.filename == CODE:
        places.append(error.lineno)
    words = " ".join(f"{type(error).__name__}: {error}".split())[:300]
    return f"{words} (line {places[-1]})" if places else words


def plain(value: Any) -> Any:
    """A value as JSON has it: library scalars become numbers; what is none of them is said by its type."""
    item = getattr(value, "item", None)
    if callable(item) and getattr(value, "size", 0) == 1:
        value = item()
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int) and abs(value) < LARGEST:
        return int(value)
    if isinstance(value, (numbers.Real, Decimal)) and not isinstance(value, int):
        return float(value)
    return {"type": type(value).__name__}


if __name__ == "__main__":
    main()
