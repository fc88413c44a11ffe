"""Pictures that are drawn from what their path says: a board's path holds its title and its places."""

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from bot.chat.limits import fit, shorten

FOLDER = "board/"
NAME = 16
TITLE = 60
ROWS = 20
TOKEN = 1_500
_PATH = re.compile(rf"{FOLDER}([A-Za-z0-9_-]{{1,{TOKEN}}})\.png")


class Place(Struct, frozen=True):
    """A line of a board: rank, name and points."""

    rank: int
    name: str
    points: int


class Board(Struct, frozen=True):
    """A board as its picture shows it."""

    title: str
    places: tuple[Place, ...]


def is_board(path: str) -> bool:
    """Whether a picture's path says that it is a board's, well made or not."""
    return path.startswith(FOLDER)


def board_path(title: str, places: Iterable[Place]) -> str:
    """The path of a board's picture: names are cut to 16 columns, the last places left out where too much is said."""
    short = " ".join(shorten(title, TITLE).split())
    kept = list(places)[:ROWS]
    rows = [(place.rank, " ".join(_cut(place.name).split()), place.points) for place in kept]
    while len(token := _token(short, rows)) > TOKEN:
        rows.pop()
    return f"{FOLDER}{token}.png"


def _cut(name: str) -> str:
    return fit(name, NAME)[:NAME]


def _token(title: str, rows: list[tuple[int, str, int]]) -> str:
    said = json.dumps([title, rows], ensure_ascii=False, separators=(",", ":"))
    return urlsafe_b64encode(said.encode("utf-8", "replace")).decode().rstrip("=")


def read_board(path: str) -> Board:
    """What `board_path` was given. Raises ValueError on every path that it does not make."""
    try:
        board = _read(path)
    except (ValueError, TypeError, RecursionError) as error:
        raise ValueError(f"this is no board of ours: {path[:60]!r}") from error
    if board_path(board.title, board.places) != path:
        raise ValueError(f"this board is written otherwise than ours: {path[:60]!r}")
    return board


def _read(path: str) -> Board:
    found = _PATH.fullmatch(path)
    if found is None:
        raise ValueError("no such path")
    token = found[1]
    title, rows = json.loads(urlsafe_b64decode(token + "=" * (-len(token) % 4)).decode())
    if type(title) is not str or type(rows) is not list:
        raise TypeError("a title and rows are wanted")
    return Board(title, tuple(_place(row) for row in rows))


def _place(row: Any) -> Place:
    rank, name, points = row
    if type(rank) is not int or type(name) is not str or type(points) is not int:
        raise TypeError("a rank, a name and points are wanted")
    return Place(rank, name, points)
