"""What the narrowest platform accepts; cards, forms and commands are checked against it when they are built.

Figures: Discord's API reference and Slack's Block Kit reference, the smaller of the two.
Lengths count UTF-16 units after `& < >` are escaped, since one platform counts so and the other escapes.
"""

from unicodedata import combining, east_asian_width

TITLE = 150
TEXT = 2_900
CODE = 1_800
CARD_TEXT = 3_900
CARD_BLOCKS = 20
FIELDS = 10
FIELD_NAME = 80
FIELD_VALUE = 500
TABLE_ROWS = 50
TABLE_WIDTH = 40
BUTTON_LABEL = 75
BUTTONS = 25
BUTTONS_A_ROW = 5
COMPONENTS = 40
TOKEN = 100
SELECT_OPTIONS = 25
SELECT_TEXT = 75
SELECT_VALUE = 100
PLACEHOLDER = 100
ALT_TEXT = 1_000
FORM_TITLE = 24
FORM_FIELDS = 5
FORM_LABEL = 45
FORM_VALUE = 3_000
COMMAND_WORD = 32
COMMAND_DESCRIPTION = 100
OPTION_CHOICES = 25
LONGEST_LETTER = 5  # units that a letter takes at most: an escaped ampersand


class TooLongError(ValueError):
    """Something built for a chat does not fit it; says what, how long it is and how long it may be."""


def length(text: str) -> int:
    """The length of `text` as the stricter platform counts it, in UTF-16 units after escaping."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return len(escaped.encode("utf-16-le", "surrogatepass")) // 2


def check(what: str, text: str, limit: int) -> None:
    """Raise TooLongError unless `text` fits `limit`."""
    if len(text) * LONGEST_LETTER > limit and (found := length(text)) > limit:
        raise TooLongError(f"{what} has {found} characters, {limit} fit: {text[:60]!r}...")


def check_present(what: str, text: str) -> None:
    """Raise ValueError where a platform shows nothing for `text`, and refuses it."""
    if not text.strip():
        raise ValueError(f"{what} is empty")


def check_count(what: str, found: int, limit: int) -> None:
    """Raise TooLongError unless `found` things fit `limit`."""
    if found > limit:
        raise TooLongError(f"{found} {what}, {limit} fit")


def shorten(text: str, limit: int) -> str:
    """`text`, cut with an ellipsis where it would not fit `limit`."""
    if length(text) <= limit:
        return text
    kept = text[: limit - 1]
    while length(kept) > limit - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"


def width(text: str) -> int:
    """How many columns of a terminal or of a monospaced block `text` takes: wide letters take two, marks none."""
    return sum(0 if combining(c) else 2 if east_asian_width(c) in "WF" else 1 for c in text)


def fit(text: str, columns: int) -> str:
    """`text`, cut with an ellipsis where it would take more than so many columns."""
    if width(text) <= columns:
        return text
    kept = text
    while width(kept) > columns - 1:
        kept = kept[:-1]
    return kept.rstrip() + "…"
