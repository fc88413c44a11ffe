"""What every test may ask for: both databases, content of our own, a clock; and `--slow`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
from hypothesis import settings
from sqlalchemy import Engine

from bot.library import Library, load
from bot.store.engine import open_engine
from tests import statements
from tests.clock import Clock
from tests.store.prepared import prepare
from tests.store.server import Server, ServerError, running

BANK = Path(__file__).parent / "bank"
DATABASES = ("sqlite", "postgres")
settings.register_profile("no clock", deadline=None)  # how long an example takes tells of the machine, not of us
settings.load_profile("no clock")
statements.share()


@pytest.fixture(scope="session", autouse=True)
def _cache_of_the_tests(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """What the programs that tests start keep for their next start is kept out of the user's own folder."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        yield


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--slow` runs the proofs that take longer."""
    parser.addoption("--slow", action="store_true", help="run the slow proofs too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the slow proofs out unless they are asked for, and what the other database shows."""
    if config.getoption("--slow"):
        return
    for item in items:
        if item.get_closest_marker("slow"):
            item.add_marker(pytest.mark.skip(reason="slow; run with --slow"))
        elif _has_the_others_turn(item):
            item.add_marker(pytest.mark.skip(reason="shown on the other database; run with --slow for both"))


def _has_the_others_turn(item: pytest.Item) -> bool:
    """Whether this is what the bot does, and not how it stores it, on the database that has no turn here.

    Half of these tests run on each; what is about databases runs on both and is marked so, or has no stand.
    """
    if not isinstance(item, pytest.Function) or "stand" not in item.fixturenames:
        return False
    database = item.callspec.params.get("database_url") if hasattr(item, "callspec") else None
    if database is None or item.get_closest_marker("each_database"):
        return False
    turn = crc32(item.nodeid.replace(database, "").encode()) % len(DATABASES)
    return database != DATABASES[turn]


@pytest.fixture(scope="session")
def library() -> Library:
    """The small content of tests/bank; the shipped one is not for tests that need to know what they get."""
    found = load(BANK)
    assert not found.faults, f"tests/bank is not valid: {found.faults[0]}"
    return found


@pytest.fixture
def clock() -> Clock:
    """A clock that stands still until it is moved."""
    return Clock()


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The address of a fresh SQLite file that has the tables of this release already."""
    return prepare(tmp_path / "batchmate.db")


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A PostgreSQL server for this process of the test run."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(running())
        except ServerError as error:
            pytest.fail(str(error), pytrace=False)
        yield server


@pytest.fixture
def postgres_url(postgres: Server) -> Iterator[str]:
    """The address of a fresh PostgreSQL database that has the tables of this release already."""
    name = postgres.lend()
    yield postgres.url(name)
    postgres.take_back(name)


@pytest.fixture(params=DATABASES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh database, of each kind in turn."""
    return str(request.getfixturevalue(f"{request.param}_url"))


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """A fresh database with the tables of this release, of each kind in turn."""
    opened = open_engine(database_url)
    yield opened
    opened.dispose()
