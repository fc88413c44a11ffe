"""A question, its reveal and the small cards round it, as every way of playing shows them."""

from collections.abc import Sequence

from msgspec import Struct

from bot.chat import markup
from bot.chat.cards import Block, Button, Buttons, Card, Choice, Code, Footnote, Image, Look, Select, Text, text
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.inline import Bold, Inline, Line, Link, Plain
from bot.chat.limits import SELECT_TEXT, shorten
from bot.chat.words import gettext as _
from bot.chat.words import ngettext, say
from bot.questions.item import Ref
from bot.questions.shown import Grade, Input, Shown
from bot.rules.responses import Response
from bot.store.rounds import Play

SHORT = 24


class Mode(Struct, frozen=True):
    """How a question is played: the first word of its actions."""

    actions: str


def question(
    play: Play, shown: Shown, mode: Mode, topic: str, *, extra: Sequence[Block] = (), chosen: Response | None = None
) -> Card:
    """The question with everything needed to answer it; short options stand on their buttons alone."""
    blocks: list[Block] = list(stem(shown))
    on_buttons = chosen is None and _fit_buttons(shown)
    if shown.chosen_from and not on_buttons:
        blocks.append(options(shown, chosen))
    blocks.extend(inputs(play, shown, mode, on_buttons=on_buttons))
    blocks.extend(extra)
    return Card(title(play, topic), tuple(blocks))


def title(play: Play, topic: str) -> str:
    """`Question 2 of 5 · Decision trees`."""
    if play.round.count == 1:
        return topic
    return _("Question {number} of {count} · {topic}").format(
        number=play.position + 1, count=play.round.count, topic=topic
    )


def stem(shown: Shown) -> list[Block]:
    """What is asked: text, code, picture."""
    blocks: list[Block] = [Text(markup.parse(shown.stem))]
    if shown.item.code:
        blocks.append(Code(shown.item.code.text.rstrip("\n"), shown.item.code.lang))
    if shown.item.image:
        blocks.append(Image(shown.item.image.path, shown.item.image.alt))
    return blocks


def options(shown: Shown, chosen: Response | None = None, *, revealed: bool = False) -> Text:
    """The options with their letters; what was chosen and, when revealed, what is right said in words."""
    line: list[Inline] = []
    for option in shown.options:
        if line:
            line.append(Plain("\n"))
        line.extend((Bold(f"{shown.letter(option.id)}."), Plain(" "), *markup.parse(option.text)))
        marks = []
        if revealed and option.correct:
            marks.append(_("right"))
        if chosen and option.id in chosen.options:
            marks.append(_("your answer"))
        if marks:
            line.append(Plain(f"  ({', '.join(marks)})"))
    return Text(tuple(line))


def _fit_buttons(shown: Shown) -> bool:
    """Whether a button can say each option whole: it is to be short, without code or bold words."""
    return shown.input is Input.ONE and all(
        len(option.text) <= SHORT and markup.parse(option.text) == (Plain(option.text),) for option in shown.options
    )


def inputs(play: Play, shown: Shown, mode: Mode, *, on_buttons: bool) -> list[Block]:
    """The controls to answer with, "I don't know" and the hint; `on_buttons`: with the options, not their letters."""
    token = (str(play.id),)
    more = [Button(_("I don't know"), f"{mode.actions}.unsure", token)]
    if shown.item.hint:
        more.append(Button(_("Hint"), "quiz.hint", token))
    if shown.input is Input.ONE:
        letters = [
            Button(
                f"{shown.letter(option.id)}. {option.text}" if on_buttons else shown.letter(option.id),
                f"{mode.actions}.answer",
                (*token, str(option.id)),
                Look.MAIN,
                lettered=True,
            )
            for option in shown.options
        ]
        return [Buttons(tuple(letters)), Buttons(tuple(more))]
    if shown.input is Input.SEVERAL:
        choices = tuple(
            Choice(shorten(f"{shown.letter(option.id)}. {option.text}", SELECT_TEXT), str(option.id))
            for option in shown.options
        )
        select = Select(
            f"{mode.actions}.choose", token, choices, _("Choose every right answer"), most=len(choices), letters=True
        )
        return [select, Buttons(tuple(more))]
    return [Buttons((Button(_("Answer"), f"{mode.actions}.type", token, Look.MAIN, typed=True), *more))]


