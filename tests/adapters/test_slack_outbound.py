"""Slack's renderer: no mention and no mark but our own leaves it, and what a card may hold, Slack takes."""

import html
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from adapters.slack import outbound, text
from adapters.slack.text import APART, Terms
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
from tests.gallery.slack_limits import message_faults, view_faults, walk

WORD = "mate"
TERMS, ALONE = Terms(WORD), Terms(WORD, private=True)
NOON = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
LOOKS = str.maketrans({"∗": "*", "ˍ": "_", "∼": "~", "ˋ": "`", "∶": ":", "›": ">", APART: ""})
CONTROL = re.compile(r"<([^<>]*)>")
FORMAT = re.compile(r"(?<![A-Za-z0-9])([*_~])(?=\S)[^\n]*?(?<=\S)\1(?![A-Za-z0-9])|`|^\s*(>|&gt;)", re.MULTILINE)
EMOJI = re.compile(r":(?!\d\d?:)(?:[^\Wˋˍ]|[+'-])+:")  # a letter that looks like a mark is in no name
FOUND = re.compile(r"://|@\w|<|>(?!$)")
PIECES = st.sampled_from(
    [
        *("<", ">", "!", "@", "<@", "<!", "<#", "<!channel>", "<!here>", "<@U1>", "<#C1>", "<!subteam^S1>", "channel"),
        *("here", "everyone", "<https://x.org|", "|", "https://", "x.org/a_b", "mailto:", "<!date^1^{date}|", "#", "*"),
        *(
            "_",
            "~",
            "`",
            "```",
            ":",
            ":smile:",
            "smi",
            "le",
            ":+1:",
            "12",
            "&",
            "&lt;",
            "&amp;",
            "lt;",
            "> ",
            "\n",
            " ",
        ),
        *("- ", "1. ", "a", "B", "é", "名", "👩", APART, "U1", "S1", "∗", "ˋ"),
    ]
)
NASTY = st.one_of(
    st.lists(PIECES, max_size=12).map("".join), st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
)
ADDRESSES = NASTY.map(lambda words: "https://example.org/" + words)
WORDS = st.one_of(
    st.builds(Plain, NASTY),
    st.builds(Person, st.builds(Account, st.just("slack"), NASTY), NASTY),
    st.builds(Link, NASTY, NASTY.filter(lambda url: not url.startswith("https://"))),
    st.builds(Ping, st.sampled_from(["@here", "<!here>", "123", "&8", "STAFF", "<!subteam^S1>"])),
    st.builds(Named, st.sampled_from(["<@U1>", "7", "ULF", "@channel"])),
    st.builds(Mention, st.builds(Account, st.just("discord"), NASTY)),
    st.builds(Mention, st.builds(Account, st.just("slack"), st.sampled_from(["<@U1>", "T1/ann", "here", "T1/U1>"]))),
)
STYLED = st.one_of(st.builds(Bold, NASTY), st.builds(Mono, NASTY))
OURS = st.one_of(
    st.builds(When, st.datetimes(datetime(2000, 1, 1), timezones=st.just(UTC)), st.sampled_from(WhenStyle)),
    st.builds(Ping, st.sampled_from(["S1", "S0AB12", "here", "channel"])),
    st.builds(Named, st.sampled_from(["U1", "W2AB", "S3"])),
    st.builds(Mention, st.builds(Account, st.just("slack"), st.sampled_from(["T1/U1", "U2", "T1/W3AB"]))),
    st.builds(Place, st.sampled_from(["C1", "G2AB"])),
    st.builds(Link, NASTY.filter(bool), ADDRESSES),
    st.builds(Say, st.sampled_from(["quiz start", "mate", "quiz @everyone", "mate:1> <@U7"])),
)


def shown(card: Card, key: str | None = None) -> list[dict[str, Any]]:
    """The card's blocks."""
    return outbound.card(card, WORD, key=key).blocks


def of_type(part: Any, *kinds: str) -> list[Any]:
    """Everything of these types, in order."""
    return [found for found in walk(part) if found["type"] in kinds]


