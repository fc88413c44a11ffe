"""A board as a picture: what its path says, what is drawn, with which letters, and what it costs who shows none."""

import json
import subprocess
import sys
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator
from importlib.resources import files
from io import BytesIO
from pathlib import Path

import pytest
import simcord
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageChops

from adapters import pictures as drawing
from adapters.pictures import draw_board
from adapters.slack.people import Kept
from bot import composition, pictures
from bot.chat import limits
from bot.chat.cards import Card
from bot.chat.cards import Image as Picture
from bot.chat.people import Space
from bot.library import Library
from bot.pictures import Board, Place, board_path, read_board
from tests.clock import Clock
from tests.fakes.slack_server import Team
from tests.stages.slack import SlackStage

TITLE = "Points, 2026-03-09 to 2026-03-15"
FONTS = Path(simcord.__file__).parent / "preview" / "static" / "fonts"
CHINESE, ARABIC = str(FONTS / "noto-sans-sc-v2.004.ttf"), str(FONTS / "noto-sans-arabic-v2.012.ttf")
PLACES = st.builds(Place, st.integers(1, 10**7), st.text(max_size=40), st.integers(-(10**9), 10**9))


def board(*places: tuple[str, int], title: str = TITLE) -> Board:
    """A board with these names and points, ranked as they come."""
    return Board(title, tuple(Place(at, *place) for at, place in enumerate(places, start=1)))


def opened(shown: Board, *fallbacks: str) -> Image.Image:
    """The board's picture, drawn with these fonts beside Pillow's own."""
    return Image.open(BytesIO(draw_board(shown, fallbacks)))


def row(image: Image.Image, number: int) -> Image.Image:
    """The part of a picture in which a place's name stands."""
    top = (drawing.HEAD + drawing.ROW * (number - 1)) * drawing.SCALE
    box = drawing.NAME_AT * drawing.SCALE, top, 230 * drawing.SCALE, top + 26 * drawing.SCALE
    return image.crop(box)


def is_empty(image: Image.Image) -> bool:
    """Whether nothing is drawn there."""
    return ImageChops.difference(image, Image.new("RGB", image.size, drawing.PAPER)).getbbox() is None


# --- the path ------------------------------------------------------------------------------------------------------


@given(st.text(max_size=100), st.lists(PLACES, max_size=40))
def test_a_path_says_its_board(title: str, places: list[Place]) -> None:
    """Whatever the names: the path stays short, and what is read from it is the board's beginning."""
    path = board_path(title, places)
    assert pictures.is_board(path)
    assert len(path) <= len("board/.png") + 1_500
    found = read_board(path)
    assert board_path(found.title, found.places) == path
    assert [(p.rank, p.points) for p in found.places] == [(p.rank, p.points) for p in places[: len(found.places)]]
    assert all(limits.width(p.name) <= 16 for p in found.places)
    assert len(found.places) >= min(len(places), 9)


def test_what_is_said_is_read() -> None:
    """Titles, ranks, names and points come back as they were; long names are cut."""
    places = Place(1, "Änn <b>", 12), Place(1, "名前", 12), Place(3, "a name of more than sixteen letters", -1)
    cut = Place(3, "a name of more…", -1)
    assert read_board(board_path(TITLE, places)) == Board(TITLE, (*places[:2], cut))


def test_a_path_stays_short_at_the_cost_of_the_last_places() -> None:
    """Names that take a lot of room leave room for fewer of them."""
    path = board_path(TITLE, [Place(at, "\x01" * 16, 10**9) for at in range(1, 21)])
    assert 1_300 < len(path) <= len("board/.png") + 1_500
    assert [place.rank for place in read_board(path).places] == [*range(1, 10)]


def token(value: object, **how: object) -> str:
    """A path that says `value` as it stands."""
    said = json.dumps(value, **{"separators": (",", ":"), **how})  # type: ignore[arg-type]
    return f"board/{urlsafe_b64encode(said.encode()).decode().rstrip('=')}.png"


