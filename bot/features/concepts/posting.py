"""A concept for everyone, with a thread to talk about it; its question comes later that day to those who want it."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.chat.cards import Card
from bot.chat.words import speaking
from bot.context import Context
from bot.features import planning, posts
from bot.features.concepts import cards
from bot.features.concepts.handlers import around, can_be_asked
from bot.features.daily.posting import weakest
from bot.features.posts import Posted
from bot.features.reminders import handlers as reminders
from bot.library.models import Concept
from bot.rules.calendar import local_day
from bot.rules.draws import Draw
from bot.store import given_up, schedules
from bot.store.schedules import ScheduleRow

RECALL = "concept.recall"
RECALL_AFTER, LATEST_HOUR, AT_LEAST = timedelta(hours=6), 21, timedelta(hours=1)


def post(ctx: Context, schedule: ScheduleRow, day: date, key: str) -> Posted | None:
    """Post the next concept; None if none fits."""
    found, lacking = _next(ctx, schedule)
    if found is None:
        return None
    topic = ctx.library.title(found.topic)
    asked = can_be_asked(ctx, found)

    def build() -> Card:
        note = cards.neighbour(ctx.library.title(lacking)) if lacking else ""
        return posts.pinging(cards.concept(found, topic, note, can_ask=asked), schedule.ping)

    ctx.post(key, build, schedule.space)
    with speaking(ctx.group.locale):
        title = cards.thread_title(found)
    ctx.post(f"{key}:talk", lambda: cards.talk(found), schedule.space, below=key, title=title, only_there=True)
    if "," in schedule.topic:
        schedules.change(ctx.db, schedule.id, plan_at=schedule.plan_at + 1)
    if asked:
        _recall_later(ctx, schedule, found, day, key)
    return Posted(content=found.id)


def _next(ctx: Context, schedule: ScheduleRow) -> tuple[Concept | None, str]:
    """The next concept of its topic or of its neighbours, and the topic if it has none itself.

    It is the one posted least often, then the nearest, then the first in the group's own order: none repeats until all
    are used. What goes by the group's weakest topic goes on to any other before it repeats one.
    """
    today = planning.today_of(ctx, schedule)
    is_adaptive = schedule.topic == planning.ADAPTIVE
    place = (weakest(ctx) or "") if is_adaptive else planning.place_now(ctx, schedule)
    own, neighbours = around(ctx, place, today)
    rings = [own, neighbours, ctx.library.concepts_of("", today)] if is_adaptive else [own or neighbours]
    distance = {c.id: at for at, ring in reversed(list(enumerate(rings))) for c in ring}
    used = schedules.used(ctx.db, ctx.group.id, "concept")

    def turn(one: str) -> tuple[int, int, date]:
        times, latest = used.get(one, (0, date.min))
        return times, distance[one], latest

    chosen = min(Draw(ctx.group.secret, "concepts").shuffled(sorted(distance)), key=turn, default=None)
    if chosen is None:
        return None, place
    found = ctx.library.concepts[chosen]
    return found, "" if own or found not in neighbours else place


def _recall_later(ctx: Context, schedule: ScheduleRow, found: Concept, day: date, key: str) -> None:
    """Ask in the afternoon or evening of that day; not at all where hardly any of it is left."""
    at = ctx.now + RECALL_AFTER
    zone = planning.zone_of(ctx, schedule)
    if at.astimezone(ZoneInfo(zone)).hour >= LATEST_HOUR or local_day(at, zone) != day:
        at = ctx.now + AT_LEAST
    if local_day(at, zone) != day:
        return
    ctx.alarm(f"recall:{schedule.id}:{day}", at, RECALL, (found.id, day.isoformat(), key))


def recall(ctx: Context, args: Sequence[str]) -> None:
    """Later that day: the concept's question, to those who opted in, if the concept was surely posted."""
    concept, day, *keys = args  # an alarm of an older version names no post
    if not keys or given_up.was_sent(ctx.db, keys[0]):
        reminders.recall(ctx, concept, date.fromisoformat(day))
