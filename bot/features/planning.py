"""When a schedule is due, in its own zone; what members may write as its time and days; who is told of its troubles."""

import re
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from msgspec import Struct
from msgspec.structs import replace

from bot.chat.arguments import quoted
from bot.chat.cards import Card
from bot.chat.people import Space
from bot.chat.replies import Refusal
from bot.chat.words import gettext as _
from bot.chat.words import speaking
from bot.context import Context
from bot.features import playing
from bot.rules import due
from bot.rules.calendar import local_day
from bot.rules.due import Days, DaysError, Firing
from bot.store import people, queue, schedules, streaks
from bot.store.schedules import ScheduleRow

CATCH_UP = timedelta(hours=3)  # so late a post is still made
CHECK_BEFORE = timedelta(hours=14)
ADAPTIVE, PLAN = "adaptive", ","  # as a topic: the group's weakest; several in order
CHANGEABLE = ("wall", "zone", "days", "topic", "plan_at", "questions", "closes_after", "ping")
LOOKED_AT = ("space", "days", "topic", "questions")  # what decides whether a post can go out, and how much it takes
FIRE, CHECK = "schedule.fire", "schedule.check"
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?\s*(am|pm)?")
_HOLIDAYS = re.compile(r"holidays:([a-z]{2})(?:-([a-z0-9]{1,3}))?(?![^\s,])", re.IGNORECASE)


class Rhythm(Struct, frozen=True):
    """On which local days something is due: a rule, and the calendar of holidays on which it is not."""

    days: Days
    holiday: Callable[[date], bool]


def read_wall(words: str) -> str:
    """A time of the day as members write it (`9`, `9:30`, `09:30`, `9:30pm`), as `09:30`. Raises Refusal."""
    found = _CLOCK.fullmatch(words.strip().casefold())
    hour, minute = (int(found[1]), int(found[2] or 0)) if found else (24, 0)
    half = found[3] if found else None
    if half and 1 <= hour <= 12:
        hour = hour % 12 + (12 if half == "pm" else 0)
    elif half:
        hour = 24
    if hour > 23 or minute > 59:
        raise Refusal(_("{words} is no time of the day. Say one such as 09:00 or 18:30.").format(words=quoted(words)))
    return f"{hour:02}:{minute:02}"


def read_rhythm(words: str, since: date) -> str:
    """Days as members write them, in the form in which they are kept. Raises Refusal."""
    try:
        rule, calendars = _split(words)
        days = due.read_days(rule, since=since)
    except DaysError as error:
        raise Refusal(_days_fault(error)) from error
    if not any(days.has(since + timedelta(days=ahead)) for ahead in range(due.FARTHEST.days)):
        raise Refusal(_days_fault(DaysError("far", rule)))
    for calendar in calendars:
        _calendar(calendar)
    return " ".join((due.write_days(days), *(f"not {calendar}" for calendar in calendars)))


def _split(words: str) -> tuple[str, list[str]]:
    """The rule without its calendars of holidays, and these, as in `holidays:DE-BY`."""
    named = list(_HOLIDAYS.finditer(words))
    if not named:
        return words.strip(), []
    if not re.search(r"\bnot\b", words[: named[0].start()], re.IGNORECASE):
        raise DaysError("unknown", named[0][0])
    calendars = [f"holidays:{found[1].upper()}" + (f"-{found[2].upper()}" if found[2] else "") for found in named]
    rule = re.sub(r"\bnot\s+(?=not\b|$)", "", f"{_HOLIDAYS.sub('', words)} ", flags=re.IGNORECASE)
    return rule.strip(), list(dict.fromkeys(calendars))


def _days_fault(error: DaysError) -> str:
    said = {
        "unknown": _("I do not know the day {value}."),
        "empty": _("No day is named."),
        "never": _("With {value} no day is left."),
        "far": _("With {value} the first day is more than ten years away."),
        "backwards": _("{value} ends before it begins."),
        "every": _("After every stands a number of days from 1 to 365, not {value}."),
    }[error.fault].format(value=quoted(error.value))
    how = _(
        "Say days such as weekdays, mon wed fri, every 3 days, or weekdays not 2026-12-24..2027-01-01 "
        "or weekdays not holidays:DE."
    )
    return f"{said} {how}"


def _calendar(name: str) -> Callable[[date], bool]:
    import holidays  # noqa: PLC0415 (heavy, and only for those who leave holidays out)

    country, _between, region = name.removeprefix("holidays:").partition("-")
    try:
        found = holidays.country_holidays(country, subdiv=region or None)
    except NotImplementedError as error:
        hint = _("I know no holidays of {place}. Say a country's two letters, such as DE, or with a region DE-BY.")
        raise Refusal(hint.format(place=quoted(name.removeprefix("holidays:")))) from error
    return found.__contains__


