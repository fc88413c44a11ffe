"""What the local Slack refuses in blocks and views: each limit and each rule from both sides."""

from typing import Any

import pytest

from tests.fakes.slack_server import problems, view_problems, weight
from tests.fakes.slack_server.findings import escaped, length


def plain(text: str = "a") -> dict[str, Any]:
    """A plain text object."""
    return {"type": "plain_text", "text": text}


def mrkdwn(text: str = "a") -> dict[str, Any]:
    """A text object with marks."""
    return {"type": "mrkdwn", "text": text}


def button(action_id: str = "press:0", **more: Any) -> dict[str, Any]:
    """A button."""
    return {"type": "button", "action_id": action_id, "text": plain(), **more}


def actions(*parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A row of buttons and selects."""
    return {"type": "actions", "elements": list(parts), **more}


def option(value: str = "a", text: str = "a") -> dict[str, Any]:
    """An option of a select."""
    return {"text": plain(text), "value": value}


def select(count: int = 2, **more: Any) -> dict[str, Any]:
    """A select with so many options."""
    options = [option(str(number)) for number in range(count)]
    return {"type": "static_select", "action_id": "choose:a", "options": options, **more}


def field(element: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """A field of a form."""
    return {"type": "input", "label": plain(), "element": element or {"type": "plain_text_input"}, **more}


def conversations(**more: Any) -> dict[str, Any]:
    """A list of conversations in a form."""
    return field({"type": "conversations_select", "action_id": "where", **more})


def rich(*parts: dict[str, Any], kind: str = "rich_text_section", **more: Any) -> dict[str, Any]:
    """Rich text with one element."""
    return {"type": "rich_text", "elements": [{"type": kind, "elements": list(parts), **more}]}


def word(text: str = "a", **more: Any) -> dict[str, Any]:
    """Text in rich text."""
    return {"type": "text", "text": text, **more}


def table(rows: int, columns: int, **more: Any) -> dict[str, Any]:
    """A table."""
    return {"type": "table", "rows": [[{"type": "raw_text", "text": "a"}] * columns] * rows, **more}


def modal(*blocks: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A modal with these blocks."""
    return {"type": "modal", "title": plain(), "submit": plain(), "blocks": list(blocks or [section()]), **more}


def section(text: str = "a", **more: Any) -> dict[str, Any]:
    """A section."""
    return {"type": "section", "text": mrkdwn(text), **more}


PICTURE = {"type": "image", "alt_text": "a", "image_url": "https://example.com/a.png"}
GOOD: list[dict[str, Any]] = [
    {"type": "header", "text": plain("a" * 150)},
    section("a" * 3000),
    {"type": "section", "fields": [mrkdwn("a" * 2000)] * 10},
    section(accessory=button()),
    section(accessory=PICTURE),
    {"type": "context", "elements": [mrkdwn(), plain(), PICTURE]},
    {"type": "divider", "block_id": "d" * 255},
    PICTURE | {"title": plain()},
    {"type": "image", "alt_text": "a", "slack_file": {"id": "F1"}},
    actions(*(button(f"press:{number}") for number in range(25))),
    actions(button(text=plain("a" * 75), value="v" * 2000, style="primary", url="https://example.com")),
    actions(select(100, placeholder=plain("a" * 150))),
    actions(select(2, initial_option=option("1"))),
    conversations(),
    conversations(initial_conversation="C1", filter={"include": ["public", "private", "im", "mpim"]}),
    conversations(default_to_current_conversation=True, filter={"exclude_bot_users": True}),
    actions({"type": "static_select", "option_groups": [{"label": plain(), "options": [option()]}]}),
    actions({"type": "overflow", "options": [option(str(number)) for number in range(5)]}),
    field(hint=plain("a" * 2000), label=plain("a" * 2000), optional=True),
    field(select()),
    {"type": "markdown", "text": "a" * 12_000},
    table(100, 20, column_settings=[{"align": "right"}, None, {"is_wrapped": True}]),
    rich(word(style={"bold": True}), {"type": "link", "url": "https://example.com", "text": "a"}),
    rich({"type": "user", "user_id": "U1"}, {"type": "emoji", "name": "tada"}),
    rich({"type": "date", "timestamp": 1732500000, "format": "{date_long}", "fallback": "a"}),
    rich({"type": "rich_text_section", "elements": [word()]}, kind="rich_text_list", style="bullet", indent=1),
    rich(word(), kind="rich_text_preformatted"),
    rich(word(), kind="rich_text_quote"),
]
BAD: list[tuple[dict[str, Any], str]] = [
    ({"type": "header", "text": plain("a" * 151)}, "less than 151 characters [json-pointer:/blocks/0/text/text]"),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn"),
    ({"type": "header"}, "missing required field: text"),
    (section("a" * 3001), "less than 3001 characters"),
    (section(" "), "more than 0 characters"),
    ({"type": "section"}, "must define either `text` or `fields`"),
    ({"type": "section", "fields": [mrkdwn()] * 11}, "no more than 10 items"),
    ({"type": "section", "fields": [mrkdwn("a" * 2001)]}, "less than 2001"),
    (section(colour="red"), "invalid additional property: colour"),
    (section(accessory={"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "no more than 10 items"),
    ({"type": "context", "elements": []}, "no less than 1 items"),
    ({"type": "context", "elements": [button()]}, "unsupported type: button"),
    (PICTURE | {"alt_text": "a" * 2001}, "less than 2001"),
    ({"type": "image", "image_url": "https://example.com/a.png"}, "missing required field: alt_text"),
    ({"type": "image", "alt_text": "a"}, "exactly one of image_url and slack_file"),
    (PICTURE | {"image_url": "ftp://example.com"}, "valid url"),
    (actions(), "no less than 1 items"),
    (actions(*(button(f"press:{number}") for number in range(26))), "no more than 25 items"),
    (actions(button(text=plain("a" * 76))), "less than 76"),
    (actions(button(text=mrkdwn())), "unsupported type: mrkdwn"),
    (actions(button(value="v" * 2001)), "less than 2001"),
    (actions(button(value="")), "more than 0"),
    (actions(button("i" * 256)), "less than 256"),
    (actions(button(style="secondary")), "valid enum value"),
    (actions(button(url="javascript:alert(1)")), "valid url"),
    (actions(button(), button()), "action_id 'press:0' already exists"),
    (actions(select(0)), "no less than 1 items"),
    (actions(select(101)), "no more than 100 items"),
    (actions(select(placeholder=plain("a" * 151))), "less than 151"),
    (actions(select(options=[option("v" * 151)])), "less than 151"),
    (actions(select(options=[option("v", "a" * 76)])), "less than 76"),
    (actions(select(options=[option(""), option("b")])), "more than 0"),
    (actions(select(options=[option(), option()])), "duplicate option values"),
    (actions(select(initial_option=option("z"))), "no such option"),
    (conversations(options=[option()]), "invalid additional property: options"),
    (conversations(filter={}), "at least one property"),
    (conversations(filter={"include": []}), "no less than 1 items"),
    (
        conversations(filter={"include": ["public", "channels"]}),
        "must be a valid enum value: im, mpim, private, public",
    ),
    (conversations(filter={"include": "public"}), "must be an array"),
    (conversations(filter={"exclude_bots": True}), "invalid additional property: exclude_bots"),
    (conversations(filter={"exclude_bot_users": "yes"}), "must be a boolean"),
    (conversations(default_to_current_conversation="yes"), "must be a boolean"),
    (conversations(initial_conversation="study"), "invalid format"),
    (actions({"type": "static_select"}), "exactly one of options and option_groups"),
    (actions({"type": "overflow", "options": [option(str(number)) for number in range(6)]}), "no more than 5"),
    (actions({"type": "multi_static_select", "options": [option()]}), "unsupported type: multi_static_select"),
    (actions({"type": "plain_text_input"}), "unsupported type: plain_text_input"),
    (actions(block_id="b" * 256), "less than 256"),
    (field(label=mrkdwn()), "unsupported type: mrkdwn"),
    (field(label=plain("a" * 2001)), "less than 2001"),
    (field({"type": "plain_text_input", "max_length": 3001}), "integer from 1 to 3000"),
    (field({"type": "plain_text_input", "initial_value": "abc", "max_length": 2}), "no longer than max_length"),
    (field({"type": "number_input"}), "missing required field: is_decimal_allowed"),
    (field({"type": "file_input"}), "unsupported type: file_input"),
    (field({"type": "radio_buttons", "options": [option(str(number)) for number in range(11)]}), "no more than 10"),
    ({"type": "markdown", "text": "a" * 12_001}, "less than 12001"),
    ({"type": "marquee"}, "unsupported type: marquee"),
    (table(101, 1), "no more than 100 items"),
    (table(1, 21), "no more than 20 items"),
    ({"type": "table", "rows": [[{"type": "raw_text", "text": ""}]]}, "more than 0"),
    ({"type": "table", "rows": [[mrkdwn()]]}, "unsupported type: mrkdwn"),
    (table(1, 1, column_settings=[{"align": "middle"}]), "valid enum value"),
    (rich(), "no less than 1 items"),
    (rich(word("")), "more than 0"),
    (rich(word(style={"loud": True})), "invalid additional property: loud"),
    (rich({"type": "link", "url": "data:text/html,a"}), "valid url"),
    (rich({"type": "date", "timestamp": "soon", "format": "{date}"}), "must be an integer"),
    (rich({"type": "user", "user_id": "U1"}, kind="rich_text_preformatted"), "unsupported type: user"),
    (rich(word(), kind="rich_text_list", style="bullet"), "must be rich_text_section"),
    (rich(word(), kind="rich_text_list"), "missing required field: style"),
    ({"type": "rich_text", "elements": [word()]}, "unsupported type: text"),
]


@pytest.mark.parametrize("block", GOOD, ids=lambda block: block["type"])
def test_what_slack_takes(block: dict[str, Any]) -> None:
    """Each block at its limits is accepted in a message."""
    assert problems([block]) == []


@pytest.mark.parametrize(("block", "said"), BAD, ids=lambda one: one["type"] if isinstance(one, dict) else one)
def test_what_slack_refuses(block: dict[str, Any], said: str) -> None:
    """Each block beyond a limit or against a rule is refused, with the rule and the place."""
    found = problems([block])
    assert any(said in one for one in found), found
    assert all("[json-pointer:/blocks" in one for one in found)


def test_a_message_as_a_whole() -> None:
    """Fifty blocks with ids of their own and one table; a page of the app takes a hundred, and may be empty."""
    assert problems([section()] * 50) == []
    assert "no more than 50 items" in problems([section()] * 51)[0]
    assert problems([section()] * 100, "home") == []
    assert problems([], "home") == []
    assert problems([]) == ["no less than 1 items allowed [json-pointer:/blocks]"]
    assert "block_id 'a' already exists" in problems([section(block_id="a"), section(block_id="a")])[0]
    assert "only_one_table_allowed" in problems([table(1, 1), table(1, 1)])[0]
    assert problems("[]") == ["must be an array [json-pointer:/blocks]"]


def test_what_stands_in_messages_only() -> None:
    """Tables and Markdown are of messages; a file is uploaded in modals only."""
    for block in (table(1, 1), {"type": "markdown", "text": "a"}):
        assert problems([block], "modal")
    assert problems([field({"type": "file_input"})], "modal") == []


def test_length_is_counted_as_slack_counts_it() -> None:
    """In UTF-16 units, and of plain text after its signs are escaped."""
    assert length("a😀") == 3
    assert escaped("a < b &amp; c") == "a &lt; b &amp; c"
    assert problems([actions(button(text=plain("<" * 18)))]) == []
    assert problems([actions(button(text=plain("<" * 19)))])


def test_the_weight_of_a_message() -> None:
    """All text and something for each block: the figures that were measured on Slack lie on their side of the limit."""
    assert weight([section("a" * 100), rich(word("b" * 50), {"type": "user", "user_id": "U1"})]) == 100 + 50 + 5 + 100
    accepted = [section("a" * 191)] * 47 + [section("a" * 200)] * 3
    assert weight(accepted) < 13_200
    assert weight([section("a" * 252)] * 45) > 13_200


def test_what_slack_takes_in_a_view() -> None:
    """A modal and a page at their limits."""
    longest = {"private_metadata": "m" * 3000, "callback_id": "c" * 255, "external_id": "e" * 255}
    assert view_problems(modal(field(), title=plain("t" * 24), close=plain("c" * 24), **longest)) == []
    assert view_problems({"type": "home", "blocks": [section(), actions(button())]}) == []


@pytest.mark.parametrize(
    ("view", "said"),
    [
        (modal(title=plain("t" * 25)), "less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("t" * 25)), "[json-pointer:/view/submit/text]"),
        (modal(close=plain("t" * 25)), "[json-pointer:/view/close/text]"),
        (modal(title=mrkdwn()), "unsupported type: mrkdwn"),
        (modal(private_metadata="m" * 3001), "less than 3001"),
        (modal(callback_id="c" * 256), "less than 256"),
        (modal(*[section()] * 101), "no more than 100 items"),
        (modal(table(1, 1)), "unsupported type: table [json-pointer:/view/blocks/0/type]"),
        (modal(colour="red"), "invalid additional property: colour"),
        (modal(notify_on_close="yes"), "must be a boolean"),
        ({"type": "modal", "title": plain(), "blocks": [field()]}, "missing required field: submit"),
        ({"type": "modal", "blocks": [section()]}, "missing required field: title"),
        ({"type": "home", "blocks": [section()], "title": plain()}, "invalid additional property: title"),
        ({"type": "page", "blocks": []}, "unsupported type: page"),
    ],
)
def test_what_slack_refuses_in_a_view(view: dict[str, Any], said: str) -> None:
    """Each rule of views, and those of blocks within them."""
    found = view_problems(view)
    assert any(said in one for one in found), found
