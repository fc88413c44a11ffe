"""Discord's renderer: no mention and no mark but our own leaves it, and what a card may hold, Discord takes."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from simcord.components import validate_components

from adapters.discord import outbound, text
from bot.chat import limits
from bot.chat.cards import (
    Block,
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
from bot.chat.cards import text as words_block
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.inline import Bold, Inline, Link, Mention, Mono, Named, Person, Ping, Place, Plain, Say, When, WhenStyle
from bot.chat.limits import TooLongError
from bot.chat.people import Account
from bot.chat.words import say
from tests.gallery.discord_limits import TEXT, length, message_faults, modal_faults, walk

COMPONENTS_V2 = 1 << 15
COMMANDS = {"quiz": 71, "mate": 72}
NO_WIDTH = "\u200b"
RAW = re.compile(r"<[@#:/]|<a:|<t:|<id:|@everyone|@here", re.IGNORECASE)
MENTION = re.compile(
    r"<@[!&]?\d+>|<#\d+>|</[^<>]+:\d+>|<a?:\w+:\d+>|<t:-?\d+(?::\w)?>|<id:\w+>|@everyone|@here", re.IGNORECASE
)
ADDRESS = r"https://[^\s()<>\[\]\\`*|\"']*"
PIECES = st.sampled_from(
    [
        *("<", "@", "<@", "!", "&", "7", ">", "#", "# ", "/", "</", "mate", "quiz start", ":71>", ":", "a:", "t:"),
        *("id:", "everyone", "here", "EVERYONE", "ever", "yone", "`", "``", "```", "*", "**", "_", "~~", "||", "\\"),
        *("[", "]", "](", ")", "https://", "http://x", "x.org/a_b", "\n", "\n\n", " ", "-", "- ", "1", ". ", "1. "),
        *("> ", "-# ", "é", "名", "👩", NO_WIDTH),
    ]
)
NASTY = st.one_of(
    st.lists(PIECES, max_size=12).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
)
ADDRESSES = NASTY.map(lambda words: "https://example.org/" + words)
WORDS = st.one_of(
    st.builds(Plain, NASTY),
    st.builds(Bold, NASTY),
    st.builds(Mono, NASTY),
    st.builds(Link, NASTY, st.one_of(ADDRESSES, NASTY)),
    st.builds(Person, st.builds(Account, st.just("discord"), NASTY), NASTY),
    st.builds(Mention, st.builds(Account, st.just("slack"), NASTY)),
    st.builds(Mention, st.builds(Account, st.just("discord"), st.sampled_from(["everyone", "<@7>", "here", "&7"]))),
)
OURS = st.one_of(
    st.builds(When, st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)), st.sampled_from(WhenStyle)),
    st.builds(Ping, st.integers(1, 2**63).map(str)),
    st.builds(Named, st.integers(1, 2**63).map("&{}".format)),
    st.builds(Named, st.integers(1, 2**63).map(str)),
    st.builds(Place, st.integers(1, 2**63).map(str)),
    st.builds(Mention, st.builds(Account, st.just("discord"), st.integers(1, 2**63).map(str))),
    st.builds(Say, st.sampled_from(["quiz start", "mate", "unknown", "quiz @everyone", "mate:1> <@7"])),
)


def shown(card: Card, key: str | None = None) -> tuple[list[dict[str, Any]], str]:
    """The card's components, and all its text displays in one."""
    components: Any = outbound.card(card, COMMANDS, key).view.to_components()
    return components, "\n".join(part["content"] for part in walk(components) if part["type"] == TEXT)


def read(markdown: str) -> str:
    """What a reader sees of text without spans of code: marks quoted by a backslash stand for themselves."""
    return re.sub(r"\\([^0-9A-Za-z\s])", r"\1", markdown).replace(NO_WIDTH, "")


def seen(words: str) -> str:
    """Words as they can be seen."""
    return words.replace(NO_WIDTH, "")


# --- mentions ------------------------------------------------------------------------------------------------------


@given(st.lists(WORDS, max_size=6))
def test_no_words_become_a_mention(spans: list[Inline]) -> None:
    """Whatever words stand next to each other in a line, nothing that Discord could read as a mention comes out."""
    assert not RAW.search(text.line(tuple(spans), COMMANDS))


