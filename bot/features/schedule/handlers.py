"""Makes, shows, changes, stops and forgets schedules; what they do when they are due is the clock's affair."""

from collections.abc import Sequence
from functools import partial

from msgspec.structs import replace

from bot.chat.arguments import Options, quoted
from bot.chat.cards import Card
from bot.chat.people import Space
from bot.chat.presses import Args, StaleTokenError
from bot.chat.reading import read_option
from bot.chat.replies import Refusal, Reply
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.context import Context
from bot.features import looks, planning, wishes
from bot.features.my.handlers import find_zone
from bot.features.reminders import handlers as reminders
from bot.features.schedule import cards
from bot.rules.calendar import local_day
from bot.rules.due import Firing
from bot.store import people, schedules
from bot.store.schedules import NewSchedule, ScheduleRow

MOST = 20
WALL = "09:00"
CLOSES_AFTER = 22
DAYS = {"quiz": "weekdays", "concept": "tue thu", "challenge": "mon", "digest": "fri"}
SET_UP = ("quiz", "concept", "digest")
LATER = {"concept": 4, "digest": 7}  # hours after the quiz, so that they do not crowd each other
LATEST = 21


def set_up(ctx: Context, options: Options) -> Reply:
    """The group's zone, a quiz on weekdays, a concept twice a week, a digest; again: where, when and that they come."""
    zone = read_option(options, "zone", find_zone, ctx.group.zone)
    given = options.text("time")
    wall = read_option(options, "time", planning.read_wall, WALL)
    where = _where(ctx, options)
    ctx = reminders.move_group(ctx, zone)
    planned_before = schedules.of_group(ctx.db, ctx.group.id)
    _check_room(planned_before, len(set(SET_UP) - {row.kind for row in planned_before}))
    made = []
    for kind in SET_UP:
        at = _later(wall, LATER.get(kind, 0))
        of_kind = [row for row in planning.hold_all(ctx) if row.kind == kind]
        known = _nearest(of_kind, where, at if given else "")
        if known is None:
            made.append(_plan_new(ctx, kind, where, at))
            continue
        made.append(_moved(ctx, known, where, at if given else known.wall))
        made.extend(planning.resume(ctx, row) for row in of_kind if row != known and row.state in schedules.WAKEABLE)
    planned = [(schedule, planning.next_three(ctx, schedule)) for schedule in made]
    return Reply(card=cards.made(ctx.group.name, zone, planned, _lacking(ctx, where)), zone=ctx.zone)


def _later(wall: str, hours: int) -> str:
    """A time of the day some hours later, at the latest in the hour after nine in the evening."""
    hour = int(wall[:2])
    return f"{max(hour, min(hour + hours, LATEST)):02}{wall[2:]}"


def _nearest(of_kind: list[ScheduleRow], where: Space, wall: str) -> ScheduleRow | None:
    """One that is there at that time, or at any if `wall` is empty; else one that is there; else the oldest."""
    there = [row for row in of_kind if row.space == where]
    in_time = [row for row in there if wall in ("", row.wall)]
    return next(iter([*in_time, *there, *of_kind]), None)


def _moved(ctx: Context, known: ScheduleRow, where: Space, wall: str) -> ScheduleRow:
    changed = replace(known, space=where, wall=wall, state=schedules.ON)
    planning.keep(ctx, changed, known)
    if known.state != schedules.ON:
        return planning.resume(ctx, changed)
    return planning.replan(ctx, changed, known, planning.zone_of(ctx, known))


def _plan_new(ctx: Context, kind: str, where: Space, wall: str, options: Options | None = None) -> ScheduleRow:
    options = options or Options()
    since = local_day(ctx.now, ctx.group.zone)
    new = NewSchedule(
        group_id=ctx.group.id,
        kind=kind,
        space=where,
        wall=wall,
        zone=read_option(options, "timezone", wishes.own_zone, ""),
        days=read_option(options, "days", lambda words: planning.read_rhythm(words, since), DAYS[kind]),
        topic=read_option(options, "topic", partial(wishes.topic, ctx, kind), ""),
        questions=options.integer("questions", 1),
        closes_after=60 * options.integer("closes_after", CLOSES_AFTER),
        ping=read_option(options, "ping", partial(wishes.ping, ctx), ""),
        created_by=ctx.me.account_id,
        now=ctx.now,
    )
    _check_is_new(ctx, new)
    schedule = schedules.find(ctx.db, ctx.group.id, schedules.add(ctx.db, new))
    if schedule is None:
        raise LookupError("a schedule that was just made is not there")
    return planning.begin(ctx, schedule)


