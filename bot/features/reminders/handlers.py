"""Reminders that a person asked for: set, tested, said by the clock, and switched off where they cannot be said."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from functools import partial

from msgspec.structs import replace

from bot.chat.arguments import Options
from bot.chat.cards import Card
from bot.chat.port import Failure
from bot.chat.reading import read_option
from bot.chat.replies import Refusal, Reply
from bot.chat.words import gettext as _
from bot.chat.words import speaking
from bot.context import Context, Effects
from bot.features import planning
from bot.features.reminders import cards
from bot.library import in_rotation
from bot.rules.calendar import local_day
from bot.rules.due import Days, moment, next_firing
from bot.store import messages, people, queue, reminders
from bot.store.reminders import DAILY, MENTION, RECALL, TELL, ReminderRow, Waiting

OFF = "off"
WALL = "18:00"
FIRE = "remind.fire"
LATE = timedelta(hours=3)  # so late a reminder is still said
LOOK_BACK = 30  # days
ENOUGH_FAILURES = 2
NOT_REACHED = (Failure.CLOSED, Failure.FORBIDDEN, Failure.GONE)
HOWS = {"privately": TELL, "mention": MENTION}


def notify(ctx: Context, options: Options) -> Reply:
    """Set a reminder, end all of them, or show what is set."""
    at, by = options.text("time"), options.text("how")
    time_or_how = at or by
    what = options.text("what") or (DAILY if time_or_how else None)
    if what is None:
        return Reply(card=cards.standing(_standing(ctx)))
    if what == OFF:
        for reminder in reminders.of_person(ctx.db, ctx.me.person_id).values():
            _drop(ctx, reminder)
        return Reply(card=cards.off())
    if what == RECALL and time_or_how:
        raise Refusal(_("The question on a concept comes in private some hours after it; leave time and how out."))
    before = reminders.of_person(ctx.db, ctx.me.person_id).get(what)
    old_wall, old_how = (before.wall, before.how) if before else (WALL, TELL)
    wall, how = read_option(options, "time", planning.read_wall, old_wall), HOWS[by] if by else old_how
    reminder = _put(ctx, what, wall, how)
    if what == DAILY:
        _set_alarm(ctx, reminder, ctx.zone)
    if how == TELL:
        _test(ctx, reminder)
    return Reply(card=cards.kept(reminder, ctx.zone, ctx.group.name, _other_group(ctx, before)))


def _other_group(ctx: Context, before: ReminderRow | None) -> str:
    """The name of the group that a reminder was for, if it was another one than this; else nothing."""
    if before is None or before.group_id == ctx.group.id:
        return ""
    return people.find_group(ctx.db, before.group_id).name


def _put(ctx: Context, kind: str, wall: str, how: str) -> ReminderRow:
    me = ctx.me
    made = reminders.put(
        ctx.db, person_id=me.person_id, kind=kind, account_id=me.account_id, group_id=ctx.group.id, wall=wall, how=how
    )
    reminder = reminders.find(ctx.db, made)
    if reminder is None:
        raise LookupError("a reminder that was just set is not there")
    return reminder


def _standing(ctx: Context) -> list[tuple[ReminderRow, str, str]]:
    found = []
    for reminder in reminders.of_person(ctx.db, ctx.me.person_id).values():
        group = people.find_group(ctx.db, reminder.group_id)
        found.append((reminder, reminder.zone or group.zone, group.name))
    return found


def _test(ctx: Context, reminder: ReminderRow) -> None:
    number = int(ctx.now.timestamp() * 1000)
    ctx.tell(reminder.account, cards.test(reminder), f"remind:test:{reminder.id}:{number}")


def alarm_key(reminder: ReminderRow) -> str:
    """The one alarm of a reminder."""
    return f"remind:{reminder.person_id}:{reminder.kind}"


def message_key(reminder: ReminderRow, day: date) -> str:
    """What a person is told of a kind on a local day, which can be only once."""
    return f"remind:{reminder.kind}:{reminder.person_id}:{day.isoformat()}"


def _drop(ctx: Context, reminder: ReminderRow) -> None:
    reminders.drop(ctx.db, reminder.id)
    ctx.cancel_alarm(alarm_key(reminder))


def _set_alarm(ctx: Context, reminder: ReminderRow, zone: str) -> None:
    """Wake up at the next time of the person's day; `cancel` first, since the alarm belongs to the reminder's group."""
    at = _next(reminder, zone, ctx.now)
    ctx.cancel_alarm(alarm_key(reminder))
    queue.set_alarm(ctx.db, alarm_key(reminder), reminder.group_id, at, FIRE, (str(reminder.person_id), reminder.kind))
    ctx.effects.merge(Effects(alarm=at))


def _next(reminder: ReminderRow, zone: str, now: datetime) -> datetime:
    wall = time.fromisoformat(reminder.wall)
    found = next_firing(Days(), wall, zone, last=None, now=now)
    while found is not None and found.at <= now:
        found = next_firing(Days(), wall, zone, last=found.day, now=now)
    if found is None:
        raise LookupError(f"{zone} has no day to come")
    return found.at


def move(ctx: Context, zone: str) -> None:
    """The person goes to another zone: what is said at a time of their day is said at that time there."""
    reminder = reminders.of_person(ctx.db, ctx.me.person_id).get(DAILY)
    if reminder is not None:
        _set_alarm(ctx, reminder, zone)


def move_group(ctx: Context, zone: str) -> Context:
    """The group goes to a zone, with all that its day decides; the context as it is from then on.

    What is said at a time of the day to those of its people who have no zone of their own is said at that time there.
    """
    there = planning.move_group(ctx, zone)
    if zone != ctx.group.zone:
        for reminder in reminders.of_group(ctx.db, ctx.group.id, DAILY):
            if not reminder.zone:
                _set_alarm(ctx, reminder, zone)
    return there


def fire(ctx: Context, args: Sequence[str]) -> None:
    """A person's time of the day: say once that their daily is open, if it is; then wait for tomorrow's."""
    reminder = reminders.of_person(ctx.db, int(args[0])).get(args[1])
    if reminder is None:
        return
    if reminder.group_id != ctx.group.id:
        ctx = replace(ctx, group=people.find_group(ctx.db, reminder.group_id), _settings=[])
    zone = reminder.zone or ctx.group.zone
    _set_alarm(ctx, reminder, zone)
    today = local_day(ctx.now, zone)
    due = moment(today, time.fromisoformat(reminder.wall), zone)
    if due is None or not due <= ctx.now <= due + LATE:
        return
    _note_success(ctx, reminder, today)
    key = message_key(reminder, today)
    if key not in reminders.told(ctx.db, [key]):
        _remind(ctx, reminder, key)


def _note_success(ctx: Context, reminder: ReminderRow, today: date) -> None:
    """Forget earlier failures if the newest message arrived."""
    if not reminder.failures:
        return
    keys = [message_key(reminder, today - timedelta(days=back)) for back in range(1, LOOK_BACK + 1)]
    told = reminders.told(ctx.db, keys)
    if next((told[key] for key in keys if key in told), False):
        reminders.went_well(ctx.db, reminder.id)


def _remind(ctx: Context, reminder: ReminderRow, key: str) -> None:
    open_ones = reminders.waiting(ctx.db, reminder.group_id, reminder.person_id, ctx.now)
    if not open_ones:
        return
    account = reminder.account
    below = _posted(open_ones, account.platform) if reminder.how == MENTION else None
    if below is None:
        ctx.tell(account, _daily(ctx, reminder, open_ones[0]), key)
        return
    with speaking(ctx.group.locale):
        title = cards.thread_title()
    mention = partial(cards.mention, account, ctx.group.name, below)
    ctx.post(key, mention, below.space, below=below.key, title=title, only_there=True)


def _daily(ctx: Context, reminder: ReminderRow, waits: Waiting) -> Card:
    """What is said in private of a daily that waits, in the group's language."""
    with speaking(ctx.group.locale):
        return cards.daily(ctx.group.name, waits, reminder.how)