def answer_form(play: Play, shown: Shown, mode: Mode) -> Form:
    """The form in which a typed answer is written."""
    label = {
        Input.NUMBER: _("Your number in {unit}").format(unit=shown.unit) if shown.unit else _("Your number"),
        Input.WORDS: _("Your answer"),
        Input.OUTPUT: _("What it prints"),
    }.get(shown.input, _("Your answer"))
    field = Field(
        "answer",
        shorten(label, 45),
        FieldKind.PARAGRAPH if shown.input is Input.OUTPUT else FieldKind.LINE,
        placeholder=_("such as 0.5 or 3/4") if shown.input is Input.NUMBER else "",
        most=500,
    )
    return Form(_("Your answer"), f"{mode.actions}.typed", (str(play.id),), (field,))


def said(shown: Shown, response: Response) -> str:
    """An answer in words: its letters, or what was typed."""
    if response.unsure:
        return _("I don't know")
    if response.text is not None:
        return response.text
    return ", ".join(shown.letter(option) for option in sorted(response.options, key=shown.letter))


def reveal(
    play: Play, shown: Shown, topic: str, response: Response, grade: Grade, *, note: str, buttons: Sequence[Button] = ()
) -> Card:
    """Whether the answer was right, why, and where it can be read up."""
    blocks: list[Block] = [Text((Bold(verdict(response, grade)), Plain(f"  {note}" if note else ""))), *stem(shown)]
    if shown.chosen_from:
        blocks.append(options(shown, response, revealed=True))
    elif not response.unsure:
        blocks.append(Text((Plain(_("Your answer: ")), Bold(said(shown, response)))))
    blocks.extend(explanation(shown, grade))
    blocks.append(source(shown.item.refs))
    report = Button(_("Report"), "quiz.report", (str(play.id),))
    blocks.append(Buttons((*buttons, report)))
    return Card(title(play, topic), tuple(blocks))


def verdict(response: Response, grade: Grade) -> str:
    """The first word of a reveal."""
    if grade.correct:
        return _("Right.")
    return _("Here is the answer.") if response.unsure else _("Not right.")


def explanation(shown: Shown, grade: Grade) -> list[Block]:
    """Why the chosen answers are wrong and the right ones are right."""
    wrong = [why(shown, option.id) for option in grade.hit if not option.correct]
    return [*wrong, *(why(shown, option.id, right=True) for option in shown.right())]


def why(shown: Shown, option_id: int, *, right: bool = False) -> Text:
    """One option's explanation, after its letter or text."""
    option = shown.option(option_id)
    if option is None:
        raise LookupError(f"{shown.item.id} has no option {option_id}")
    name = shown.letter(option_id) if shown.chosen_from else option.text.replace("\n", " / ")
    lead = _("{answer} is right: ") if right else _("{answer} is not: ")
    return Text((Bold(lead.format(answer=name + unit(shown))), *markup.parse(option.why)))


def unit(shown: Shown) -> str:
    """What follows an answer that is a number, with the blank before it; nothing where it has no unit."""
    return f" {shown.unit}" if shown.input is Input.NUMBER and shown.unit else ""


def source(refs: Sequence[Ref], lead: str = "") -> Footnote:
    """Where it can be read up."""
    line: list[Inline] = [Plain(lead + _("Source: "))]
    for at, ref in enumerate(refs):
        if at:
            line.append(Plain("; "))
        line.append(Link(ref.title, ref.address) if ref.address else Plain(ref.title))
        line.append(Plain(f", {ref.locator}"))
    return Footnote(tuple(line))


def counted(number: int) -> str:
    """`1 answer`, `3 answers`."""
    return ngettext("{count} answer", "{count} answers", number).format(count=number)


def plus(points: int) -> str:
    """`+12 points`."""
    return ngettext("+{count} point", "+{count} points", points).format(count=points)


def earned(points: int) -> str:
    """What an answer brought, as a sentence of its own; nothing for none."""
    return f"{plus(points)}." if points else ""


def appear() -> list[Block]:
    """The question asked once, at the first answer: how somebody wants to appear on the board."""
    ask = _("How should the group's board show you? Nobody ever sees your answers; say {command} to change it later.")
    return [
        text(ask.format(command=say("my name"))),
        Buttons(
            (
                Button(_("By name"), "my.appear", ("name",)),
                Button(_("By a nickname"), "my.nickname"),
                Button(_("Not at all"), "my.appear", ("hidden",)),
            )
        ),
    ]


def appear_card() -> Card:
    """The same, as a card of its own."""
    return Card(_("One question about you"), tuple(appear()))


def hint(shown: Shown) -> Line:
    """The hint's text."""
    return markup.parse(shown.item.hint or "")
