"""What reminders look like, and what somebody is told who sets one."""

from collections.abc import Sequence

from bot.chat.cards import Block, Button, Buttons, Card, Look, Text, footnote, text
from bot.chat.inline import Bold, Inline, Mention, Plain, When, spans
from bot.chat.limits import shorten
from bot.chat.people import Account
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.library.models import Concept
from bot.store.reminders import DAILY, MENTION, TELL, ReminderRow, Waiting


def kept(reminder: ReminderRow, zone: str, group: str, before: str = "") -> Card:
    """What was set, that a test is on its way, and what to do if it does not arrive.

    `before`: the group that it was for until now, if that is another one.
    """
    blocks: list[Block] = [text(_said(reminder, zone, group))]
    if before:
        moved = _("This reminder was for {group} until now; it is for one group at a time.")
        blocks.append(text(moved.format(group=shorten(before, 60))))
    buttons = [off_button()]
    if reminder.how != MENTION:
        blocks.append(text(_("A test message is on its way. {help}").format(help=_allow())))
        if reminder.kind == DAILY:
            args = ("my notify", "what=daily", f"time={reminder.wall}", "how=mention")
            buttons.insert(0, Button(_("Mention me in the daily's thread instead"), "do", args, Look.MAIN))
    blocks.append(Buttons(tuple(buttons)))
    return Card(_("Reminder set"), tuple(blocks))


def _allow() -> str:
    return _(
        "If it does not arrive: in Discord, allow direct messages in the server's privacy settings; "
        "in Slack there is nothing to do."
    )


def _said(reminder: ReminderRow, zone: str, group: str) -> str:
    if reminder.kind != DAILY:
        said = _("Some hours after a concept was posted in {group}, I ask you about it in private, once a day at most.")
    elif reminder.how == MENTION:
        said = _(
            "At {time} of your day ({zone}), if {group} has a daily open that you have not locked, I mention you in "
            "its thread, where everybody sees it."
        )
    else:
        said = _(
            "At {time} of your day ({zone}), if {group} has a daily open that you have not locked, I write to you in "
            "private."
        )
    return said.format(time=reminder.wall, zone=zone, group=shorten(group, 60))


def standing(found: Sequence[tuple[ReminderRow, str, str]]) -> Card:
    """What somebody is reminded of: reminders, each with the zone of its time and the name of its group."""
    if not found:
        none = _("You are reminded of nothing. Say {daily} or {recall} if you would like that.")
        line = none.format(daily=say("my notify what:daily"), recall=say("my notify what:recall"))
        ways = Button(_("Remind me of the daily"), "do", ("my notify", "what=daily"))
        return Card(_("Reminders"), (text(line), Buttons((ways,))))
    blocks: list[Block] = [text(_said(reminder, zone, group)) for reminder, zone, group in found]
    return Card(_("Reminders"), (*blocks, Buttons((off_button(),))))


def off() -> Card:
    """Nothing is said any more."""
    again = _("{command} with daily or recall turns them on again.").format(command=say("my notify"))
    return Card(_("Reminders off"), (text(_("I remind you of nothing any more.")), footnote(again)))


def off_button() -> Button:
    """What ends every reminder."""
    return Button(_("Turn reminders off"), "do", ("my notify", "what=off"))


def test(reminder: ReminderRow) -> Card:
    """The message that shows whether private messages arrive."""
    line = _("This is how a reminder of the daily reaches you.")
    if reminder.kind != DAILY:
        line = _("This is how the question on a concept reaches you.")
    return Card(_("A test"), (text(line), Buttons((off_button(),))))


def daily(group: str, waits: Waiting, how: str = TELL) -> Card:
    """A daily is open that somebody has not locked; who asked for a mention reads that it could not be made."""
    why = _why()
    if how == MENTION:
        wanted = _("You asked with {command} for a mention in its thread, which I could not make.")
        why = footnote(wanted.format(command=say("my notify")))
    return Card(
        _("Today's question"),
        (Text(_open(group, waits)), Buttons((answer_button(), off_button())), why),
    )


def mention(account: Account, group: str, waits: Waiting) -> Card:
    """The same in the thread below the daily, for whoever asked for it."""
    return Card(
        _("Today's question"),
        (Text((Mention(account), Plain(" "), *_open(group, waits))), Buttons((answer_button(),))),
    )


def _open(group: str, waits: Waiting) -> tuple[Inline, ...]:
    return (
        *spans(_("The daily of {group} is open until ").format(group=shorten(group, 60))),
        When(waits.closes),
        Plain("."),
    )


def thread_title() -> str:
    """What the thread below a daily is called, if a mention opens it."""
    return _("Today's question")


def answer_button() -> Button:
    """What shows the daily to who presses it."""
    return Button(_("Answer"), "do", ("daily",), Look.MAIN)


def recall(concept: Concept) -> Card:
    """The question on a concept of that day is there; its first line helps to remember."""
    ask = Button(_("Ask me about it"), "concept.recall", (concept.id,), Look.MAIN)
    blocks = (Text((Bold(concept.hook),)), Buttons((ask, off_button())), _why())
    return Card(shorten(_("Recall: {title}").format(title=concept.title), 100), blocks)


def _why() -> Block:
    return footnote(_("You asked for this with {command}.").format(command=say("my notify")))
