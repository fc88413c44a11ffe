"""Study groups played straight through `App.handle`, and what the database holds of them afterwards."""

from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from itertools import count
from random import Random
from threading import Barrier
from typing import TypeVar

from msgspec.structs import replace
from sqlalchemy import Engine, func, select

from bot.app import App, Outcome
from bot.beat import Beat
from bot.chat import wire
from bot.chat.cards import Card, Select
from bot.chat.people import Actor, Space
from bot.chat.registry import Registry
from bot.chat.requests import CommandCall, FormSubmit, Press, Request
from bot.chat.tokens import read_token
from bot.context import Core
from bot.features import FEATURES
from bot.library import Library
from bot.store import scores, tables
from bot.store.engine import transaction
from bot.store.tables import table_of

T = TypeVar("T")
ADMIN = "mod"
ACCOUNT = table_of(tables.Account)
ANSWER = table_of(tables.Answer)
EXPOSURE = table_of(tables.Exposure)
SEEN = table_of(tables.Seen)
LEDGER = table_of(tables.Ledger)
MESSAGE = table_of(tables.Message)
ROUND = table_of(tables.Round)
ROUND_ITEM = table_of(tables.RoundItem)
_SHOWN_LAST = (
    select(EXPOSURE.c.person_id, EXPOSURE.c.content_id, func.max(EXPOSURE.c.shown_at))
    .where(EXPOSURE.c.person_id.is_not(None))
    .group_by(EXPOSURE.c.person_id, EXPOSURE.c.content_id)
)
TABLES = {"answers": ANSWER, "exposures": EXPOSURE, "ledger": LEDGER, "rounds": ROUND, "accounts": ACCOUNT}


class Study:
    """One process' core on a database, with gestures of members; `group` names a workspace of its own."""

    def __init__(self, engine: Engine, library: Library, clock: Callable[[], datetime], name: str = "one") -> None:
        self.engine = engine
        self._numbers = count(1)
        self._name = name
        core = Core(engine, library, Registry.of(FEATURES), clock, self._random)
        self.app = App(core)
        self.beat = Beat(core)

    def _random(self) -> Random:
        return Random(f"{self._name} {next(self._numbers)}")

    def _asked(self, member: str, group: str, delivery: str | None) -> dict[str, object]:
        return {
            "actor": Actor("test", member, member, is_admin=member == ADMIN),
            "space": Space("test", group, "general"),
            "delivery": delivery or f"{self._name} {next(self._numbers)}",
        }

    def say(
        self, member: str, command: str, *, group: str = "alpha", delivery: str | None = None, **options: object
    ) -> Outcome:
        """A member uses a command."""
        given = {name: str(value) for name, value in options.items()}
        return self.app.handle(CommandCall(name=command, options=given, **self._asked(member, group, delivery)))  # type: ignore[arg-type]

    def press(
        self,
        member: str,
        token: str,
        values: Sequence[str] = (),
        *,
        group: str = "alpha",
        delivery: str | None = None,
    ) -> Outcome:
        """A member presses a button, or sends lines of a select."""
        return self.app.handle(Press(token=token, values=tuple(values), **self._asked(member, group, delivery)))  # type: ignore[arg-type]

    def answer(self, member: str, way: "Way", *, group: str = "alpha", delivery: str | None = None) -> Outcome:
        """A member answers a question in one of its ways."""
        token, values, words = way
        if words is None:
            return self.press(member, token, values, group=group, delivery=delivery)
        request: Request = FormSubmit(token=token, fields={"answer": words}, **self._asked(member, group, delivery))  # type: ignore[arg-type]
        return self.app.handle(request)

    def posted(self, key: str) -> Card:
        """The card that a channel should show under that key."""
        with transaction(self.engine, reads=True) as db:
            return wire.from_json(db.execute(select(MESSAGE.c.card).where(MESSAGE.c.key == key)).scalar_one())

    def open_live(self, group: str = "alpha") -> Card:
        """The question of the group's live round that was posted last."""
        with transaction(self.engine, reads=True) as db:
            key = db.execute(
                select(MESSAGE.c.key)
                .where(MESSAGE.c.workspace == group, MESSAGE.c.key.like("live:%"))
                .order_by(MESSAGE.c.id.desc())
                .limit(1)
            ).scalar_one()
        return self.posted(key)

    def counts(self) -> dict[str, int]:
        """How many rows there are of what must never be lost or doubled."""
        with transaction(self.engine, reads=True) as db:
            return {
                name: int(db.execute(select(func.count()).select_from(table)).scalar_one())
                for name, table in TABLES.items()
            }

    def scored(self) -> int:
        """How many answers count in the ledger."""
        with transaction(self.engine, reads=True) as db:
            return int(db.execute(select(func.count()).where(LEDGER.c.what != scores.SEEN)).scalar_one())