def seen(words: str) -> str:
    """Words as they look, with the letters that look like marks for the marks, and nothing that has no width."""
    return words.translate(LOOKS)


# --- mentions, marks, links, emojis --------------------------------------------------------------------------------


@given(st.lists(WORDS, max_size=6))
@example([Plain("<!chan"), Plain("nel> @chan"), Plain("nel :smi"), Plain("le: *a"), Plain("b* `c` > d")])
def test_no_words_act_in_small_text(spans: list[Inline]) -> None:
    """Whatever words stand next to each other in a footnote, nothing in them is a mark, a mention or an address."""
    for terms in (TERMS, ALONE):
        written = text.mrkdwn(text.elements(tuple(spans), terms))
        assert not FOUND.search(written)
        assert not FORMAT.search(written)
        assert not EMOJI.search(written)


@given(st.lists(st.one_of(WORDS, STYLED, OURS), max_size=6))
def test_the_only_sequences_in_small_text_are_those_that_we_mean(spans: list[Inline]) -> None:
    """Moments, groups, accounts, channels and links come out as sequences, in order, and no other one does."""
    elements = text.elements(tuple(spans), ALONE)
    meant = [text.mrkdwn([element])[1:-1] for element in elements if element["type"] != "text"]
    written = text.mrkdwn(elements)
    assert CONTROL.findall(written) == meant
    assert not re.search("[<>]", CONTROL.sub("", written))
    assert "://" not in CONTROL.sub("", written)


@given(st.lists(st.one_of(WORDS, STYLED, OURS), max_size=6))
def test_the_only_mentions_are_those_that_we_mean(spans: list[Inline]) -> None:
    """In rich text every element that is no text stands for a span that means it; the words stand as they are."""
    for terms in (TERMS, ALONE):
        meant: list[str] = []
        said = ""
        for span in spans:
            kind, words = _expected(span, terms)
            meant += [kind] if kind else []
            said += words
        elements = text.elements(tuple(spans), terms)
        assert [element["type"] for element in elements if element["type"] != "text"] == meant
        assert "".join(element["text"] for element in elements if element["type"] in ("text", "link")) == said
        assert all(element["url"].startswith("https://") for element in of_type(elements, "link"))


def _expected(span: Inline, terms: Terms) -> tuple[str, str]:
    """The type of element that a span becomes where it is more than words, and its words."""
    match span:
        case When():
            return "date", ""
        case Ping("here" | "channel"):
            return "broadcast", ""
        case Ping(role) if role[:1] == "S" and role[1:2].isdecimal():
            return "usergroup", ""
        case Mention(account):
            ours = account.platform == "slack" and account.user in ("T1/U1", "U2", "T1/W3AB")
            return ("user", "") if ours else ("", f"@{account.user}")
        case Named("U1" | "W2AB" | "S3" as who) if terms.private:
            return ("usergroup" if who == "S3" else "user"), ""
        case Place():
            return "channel", ""
        case Link(words, url):
            return ("link" if words and url.startswith("https://") else ""), words
        case Say(command):
            return "", f"/{WORD}" if command == "mate" else f"/{WORD} {command}"
        case Mono(words):
            return "", words.replace("\n", " ")
        case Ping(words) | Named(words) | Person(name=words) | Plain(words) | Bold(words):
            return "", words


@given(st.lists(st.one_of(WORDS, STYLED), max_size=6))
def test_small_text_is_read_as_it_was_written(spans: list[Inline]) -> None:
    """With our own marks taken away, small text looks like its words."""
    elements = text.elements(tuple(spans), TERMS)
    wanted = "".join(element["text"] for element in elements)
    written = re.sub(r"`([^`]*)`|\*([^*\n]*)\*", lambda found: found[1] or found[2] or "", text.mrkdwn(elements))
    assert seen(html.unescape(written)) == seen(wanted)