@lru_cache(maxsize=1024)
def rhythm(kept: str) -> Rhythm:
    """Days as they are kept."""
    rule, names = _split(kept)
    calendars = [_calendar(name) for name in names]
    days = due.read_days(rule)
    if not calendars:
        return Rhythm(days, due.never)
    return Rhythm(days, lambda day: any(calendar(day) for calendar in calendars))


def is_often(schedule: ScheduleRow) -> bool:
    """Whether it comes more than three times in an ordinary week: every two days it does, seven times in two weeks."""
    days = rhythm(schedule.days).days
    beats = (days.anchor.weekday() + number * days.every for number in range(7))
    return sum(beat % 7 in days.weekdays for beat in beats) > 3 * days.every


def hold(ctx: Context, number: int) -> ScheduleRow | None:
    """The group's schedule of that number, for a change: the clock, which takes its alarm first, waits meanwhile."""
    queue.hold_alarm(ctx.db, f"schedule:{number}")
    return schedules.find(ctx.db, ctx.group.id, number, hold=True)


def hold_all(ctx: Context) -> list[ScheduleRow]:
    """Every schedule of the group, for a change."""
    held = (hold(ctx, schedule.id) for schedule in schedules.of_group(ctx.db, ctx.group.id))
    return [schedule for schedule in held if schedule is not None]


def zone_of(ctx: Context, schedule: ScheduleRow) -> str:
    """The zone whose days a schedule follows."""
    return schedule.zone or ctx.group.zone


def today_of(ctx: Context, schedule: ScheduleRow) -> date:
    """The schedule's own local day."""
    return local_day(ctx.now, zone_of(ctx, schedule))


def places(ctx: Context, schedule: ScheduleRow) -> list[str]:
    """The tracks and topics through which a schedule walks, in order; an empty one where any will do."""
    return [place for place in schedule.topic.split(PLAN) if playing.is_place(ctx.library, place)] or [""]


def place_now(ctx: Context, schedule: ScheduleRow) -> str:
    """The track or topic of the next post; empty for any."""
    named = places(ctx, schedule)
    return named[schedule.plan_at % len(named)]


def wall_of(schedule: ScheduleRow) -> time:
    """The schedule's time of the day."""
    return time.fromisoformat(schedule.wall)


def upcoming(ctx: Context, schedule: ScheduleRow, last: date | None, now: datetime | None = None) -> Firing | None:
    """The firing after the local day `last`; late ones too, as long as they are worth catching up with."""
    on = rhythm(schedule.days)
    return due.next_firing(
        on.days,
        wall_of(schedule),
        zone_of(ctx, schedule),
        last=last,
        now=now or ctx.now,
        catch_up=CATCH_UP,
        holiday=on.holiday,
    )


def overdue(ctx: Context, schedule: ScheduleRow, last: date) -> list[Firing]:
    """The firings after `last` that are too late to be caught up with."""
    on = rhythm(schedule.days)
    zone = zone_of(ctx, schedule)
    return due.missed(on.days, wall_of(schedule), zone, last=last, now=ctx.now, catch_up=CATCH_UP, holiday=on.holiday)


def next_three(ctx: Context, schedule: ScheduleRow) -> list[Firing]:
    """The next three firings of a schedule that is planned, as far as there are any."""
    if schedule.next_day is None or schedule.next_at is None:
        return []
    found = [Firing(schedule.next_day, schedule.next_at)]
    while len(found) < 3:
        following = upcoming(ctx, schedule, found[-1].day, max(ctx.now, found[-1].at))
        if following is None:
            break
        found.append(following)
    return found


def begin(ctx: Context, schedule: ScheduleRow) -> ScheduleRow:
    """Plan a schedule that is new or on again: from its next moment on, nothing is caught up with."""
    first = upcoming(ctx, schedule, schedule.last_day)
    while first is not None and first.at <= ctx.now:
        first = upcoming(ctx, schedule, first.day)
    return plan(ctx, schedule, first)


def replan(ctx: Context, schedule: ScheduleRow, old: ScheduleRow, old_zone: str) -> ScheduleRow:
    """Plan a schedule whose days, time or zone have changed: a day that was still to come today is not skipped."""
    on, zone = rhythm(schedule.days), zone_of(ctx, schedule)
    today = local_day(ctx.now, old_zone)
    if old.next_day is not None and old.next_at is not None and old.next_at <= ctx.now:  # it is due: it comes as it is
        return plan(ctx, schedule, Firing(old.next_day, old.next_at))
    last = schedule.last_day
    if old.next_day is None or old.next_day > max(today, today_of(ctx, schedule)):  # today there was nothing to come
        return begin(ctx, schedule)
    if old.next_day > today:  # it is that day already in the new zone: what was over in the old one stays over
        last = old.next_day - timedelta(days=1)
    changed = due.after_change(
        on.days, wall_of(schedule), zone, last=last, now=ctx.now, before=old_zone, holiday=on.holiday
    )
    return plan(ctx, schedule, changed)