def _check_is_new(ctx: Context, new: NewSchedule | ScheduleRow, but: int = 0) -> None:
    """Raise Refusal where another one than `but` brings the same to the same place at the same times."""
    for known in schedules.of_group(ctx.db, ctx.group.id):
        if known.id != but and _is_same(ctx, known, new):
            raise Refusal(cards.same(known))


def _is_same(ctx: Context, known: ScheduleRow, new: NewSchedule | ScheduleRow) -> bool:
    """Whether both bring the same to the same place at the same times."""
    zones = {row.zone or ctx.group.zone for row in (known, new)}
    return len(zones) == 1 and schedules.is_same(known, new)


def add(ctx: Context, options: Options) -> Reply:
    """Plan one more."""
    people.hold_group(ctx.db, ctx.group.id)  # two who add the same at the same moment follow each other
    _check_room(schedules.of_group(ctx.db, ctx.group.id), 1)
    kind = options.text("kind") or ""
    wishes.check_fits(kind, options)
    wall = read_option(options, "time", planning.read_wall, WALL)
    schedule = _plan_new(ctx, kind, _where(ctx, options), wall, options)
    return Reply(card=_card(ctx, schedule, _("Planned")))


def _check_room(known: Sequence[ScheduleRow], more: int) -> None:
    """Raise Refusal where so many more would be too many."""
    if more and len(known) + more > MOST:
        full = _("{count} are planned already, and at most {most} can be; remove what is too much first: {command}.")
        raise Refusal(full.format(count=len(known), most=MOST, command=say("schedule remove")))


