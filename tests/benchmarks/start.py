"""From the start of the playground to its first prompt, beside the import of its largest part."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from time import perf_counter

from tests.benchmarks.figures import Figure

RUNS = 7
BOUND = 2.0
ROOT = Path(__file__).parent.parent.parent


def measure() -> Iterator[Figure]:
    """On a database that is there already, until the welcome is printed; the input is an empty pipe."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "bot", "play", "--database", f"sqlite:///{Path(folder) / 'play.db'}"]
        floor_command = [sys.executable, "-c", "import sqlmodel"]
        for once in (command, floor_command):  # makes the database, and the compiled files of Python
            subprocess.run(once, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True, cwd=ROOT)
        ours, floor = [], []
        for _run in range(RUNS):
            ours.append(_until_welcome(command))
            begun = perf_counter()
            subprocess.run(floor_command, check=True, cwd=ROOT)
            floor.append(perf_counter() - begun)
        yield Figure("start to first prompt", median(ours), median(floor), 'python -c "import sqlmodel"', BOUND)


def _until_welcome(command: list[str]) -> float:
    begun = perf_counter()
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdin
        assert process.stdout
        process.stdin.close()
        first = process.stdout.readline()
        took = perf_counter() - begun
        assert first.startswith("Batchmate"), first
        process.stdout.read()
    assert process.returncode == 0
    return took