@given(NASTY, NASTY, st.sampled_from(["", "python", "```", "no language\n<!here>"]))
def test_no_block_lets_anything_act(words: str, more: str, lang: str) -> None:
    """Titles, texts, code, tables, fields, labels and choices are read literally, and so is what replaces them."""
    narrow = limits.fit(words, 15)
    blocks = (
        Code(words, lang),
        Table((narrow, "b"), ((limits.fit(more, 15), narrow),)),
        Table(("#", "a wide column of a table"), (("@", limits.fit(more, 15)), ("<!here>", "<@U1>")), (0,)),
        Fields(((limits.shorten(words, 70), more),)),
        Text((Bold(words), Plain(more))),
        words_block(more),
        Footnote((Plain(words), Plain(more))),
        Image("a.png", f"alt {words}"),
        Buttons((Button(limits.shorten(f"x{words}", 70), "go"),)),
        Select(
            "go", ("2",), (Choice(limits.shorten(f"x{more}", 70), "1"), Choice("y", "2")), limits.shorten(words, 90), 2
        ),
    )
    rendered = outbound.card(Card(f"x{words}", blocks), WORD, key="key")
    assert not of_type(rendered.blocks, "mrkdwn", "link", "user", "usergroup", "channel", "broadcast", "date")
    assert all(part["emoji"] is False for part in of_type(rendered.blocks, "plain_text"))
    assert rendered.pings == ()
    assert not FOUND.search(rendered.text)
    assert not FORMAT.search(rendered.text)
    assert not EMOJI.search(rendered.text)


@given(NASTY, NASTY)
def test_no_field_of_a_form_lets_anything_act(words: str, more: str) -> None:
    """Titles, labels, placeholders, faults and choices of a form are read literally."""
    fields = (
        Field("a", limits.shorten(f"x{words}", 45), value=more, placeholder=words[:40], fault=more),
        Field("b", "B", FieldKind.CHOICE, choices=(("1", f"x{more}"),), fault=words),
        Field("c", "C", FieldKind.CHANNEL, value=more, placeholder=words[:40], fault=words),
    )
    view = outbound.view(Form(limits.shorten(f"x{words}", 24), "go", (), fields), "{}", WORD)
    assert {part["type"] for part in walk(view["blocks"])} <= {
        *("rich_text", "rich_text_section", "text", "input", "plain_text_input", "static_select", "plain_text"),
        "conversations_select",
    }
    assert all(part["emoji"] is False for part in of_type(view, "plain_text"))


@pytest.mark.parametrize(
    ("spans", "expected"),
    [
        ((Plain("<"), Plain("!here>")), "&lt;!here&gt;"),
        ((Plain("@"), Person(Account("slack", "U7"), "channel")), f"@{APART}channel"),
        ((Plain("A @ B, ann@example.org"),), f"A @ B, ann@{APART}example.org"),
        ((Plain("10:30:05, a: b, x[1:3], :tada:, 1:100: "),), "10:30:05, a: b, x[1:3], ∶tada∶, 1∶100: "),
        ((Plain("train_test_split, __init__, 2*3"),), "train_test_split, ˍˍinitˍˍ, 2∗3"),
        ((Plain("> a\n>> b"),), "› a\n›&gt; b"),
        ((Mono("a`b"), Mono("https://c")), f"`aˋb`{APART}`https∶//c`"),
        ((Plain("a"), Bold(" b* "), Plain("c")), f"a{APART} *b∗* {APART}c"),
        ((Bold("a\nb"),), "a\nb"),
        ((Say("quiz start"), Plain(" or "), Say("mate")), "`/mate quiz start` or `/mate`"),
        ((Say("quiz start:1> <@U7"),), "`/mate quiz start:1&gt; &lt;@U7`"),
        ((Link("a|b>", "https://x.org/?a=1&b=<2>"),), "<https://x.org/?a=1&amp;b=%3C2%3E|a|b&gt;>"),
        ((Link("a", "javascript:alert(1)"),), "a"),
        ((Place("C7"), Plain(" "), Place("here")), "<#C7> #here"),
        ((Mention(Account("slack", "T1/U7")), Plain(": "), Mention(Account("discord", "U8"))), f"<@U7>: @{APART}U8"),
        ((Ping("S7"), Plain(" "), Ping("here"), Plain(" "), Ping("7")), "<!subteam^S7> <!here> 7"),
        ((When(NOON, WhenStyle.DATE),), "<!date^1773144000^{date_short}|2026-03-10>"),
    ],
)
def test_small_text(spans: tuple[Inline, ...], expected: str) -> None:
    """Our own marks stand apart from what is beside them; words have letters that look like the marks in them."""
    assert text.mrkdwn(text.elements(spans, TERMS)) == expected


