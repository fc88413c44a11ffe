"""What a moderator's words for a schedule mean, and whether they fit what is planned."""

import re
from collections.abc import Sequence

from bot.chat.arguments import Options, quoted
from bot.chat.replies import Refusal
from bot.chat.words import gettext as _
from bot.chat.words import marked
from bot.context import Context
from bot.features import planning, playing
from bot.features.concepts.handlers import around
from bot.features.my.handlers import find_zone
from bot.store.schedules import ScheduleRow

KINDS = {
    "quiz": marked("a daily quiz"),
    "concept": marked("a concept"),
    "challenge": marked("a challenge"),
    "digest": marked("a digest"),
}
THREE_A_WEEK = "mon wed fri"
ROLE = 100  # letters
NOTHING = ("none", "off", "-")
FOR = {"questions": ("quiz",), "closes_after": ("quiz",), "topic": ("quiz", "concept")}


def own_zone(words: str) -> str:
    """The zone of a schedule itself; empty where it follows the group's. Raises Refusal."""
    return "" if words.casefold().strip() in ("group", "none", "-") else find_zone(words)


def thinned(ctx: Context, schedule: ScheduleRow) -> str:
    """The days of a schedule, were it to come three times a week; what is left out stays so. Raises Refusal."""
    _rule, word, left_out = schedule.days.partition(" not ")
    return planning.read_rhythm(f"{THREE_A_WEEK}{word}{left_out}", planning.today_of(ctx, schedule))


def ping(ctx: Context, words: str) -> str:
    """Whom to notify, by the platform's own name; nobody for `none`. Raises Refusal."""
    role = words.strip().removeprefix("@")[:ROLE]
    if role.casefold() in NOTHING:
        return ""
    known = ctx.powers.roles
    if known is not None and not re.fullmatch(known.named, role):
        raise Refusal(
            _("{role} is nobody who can be notified here. {hint}").format(role=quoted(words), hint=_(known.hint))
        )
    if known is not None and role in known.silent:
        raise Refusal(_(known.louder))
    return role


def topic(ctx: Context, kind: str, words: str) -> str:
    """A topic as it is kept: a place, several in order, `adaptive`, or nothing for any. Raises Refusal."""
    if words.casefold().strip() == planning.ADAPTIVE:
        return planning.ADAPTIVE
    if words.casefold().strip() in NOTHING:
        return ""
    named = [part.strip() for part in words.split(planning.PLAN) if part.strip()]
    if not named:
        raise Refusal(
            _("{words} names no topic. Name one, several with commas between, or none for any.").format(
                words=quoted(words)
            )
        )
    places = [place for place in (playing.find_place(ctx, part) for part in named) if place]
    for place in places:
        _check_has_content(ctx, kind, place)
    return planning.PLAN.join(places)


def _check_has_content(ctx: Context, kind: str, place: str) -> None:
    """Raise Refusal for a topic on which there is nothing to post, nor near it."""
    if kind == "concept" and not any(around(ctx, place, ctx.today)):
        nothing = _("There is no concept on {topic}, nor on what it builds on. Name another topic, or none for any.")
    elif kind == "quiz" and not any(ctx.library.rings(place, ctx.today)):
        nothing = _("There is no question on {topic}, nor on what it builds on. Name another topic, or none for any.")
    else:
        return
    raise Refusal(nothing.format(topic=quoted(ctx.library.title(place))))


def check_fits(kind: str, options: Options) -> None:
    """Raise Refusal for an option that says nothing of what is planned."""
    for name, kinds in FOR.items():
        if name in options.given and kind not in kinds:
            raise Refusal(
                _("{option} goes only with {kinds}; leave it out for {kind}.").format(
                    option=name, kinds=_kinds(kinds), kind=_kinds((kind,))
                ),
                name,
            )


def _kinds(some: Sequence[str]) -> str:
    """`a daily quiz or a concept`: what members call them."""
    return _(" or ").join(_(KINDS[kind]) for kind in some)
