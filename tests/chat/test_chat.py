"""The shared language: cards survive the wire, lines are read as typed, limits hold, words are translated."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import limits, markup, wire
from bot.chat.arguments import ArgumentError, find_command, read_line, read_options, split
from bot.chat.cards import (
    Button,
    Buttons,
    Card,
    Choice,
    Code,
    Fields,
    Footnote,
    Image,
    Look,
    Select,
    Table,
    Text,
)
from bot.chat.command_forms import form_for
from bot.chat.commands import Command, Option, OptionKind
from bot.chat.forms import Field, Form
from bot.chat.inline import Bold, Link, Mention, Mono, Person, Ping, Plain, When, WhenStyle, inline_text
from bot.chat.limits import TooLongError, fit
from bot.chat.people import Account
from bot.chat.plain import local_clock, render
from bot.chat.replies import Reply
from bot.chat.unseen import clean
from bot.chat.words import PSEUDO, gettext, ngettext, speaking

WORDS = st.text(min_size=1, max_size=40)
# Halves of signs aside, which no database takes.
TOKENS = st.text(st.characters(exclude_characters="|", exclude_categories=["Cs"]), min_size=1, max_size=20).filter(
    lambda t: limits.length(t) <= 40
)
MOMENTS = st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC))
SPANS = st.one_of(
    st.builds(Plain, WORDS),
    st.builds(Bold, WORDS),
    st.builds(Mono, WORDS),
    st.builds(Link, WORDS, st.just("https://example.org/")),
    st.builds(When, MOMENTS, st.sampled_from(WhenStyle)),
    st.builds(Person, st.builds(Account, WORDS, WORDS), WORDS),
    st.builds(Ping, WORDS),
    st.builds(Mention, st.builds(Account, WORDS, WORDS)),
)
LINES = st.lists(SPANS, min_size=1, max_size=4).map(tuple)
LABELS = st.text(min_size=1, max_size=12).filter(str.strip)
BUTTONS = st.builds(
    Button, LABELS, TOKENS, st.tuples(), st.sampled_from(Look), st.booleans(), st.booleans(), st.booleans()
)
BLOCKS = st.one_of(
    st.builds(Text, LINES),
    st.builds(Footnote, LINES),
    st.builds(Code, WORDS, st.sampled_from(["", "python"])),
    st.builds(Fields, st.lists(st.tuples(LABELS, WORDS), max_size=3).map(tuple)),
    st.builds(lambda rows: Table(("a", "b"), tuple(rows), (1,)), st.lists(st.tuples(LABELS, LABELS), max_size=3)),
    st.builds(Image, WORDS, WORDS.filter(str.strip)),
    st.builds(Buttons, st.lists(BUTTONS, max_size=3).map(tuple)),
    st.builds(
        lambda token, found, most: Select(token, (), tuple(found), "Choose", most),
        TOKENS,
        st.lists(st.builds(Choice, LABELS, LABELS), min_size=1, max_size=3, unique_by=lambda choice: choice.value),
        st.integers(1, 3),
    ),
)

START = Command(
    "quiz start",
    "Start.",
    lambda _ctx, _options: None,
    (
        Option("topic", "A topic."),
        Option("level", "A level.", OptionKind.INTEGER, minimum=1, maximum=5),
        Option("period", "A period.", OptionKind.CHOICE, choices=(("day", "today"), ("all", "all time"))),
    ),
)
SAY = Command("say", "Say.", lambda _ctx, _options: None, (Option("words", "Words.", required=True, rest=True),))


@given(st.builds(Card, LABELS, st.lists(BLOCKS, max_size=4).map(tuple)))
def test_a_card_survives_the_wire(card: Card) -> None:
    """What a message row holds is the card that was posted, whatever it is made of."""
    assert wire.from_json(wire.to_json(card)) == card


def test_half_a_sign_is_refused_before_a_database_refuses_it() -> None:
    """No row can hold one; what members type and are called comes without."""
    with pytest.raises(ValueError, match="surrogates"):
        wire.to_json(Card("\ud800"))


def test_what_is_stored_of_a_card_stays_readable() -> None:
    """A row keeps this form for years; what is its default may be left out of it."""
    stored = (
        '{"":"Card","title":"A","blocks":[{"":"Text","line":[{"":"When","at":"2026-11-29T09:00:00+00:00"},{"":"Mention",'
        '"account":{"":"Account","platform":"slack","user":"U1"}}]},{"":"Buttons","buttons":[{"":"Button","label":"B",'
        '"action":"b","args":["1"],"look":"main"}]}]}'
    )
    line = (When(datetime(2026, 11, 29, 9, tzinfo=UTC)), Mention(Account("slack", "U1")))
    card = Card("A", (Text(line), Buttons((Button("B", "b", ("1",), Look.MAIN),))))
    assert wire.from_json(stored) == card
    assert wire.to_json(card) == stored.replace("+00:00", "Z")


@pytest.mark.parametrize("text", ["[]", '{"": "Sheet"}', '{"": "Plain", "text": "x"}', "null"])
def test_what_is_no_card_is_refused(text: str) -> None:
    """A row that holds anything else is refused, not shown half."""
    with pytest.raises(ValueError, match=r"Invalid|Expected"):
        wire.from_json(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("trees 3", {"topic": "trees", "level": "3"}),
        ("topic:trees level=3", {"topic": "trees", "level": "3"}),
        ("level:3 trees", {"topic": "trees", "level": "3"}),
        ('topic:"decision trees"', {"topic": "decision trees"}),
        ("topic:“decision trees” level:2", {"topic": "decision trees", "level": "2"}),
        ("topic:„Bäume“", {"topic": "Bäume"}),
        ('"decision trees"', {"topic": "decision trees"}),
        ("TOPIC:trees", {"topic": "trees"}),
        ("topic: trees level= 3", {"topic": "trees", "level": "3"}),
        ("topic: “decision trees” 2", {"topic": "decision trees", "level": "2"}),
        ("topic: level:2", {"topic": "", "level": "2"}),
        ("level:2 topic:", {"topic": "", "level": "2"}),
        ('topic:"open end', {"topic": '"open', "level": "end"}),
        ("", {}),
    ],
)
def test_a_line_is_read_as_people_type_it(line: str, expected: dict[str, str]) -> None:
    """Names with a colon or an equals sign, plain order, straight and curled quotes all work."""
    assert read_line(START, line) == expected


def test_spaces_of_phones_are_spaces() -> None:
    """No-break and thin spaces part words; control characters vanish."""
    assert split(clean("topic:trees\u00a0level:2\u202fx\x00")) == ["topic:trees", "level:2", "x"]


def test_the_rest_of_a_line_is_one_value() -> None:
    """An option that takes the rest takes quotes, colons and all."""
    assert read_line(SAY, "what about: this one")["words"] == "what about: this one"


@given(st.text(max_size=200))
def test_no_line_breaks_the_reader(line: str) -> None:
    """Any line is read or refused with a sentence; nothing else ever comes out."""
    try:
        raw = read_line(START, clean(line))
        read_options(START, raw)
    except ArgumentError as error:
        assert str(error)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"level": "0"}, "level is a whole number from 1 to 5, not “0”."),
        ({"level": "two"}, "level is a whole number from 1 to 5, not “two”."),
        ({"period": "week"}, "period is one of day, all, not “week”."),
        ({"colour": "red"}, "There is no option “colour”."),
        ({"topic": "x" * 501}, "topic has 501 characters; at most 500 fit."),
    ],
)
def test_a_wrong_value_is_named_with_what_would_do(raw: dict[str, str], sentence: str) -> None:
    """The sentence names the option, the value and what is possible."""
    with pytest.raises(ArgumentError) as caught:
        read_options(START, raw)
    assert sentence in str(caught.value)


def test_a_missing_option_opens_a_form_with_what_was_given() -> None:
    """The form asks for what is needed and keeps what was given, the fault at its field."""
    with pytest.raises(ArgumentError) as caught:
        read_options(START, {"level": "9", "topic": "trees"})
    form = form_for(START, {"level": "9", "topic": "trees"}, caught.value)
    assert {field.name: field.value for field in form.fields} == {"topic": "trees", "level": "9", "period": ""}
    assert [field.name for field in form.fields if field.fault] == ["level"]
    assert form_for(SAY, {}).fields[0].required


@pytest.mark.parametrize("written", ["day", "Day", "TODAY"])
def test_a_choice_is_filled_in_however_it_is_written(written: str) -> None:
    """By its value or its label, with capitals or without: the form has chosen it; what is no choice stays as it is."""
    period = Option("period", "Period.", OptionKind.CHOICE, choices=(("day", "today"), ("all", "ever")))
    board = Command("board", "Board.", SAY.handler, (period,))
    assert form_for(board, {"period": written}).fields[0].value == "day"
    assert form_for(board, {"period": "Days"}).fields[0].value == "Days"


@pytest.mark.parametrize(
    ("line", "read"),
    [
        ("days:mon wed fri at:9", {"days": "mon wed fri", "at": "9"}),
        ("at:9 days:every 3 days", {"at": "9", "days": "every 3 days"}),
        ("9 weekdays", {"at": "9", "days": "weekdays"}),
        ("days: mon wed at: 9", {"days": "mon wed", "at": "9"}),
        ('days:"mon wed" at=9 ', {"days": "mon wed", "at": "9"}),
        ("days:mon not feasts:DE feasts:FR at:9", {"days": "mon not feasts:DE feasts:FR", "at": "9"}),
    ],
)
def test_an_option_that_runs_on(line: str, read: dict[str, str]) -> None:
    """Named, it takes the words up to the next option that is named; in order it takes one, like any other."""
    days = Option("days", "Days.", runs_on=True, marks=("feasts",))
    command = Command("plan", "Plan.", SAY.handler, (Option("at", "When."), days))
    assert read_line(command, line) == read


@pytest.mark.parametrize("line", ["days:mon days:fri", "at:9 days:mon at=10", "9 at:9"])
def test_an_option_that_stands_there_twice(line: str) -> None:
    """Nobody guesses which of the two is meant."""
    command = Command("plan", "Plan.", SAY.handler, (Option("at", "When."), Option("days", "Days.", runs_on=True)))
    with pytest.raises(ArgumentError, match=r"(at|days) stands there twice"):
        read_line(command, line)


def test_a_form_has_room_for_what_was_given() -> None:
    """Of many options a form asks for the needed, the given and the faulty ones first, in their own order."""
    names = [f"option{at}" for at in range(9)]
    options = tuple(Option(name, "one", required=name == "option5") for name in names)
    many = Command("many", "Many.", SAY.handler, options)
    form = form_for(many, {"option8": "kept"}, ArgumentError("no", "option7"))
    assert [field.name for field in form.fields] == ["option0", "option1", "option5", "option7", "option8"]
    assert form.fields[-1].value == "kept"


def test_the_longest_command_name_wins() -> None:
    """`quiz start trees` is the command `quiz start` with a topic, in any case."""
    found = find_command([START, SAY], "Quiz START trees")
    assert found is not None
    assert (found[0].name, found[1]) == ("quiz start", "trees")
    assert find_command([START, SAY], "quiz") is None


@pytest.mark.parametrize(
    "build",
    [
        lambda: Card("x" * 151),
        lambda: Button("x" * 76, "a"),
        lambda: Button("x", "a", ("y" * 100,)),
        lambda: Card("x", (Text((Plain("y" * 2901),)),)),
        lambda: Card("x", tuple(Code("y" * 1700) for _block in range(3))),
        lambda: Form("x" * 25, "a", ()),
        lambda: Card("&" * 31),
        lambda: Table(("a", "b"), (("x" * 20, "y" * 19),)),
        lambda: Buttons(tuple(Button("x", "a") for _button in range(26))),
        lambda: Choice("x", "y" * 101),
        lambda: Card("x", (_buttons(25), _buttons(8))),
        lambda: Card("x", (*(Code("y") for _block in range(19)), _buttons(17))),
        lambda: Card("x", (*(Image("y.png", "y") for _block in range(9)), _buttons(25))),
    ],
)
def test_what_fits_no_platform_cannot_be_built(build: object) -> None:
    """A card, button or form that is too long for the narrower platform is refused where it is made."""
    with pytest.raises(TooLongError):
        build()  # type: ignore[operator]


def _buttons(count: int) -> Buttons:
    return Buttons(tuple(Button("x", "a", (str(at),)) for at in range(count)))


def test_the_fullest_card_can_be_built() -> None:
    """Forty parts fit: frame, title, eight pictures and a full block of buttons in five rows."""
    card = Card("x", (*(Image("y.png", "y") for _block in range(8)), _buttons(25)))
    assert len(card.blocks) == 9


@pytest.mark.parametrize(
    "build",
    [
        lambda: Card(" "),
        lambda: Button("\n", "a"),
        lambda: Choice("", "y"),
        lambda: Choice("x", " "),
        lambda: Image("y.png", " "),
        lambda: Select("a", (), (), "Choose"),
        lambda: Select("a", (), (Choice("x", "1"), Choice("y", "1")), "Choose"),
    ],
)
def test_what_would_show_nothing_cannot_be_built(build: object) -> None:
    """A title, label or choice without a letter is refused where it is made, and so is a list without choices."""
    with pytest.raises(ValueError, match=r"empty|alt text|choices"):
        build()  # type: ignore[operator]


@given(st.text(max_size=300), st.integers(1, 100))
def test_shortened_text_fits(text: str, limit: int) -> None:
    """Shortening always fits, and leaves alone what fits already."""
    short = limits.shorten(text, limit)
    assert limits.length(short) <= limit
    assert short == text or limits.length(text) > limit


@pytest.mark.parametrize(
    ("source", "line"),
    [
        ("plain", (Plain("plain"),)),
        ("**bold** and `code`", (Bold("bold"), Plain(" and "), Mono("code"))),
        ("[docs](https://example.org)", (Link("docs", "https://example.org"),)),
        ("[bad](javascript:alert(1))", (Plain("[bad](javascript:alert(1))"),)),
        ("2*n*p rows", (Plain("2*n*p rows"),)),
        ("one\n\ntwo", (Plain("one\n\ntwo"),)),
        ("<b>x</b> & y", (Plain("<b>x</b> & y"),)),
    ],
)
def test_the_small_markdown(source: str, line: tuple[object, ...]) -> None:
    """Bold, code and https links have a meaning; everything else is the characters that were written."""
    assert markup.parse(source) == line


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=200))
def test_no_text_is_lost_in_markup(source: str) -> None:
    """Letters and digits of a text all come out of the small Markdown again, links' addresses aside."""
    wanted = [c for c in source.split("](", maxsplit=1)[0] if c.isalnum()]
    found = [c for c in inline_text(markup.parse(source)) if c.isalnum()]
    assert "](" in source or wanted == found