@given(st.lists(st.one_of(WORDS, OURS), max_size=6))
def test_the_only_mentions_are_those_that_we_mean(spans: list[Inline]) -> None:
    """Moments, roles, accounts and registered commands come out as mentions, in order, and no other one does."""
    meant = [
        text.span(part, COMMANDS)
        for part in spans
        if isinstance(part, When | Ping | Named | Place)
        or part in (Say("quiz start"), Say("mate"))
        or (isinstance(part, Mention) and text.notified(part.account))
    ]
    assert MENTION.findall(text.line(tuple(spans), COMMANDS)) == meant


@given(NASTY, NASTY, st.sampled_from(["", "python", "c++", "```", "no language\n@everyone"]))
async def test_no_block_becomes_a_mention(words: str, more: str, lang: str) -> None:
    """Titles, code, tables, fields and footnotes let no mention through either."""
    narrow = limits.fit(words, 15)
    blocks = (
        Code(words, lang),
        Table((narrow, "b"), ((limits.fit(more, 15), narrow),)),
        Table(
            ("#", "a wide column of a table"), (("@", limits.fit(more, 15)), (limits.fit(narrow, 9), "everyone")), (0,)
        ),
        Fields(((words[:20], more),)),
        words_block(more),
        Footnote((Plain(words), Plain(more))),
    )
    _components, written = shown(Card(f"x{words}", blocks))
    assert not RAW.search(written)


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((Plain("<"), Plain("@7>")), f"<{NO_WIDTH}@7>"),
        ((Plain("@"), Person(Account("discord", "7"), "everyone")), f"@{NO_WIDTH}everyone"),
        ((Plain("<"), Mention(Account("discord", "7"))), f"<{NO_WIDTH}<@7>"),
        ((Mention(Account("slack", "T1/U7")), Mention(Account("terminal", "here"))), f"@T1/U7@{NO_WIDTH}here"),
        ((Mention(Account("slack", "7")), Plain("!")), f"@7{NO_WIDTH}!"),
        ((Plain("<"), Named("7")), f"<{NO_WIDTH}<@7>"),
        ((Mono("a"), Mono("b")), f"`a`{NO_WIDTH}`b`"),
        ((Bold("a"), Bold("b")), f"**a**{NO_WIDTH}**b**"),
        ((Bold(" a "), Plain("b")), " **a** b"),
        ((Say("quiz start"), Plain(" or "), Say("help")), "</quiz start:71> or `/help`"),
        ((Say("quiz start:1> <@7"),), f"`/quiz start:1> <{NO_WIDTH}@7`"),
        ((Link("a", "http://example.org/"),), "a"),
        ((Link("a", "javascript:alert(1)"),), "a"),
        ((Named("not an id <@7>"),), f"not an id <{NO_WIDTH}@7>"),
        ((Place("7"), Plain(" "), Place("here")), "<#7> #here"),
    ],
)
def test_spans_that_meet(spans: tuple[Inline, ...], expected: str) -> None:
    """Two spans never make a third thing together, and only what is known becomes a mention or a link."""
    assert text.line(spans, COMMANDS) == expected


# --- words come back as they are -----------------------------------------------------------------------------------


@given(NASTY)
@example("# a\n> b\n1. c\n-# d\n- e\n#")
@example(r"\*_~`|[] https://example.org/a_b")
def test_plain_words_are_read_as_they_were_written(words: str) -> None:
    """Nothing in plain words formats: with the quoting taken away they are the same."""
    assert read(text.line((Plain(words),), {})) == seen(words)
    assert read(text.line((Person(Account("discord", "7"), words),), {})) == seen(words)


@given(NASTY)
@example("# a\n> b\n1. c\n-# d\n- e\n#")
@example(r"\*_~`|[] https://example.org/a_b")
def test_no_plain_line_begins_as_a_heading_a_list_or_a_quote(words: str) -> None:
    """A line of plain words is no heading, list, quote or small print, and none of its marks or addresses is live."""
    written = text.line((Plain(words),), {})
    assert not re.search(r"^\s*(#{1,3}\s|-#|>|[-+*]\s|\d+[.)]\s)", written, re.MULTILINE)
    assert not re.search(r"[*_~`|\[\]]", re.sub(r"\\[^0-9A-Za-z\s]", "", written))
    assert not re.search(r"\w://", written)