def edit(ctx: Context, options: Options) -> Reply:
    """Change one; what is not named stays."""
    people.hold_group(ctx.db, ctx.group.id)  # as whoever adds one does
    old = _find(ctx, options.integer("number", 0))
    if set(options.given) <= {"number"}:
        what = "channel, time, timezone, days, topic, questions, closes_after, ping"
        raise Refusal(_("Name beside the number what should change: {options}.").format(options=what))
    wishes.check_fits(old.kind, options)
    since = planning.today_of(ctx, old)
    changed = replace(
        old,
        space=_where(ctx, options) if options.text("channel") else old.space,
        wall=read_option(options, "time", planning.read_wall, old.wall),
        zone=read_option(options, "timezone", wishes.own_zone, old.zone),
        days=read_option(options, "days", lambda words: planning.read_rhythm(words, since), old.days),
        topic=read_option(options, "topic", partial(wishes.topic, ctx, old.kind), old.topic),
        plan_at=0 if options.text("topic") else old.plan_at,
        questions=options.integer("questions", old.questions),
        closes_after=60 * options.integer("closes_after", old.closes_after // 60),
        ping=read_option(options, "ping", partial(wishes.ping, ctx), old.ping),
    )
    if not _is_same(ctx, old, changed):
        _check_is_new(ctx, changed, old.id)
    planning.keep(ctx, changed, old)
    if changed.state == schedules.ON:
        changed = planning.replan(ctx, changed, old, planning.zone_of(ctx, old))
    return Reply(card=_card(ctx, changed, _("Changed")))


def _here(ctx: Context) -> Space:
    return replace(ctx.here, thread=None)


def _lacking(ctx: Context, where: Space) -> Sequence[str]:
    """What is missing to post in a place, which is known of the one where it is said alone."""
    return ctx.powers.lacks_to_post if where == _here(ctx) else ()


def _where(ctx: Context, options: Options) -> Space:
    """The channel that is named, else the one where it is said. Raises Refusal where that is none."""
    channel = options.text("channel") or ctx.here.channel
    if channel is None:
        nowhere = _("This is no channel of the group. Say it where it should post, or name a channel: {example}.")
        raise Refusal(nowhere.format(example="channel:#study"), "channel")
    return replace(_here(ctx), channel=channel)


def _find(ctx: Context, number: int) -> ScheduleRow:
    found = planning.hold(ctx, number)
    if found is None:
        raise Refusal(
            _("Nothing is planned under the number {number}. Say {command} to see all.").format(
                number=quoted(str(number)), command=say("schedule list")
            )
        )
    return found


def _card(ctx: Context, schedule: ScheduleRow, title: str) -> Card:
    firings = planning.next_three(ctx, schedule)
    zone, lacking = planning.zone_of(ctx, schedule), _lacking(ctx, schedule.space)
    return cards.planned(schedule, firings, zone, title=title, lacking=lacking)


def show_all(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """Everything that is planned, with its next time."""
    planned = []
    for schedule in schedules.of_group(ctx.db, ctx.group.id):
        soon = [Firing(schedule.next_day, schedule.next_at)] if schedule.next_day and schedule.next_at else []
        planned.append((schedule, soon))
    return Reply(card=cards.listed(ctx.group.name, planned, ctx.group.zone))


def _named(ctx: Context, options: Options) -> list[ScheduleRow]:
    number = options.integer("number", 0)
    return [_find(ctx, number)] if number else planning.hold_all(ctx)


def pause(ctx: Context, options: Options) -> Reply:
    """Stop one or all; what rests needs a moderator then to go on."""
    named = _named(ctx, options)
    running = [schedule for schedule in named if schedule.state in schedules.STOPPABLE]
    if not running and options.given:
        raise Refusal(_("{name} is paused already.").format(name=cards.name(named[0])))
    if not running:
        raise Refusal(_("Nothing is running that could be paused."))
    for schedule in running:
        planning.pause(ctx, schedule, schedules.PAUSED)
    return Reply(card=cards.paused(running))


def resume(ctx: Context, options: Options) -> Reply:
    """Go on with one or all; nothing is caught up with."""
    named = _named(ctx, options)
    waiting = [schedule for schedule in named if schedule.state != schedules.ON]
    if not waiting and options.given:
        raise Refusal(_("{name} is not paused.").format(name=cards.name(named[0])))
    if not waiting:
        raise Refusal(_("Nothing is paused."))
    resumed = [planning.resume(ctx, schedule) for schedule in waiting]
    if len(resumed) == 1:
        return Reply(card=_card(ctx, resumed[0], _("Resumed")))
    planned = [(schedule, planning.next_three(ctx, schedule)[:1]) for schedule in resumed]
    return Reply(card=cards.listed(ctx.group.name, planned, ctx.group.zone))


def resume_pressed(ctx: Context, args: Args) -> Reply:
    """The button below a schedule that fell asleep; any member may wake it."""
    schedule = planning.hold(ctx, args.number(0))
    if schedule is None:
        raise StaleTokenError
    if schedule.state == schedules.ON:
        raise Refusal(_("That goes on already."))
    if schedule.state != schedules.SILENT:
        planning.check_may_change(ctx, schedule)
    return Reply(card=_card(ctx, planning.resume(ctx, schedule), _("Resumed")))


def thin(ctx: Context, args: Args) -> Reply:
    """Three a week from now on, if that is fewer; what was left out stays so."""
    people.hold_group(ctx.db, ctx.group.id)
    old = planning.hold(ctx, args.number(0))
    if old is None:
        raise StaleTokenError
    planning.check_may_change(ctx, old)
    if not planning.is_often(old):
        few = _("{name} comes three times a week or less already. Change it with {command}.")
        edit = say(f"schedule edit number:{old.id}")
        raise Refusal(few.format(name=cards.name(old).capitalize(), command=edit))
    changed = replace(old, days=wishes.thinned(ctx, old))
    _check_is_new(ctx, changed, old.id)
    planning.keep(ctx, changed, old)
    if changed.state == schedules.ON:
        changed = planning.replan(ctx, changed, old, planning.zone_of(ctx, old))
    return Reply(card=_card(ctx, changed, _("Three a week")))


def skip(ctx: Context, options: Options) -> Reply:
    """Leave out the next time."""
    schedule = _find(ctx, options.integer("number", 0))
    if schedule.state != schedules.ON:
        paused = _("{name} is paused: it posts nothing until you say {command}.")
        raise Refusal(paused.format(name=cards.name(schedule), command=say("schedule resume")))
    if schedule.next_day is None or schedule.next_at is None:
        raise Refusal(_("{name} has no next time.").format(name=cards.name(schedule)))
    left_out = Firing(schedule.next_day, schedule.next_at)
    schedules.fired(ctx.db, schedule, left_out.day, schedules.SKIPPED, ctx.now)
    planned = planning.plan(ctx, schedule, planning.upcoming(ctx, schedule, left_out.day))
    soon = Firing(planned.next_day, planned.next_at) if planned.next_day and planned.next_at else None
    return Reply(card=cards.skipped(schedule, left_out, soon))


def remove(ctx: Context, options: Options) -> Reply:
    """Forget one."""
    schedule = _find(ctx, options.integer("number", 0))
    planning.halt(ctx, schedule)
    schedules.remove(ctx.db, schedule.id, ctx.now)
    return Reply(card=cards.removed(schedule))


def health(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """What is well and what is not, as far as it is known here; places are looked at anew."""
    found = [(schedule, looks.faults(ctx, schedule)) for schedule in schedules.of_group(ctx.db, ctx.group.id)]
    for schedule, _faults in found:
        if schedule.state == schedules.ON:
            ctx.job(looks.PROBE, looks.probe_args(schedule))
    return Reply(card=cards.health(found))
