"""What is planned, as cards."""

from collections.abc import Sequence

from msgspec.structs import replace

from bot.chat.cards import Block, Button, Buttons, Card, Look, Text, footnote, text
from bot.chat.inline import Bold, Inline, Named, Place, Plain, When, inline_text
from bot.chat.limits import CARD_BLOCKS, length, shorten
from bot.chat.words import gettext as _
from bot.chat.words import marked, ngettext, say
from bot.rules.due import Firing
from bot.store.schedules import AWAY, FAILING, ON, PAUSED, SILENT, ScheduleRow

ROOM, SHORTEST = 3_400, 12  # for all lines of a list, and for the days in one of them
BESIDE, SAID_BESIDE = 4, 800  # blocks that stand beside the lines of what is set up, and what they say
NAME, GROUP, TOPICS = 30, 100, 1_000
NAMES = {
    "quiz": marked("daily quiz"),
    "concept": marked("concept"),
    "challenge": marked("challenge"),
    "digest": marked("digest"),
}
STATES = {
    ON: "",
    PAUSED: marked("paused by a moderator"),
    SILENT: marked("paused, since nobody answered"),
    FAILING: marked("paused, since it could not be posted"),
    AWAY: marked("paused, since I was taken out of there"),
}


def name(schedule: ScheduleRow) -> str:
    """`daily quiz 3`: what members call a schedule."""
    return f"{_(NAMES[schedule.kind])} {schedule.id}"


def same(schedule: ScheduleRow) -> str:
    """What is refused, since this one is there already: whether it comes, and how to change that."""
    edit = say(f"schedule edit number:{schedule.id}")
    if schedule.state == ON:
        said = _("{name} is the same: it comes there on those days at that time. Change it with {command}.")
        return said.format(name=name(schedule).capitalize(), command=edit)
    said = _("{name} is the same, but {state}. Let it go on with {resume}, or change it with {edit}.")
    resume = say(f"schedule resume number:{schedule.id}")
    return said.format(name=name(schedule).capitalize(), state=_(STATES[schedule.state]), resume=resume, edit=edit)


def made(
    group: str, zone: str, planned: Sequence[tuple[ScheduleRow, Sequence[Firing]]], lacking: Sequence[str]
) -> Card:
    """What `setup` has made, when it comes next, and how to change it."""
    said = _("The group's days follow {zone}. Planned, with no pings:")
    if any(schedule.ping for schedule, _firings in planned):
        said = _("The group's days follow {zone}. Planned:")
    blocks: list[Block] = [text(said.format(zone=zone))]
    blocks.extend(_lines(planned, ROOM - SAID_BESIDE, BESIDE))
    blocks += _not_yet(lacking)
    change = _("Change it with {edit}, stop it with {pause}, see it with {all}; {add} plans more.")
    blocks.append(
        text(
            change.format(
                edit=say("schedule edit"),
                pause=say("schedule pause"),
                all=say("schedule list"),
                add=say("schedule add"),
            )
        )
    )
    told = _(
        "If something keeps me from posting, you are told in private; "
        "{command} with moderators_channel names a channel for that."
    )
    blocks.append(footnote(told.format(command=say("settings set"))))
    return Card(_("{group} is set up").format(group=shorten(group, GROUP)), tuple(blocks))


def _not_yet(lacking: Sequence[str]) -> list[Block]:
    """What is missing to post where it was asked for, if anything is."""
    if not lacking:
        return []
    return [text(_("I may not post here yet: {missing} is missing.").format(missing=", ".join(lacking)))]


def planned(
    schedule: ScheduleRow, firings: Sequence[Firing], zone: str, *, title: str, lacking: Sequence[str] = ()
) -> Card:
    """One schedule, with its next three times."""
    blocks: list[Block] = [Text(_line(schedule, ()))]
    blocks.extend(_details(schedule))
    if firings:
        line: list[Inline] = [Bold(_("Next: "))]
        for at, firing in enumerate(firings):
            line.extend((Plain(", "), When(firing.at)) if at else (When(firing.at),))
        blocks.append(Text(tuple(line)))
    elif schedule.state == ON:
        blocks.append(text(_("No day is left on which it would come.")))
    else:
        blocks.append(text(_("{command} lets it go on.").format(command=say("schedule resume"))))
    blocks += _not_yet(lacking)
    blocks.append(footnote(_("Its days follow {zone}; you read its times in your own.").format(zone=zone)))
    return Card(title, tuple(blocks))


def listed(group: str, planned: Sequence[tuple[ScheduleRow, Sequence[Firing]]], zone: str) -> Card:
    """Everything that is planned."""
    if not planned:
        nothing = _("Nothing is planned. A moderator says {setup} and the time zone to begin.")
        return Card(_("What is planned"), (text(nothing.format(setup=say("setup"))),))
    lines = _lines(planned, ROOM, 1)
    follow = _("Times of the day are those of {zone} unless another zone stands there.").format(zone=zone)
    return Card(_("Planned for {group}").format(group=shorten(group, GROUP)), (*lines, footnote(follow)))