@given(NASTY)
def test_bold_words_are_read_as_they_were_written(words: str) -> None:
    """Marks stand close round the words, blanks outside; blanks alone have no marks."""
    written = text.line((Bold(words),), {})
    marked = re.fullmatch(r"(\s*)\*\*(\S|\S.*\S)\*\*(\s*)", written, re.DOTALL)
    assert (marked is not None) == bool(words.strip())
    assert (read("".join(marked.groups())) if marked else written) == seen(words)


@given(NASTY)
@example("a`b``c\nd")
def test_code_in_a_line_is_read_as_it_was_written(words: str) -> None:
    """A span of code keeps its words on one line; two backticks in a row look alike only."""
    written = seen(text.line((Mono(words),), {}))
    wanted = seen(words.replace("\n", " "))
    if not words.strip():
        assert written == wanted
    elif "`" not in words:
        assert written == f"`{wanted}`"
    elif "``" not in words:
        assert written == f"`` {wanted} ``"
    else:
        assert written == f"`{wanted.replace('`', 'ˋ')}`"


@given(NASTY, ADDRESSES)
@example("x](https://example.org/other) [", "https://example.org/a_(b) [c]`d`|e|@everyone\n")
def test_a_link_keeps_to_its_brackets(words: str, url: str) -> None:
    """Neither the words nor the address of a link can end it early, and both can be read back."""
    written = text.line((Link(words, url),), {})
    found = re.fullmatch(rf"\[(.*)\]\(({ADDRESS})\)", written, re.DOTALL)
    assert found is not None
    assert written.count("](") == 1
    assert read(found[1]) == seen(words)
    assert unquote(found[2]) == unquote(url)


@given(NASTY.filter(lambda url: not url.startswith("https://")))
def test_only_a_secure_address_is_a_link(url: str) -> None:
    """Any other address is left out, its words stay."""
    assert text.line((Link("words", url),), {}) == "words"


@given(NASTY, st.one_of(st.sampled_from(["", "python", "c++"]), NASTY))
@example("```", "python")
@example("`" * 7, "```")
@example("\n", "")
def test_a_block_of_code_cannot_be_closed_from_inside(code: str, lang: str) -> None:
    """There is one fence before and one after, whatever stands between, and the code can be read back."""
    written = text.block(code, lang)
    found = re.fullmatch(r"```[a-z0-9+#-]*\n(.*)\n```", written, re.DOTALL)
    assert found is not None
    assert "```" not in found[1]
    assert seen(found[1]) == (seen(code.rstrip("\n")) or ("" if code.rstrip("\n") else " "))


# --- what fits -----------------------------------------------------------------------------------------------------

LONG = st.tuples(PIECES, st.integers(1, 1_500)).map(lambda given: given[0] * given[1])
TOKEN = st.sampled_from(["a", "b|1", "b|2", "c" * 100, "d"])


def _shortened(limit: int) -> st.SearchStrategy[str]:
    return st.one_of(LONG, NASTY).map(lambda words: limits.shorten(words, limit))


def _fitting(columns: int) -> st.SearchStrategy[str]:
    return st.one_of(LONG, NASTY).map(lambda words: limits.fit(limits.shorten(words, columns), columns))


def _button(label: str, token: str, look: Look) -> Button:
    action, *args = token.split("|")
    return Button(label, action, tuple(args), look)


BLOCKS: st.SearchStrategy[Block] = st.one_of(
    st.builds(Text, _shortened(limits.TEXT).map(lambda words: (Plain(words),))),
    st.builds(Text, _shortened(limits.TEXT - 50).map(lambda words: (Bold(words), Mono(words[:9])))),
    st.builds(Footnote, _shortened(limits.TEXT).map(lambda words: (Plain(words),))),
    st.builds(Code, _shortened(limits.CODE), st.sampled_from(["", "python"])),
    st.builds(Fields, st.lists(st.tuples(_shortened(80), _shortened(500)), max_size=10).map(tuple)),
    st.builds(
        Table,
        st.just(("#", "b")),
        st.lists(st.tuples(_fitting(3), _fitting(35)), max_size=50).map(tuple),
        st.sampled_from([(), (0,)]),
    ),
    st.builds(Image, st.sampled_from(["a.png", "b/c.svg", "none"]), _shortened(990).map(lambda words: f"alt {words}")),
    st.builds(
        lambda buttons: Buttons(tuple(buttons)),
        st.lists(
            st.builds(_button, _shortened(70).map(lambda words: f"x{words}"), TOKEN, st.sampled_from(Look)), max_size=25
        ),
    ),
    st.builds(
        lambda count, most: Buttons(tuple(Button(str(at), "many", (str(at), most)) for at in range(count))),
        st.integers(0, 25),
        st.sampled_from(["", "x"]),
    ),
    st.builds(
        lambda token, choices, most: Select(token, (), tuple(choices), "Choose", most),
        st.sampled_from(["a", "e"]),
        st.lists(
            st.builds(
                Choice, _shortened(70).map(lambda words: f"x{words}"), st.text(min_size=1, max_size=5).filter(str.strip)
            ),
            min_size=1,
            max_size=25,
            unique_by=lambda choice: choice.value,
        ),
        st.integers(1, 25),
    ),
)


