"""Where the terminal prints: plain text for pipes, rich cards for people."""

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, TextIO

from adapters.terminal import outbound
from adapters.terminal.screen import Message
from bot.chat import plain
from bot.chat.cards import Block, Buttons, Code, Fields, Footnote, Select, Table, Text
from bot.chat.inline import Bold, Inline, Line, Link, Mention, Mono, Named, Person, Ping, Place, Plain, Say, When
from bot.chat.plain import Clock

if TYPE_CHECKING:
    from rich.console import Console, RenderableType
    from rich.text import Text as RichText


class PlainOutput:
    """Plain text, for pipes and files."""

    def __init__(self, file: TextIO, clock: Callable[[], datetime], channel: str) -> None:
        self._file = file
        self._clock = clock
        self._channel = channel

    def message(self, message: Message, zone: str, *, edited: bool, small: list[str] | None = None) -> None:
        """The message below a line that says who sees it."""
        when = plain.local_clock(zone, self._clock())
        body = outbound.lines(message, when)
        if small is not None:
            body = [line for line in body if line][-1:]
        self.line("")
        self.line(outbound.header(message, edited=edited, channel=self._channel))
        for line in body:
            self.line(line)

    def line(self, words: str) -> None:
        """One line."""
        print(words, file=self._file, flush=True)


class RichOutput:
    """Cards with a frame, bold and colour; every meaning is in words too."""

    def __init__(self, console: "Console", clock: Callable[[], datetime], channel: str) -> None:
        self._console = console
        self._clock = clock
        self._channel = channel

    def message(self, message: Message, zone: str, *, edited: bool, small: list[str] | None = None) -> None:
        """The message in a frame that says who sees it."""
        from rich.console import Group  # noqa: PLC0415 (a pipe never needs it)
        from rich.panel import Panel  # noqa: PLC0415
        from rich.text import Text as RichText  # noqa: PLC0415

        when = plain.local_clock(zone, self._clock())
        title = outbound.header(message, edited=edited, channel=self._channel).strip("- ")
        if small is not None:
            self.line(f"{title}: {_last(outbound.lines(message, when))}")
            return
        parts: list[RenderableType] = [_rich_line((Bold(message.card.title),), when)]
        for block in message.card.blocks:
            parts.extend(["", _rich_block(block, message, when)])
        style = "cyan" if message.audience is None else "green"
        self._console.print(
            Panel(
                Group(*parts),
                title=RichText(title, style="dim"),
                title_align="left",
                border_style=style,
                padding=(0, 1),
                width=min(100, self._console.width),
            )
        )

    def line(self, words: str) -> None:
        """One line of the playground's own."""
        self._console.print(words, style="dim", markup=False, highlight=False)


def _last(lines: list[str]) -> str:
    return next((line for line in reversed(lines) if line), "")


def _rich_block(block: Block, message: Message, when: Clock) -> "RenderableType":
    from rich.syntax import Syntax  # noqa: PLC0415 (a pipe never needs it)
    from rich.text import Text as RichText  # noqa: PLC0415

    match block:
        case Text(line):
            return _rich_line(line, when)
        case Footnote(line):
            text = _rich_line(line, when)
            text.stylize("dim")
            return text
        case Code(text, lang):
            return Syntax(
                text, lang or "text", theme="ansi_dark", background_color="default", padding=(0, 2), word_wrap=True
            )
        case Table() | Fields():
            return RichText("\n".join(plain.block_lines(block, when)))
        case Buttons():
            return _rich_buttons(block, message)
        case Select():
            return RichText("\n".join(outbound.select(block, message)), style="bold")
        case _:
            return RichText("\n".join(plain.block_lines(block, when)))


def _rich_buttons(block: Buttons, message: Message) -> "RichText":
    from rich.text import Text as RichText  # noqa: PLC0415 (a pipe never needs it)

    text = RichText("".join(f"{line}\n" for line in outbound.options(block)))
    for button in block.buttons:
        text.append(outbound.button(button, message), style="bold" if button.look != "quiet" else "")
        text.append("  ")
    return text


def _rich_line(line: Line, when: Clock) -> "RichText":
    from rich.text import Text as RichText  # noqa: PLC0415 (a pipe never needs it)

    text = RichText()
    for span in line:
        text.append(_words(span, when), style=_style(span))
    return text


def _words(span: Inline, when: Clock) -> str:
    return span.text if isinstance(span, Mono) else plain.line((span,), when)


def _style(span: Inline) -> str:
    match span:
        case Bold():
            return "bold"
        case Mono() | Say():
            return "cyan"
        case Link():
            return "underline"
        case Plain() | When() | Person() | Ping() | Mention() | Named() | Place():
            return ""