GOOD = [TITLE, [[1, "ann", 12]]]


@pytest.mark.parametrize(
    "path",
    [
        "",
        "pictures/curves.png",
        "board/",
        "board/.png",
        "board/../secrets.png",
        "board/!!!!.png",
        "board/AAAA.png",
        token(GOOD) + "\n",
        token(GOOD).replace(".png", ".svg"),
        token(GOOD, separators=(", ", ": ")),
        token(GOOD)[:-5] + ".png",
        token([TITLE, [[1, "ann", 12]], 3]),
        token([TITLE, [[1, "ann"]]]),
        token([TITLE, [[1, "ann", 1.5]]]),
        token([TITLE, [[True, "ann", 12]]]),
        token([TITLE, [[1, 2, 12]]]),
        token([TITLE, [[1, "a" * 17, 12]]]),
        token([TITLE, {"a": 1}]),
        token([1, []]),
        token({"title": TITLE, "rows": []}),
        token([TITLE, [[1, "ann", 12]] * 21]),
        token(["t" * 61, []]),
        f"board/{urlsafe_b64encode(b'[' * 1_100).decode().rstrip('=')}.png",
        f"board/{'A' * 1_501}.png",
    ],
)
def test_a_false_path_is_refused(path: str) -> None:
    """Whatever `board_path` does not make is none of ours."""
    with pytest.raises(ValueError, match="this"):
        read_board(path)


def test_the_paths_of_these_tests_are_made_like_ours() -> None:
    """What is refused above is refused for its fault alone."""
    assert token(GOOD) == board_path(TITLE, [Place(1, "ann", 12)])


# --- the picture ---------------------------------------------------------------------------------------------------


def test_the_same_board_makes_the_same_picture() -> None:
    """Byte for byte, also in another process."""
    shown = board(("ann", 12), ("bea", 7))
    code = f"import sys; from {drawing.__name__} import *; from {pictures.__name__} import Board, Place; "
    code += f"sys.stdout.buffer.write(draw_board({shown!r}))"
    again = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stdout
    draw_board.cache_clear()
    assert draw_board(shown) == again


def test_it_fits_a_phone() -> None:
    """A PNG of a phone's width at twice the size, as high as its places need."""
    image = opened(board(*((f"member {at}", 100 - at) for at in range(10))))
    assert image.format == "PNG"
    assert image.size == (720, 2 * (drawing.HEAD + 10 * drawing.ROW + drawing.FOOT))


@pytest.mark.parametrize(("ink", "least"), [(drawing.INK, 7.0), (drawing.FAINT, 4.5), (drawing.BAR_INK, 4.5)])
def test_every_ink_stands_out(ink: str, least: float) -> None:
    """The contrast with the paper, as WCAG reckons it."""

    def light(colour: str) -> float:
        parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    assert (light(drawing.PAPER) + 0.05) / (light(ink) + 0.05) >= least


def test_a_bar_is_as_long_as_its_points() -> None:
    """The first one's is whole, half the points make half a bar; who has none, or less, has no bar."""
    image = opened(board(("a", 200), ("b", 100), ("c", 0), ("d", -5)))

    def bar(number: int) -> int:
        y = (drawing.HEAD + drawing.ROW * (number - 1) + 20 + drawing.BAR_BELOW + 1) * drawing.SCALE
        line = image.crop((0, y, image.width, y + 1))
        box = ImageChops.difference(line, Image.new("RGB", line.size, drawing.PAPER)).getbbox()
        return box[2] - box[0] if box else 0

    whole = (drawing.WIDTH - drawing.EDGE - drawing.NAME_AT) * drawing.SCALE
    assert bar(1) == pytest.approx(whole, abs=2)
    assert bar(2) == pytest.approx(whole / 2, abs=2)
    assert bar(3) == bar(4) == 0


