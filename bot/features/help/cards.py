"""Help as cards."""

from collections.abc import Sequence

from bot.chat.cards import Block, Card, Text, footnote, text
from bot.chat.commands import Command, Option
from bot.chat.inline import Inline, Line, Mono, Plain, Say
from bot.chat.words import gettext as _
from bot.chat.words import say


def overview(commands: Sequence[Command]) -> Card:
    """Every command with its line."""
    blocks: list[Block] = [Text(_list(commands))]
    blocks.append(
        footnote(
            _("Say {help} and a command to see its options, {mate} for the front door.").format(
                help=say("help"), mate=say("mate")
            )
        )
    )
    return Card(_("What you can say"), tuple(blocks))


def _list(commands: Sequence[Command]) -> Line:
    line: list[Inline] = []
    for command in commands:
        if line:
            line.append(Plain("\n"))
        line.extend((Say(command.name), Plain("  " + _(command.description))))
    return tuple(line)


def command(found: Command) -> Card:
    """One command with its options."""
    blocks: list[Block] = [text(_(found.description))]
    if found.options:
        line: list[Inline] = []
        for option in found.options:
            if line:
                line.append(Plain("\n"))
            line.extend((Mono(f"{option.name}:"), Plain(f"  {_about(option)}")))
        blocks.append(Text(tuple(line)))
    needed = "".join(f" {option.name}:…" for option in found.options if option.required)
    blocks.append(Text((Plain(_("Say: ")), Say(found.name), Plain(needed))))
    return Card(found.name, tuple(blocks))


def _about(option: Option) -> str:
    return _(option.description) if not option.required else _("{about} (needed)").format(about=_(option.description))
