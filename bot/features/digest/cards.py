"""The week as a card: only what there was; the board as a picture, and the same as a table."""

from collections.abc import Iterator
from datetime import date, timedelta

from msgspec import Struct

from bot import pictures
from bot.chat.cards import Block, Button, Buttons, Card, Image, Look, Table, Text, footnote, text
from bot.chat.inline import Bold, Plain
from bot.chat.limits import ALT_TEXT, fit, shorten
from bot.chat.words import gettext as _
from bot.chat.words import ngettext
from bot.library.models import Challenge
from bot.pictures import Place
from bot.store.scores import Standing

MOST_CONCEPTS, MOST_TOPICS = 7, 8
TITLE = 60
NAME = 32
A_WEEK = timedelta(days=7)


class Topic(Struct, frozen=True):
    """A topic that was asked about; no answers are counted where that would tell of somebody."""

    title: str
    answered: int = 0
    percent: int = 0


class Improved(Struct, frozen=True):
    """Who improved most, the most first; `level`: how many more are level with the last one named."""

    names: tuple[str, ...] = ()
    level: int = 0


class Week(Struct, frozen=True):
    """What a group learned in the days that end with `until`; `people` took part.

    `since`: the first of these days; `board_of`: a day of the week whose board it is, `until` if it is not named.
    """

    until: date
    people: int = 0
    concepts: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    improved: Improved = Improved()
    challenges: tuple[Challenge, ...] = ()
    board: tuple[Standing, ...] = ()
    since: date | None = None
    board_of: date | None = None

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was posted, and nobody took part."""
        return not (self.people or self.concepts or self.topics or self.board)


def digest(week: Week) -> Card:
    """What there was to learn, how it went, who improved, the board, and what comes next."""
    start = Button(_("Quiz me"), "do", ("quiz start",), Look.MAIN)
    if week.is_quiet:
        kind = _("It was a quiet one, and that is fine. One question is a good way back, whenever you like.")
        return Card(_title(week) if _is_long(week) else _("The week"), (text(kind), Buttons((start,))))
    title = _title(week)
    buttons = [start]
    if week.challenges:
        buttons.append(Button(_("All challenges"), "do", ("challenge list",)))
    return Card(
        title,
        (*_learned(week), *_improved(week.improved), *_board(week), *_open(week.challenges), Buttons(tuple(buttons))),
    )


def _is_long(week: Week) -> bool:
    return week.since is not None and week.until - week.since > A_WEEK


def _title(week: Week) -> str:
    if week.since is not None and _is_long(week):
        return _("From {since} to {until}").format(since=week.since.isoformat(), until=week.until.isoformat())
    return _("The week to {until}").format(until=week.until.isoformat())


def _learned(week: Week) -> Iterator[Block]:
    if week.people:
        said = ngettext("{count} member took part.", "{count} members took part.", week.people)
        yield text(said.format(count=week.people))
    if week.concepts:
        titles = [f"• {shorten(title, TITLE)}" for title in week.concepts[:MOST_CONCEPTS]]
        if len(week.concepts) > MOST_CONCEPTS:
            titles.append(_("… and {count} more").format(count=len(week.concepts) - MOST_CONCEPTS))
        yield Text((Bold(_("Explained")), Plain("\n" + "\n".join(titles))))
    if week.topics:
        yield from _topics(week.topics[:MOST_TOPICS])


def _topics(topics: tuple[Topic, ...]) -> Iterator[Block]:
    lines = "\n".join(f"• {_topic(topic)}" for topic in topics)
    yield Text((Bold(_("Asked")), Plain(f"\n{lines}")))
    if any(topic.answered for topic in topics) and not all(topic.answered for topic in topics):
        yield footnote(_("A few answers are not counted, so that nobody's can be told from them."))


def _topic(topic: Topic) -> str:
    title = shorten(topic.title, TITLE)
    if not topic.answered:
        return title
    line = ngettext(
        "{title}: {count} answer, {percent}% right", "{title}: {count} answers, {percent}% right", topic.answered
    )
    return line.format(title=title, count=topic.answered, percent=topic.percent)


def _improved(improved: Improved) -> Iterator[Block]:
    if not improved.names:
        return
    names = ", ".join(_name(name) for name in improved.names)
    if improved.level:
        level = ngettext("{names}, and {count} more as much", "{names}, and {count} more as much", improved.level)
        names = level.format(names=names, count=improved.level)
    yield Text((Bold(_("Improved most: ")), Plain(names)))


def _board(week: Week) -> Iterator[Block]:
    if not week.board:
        return
    some_day = week.board_of or week.until
    monday = some_day - timedelta(days=some_day.weekday())
    last = min(week.until, monday + timedelta(days=6))
    title = _("Points, {since} to {until}").format(since=monday.isoformat(), until=last.isoformat())
    places = [Place(one.rank, _name(one.shown_name), one.points) for one in week.board]
    said = [_("{rank}. {name}: {points}").format(rank=p.rank, name=p.name, points=p.points) for p in places]
    yield Image(pictures.board_path(title, places), shorten(f"{title}. {'; '.join(said)}", ALT_TEXT))
    rows = tuple((str(place.rank), place.name, str(place.points)) for place in places)
    yield Table(("#", _("Name"), _("Points")), rows, right=(0, 2))
    yield footnote(_("Listed are those who chose to be; everyone counts for the ranks."))


def _name(name: str) -> str:
    return shorten(fit(name, pictures.NAME), NAME)


def _open(challenges: tuple[Challenge, ...]) -> Iterator[Block]:
    if not challenges:
        return
    line = _("• Level {level}: {title} ({time})")
    lines = [
        line.format(
            level=c.level, title=shorten(c.title, TITLE), time=_("about {hours} h").format(hours=f"{c.time_h:g}")
        )
        for c in challenges
    ]
    yield Text((Bold(_("Open challenges")), Plain("\n" + "\n".join(lines))))