def _as_much_as_fits(title: str, blocks: list[Block]) -> Card:
    while True:
        try:
            return Card(title, tuple(blocks))
        except TooLongError:
            blocks = blocks[:-1]


@given(_shortened(140).map(lambda words: f"x{words}"), st.lists(BLOCKS, max_size=20))
async def test_what_a_card_may_hold_discord_takes(title: str, blocks: list[Block]) -> None:
    """However full a card is by its own limits, the rendered message is within every limit of Discord's."""
    rendered = outbound.card(_as_much_as_fits(title, blocks), COMMANDS, "key")
    components: Any = rendered.view.to_components()
    assert message_faults(components, rendered.pictures) == []
    validate_components(components, flags=COMPONENTS_V2)


async def test_long_texts_are_cut_alike_and_marked() -> None:
    """Where marks make too much of it, only the longest texts lose their ends, say so, and halve no sign."""
    blocks = (
        words_block("short"),
        Image("a.png", "a"),
        words_block("*" * 1_800),
        Image("b.png", "b"),
        words_block("_" * 1_900),
    )
    components, _written = shown(Card("Title", blocks))
    texts = [part["content"] for part in walk(components) if part["type"] == TEXT]
    assert texts[0] == "### Title\nshort"
    assert all(re.fullmatch(r"(\\[*_])+…", cut) for cut in texts[1:])
    assert 3_950 < sum(map(length, texts)) <= 4_000


async def test_a_cut_block_of_code_is_closed() -> None:
    """Code that has to be cut still ends with its fence."""
    blocks = (words_block("*" * 1_500), Code("x = '👩'\n" * 180))
    _components, written = shown(Card("Title", blocks))
    assert written.endswith("\n```…")
    assert written.count("```") == 2


# --- components ----------------------------------------------------------------------------------------------------


async def test_buttons_stand_in_rows_of_five() -> None:
    """Rows hold five buttons, each with its label, token and stress."""
    buttons = tuple(Button(str(at), "go", (str(at),), look) for at, look in enumerate((*Look, *Look)))
    components, _written = shown(Card("Title", (Buttons(buttons),)))
    rows = [part["components"] for part in walk(components) if part["type"] == 1]
    assert [len(row) for row in rows] == [5, 1]
    assert [(part["label"], part["custom_id"], part["style"]) for row in rows for part in row] == [
        ("0", "go|0", 2),
        ("1", "go|1", 1),
        ("2", "go|2", 4),
        ("3", "go|3", 2),
        ("4", "go|4", 1),
        ("5", "go|5", 4),
    ]


async def test_of_two_buttons_that_do_the_same_the_first_is_shown() -> None:
    """Discord refuses a message with one token twice, so the second button or list of it is left out."""
    select = Select("go", ("2",), (Choice("x", "1"),), "Choose")
    blocks = (Buttons((Button("A", "go", ("1",)), Button("B", "go", ("1",)), Button("C", "go", ("2",)))), select)
    components, _written = shown(Card("Title", (*blocks, Buttons((Button("D", "go", ("1",)),)))))
    assert [part["label"] for part in walk(components) if part["type"] == 2] == ["A", "C"]
    assert not [part for part in walk(components) if part["type"] == 3]


async def test_a_list_takes_no_more_than_it_has() -> None:
    """The most lines that can be chosen is never more than there are."""
    choices = (Choice("x", "1"), Choice("y", "2"))
    components, _written = shown(Card("Title", (Select("go", ("7",), choices, "Choose", most=9),)))
    select = next(part for part in walk(components) if part["type"] == 3)
    assert (select["custom_id"], select["placeholder"], select["min_values"], select["max_values"]) == (
        "go|7",
        "Choose",
        1,
        2,
    )
    assert [(option["label"], option["value"]) for option in select["options"]] == [("x", "1"), ("y", "2")]


