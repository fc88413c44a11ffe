"""The command line."""

import gc

gc.disable()  # what is imported is no rubbish: looking for some costs a tenth of the start

import asyncio
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot import composition
from bot.chat.registry import Registry
from bot.config import Settings, SettingsError, cache_folder, read_settings
from bot.features import FEATURES
from bot.library import Library, load
from bot.ports import SealedError
from bot.store import condition, exposures, scores
from bot.store.engine import DatabaseUnusableError, explain, open_engine, transaction
from bot.store.migrate import upgrade

gc.freeze()
gc.set_threshold(100_000, 20, 20)
gc.enable()

cli = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_show_locals=False,  # a secret could be among them
    help="Batchmate, a study-group bot for people who become ML engineers.",
)
score = typer.Typer(no_args_is_help=True, help="Points and boards.")
bank = typer.Typer(no_args_is_help=True, help="The question bank.")
keys = typer.Typer(no_args_is_help=True, help="BATCHMATE_SECRET_KEY, and what is kept encrypted with it.")
manifest = typer.Typer(no_args_is_help=True, help="What a platform is told of the bot.")
cli.add_typer(score, name="score")
cli.add_typer(bank, name="bank")
cli.add_typer(manifest, name="manifest")
cli.add_typer(keys, name="secrets")


DatabaseOption = Annotated[
    str | None, typer.Option("--database", help="The database's address; else DATABASE_URL, else a file of yours.")
]


def usable_settings() -> Settings:
    """The settings of the environment; a fault is one sentence and exit code 1."""
    try:
        return read_settings()
    except SettingsError as error:
        raise fail(str(error)) from error


def fail(sentence: str) -> typer.Exit:
    """Say what is wrong; the caller raises the exit."""
    typer.echo(sentence, err=True)
    return typer.Exit(1)


def _not_written(path: Path, error: OSError) -> str:
    return f"{path} cannot be written: {error.strerror}. Say it in Batchmate's own folder, or name another place."


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


def read_content(folder: Path | None = None) -> Library:
    """The shipped content, or that of a folder; what is left out of it is said in one line."""
    library = load(folder, kept_in=cache_folder() / "content.json")
    if not library.items:
        raise fail(f"There is no content in {folder or 'this installation'}: no questions and no templates.")
    if library.faults:
        more = f" (and {len(library.faults) - 1} more; see batchmate bank check)" if len(library.faults) > 1 else ""
        typer.echo(f"Left out of the content: {library.faults[0]}{more}", err=True)
    return library


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
        logging.getLogger().setLevel(logging.ERROR)  # what else is logged would stand between the cards
        asyncio.run(composition.play(engine, library, seed))


@cli.command()
def run(database_url: DatabaseOption = None) -> None:
    """Serve every platform that the environment names, until the process is told to stop."""
    settings = usable_settings()
    logging.getLogger().setLevel(settings.log_level)
    for chatty in ("alembic", "apscheduler"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLogger().level))  # below, it logs what is said
    if settings.discord_token is None and not settings.slack_mode():
        raise fail(
            "There is nothing to serve: set DISCORD_TOKEN (docs/install-discord.md says where it is found), or Slack's "
            "tokens (docs/install-slack.md). For a first look without any account, say batchmate play."
        )
    library = read_content()
    with database(database_url or settings.database()) as engine:
        try:
            asyncio.run(composition.serve(settings, engine, library))
        except composition.CannotServeError as error:
            raise fail(str(error)) from error


@cli.command()
def doctor(database_url: DatabaseOption = None) -> None:
    """Say in words what is wrong with the token, the permissions, the database or the disk."""
    settings = usable_settings()
    findings = condition.examine(database_url or settings.database())
    if settings.discord_token is not None:
        findings += asyncio.run(composition.examine_discord(settings))
    if settings.slack_mode():
        findings += asyncio.run(composition.examine_slack(settings, database_url or settings.database()))
    if settings.discord_token is None and not settings.slack_mode():
        findings.append((False, "Neither DISCORD_TOKEN nor Slack's tokens are set, so run has nothing to serve."))
    for well, sentence in findings:
        typer.echo(f"{'ok     ' if well else 'PROBLEM'} {sentence}")
    if not all(well for well, _sentence in findings):
        raise typer.Exit(1)


