"""Pictures for the documents, made from real sessions (`make pictures`): the terminal at work, as SVG."""

import asyncio
import io
import re
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from rich.console import Console

from adapters.terminal.adapter import CHANNEL, Member, Terminal
from adapters.terminal.console import RichOutput
from bot.app import App
from bot.beat import Beat
from bot.chat.registry import Registry
from bot.context import Core
from bot.features import FEATURES
from bot.host import Host
from bot.jobs import Jobs
from bot.library import load
from bot.ports import Services
from bot.store.engine import open_engine
from bot.store.migrate import upgrade

FOLDER = Path(__file__).parent.parent / "docs" / "pictures"
START = datetime(2026, 11, 24, 18, 0, tzinfo=UTC)
SESSIONS = {
    "quiz": ("quiz start topic:classical.svm questions:2", "a"),
    "concept": ("concept topic:maths",),
    "board": ("quiz start topic:neurons-activations questions:1", "a", "my name name", "leaderboard"),
}
FONT = re.compile(r"@font-face\s*\{.*?\}\s*", re.DOTALL)


class _Clock:
    now = START

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=2)
        return self.now


async def _session(lines: tuple[str, ...], folder: Path) -> Console:
    console = Console(record=True, width=96, file=io.StringIO(), force_terminal=True)
    clock = _Clock()
    engine = open_engine(f"sqlite:///{folder / 'pictures.db'}")
    upgrade(engine)
    terminal = Terminal(RichOutput(console, clock, CHANNEL), Member("ann"))
    core = Core(engine, load(), Registry.of(FEATURES), clock, lambda: Random(7))
    host = terminal.host = Host(App(core), Beat(core), Jobs(core, Services()), {"terminal": terminal})
    for line in lines:
        console.print(f"ann> {line}", style="bold", markup=False, highlight=False)
        await terminal.gesture(line)
        await host.settle()
    await host.stop()
    engine.dispose()
    return console


def main() -> None:
    """Write every picture anew."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, lines in SESSIONS.items():
        with tempfile.TemporaryDirectory() as folder:
            console = asyncio.run(_session(lines, Path(folder)))
        drawn = FONT.sub("", console.export_svg(title="Batchmate", unique_id=name))
        (FOLDER / f"{name}.svg").write_text(drawn + "\n")


if __name__ == "__main__":
    main()
