"""Which questions come: for a quiz, for the day, for a review; none whose answer is not to be told yet."""

from collections.abc import Collection, Iterator, Sequence
from itertools import islice

from bot.chat.replies import Refusal
from bot.chat.words import gettext as _
from bot.context import Context
from bot.library import in_rotation
from bot.questions.item import Item
from bot.rules import picking
from bot.rules.draws import Draw
from bot.rules.picking import Picked
from bot.store import exposures, rounds

REST = 6  # so many others come between, before a group is asked the same in a daily again


def draw_items(
    ctx: Context, *, place: str | None, level: int | None, wanted: int, person_id: int | None = None
) -> tuple[list[Item], Picked]:
    """Questions for the group, or for a person of it alone; the next dailies are kept back, open ones left out.

    Raises Refusal.
    """
    posted: Sequence[str]
    seen: Sequence[str]
    secret: Collection[str]  # whose answers nobody may be told yet
    if person_id is None:
        posted = seen = exposures.seen_by_group(ctx.db, ctx.group.id)
        secret = rounds.open_contents(ctx.db, ctx.group.id, "daily")
    else:
        posted, seen, secret = exposures.before_a_draw(ctx.db, ctx.group.id, person_id)
    rings = ctx.library.rings(place, ctx.today, level)
    if secret:
        rings = [[candidate for candidate in ring if candidate.id not in secret] for ring in rings]
    draw = Draw(ctx.rng.getrandbits(62))
    held = set(picking.reserved(_daily_order(ctx), set(posted)))
    picked = picking.pick(rings, wanted=wanted, seen=seen, held=held, draw=draw)
    if not picked.ids:
        what = ctx.library.title(place) if place else _("any topic")
        if level is None:
            raise Refusal(_("There are no questions on {topic} yet.").format(topic=what))
        nothing = _("There are no questions on {topic} at level {level} yet.")
        raise Refusal(nothing.format(topic=what, level=level), "level")
    return [ctx.library.items[item] for item in picked.ids], picked


def _daily_order(ctx: Context) -> Sequence[str]:
    """All questions in the order in which the group's dailies use them."""
    return picking.daily_order(ctx.library.candidates(None, ctx.today), ctx.group.secret)


def daily_items(ctx: Context, wanted: int) -> list[Item]:
    """The group's next daily questions: those it has not had, then those it had longest ago; none that is open."""
    seen = exposures.seen_by_group(ctx.db, ctx.group.id)
    known = set(seen)
    fresh = list(islice(_playable(ctx, [item for item in _daily_order(ctx) if item not in known]), wanted))
    if len(fresh) == wanted:  # none of them can be open, since the group has not had them
        return fresh
    return [*fresh, *still_playable(ctx, seen)[: wanted - len(fresh)]]


def daily_items_on(ctx: Context, place: str, wanted: int, draw: Draw) -> tuple[list[Item], bool]:
    """The same of a track or topic, and whether others had to help out.

    What the group has had comes again when some others were between; before that its prerequisites, its track and
    then all of the rest help out.
    """
    seen = exposures.seen_by_group(ctx.db, ctx.group.id)
    secret = rounds.open_contents(ctx.db, ctx.group.id, "daily")
    resting = secret | set(seen[-REST * wanted :])
    near = ctx.library.rings(place, ctx.today)
    everything = ctx.library.candidates(None, ctx.today)
    wide = [ctx.library.candidates(ctx.library.track_of(place), ctx.today), everything]
    live = rounds.open_contents(ctx.db, ctx.group.id, "live")  # these last, since they were just asked
    chosen: list[str] = []
    for rings, out in ((near, resting), (wide, resting), ([everything], secret)):
        left = [[one for one in ring if one.id not in out and one.id not in chosen] for ring in rings]
        chosen += picking.pick(left, wanted=wanted - len(chosen), seen=seen, held=live, draw=draw).ids
    own = {candidate.id for candidate in near[0]}
    return [ctx.library.items[one] for one in chosen], any(one not in own for one in chosen)


def not_resting(ctx: Context, places: Sequence[str]) -> list[str]:
    """Those of the tracks and topics on which there is something that the group was not asked just now."""
    lately = set(exposures.seen_by_group(ctx.db, ctx.group.id)[-REST:])
    return [place for place in places if any(one.id not in lately for one in ctx.library.candidates(place, ctx.today))]


def still_playable(ctx: Context, content_ids: Sequence[str], secret: Collection[str] | None = None) -> list[Item]:
    """Those of the items that are still in rotation, without what is open as a daily: its answer is not told yet.

    `secret`: what is open so, where it is known already.
    """
    if secret is None:
        secret = rounds.open_contents(ctx.db, ctx.group.id, "daily")
    return list(_playable(ctx, [content for content in content_ids if content not in secret]))


def _playable(ctx: Context, content_ids: Sequence[str]) -> Iterator[Item]:
    found = (ctx.library.items.get(content) for content in content_ids)
    return (item for item in found if item is not None and in_rotation(item, ctx.today))