def _posted(open_ones: Sequence[Waiting], platform: str) -> Waiting | None:
    """The newest daily that stands where the person can be mentioned."""
    return next((one for one in open_ones if one.key and one.space.platform == platform), None)


def recall(ctx: Context, concept_id: str, day: date) -> None:
    """The question on a concept that was posted on `day`, to each member who wants it; once a day at most."""
    concept = ctx.library.concepts.get(concept_id)
    item = ctx.library.items.get(concept.recall) if concept else None
    if concept is None or item is None or not in_rotation(item, ctx.today):
        return
    wanted = reminders.of_group(ctx.db, ctx.group.id, RECALL)
    keys = {reminder.id: message_key(reminder, day) for reminder in wanted}
    told = reminders.told(ctx.db, keys.values())
    with speaking(ctx.group.locale):
        card = cards.recall(concept)
    for reminder in wanted:
        if keys[reminder.id] not in told:
            _note_success(ctx, reminder, day)
            ctx.tell(reminder.account, card, keys[reminder.id])


def undelivered(ctx: Context, key: str, failure: Failure | None) -> None:
    """A reminder was given up: a mention is said in private, unless it may have arrived.

    The second time in a row that a person cannot be reached in private they are left alone; not who is mentioned, whom
    the next thread may reach.
    """
    reminder = _of_message(ctx, key)
    if reminder is None or failure is None:
        return
    place = messages.place_of(ctx.db, key)
    if place is not None and place.channel is not None:
        _tell_instead(ctx, reminder, key)
    elif failure in NOT_REACHED and reminder.how != MENTION and reminders.fail(ctx.db, reminder.id) >= ENOUGH_FAILURES:
        _drop(ctx, reminder)


def _of_message(ctx: Context, key: str) -> ReminderRow | None:
    """The reminder that a message is of, if it is still wanted."""
    _word, kind, number, *_rest = key.split(":")
    if kind == "test":
        return reminders.find(ctx.db, int(number))
    return reminders.of_person(ctx.db, int(number)).get(kind)


def _tell_instead(ctx: Context, reminder: ReminderRow, key: str) -> None:
    """Say a mention that cannot be made in private, if the daily still waits: as the same message, so only once."""
    if reminder.group_id != ctx.group.id:
        return
    open_ones = reminders.waiting(ctx.db, ctx.group.id, reminder.person_id, ctx.now)
    if open_ones:
        ctx.tell_instead(reminder.account, _daily(ctx, reminder, open_ones[0]), key)