def plan(ctx: Context, schedule: ScheduleRow, firing: Firing | None) -> ScheduleRow:
    """Have the schedule fire then, and looked after well before; nothing if there is no day to come.

    A day of which something became already, since it was skipped, is passed over.
    """
    while firing is not None and not schedules.plan(ctx.db, schedule.id, firing.day, firing.at):
        firing = upcoming(ctx, schedule, firing.day, max(ctx.now, firing.at))
    if firing is None:
        schedules.plan(ctx.db, schedule.id, None, None)
        halt(ctx, schedule)
        return replace(schedule, next_day=None, next_at=None)
    ctx.alarm(f"schedule:{schedule.id}", firing.at, FIRE, (str(schedule.id),))
    ctx.alarm(f"schedule:{schedule.id}:check", max(ctx.now, firing.at - CHECK_BEFORE), CHECK, (str(schedule.id),))
    return replace(schedule, next_day=firing.day, next_at=firing.at)


def halt(ctx: Context, schedule: ScheduleRow) -> None:
    """Have nothing of the schedule fire any more."""
    ctx.cancel_alarm(f"schedule:{schedule.id}")
    ctx.cancel_alarm(f"schedule:{schedule.id}:check")


def move_group(ctx: Context, zone: str) -> Context:
    """Give the group a zone, and plan anew what follows it; the context as it is from then on."""
    old = ctx.group.zone
    people.set_group(ctx.db, ctx.group.id, zone=zone)  # also where it stays: so two who set up follow each other
    if zone == old:
        return ctx
    streaks.move(ctx.db, people.without_zone(ctx.db, ctx.group.id), old, zone, ctx.now)
    there = replace(ctx, group=replace(ctx.group, zone=zone))
    for schedule in hold_all(ctx):
        if not schedule.zone and schedule.state == schedules.ON:
            replan(there, schedule, schedule, old)
    return there


def keep(ctx: Context, changed: ScheduleRow, old: ScheduleRow) -> None:
    """Write down what was changed; what its moderators were told of, unless that is another matter now, stays told."""
    place = changed.space
    where = {"platform": place.platform, "workspace": place.workspace or "", "channel": place.channel or ""}
    is_told = all(getattr(changed, name) == getattr(old, name) for name in LOOKED_AT)
    where["warned"] = old.warned if is_told else ""
    schedules.change(ctx.db, changed.id, **where, **{name: getattr(changed, name) for name in CHANGEABLE})


def pause(ctx: Context, schedule: ScheduleRow, state: str) -> None:
    """Stop a schedule for the reason that `state` names."""
    schedules.change(ctx.db, schedule.id, state=state, next_day=None, next_at=None)
    halt(ctx, schedule)


def resume(ctx: Context, schedule: ScheduleRow) -> ScheduleRow:
    """Have a schedule go on from its next moment; what kept it is forgotten, and what is still open of before it."""
    still_open = sum(firing.schedule_id == schedule.id for firing, _at in schedules.open_dailies(ctx.db, ctx.group.id))
    schedules.change(ctx.db, schedule.id, state=schedules.ON, quiet=-still_open, failed=0, warned="")
    return begin(ctx, replace(schedule, state=schedules.ON, quiet=-still_open, failed=0, warned=""))


def check_may_change(ctx: Context, schedule: ScheduleRow) -> None:
    """Let moderators pass, and who planned it in private, where the platform tells no ranks. Raises Refusal."""
    planned_it = ctx.here.workspace is None and schedule.created_by == ctx.me.account_id
    if not planned_it:
        ctx.check_moderator()


def tell_moderators(ctx: Context, schedule: ScheduleRow, key: str, build: Callable[[], Card], gone: str = "") -> None:
    """Tell who can help: the moderators' channel if it is not `gone`, else who planned it; `key`: `desk:...`."""
    desk = ctx.settings().get("moderators_channel", "")
    if desk and desk != gone:
        ctx.post(key, build, Space(schedule.space.platform, schedule.space.workspace, desk))
        return
    with speaking(ctx.group.locale):
        ctx.tell(people.account_of(ctx.db, schedule.created_by), build(), key)
