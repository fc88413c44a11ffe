"""The cards of a group's day by the clock: what is planned, the scheduled daily, what moderators are told."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from bot.chat.cards import Card
from bot.chat.people import Space
from bot.features import posts
from bot.features.concepts import cards as concepts
from bot.features.daily import cards as daily
from bot.features.firing import cards as firing
from bot.features.schedule import cards as schedule
from bot.rules.due import Firing
from bot.store.schedules import FAILING, PAUSED, FiringRow, ScheduleRow
from tests.gallery import sample
from tests.gallery.sample import LETTERED, NUMBER, SEVERAL, WORDS

PLANNED = ScheduleRow(
    7, 1, "quiz", Space("fake", "workspace", "general"), "09:00", "", "weekdays", "", 0, 1, 1320, "", "on",
    None, date(2026, 3, 10), sample.NOW, 0, 0, "", 101,
)  # fmt: skip
OTHER = replace(
    PLANNED, id=8, kind="concept", zone="America/New_York", days="tue thu", topic="maths.vectors,classical.trees"
)
TIMES = [Firing(date(2026, 3, 10 + at), datetime(2026, 3, 10 + at, 8, tzinfo=UTC)) for at in range(3)]
FIRED = FiringRow(3, 7, date(2026, 3, 10), "posted", sample.NOW, 5, "", "schedule:7:2026-03-10")
LASTING = [("ann", 12), ("Bea the <b>old</b>", 2)]


def cards() -> Iterator[tuple[str, Card]]:
    """All of them."""
    yield from _planned()
    yield from _dailies()
    yield from _troubles()


def _entry(build: Callable[..., Card], special: str, *args: Any, **named: Any) -> tuple[str, Card]:
    name = f"{sample.module_name(build)}.{build.__name__}"
    return f"{name} {special}".strip(), build(*args, **named)


def _planned() -> Iterator[tuple[str, Card]]:
    both = [(PLANNED, TIMES), (OTHER, TIMES[1:])]
    yield _entry(schedule.made, "", "Study group", "Europe/Berlin", both, ())
    yield _entry(schedule.made, "lacking", "Study group", "Europe/Berlin", both, ("Send Messages",))
    yield _entry(schedule.planned, "", PLANNED, TIMES, "Europe/Berlin", title="Planned")
    pinging = replace(OTHER, kind="quiz", ping="learners", questions=3)
    yield _entry(schedule.planned, "everything set", pinging, TIMES, "America/New_York", title="Changed")
    yield _entry(schedule.planned, "no day left", PLANNED, [], "UTC", title="Changed")
    yield _entry(schedule.listed, "", "Study group", [*both, (replace(PLANNED, id=9, state=PAUSED), [])], "UTC")
    yield _entry(schedule.listed, "nothing", "Study group", [], "UTC")
    yield _entry(schedule.paused, "", [PLANNED, OTHER])
    yield _entry(schedule.skipped, "", PLANNED, TIMES[0], TIMES[1])
    yield _entry(schedule.skipped, "the last one", PLANNED, TIMES[0], None)
    yield _entry(schedule.removed, "", PLANNED)
    yield _entry(schedule.health, "", [(PLANNED, []), (replace(OTHER, state=FAILING), ["It is paused."])])
    yield _entry(schedule.health, "nothing", [])
    yield _entry(schedule.offer, "", PLANNED, 5)
    yield _entry(schedule.asleep, "", PLANNED)


def _dailies() -> Iterator[tuple[str, Card]]:
    before = daily.before(
        sample.shown(LETTERED), sample.answers(LETTERED, rights=4, wrongs=2, unsure=1), date(2026, 3, 9)
    )
    for kind, item in (("letters", LETTERED), ("several", SEVERAL), ("number", NUMBER), ("words", WORDS)):
        play = sample.play(item, position=0, closes=True, count=1, kind="daily")
        yield _entry(daily.posted, kind, play, sample.shown(item), sample.topic(item), daily.notes(before, ""))
    alone = sample.play(LETTERED, position=0, closes=True, count=1, kind="daily")
    yield _entry(daily.chosen, "", alone, sample.shown(LETTERED), sample.right(LETTERED))
    given = sample.answers(LETTERED, rights=4, wrongs=2, unsure=1)
    yield _entry(daily.revealed, "", alone, sample.shown(LETTERED), "Vectors", given, LASTING)
    yield _entry(daily.revealed, "nobody", alone, sample.shown(LETTERED), "Vectors", [], [])
    items = (LETTERED, WORDS)
    plays = [sample.play(item, position=at, closes=True, count=2, kind="daily") for at, item in enumerate(items)]
    shown = [sample.shown(item) for item in items]
    topics = [sample.topic(item) for item in items]
    yield _entry(daily.posted_several, "", plays, topics, daily.notes("", "Vectors"))
    yield _entry(daily.revealed_several, "", plays, shown, topics, [given, []], LASTING)
    yield _entry(daily.none_open, "", sample.NOW + timedelta(days=1))
    yield _entry(daily.why, "", alone, sample.shown(LETTERED), "Vectors", given)
    pinged = posts.pinging(daily.posted(alone, sample.shown(LETTERED), "Vectors", ()), "learners")
    yield "posts.pinging", pinged
    concept = next(iter(sample.LIBRARY.concepts.values()))
    yield _entry(concepts.talk, "", concept)


def _troubles() -> Iterator[tuple[str, Card]]:
    yield _entry(firing.failing, "", PLANNED, 3)
    yield _entry(firing.unclear, "", PLANNED, FIRED)
    yield _entry(firing.reposted, "", PLANNED)
    yield _entry(firing.trouble, "", PLANNED, "Missing there: Send Messages.")
    yield _entry(firing.channel_gone, "", PLANNED)
    yield _entry(firing.nothing_left, "", PLANNED)