Way = tuple[str, tuple[str, ...], str | None]


def ways(card: Card | None) -> list[Way]:
    """Every way to answer the question on a card: letters, single lines of a select, typed words, not knowing."""
    assert card is not None
    found: list[Way] = []
    for button in card.buttons():
        action, args = read_token(button.token)
        if button.lettered:
            found.append((button.token, (), None))
        elif button.typed:
            typed = "|".join((action.replace(".type", ".typed"), *args))
            found.extend((typed, (), words) for words in ("7", "broadcasting", "[20, 30]"))
        elif action.endswith(".unsure"):
            found.append((button.token, (), None))
    for block in card.blocks:
        if isinstance(block, Select):
            found.extend((block.token, (choice.value,), None) for choice in block.choices)
            found.append((block.token, tuple(choice.value for choice in block.choices[:2]), None))
    return found


def shown(outcome: Outcome) -> list[Way]:
    """Every way to answer the question that somebody was just shown."""
    assert outcome.reply, "nothing was shown: the delivery is an old one"
    return ways(outcome.reply.card)


def words(card: Card | None) -> str:
    """Everything that a card says."""
    return "\n".join(card.words()) if card else ""


def said(outcome: Outcome) -> str:
    """Everything that a reply says."""
    reply = outcome.reply
    return words(reply.update) + words(reply.card) if reply else ""


def at_once(work: Sequence[Callable[[], T]]) -> list[T]:
    """Run everything in a thread of its own, all let go at the same moment."""
    gate = Barrier(len(work))

    def run(one: Callable[[], T]) -> T:
        gate.wait(30)
        return one()

    with ThreadPoolExecutor(len(work)) as pool:
        return list(pool.map(run, work))


def choices_only(library: Library) -> Library:
    """The questions that are answered by one press."""
    return replace(
        library, items={key: item for key, item in library.items.items() if item.kind == "mcq" and key[0] == "q"}
    )


def check_books(engine: Engine, now: datetime) -> None:
    """Nothing is scored twice; answers, ledger and boards name the same points; what was seen is what was shown."""
    today = now.date()
    by_account = select(ANSWER.c.account_id, func.sum(ANSWER.c.points)).group_by(ANSWER.c.account_id)
    with transaction(engine, reads=True) as db:
        boards = scores.on_boards(db, today)
        assert scores.from_ledger(db, today) == boards
        paid = {account: points for account, points in db.execute(by_account) if points}
        shown = {(person, content): at for person, content, at in db.execute(_SHOWN_LAST)}
        seen = {(row.person_id, row.content_id): row.shown_at for row in db.execute(select(SEEN))}
        ledger = db.execute(
            select(LEDGER, ACCOUNT.c.person_id).select_from(LEDGER.join(ACCOUNT, ACCOUNT.c.id == LEDGER.c.account_id))
        ).all()
    once = Counter((row.account_id, row.season_id, row.once) for row in ledger)
    assert max(once.values(), default=1) == 1, "somebody was scored twice"
    booked: Counter[int] = Counter()
    whole: Counter[tuple[str, int]] = Counter()
    for row in (row for row in ledger if row.what != scores.SEEN):
        booked[row.account_id] += row.points
        whole[f"{row.group_id}:all", row.person_id] += row.points
        whole[f"{row.group_id}:all:{row.track}", row.person_id] += row.points
    assert {account: points for account, points in booked.items() if points} == paid
    assert shown.items() <= seen.items(), "a draw does not know when something was shown last"
    on_whole = {place: points for place, (points, _answers, _end) in boards.items() if ":all" in place[0]}
    assert on_whole == dict(whole), "the boards of all time are not the sum of the ledger"


def open_questions(engine: Engine) -> list[int]:
    """Questions that were opened to a group and never closed."""
    with transaction(engine, reads=True) as db:
        return list(
            db.execute(
                select(ROUND_ITEM.c.id)
                .select_from(ROUND_ITEM.join(ROUND, ROUND.c.id == ROUND_ITEM.c.round_id))
                .where(ROUND.c.kind == "live", ROUND_ITEM.c.opened_at.is_not(None), ROUND_ITEM.c.closed_at.is_(None))
            ).scalars()
        )