def test_a_footnote_of_words_alone_is_read_literally() -> None:
    """Without a mark of ours no marks are looked for; with one, nothing is made of plain words."""
    plain = shown(Card("Title", (Footnote((Plain("a *b* <!here> "), Person(Account("slack", "U1"), ":c:"))),)))[1]
    assert plain["elements"] == [{"type": "plain_text", "text": "a *b* <!here> :c:", "emoji": False}]
    marked = shown(Card("Title", (Footnote((Plain("a *b* "), Say("help"))),)))[1]
    assert marked["elements"] == [{"type": "mrkdwn", "text": "a ∗b∗ `/mate help`", "verbatim": True}]


# --- rich text -----------------------------------------------------------------------------------------------------


def test_the_elements_of_a_text() -> None:
    """Each span has its element; words that look alike are one."""
    spans = (
        *(Plain("a "), Person(Account("slack", "U1"), "ann "), Bold("b"), Mono("c\nd"), Mono("e"), Plain("")),
        *(Link("f", "https://x.org/(g)"), When(NOON), When(NOON, WhenStyle.TIME), Place("C1"), Say("quiz start")),
    )
    said = "2026-03-10 13:00 (Europe/Berlin)"
    assert text.elements(spans, Terms(WORD, "Europe/Berlin")) == [
        {"type": "text", "text": "a ann "},
        {"type": "text", "text": "b", "style": {"bold": True}},
        {"type": "text", "text": "c d", "style": {"code": True}},
        {"type": "text", "text": "e", "style": {"code": True}},
        {"type": "link", "url": "https://x.org/%28g%29", "text": "f"},
        {"type": "date", "timestamp": 1773144000, "format": "{date_short_pretty}, {time}", "fallback": said},
        {"type": "date", "timestamp": 1773144000, "format": "{time_secs}", "fallback": said},
        {"type": "channel", "channel_id": "C1"},
        {"type": "text", "text": "/mate quiz start", "style": {"code": True}},
    ]


def test_names_are_mentions_for_one_reader_alone() -> None:
    """An answer shows accounts and groups by name; a post, which would notify them, shows their ids."""
    named = Card("x", (Text((Named("U1"), Plain(" "), Named("S2"))),))
    assert [part["type"] for part in of_type(shown(named), "user", "usergroup")] == ["user", "usergroup"]
    assert of_type(shown(named, "key"), "text") == [{"type": "text", "text": "U1 S2"}]
    assert [part["type"] for part in of_type(outbound.home([named], WORD), "user", "usergroup")] == [
        "user",
        "usergroup",
    ]


def test_nothing_is_notified_but_what_the_group_has_set() -> None:
    """Only a user group or everybody in the channel is notified, named once; names, ids and words are not."""
    quiet = Card("<!here>", (Text((Named("U7"), Named("S8"), Plain("<!subteam^S9>"), Ping("@here"))),))
    assert outbound.card(quiet, WORD, key="key").pings == ()
    loud = Card("x", (Text((Ping("S8"), Ping("here"))), Footnote((Ping("S8"),))))
    assert outbound.card(loud, WORD, key="key").pings == ("S8", "here")


def test_who_asked_for_it_is_notified_in_a_post() -> None:
    """One account, in rich text and in small text; what a notification says of it does nothing."""
    me = Mention(Account("slack", "T1/U7"))
    rendered = outbound.card(Card("x", (Text((Plain("Up, "), me, Named("U8"))), Footnote((me,)))), WORD, key="key")
    assert of_type(rendered.blocks, "user") == [{"type": "user", "user_id": "U7"}]
    assert rendered.blocks[2]["elements"] == [{"type": "mrkdwn", "text": "<@U7>", "verbatim": True}]
    assert rendered.pings == ("U7",)
    assert rendered.text == f"x\n\nUp, @{APART}U7U8\n\n@{APART}U7"


