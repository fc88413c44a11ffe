"""Loading content, for a thousand questions, beside reading the same files as YAML and no more."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import yaml

from bot.library import load
from tests.benchmarks.figures import Figure, timed

QUESTIONS = 1000
RUNS = 5
SHIPPED = Path(__file__).parent.parent.parent / "content"
ID = re.compile(r"^(\s*- id: q\.[a-z]+\.)([a-z0-9-]+)$", re.MULTILINE)


def measure() -> Iterator[Figure]:
    """The shipped questions, again and again under new ids, until there are a thousand."""
    with tempfile.TemporaryDirectory() as name:
        root = Path(name)
        files = _tree(root)
        found = load(root)
        assert len(found.items) == QUESTIONS, (len(found.items), found.faults[:1])
        loading, floor = [], []
        for _run in range(RUNS):
            loading.append(timed(lambda: load(root)))
            floor.append(timed(lambda: [yaml.load(path.read_bytes(), yaml.CSafeLoader) for path in files]))
        yield Figure(
            f"loading content, {QUESTIONS:,} questions", median(loading), median(floor), "yaml.CSafeLoader alone"
        )


def _tree(root: Path) -> list[Path]:
    for name in ("taxonomy.yaml", "repos.yaml", "misconceptions.yaml"):
        if (SHIPPED / name).exists():
            shutil.copy(SHIPPED / name, root)
    made: list[Path] = []
    questions = copy = 0
    while questions < QUESTIONS:
        for source in sorted((SHIPPED / "questions").rglob("*.yaml")):
            words = source.read_text(encoding="utf-8")
            many = len(ID.findall(words))
            if not many or questions + many > QUESTIONS:
                continue
            target = root / source.relative_to(SHIPPED).with_name(f"{source.stem}-{copy}.yaml")
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(ID.sub(rf"\g<1>\g<2>-{copy}", words), encoding="utf-8")
            made.append(target)
            questions += many
        copy += 1
    return [*made, *(root / name for name in ("taxonomy.yaml", "repos.yaml") if (root / name).exists())]
