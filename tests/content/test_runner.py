"""Code runs in a child with limits, and whatever it does comes back as an outcome."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot.bank.runner import Runner, RunnerError


def test_output_and_values_come_back(runner: Runner) -> None:
    """What the code prints is captured, and the names asked for are read, with `seed` given."""
    outcome = runner.run("print('é', seed)\nresult = seed + 0.5", names={"seed": 3}, wanted=["result", "claim"])
    assert outcome.reason is None
    assert outcome.printed == "é 3\n"
    assert outcome.values == {"result": 3.5}


def test_output_of_the_descriptor_is_captured_too(runner: Runner) -> None:
    """What bypasses print is seen as well, and errors are not."""
    assert runner.run("import os, sys\nos.write(1, b'one')\nos.write(2, b'two')").printed == "one"


def test_numbers_of_libraries_are_numbers(runner: Runner) -> None:
    """A numpy scalar, a fraction and a decimal compare like plain numbers; an array is told by its type."""
    code = """
import numpy as np
from decimal import Decimal
from fractions import Fraction
a, b, c, d = np.float64(0.5), np.bool_(True), np.int8(3), np.array([7])
e, f, g, h = Fraction(1, 4), Decimal('0.5'), np.zeros(2), 10**400
"""
    found = runner.run(code, wanted=list("abcdefgh")).values
    assert found == {
        "a": 0.5, "b": True, "c": 3, "d": 7, "e": 0.25, "f": 0.5, "g": {"type": "ndarray"}, "h": {"type": "int"},
    }  # fmt: skip
    assert found["b"] is True


def test_a_function_is_called_with_each_set_of_names(runner: Runner) -> None:
    """An oracle answers each call."""
    outcome = runner.run(
        "def oracle(a, b):\n    return a * b", function="oracle", calls=[{"a": 2, "b": 3}, {"b": 0.5, "a": 4}]
    )
    assert list(outcome.answers) == [6, 2.0]


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("while True:\n    pass", "took longer than 1 seconds"),
        ("import time\ntime.sleep(30)", "took longer than 1 seconds"),
        ("x = bytearray(2**29)", "needed more than 0.25 GB of memory"),
        ("import numpy as np\nx = np.ones(2**27)", "needed more than 0.25 GB of memory"),
        ("import socket\nsocket.socket()", "PermissionError: sockets are refused (line 2)"),
        ("import socket\nsocket.getaddrinfo('localhost', 80)", "PermissionError: sockets are refused (line 2)"),
        ("import os\nos.system('true')", "PermissionError: other programs are refused (line 2)"),
        ("import subprocess\nsubprocess.run(['true'])", "PermissionError: other programs are refused (line 2)"),
        ("import os\nos.fork()", "PermissionError: other programs are refused (line 2)"),
        ("x = 1\nx / 0", "ZeroDivisionError: division by zero (line 2)"),
        ("def f():\n    raise ValueError('two\\nlines')\nf()", "ValueError: two lines (line 2)"),
        ("x = (", "SyntaxError: '(' was never closed (<content>, line 1) (line 1)"),
        ("import sys\nsys.exit(0)", "SystemExit: 0 (line 2)"),
        ("import os\nos._exit(0)", "ended without an outcome"),
        ("import os\nos.kill(os.getpid(), 9)", "ended by SIGKILL"),
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module' (line 1)"),
    ],
)
def test_what_goes_wrong_is_said_in_one_sentence(runner: Runner, code: str, reason: str) -> None:
    """Time, memory, sockets, other programs, exceptions, sudden ends: each has its reason, and the next code runs."""
    assert runner.run(code).reason == reason
    assert runner.run("print(1)").printed == "1\n"


def test_a_piece_of_code_leaves_nothing_behind(runner: Runner) -> None:
    """Names, modules, files and variables of one piece are gone for the next, and so is its folder."""
    touch = "import os, math\nmath.pi = 3\nopen('left', 'w').close()\nos.environ['LEFT'] = '1'\nleft = 1"
    look = "import os, math\nprint(os.listdir(), math.pi > 3.1, 'LEFT' in os.environ, 'left' in globals())"
    first = runner.run(f"{touch}\nprint(os.getcwd())")
    second = runner.run(look)
    assert second.printed == "[] True False False\n"
    assert not Path(first.printed.strip()).exists()


def test_code_sees_none_of_the_bots_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    """Variables of the bot's environment, tokens among them, do not reach the code."""
    monkeypatch.setenv("BATCHMATE_SECRET", "hidden")
    with Runner(()) as fresh:
        assert fresh.run("import os\nprint(os.environ.get('BATCHMATE_SECRET'))").printed == "None\n"


def test_a_library_that_is_missing_is_named() -> None:
    """Where a library cannot be loaded, nothing is executed and it is said which."""
    with pytest.raises(RunnerError, match="no_such_module cannot be imported"), Runner(("no_such_module",)):
        pass


def test_a_runner_that_has_ended_says_so() -> None:
    """If the process is gone, the next code is refused with a sentence."""
    with Runner(()) as fresh:
        assert fresh._process is not None
        fresh._process.kill()
        fresh._process.wait()
        with pytest.raises(RunnerError, match="has ended"):
            fresh.run("print(1)")


def test_the_bots_own_process_stays_free_of_numpy(tmp_path: Path) -> None:
    """Executing content loads no scientific library into the process that asks for it."""
    program = f"""
import sys
from pathlib import Path
from tests.content.tree import Tree
tree = Tree(Path({str(tmp_path / "content")!r}))
code = "import numpy as np; result = np.float64(8.75)"
tree.change("q.eval.share-of-false-alarms", {{"check.run": code}})
print(tree.check(run=True)[0], {{"numpy", "pandas", "scipy", "sklearn"}} & set(sys.modules))
"""
    env = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", program], env=env, capture_output=True, text=True, check=True)
    assert done.stdout == "[] set()\n"