def test_the_blocks_of_a_card() -> None:
    """A title, fields, code and a picture, each in its block."""
    blocks = (Fields((("a", "1"), ("b", "*2*"))), Code("x = 1\n", "python"), Image("p/a.png", "A"), words_block(" \n"))
    assert shown(Card("A  title\n:x:", blocks)) == [
        {"type": "header", "text": {"type": "plain_text", "text": "A title :x:", "emoji": False}},
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [
                        {"type": "text", "text": "a", "style": {"bold": True}},
                        {"type": "text", "text": " 1\n"},
                        {"type": "text", "text": "b", "style": {"bold": True}},
                        {"type": "text", "text": " *2*"},
                    ],
                }
            ],
        },
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": "x = 1"}]}],
        },
        {"type": "image", "slack_file": {"id": "p/a.png"}, "alt_text": "A"},
    ]


def test_a_table_is_aligned_where_a_phone_shows_it_and_listed_where_not() -> None:
    """Up to 30 columns a table is a block of code; a wider one has a line for each row, numbers after their header."""
    narrow = Table(("#", "Name", "Points"), (("1", "ann", "12"),), (0, 2))
    wide = Table(("#", "Name", "Points", "Right"), (("1", "the *name* of somebody", "12", "3"),), (0, 2, 3))
    code, listed = of_type(shown(Card("Title", (narrow, wide))), "rich_text_preformatted", "rich_text_section")
    assert code["elements"] == [{"type": "text", "text": "#  Name  Points\n-  ----  ------\n1  ann       12"}]
    assert listed["elements"] == [{"type": "text", "text": "#1 · the *name* of somebody · Points 12 · Right 3"}]


# --- buttons, lists, pictures --------------------------------------------------------------------------------------


def test_buttons_stand_in_rows_of_five() -> None:
    """Rows hold five buttons, each with its label, token, stress and a number of its own in the message."""
    buttons = tuple(Button(str(at), "go", (str(at),), look) for at, look in enumerate((*Look, *Look)))
    rows = of_type(shown(Card("Title", (Buttons(buttons), Buttons((Button("6", "go", ("6",)),))))), "actions")
    assert [len(row["elements"]) for row in rows] == [5, 1, 1]
    assert [
        (part["text"]["text"], part["action_id"], part["value"], part.get("style"))
        for row in rows
        for part in row["elements"]
    ] == [
        ("0", "press:0", "go|0", None),
        ("1", "press:1", "go|1", "primary"),
        ("2", "press:2", "go|2", "danger"),
        ("3", "press:3", "go|3", None),
        ("4", "press:4", "go|4", "primary"),
        ("5", "press:5", "go|5", "danger"),
        ("6", "press:6", "go|6", None),
    ]


def test_of_two_buttons_that_do_the_same_the_first_is_shown() -> None:
    """The second button or list of a token is left out."""
    select = Select("go", ("2",), (Choice("x", "1"),), "Choose")
    blocks = (Buttons((Button("A", "go", ("1",)), Button("B", "go", ("1",)), Button("C", "go", ("2",)))), select)
    found = shown(Card("Title", (*blocks, Buttons((Button("D", "go", ("1",)),)))))
    assert [part["text"]["text"] for part in of_type(found, "button")] == ["A", "C"]
    assert not of_type(found, "static_select")


def test_a_list_to_choose_one_line_from() -> None:
    """One line is chosen in a row of its own; the token stands in the list's id."""
    choices = (Choice("x", "1"), Choice("y", "2"))
    row = shown(Card("Title", (Select("go", ("7",), choices, "Choose"),)))[1]
    assert row["type"] == "actions"
    (select,) = row["elements"]
    assert (select["type"], select["action_id"], select["placeholder"]["text"]) == (
        "static_select",
        "choose:go|7",
        "Choose",
    )
    assert [(option["text"]["text"], option["value"]) for option in select["options"]] == [("x", "1"), ("y", "2")]


