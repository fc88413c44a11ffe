"""Cards and forms as Discord shows them: Components V2 and modals. Pure; the views need a running loop.

Cards are written as the data that Discord takes: nothing waits in them, so that discord.py's own objects would only be
built to be taken apart again at once.
"""

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any

import discord
from discord import ButtonStyle, ComponentType, ui
from msgspec import Struct, field

from adapters.discord import text
from bot.chat import plain
from bot.chat.cards import Block, Button, Buttons, Card, Code, Fields, Footnote, Image, Look, Select, Table, Text
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.inline import Bold, Mention, Ping, typed
from bot.chat.limits import shorten, width

MOST_TEXT = 4_000
_AT_MOST = 2  # units that one character takes of them, whatever it is
MOST_OCTETS = 9_500  # of all text in UTF-8; somewhat more makes Discord fail with 500 (discord-api-docs issue 8554)
ROW = 5
PHONE = 28  # columns of a code block that a phone shows beside the avatar and the margins
NONCE = 24
MOST_NOTIFIED = 100  # roles, and as many people
LABEL, DESCRIPTION, MODAL_TITLE, FIELD_VALUE = 45, 100, 45, 4_000
_STYLES = {
    Look.QUIET: ButtonStyle.secondary.value,
    Look.MAIN: ButtonStyle.primary.value,
    Look.DANGER: ButtonStyle.danger.value,
}
_CONTAINER, _ROW = ComponentType.container.value, ComponentType.action_row.value
_WORDS, _GALLERY = ComponentType.text_display.value, ComponentType.media_gallery.value
_BUTTON, _SELECT = ComponentType.button.value, ComponentType.string_select.value
_FEWEST_MARK, _MOST_MARK = 1_000, 2**31 - 1  # component ids below are left to those that Discord gives


Component = dict[str, Any]  # as Discord documents it


class View(ui.LayoutView):
    """A component, as discord.py's calls take it; what is pressed comes back as a string, so nothing waits in it."""

    def __init__(self, component: Component) -> None:
        super().__init__(timeout=None)
        self._component = component
        self.stop()

    def to_components(self) -> list[Component]:
        """The one component, with what it holds."""
        return [self._component]

    def has_components_v2(self) -> bool:
        """They are of the second version, always."""
        return True


class Rendered(Struct, frozen=True):
    """A card as Discord takes it: the view, the pictures by their path, the roles and people that may be notified."""

    view: View
    pictures: Mapping[str, str] = field(default_factory=dict)
    roles: tuple[int, ...] = ()
    people: tuple[int, ...] = ()

    def mentions(self) -> discord.AllowedMentions:
        """Nobody, but for the roles that the group's own setting names, and the people who asked for it."""
        roles = [discord.Object(role) for role in self.roles[:MOST_NOTIFIED]]
        users = [discord.Object(user) for user in self.people[:MOST_NOTIFIED]]
        return discord.AllowedMentions(everyone=False, users=users or False, roles=roles or False, replied_user=False)


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
    tokens: set[str] = set()
    pieces: list[str | Component] = [f"### {text.escaped(' '.join(shown.title.split()))}"]
    for block, above in zip(shown.blocks, (None, *shown.blocks), strict=False):
        written = _words(block, commands)
        if written is None:
            pieces.extend(_parts(block, pictures, tokens))
        elif written.strip():
            close = isinstance(block, Fields | Footnote) or (isinstance(block, Table) and _is_heading(above))
            glue = "\n" if close else "\n\n"
            if isinstance(pieces[-1], str):
                pieces[-1] += (glue if len(pieces) > 1 or "\n" in pieces[-1] else "\n") + written
            else:
                pieces.append(written)
    parts = [{"type": _WORDS, "content": piece} if isinstance(piece, str) else piece for piece in _fitted(pieces)]
    marked = {"id": mark(key)} if key else {}
    view = View({"type": _CONTAINER, **marked, "components": parts})
    return Rendered(view, pictures, *_notified(shown))


def _is_heading(block: Block | None) -> bool:
    """Whether a text is bold and nothing else: what stands below it belongs to it."""
    return isinstance(block, Text) and len(block.line) == 1 and isinstance(block.line[0], Bold)


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
            rows = plain.table(block)
            return text.block("\n".join(rows)) if max(map(width, rows)) <= PHONE else _listed(block)
        case Fields(pairs):
            return "\n".join(f"**{text.escaped(name)}** {text.escaped(value)}" for name, value in pairs)
        case _:
            return None


def _listed(table: Table) -> str:
    """A table that is too wide for a phone, one line a row: the words as they are, numbers after their header."""
    return "\n".join(
        text.escaped(" · ".join(_cell(table, at, cell) for at, cell in enumerate(row) if cell)) for row in table.rows
    )


