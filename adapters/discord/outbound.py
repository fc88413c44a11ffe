"""Cards and forms as Discord shows them: Components V2 and modals. Pure; the views need a running loop."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import discord
from discord import ui

from adapters.discord import text
from bot.chat import plain
from bot.chat.cards import Block, Button, Buttons, Card, Code, Fields, Footnote, Image, Look, Select, Table, Text
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.inline import Ping, typed

MOST_TEXT = 4_000
MOST_COMPONENTS = 40
ROW = 5
NONCE = 24
LABEL, DESCRIPTION, MODAL_TITLE, FIELD_VALUE = 45, 100, 45, 4_000
_STYLES = {
    Look.QUIET: discord.ButtonStyle.secondary,
    Look.MAIN: discord.ButtonStyle.primary,
    Look.DANGER: discord.ButtonStyle.danger,
}
_FEWEST_MARK, _MOST_MARK = 1_000, 2**31 - 1  # component ids below are left to those that Discord gives


@dataclass(frozen=True, slots=True)
class Rendered:
    """A card as Discord takes it: the view, the pictures by their path, the roles that may be notified."""

    view: ui.LayoutView
    pictures: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[int, ...] = ()

    def mentions(self) -> discord.AllowedMentions:
        """Nobody, but for the roles that the group's own setting names."""
        roles = [discord.Object(role) for role in self.roles]
        return discord.AllowedMentions(everyone=False, users=False, roles=roles or False, replied_user=False)


def nonce(key: str) -> str:
    """What makes Discord take a message once: 24 characters that stand for its key."""
    return hashlib.blake2b(key.encode(), digest_size=NONCE // 2).hexdigest()


def mark(key: str) -> int:
    """The id of a message's outermost component, by which the message is found again: 31 bits of its key's hash."""
    number = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8).digest(), "big")
    return _FEWEST_MARK + number % (_MOST_MARK - _FEWEST_MARK)


def card(shown: Card, commands: Mapping[str, int], key: str | None = None) -> Rendered:
    """A card in one container; its parts in order, neighbouring text in one piece."""
    pictures: dict[str, str] = {}
    pieces: list[str | ui.Item[ui.LayoutView]] = [f"### {text.escaped(' '.join(shown.title.split()))}"]
    for block in shown.blocks:
        written = _words(block, commands)
        if written is None:
            pieces.extend(_parts(block, pictures))
        else:
            glue = "\n" if isinstance(block, Fields | Footnote) else "\n\n"
            if isinstance(pieces[-1], str):
                pieces[-1] += (glue if len(pieces) > 1 or "\n" in pieces[-1] else "\n") + written
            else:
                pieces.append(written)
    container: ui.Container[ui.LayoutView] = ui.Container(id=mark(key) if key else None)
    for piece in _fitted(pieces):
        container.add_item(ui.TextDisplay(piece) if isinstance(piece, str) else piece)
    view = ui.LayoutView(timeout=None)
    view.add_item(container)
    view.stop()  # nothing waits in it: what is pressed comes back as a string
    return Rendered(view, pictures, tuple(_roles(shown)))


def _words(block: Block, commands: Mapping[str, int]) -> str | None:
    """The block as Markdown; None for one that is a component of its own."""
    match block:
        case Text(spans):
            return text.line(spans, commands)
        case Footnote(spans):
            return "\n".join(f"-# {row}" for row in text.line(spans, commands).split("\n") if row)
        case Code(code, lang):
            return text.block(code, lang)
        case Table():
            return text.block("\n".join(plain.table(block)))
        case Fields(pairs):
            return "\n".join(f"**{text.escaped(name)}** {text.escaped(value)}" for name, value in pairs)
        case _:
            return None


def _parts(block: Block, pictures: dict[str, str]) -> Iterator[ui.Item[ui.LayoutView]]:
    match block:
        case Image(path, alt):
            name = pictures.setdefault(path, f"picture{len(pictures)}.{path.rpartition('.')[2]}")
            yield ui.MediaGallery(discord.MediaGalleryItem(f"attachment://{name}", description=alt))
        case Buttons(buttons):
            for start in range(0, len(buttons), ROW):
                yield ui.ActionRow(*(_button(button) for button in buttons[start : start + ROW]))
        case Select():
            yield ui.ActionRow(_select(block))


def _button(button: Button) -> ui.Button[ui.LayoutView]:
    return ui.Button(label=button.label, custom_id=button.token, style=_STYLES[button.look])


def _select(block: Select) -> ui.Select[ui.LayoutView]:
    return ui.Select(
        custom_id=block.token,
        placeholder=block.placeholder,
        max_values=min(block.most, len(block.choices)),
        options=[discord.SelectOption(label=choice.text, value=choice.value) for choice in block.choices],
    )


def _fitted(pieces: list[str | ui.Item[ui.LayoutView]]) -> list[str | ui.Item[ui.LayoutView]]:
    """The pieces, cut at the end of the longest text where marks have made all of it longer than Discord takes."""
    over = sum(len(piece.encode("utf-16-le")) // 2 for piece in pieces if isinstance(piece, str)) - MOST_TEXT
    if over <= 0:
        return pieces
    longest = max((piece for piece in pieces if isinstance(piece, str)), key=len)
    cut = longest[: -over - len("\n```…") - 1]
    fence = "\n```" if cut.count("```") % 2 else ""
    return [f"{cut}{fence}…" if piece is longest else piece for piece in pieces]


def _roles(shown: Card) -> Iterator[int]:
    for block in shown.blocks:
        if isinstance(block, Text | Footnote):
            for span in block.line:
                if isinstance(span, Ping) and span.role.removeprefix("&").isdecimal():
                    yield int(span.role.removeprefix("&"))


def modal(form: Form) -> ui.Modal:
    """A form as a modal; what was wrong with a field stands below its label."""
    built = ui.Modal(title=form.title[:MODAL_TITLE], custom_id=form.token, timeout=None)
    for spec in form.fields:
        about = typed(spec.fault, "/") or (spec.placeholder if spec.kind is FieldKind.CHOICE else "")
        labelled: ui.Label[ui.Modal] = ui.Label(
            text=spec.label[:LABEL], description=about[:DESCRIPTION] or None, component=_input(spec)
        )
        built.add_item(labelled)
    built.stop()  # as above
    return built


def _input(spec: Field) -> ui.Item[ui.Modal]:
    if spec.kind is FieldKind.CHOICE:
        options = [
            discord.SelectOption(label=label, value=value, default=value == spec.value) for value, label in spec.choices
        ]
        return ui.Select(custom_id=spec.name, required=spec.required, options=options)
    style = discord.TextStyle.paragraph if spec.kind is FieldKind.PARAGRAPH else discord.TextStyle.short
    return ui.TextInput(
        custom_id=spec.name,
        style=style,
        placeholder=spec.placeholder or None,
        default=spec.value or None,
        required=spec.required,
        max_length=min(spec.most, FIELD_VALUE),
    )