def test_a_long_name_leaves_the_points_alone() -> None:
    """Sixteen wide letters beside ten digits: a gap stays between them."""
    image = opened(board(("W" * 16, 10**9)))
    top = drawing.HEAD * drawing.SCALE
    line = image.crop((drawing.NAME_AT * drawing.SCALE, top, image.width, top + 26 * drawing.SCALE)).convert("L")
    paper = [all(line.getpixel((x, y)) == 255 for y in range(line.height)) for x in range(line.width)]
    gaps = "".join(" " if empty else "x" for empty in paper).strip().split(" " * 20)
    assert len([part for part in gaps if part]) == 2


def test_nobody_and_no_points() -> None:
    """A board without places, and one on which nobody has a point, can be drawn."""
    assert opened(board()).height == 2 * (drawing.HEAD + drawing.FOOT)
    assert opened(board(("ann", 0))).height == 2 * (drawing.HEAD + drawing.ROW + drawing.FOOT)


# --- letters -------------------------------------------------------------------------------------------------------


def test_other_letters_take_another_font() -> None:
    """Letters that Pillow's font lacks are drawn with the first font of the machine that has them all."""
    shown = board(("ann", 9), ("名前", 8))
    assert is_empty(row(opened(shown), 2))
    assert is_empty(row(opened(shown, ARABIC, "no-such-font.ttf"), 2))
    assert not is_empty(row(opened(shown, ARABIC, "no-such-font.ttf", CHINESE), 2))


def test_without_a_font_the_rank_stands_alone() -> None:
    """No boxes in place of letters: the picture is that of a place without a name."""
    assert draw_board(board(("ann", 9), ("名前", 8)), ()) == draw_board(board(("ann", 9), ("", 8)), ())
    assert draw_board(board(("ann 名", 9)), ()) == draw_board(board(("", 9)), ())


def test_signs_may_go_where_letters_may_not() -> None:
    """An emoji that no font has is left out, and the name stays; where nothing stays, nothing is written."""
    assert draw_board(board(("ann 🚀👩\u200d🚀\ufe0f", 9)), ()) == draw_board(board(("ann", 9)), ())
    assert draw_board(board(("🚀🚀", 9)), ()) == draw_board(board(("", 9)), ())


def test_marks_that_turn_the_line_do_nothing() -> None:
    """Controls of direction in a name do not move what stands beside it."""
    assert draw_board(board(("an\u202en\u2066", 9)), ()) == draw_board(board(("ann", 9)), ())


# --- who shows it --------------------------------------------------------------------------------------------------


def test_a_picture_by_its_path() -> None:
    """A board's path is drawn, a false one refused, and every other path read from the content."""
    places = [Place(1, "ann", 12)]
    assert composition.picture(board_path(TITLE, places)) == draw_board(Board(TITLE, tuple(places)))
    with pytest.raises(ValueError, match="no board of ours"):
        composition.picture("board/x.png")
    assert composition.picture("taxonomy.yaml") == files("content").joinpath("taxonomy.yaml").read_bytes()


def test_who_shows_no_board_loads_no_pillow() -> None:
    """Neither the core, nor its composition, nor an adapter loads Pillow at the start."""
    code = "import sys, bot.composition, adapters.slack.adapter, adapters.discord.adapter; print('PIL' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60, text=True)
    assert found.stdout.strip() == "False"


@pytest.fixture
async def slack(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel."""
    made = SlackStage(tmp_path, library, Clock())
    await made.open()
    yield made
    await made.close()


async def test_slack_is_shown_a_board(slack: SlackStage) -> None:
    """It is uploaded under a short name, once for each board, and what is remembered of it is short too."""
    port = slack.slack.port
    for points in (12, 12, 13):
        path = board_path(TITLE, [Place(at, f"member {at}", points) for at in range(1, 11)])
        await port.post(Space("slack", slack.team.id, slack.channel.id), Card("x", (Picture(path, "a"),)), "key")
    team: Team = slack.team
    assert [file.name for file in team.files.values()] == ["board.png", "board.png"]
    known: Kept[str] = port._pictures._known
    assert len(known) == 2
    assert all(len(key[1]) == 16 for key in known)
