"""What Slack delivers becomes what the core understands: lines, places, gestures."""

from typing import Any

import pytest

from adapters.slack import inbound, lines
from adapters.slack.inbound import Where
from adapters.slack.lines import Called, Wanting
from bot.chat.commands import Command, Option, OptionKind
from bot.chat.people import Actor, Space
from bot.chat.registry import Registry
from bot.features import FEATURES

COMMANDS = Registry.of(FEATURES).commands
POST = Command(
    "lab post",
    "Post there.",
    lambda _ctx, _options: None,
    (Option("channel", "Where.", OptionKind.CHANNEL, required=True), Option("words", "Words.")),
)
LAB = {"lab post": POST}
ACTOR = Actor("slack", "T1/U1", "ann")


def about(where: Where) -> Any:
    """What every gesture has."""
    return inbound.asked(where, ACTOR, "en", "Study group", "delivery", ())


@pytest.mark.parametrize(
    ("line", "options"),
    [
        ("quiz start topic:trees questions:3", {"topic": "trees", "questions": "3"}),
        ("quiz start topic=trees questions=3", {"topic": "trees", "questions": "3"}),
        ("quiz start trees", {"topic": "trees"}),
        ('quiz start topic:"gradient boosting"', {"topic": "gradient boosting"}),
        ("quiz start topic:“gradient boosting”", {"topic": "gradient boosting"}),
        ("quiz\u00a0start\u00a0topic:“gradient\u00a0boosting”", {"topic": "gradient boosting"}),
        ("Quiz Start", {}),
    ],
)
def test_a_line_is_read_as_people_type_it(line: str, options: dict[str, str]) -> None:
    """Names with either mark, plain order, quotes of a phone and blanks that do not break."""
    assert lines.read_call(line, COMMANDS) == Called("quiz start", options)


def test_nothing_is_the_front_door() -> None:
    """The bare slash word, and blanks of any kind behind it."""
    assert lines.read_call("", COMMANDS) == lines.read_call(" \u00a0 ", COMMANDS) == Called("mate", {})


def test_an_unknown_word_is_for_the_core_to_refuse() -> None:
    """The whole line is the name, so that the refusal can say what was typed."""
    assert lines.read_call("quis strat", COMMANDS) == Called("quis strat", {})


def test_a_wrong_option_wants_the_form_and_keeps_the_others() -> None:
    """What was given right stays; the fault names its option."""
    found = lines.read_call("quiz start topic:trees questions:many", COMMANDS)
    assert isinstance(found, Wanting)
    assert found.options == {"topic": "trees", "questions": "many"}
    assert found.fault is not None
    assert found.fault.option == "questions"


def test_a_word_too_many_loses_nothing() -> None:
    """The rest of the line is kept beside the fault."""
    found = lines.read_call("quiz start trees 2 5 9 topics:svm", COMMANDS)
    assert isinstance(found, Wanting)
    assert found.options["topic"] == "trees"
    assert found.fault is not None


def test_a_missing_option_wants_the_form_without_a_fault() -> None:
    """Nothing was wrong yet."""
    found = lines.read_call("settings set timezone", COMMANDS)
    assert isinstance(found, Wanting)
    assert (found.options, found.fault) == ({"setting": "timezone"}, None)


def test_what_slack_escapes_is_read_as_it_was_meant() -> None:
    """Accounts, channels and groups by id, links as they were typed, letters as they were."""
    typed = "<@U123|ann> <#C9|general> <!subteam^S7|@mods> <https://a.org/x|a.org/x> <mailto:a@b.org|a@b.org> a &lt; b"
    assert lines.words(typed, "T1") == "T1/U123 C9 S7 a.org/x a@b.org a < b"
    assert lines.words("<http://bob.io|bob.io> <tel:1800|1800>", "T1") == "bob.io 1800"
    assert lines.words("<https://a.org/x> <https://a.org/x|this way>", "T1") == "https://a.org/x https://a.org/x"
    assert lines.words("ping:<!here> <!channel|channel> <!date^1^x|y>", "T1") == "ping:@here @channel <!date^1^x|y>"


def test_a_mention_where_words_are_wanted_is_a_name() -> None:
    """The name that Slack tells stands there; where an account is wanted, its id."""
    called = lines.read_typed("my name nickname <@U12|ann> <@U1|bea &amp; co>", "T1", COMMANDS)
    assert called == Called("my name", {"show": "nickname", "nickname": "ann bea & co"})
    called = lines.read_typed("settings set moderators <@U12|ann>", "T1", COMMANDS)
    assert called == Called("settings set", {"setting": "moderators", "value": "T1/U12"})


def test_a_mention_without_a_name_is_no_word() -> None:
    """Where Slack tells none the option wants its form, and nobody's id is in it."""
    found = lines.read_typed("my name nickname <@U12>", "T1", COMMANDS)
    assert isinstance(found, Wanting)
    assert found.options == {"show": "nickname", "nickname": ""}
    assert str(found.fault) == "nickname is written in plain words, not with the mention of a member."


@pytest.mark.parametrize(
    "typed",
    [
        "lab post channel:<#C0123|study> words:x",
        "lab post <#C0123|study> x",
        "lab post channel=<#C0123> words:x",
        "lab post words:x channel:<#C0123|>",
    ],
)
def test_a_channel_comes_as_its_id(typed: str) -> None:
    """Slack writes a channel that was chosen behind # as a reference, a private one without its name."""
    found = lines.read_call(lines.words(typed, "T1"), LAB)
    assert found == Called("lab post", {"channel": "C0123", "words": "x"})