def _cell(table: Table, at: int, cell: str) -> str:
    header = table.header[at]
    if at not in table.right or not header or cell.endswith(header):
        return cell
    return f"{header}{cell}" if header == "#" else f"{header} {cell}"


def _parts(block: Block, pictures: dict[str, str], tokens: set[str]) -> Iterator[Component]:
    """The components of a block; of two that would do the same the first, since Discord refuses equal tokens."""
    match block:
        case Image(path, alt):
            name = pictures.setdefault(path, f"picture{len(pictures)}{PurePosixPath(path).suffix}")
            picture = {"media": {"url": f"attachment://{name}"}, "description": alt}
            yield {"type": _GALLERY, "items": [picture]}
        case Buttons(buttons):
            fresh: list[Component] = []
            for button in buttons:
                if (token := button.token) not in tokens:
                    fresh.append(_button(button, token))
                    tokens.add(token)
            for start in range(0, len(fresh), ROW):
                yield _row(fresh[start : start + ROW])
        case Select() if block.token not in tokens:
            tokens.add(block.token)
            yield _row([_select(block)])


def _row(parts: list[Component]) -> Component:
    return {"type": _ROW, "components": parts}


def _button(button: Button, token: str) -> Component:
    return {"type": _BUTTON, "style": _STYLES[button.look], "label": button.label, "custom_id": token}


def _select(block: Select) -> Component:
    return {
        "type": _SELECT,
        "custom_id": block.token,
        "placeholder": block.placeholder,
        "min_values": 1,
        "max_values": min(block.most, len(block.choices)),
        "options": [{"label": choice.text, "value": choice.value} for choice in block.choices],
    }


def _fitted(pieces: list[str | Component]) -> list[str | Component]:
    """The pieces, the longest texts cut at their ends where marks have made all of it longer than Discord takes."""
    if sum(_AT_MOST * len(piece) for piece in pieces if isinstance(piece, str)) <= MOST_TEXT:
        return pieces
    sizes = sorted(_size(piece) for piece in pieces if isinstance(piece, str))
    if sum(sizes) <= MOST_TEXT:
        return pieces
    room, most = MOST_TEXT, 0
    for at, size in enumerate(sizes):
        most = room // (len(sizes) - at)
        if size > most:
            break
        room -= size
    return [_cut(piece, most) if isinstance(piece, str) and _size(piece) > most else piece for piece in pieces]


def _size(piece: str) -> int:
    """What a text takes of `MOST_TEXT`: by its UTF-16 units, or by its octets where those are the narrower."""
    units = len(piece.encode("utf-16-le", "surrogatepass")) // 2
    octets = len(piece.encode("utf-8", "surrogatepass"))
    return max(units, -(-octets * MOST_TEXT // MOST_OCTETS))


def _first(words: str, most: int) -> str:
    """The first so many UTF-16 units; no sign is left halved."""
    return words.encode("utf-16-le", "surrogatepass")[: 2 * most].decode("utf-16-le", "ignore")


def _cut(piece: str, most: int) -> str:
    """The beginning of a text that takes at most so much; no escape is left halved, and a block of code is closed."""
    room = most - len("\n```…")
    kept = _first(piece, room)
    while (size := _size(kept)) > room:
        kept = kept[: min(len(kept) - 1, len(kept) * room // size)]
    kept = kept[: len(kept) - (len(kept) - len(kept.rstrip("\\"))) % 2]
    if (last := kept[-1:]) in ("`", "*") and piece.startswith(last, len(kept)):
        kept = kept.rstrip(last)
    return f"{kept}\n```…" if kept.count("```") % 2 else f"{kept}…"


def _notified(shown: Card) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """The roles and the people that the card notifies, each once."""
    spans = [span for block in shown.blocks if isinstance(block, Text | Footnote) for span in block.line]
    roles = [span.role.removeprefix("&") for span in spans if isinstance(span, Ping)]
    people = [text.notified(span.account) for span in spans if isinstance(span, Mention)]
    return tuple(dict.fromkeys(int(role) for role in roles if role.isdecimal())), tuple(
        dict.fromkeys(filter(None, people))
    )


def modal(form: Form) -> ui.Modal:
    """A form as a modal; what was wrong with a field stands below its label."""
    built = ui.Modal(title=form.title[:MODAL_TITLE], custom_id=form.token, timeout=None)
    for spec in form.fields:
        about = typed(spec.fault, "/") or (spec.placeholder if spec.kind is FieldKind.CHOICE else "")
        labelled: ui.Label[ui.Modal] = ui.Label(
            text=spec.label[:LABEL], description=shorten(about, DESCRIPTION) or None, component=_input(spec)
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
        default=_first(spec.value, min(spec.most, FIELD_VALUE)) or None,
        required=spec.required,
        max_length=min(spec.most, FIELD_VALUE),
    )
