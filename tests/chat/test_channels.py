"""Channels as options: how they are written, what is refused, and the form that asks for one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.chat import plain
from bot.chat.arguments import ArgumentError, read_line, read_options
from bot.chat.command_forms import form_for
from bot.chat.commands import Command, Option, OptionKind
from bot.chat.forms import FieldKind
from bot.chat.inline import Mention, Plain, inline_text
from bot.chat.people import Account

POST = Command(
    "lab post",
    "Post there.",
    lambda _ctx, _options: None,
    (Option("channel", "Where.", OptionKind.CHANNEL, required=True), Option("words", "Words.", rest=True)),
)


@pytest.mark.parametrize(
    ("written", "channel"),
    [
        ("#study", "study"),
        ("study", "study"),
        (" #study-group_2 ", "study-group_2"),
        ("#lerngruppe-ä.b", "lerngruppe-ä.b"),
        ("<#C0123|study>", "C0123"),
        ("<#C0123|>", "C0123"),
        ("<#C0123>", "C0123"),
        ("<#200>", "200"),
        ("200", "200"),
        ("C0123", "C0123"),
    ],
)
def test_a_channel_is_read_as_people_and_platforms_write_it(written: str, channel: str) -> None:
    """Its name with the sign or without, its id, and a platform's own reference to it."""
    assert read_options(POST, {"channel": written}).text("channel") == channel


@pytest.mark.parametrize(
    "written",
    ["", "#", "##study", "two words", "@ann", "<@U1>", "<!here>", "<#>", "<#C1|a|b><x>", "#study,#other", "x" * 101],
)
def test_what_cannot_be_a_channel_is_refused_with_the_value(written: str) -> None:
    """The sentence names the option, says how a channel is written, and repeats what was."""
    with pytest.raises(ArgumentError) as caught:
        read_options(POST, {"channel": written, "words": "x"})
    assert caught.value.option == "channel"
    assert "channel" in str(caught.value)
    if written:
        assert str(caught.value).startswith("channel is a channel, such as #study, not “")
        assert written[:50] in str(caught.value)


@given(st.text(max_size=120))
def test_whatever_is_read_as_a_channel_has_no_sign_that_acts(written: str) -> None:
    """Any text is refused in words, or leaves a name without blanks and without what a platform could read."""
    try:
        found = read_options(POST, {"channel": written}).text("channel")
    except ArgumentError as error:
        assert error.option == "channel"
    else:
        assert found
        assert not set(found) & set("<>@#|!/ \n\t")


def test_a_line_names_a_channel_by_name_or_in_order() -> None:
    """The sign of a channel parts no words, before a colon or without one."""
    assert read_line(POST, "channel:#study good morning") == {"channel": "#study", "words": "good morning"}
    assert read_line(POST, "#study good morning") == {"channel": "#study", "words": "good morning"}


def test_a_form_asks_for_a_channel_as_one() -> None:
    """The field is of the channel's kind, with what was written and what was wrong with it."""
    fault = ArgumentError("That is none.", "channel")
    where, words = form_for(POST, {"channel": "#study", "words": "x"}, fault).fields
    assert (where.kind, where.value, where.fault, where.required) == (
        FieldKind.CHANNEL,
        "#study",
        "That is none.",
        True,
    )
    assert words.kind is FieldKind.LINE


def test_a_mention_in_plain_text_is_the_account_by_its_sign() -> None:
    """A terminal and a notification say who is meant; the length of a card counts the account's own id."""
    spans = (Plain("Up, "), Mention(Account("terminal", "ann")), Plain("!"))
    assert plain.line(spans) == "Up, @ann!"
    assert inline_text(spans) == "Up, ann!"
