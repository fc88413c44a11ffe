"""Draws a board as a PNG, twice as large as it is shown; Pillow is loaded with this module, so import it late."""

import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont, features
from PIL.ImageFont import FreeTypeFont

from bot.pictures import Board

# Of Pillow's own font, which has little more than English, and of what a machine may have; the first that will do.
OWN = ""
FALLBACKS = ("DejaVuSans.ttf", "NotoSans-Regular.ttf", "NotoSansCJK-Regular.ttc", "Arial Unicode.ttf", "arial.ttf")
SCALE = 2
WIDTH, EDGE, HEAD, ROW, FOOT = 360, 16, 52, 38, 8
NAME_AT, GAP = 54, 12
BAR, BAR_BELOW = 4, 9
TITLE_SIZE, SIZE, SMALLEST = 17, 16, 8
PAPER, INK, FAINT, BAR_INK = "#ffffff", "#16191d", "#565d66", "#2f62c8"
LOOK = 32  # the size at which letters are looked at
_NO_LETTER = "\U0010fffe"
_JOINERS = "\u200c\u200d"


@lru_cache(maxsize=16)
def draw_board(board: Board, fallbacks: tuple[str, ...] = FALLBACKS) -> bytes:
    """The board as a PNG; the same board makes the same picture.

    A text with letters that no font has is left out: then the rank and the points stand alone.
    """
    height = HEAD + ROW * len(board.places) + FOOT
    image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), PAPER)
    texts = [board.title, *(place.name for place in board.places)]
    pen = _Pen(ImageDraw.Draw(image), _fonts(texts, fallbacks))
    pen.write(board.title, EDGE, 34, room=WIDTH - 2 * EDGE, size=TITLE_SIZE, bold=True)
    most = max((place.points for place in board.places), default=0)
    for at, place in enumerate(board.places):
        line = HEAD + ROW * at + 20
        points = str(place.points)
        wide = pen.wide(points, SIZE)
        pen.write(str(place.rank), NAME_AT - GAP, line, room=NAME_AT - GAP - 4, ink=FAINT, right=True)
        pen.write(points, WIDTH - EDGE, line, room=WIDTH / 2, right=True)
        pen.write(place.name, NAME_AT, line, room=WIDTH - EDGE - GAP - wide - NAME_AT)
        pen.bar(place.points / most if most > 0 else 0, line + BAR_BELOW)
    file = BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


class _Pen:
    """Writes on a picture in points, each of them `SCALE` pixels; `fonts` in the order in which they are tried."""

    def __init__(self, draw: ImageDraw.ImageDraw, fonts: Sequence[str]) -> None:
        self._draw = draw
        self._fonts = fonts

    def write(
        self,
        text: str,
        x: float,
        y: float,
        *,
        room: float,
        size: int = SIZE,
        ink: str = INK,
        right: bool = False,
        bold: bool = False,
    ) -> None:
        """Write `text` on the line at `y`, from `x` on or up to it, smaller where it would take more than `room`."""
        for said, name in _chosen(text, self._fonts):
            font = _font(name, size * SCALE)
            while size > SMALLEST and font.getlength(said) > room * SCALE:
                size -= 1
                font = _font(name, size * SCALE)
            place, anchor = (x * SCALE, y * SCALE), "rs" if right else "ls"
            self._draw.text(place, said, fill=ink, font=font, anchor=anchor, stroke_width=0.6 if bold else 0)

    def wide(self, text: str, size: int) -> float:
        """How much room `text` takes."""
        return _font(self._fonts[0], size * SCALE).getlength(text) / SCALE

    def bar(self, share: float, y: float) -> None:
        """A bar as long as `share` says, of the room between the names' and the points' edges."""
        end = NAME_AT + (WIDTH - EDGE - NAME_AT) * max(0.0, share)
        if end > NAME_AT:
            shape = (NAME_AT * SCALE, y * SCALE, end * SCALE, (y + BAR) * SCALE)
            self._draw.rectangle(shape, fill=BAR_INK)


def _fonts(texts: Sequence[str], fallbacks: Sequence[str]) -> Sequence[str]:
    """The fonts to try, first that which has the letters of most texts, so that they look alike."""
    if all(_covers(OWN, _clean(text)) for text in texts):
        return (OWN,)
    there = [OWN, *(name for name in fallbacks if _is_there(name))]
    return sorted(there, key=lambda name: -sum(_covers(name, _clean(text)) for text in texts))


def _chosen(text: str, fonts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The text and a font that has all of it; where none has, the text without its signs; else nothing."""
    said = _clean(text)
    for one in (said, _without_signs(said)):
        for name in fonts:
            if one and _covers(name, one):
                yield one, name
                return


def _clean(text: str) -> str:
    """The text as it is drawn: without what only steers how it is shown."""
    composed = unicodedata.normalize("NFC", text)
    keep = _JOINERS if _is_joined(composed) else ""
    seen = (
        c for c in composed if c in keep or not (unicodedata.category(c) in ("Cc", "Cf") or "\ufe00" <= c <= "\ufe0f")
    )
    return "".join(seen).strip()


def _without_signs(text: str) -> str:
    """The text without emoji and other signs; its letters and digits stay."""
    kept = (c for c in text if unicodedata.category(c)[0] != "S" and c not in f"{_JOINERS}\u20e3")
    return " ".join("".join(kept).split())


def _is_joined(text: str) -> bool:
    """Whether letters change with their neighbours or run from the right: only Raqm can write them."""
    return any(unicodedata.bidirectional(c) in ("R", "AL") or unicodedata.category(c)[0] == "M" for c in text)


def _covers(name: str, text: str) -> bool:
    if _is_joined(text) and not features.check("raqm"):
        return False
    return all(c.isspace() or c in _JOINERS or _has(name, c) for c in text)


@lru_cache(maxsize=4096)
def _has(name: str, letter: str) -> bool:
    """Whether a font has a letter: what it has not looks like what nobody has."""
    return _look(name, letter) != _look(name, _NO_LETTER)


def _look(name: str, letter: str) -> bytes:
    image = Image.new("L", (3 * LOOK, 3 * LOOK))
    ImageDraw.Draw(image).text((LOOK, LOOK), letter, fill=255, font=_font(name, LOOK))
    return image.tobytes()


@lru_cache(maxsize=16)
def _is_there(name: str) -> bool:
    try:
        _font(name, LOOK)
    except OSError:
        return False
    return True


@lru_cache(maxsize=64)
def _font(name: str, size: int) -> FreeTypeFont:
    """A font by its file's name, wherever the machine has it, or by its path. Raises OSError."""
    font = ImageFont.load_default(size) if name == OWN else ImageFont.truetype(name, size)
    assert isinstance(font, FreeTypeFont)  # noqa: S101 (Pillow's wheels have FreeType)
    return font