@cli.command()
def invite() -> None:
    """Print the link with which a server's manager adds the bot to Discord, with the fewest permissions."""
    from discord import HTTPException, LoginFailure  # noqa: PLC0415 (plugged in here)

    from adapters.discord.doctor import NOT_TAKEN, out_of_reach  # noqa: PLC0415
    from adapters.discord.doctor import invite as link  # noqa: PLC0415
    from adapters.discord.failures import DROPPED  # noqa: PLC0415

    settings = usable_settings()
    if settings.discord_token is None:
        raise fail("Set DISCORD_TOKEN to the bot's token first; docs/install-discord.md says where it is found.")
    try:
        typer.echo(
            asyncio.run(link(settings.secret(settings.discord_token), settings.address(settings.discord_api_url)))
        )
    except LoginFailure as error:
        raise fail(NOT_TAKEN) from error
    except (HTTPException, *DROPPED) as error:
        raise fail(out_of_reach(error)) from error


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
        wrong = scores.rebuild(db, composition.now().date())
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

    faults, summary = check_all(run=run, today=composition.now().date())
    for fault in faults:
        typer.echo(str(fault))
    typer.echo(summary)
    if faults:
        raise typer.Exit(1)


@bank.command()
def schema(folder: Annotated[Path, typer.Argument(help="Where to write them.")] = Path("docs/schema")) -> None:
    """Write the JSON Schemas of content files, for editors."""
    from bot.bank.schema import write_schemas  # noqa: PLC0415 (content tools are for this command alone)

    try:
        write_schemas(folder)
    except OSError as error:
        raise fail(_not_written(folder, error)) from error
    typer.echo(f"The schemas are in {folder}.")


@bank.command()
def reports(database_url: DatabaseOption = None) -> None:
    """Print what members have reported on questions, the newest first."""
    with database(database_url) as engine, transaction(engine, reads=True) as db:
        found = exposures.reports(db)
    for one in found:
        typer.echo(f"{one.at:%Y-%m-%d} {one.content_id} {one.reason}{': ' if one.words else ''}{one.words}")
    typer.echo(f"Reports: {len(found)}")


@manifest.command("slack")
def slack_manifest(
    *,
    http: Annotated[
        str | None, typer.Option("--http", metavar="URL", help="For HTTP, at this address; else for Socket Mode.")
    ] = None,
    command: Annotated[str, typer.Option(envvar="SLACK_COMMAND", help="The slash command's word.")] = "mate",
    write: Annotated[bool, typer.Option("--write", help="Renew the two files in deploy instead of printing.")] = False,
) -> None:
    """Print the app manifest that is pasted into Slack's settings, made from the declared commands."""
    from adapters.slack.manifest import EXAMPLE, Mode, as_yaml  # noqa: PLC0415 (plugged in here)
    from adapters.slack.manifest import manifest as make  # noqa: PLC0415

    commands = Registry.of(FEATURES).commands.values()
    try:
        made = {mode: as_yaml(make(commands, command, mode, http or EXAMPLE)) for mode in Mode}
    except ValueError as error:
        raise fail(str(error)) from error
    if not write:
        typer.echo(made[Mode.HTTP if http else Mode.SOCKET], nl=False)
        return
    for mode, text in made.items():
        path = Path(f"deploy/slack-manifest-{mode}.yaml")
        try:
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise fail(_not_written(path, error)) from error


@keys.command()
def new() -> None:
    """Print a fresh key for BATCHMATE_SECRET_KEY."""
    from bot.vault import new_key  # noqa: PLC0415 (cryptography is for those who use it)

    typer.echo(new_key())


@keys.command()
def rotate(database_url: DatabaseOption = None) -> None:
    """Encrypt what is kept of workspaces anew, with the first key of BATCHMATE_SECRET_KEY."""
    settings = usable_settings()
    if not settings.secret_keys():
        raise fail("Set BATCHMATE_SECRET_KEY first: the new key, then a comma, then the old one.")
    with database(database_url) as engine:
        try:
            count = asyncio.run(composition.vault_of(settings, engine).rotate())
        except SealedError as error:
            raise fail(str(error)) from error
    typer.echo(f"Workspaces whose grant is encrypted with the first key now: {count}")


def main() -> None:
    """The entry point of `batchmate` and of `python -m bot`."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    cli()


if __name__ == "__main__":
    main()
