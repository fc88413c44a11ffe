"""Cards and forms as Slack shows them: blocks of a message, a modal, the app's home. Pure.

What is not ours stands in rich text and `plain_text`, which Slack reads literally. A table is a block of code or a
list: Slack's own table block may stand once in a message, and always last. A list to choose several from stands
beside a section: in a block of actions Slack refuses it.
"""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Literal

from msgspec import Struct, field

from adapters.slack import parts, text
from adapters.slack.parts import Part
from adapters.slack.text import Element, Terms, plain_text, units
from bot.chat import plain
from bot.chat.cards import Block, Card, Code, Fields, Footnote, Image, Table, Text
from bot.chat.forms import Field, Form
from bot.chat.inline import spans
from bot.chat.limits import length, shorten, width
from bot.chat.words import gettext as _

MOST_TEXT = 9_000  # of all a message shows; somewhat above 13,200 Slack refuses it
BLOCK = 3_000
FALLBACK, FALLBACK_OCTETS = 3_000, 3_900  # an edit takes 4,000 octets of it
VIEW_BLOCKS = 100
PHONE = 30  # columns of a block of code that a phone shows beside the margins
TITLE, FAULT = 24, 1_000
SHOWN = "shown"  # the callback of a modal that only shows
_KEY_OCTETS = 12


class Rendered(Struct, frozen=True):
    """A card as Slack takes it: blocks, the words of a notification, pictures by path, whom it notifies.

    A picture's block holds its path in place of a file's id, `{"type": "image", "slack_file": {"id": path}}`: who
    sends the message uploads each path of `pictures` under the name given there and puts the file's id into the block.
    """

    blocks: list[Part]
    text: str
    pictures: Mapping[str, str] = field(default_factory=dict)
    pings: tuple[str, ...] = ()


class _Words(Struct, frozen=True, dict=True):
    """A text on its way to be a block, which can still be cut."""

    shape: Literal["rich_text_section", "rich_text_preformatted", "context"]
    elements: list[Element]

    @cached_property
    def size(self) -> int:
        return text.size(self.elements)

    def block(self, most: int) -> Part:
        kept = text.cut(self.elements, most) if self.size > most else self.elements
        if self.shape == "context":
            return {"type": "context", "elements": [text.small(kept)]}
        return {"type": "rich_text", "elements": [{"type": self.shape, "elements": kept}]}


_Written = Sequence[_Words | None]  # of a card's blocks, in their order


def mark(key: str) -> str:
    """The id of a message's first block, by which the message is known: 24 characters that stand for its key."""
    return f"key:{hashlib.blake2b(key.encode(), digest_size=_KEY_OCTETS).hexdigest()}"


def card(shown: Card, command: str, zone_fallback: str = text.UTC, key: str | None = None) -> Rendered:
    """A card as a message; one without a key answers a single reader, whom names of others may be shown by mention."""
    terms = Terms(command, zone_fallback, private=key is None)
    pictures: dict[str, str] = {}
    written = [_words(block, terms) for block in shown.blocks]
    blocks = _blocks(shown, written, parts.Ids(), pictures)
    if key is not None:
        blocks[0]["block_id"] = mark(key)
    pings = () if terms.private else tuple(dict.fromkeys(_pings(written)))
    return Rendered(blocks, _fallback(shown, written), pictures, pings)


def shown_view(cards: Sequence[Card], title: str, command: str, metadata: str) -> Part:
    """Cards shown in a modal that sends nothing back; pictures stand there as their words."""
    return {
        "type": "modal",
        "callback_id": SHOWN,
        "private_metadata": metadata,
        "title": plain_text(shorten(title, TITLE)),
        "close": plain_text(_("Close")),
        "blocks": _stacked(cards, command),
    }


def home(cards: Sequence[Card], command: str) -> Part:
    """Cards on the app's home; pictures stand there as their words."""
    return {"type": "home", "blocks": _stacked(cards, command)}


def _stacked(cards: Sequence[Card], command: str) -> list[Part]:
    """Cards below each other, parted by a line; what is too much is left out, and a sign says so."""
    terms, ids = Terms(command, private=True), parts.Ids()
    blocks: list[Part] = []
    for at, shown in enumerate(cards):
        blocks += [{"type": "divider"}] if at else []
        blocks += _blocks(shown, [_words(block, terms) for block in shown.blocks], ids, None)
    if len(blocks) <= VIEW_BLOCKS:
        return blocks
    return [*blocks[: VIEW_BLOCKS - 1], {"type": "context", "elements": [plain_text(text.MORE)]}]


