"""The command line, and the composition root: the one place that knows every part."""

import asyncio
import io
import itertools
import logging
import random
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.app import App
from bot.beat import Beat
from bot.chat.port import ChatPort
from bot.chat.registry import Registry
from bot.config import SettingsError, data_folder, read_settings
from bot.context import Core
from bot.features import FEATURES
from bot.host import Host
from bot.jobs import Jobs
from bot.library import Library, load
from bot.ports import Services
from bot.rules.draws import seed_of
from bot.store import scores
from bot.store.engine import DatabaseUnusableError, explain, open_engine, shown, transaction
from bot.store.migrate import upgrade

cli = typer.Typer(
    no_args_is_help=True, add_completion=False, help="Batchmate, a study-group bot for people who become ML engineers."
)
score = typer.Typer(no_args_is_help=True, help="Points and boards.")
bank = typer.Typer(no_args_is_help=True, help="The question bank.")
cli.add_typer(score, name="score")
cli.add_typer(bank, name="bank")


DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="The database's address; else DATABASE_URL, else a file of yours.")
]


def now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


def fail(sentence: str) -> typer.Exit:
    """Say what is wrong; the caller raises the exit."""
    typer.echo(sentence, err=True)
    return typer.Exit(1)


@contextmanager
def database(url: str | None) -> Iterator[Engine]:
    """The engine of the database in use, in the shape of this release; a fault is one sentence and exit code 1."""
    try:
        engine = open_engine(url or read_settings().database())
        upgrade(engine)
    except (DatabaseUnusableError, SettingsError) as error:
        raise fail(str(error)) from error
    try:
        yield engine
    except DBAPIError as error:
        raise fail(str(explain(engine, error))) from error
    finally:
        engine.dispose()


def randomness(seed: int | None) -> Callable[[], Random]:
    """A fresh source of randomness per request; with a seed, the same ones every time."""
    if seed is None:
        return random.SystemRandom
    count = itertools.count()
    return lambda: Random(seed_of(seed, next(count)))  # noqa: S311 (draws of questions, no secret)


def read_content(folder: Path | None = None) -> Library:
    """The shipped content, or that of a folder; what is left out of it is said in one line."""
    library = load(folder)
    if not library.items:
        raise fail(f"There is no content in {folder or 'this installation'}: no questions and no templates.")
    if library.faults:
        more = f" (and {len(library.faults) - 1} more; see batchmate bank check)" if len(library.faults) > 1 else ""
        typer.echo(f"Left out of the content: {library.faults[0]}{more}", err=True)
    return library


def compose(engine: Engine, library: Library, seed: int | None, ports: dict[str, ChatPort]) -> Host:
    """Every part of the core, put together."""
    core = Core(engine, library, Registry.of(FEATURES), now, randomness(seed))
    return Host(App(core), Beat(core), Jobs(core, Services()), ports)


@cli.command()
def play(
    database_url: DatabaseOption = None,
    seed: Annotated[int | None, typer.Option(help="Makes the draws repeatable.")] = None,
    content: Annotated[
        Path | None, typer.Option(help="Play the content of this folder instead of the shipped one.")
    ] = None,
) -> None:
    """Open the playground: a study group in this terminal, or in a pipe."""
    library = read_content(content)
    with database(database_url) as engine:
        asyncio.run(_play(engine, library, seed))


async def _play(engine: Engine, library: Library, seed: int | None) -> None:
    from adapters.scheduler import Scheduler  # noqa: PLC0415 (plugged in here)
    from adapters.terminal import session  # noqa: PLC0415
    from adapters.terminal.adapter import CHANNEL, Member, Terminal  # noqa: PLC0415
    from adapters.terminal.console import PlainOutput, RichOutput  # noqa: PLC0415

    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a byte or a letter that the terminal lacks must not end the session
    person = session.is_person()
    if person:
        from rich.console import Console  # noqa: PLC0415

        output: PlainOutput | RichOutput = RichOutput(Console(), now, CHANNEL)
    else:
        output = PlainOutput(sys.stdout, now, CHANNEL)
    terminal = Terminal(output, Member("you", moderator=True), owner="you")
    host = compose(engine, library, seed, {"terminal": terminal})
    terminal.host = host
    for line in session.welcome(host.app.registry.commands.values(), shown(engine.url), "you"):
        output.line(line)
    scheduler = Scheduler(host)
    await host.start()
    await scheduler.start()
    try:
        if person:
            await terminal.call("mate")
            await session.prompted(terminal, host.app, data_folder() / "history")
        else:
            await session.piped(terminal, sys.stdin)
    finally:
        scheduler.stop()
        await host.stop()


@cli.command()
def migrate(
    database_url: DatabaseOption = None,
) -> None:
    """Bring the database to the shape of this release; safe when several processes do it at once."""
    with database(database_url):
        typer.echo("The database is up to date.")


@score.command()
def rebuild(
    database_url: DatabaseOption = None,
) -> None:
    """Work every board out from the ledger again."""
    with database(database_url) as engine, transaction(engine) as db:
        wrong = scores.rebuild(db, now().date())
    typer.echo(f"The boards are rebuilt from the ledger; {wrong} rows differed.")


@bank.command()
def check(
    *,
    run: Annotated[
        bool, typer.Option("--run", help="Execute every check, example and template, and renew the proofs.")
    ] = False,
) -> None:
    """Check all content: schema, ids, references, limits, keys, proofs. Names file, id and reason of each fault."""
    from bot.bank.check import check as check_all  # noqa: PLC0415 (content tools are for this command alone)

    faults, summary = check_all(run=run, today=now().date())
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(summary)
    if faults:
        raise typer.Exit(1)


@bank.command()
def schema(folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("docs/schema")) -> None:
    """Write the JSON Schemas of content files, for editors."""
    from bot.bank.schema import write_schemas  # noqa: PLC0415 (content tools are for this command alone)

    write_schemas(folder)
    typer.echo(f"The schemas are in {folder}.")


def main() -> None:
    """The entry point of `batchmate` and of `python -m bot`."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    cli()


if __name__ == "__main__":
    main()
