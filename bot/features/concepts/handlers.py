"""Finds a concept for a topic or for the day, and asks its question."""

from datetime import date

from bot.chat.arguments import Options
from bot.chat.cards import Card
from bot.chat.presses import Args, StaleTokenError
from bot.chat.replies import Refusal, Reply
from bot.chat.words import gettext as _
from bot.context import Context
from bot.features import playing, todays
from bot.features.concepts import cards
from bot.features.quiz.handlers import ask_again
from bot.library import in_rotation
from bot.library.models import Concept
from bot.rules.draws import Draw
from bot.store import schedules


def concept(ctx: Context, options: Options) -> Reply:
    """A concept of the topic, or of a neighbouring one if it has none; without a topic, the day's."""
    place = playing.place_of(ctx, options)
    if place is None:
        chosen = of_today(ctx)
        if chosen is None:
            raise Refusal(_("There are no concepts yet."))
        return Reply(card=ctx.naming(_shown(ctx, chosen, "")))
    own, neighbours = around(ctx, place, ctx.today)
    if not own and not neighbours:
        raise Refusal(_("There are no concepts on {topic} yet.").format(topic=ctx.library.title(place)))
    note = "" if own else cards.neighbour(ctx.library.title(place))
    return Reply(card=_shown(ctx, _of_the_day(ctx, own or neighbours), note))


def _shown(ctx: Context, chosen: Concept, note: str) -> Card:
    return cards.concept(chosen, ctx.library.title(chosen.topic), note, can_ask=can_be_asked(ctx, chosen))


def can_be_asked(ctx: Context, concept: Concept) -> bool:
    """Whether the concept's question is in rotation."""
    asked = ctx.library.items.get(concept.recall)
    return asked is not None and in_rotation(asked, ctx.today)


def of_today(ctx: Context) -> Concept | None:
    """The group's concept of the day, if there is any: what it was posted today, else the next in its own order."""
    found = ctx.library.concepts_of("", ctx.today)
    latest = schedules.used(ctx.db, ctx.group.id, "concept")
    posted = [c for c in found if c.id in latest and latest[c.id][1] == ctx.today]
    return _of_the_day(ctx, posted or found) if found else None


def around(ctx: Context, place: str, today: date) -> tuple[list[Concept], list[Concept]]:
    """The concepts of a track or topic, and those of its neighbours: of what it builds on, else of its track."""
    topic = ctx.library.topics.get(place)
    wanted = topic.prereq if topic else ()
    near = [c for before in wanted for c in ctx.library.concepts_of(before, today)]
    return ctx.library.concepts_of(place, today), near or ctx.library.concepts_of(ctx.library.track_of(place), today)


def _of_the_day(ctx: Context, near: list[Concept]) -> Concept:
    """Each group walks through the concepts in its own order, one a day, so that none repeats before all were shown."""
    order = Draw(ctx.group.secret, "concepts").shuffled(sorted(c.id for c in near))
    return ctx.library.concepts[order[ctx.today.toordinal() % len(order)]]


def recall(ctx: Context, args: Args) -> Reply:
    """The question that belongs to a concept."""
    known = ctx.library.concepts.get(args.word(0))
    item = ctx.library.items.get(known.recall) if known else None
    if item is None or not in_rotation(item, ctx.today):
        raise StaleTokenError
    todays.keep_secret(ctx, item.id)
    return ask_again(ctx, item)
