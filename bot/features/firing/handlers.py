"""What schedules do when they are due: each local day once, in the transaction that takes it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any

from bot.chat import wire
from bot.chat.people import Space
from bot.chat.port import Failure
from bot.chat.presses import Args, StaleTokenError
from bot.chat.replies import Refusal, Reply
from bot.chat.words import gettext as _
from bot.context import Context, Happening
from bot.features import looks, planning, posts
from bot.features.challenges import posting as challenges
from bot.features.concepts import posting as concepts
from bot.features.daily import posting as dailies
from bot.features.digest import posting as digests
from bot.features.firing import cards
from bot.rules.due import Firing
from bot.store import given_up, messages, people, schedules
from bot.store.schedules import ScheduleRow

FAILURES = 3  # days running, then it is paused
POSTERS: Mapping[str, Callable[[Context, ScheduleRow, date, str], posts.Posted | None]] = {
    "quiz": dailies.post,
    "concept": concepts.post,
    "challenge": challenges.post,
    "digest": digests.post,
}


def fire(ctx: Context, args: Sequence[str]) -> None:
    """A schedule's moment has come: post what is due, or note that it is too late; and plan the next day."""
    schedule = schedules.find(ctx.db, ctx.group.id, int(args[0]), hold=True)
    if schedule is None or schedule.state != schedules.ON or schedule.next_day is None or schedule.next_at is None:
        return
    day = schedule.next_day
    if schedule.next_at > ctx.now:  # it was moved meanwhile
        ctx.alarm(f"schedule:{schedule.id}", schedule.next_at, planning.FIRE, args)
        return
    if ctx.now - schedule.next_at > planning.CATCH_UP:
        day = _miss(ctx, schedule, day)
    elif schedules.advance(ctx.db, schedule.id, day):
        _post(ctx, schedule, day)
    following = planning.upcoming(ctx, schedule, day)
    if following is not None and following.at < schedule.next_at:  # past already when a change moved this one
        following = Firing(following.day, schedule.next_at)
    planning.plan(ctx, schedule, following)


def _miss(ctx: Context, schedule: ScheduleRow, first: date) -> date:
    """Note every day that is too late to be caught up with; the last of them."""
    last = first
    late = planning.overdue(ctx, schedule, date.fromordinal(first.toordinal() - 1))
    for day in dict.fromkeys((first, *(firing.day for firing in late))):
        if schedules.advance(ctx.db, schedule.id, day):
            schedules.fired(ctx.db, schedule, day, schedules.MISSED, ctx.now)
        last = day
    return last


def _post(ctx: Context, schedule: ScheduleRow, day: date) -> None:
    key = f"schedule:{schedule.id}:{day.isoformat()}"
    made = POSTERS[schedule.kind](ctx, schedule, day, key)
    if made is None:
        schedules.fired(ctx.db, schedule, day, schedules.EMPTY, ctx.now)
        planning.tell_moderators(
            ctx, schedule, f"desk:{schedule.id}:empty:{day:%Y-%m}", lambda: cards.nothing_left(schedule)
        )
        return
    schedules.fired(
        ctx.db, schedule, day, schedules.POSTED, ctx.now, round_id=made.round_id, content=made.content, key=key
    )


# --- well before it ------------------------------------------------------------------------------------------------


def check(ctx: Context, args: Sequence[str]) -> None:
    """Well before the next post: have its place looked at."""
    schedule = schedules.find(ctx.db, ctx.group.id, int(args[0]))
    if schedule is not None and schedule.state == schedules.ON:
        ctx.job(looks.PROBE, looks.probe_args(schedule))


def checked(ctx: Context, args: Mapping[str, Any], found: Mapping[str, Any]) -> None:
    """What a look has brought: told once, until it changes."""
    schedule = schedules.find(ctx.db, ctx.group.id, int(args["schedule"]), hold=True)
    if schedule is None or schedule.state != schedules.ON:
        return
    if schedule.space != Space(args["platform"], args["workspace"], args["channel"]):  # it was moved meanwhile
        return
    marks = looks.marks(ctx, schedule, found)
    if marks == schedule.warned:
        return
    schedules.change(ctx.db, schedule.id, warned=marks)
    if marks:
        key = f"desk:{schedule.id}:warned:{int(ctx.now.timestamp())}"
        planning.tell_moderators(
            ctx, schedule, key, lambda: cards.trouble(schedule, " ".join(looks.sentences(ctx, schedule, marks)))
        )


