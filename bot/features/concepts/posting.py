"""A concept for everyone, with a thread to talk about it; its question comes later that day to those who want it."""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from bot.chat.words import speaking
from bot.context import Context
from bot.features import planning, posts
from bot.features.concepts import cards
from bot.features.concepts.handlers import can_be_asked
from bot.features.posts import Posted
from bot.features.reminders import handlers as reminders
from bot.library.models import Concept
from bot.rules.draws import Draw
from bot.store import given_up, schedules
from bot.store.schedules import ScheduleRow

RECALL = "concept.recall"
RECALL_AFTER, LATEST_HOUR, AT_LEAST = timedelta(hours=6), 21, timedelta(hours=1)


def post(ctx: Context, schedule: ScheduleRow, day: date, key: str) -> Posted | None:
    """Post the next concept; None if none fits."""
    found = _next(ctx, schedule)
    if found is None:
        return None
    topic = ctx.library.title(found.topic)
    asked = can_be_asked(ctx, found)
    ctx.post(
        key,
        lambda: posts.pinging(cards.concept(found, topic, "", can_ask=asked), schedule.ping),
        schedule.space,
    )
    with speaking(ctx.group.locale):
        title = cards.thread_title(found)
    ctx.post(f"{key}:talk", lambda: cards.talk(found), schedule.space, below=key, title=title, only_there=True)
    if "," in schedule.topic:
        schedules.change(ctx.db, schedule.id, plan_at=schedule.plan_at + 1)
    if asked:
        _recall_later(ctx, schedule, found, day, key)
    return Posted(content=found.id)


def _next(ctx: Context, schedule: ScheduleRow) -> Concept | None:
    """The one posted least often, then the first in the group's own order: none repeats until all are used."""
    today = planning.today_of(ctx, schedule)
    found = ctx.library.concepts_of(planning.place_now(ctx, schedule), today)
    order = Draw(ctx.group.secret, "concepts").shuffled(sorted(c.id for c in found))
    used = schedules.used(ctx.db, ctx.group.id, "concept")
    return min((ctx.library.concepts[one] for one in order), key=lambda c: used.get(c.id, (0, date.min)), default=None)


def _recall_later(ctx: Context, schedule: ScheduleRow, found: Concept, day: date, key: str) -> None:
    at = ctx.now + RECALL_AFTER
    there = at.astimezone(ZoneInfo(planning.zone_of(ctx, schedule)))
    if there.hour >= LATEST_HOUR or there.date() != day:
        at = ctx.now + AT_LEAST
    ctx.alarm(f"recall:{schedule.id}:{day}", at, RECALL, (found.id, day.isoformat(), key))


def recall(ctx: Context, args: Sequence[str]) -> None:
    """Later that day: the concept's question, to those who opted in, if the concept was surely posted."""
    concept, day, *keys = args  # an alarm of an older version names no post
    if not keys or given_up.was_sent(ctx.db, keys[0]):
        reminders.recall(ctx, concept, date.fromisoformat(day))