async def test_pictures_are_attached_once_each_with_their_words() -> None:
    """A picture goes by a name of our own with its ending, once however often it is shown; its words go with it."""
    blocks = (Image("a/one.png", "One <@7>"), Image("b/two.svg", "Two"), Image("a/one.png", "One again"))
    rendered = outbound.card(Card("Title", blocks), COMMANDS)
    items = [item for part in walk(rendered.view.to_components()) if part["type"] == 12 for item in part["items"]]
    assert dict(rendered.pictures) == {"a/one.png": "picture0.png", "b/two.svg": "picture1.svg"}
    assert [(item["media"]["url"], item["description"]) for item in items] == [
        ("attachment://picture0.png", "One <@7>"),
        ("attachment://picture1.svg", "Two"),
        ("attachment://picture0.png", "One again"),
    ]


async def test_a_table_is_aligned_where_a_phone_shows_it_and_listed_where_not() -> None:
    """Up to 28 columns a table is a block of code; a wider one has a line for each row, numbers after their header."""
    narrow = Table(("#", "Name", "Points"), (("1", "ann", "12"),), (0, 2))
    wide = Table(("#", "Name", "Points", "Right"), (("1", "the *name* of somebody", "12", "3"),), (0, 2, 3))
    _components, written = shown(Card("Title", (narrow, wide)))
    assert written == (
        "### Title\n```\n#  Name  Points\n-  ----  ------\n1  ann       12\n```\n\n"
        r"#1 · the \*name\* of somebody · Points 12 · Right 3"
    )


async def test_a_table_stands_close_below_its_heading() -> None:
    """No blank line parts a table from bold words above it; one does from other words."""
    table = Table(("Topic", "People"), (("the name of some topic or other", "5"),), (1,))
    _components, written = shown(Card("Title", (Text((Bold("Asked"),)), table, words_block("Lately:"), table)))
    row = "the name of some topic or other · People 5"
    assert written == f"### Title\n**Asked**\n{row}\n\nLately:\n\n{row}"


async def test_nothing_is_notified_but_a_role_that_the_group_has_set() -> None:
    """Only a role to notify is let through, once however often it stands there; names and accounts are not."""
    quiet = outbound.card(Card("@everyone", (Text((Named("7"), Named("&8"), Plain("<@&9>"), Ping("@here"))),)), {})
    assert quiet.mentions().to_dict() == {"parse": []}
    loud = outbound.card(Card("x", (Text((Ping("8"), Ping("&9"))), Footnote((Ping("8"),)))), {})
    assert loud.mentions().to_dict() == {"parse": [], "roles": [8, 9]}


async def test_who_asked_for_it_is_notified_and_nobody_else() -> None:
    """Each account once, those of other platforms and those that are only named not; Discord takes a hundred."""
    me, other = Mention(Account("discord", "7")), Mention(Account("slack", "9"))
    card = Card("x", (Text((me, other, Named("8"), Ping("5"))), Footnote((me, Mention(Account("discord", "6"))))))
    rendered = outbound.card(card, {})
    assert rendered.people == (7, 6)
    assert rendered.mentions().to_dict() == {"parse": [], "users": [7, 6], "roles": [5]}
    crowd = Card("x", (Text(tuple(Mention(Account("discord", str(at))) for at in range(1, 151))),))
    assert len(outbound.card(crowd, {}).mentions().to_dict()["users"]) == 100


# --- keys ----------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_nonce_stands_for_its_key(key: str, other: str) -> None:
    """A nonce has 24 characters, is always the same for a key, and another one for another key."""
    assert re.fullmatch(r"[0-9a-f]{24}", outbound.nonce(key))
    assert (outbound.nonce(key) == outbound.nonce(other)) == (key == other)


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_mark_is_an_id_that_discord_takes(key: str) -> None:
    """A mark is above the ids that Discord gives by itself and within 31 bits; other keys have other marks."""
    assert 1_000 <= outbound.mark(key) < 2**31
    assert outbound.mark(key) != outbound.mark(f"{key} ")


def test_keys_have_the_marks_that_messages_in_channels_bear() -> None:
    """Marks and nonces of released versions stay what they were: messages in channels are found by them."""
    assert outbound.mark("daily:2026-03-10") == 1_615_140_055
    assert outbound.nonce("daily:2026-03-10") == "2fbefa5933bf46d48de576ac"