# --- what became of a post -----------------------------------------------------------------------------------------


def undelivered(ctx: Context, key: str, failure: Failure | None) -> None:
    """A post was refused, or nobody knows whether it arrived."""
    firing = schedules.firing_of_message(ctx.db, ctx.group.id, key)
    schedule = schedules.find(ctx.db, ctx.group.id, firing.schedule_id, hold=True) if firing else None
    if firing is None or schedule is None or given_up.was_sent(ctx.db, key):
        return
    if failure is None:
        told = f"desk:{schedule.id}:unclear:{firing.day}"
        planning.tell_moderators(ctx, schedule, told, lambda: cards.unclear(schedule, firing))
        return
    failed = _failed_running(ctx, schedule)
    schedules.change(ctx.db, schedule.id, failed=failed)
    if failed >= FAILURES and schedule.state == schedules.ON:
        planning.pause(ctx, schedule, schedules.FAILING)
        told = f"desk:{schedule.id}:failing:{firing.day}"
        planning.tell_moderators(ctx, schedule, told, lambda: cards.failing(schedule, failed))


def _failed_running(ctx: Context, schedule: ScheduleRow) -> int:
    """How many of the newest posts in a row were refused since it was resumed; that of this moment is one of them."""
    count = 0
    for firing in schedules.firings(ctx.db, schedule.id, FAILURES):
        if firing.key and given_up.state_of(ctx.db, firing.key) != messages.FAILED:
            break
        count += bool(firing.key)
    return min(count, schedule.failed + 1)


def desk_refused(ctx: Context, key: str, failure: Failure | None) -> None:
    """Who should be told cannot be: after the moderators' channel who planned it is, after them the group's channel.

    It ends there, or where that channel was the moderators' or takes no posts. What may have arrived stays as it is.
    """
    schedule = schedules.find(ctx.db, ctx.group.id, int(key.split(":")[1]))
    place = messages.place_of(ctx.db, key)
    if failure is None or place is None or schedule is None or schedule.state == schedules.AWAY:
        return
    channel, desk = schedule.space.channel, ctx.settings().get("moderators_channel", "")
    if place.channel is None:
        if channel != desk and schedule.state != schedules.FAILING:
            given_up.redirect(ctx.db, key, schedule.space, ctx.now)
    elif place.channel == desk or place.channel != channel:
        planner = people.account_of(ctx.db, schedule.created_by)
        ctx.tell_instead(planner, wire.from_json(given_up.card_of(ctx.db, key)), key)


def repost(ctx: Context, args: Args) -> Reply:
    """A moderator has looked: the post is not there."""
    firing = schedules.find_firing(ctx.db, ctx.group.id, args.number(0))
    schedule = schedules.find(ctx.db, ctx.group.id, firing.schedule_id) if firing else None
    if firing is None or schedule is None:
        raise StaleTokenError
    planning.check_may_change(ctx, schedule)
    if not given_up.send_again(ctx.db, firing.key, ctx.now):
        raise Refusal(_("That post has been sent again already."))
    ctx.effects.messages = True
    return Reply(update=cards.reposted(schedule))


# --- what happens to the bot ---------------------------------------------------------------------------------------


def leave(ctx: Context, happening: Happening) -> None:
    """The bot was taken out of a workspace, or a channel is gone: what was planned there waits."""
    gone = happening.event.space
    if gone.thread is not None:
        return
    for schedule in schedules.in_place(ctx.db, ctx.group.id, gone):
        if schedule.state != schedules.ON:
            continue
        if gone.channel is None:
            planning.pause(ctx, schedule, schedules.AWAY)
        else:
            planning.pause(ctx, schedule, schedules.FAILING)
            key = f"desk:{schedule.id}:gone:{int(ctx.now.timestamp())}"
            build = partial(cards.channel_gone, schedule)
            planning.tell_moderators(ctx, schedule, key, build, gone=gone.channel)


def back(ctx: Context, happening: Happening) -> None:
    """The bot is in a workspace again: what waited there goes on."""
    if not happening.is_back:
        return
    there = happening.event.space
    for schedule in schedules.in_place(ctx.db, ctx.group.id, Space(there.platform, there.workspace)):
        if schedule.state == schedules.AWAY:
            planning.resume(ctx, schedule)
