"""What a live round shows: its start, the open question, the private receipt, the reveal without names, the result."""

from collections.abc import Mapping, Sequence

from bot.chat.cards import Block, Button, Buttons, Card, Footnote, Look, Table, Text, text
from bot.chat.inline import Bold, Place, Plain, When, WhenStyle
from bot.chat.limits import fit
from bot.chat.words import gettext as _
from bot.chat.words import ngettext, say
from bot.features import playing, question_cards
from bot.features.question_cards import Mode
from bot.features.quiz.cards import draw_notes
from bot.questions.shown import Shown
from bot.rules.picking import Picked
from bot.rules.responses import Response
from bot.store.answers import AnswerRow
from bot.store.rounds import Play, RoundRow

FEWEST_FOR_COUNTS = 5
TOP = 10


def started(count: int, seconds: int, round_id: int, picked: Picked, wanted: int) -> Card:
    """The starter's receipt, with the way to stop."""
    line = _(
        "Questions: {count}, {seconds} s each. Everyone here may answer in private, and change it until the close."
    )
    blocks: list[Block] = [text(line.format(count=count, seconds=seconds))]
    notes = draw_notes(picked, wanted)
    if notes:
        blocks.append(text(" ".join(notes)))
    blocks.append(Buttons((Button(_("Stop"), "live.stop", (str(round_id),), Look.DANGER),)))
    return Card(_("The round is on"), tuple(blocks))


def announced(running: RoundRow, topic: str | None, lacking: Sequence[str]) -> Card:
    """What the channel sees of a round that plays in a thread below, or would if nothing were `lacking`.

    Its buttons are for the whole round, since commands can be out of reach in a thread.
    """
    where = _("Answer in the thread below.")
    if lacking:
        where = _("Threads are not allowed here ({missing} is missing), so the round plays in this channel.").format(
            missing=", ".join(lacking)
        )
    token = (str(running.id),)
    buttons = (
        Button(_("Hint"), "live.hint", token),
        Button(_("Report"), "live.report", token),
        Button(_("Stop"), "live.stop", token, Look.DANGER),
    )
    return Card(thread_title(topic), (text(_about(running)), text(where), Buttons(buttons)))


def announced_over(running: RoundRow, topic: str | None) -> Card:
    """The same, when the round has ended."""
    return Card(thread_title(topic), (text(_about(running)), text(_("This round is over."))))


def thread_title(topic: str | None) -> str:
    """What a round is called, and its thread."""
    return _("Live round: {topic}").format(topic=topic or _("any topic"))


def _about(running: RoundRow) -> str:
    line = ngettext("{count} question, {seconds} s.", "{count} questions, {seconds} s each.", running.count)
    return line.format(count=running.count, seconds=running.seconds)


def open_question(play: Play, shown: Shown, mode: Mode, topic: str, count: int) -> Card:
    """The open question for everyone: when it closes and how many have answered."""
    note: list[Block] = []
    if play.closes_at:
        note.append(
            Footnote(
                (
                    Plain(_("Closes at ")),
                    When(play.closes_at, WhenStyle.TIME),
                    Plain(" · " + _("{answers} so far").format(answers=question_cards.counted(count))),
                )
            )
        )
    return question_cards.question(play, shown, mode, topic, extra=note)


def kept(play: Play, shown: Shown, response: Response, *, asks: bool) -> Card:
    """The receipt of an answer, for the one who gave it."""
    blocks: list[Block] = [Text((Plain(_("Your answer: ")), Bold(question_cards.said(shown, response))))]
    if play.closes_at:
        blocks.append(
            Footnote((Plain(_("You can change it until ")), When(play.closes_at, WhenStyle.TIME), Plain(".")))
        )
    if asks:
        blocks.extend(question_cards.appear())
    return Card(_("Kept"), tuple(blocks))


def revealed(play: Play, shown: Shown, topic: str, given: Sequence[AnswerRow]) -> Card:
    """The answer and why, for everyone; counts only from five answers on, names never."""
    blocks = question_cards.stem(shown)
    if shown.chosen_from:
        blocks.append(question_cards.options(shown, revealed=True))
    blocks.extend(question_cards.why(shown, option.id, right=True) for option in shown.right())
    if len(given) >= FEWEST_FOR_COUNTS:
        blocks.append(_counts(shown, given))
        blocks.extend(_commonest_error(shown, given))
    else:
        blocks.append(text(question_cards.counted(len(given)) + "."))
    blocks.append(question_cards.source(shown.item.refs))
    blocks.append(Buttons((Button(_("Report"), "quiz.report", (str(play.id),)),)))
    return Card(_("Closed: {title}").format(title=question_cards.title(play, topic)), tuple(blocks))


def _letter(letter: str, *, right: bool) -> str:
    return _("{letter} (right)").format(letter=letter) if right else letter


