"""Looks after schedules: what could keep the next post from going out, found well before it, told to who can help."""

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any

from bot.chat.people import Space
from bot.chat.port import DeliveryError, Failure
from bot.chat.words import gettext as _
from bot.chat.words import ngettext
from bot.context import Context
from bot.features import planning
from bot.features.concepts.handlers import around
from bot.library import in_rotation
from bot.ports import Services
from bot.rules.due import Firing
from bot.store import exposures, given_up, messages, schedules
from bot.store.schedules import FiringRow, ScheduleRow

PROBE = "schedule.probe"
ENOUGH_FOR = timedelta(days=7)
GONE, MISSING, SHORT = "gone", "missing: ", "short"


def probe_args(schedule: ScheduleRow) -> Mapping[str, Any]:
    """What the job of a look needs to know."""
    place = schedule.space
    return {
        "schedule": schedule.id,
        "platform": place.platform,
        "workspace": place.workspace,
        "channel": place.channel,
    }


def probe(services: Services, args: Mapping[str, Any]) -> Mapping[str, Any]:
    """Ask the platform what is missing to post there. Raises DeliveryError where asking again can help."""
    space = Space(args["platform"], args["workspace"], args["channel"])
    try:
        return {"missing": list(services.probe(space).missing), "gone": False}
    except DeliveryError as error:
        if error.failure in (Failure.GONE, Failure.FORBIDDEN):
            return {"missing": [], "gone": True}
        raise


def faults(ctx: Context, schedule: ScheduleRow) -> list[str]:
    """What is known here to be wrong with a schedule, in sentences."""
    found = []
    if schedule.state != schedules.ON:
        found.append(_("It is paused."))
    elif schedule.next_at is None:
        found.append(_("No day is left on which it would come."))
    found += [said for firing in schedules.firings(ctx.db, schedule.id, 1) if (said := _last_time(ctx, firing))]
    marks = [mark for mark in schedule.warned.split("\n") if mark not in ("", SHORT)]
    return [*found, *sentences(ctx, schedule, "\n".join([*marks, SHORT]))]


def _last_time(ctx: Context, firing: FiringRow) -> str:
    """What went wrong at the last time, if anything did."""
    state = given_up.state_of(ctx.db, firing.key) if firing.key else ""
    if state == messages.FAILED:
        return _("The last post was refused.")
    if state == messages.FLAGGED:
        return _("Nobody knows whether the last post arrived.")
    if firing.key and given_up.is_put_off(ctx.db, firing.key):
        return _("The last post has not got through yet; I go on trying.")
    if firing.state == schedules.EMPTY:
        return _("There was nothing to post at its last time.")
    if firing.state == schedules.LATE:
        return _("The last post came only after its close.")
    return _("I was away at its last time.") if firing.state == schedules.MISSED else ""


def marks(ctx: Context, schedule: ScheduleRow, found: Mapping[str, Any]) -> str:
    """What a look has brought, without numbers that change from day to day: a line for each fault."""
    lines = [GONE] if found["gone"] else []
    lines += [MISSING + permission for permission in found["missing"]]
    return "\n".join([*lines, *([SHORT] if shortage(ctx, schedule) else [])])


def sentences(ctx: Context, schedule: ScheduleRow, marks: str) -> list[str]:
    """The same in words, with what to do."""
    lines = marks.split("\n")
    said = [_("I cannot find that channel, or may not see it.")] if GONE in lines else []
    missing = [line.removeprefix(MISSING) for line in lines if line.startswith(MISSING)]
    if missing:
        said.append(_("Missing there: {permissions}.").format(permissions=", ".join(missing)))
    if said:
        said.append(_("Please allow it in the channel's settings, or name another channel."))
    if SHORT in lines and (short := shortage(ctx, schedule)):
        said.append(short)
        said += [_("A wider topic helps.")] if schedule.topic not in ("", planning.ADAPTIVE) else []
    return said


def shortage(ctx: Context, schedule: ScheduleRow) -> str:
    """What will run out within a week, in a sentence; empty if enough is left."""
    if schedule.kind == "digest":
        return ""
    had = _had(ctx, schedule.kind)
    pools = {place: _pool(ctx, schedule.kind, place) for place in _needed(ctx, schedule)}
    needed = _needed_by_all(ctx, schedule.kind)
    lefts = {place: len(pool - had) for place, pool in pools.items()}
    place = min((place for place in lefts if lefts[place] < needed[place]), key=lefts.__getitem__, default=None)
    if place is None:
        return ""
    topic = ctx.library.title(place)
    if not pools[place]:
        nothing = (
            _("There is nothing to post on or near {topic}.") if place else _("There is nothing of this kind to post.")
        )
        return nothing.format(topic=topic)
    if lefts[place]:
        return _left(schedule.kind, topic, lefts[place])
    if place:
        return _("All of this kind on or near {topic} have been posted; they repeat from now on.").format(topic=topic)
    return _("All of this kind have been posted; they repeat from now on.")


def _left(kind: str, topic: str, count: int) -> str:
    """How many there still are, on a topic if one is named."""
    what = {
        "quiz": ngettext("{count} question", "{count} questions", count),
        "concept": ngettext("{count} concept", "{count} concepts", count),
        "challenge": ngettext("{count} challenge", "{count} challenges", count),
    }[kind].format(count=count)
    if topic:
        what = _("{what} on or near {topic}").format(what=what, topic=topic)
    line = ngettext(
        "{what} is left that the group has not had; then they repeat.",
        "{what} are left that the group has not had; then they repeat.",
        count,
    )
    return line.format(what=what)


def _needed_by_all(ctx: Context, kind: str) -> Counter[str]:
    """How much everything planned of a kind posts within a week, by track or topic: it takes the same content."""
    planned = (schedule for schedule in schedules.of_group(ctx.db, ctx.group.id) if schedule.kind == kind)
    return sum((_needed(ctx, schedule) for schedule in planned), Counter[str]())


def _needed(ctx: Context, schedule: ScheduleRow) -> Counter[str]:
    """How much of its kind a schedule posts within a week, by track or topic; one that is empty stands for any."""
    needed, firing = Counter[str](), _next(schedule)
    places = planning.places(ctx, schedule)
    until = ctx.now + ENOUGH_FOR
    for number in count(schedule.plan_at):
        if firing is None or firing.at > until:
            break
        needed[places[number % len(places)]] += schedule.questions if schedule.kind == "quiz" else 1
        firing = planning.upcoming(ctx, schedule, firing.day, max(ctx.now, firing.at))
    return needed


def _next(schedule: ScheduleRow) -> Firing | None:
    return Firing(schedule.next_day, schedule.next_at) if schedule.next_day and schedule.next_at else None


def _pool(ctx: Context, kind: str, place: str) -> set[str]:
    """What can be posted of a kind for a track or topic; one that is empty stands for any."""
    if kind == "quiz":
        return {candidate.id for ring in ctx.library.rings(place or None, ctx.today) for candidate in ring}
    if kind == "concept":
        own, neighbours = around(ctx, place, ctx.today)
        return {one.id for one in own or neighbours}
    return {one.id for one in ctx.library.challenges.values() if in_rotation(one, ctx.today)}


def _had(ctx: Context, kind: str) -> set[str]:
    """What of it the group has had."""
    if kind == "quiz":
        return set(exposures.seen_by_group(ctx.db, ctx.group.id))
    return set(schedules.used(ctx.db, ctx.group.id, kind))