def test_a_list_to_choose_several_lines_from() -> None:
    """Several lines are chosen beside a section, never in a row of actions, and no more than there are."""
    choices = (Choice("x", "1"), Choice("y", "2"))
    section = shown(Card("Title", (Select("go", ("7",), choices, "Choose", most=9),)))[1]
    assert (section["type"], section["text"]["text"]) == ("section", "Choose")
    select = section["accessory"]
    assert (select["type"], select["action_id"], select["max_selected_items"]) == (
        "multi_static_select",
        "choose:go|7",
        2,
    )


def test_pictures_stand_by_their_path_once_each_with_their_words() -> None:
    """A picture's block has its path for the file's id; it is uploaded once, by a name of our own with its ending."""
    blocks = (Image("a/one.png", "One <@U7>"), Image("b/two.jpg", "Two"), Image("a/one.png", "One again"))
    rendered = outbound.card(Card("Title", blocks), WORD)
    assert dict(rendered.pictures) == {"a/one.png": "picture0.png", "b/two.jpg": "picture1.jpg"}
    assert [(part["slack_file"], part["alt_text"]) for part in of_type(rendered.blocks, "image")] == [
        ({"id": "a/one.png"}, "One <@U7>"),
        ({"id": "b/two.jpg"}, "Two"),
        ({"id": "a/one.png"}, "One again"),
    ]


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
    st.builds(Text, st.integers(1, 60).map(lambda many: (Say("q"),) * many)),
    st.builds(Text, st.integers(1, 20).map(lambda many: (When(NOON),) * many)),
    st.builds(Footnote, _shortened(limits.TEXT).map(lambda words: (Plain(words),))),
    st.builds(Footnote, _shortened(limits.TEXT - 50).map(lambda words: (Plain(words), Say("q"), Bold(words[:9])))),
    st.builds(Footnote, st.integers(1, 4).map(lambda many: (Link("a", "https://example.org/" + "b" * 900),) * many)),
    st.builds(Code, _shortened(limits.CODE), st.sampled_from(["", "python"])),
    st.builds(Fields, st.lists(st.tuples(_shortened(80), _shortened(500)), max_size=10).map(tuple)),
    st.builds(
        Table,
        st.just(("#", "b")),
        st.lists(st.tuples(_fitting(3), _fitting(35)), max_size=50).map(tuple),
        st.sampled_from([(), (0,)]),
    ),
    st.builds(Image, st.sampled_from(["a.png", "b/c.gif", "none"]), _shortened(990).map(lambda words: f"alt {words}")),
    st.builds(
        lambda buttons: Buttons(tuple(buttons)),
        st.lists(
            st.builds(_button, _shortened(70).map(lambda words: f"x{words}"), TOKEN, st.sampled_from(Look)), max_size=25
        ),
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
def test_what_a_card_may_hold_slack_takes(title: str, blocks: list[Block]) -> None:
    """However full a card is by its own limits, the message and the views are within every limit of Slack's."""
    card = _as_much_as_fits(title, blocks)
    rendered = outbound.card(card, WORD, key="key")
    assert message_faults(rendered.blocks, rendered.text, rendered.pictures) == []
    assert view_faults(outbound.shown_view([card, card], title, WORD, "{}")) == []
    assert view_faults(outbound.home([card] * 9, WORD)) == []


def test_long_texts_are_cut_alike_and_marked() -> None:
    """Where addresses make too much of it, only the longest texts lose their ends, and say so."""
    linked = Text((Link("a", "https://example.org/" + "b" * 250),) * 11)
    blocks = (words_block("short"), *(linked for _at in range(5)))
    card = Card("Title", blocks)
    short, *long = of_type(shown(card), "rich_text_section")
    assert short["elements"] == [{"type": "text", "text": "short"}]
    assert len(long) == 5
    for section in long:
        assert section["elements"][-1] == {"type": "text", "text": "…"}
        assert {element["type"] for element in section["elements"][:-1]} == {"link"}
    size = sum(text.size(section["elements"]) for section in long)
    assert 9_000 - 5 * 300 < size <= 9_000


def test_words_are_cut_within_and_keep_their_style() -> None:
    """A text that is too long ends within its last word with a sign; what has a style keeps it."""
    parts = text.elements((Plain("a" * 10), Bold("<" * 10), Plain("b" * 10)), TERMS)
    assert text.cut(parts, 30) == [
        {"type": "text", "text": "a" * 10},
        {"type": "text", "text": "<<<", "style": {"bold": True}},
        {"type": "text", "text": "…"},
    ]
    assert text.cut(parts, 200) == parts


def test_a_view_has_no_more_blocks_than_slack_takes() -> None:
    """What is too much for a modal is left out, and a sign says so."""
    card = Card("Title", tuple(words_block(str(at)) for at in range(20)))
    view = outbound.shown_view([card] * 5, "A title that is longer than it may be", WORD, "{}")
    assert len(view["blocks"]) == 100
    assert view["blocks"][-1]["elements"][0]["text"] == "…"
    assert view["title"]["text"] == "A title that is longer…"
    assert len(outbound.home([card] * 2, WORD)["blocks"]) == 2 * 21 + 1


def test_cards_in_one_view_share_no_ids() -> None:
    """Buttons are numbered over all cards of a view, and a list that would come twice is shown once."""
    card = Card("T", (Buttons((Button("A", "go"),)), Select("go", ("2",), (Choice("x", "1"),), "Choose")))
    blocks = outbound.home([card, card], WORD)["blocks"]
    assert [block["type"] for block in blocks] == ["header", "actions", "actions", "divider", "header", "actions"]
    assert [part["action_id"] for part in of_type(blocks, "button", "static_select")] == [
        "press:0",
        "choose:go|2",
        "press:1",
    ]


def test_pictures_in_a_view_stand_as_their_words() -> None:
    """A view has no picture, but what is said of it."""
    blocks = outbound.home([Card("T", (Image("a.png", "Two *curves*"),))], WORD)["blocks"]
    assert blocks[1]["elements"] == [{"type": "plain_text", "text": "Two *curves*", "emoji": False}]


# --- the words of a notification -----------------------------------------------------------------------------------


def test_the_words_of_a_notification() -> None:
    """A notification says what the card says, with commands as they are typed and moments in the zone given."""
    blocks = (
        Text((Plain("Closes "), When(NOON), Plain(": say "), Say("quiz start"), Plain(" or ask "), Named("U1"))),
        Image("a.png", "Two curves"),
        Footnote((Link("Docs", "https://x.org/"), Plain(" in "), Place("C1"), Plain(" for "), Ping("S2"))),
        Buttons((Button("A", "go"),)),
    )
    assert outbound.card(Card("A & B", blocks), WORD, "Europe/Berlin", "key").text == (
        "A &amp; B\n\nCloses 2026-03-10 13:00 (Europe/Berlin): say /mate quiz start or ask U1\n\n[Two curves]\n\n"
        f"Docs (https∶//x.org/) in #C1 for @{APART}S2\n\n[A]"
    )


@given(_shortened(140).map(lambda words: f"x{words}"), st.lists(BLOCKS, max_size=20))
def test_the_words_of_a_notification_are_short_and_do_nothing(title: str, blocks: list[Block]) -> None:
    """However much a card says, its notification fits an edit's four thousand octets, and nothing in it acts."""
    said = outbound.card(_as_much_as_fits(title, blocks), WORD).text
    assert len(said) <= 3_000
    assert len(said.encode()) <= 4_000
    assert not re.search(r"[<>`]|://|@\w", said)
    assert not re.search(r"&(?!(amp|lt|gt);)", said)


# --- keys ----------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"])), st.text(st.characters(exclude_categories=["Cs"])))
def test_a_mark_stands_for_its_key(key: str, other: str) -> None:
    """A mark has 24 characters, is always the same for a key, and another one for another key."""
    assert re.fullmatch(r"key:[0-9a-f]{24}", outbound.mark(key))
    assert (outbound.mark(key) == outbound.mark(other)) == (key == other)


def test_keys_have_the_marks_that_messages_in_channels_bear() -> None:
    """Marks of released versions stay what they were: messages in channels are known by them."""
    assert outbound.mark("daily:2026-03-10") == "key:2fbefa5933bf46d48de576ac"


def test_a_message_bears_its_mark_only_if_it_has_a_key() -> None:
    """The first block bears the mark; an answer that has no key bears none."""
    card = Card("Title", (words_block("x"),))
    assert [block.get("block_id") for block in shown(card, "key")] == [outbound.mark("key"), None]
    assert [block.get("block_id") for block in shown(card)] == [None, None]


# --- forms ---------------------------------------------------------------------------------------------------------


def test_the_fields_of_a_form() -> None:
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
    view = outbound.view(form, '{"team":"T1"}', WORD)
    assert view_faults(view) == []
    assert (view["type"], view["callback_id"], view["private_metadata"]) == ("modal", "go|7", '{"team":"T1"}')
    assert [view[name]["text"] for name in ("title", "submit", "close")] == ["Title", "Send", "Cancel"]
    line, fault, paragraph, choice = view["blocks"]
    assert [(part["block_id"], part["label"]["text"], part["optional"]) for part in (line, paragraph, choice)] == [
        ("line", "Line", False),
        ("text", "Text", True),
        ("choice", "Choice", False),
    ]
    assert {part["element"]["action_id"] for part in (line, paragraph, choice)} == {"choice", "line", "text"}
    filled = line["element"]
    assert (filled["multiline"], filled["initial_value"], filled["max_length"]) == (False, "v" * 20, 20)
    assert filled["placeholder"]["text"] == "such as v"
    assert fault["elements"][0]["elements"] == [
        {"type": "text", "text": "Text", "style": {"bold": True}},
        {"type": "text", "text": " "},
        {"type": "text", "text": "Say "},
        {"type": "text", "text": "/mate quiz start", "style": {"code": True}},
        {"type": "text", "text": "."},
    ]
    assert (paragraph["element"]["multiline"], paragraph["element"]["max_length"]) == (True, 3_000)
    assert [option["value"] for option in choice["element"]["options"]] == ["1", "2"]
    assert choice["element"]["initial_option"] == choice["element"]["options"][1]
    assert choice["element"]["placeholder"]["text"] == "one"


def test_a_channel_that_is_not_needed_begins_empty() -> None:
    """Who leaves such a list alone has chosen no channel, and moves nothing by that."""
    form = Form("Title", "go", (), (Field("where", "Where", FieldKind.CHANNEL, required=False),))
    element = outbound.view(form, "{}", WORD)["blocks"][0]["element"]
    assert not element.keys() & {"initial_conversation", "default_to_current_conversation"}


@pytest.mark.parametrize(
    ("value", "first"),
    [
        ("C0123", {"initial_conversation": "C0123"}),
        ("G0123", {"initial_conversation": "G0123"}),
        ("", {"default_to_current_conversation": True}),
        ("#study", {"default_to_current_conversation": True}),
        ("D0123", {"default_to_current_conversation": True}),
    ],
)
def test_a_channel_is_chosen_from_those_that_the_member_sees(value: str, first: dict[str, Any]) -> None:
    """No direct conversations, no bots; first stands the channel that is set, else the one that the member is in."""
    form = Form("Title", "go", (), (Field("where", "Where", FieldKind.CHANNEL, value=value, placeholder="a channel"),))
    view = outbound.view(form, "{}", WORD)
    assert view_faults(view) == []
    assert view["blocks"][0]["element"] == {
        "type": "conversations_select",
        "action_id": "where",
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
        "placeholder": {"type": "plain_text", "text": "a channel", "emoji": False},
        **first,
    }


FIELDS = st.builds(
    Field,
    name=st.text(min_size=1, max_size=20).filter(str.strip),
    label=_shortened(40).map(lambda words: f"x{words}"),
    kind=st.sampled_from(FieldKind),
    choices=st.lists(
        st.tuples(st.text(min_size=1, max_size=5), LONG), min_size=1, max_size=9, unique_by=lambda c: c[0]
    ).map(lambda choices: tuple((value, f"x{label}") for value, label in choices)),
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
def test_what_a_form_may_hold_slack_takes(title: str, fields: list[Field]) -> None:
    """However long what is filled in or wrong is, the modal is within every limit of Slack's."""
    assert view_faults(outbound.view(Form(title, "go", (), tuple(fields)), "{}", WORD)) == []
