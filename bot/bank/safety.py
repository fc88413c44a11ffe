"""Rules about marks and safety, E61 to E64: nothing that a platform would not show, or would take for a command."""

import re
import unicodedata
from collections.abc import Iterator
from importlib.resources.abc import Traversable

from bot.bank.findings import Finding
from bot.bank.words import pieces, prose
from bot.chat import markup
from bot.chat.inline import Bold, Plain
from bot.questions.item import Content, Item, Picture

LARGEST_IMAGE = 2**20
IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".webp")
_PNG = b"\x89PNG\r\n\x1a\n"
_LATEX = re.compile(r"\$[^$\n]{1,200}\$|\\[a-zA-Z]{2,}|\\[()\[\]]")
_TAGS = (
    "a|abbr|b|br|center|code|details|div|em|font|h[1-6]|hr|i|img|li|ol|p|pre|s|script|span|strong|style|sub|summary|sup"
    "|table|td|th|tr|u|ul"
)
_HTML = re.compile(rf"</?(?:{_TAGS})\s*/?>|<(?:{_TAGS})\s+[a-z-]+\s*=|&(?:[a-z]{{2,8}}|#\d+);|<!--", re.IGNORECASE)
_TABLE = re.compile(r"^\s*\|.*\|\s*$|\|\s*:?-{3,}", re.MULTILINE)
_MENTION = re.compile(
    r"@everyone|@here|<[@#!]|<(?:https?|mailto):|(?:discord\.gg|discord(?:app)?\.com/invite|join\.slack\.com)\S*",
    re.IGNORECASE,
)
_STARS = re.compile(r"\*\*|(?<![\w*\\])\*\w(?:[^*\n]*\w)?\*(?![\w*])")
_STROKES = re.compile(r"~~|(?<![\w\\])_{1,2}[^\W_][^_\n]*_{1,2}(?!\w)|(?<!\\)__[^\W_]|[^\W_]__(?!_)")
_TARGET = re.compile(r"\]\([^)\s]*\)")


def findings(content: Content, root: Traversable) -> Iterator[Finding]:
    """Every rule about marks, mentions and pictures that the content breaks."""
    for piece in pieces(content):
        if not piece.text.strip():
            yield Finding("E01", f"{piece.where} is empty")
        if unseen := next((sign for sign in piece.text if _unseen(sign)), None):
            yield Finding("E62", f"{piece.where}: holds a character that cannot be seen (U+{ord(unseen):04X})")
        if found := _MENTION.search(piece.text):
            yield Finding("E62", f"{piece.where}: {found.group()[:40]!r} could be read as a mention or an invitation")
        if not piece.output:
            for rule, reason in _text(piece.text, marked=piece.marked):
                yield Finding(rule, f"{piece.where}: {reason}")
    if isinstance(content, Item) and content.image:
        yield from (Finding("E64", reason) for reason in _picture(content.image, root))


def _text(text: str, *, marked: bool) -> Iterator[tuple[str, str]]:
    plain = prose(text) if marked else text
    if found := _LATEX.search(plain):
        yield "E61", f"{found.group()[:40]!r} looks like LaTeX; write formulas in unicode or as code"
    if found := _HTML.search(plain):
        yield "E61", f"{found.group()[:40]!r} is HTML, which is not shown"
    if _TABLE.search(plain):
        yield "E61", "a Markdown table is not shown"
    if marked:
        yield from (("E63", reason) for reason in _marks(text))
    elif "`" in text or "**" in text:
        yield "E63", "marks such as ` and ** are not read here, and would be shown"


def _unseen(sign: str) -> bool:
    """Control characters, and marks that turn the direction of writing or have no width."""
    return unicodedata.category(sign) in ("Cc", "Cf") and sign not in "\n\t"


def _marks(text: str) -> Iterator[str]:
    """Marks that are left over once the text is read the way the bot reads it."""
    for span in markup.parse(text):
        if not isinstance(span, Plain | Bold):
            continue
        if "`" in span.text:
            yield "a backtick is left over: code spans need one at each end"
        if found := _STARS.search(span.text):
            yield f"{found.group()[:40]!r} is left over: bold needs ** at each end, and a product belongs into code"
    if found := _STROKES.search(_TARGET.sub("]", prose(text))):
        yield f"{found.group()[:40]!r} would be taken for a mark: put it into a code span"


def _picture(image: Picture, root: Traversable) -> Iterator[str]:
    if image.path.startswith("/") or ".." in image.path.split("/"):
        yield f"{image.path} must lie inside the content folder"
        return
    if not image.path.lower().endswith(IMAGES):
        yield f"{image.path} is none of {', '.join(IMAGES)}"
    try:
        data = root.joinpath(image.path).read_bytes()
    except OSError:
        yield f"{image.path} is not there"
        return
    if len(data) > LARGEST_IMAGE:
        yield f"{image.path} has {len(data):,} bytes, {LARGEST_IMAGE:,} fit"
    if data.startswith(_PNG) and (data[25:26] in (b"\x04", b"\x06") or b"tRNS" in data[:2048]):
        yield f"{image.path} is transparent: it cannot be read on a dark and on a light ground"