async def test_a_message_bears_its_mark_only_if_it_has_a_key() -> None:
    """The outermost component bears the mark; an answer that has no key bears none."""
    marked, _written = shown(Card("Title"), "key")
    assert [part.get("id") for part in walk(marked)] == [outbound.mark("key"), None]
    plain, _written = shown(Card("Title"))
    assert [part.get("id") for part in walk(plain)] == [None, None]


# --- forms ---------------------------------------------------------------------------------------------------------


async def test_the_fields_of_a_form() -> None:
    """A line, a paragraph and a choice, with what is filled in, required and wrong; a fault says a command as typed."""
    form = Form(
        "Title",
        "go",
        ("7",),
        (
            Field("line", "Line", value="v" * 30, placeholder="such as v", most=20),
            Field("text", "Text", FieldKind.PARAGRAPH, required=False, fault=f"Say {say('quiz start')}.", most=9_999),
            Field("choice", "Choice", FieldKind.CHOICE, choices=(("1", "x"), ("2", "y")), value="2", placeholder="one"),
        ),
    )
    modal = outbound.modal(form).to_dict()
    assert modal_faults(modal) == []
    assert (modal["title"], modal["custom_id"]) == ("Title", "go|7")
    labels = modal["components"]
    assert [(part["label"], part.get("description")) for part in labels] == [
        ("Line", None),
        ("Text", "Say /quiz start."),
        ("Choice", "one"),
    ]
    line, paragraph, choice = (part["component"] for part in labels)
    assert (line["custom_id"], line["style"], line["required"]) == ("line", 1, True)
    assert (line["value"], line["placeholder"], line["max_length"]) == ("v" * 20, "such as v", 20)
    assert (paragraph["style"], paragraph["required"], paragraph["max_length"]) == (2, False, 4_000)
    assert [(option["label"], option["value"], option.get("default", False)) for option in choice["options"]] == [
        ("x", "1", False),
        ("y", "2", True),
    ]


async def test_a_channel_in_a_modal_is_a_line() -> None:
    """It is written there, with what is set filled in."""
    form = Form("Title", "go", (), (Field("where", "Where", FieldKind.CHANNEL, value="200", placeholder="#study"),))
    modal = outbound.modal(form).to_dict()
    assert modal_faults(modal) == []
    line = modal["components"][0]["component"]
    assert (line["type"], line["style"], line["value"], line["placeholder"]) == (4, 1, "200", "#study")


FIELDS = st.builds(
    Field,
    name=st.text(min_size=1, max_size=20).filter(str.strip),
    label=_shortened(40).map(lambda words: f"x{words}"),
    kind=st.sampled_from([FieldKind.LINE, FieldKind.PARAGRAPH, FieldKind.CHANNEL]),
    required=st.booleans(),
    value=LONG,
    placeholder=_shortened(limits.PLACEHOLDER),
    fault=LONG,
    most=st.integers(1, 10_000),
)


@given(
    _shortened(20).map(lambda words: f"x{words}"),
    st.lists(FIELDS, min_size=1, max_size=5, unique_by=lambda field: field.name),
)
async def test_what_a_form_may_hold_discord_takes(title: str, fields: list[Field]) -> None:
    """However long what is filled in or wrong is, the modal is within every limit of Discord's."""
    assert modal_faults(outbound.modal(Form(title, "go", (), tuple(fields))).to_dict()) == []


@pytest.mark.parametrize("build", [lambda: Card("x", (words_block("y"),)), lambda: Card("x")])
async def test_nothing_waits_in_a_view(build: Callable[[], Card]) -> None:
    """A view is finished at once: a press comes back as its token, to whatever process is there then."""
    view = outbound.card(build(), COMMANDS).view
    assert view.is_finished()
    assert view.timeout is None


async def test_wide_letters_stay_within_discords_octets() -> None:
    """Text of three octets a letter is cut before Discord would fail on it, which it does somewhat above 10,000."""
    card = Card("名前", tuple(words_block("名" * 1_290) for _block in range(3)))
    written = [part["content"] for part in walk(outbound.card(card, {}).view.to_components()) if part["type"] == TEXT]
    assert sum(len(piece.encode()) for piece in written) <= 9_600
    assert written[0].endswith("…")
