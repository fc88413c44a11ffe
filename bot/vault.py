"""What platforms gave us at installation: kept encrypted, and found without asking the database each time."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from sqlalchemy import Engine

from bot.ports import SealedError
from bot.store import vault as store
from bot.store.engine import transaction

T = TypeVar("T")
Renew = Callable[[str], str]
Place = tuple[str, str]

FRESH = timedelta(seconds=60)  # so long another process may not know what this one has changed
MOST_KNOWN = 10_000
STATE_LIFE = timedelta(minutes=10)
PORTION = 200
WHAT_TO_DO = (
    "cannot be opened with BATCHMATE_SECRET_KEY. Put the key that it was kept with behind the one that is set, "
    "with a comma between them; where that key is lost, the bot has to be added to the workspace once more."
)


class InThread(Protocol):
    """Runs what waits for the database beside the event loop."""

    def __call__(self, work: Callable[[], T], /) -> Awaitable[T]:
        """What `work` brings."""
        ...


class Vault:
    """Grants by platform and workspace. Of `keys` (see `new_key`) the first one encrypts, each may decrypt.

    Raises ValueError for keys that are none.
    """

    def __init__(self, engine: Engine, keys: Sequence[str], clock: Callable[[], datetime], in_thread: InThread) -> None:
        self._engine = engine
        self._box = box(keys)
        self._clock = clock
        self._in_thread = in_thread
        self._known: dict[Place, tuple[str, datetime]] = {}  # as JSON, which takes half as much memory
        self._changes = 0

    # --- grants ------------------------------------------------------------------------------------------------

    async def keep(self, platform: str, workspace: str, grant: Mapping[str, str]) -> None:
        """Keep a workspace's grant in the place of an older one."""
        now = self._clock()

        def write() -> None:
            sealed = self._seal(platform, workspace, grant)
            with transaction(self._engine) as db:
                store.keep(db, platform, workspace, sealed, now)

        await self._change((platform, workspace), write)

    async def find(self, platform: str, workspace: str) -> Mapping[str, str] | None:
        """The grant of a workspace; None where there is none. Raises SealedError.

        What another process has changed within the last minute may not be known yet, but a new workspace is.
        """
        place, now = (platform, workspace), self._clock()
        if (known := self._known.get(place)) is not None and timedelta() <= now - known[1] < FRESH:
            return _grant(known[0])
        changes = self._changes
        text = await self._in_thread(partial(self._read, platform, workspace))
        if changes == self._changes:
            self._remember(place, text, now)
        return None if text is None else _grant(text)

    async def since(self, platform: str, workspace: str) -> datetime | None:
        """When the grant of a workspace was kept, as the database has it now; None where there is none."""

        def read() -> datetime | None:
            with transaction(self._engine, reads=True) as db:
                return store.since(db, platform, workspace)

        return await self._in_thread(read)

    async def forget(self, platform: str, workspace: str, holding: str = "") -> None:
        """Delete the grant of a workspace; with `holding`, only one that has this value: a newer one stays.

        Raises SealedError where it has to be opened for that.
        """

        def write() -> None:
            with transaction(self._engine) as db:
                sealed = store.find(db, platform, workspace) if holding else None
                if holding and (sealed is None or holding not in self._values(platform, workspace, sealed)):
                    return
                store.forget(db, platform, workspace, sealed)

        await self._change((platform, workspace), write)

    def _values(self, platform: str, workspace: str, sealed: str) -> Collection[str]:
        return _grant(self._open(platform, workspace, sealed)).values()

    async def _change(self, place: Place, write: Callable[[], None]) -> None:
        try:
            await self._in_thread(write)
        finally:  # whoever is reading at this moment must not remember what was there before
            self._changes += 1
            self._known.pop(place, None)

    def _remember(self, place: Place, text: str | None, now: datetime) -> None:
        self._known.pop(place, None)
        if text is None:
            return
        while len(self._known) >= MOST_KNOWN:
            del self._known[next(iter(self._known))]  # the one that was read longest ago
        self._known[place] = text, now

    def _read(self, platform: str, workspace: str) -> str | None:
        with transaction(self._engine, reads=True) as db:
            sealed = store.find(db, platform, workspace)
        return None if sealed is None else self._open(platform, workspace, sealed)

    # --- seals -------------------------------------------------------------------------------------------------

    async def check(self) -> None:
        """Nothing, if every grant can be opened. Raises SealedError."""
        await self._all(None)

    async def rotate(self) -> int:
        """Encrypt everything with the first key; how many grants it was.

        What none of the keys opens is left as it is. Raises SealedError for it, once the others are done.
        """
        return await self._all(lambda sealed: self._box.rotate(sealed.encode()).decode())

    async def _all(self, renew: Renew | None) -> int:
        """Open every grant, and put what `renew` makes of it in its place; how many were changed."""
        last, changed, lost = 0, 0, 0
        while True:
            portion, more, unopened = await self._in_thread(partial(self._some, last, renew))
            changed, lost = changed + more, lost + unopened
            if not portion:
                break
            last = portion[-1].id
        if lost:
            raise SealedError(f"Of the workspaces that the bot was added to, what is kept of {lost} {WHAT_TO_DO}")
        return changed

    def _some(self, last: int, renew: Renew | None) -> tuple[list[store.Sealed], int, int]:
        changed = lost = 0
        with transaction(self._engine, reads=renew is None) as db:
            portion = store.after(db, last, PORTION)
            for row in portion:
                try:
                    self._open(row.platform, row.workspace, row.sealed)
                except SealedError:
                    lost += 1
                    continue
                if renew is not None:
                    changed += store.reseal(db, row, renew(row.sealed))
        return portion, changed, lost

    def _seal(self, platform: str, workspace: str, grant: Mapping[str, str]) -> str:
        """The grant with its place inside, so that a row that is put in another one's place does not open."""
        held = json.dumps([platform, workspace, json.dumps(dict(grant))])
        return self._box.encrypt(held.encode()).decode()

    def _open(self, platform: str, workspace: str, sealed: str) -> str:
        """The grant as JSON."""
        try:
            place, at, text = json.loads(self._box.decrypt(sealed.encode()))
        except InvalidToken:
            raise SealedError(f"What is kept of a workspace on {platform} {WHAT_TO_DO}") from None
        if (place, at) != (platform, workspace):
            raise SealedError(f"What is kept of a workspace on {platform} belongs to another one; add the bot anew.")
        return str(text)

    # --- states ------------------------------------------------------------------------------------------------

    async def new_state(self, platform: str) -> str:
        """What the platform brings back when an installation that begins now is done, within ten minutes."""
        state, now = new_key().rstrip("="), self._clock()

        def write() -> None:
            with transaction(self._engine) as db:
                store.add_state(db, platform, _hash(state), now, now + STATE_LIFE)

        await self._in_thread(write)
        return state

    async def use_state(self, platform: str, state: str) -> bool:
        """Whether an installation was begun under this state; true once."""
        now = self._clock()

        def write() -> bool:
            with transaction(self._engine) as db:
                return store.take_state(db, platform, _hash(state), now)

        return await self._in_thread(write)


def new_key() -> str:
    """A fresh key: 32 random bytes, in letters that an address and a header take as they are."""
    return Fernet.generate_key().decode()


def box(keys: Sequence[str]) -> MultiFernet:
    """What encrypts with the first key and decrypts with any. Raises ValueError."""
    try:
        return MultiFernet([Fernet(key) for key in keys])
    except ValueError:
        raise ValueError("BATCHMATE_SECRET_KEY: no usable key. Make one with batchmate secrets new.") from None


def _grant(text: str) -> Mapping[str, str]:
    return {str(name): str(value) for name, value in json.loads(text).items()}


def _hash(state: str) -> str:
    """What is kept of a state: whoever reads the database cannot finish an installation with it."""
    return hashlib.sha256(state.encode()).hexdigest()