def test_moments_are_shown_in_the_readers_zone() -> None:
    """Date, time, full and relative, in the zone of who reads."""
    now = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    show = local_clock("Europe/Berlin", now)
    assert show(When(now, WhenStyle.DATE)) == "2026-03-29"
    assert show(When(now, WhenStyle.TIME)) == "01:30:00"
    assert show(When(now + timedelta(hours=1), WhenStyle.TIME)) == "03:30"
    assert show(When(now, WhenStyle.FULL)) == "2026-03-29 01:30 (Europe/Berlin)"
    assert show(When(now + timedelta(minutes=5), WhenStyle.RELATIVE)) == "in 5 min"
    assert show(When(now - timedelta(days=2), WhenStyle.RELATIVE)) == "2 d ago"


def test_a_card_as_plain_text() -> None:
    """Title, blocks apart, a table with its numbers to the right, buttons in brackets; wide letters count two."""
    table = Table(("#", "Name", "Points"), (("1", "ann", "12"), ("2", "名前", "7")), right=(0, 2))
    card = Card("Board", (table, Buttons((Button("Go", "a"),))))
    assert render(card) == "Board\n\n#  Name  Points\n-  ----  ------\n1  ann       12\n2  名前       7\n\n[Go]"


def test_words_follow_the_locale() -> None:
    """English is what the code says; the language made by rule marks every word; an unknown one is English."""
    assert gettext("Hint") == "Hint"
    with speaking(PSEUDO):
        assert gettext("Hint {x}") == "⟦Hínt {x}⟧"
        assert ngettext("{count} answer", "{count} answers", 2) == "⟦{count} ánswérs⟧"
    with speaking("zz-ZZ"):
        assert gettext("Hint") == "Hint"
        assert ngettext("one", "many", 1) == "one"


def test_a_form_excludes_other_replies() -> None:
    """A reply that opens a form carries nothing else."""
    with pytest.raises(ValueError, match="nothing else"):
        Reply(card=Card("x"), form=Form("x", "a", (), (Field("b", "c"),)))


def test_a_table_counts_columns_not_letters() -> None:
    """Wide letters take two columns of a table, in its width and where a name is cut to fit."""
    with pytest.raises(TooLongError, match="44 columns"):
        Table(("#", "Name"), (("1", "名" * 20), ("22", "x")))
    assert fit("名前" * 8, 16) == "名前" * 3 + "名…"
    assert fit("Quiet Fox", 16) == "Quiet Fox"


def test_a_form_has_fields() -> None:
    """No platform shows a form with nothing to fill in."""
    with pytest.raises(ValueError, match="no fields"):
        Form("x", "a", ())