def _lines(planned: Sequence[tuple[ScheduleRow, Sequence[Firing]]], room: int, beside: int) -> list[Text]:
    """A line for each, with its next time; long days are shortened where all of them would not fit the room."""
    bare = sum(length(inline_text(_line(replace(schedule, days=""), firings[:1]))) for schedule, firings in planned)
    most = max(SHORTEST, (room - bare) // len(planned))
    lines = [_line(replace(schedule, days=shorten(schedule.days, most)), firings[:1]) for schedule, firings in planned]
    return _packed(lines, beside)


def _packed(lines: Sequence[tuple[Inline, ...]], beside: int = 1) -> list[Text]:
    """A block for each line, or for two where there are too many of them for one card with what stands beside them."""
    if len(lines) <= CARD_BLOCKS - beside:
        return [Text(line) for line in lines]
    return [
        Text((*lines[at], *(inline for line in lines[at + 1 : at + 2] for inline in (Plain("\n"), *line))))
        for at in range(0, len(lines), 2)
    ]


def _line(schedule: ScheduleRow, firings: Sequence[Firing]) -> tuple[Inline, ...]:
    """`3 · daily quiz · weekdays 09:00 in #study · next ...`."""
    zone = f" {schedule.zone}" if schedule.zone else ""
    line: list[Inline] = [
        Bold(f"{schedule.id} · {_(NAMES[schedule.kind])}"),
        Plain(f" · {schedule.days} {schedule.wall}{zone} · "),
        Place(schedule.space.channel or ""),
    ]
    if state := STATES[schedule.state]:
        line.append(Plain(f" · {_(state)}"))
    for firing in firings:
        line.extend((Plain(" · " + _("next ")), When(firing.at)))
    return tuple(line)


def _details(schedule: ScheduleRow) -> list[Block]:
    said = []
    if schedule.topic:
        said.append(_("topic: {topic}").format(topic=shorten(schedule.topic, TOPICS)))
    if schedule.kind == "quiz":
        count = ngettext("{count} question", "{count} questions", schedule.questions)
        said.append(count.format(count=schedule.questions))
        said.append(_("closes after {hours} h").format(hours=schedule.closes_after // 60))
    blocks: list[Block] = [text(" · ".join(said))] if said else []
    if schedule.ping:
        blocks.append(Text((Plain(_("notifies ")), Named(schedule.ping))))
    return blocks


def paused(schedules: Sequence[ScheduleRow]) -> Card:
    """Something was stopped."""
    names = ", ".join(map(name, schedules))
    again = _("{command} lets it go on.").format(command=say("schedule resume"))
    return Card(_("Paused"), (text(_("Paused: {names}.").format(names=names)), footnote(again)))


def skipped(schedule: ScheduleRow, left_out: Firing, following: Firing | None) -> Card:
    """The next time is left out; nobody's streak suffers."""
    line: list[Inline] = [Plain(_("Left out: {name}, ").format(name=name(schedule))), When(left_out.at), Plain(".")]
    if following:
        line.extend((Plain(" " + _("The one after it: ")), When(following.at), Plain(".")))
    return Card(_("Skipped"), (Text(tuple(line)), footnote(_("Nobody's streak ends by that."))))


def removed(schedule: ScheduleRow) -> Card:
    """Something planned is forgotten."""
    return Card(
        _("Removed"), (text(_("{name} is no longer planned. What was answered stays.").format(name=name(schedule))),)
    )


def resume_button(schedule: ScheduleRow) -> Button:
    """What lets a schedule go on."""
    return Button(_("Resume"), "schedule.resume", (str(schedule.id),), Look.MAIN)


def health(found: Sequence[tuple[ScheduleRow, Sequence[str]]]) -> Card:
    """What is well with each schedule and what is not."""
    if not found:
        return Card(_("Health"), (text(_("Nothing is planned, so nothing can be amiss.")),))
    room = ROOM // len(found) - NAME
    blocks: list[Block] = []
    blocks.extend(
        _packed(
            [
                (Bold(name(schedule)), Plain(": "), Plain(shorten(" ".join(faults) or _("all is well"), room)))
                for schedule, faults in found
            ]
        )
    )
    blocks.append(footnote(_("I look at channels and permissions again now, and tell you if something is wrong.")))
    return Card(_("Health"), tuple(blocks))


def offer(schedule: ScheduleRow, posts: int) -> Card:
    """Hardly anybody answers: fewer posts are offered."""
    said = _("The last {count} posts of {name} had fewer than two answers each. Fewer posts may be more.")
    return Card(
        _("It has become quiet"),
        (
            text(said.format(count=posts, name=name(schedule))),
            Buttons((Button(_("Three a week"), "schedule.thin", (str(schedule.id),), Look.MAIN),)),
            footnote(_("If it stays quiet I stop after as many more, until somebody wakes me.")),
        ),
    )


def asleep(schedule: ScheduleRow) -> Card:
    """Nobody answers: it waits to be woken, by anybody."""
    said = _("{name} takes a rest, since hardly anybody has answered lately. Anybody here can wake it.")
    return Card(
        _("A rest"),
        (text(said.format(name=name(schedule).capitalize())), Buttons((resume_button(schedule),))),
    )