@pytest.mark.parametrize("written", ["#study", "study", "STUDY", "D0123", "U0123", "two words"])
def test_a_channel_by_its_name_wants_the_form(written: str) -> None:
    """The bot lists no channels, so a name that Slack has left a name says nothing: it is the fault of its field."""
    found = lines.read_call(f'lab post channel:"{written}" words:x', LAB)
    assert isinstance(found, Wanting)
    assert found.options == {"channel": written, "words": "x"}
    assert found.fault is not None
    assert found.fault.option == "channel"
    assert f"not “{written.removeprefix('#')}”." in str(found.fault)


def test_a_form_with_a_channel_that_is_none_says_so_at_its_field() -> None:
    """What comes back from a form is looked at as closely as what is typed."""
    fault = lines.form_fault("do|lab post", {"channel": "study", "words": ""}, LAB)
    assert fault is not None
    assert fault.option == "channel"
    assert lines.form_fault("do|lab post", {"channel": "C0123", "words": ""}, LAB) is None


def test_a_mention_leaves_the_words_round_it() -> None:
    """The bot's own name is taken out, another one's is not."""
    assert lines.mentioned("<@UBOT> quiz stop <@U2>", "UBOT").split() == ["quiz", "stop", "<@U2>"]


def test_a_form_of_a_command_says_what_is_wrong_at_its_field() -> None:
    """What the token carries counts as given."""
    fault = lines.form_fault("do|settings set|setting=timezone", {"value": " "}, COMMANDS)
    assert fault is not None
    assert fault.option == "value"
    assert lines.form_fault("do|settings set|setting=timezone", {"value": "Europe/Berlin"}, COMMANDS) is None
    assert lines.form_fault("quiz.type|7", {"answer": ""}, COMMANDS) is None


def test_a_press_in_a_thread_knows_channel_and_thread() -> None:
    """The thread is the message's parent; a button's token is its value."""
    body = {
        "team": {"id": "T1"},
        "user": {"id": "U1"},
        "channel": {"id": "C1"},
        "message": {"ts": "2.0", "thread_ts": "1.0"},
        "trigger_id": "t",
        "response_url": "https://hooks",
        "container": {"type": "message"},
    }
    where = inbound.where_pressed(body)
    assert where.space == Space("slack", "T1", "C1", "1.0")
    pressed = inbound.press({"action_id": "press:0", "value": "live.stop|4"}, about(where))
    assert (pressed.token, pressed.values, pressed.powers.threads) == ("live.stop|4", (), True)


@pytest.mark.parametrize("thread", ["", "1.0"])
def test_a_private_conversation_is_no_channel(thread: str) -> None:
    """The group is that of the workspace, but there is no channel to post in; the answer still finds its way there."""
    where = Where("T1", "U1", "D1", thread, url="https://hooks/1")
    asked = inbound.press({"action_id": "press:0", "value": "do|daily"}, about(where))
    assert asked.space == Space("slack", "T1")
    assert not asked.powers.threads
    assert '"channel":"D1"' in where.metadata()


def test_how_to_choose_says_that_a_form_is_no_way() -> None:
    """In a form Slack leaves what is typed behind @ mere words, so the command has to be typed."""
    for hint in (inbound.ROLES.hint, inbound.ROLES.choose):
        assert "in the message box and not in a form" in hint


def test_a_list_brings_its_token_and_what_was_chosen() -> None:
    """One line or several."""
    one = {"action_id": "choose:quiz.answer|7", "selected_option": {"value": "2"}}
    some = {"action_id": "choose:quiz.answer|7", "selected_options": [{"value": "0"}, {"value": "2"}]}
    where = Where("T1", "U1", "C1")
    assert inbound.press(one, about(where)).values == ("2",)
    assert inbound.press(some, about(where)).values == ("0", "2")


def test_a_form_carries_where_it_was_opened() -> None:
    """Channel, thread and the handle for answers come back with it; a spoilt note is none."""
    opened = Where("T1", "U1", "C1", "1.0", url="https://hooks/1")
    view = {
        "private_metadata": opened.metadata(),
        "callback_id": "quiz.typed|7",
        "state": {
            "values": {
                "answer": {"value": {"type": "plain_text_input", "value": None}},
                "reason": {"value": {"type": "static_select", "selected_option": {"value": "wrong"}}},
                "none": {"value": {"type": "static_select", "selected_option": None}},
                "where": {"where": {"type": "conversations_select", "selected_conversation": "C9"}},
                "nowhere": {"nowhere": {"type": "conversations_select", "selected_conversation": None}},
            }
        },
    }
    body = {"team": {"id": "T1"}, "user": {"id": "U1"}, "trigger_id": "t", "view": view}
    where = inbound.where_submitted(body)
    assert (where.channel, where.thread, where.url) == ("C1", "1.0", "https://hooks/1")
    sent = inbound.form(view, about(where))
    fields = {"answer": "", "reason": "wrong", "none": "", "where": "C9", "nowhere": ""}
    assert (sent.token, dict(sent.fields)) == ("quiz.typed|7", fields)
    spoilt = {**body, "view": {**view, "private_metadata": "{"}}
    assert inbound.where_submitted(spoilt).channel == ""


def test_ids_belong_to_their_workspace() -> None:
    """The same id in two workspaces is two accounts, and each is found again."""
    assert lines.account_id("T1", "U1") != lines.account_id("T2", "U1")
    assert inbound.split_account("T1/U1") == ("T1", "U1")
