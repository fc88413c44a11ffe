"""Messages as data: a card is a title and blocks, a block holds inline text; adapters render it.

To add a block: a class here, a line in `Block`, in `plain`, and in each adapter's `outbound`.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from msgspec.structs import replace

from bot.chat import limits
from bot.chat.inline import Line, inline_text, spans
from bot.chat.parts import Part
from bot.chat.tokens import make_token, token_within


class Text(Part, frozen=True):
    """One paragraph or more; line breaks stand in the spans."""

    line: Line

    def __post_init__(self) -> None:
        limits.check("a text block", inline_text(self.line), limits.TEXT)


class Code(Part, frozen=True):
    """A block of code, highlighted where the platform can."""

    text: str
    lang: str = ""

    def __post_init__(self) -> None:
        limits.check("a code block", self.text, limits.CODE)


class Fields(Part, frozen=True):
    """Short pairs of a name and a value."""

    pairs: tuple[tuple[str, str], ...]

    def __post_init__(self) -> None:
        limits.check_count("fields", len(self.pairs), limits.FIELDS)
        for name, value in self.pairs:
            limits.check("a field's name", name, limits.FIELD_NAME)
            limits.check(f"the field {name!r}", value, limits.FIELD_VALUE)


class Table(Part, frozen=True):
    """Columns at most 40 characters wide together, so that a phone shows them; numbers stand right."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    right: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        limits.check_count("table rows", len(self.rows), limits.TABLE_ROWS)
        if any(len(row) != len(self.header) for row in self.rows):
            raise ValueError(f"every row of a table has {len(self.header)} cells, like its header")
        columns = zip(self.header, *self.rows, strict=True)
        wide = sum(max(map(limits.width, column)) for column in columns) + 2 * (len(self.header) - 1)
        limits.check_count("columns of letters in a table", wide, limits.TABLE_WIDTH)


class Image(Part, frozen=True):
    """A picture from the content folder or made by us, with a text for who cannot see it."""

    path: str
    alt: str

    def __post_init__(self) -> None:
        if not self.alt.strip():
            raise ValueError(f"the image {self.path} needs an alt text")
        limits.check("an alt text", self.alt, limits.ALT_TEXT)


class Look(StrEnum):
    """How a button is stressed; its meaning never hangs on that."""

    QUIET = "quiet"
    MAIN = "main"
    DANGER = "danger"


class Button(Part, frozen=True):
    """A press that comes back as `action` with `args`.

    `typed`: the action opens a form with one field, so a line typed at a terminal may fill it at once.
    `onward`: the natural next step, which a terminal takes by itself since nothing is replaced there.
    `lettered`: the label begins with a letter that is an answer, so the letter may be typed.
    """

    label: str
    action: str
    args: tuple[str, ...] = ()
    look: Look = Look.QUIET
    typed: bool = False
    onward: bool = False
    lettered: bool = False

    def __post_init__(self) -> None:
        limits.check_present("a button's label", self.label)
        limits.check("a button's label", self.label, limits.BUTTON_LABEL)
        limits.check("a button's token", self.token, limits.TOKEN)

    @property
    def token(self) -> str:
        """The string that travels with the button, at most 100 characters."""
        return make_token(self.action, self.args)


class Buttons(Part, frozen=True):
    """Buttons beside each other; adapters break them into rows."""

    buttons: tuple[Button, ...]

    def __post_init__(self) -> None:
        limits.check_count("buttons", len(self.buttons), limits.BUTTONS)


class Choice(Part, frozen=True):
    """One line of a select: what is shown, and what comes back."""

    text: str
    value: str

    def __post_init__(self) -> None:
        limits.check_present("a choice", self.text)
        limits.check("a choice", self.text, limits.SELECT_TEXT)
        limits.check_present("a choice's value", self.value)
        limits.check("a choice's value", self.value, limits.SELECT_VALUE)


class Select(Part, frozen=True):
    """A list to choose one or several lines from; `letters` says that each line begins with its letter."""

    action: str
    args: tuple[str, ...]
    choices: tuple[Choice, ...]
    placeholder: str
    most: int = 1
    letters: bool = False

    def __post_init__(self) -> None:
        if not self.choices or len({choice.value for choice in self.choices}) < len(self.choices):
            raise ValueError(f"a select needs choices, each with a value of its own: {self.choices}")
        limits.check_count("choices", len(self.choices), limits.SELECT_OPTIONS)
        limits.check("a placeholder", self.placeholder, limits.PLACEHOLDER)
        limits.check("a select's token", self.token, limits.TOKEN)

    @property
    def token(self) -> str:
        """The string that travels with the select, at most 100 characters."""
        return make_token(self.action, self.args)


class Footnote(Part, frozen=True):
    """A last line in small print."""

    line: Line

    def __post_init__(self) -> None:
        limits.check("a footnote", inline_text(self.line), limits.TEXT)


Pressed = TypeVar("Pressed", Button, Select)
Block = Text | Code | Fields | Table | Image | Buttons | Select | Footnote


class Card(Part, frozen=True):
    """One message: a title and its blocks, checked against the narrowest platform when built."""

    title: str
    blocks: tuple[Block, ...] = ()

    def __post_init__(self) -> None:
        limits.check_present("a card's title", self.title)
        limits.check("a card's title", self.title, limits.TITLE)
        limits.check_count("blocks", len(self.blocks), limits.CARD_BLOCKS)
        limits.check_count("parts of a card", 2 + sum(map(_parts, self.blocks)), limits.COMPONENTS)  # frame and title
        limits.check("a card", "".join(self.words()), limits.CARD_TEXT)

    def words(self) -> Iterator[str]:
        """Every piece of text that a reader of the card sees, in order."""
        yield self.title
        for block in self.blocks:
            yield from _words(block)

    def buttons(self) -> Iterator[Button]:
        """Every button of the card, in order."""
        for block in self.blocks:
            if isinstance(block, Buttons):
                yield from block.buttons

    def within(self, group: int) -> "Card":
        """The same card; what is pressed on it in private is about that group, whichever was used last."""
        return replace(self, blocks=tuple(_within(block, group) for block in self.blocks))


def _within(block: Block, group: int) -> Block:
    match block:
        case Buttons(buttons):
            return Buttons(tuple(_about(button, group) for button in buttons))
        case Select():
            return _about(block, group)
        case _:
            return block


def _about(asks: Pressed, group: int) -> Pressed:
    action, args = token_within(group, asks.action, asks.args)
    return replace(asks, action=action, args=args)


def _parts(block: Block) -> int:
    """How many components the block is at most, on the platform that counts each button and each row of them."""
    match block:
        case Buttons(buttons):
            return len(buttons) + -(-len(buttons) // limits.BUTTONS_A_ROW)
        case Select():
            return 2
        case _:
            return 1


def _words(block: Block) -> Iterator[str]:
    match block:
        case Text(line) | Footnote(line):
            yield inline_text(line)
        case Code(text):
            yield text
        case Fields(pairs):
            for name, value in pairs:
                yield name
                yield value
        case Table(header, rows):
            yield from header
            for row in rows:
                yield from row
        case Image(alt=alt):
            yield alt
        case Buttons(buttons):
            for button in buttons:
                yield button.label
        case Select(choices=choices, placeholder=placeholder):
            yield placeholder
            for choice in choices:
                yield choice.text


def text(words: str) -> Text:
    """A text block of plain words, and of the commands that `words.say` has put into them."""
    return Text(spans(words))


def footnote(words: str) -> Footnote:
    """A footnote, of the same."""
    return Footnote(spans(words))
