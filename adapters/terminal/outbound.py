"""A message of the screen as plain lines: for pipes and tests, and the parts that the rich rendering shares."""

from adapters.terminal.screen import Message
from bot.chat import plain
from bot.chat.arguments import quoted
from bot.chat.cards import Button, Buttons, Footnote, Select
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.plain import Clock
from bot.chat.words import gettext as _


def lines(message: Message, when: Clock) -> list[str]:
    """The whole message, blocks apart by an empty line."""
    found = [message.card.title]
    for block in message.card.blocks:
        found.append("")
        if isinstance(block, Buttons):
            found.extend([*options(block), buttons(block, message)])
        elif isinstance(block, Select):
            found.extend(select(block, message))
        else:
            found.extend(plain.block_lines(block, when))
    return found


def options(block: Buttons) -> list[str]:
    """What stands on buttons that are called by letter alone, a line each, and an empty one."""
    found = [spec.label for spec in block.buttons if spec.lettered and len(spec.label) > 1]
    return [*found, ""] if found else []


def buttons(block: Buttons, message: Message) -> str:
    """Buttons in a row: letters by letter, the others by number."""
    return "  ".join(button(spec, message) for spec in block.buttons)


def button(spec: Button, message: Message) -> str:
    """One button: `[A]`, or `[#3 Hint]`."""
    if spec.lettered:
        return f"[{spec.label[0].casefold()}]"
    label = _("{label}: just type it").format(label=spec.label) if spec.typed else spec.label
    return f"[#{message.numbers.get(spec.label, 0)} {label}]"


def select(block: Select, message: Message) -> list[str]:
    """A list to choose from: by letters, or by number."""
    if block.letters:
        given = " ".join(choice.text[0].casefold() for choice in block.choices)
        return [f"{block.placeholder}: {given}", _("(several letters on one line, such as a c)")]
    return [f"{block.placeholder}:", *(f"  #{message.numbers.get(c.text, 0)} {c.text}" for c in block.choices)]


def header(message: Message, *, edited: bool, channel: str) -> str:
    """Who sees the message, as a line above it; `channel` is the playground's own."""
    place = (
        f"#{message.channel or channel}"
        if message.audience is None
        else _("for {name} alone").format(name=message.audience)
    )
    change = ", " + _("edited") if edited else ""
    return f"--- {place}{change} ---"


def small_change(before: Message, after: Message, when: Clock) -> list[str] | None:
    """The footnotes alone, where an edit changed nothing else."""
    old = [block for block in before.card.blocks if not isinstance(block, Footnote)]
    new = [block for block in after.card.blocks if not isinstance(block, Footnote)]
    if before.card.title != after.card.title or old != new or before.card == after.card:
        return None
    return [
        line for block in after.card.blocks if isinstance(block, Footnote) for line in plain.block_lines(block, when)
    ]


def form_intro(form: Form) -> str:
    """The line above a form's first field."""
    return _("{title} (cancel leaves it)").format(title=form.title)


def field_prompt(field: Field) -> list[str]:
    """What is asked, and what can be chosen."""
    hint = f" ({field.placeholder})" if field.placeholder else ""
    optional = "" if field.required else " " + _("(- for nothing)")
    found = [f"{field.label}{hint}{optional}:"]
    if field.fault:
        found.insert(0, field.fault)
    if field.kind is FieldKind.CHOICE:
        found.extend(f"  {at}. {label}" for at, (_value, label) in enumerate(field.choices, start=1))
    return found


def not_chosen(field: Field, given: str) -> str:
    """What would do in place of `given`."""
    if field.kind is FieldKind.CHANNEL:
        return _("{name} is a channel, such as #study, not {value}.").format(name=field.label, value=quoted(given))
    return _("Choose one of the lines, by its number.")