def _blocks(shown: Card, written: _Written, ids: parts.Ids, pictures: dict[str, str] | None) -> list[Part]:
    tokens: set[str] = set()
    pieces: list[Part | _Words] = [{"type": "header", "text": plain_text(" ".join(shown.title.split()))}]
    for block, words in zip(shown.blocks, written, strict=True):
        if words is None:
            pieces.extend(parts.of(block, tokens, ids, pictures))
        elif any(element.get("text", "x").strip() for element in words.elements):
            pieces.append(words)
    return _fitted(pieces)


def _words(block: Block, terms: Terms) -> _Words | None:
    """The block as text; None for one that is something else."""
    match block:
        case Text(line):
            return _Words("rich_text_section", text.elements(line, terms))
        case Footnote(line):
            return _Words("context", text.elements(line, terms))
        case Code(code):
            return _Words("rich_text_preformatted", [text.words(code.rstrip("\n"))])
        case Table():
            rows = plain.table(block)
            if max(map(width, rows)) <= PHONE:
                return _Words("rich_text_preformatted", [text.words("\n".join(rows))])
            return _Words("rich_text_section", [text.words("\n".join(_listed(block)))])
        case Fields(pairs):
            return _Words("rich_text_section", list(_fields(pairs)))
        case _:
            return None


def _fields(pairs: tuple[tuple[str, str], ...]) -> Iterator[Element]:
    for at, (name, value) in enumerate(pairs):
        if name:
            yield text.words(name, "bold")
        yield text.words(f" {value}\n" if at + 1 < len(pairs) else f" {value}")


def _listed(table: Table) -> Iterator[str]:
    """A table that is too wide for a phone, one line a row: the words as they are, numbers after their header."""
    for row in table.rows:
        cells = zip(table.header, row, (at in table.right for at in range(len(row))), strict=True)
        yield " · ".join(_cell(header, cell) if numbers else cell for header, cell, numbers in cells if cell)


def _cell(header: str, cell: str) -> str:
    if not header or cell.endswith(header):
        return cell
    return f"{header}{cell}" if header == "#" else f"{header} {cell}"


def _fitted(pieces: list[Part | _Words]) -> list[Part]:
    """The pieces as blocks, the longest texts cut at their ends where all of it is longer than it may be."""
    sizes = sorted(piece.size for piece in pieces if isinstance(piece, _Words))
    room, most = MOST_TEXT - sum(_seen(piece) for piece in pieces if not isinstance(piece, _Words)), BLOCK
    for at, size in enumerate(sizes):
        if size > (fair := room // (len(sizes) - at)):
            most = min(BLOCK, fair)
            break
        room -= size
    return [piece.block(most) if isinstance(piece, _Words) else piece for piece in pieces]


def _seen(part: Any) -> int:
    """How much of a block is there to be read."""
    if isinstance(part, list):
        return sum(map(_seen, part))
    if not isinstance(part, dict):
        return 0
    return sum(
        length(value) if isinstance(value, str) and name in ("text", "alt_text") else _seen(value)
        for name, value in part.items()
    )


def _pings(written: _Written) -> Iterator[str]:
    for element in (element for words in written if words is not None for element in words.elements):
        if element["type"] in ("usergroup", "broadcast", "user"):  # a name in a message to everybody is none of these
            yield element.get("usergroup_id") or element.get("user_id") or element["range"]


def _fallback(shown: Card, written: _Written) -> str:
    """The words for a notification and a screen reader; nothing in them acts."""
    said = [" ".join(shown.title.split()), *map(_said, shown.blocks, written)]
    whole = "\n\n".join(part for part in said if part.strip())
    literally = text.literal(whole)
    if _is_a_fallback(literally):
        return literally
    return text.literal(text.first(whole, lambda kept: _is_a_fallback(text.literal(kept)))) + text.MORE


def _is_a_fallback(literally: str) -> bool:
    written = literally + text.MORE
    return units(written) <= FALLBACK and len(written.encode("utf-8", "surrogatepass")) <= FALLBACK_OCTETS


def _said(block: Block, words: _Words | None) -> str:
    if words is not None and isinstance(block, Text | Footnote):
        return text.plainly(words.elements)
    return f"[{block.alt}]" if isinstance(block, Image) else "\n".join(plain.block_lines(block))


def view(form: Form, metadata: str, command: str) -> Part:
    """A form as a modal; what was wrong with a field stands above it."""
    terms = Terms(command, private=True)
    return {
        "type": "modal",
        "callback_id": form.token,
        "private_metadata": metadata,
        "title": plain_text(shorten(form.title, TITLE)),
        "submit": plain_text(_("Send")),
        "close": plain_text(_("Cancel")),
        "blocks": [block for spec in form.fields for block in _field(spec, terms)],
    }


def _field(spec: Field, terms: Terms) -> Iterator[Part]:
    if spec.fault:
        said = [text.words(spec.label, "bold"), text.words(" "), *text.elements(spans(spec.fault), terms)]
        yield _Words("rich_text_section", said).block(FAULT)
    yield parts.field(spec)
