"""Runs the playground: a welcome, then lines from a person or from a pipe until they end."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from adapters.terminal.adapter import CHANNEL, Terminal, play
from adapters.terminal.inbound import GESTURES
from bot.app import App
from bot.chat.commands import Command
from bot.chat.requests import Suggest
from bot.chat.words import gettext as _

if TYPE_CHECKING:
    from prompt_toolkit.completion import CompleteEvent, Completion
    from prompt_toolkit.document import Document
    from prompt_toolkit.history import History


def welcome(commands: Iterable[Command], database: str, member: str) -> list[str]:
    """What a newcomer reads first."""
    groups: dict[str, list[str]] = {}
    for command in commands:
        first, _space, rest = command.name.partition(" ")
        groups.setdefault(first, []).append(rest)
    names = [f"{first} {'|'.join(rest)}".strip() for first, rest in groups.items()]
    return [
        _("Batchmate, the study group in your terminal. The state is kept in {database}").format(database=database),
        _("You are {name}, a moderator of the group in #{channel}. Commands: {commands}").format(
            name=member, channel=CHANNEL, commands=", ".join(names)
        ),
        _("Answer with a letter or words, press a button with #3, act as somebody else with: as bea."),
        _("help says more, exit leaves."),
    ]


async def piped(terminal: Terminal, source: TextIO | None) -> None:
    """One gesture a line from a pipe; a pipe that is closed at either end ends the session quietly."""
    if source is None:
        return

    async def lines() -> AsyncIterator[str]:
        while line := await asyncio.to_thread(source.readline):
            yield line.rstrip("\n")

    try:
        await play(terminal, lines())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def prompted(terminal: Terminal, app: App, history: Path) -> None:
    """One gesture a line from a person, with completion and history."""
    from prompt_toolkit import PromptSession  # noqa: PLC0415 (a pipe never needs it)
    from prompt_toolkit.patch_stdout import patch_stdout  # noqa: PLC0415

    session: PromptSession[str] = PromptSession(history=_history(history), completer=_completer(app, terminal))

    async def lines() -> AsyncIterator[str]:
        while True:
            try:
                yield await session.prompt_async(f"{terminal.member.name}> ")
            except KeyboardInterrupt:
                continue
            except EOFError:
                return

    with patch_stdout(raw=True):
        await play(terminal, lines())


def _history(file: Path) -> "History":
    """The lines of earlier sessions; where they cannot be kept, those of this one alone."""
    from prompt_toolkit.history import FileHistory, InMemoryHistory  # noqa: PLC0415 (a pipe never needs it)

    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.open("ab").close()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))


def _completer(app: App, terminal: Terminal):  # type: ignore[no-untyped-def]  # noqa: ANN202 (prompt_toolkit is imported inside)
    from prompt_toolkit.completion import Completer, Completion  # noqa: PLC0415 (a pipe never needs it)

    class Words(Completer):
        """Completes commands, their options, and what options offer."""

        def get_completions(self, document: "Document", complete_event: "CompleteEvent") -> Iterator["Completion"]:  # noqa: ARG002
            typed = document.text_before_cursor.lstrip("/")
            for word, about in complete(app, terminal, typed):
                yield Completion(word, start_position=-_overlap(typed, word), display_meta=about)

    return Words()


def _overlap(typed: str, word: str) -> int:
    for size in range(min(len(typed), len(word)), 0, -1):
        if typed.casefold().endswith(word[:size].casefold()):
            return size
    return 0


def complete(app: App, terminal: Terminal, typed: str) -> list[tuple[str, str]]:
    """What may follow `typed`: pairs of a word to insert and what it means."""
    commands = app.registry.commands
    command = next(
        (commands[name] for name in sorted(commands, key=len, reverse=True) if typed.startswith(name + " ")), None
    )
    if command is None:
        names = [(name, command.description) for name, command in commands.items() if name.startswith(typed.casefold())]
        return names + [(word, "") for word in GESTURES if typed and word.startswith(typed.casefold())]
    last = typed.rsplit(" ", 1)[-1]
    name, colon, value = last.partition(":")
    if colon and command.option(name):
        asked = Suggest(
            actor=terminal.member.actor(),
            space=terminal.space,
            delivery="",
            locale=terminal.locale,
            name=command.name,
            option=name,
            text=value,
        )
        return [(f"{name}:{found}", label) for found, label in app.suggest(asked)]
    used = {word.partition(":")[0] for word in typed.split()}
    return [
        (f"{option.name}:", option.description)
        for option in command.options
        if option.name not in used and option.name.startswith(last.casefold())
    ]


def is_person() -> bool:
    """Whether a person sits at both ends."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))
