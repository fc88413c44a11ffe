"""What moderators are told of a schedule in danger."""

from bot.chat.cards import Button, Buttons, Card, Look, Text, footnote, text
from bot.chat.inline import Place, Plain
from bot.chat.words import gettext as _
from bot.chat.words import say
from bot.features.schedule import cards as planned
from bot.store.schedules import FiringRow, ScheduleRow


def failing(schedule: ScheduleRow, times: int) -> Card:
    """It could not be posted several days running, and is paused."""
    place = Place(schedule.space.channel or "")
    lead = _("{name} could not be posted {count} times running, so it is paused. Its channel: ")
    again = _("When I may post there again, press the button or say {command}.")
    return Card(
        _("Something planned is paused"),
        (
            Text((Plain(lead.format(name=planned.name(schedule), count=times)), place)),
            text(again.format(command=say("schedule resume"))),
            Buttons((planned.resume_button(schedule),)),
        ),
    )


def unclear(schedule: ScheduleRow, firing: FiringRow) -> Card:
    """Nobody knows whether a post arrived; a moderator who looks can tell."""
    place = Place(schedule.space.channel or "")
    lead = _("I cannot tell whether {name} of {day} arrived. Please look in ")
    return Card(
        _("Did it arrive?"),
        (
            Text((Plain(lead.format(name=planned.name(schedule), day=firing.day.isoformat())), place, Plain("."))),
            text(_("If it is there, there is nothing to do. If not, press the button and it is posted.")),
            Buttons((Button(_("Repost"), "schedule.repost", (str(firing.id),), Look.MAIN),)),
        ),
    )


def reposted(schedule: ScheduleRow) -> Card:
    """It goes out again."""
    return Card(_("Reposted"), (text(_("{name} is posted now.").format(name=planned.name(schedule))),))


def trouble(schedule: ScheduleRow, faults: str) -> Card:
    """What would keep the next post from going out, or is about to run out."""
    place = Place(schedule.space.channel or "")
    lead = _("I looked ahead at {name} in ").format(name=planned.name(schedule))
    told = _("You are told this once. {edit} changes it, {command} shows how things are.")
    return Card(
        _("Something to look after"),
        (
            Text((Plain(lead), place, Plain(": " + faults))),
            footnote(told.format(edit=say("schedule edit"), command=say("schedule health"))),
        ),
    )


def channel_gone(schedule: ScheduleRow) -> Card:
    """Its channel was deleted."""
    again = _("Give it another channel with {edit}, then say {resume}; or forget it with {remove}.")
    return Card(
        _("Something planned is paused"),
        (
            text(_("The channel of {name} is gone, so it is paused.").format(name=planned.name(schedule))),
            text(again.format(edit=say("schedule edit"), resume=say("schedule resume"), remove=say("schedule remove"))),
        ),
    )


def nothing_left(schedule: ScheduleRow) -> Card:
    """There was nothing to post."""
    said = _("There was nothing to post for {name}: no content fits its topic.")
    return Card(
        _("Nothing to post"),
        (
            text(said.format(name=planned.name(schedule))),
            text(_("Give it another topic with {command}.").format(command=say("schedule edit"))),
        ),
    )
