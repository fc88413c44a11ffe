"""The fullest cards and forms that the limits of `bot.chat` allow, made of what is hardest to render."""

from collections.abc import Iterator

from bot.chat import limits
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
    footnote,
    text,
)
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.inline import Bold, Line, Link, Mention, Mono, Named, Person, Ping, Place, Plain, Say, When, WhenStyle
from bot.chat.people import Account
from tests.gallery import sample

MENTIONS = "<@7> <@!7> <@&7> <#7> </mate:7> <:x:7> <a:x:7> <t:7:R> <id:home> @everyone @here"
MARKS = r"\*_~`|[]()#>-"


def cards() -> Iterator[tuple[str, Card]]:
    """The cards by name."""
    yield "worst title", Card("名" * limits.TITLE)
    yield "worst marks", Card(_full(MARKS, limits.TITLE), (text(_full(MARKS, limits.TEXT)),))
    yield "worst marks in pieces", Card("In pieces", tuple(_pieces()))
    yield "worst mentions", Card(MENTIONS[:55], tuple(_mentions()))
    yield "worst spans", Card("Every span", (Text(every_span()), Footnote(every_span())))
    yield (
        "worst lines",
        Card("# Title", (text("# a\n## b\n-# c\n> d\n>>> e\n- f\n+ g\n* h\n1. i\n2) j\n    k\n\n\nl"),)),
    )
    yield "worst code", Card("Code", tuple(_codes()))
    yield "worst tables", Card("Tables", tuple(_tables()))
    yield "worst fields", Card("Fields", (_fields(),))
    yield "worst buttons", Card("25 buttons", (_buttons(limits.BUTTONS),))
    yield "worst select", Card("Lists", tuple(_selects()))
    yield "worst pictures", Card("Pictures", tuple(_pictures()))
    yield "worst parts", Card("Forty parts", (*(_picture(at) for at in range(8)), _buttons(limits.BUTTONS)))
    yield "worst blanks", Card(" Blanks ", (Text(()), text(" \n "), Code(""), Code("\n\n"), Fields(()), footnote("\n")))


def forms() -> Iterator[tuple[str, Form]]:
    """The forms by name."""
    choices = tuple((str(at), _full("名 ", limits.SELECT_TEXT)) for at in range(limits.SELECT_OPTIONS))
    kinds = (FieldKind.CHOICE, FieldKind.PARAGRAPH, FieldKind.LINE, FieldKind.LINE, FieldKind.CHOICE)
    fields = tuple(
        Field(
            f"field{at}",
            "長" * limits.FORM_LABEL,
            kind,
            required=at % 2 == 0,
            choices=choices if kind is FieldKind.CHOICE else (),
            value="24" if kind is FieldKind.CHOICE else "v" * 5_000,
            placeholder="p" * limits.PLACEHOLDER,
            fault="wrong " * 50 if at < 2 else "",
        )
        for at, kind in enumerate(kinds)
    )
    token = ("x" * (limits.TOKEN - len("worst.form|")),)
    yield "worst form", Form("T" * limits.FORM_TITLE, "worst.form", token, fields)
    places = tuple(
        Field(
            f"place{at}",
            "長" * limits.FORM_LABEL,
            FieldKind.CHANNEL,
            required=at % 2 == 0,
            value=value,
            placeholder="p" * limits.PLACEHOLDER,
            fault="wrong " * 50 if at < 2 else "",
        )
        for at, value in enumerate(("C0123", "#study", "<!here>", "v" * 5_000, ""))
    )
    yield "worst channels", Form("T" * limits.FORM_TITLE, "worst.form", token, places)


def every_span() -> Line:
    """One of each kind of inline text, some of them next to each other as no sentence would have them."""
    account = Account("fake", "ann")
    return (
        Plain("plain "),
        Bold(" bold "),
        Bold("bolder"),
        Mono("code"),
        Mono("a`b``c"),
        Link("words](https://example.org/other) [", "https://example.org/a_(b)?c=[d]&e=*f* g@everyone"),
        Plain(" "),
        Link("not secure", "http://example.org/"),
        Plain(" "),
        *(When(sample.NOW, style) for style in WhenStyle),
        Plain(" "),
        Person(account, "*ann* @everyone"),
        Ping("&123"),
        Ping("@everyone"),
        Mention(Account("discord", "11")),
        Mention(Account("slack", "T1/U11")),
        Mention(Account("fake", "everyone <@11>")),
        Named("7"),
        Named("&8"),
        Named("<@9>"),
        Place("10"),
        Place("<#11>"),
        Say("quiz start"),
        Say("quiz @everyone"),
        Plain("\n<"),
        Plain("@7> and @"),
        Plain("everyone, https://example.org/a_b_c"),
    )


def _full(pattern: str, limit: int) -> str:
    """As much of a repeated pattern as fits."""
    words = pattern * limit
    size = limit
    while limits.length(words[:size]) > limit:
        size -= 1
    return words[:size]


def _pieces() -> Iterator[Text | Image]:
    for at in range(10):
        yield text("*" * 330)
        yield _picture(at)


def _mentions() -> Iterator[Text | Code | Fields | Table | Footnote]:
    yield text(MENTIONS)
    yield Text((Bold(MENTIONS), Plain(" "), Mono(MENTIONS)))
    yield Text((Link(MENTIONS, "https://example.org/"), Person(Account("fake", "ann"), MENTIONS)))
    yield Code(MENTIONS)
    yield Fields(((MENTIONS[:34], MENTIONS),))
    yield Table(("<@7>", "@here"), (("</mate:7>", "@everyone"), ("<#7>", "<a:x:7>")))
    yield footnote(MENTIONS)


def _codes() -> Iterator[Code]:
    yield Code("print('``` fence')\n```\n````\nafter`", "python")
    yield Code("`" * 300, "no such language!")
    yield Code(_full("<&>", limits.CODE), "c++")


def _tables() -> Iterator[Table]:
    yield Table(("#", "名前"), tuple((str(at), "名" * 18) for at in range(1, 11)), right=(0,))
    yield Table(("#", "Name", "Points"), tuple((str(at), "名前" * 4, f"{at}00") for at in range(1, 4)), right=(0, 2))
    yield Table(("Answer", "", "People"), (("A", "right", "12"), ("B", "", "3")), right=(2,))
    yield Table(("a",), tuple((f"`{at}`",) for at in range(limits.TABLE_ROWS)))
    yield Table(("#", "nothing in it"), ())


def _fields() -> Fields:
    return Fields(tuple((_full("n*_", limits.FIELD_NAME), "v\n# v\n" * 40) for _at in range(limits.FIELDS)))


def _buttons(count: int) -> Buttons:
    looks = tuple(Look)
    return Buttons(
        tuple(Button("長" * limits.BUTTON_LABEL, "worst", (str(at), "x" * 90), looks[at % 3]) for at in range(count))
    )


def _selects() -> Iterator[Select]:
    for most in (1, 3, 99):
        choices = tuple(Choice("長" * 40, f"{at}" + "v" * 90) for at in range(limits.SELECT_OPTIONS))
        yield Select("worst", (str(most), "x" * 90), choices, "p" * limits.PLACEHOLDER, most)


def _picture(at: int) -> Image:
    return Image(f"pictures/a picture's name {at % 9}.PNG", "alt <@7> " + "a" * 40)


def _pictures() -> Iterator[Image]:
    yield Image("pictures/no-ending", "a" * limits.ALT_TEXT)
    yield from (_picture(at) for at in (1, 2, 1))
