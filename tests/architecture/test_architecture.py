"""What import contracts cannot say."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.chat.arguments import read_line
from bot.chat.registry import DO, Registry
from bot.features import FEATURES
from tests import words

ROOT = Path(__file__).parent.parent.parent
REGISTRY = Registry.of(FEATURES)
VALUES = {"msgspec"}  # frozen, slotted classes that cost next to nothing to define
ALLOWED = {"chat/markup.py": {"markdown_it"}, "rules/repetition.py": {"fsrs"}}


def modules(folder: str) -> Iterator[Path]:
    """Every module below a folder of the repository, migrations aside."""
    return (path for path in sorted((ROOT / folder).rglob("*.py")) if "migrations/versions" not in str(path))


def imported(path: Path) -> set[str]:
    """The top-level packages that a module imports, also inside functions."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.split(".")[0])
    return found


@pytest.mark.parametrize("layer", ["chat", "rules"])
def test_the_language_and_the_rules_need_little_more_than_the_standard_library(layer: str) -> None:
    """`chat` and `rules` import no package but msgspec for their values, and by a named exception."""
    for path in modules(f"bot/{layer}"):
        allowed = VALUES | ALLOWED.get(f"{layer}/{path.name}", set())
        assert imported(path) - {"bot"} - set(sys.stdlib_module_names) <= allowed, path


def test_a_feature_has_three_files() -> None:
    """Each feature package holds its declaration, handlers and cards; and what the clock posts of it, if any."""
    folders = [
        folder for folder in (ROOT / "bot/features").iterdir() if folder.is_dir() and folder.name != "__pycache__"
    ]
    assert len(folders) == len(FEATURES)
    for folder in folders:
        found = {path.name for path in folder.glob("*.py")}
        assert found - {"posting.py"} == {"__init__.py", "handlers.py", "cards.py"}, folder


def test_the_core_asks_no_clock_and_no_dice_of_its_own() -> None:
    """Outside the composition root no module of the core reads a clock or draws at random by itself."""
    for path in modules("bot"):
        if path.name == "composition.py":
            continue
        tree = ast.parse(path.read_text())
        calls = {ast.unparse(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
        forbidden = {"datetime.now", "datetime.utcnow", "date.today", "time.time", "time.monotonic", "uuid.uuid4"}
        assert not calls & forbidden, path
        assert not {call for call in calls if call.startswith(("random.", "secrets."))}, path


def test_every_module_opens_with_one_sentence_and_stays_short() -> None:
    """A module says what it does in its first line, and has at most 300 lines (the tables aside)."""
    for path in [*modules("bot"), *modules("adapters")]:
        text = path.read_text()
        docstring = ast.get_docstring(ast.parse(text))
        assert docstring, f"{path} has no docstring"
        assert docstring.split("\n")[0].endswith((".", ":", "?")), f"{path}: {docstring.splitlines()[0]}"
        if path.name != "tables.py":
            assert text.count("\n") <= 300, f"{path} has {text.count(chr(10))} lines"


def test_every_command_stands_in_the_documents() -> None:
    """`docs/commands.md` names every command and each of its options."""
    text = (ROOT / "docs/commands.md").read_text()
    for command in REGISTRY.commands.values():
        line = next((line for line in text.splitlines() if line.startswith(f"| `{command.name}`")), None)
        assert line, f"docs/commands.md lacks {command.name}"
        for option in command.options:
            assert f"`{option.name}:`" in line, f"docs/commands.md lacks {command.name} {option.name}:"


def test_a_name_is_a_command_or_a_group_never_both() -> None:
    """Registering a command that is also a group is refused."""
    groups = {name.rpartition(" ")[0] for name in REGISTRY.commands} - {""}
    assert not groups & set(REGISTRY.commands)


def test_tokens_of_older_versions_are_still_answered() -> None:
    """Every button ever shipped (`tokens.txt` beside this file) still has its action; each action stands there."""
    shipped = {line.split("|")[0] for line in (ROOT / "tests/architecture/tokens.txt").read_text().splitlines()}
    assert shipped - set(REGISTRY.actions) == {DO}
    assert set(REGISTRY.actions) <= shipped


def test_buttons_that_run_commands_name_commands_that_exist() -> None:
    """Each `do` token ever shipped runs a command with options that it still has."""
    for line in (ROOT / "tests/architecture/tokens.txt").read_text().splitlines():
        if line.startswith(f"{DO}|"):
            _do, name, *options = line.split("|")
            assert name in REGISTRY.commands, line
            read_line(REGISTRY.commands[name], " ".join(options))


def test_the_catalogue_of_words_is_current() -> None:
    """The committed catalogue holds just the marked words of the code (`make words` writes it)."""
    assert words.TEMPLATE.read_bytes() == words.catalogue()