def _counts(shown: Shown, given: Sequence[AnswerRow]) -> Block:
    unsure = sum(answer.response.unsure for answer in given)
    if shown.chosen_from:
        rows = [
            (_letter(shown.letter(option.id), right=option.correct), str(_chose(option.id, given)))
            for option in shown.options
        ]
        rows.append((_("I don't know"), str(unsure)))
        return Table((_("Answer"), _("People")), tuple(rows), right=(1,))
    right = sum(_is_right(shown, answer) for answer in given)
    return Table(
        (_("Answer"), _("People")),
        ((_("right"), str(right)), (_("other"), str(len(given) - right - unsure)), (_("I don't know"), str(unsure))),
        right=(1,),
    )


def _chose(option: int, given: Sequence[AnswerRow]) -> int:
    return sum(option in answer.response.options for answer in given)


def _is_right(shown: Shown, answer: AnswerRow) -> bool:
    return playing.grade(shown, answer.response).correct


def _commonest_error(shown: Shown, given: Sequence[AnswerRow]) -> list[Block]:
    if not shown.chosen_from:
        return []
    wrong = [
        (_chose(option.id, given), -place, option.id)
        for place, option in enumerate(shown.options)
        if not option.correct
    ]
    count, _place, option_id = max(wrong)
    return [question_cards.why(shown, option_id)] if count else []


def where_it_stands(*, in_thread: bool) -> Card:
    """Where the live round's question stands."""
    said = (
        _("Its question stands in the round's thread; answer it there.")
        if in_thread
        else _("Its question stands in the channel; answer it there.")
    )
    return Card(_("The round is on"), (text(said),))


def own_stopped() -> Card:
    """One's own quiz is ended."""
    return Card(_("Stopped"), (text(_("Your quiz is ended; what you answered counts.")),))


def stopped() -> Card:
    """The starter's receipt of the stop."""
    return Card(_("Stopped"), (text(_("The round is ended and its result announced.")),))


def refused(running: RoundRow) -> Card:
    """For the starter: nobody could see the round's question."""
    before, _between, after = _(
        "I may not post in {channel}, so the live round that you started there has ended."
    ).partition("{channel}")
    again = _("Please invite me there, or have it allowed in the channel's settings; then say {command} again.")
    where = Place(running.space.channel or "")
    return Card(
        _("Your round has ended"),
        (Text((Plain(before), where, Plain(after))), text(again.format(command=say("quiz live")))),
    )


def totals(given: Sequence[AnswerRow]) -> dict[int, tuple[int, int]]:
    """Points and right answers of everybody who answered."""
    found: dict[int, tuple[int, int]] = {}
    for answer in given:
        points, right = found.get(answer.person_id, (0, 0))
        found[answer.person_id] = (points + answer.points, right + bool(answer.correct))
    return found


def result(
    running: RoundRow, state: str, asked: int, totals: Mapping[int, tuple[int, int]], names: Mapping[int, str]
) -> Card:
    """How the round ended; who chose to be shown, with points."""
    lead = {
        "stopped": _("The round was stopped after {asked} of {count} questions."),
        "abandoned": _("Nobody answered any more, so the round ended after {asked} of {count} questions."),
    }.get(
        state,
        ngettext("The round of {count} question is over.", "The round of {count} questions is over.", running.count),
    )
    blocks: list[Block] = [text(lead.format(asked=asked, count=running.count))]
    if not totals:
        blocks.append(text(_("Nobody answered.")))
    else:
        rows = _rows(totals, names)
        if rows:
            blocks.append(Table(("#", _("Name"), _("Right"), _("Points")), rows[:TOP], right=(0, 2, 3)))
        if len(rows) < len(totals):
            listed = _("Players: {count}. Those are listed who got something right and chose to be.")
            blocks.append(text(listed.format(count=len(totals))))
    options = {
        "topic": running.place,
        "level": running.level,
        "questions": running.count,
        "seconds": running.seconds,
    }.items()
    again = [f"{name}={value}" for name, value in options if value is not None]
    blocks.append(
        Buttons(
            (
                Button(_("Another round"), "do", ("quiz live", *again), Look.MAIN),
                Button(_("Board"), "do", ("leaderboard",)),
            )
        )
    )
    return Card(_("Result"), tuple(blocks))


def _rows(totals: Mapping[int, tuple[int, int]], names: Mapping[int, str]) -> tuple[tuple[str, ...], ...]:
    ranked = sorted(totals.items(), key=lambda entry: (-entry[1][0], names.get(entry[0], "")))
    rows = []
    for person, (points, right) in ranked:
        rank = 1 + sum(other > points for other, _right in totals.values())
        if person in names and right:  # nobody is told of who got nothing right
            rows.append((str(rank), fit(names[person], 16), str(right), str(points)))
    return tuple(rows)
