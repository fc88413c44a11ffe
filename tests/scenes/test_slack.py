"""What only a Slack member meets: forms, the app's Home, modals, the shortcut, mentions, threads."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from adapters.slack import answers
from bot.library import Library
from tests.fakes.slack_server import Interaction, Message, View
from tests.scenes.knowledge import Knowledge
from tests.scenes.slack_room import answered, calls, in_channel, modal, opened, press, rows, slash, values_of
from tests.stages.slack import SlackStage


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel."""
    async for made in opened(tmp_path, library):
        yield made


def private_of(stage: SlackStage, name: str) -> list[Message]:
    """What a member alone sees in the channel and its threads."""
    return [one for one in stage.channel.messages.values() if one.seen_by == stage.member(name).id]


# --- forms -----------------------------------------------------------------------------------------------------------


async def test_what_is_missing_is_asked_for(stage: SlackStage) -> None:
    """A command without its options opens a form with what was given; what is sent in it is done, and stays private."""
    stage.member("mod", moderator=True)
    asked = await slash(stage, "settings set timezone", by="mod")
    assert asked.ack is None
    assert values_of(modal(stage, "mod")) == {"setting": "timezone", "value": ""}
    sent = await answered(stage, stage.server.submit(stage.team, "mod", {"value": "Europe/Oslo"}))
    assert not sent.errors
    assert stage.member("mod").views == []
    assert asked.private
    assert "Europe/Oslo" in asked.text
    assert rows(stage, 'SELECT zone FROM "group"') == [("Europe/Oslo",)]
    assert stage.public() == []


@pytest.mark.parametrize(
    ("line", "fields", "field", "fault"),
    [
        ("setup", {"zone": "Berlin", "time": "25:99"}, "time", "“25:99” is no time of the day."),
        ("setup", {"zone": "Mars", "time": "9"}, "zone", "There is no time zone “Mars”."),
        ("schedule add", {"kind": "quiz", "days": "someday"}, "days", "I do not know the day “someday”."),
        ("schedule add", {"kind": "quiz", "timezone": "Mars"}, "timezone", "There is no time zone “Mars”."),
        ("settings set", {"setting": "language", "value": "klingon"}, "value", "There is no language “klingon” yet"),
        ("settings set", {"setting": "timezone", "value": "Mars"}, "value", "There is no time zone “Mars”."),
        ("settings set", {"setting": "moderators", "value": "bea"}, "value", "“bea” is nobody who can moderate here."),
        (
            "settings set",
            {"setting": "moderators_channel", "value": "#mods"},
            "value",
            "“#mods” is no channel that was chosen from a list. Type # in the command's line",
        ),
        ("my notify what:dayly", {"what": "daily", "time": "noon"}, "time", "“noon” is no time of the day."),
        ("my name show:nick", {"show": "nickname", "nickname": "!!!"}, "nickname", "“!!!” has none."),
        ("leaderboard topic:a topic:b", {"period": "week", "topic": "zzz"}, "topic", "There is no topic “zzz”."),
    ],
)
async def test_what_cannot_be_is_said_at_its_own_field(
    stage: SlackStage, line: str, fields: dict[str, str], field: str, fault: str
) -> None:
    """Also what only the feature itself finds out: not at the form's first field, and the form stays open."""
    await stage.say(line, moderator=True)
    wrong = await answered(stage, stage.server.submit(stage.team, "ann", fields))
    assert list(wrong.errors) == [field]
    assert fault in wrong.errors[field]
    assert len(stage.member("ann").views) == 1


async def test_a_choice_with_a_capital_letter_is_chosen_in_the_form(stage: SlackStage) -> None:
    """What was given right stands in the form that asks for the rest, as phones write the first letter too."""
    await stage.say("Schedule add Quiz time:25:00", moderator=True)
    assert values_of(modal(stage, "ann"))["kind"] == "quiz"


async def test_what_is_wrong_is_named_at_its_field_until_it_is_right(stage: SlackStage) -> None:
    """The other options stay filled in; a second mistake is said at the field, and the form stays open."""
    await slash(stage, "quiz start topic:decision-trees questions:many")
    form = modal(stage, "ann")
    assert values_of(form) == {"topic": "decision-trees", "level": "", "questions": "many"}
    assert "questions is a whole number from 1 to 20, not “many”." in form.text
    wrong = await answered(stage, stage.server.submit(stage.team, "ann", {"questions": "99"}))
    assert list(wrong.errors) == ["questions"]
    assert "not “99”" in wrong.errors["questions"]
    assert stage.member("ann").views == [form]
    assert rows(stage, "SELECT id FROM round") == []
    await stage.submit(questions="1")
    assert stage.member("ann").views == []
    assert "Decision trees" in stage.private("ann")[-1]
    assert rows(stage, "SELECT kind, place, (SELECT count(*) FROM round_item) FROM round") == [
        ("solo", "classical.decision-trees", 1)
    ]


@pytest.mark.parametrize(
    ("line", "fault", "field", "given"),
    [
        ("quiz start topic:trees levvel:3", "There is no option “levvel”. Did you mean level:?", "level", "trees"),
        ("quiz start topic:trees topic:maths", "topic stands there twice; say it once.", "topic", "trees"),
        ("quiz start trees 1 2 nine", "“nine” is one word too many.", "topic", "trees"),
        ("quiz start topic:zzz level:2", "There is no topic “zzz”.", "topic", "zzz"),
        ("quiz start topic:maths.vectors level:5", "There are no questions on Vectors", "level", "maths.vectors"),
        ("quiz start level:9 topic:trees", "level is a whole number from 1 to 5, not “9”.", "level", "trees"),
    ],
)
async def test_no_mistake_opens_a_form_without_a_word(
    stage: SlackStage, line: str, fault: str, field: str, given: str
) -> None:
    """An unknown option and a word too many are said at the likeliest field, and what was right is kept."""
    await slash(stage, line)
    form = modal(stage, "ann")
    assert fault in form.text
    at = next(place for place, block in enumerate(form.blocks) if block.get("block_id") == field)
    assert form.blocks[at - 1]["type"] == "rich_text"
    assert values_of(form)["topic"] == given


async def test_a_command_without_options_says_what_is_wrong(stage: SlackStage) -> None:
    """There is no form for it: the sentence alone, to the asker alone."""
    told = await slash(stage, "quiz stop now")
    assert told.private
    assert "“now” is one word too many. Say: /mate quiz stop" in told.text.replace("\n", "")
    assert calls(stage, "views.open") == []


@pytest.mark.parametrize(
    "line",
    [
        'quiz start topic:"decision trees" questions:1',
        "quiz start topic:“decision trees” questions:1",
        "quiz start “decision trees” questions:1",
        "quiz\u00a0start\u00a0topic:“decision\u00a0trees” questions:1",
        "quiz start topic=decision-trees questions=1",
        "quiz start topic:decision-trees questions:1",
        "  Quiz  START   decision-trees questions:1 ",
    ],
)
async def test_a_line_is_taken_as_phones_write_it(
    stage: SlackStage, line: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Quotes of every kind, blanks that do not break and either mark: the question comes with the acknowledgement."""
    monkeypatch.setattr(answers, "QUICK_SECONDS", 5.0)  # on a busy machine half a second may not be enough
    asked = await slash(stage, line)
    assert "Decision trees" in asked.text
    assert asked.ack["response_type"] == "ephemeral"
    assert calls(stage, "response_url", "views.open", "chat.postEphemeral") == []


async def test_the_bare_command_is_the_front_door(stage: SlackStage) -> None:
    """Nothing behind the slash word: the ways on, for the asker alone."""
    told = await slash(stage, "")
    assert told.private
    assert [part["text"]["text"] for part in told.messages[0].controls][:2] == ["Today", "Quiz me"]


async def test_an_unknown_command_names_the_likeliest(stage: SlackStage) -> None:
    """A slip is answered with what was meant, as it is typed in Slack."""
    told = await slash(stage, "quiz strat")
    assert "There is no command “quiz strat”. Did you mean /mate quiz start?" in told.text.replace("\n", "")


# --- presses ---------------------------------------------------------------------------------------------------------


async def test_the_reveal_takes_the_place_of_the_question(stage: SlackStage, knows: Knowledge) -> None:
    """An answer changes the message that was pressed, and does not add one."""
    asked = await slash(stage, "quiz start topic:decision-trees questions:2")
    before = len(stage.channel.messages)
    letter = knows.letters(stage._text(asked.messages[0], "ann"), right=True)[0]
    await stage.press(letter)
    assert asked.messages[0].edits == 1
    assert "Right." in asked.messages[0].text
    assert len(stage.channel.messages) == before + 2  # how to appear, and the next question
    assert rows(stage, "SELECT correct FROM answer") == [(1,)]


async def test_a_typed_answer_is_a_form(stage: SlackStage) -> None:
    """Answer opens a form; the reveal stands in the place of the question, and the form is gone."""
    asked = await slash(stage, "quiz start topic:matrices level:1 questions:1")
    opened = await press(stage, asked.messages[0], "Answer")
    assert opened.view is not None
    assert stage.form("ann") == ["Your number"]
    sent = await answered(stage, stage.server.submit(stage.team, "ann", {"answer": "7"}))
    assert sent.ack is None
    assert stage.member("ann").views == []
    assert "Right." in asked.messages[0].text


async def test_an_unreadable_answer_is_said_at_its_field(stage: SlackStage) -> None:
    """What is no number keeps the form open with what was typed; nothing is graded."""
    asked = await slash(stage, "quiz start topic:matrices level:1 questions:1")
    await press(stage, asked.messages[0], "Answer")
    sent = await answered(stage, stage.server.submit(stage.team, "ann", {"answer": "many"}))
    assert list(sent.errors) == ["answer"]
    assert len(stage.member("ann").views) == 1
    assert rows(stage, "SELECT id FROM answer") == []


async def test_several_options_are_chosen_from_a_list(stage: SlackStage, knows: Knowledge) -> None:
    """A list takes several lines at once; the reveal stands where the list was."""
    asked = await slash(stage, "quiz start topic:regularisation questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    assert "Right." in asked.messages[0].text
    assert not [part for part in asked.messages[0].controls if part["type"] == "multi_static_select"]
    assert rows(stage, "SELECT correct FROM answer") == [(1,)]


# --- Home, modals, the shortcut --------------------------------------------------------------------------------------


async def home(stage: SlackStage, name: str) -> View:
    """A member's Home, just opened."""
    await answered(stage, stage.server.open_home(stage.team, name))
    found = stage.member(name).home
    assert found is not None
    return found


async def test_the_home_is_fresh_whenever_it_is_opened(stage: SlackStage, knows: Knowledge) -> None:
    """It greets by name, and after a quiz it knows of the answer; the messages' tab draws nothing."""
    page = await home(stage, "ann")
    assert "Hello ann." in page.text
    assert "You have answered nothing here yet." in page.text
    await stage.say("quiz start topic:vectors questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    assert "1 (100%)" in (await home(stage, "ann")).text
    await answered(stage, stage.server.open_home(stage.team, "ann", "messages"))
    assert calls(stage, "views.publish") == ["views.publish"] * 2


async def test_moderators_find_the_settings_on_their_home(stage: SlackStage) -> None:
    """The form that opens there becomes its own answer, and nobody else finds the settings."""
    assert "Settings of the group" not in (await home(stage, "ann")).text
    page = await home(stage, "mod")
    assert "Settings of the group" in page.text
    await press(stage, page, "Change a setting", by="mod")
    form = modal(stage, "mod")
    sent = await answered(stage, stage.server.submit(stage.team, "mod", {"setting": "timezone", "value": "Asia/Tokyo"}))
    assert sent.ack["response_action"] == "update"
    assert stage.member("mod").views == [form]
    assert "Asia/Tokyo" in form.text
    assert rows(stage, 'SELECT zone FROM "group"') == [("Asia/Tokyo",)]
    assert "Asia/Tokyo" in (await home(stage, "mod")).text


async def test_a_button_of_the_home_answers_in_a_modal(stage: SlackStage) -> None:
    """There is no channel to answer in."""
    page = await home(stage, "ann")
    await press(stage, page, "My progress")
    assert len(stage.member("ann").views) == 1
    assert calls(stage, "chat.postEphemeral", "chat.postMessage", "response_url") == []


async def test_the_shortcut_asks_a_question_in_a_modal(stage: SlackStage) -> None:
    """Quiz me, used from anywhere."""
    used = await answered(stage, stage.server.shortcut(stage.team, "ann", "quiz start"))
    assert used.view is not None
    assert "Question 1 of 5" in used.view.text
    assert stage.public() == []


async def quiz_in_modal(stage: SlackStage, *options: str) -> View:
    """A quiz that was begun from the Home, where the button is given these options."""
    page = await home(stage, "ann")
    page.control("Quiz me")["value"] = "|".join(("do", "quiz start", *options))
    await press(stage, page, "Quiz me")
    return modal(stage, "ann")


async def answer_in_list(stage: SlackStage, view: View, letters: list[str]) -> None:
    """Answer a question in a modal by the letters of its buttons or of its list."""
    for part in view.controls:
        if ".answer|" in part.get("value", "") and part["text"]["text"][0] in letters:
            await answered(stage, stage.server.press(stage.team, "ann", view, part["action_id"]))
            return
        if part["type"] == "multi_static_select":
            chosen = [one["value"] for one in part["options"] if one["text"]["text"][0] in letters]
            await answered(stage, stage.server.choose(stage.team, "ann", view, chosen, part["action_id"]))
            return


async def test_a_quiz_is_played_wholly_in_a_modal(stage: SlackStage, knows: Knowledge) -> None:
    """Typed answers lie over the question only while they are typed: however many there are, one modal is enough."""
    asked = await quiz_in_modal(stage, "topic=tools", "questions=6")
    typed = 0
    for number in range(1, 7):
        words = stage._text(asked, "ann")
        assert f"Question {number} of 6" in words
        if "[Answer]" in words:
            typed += 1
            await press(stage, asked, "Answer")
            assert len(stage.member("ann").views) == 2
            answer = knows.question(words).texts(right=True)[0]
            await answered(stage, stage.server.submit(stage.team, "ann", {"answer": answer}))
        else:
            await answer_in_list(stage, asked, knows.letters(words, right=True))
        assert stage.member("ann").views == [asked]
        assert "Right." in asked.text
        if number < 6:
            await press(stage, asked, "Next")
    assert typed >= 3
    assert "6 of 6 right." in asked.text
    assert rows(stage, "SELECT count(*) FROM answer WHERE correct") == [(6,)]


async def test_a_hint_lies_over_the_question(stage: SlackStage) -> None:
    """What leads nowhere is laid over the modal it was asked from; closing it leads back."""
    question = await quiz_in_modal(stage, "topic=tools.numpy", "level=1", "questions=1")
    await press(stage, question, "Hint")
    hint = modal(stage, "ann")
    assert "Radio stations do it too." in hint.text
    stage.server.close_view(stage.team, "ann")
    assert modal(stage, "ann") is question
    assert "Answer" in question.text


async def test_a_report_from_a_modal_leaves_what_it_is_about(stage: SlackStage) -> None:
    """The form becomes the thanks; below it the reveal is as it was."""
    reveal = await quiz_in_modal(stage, "topic=classical.decision-trees", "questions=2")
    await press(stage, reveal, "I don't know")
    await press(stage, reveal, "Report")
    await answered(stage, stage.server.submit(stage.team, "ann", {"reason": "wrong", "words": "See page 4."}))
    assert "Thank you" in modal(stage, "ann").text
    stage.server.close_view(stage.team, "ann")
    assert modal(stage, "ann") is reveal
    assert "Next" in reveal.text
    assert rows(stage, "SELECT reason, words FROM report") == [("wrong", "See page 4.")]


# --- mentions --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("words", ["", "hello there, are you a bot?", "quis strat"])
async def test_a_mention_is_answered_with_what_there_is(stage: SlackStage, words: str) -> None:
    """Nothing that is a command: help, for who wrote alone."""
    told = await answered(stage, stage.server.mention(stage.team, stage.channel, "ann", words))
    assert told.private
    assert "What you can say" in told.text
    assert calls(stage, "chat.postMessage") == []


async def test_a_mention_with_a_mistake_says_what_is_wrong(stage: SlackStage) -> None:
    """No form can be opened from a message; what is missing is explained by the command's own help."""
    told = await answered(stage, stage.server.mention(stage.team, stage.channel, "ann", "quiz start level:9"))
    assert "level is a whole number from 1 to 5, not “9”." in told.text
    told = await answered(stage, stage.server.mention(stage.team, stage.channel, "ann", "help quiz start"))
    asked = await answered(stage, stage.server.mention(stage.team, stage.channel, "mod", "settings set timezone"))
    assert "topic:" in told.text
    assert "its new value" in asked.text


# --- threads ---------------------------------------------------------------------------------------------------------


async def test_a_round_plays_in_the_thread_of_its_first_message(stage: SlackStage, knows: Knowledge) -> None:
    """Questions, receipts and reports stand in the thread; the channel has the start and one result."""
    await slash(stage, "quiz live topic:vectors questions:2 seconds:60")
    (start,) = in_channel(stage)
    (question,) = stage.channel.thread(start.ts)
    letter = knows.letters(stage._text(question, "bea"), right=True)[0]
    await stage.press(letter, by="bea")
    receipt = private_of(stage, "bea")[-1]
    assert "Your answer:" in receipt.text
    assert receipt.thread_ts == start.ts
    await press(stage, question, "Hint", by="bea")
    assert private_of(stage, "bea")[-1].thread_ts == start.ts
    await press(stage, start, "Stop")
    start, result = in_channel(stage)
    assert "This round is over." in start.text
    assert "Result" in result.text
    assert rows(stage, "SELECT state FROM round") == [("stopped",)]


async def test_the_first_messages_buttons_answer_beside_it(stage: SlackStage) -> None:
    """The message that the thread hangs below stands in the channel: who presses it there is answered there."""
    await slash(stage, "quiz live topic:vectors questions:2 seconds:60")
    (start,) = in_channel(stage)
    start.thread_ts = start.ts  # as Slack has it as soon as there is a reply
    hint = await press(stage, start, "Hint", by="bea")
    assert hint.private
    assert [one.thread_ts for one in hint.messages] == [None]
    await press(stage, start, "Report", by="bea")
    thanks = await answered(stage, stage.server.submit(stage.team, "bea", {"reason": "unclear"}))
    assert not thanks.errors
    assert "Thank you" in private_of(stage, "bea")[-1].text
    assert rows(stage, "SELECT reason FROM report") == [("unclear",)]


async def test_a_button_in_a_thread_answers_there(stage: SlackStage) -> None:
    """The private answer to a press carries the thread, and others may not stop the round."""
    await slash(stage, "quiz live topic:vectors questions:2 seconds:60")
    (start,) = in_channel(stage)
    (question,) = stage.channel.thread(start.ts)
    told = await press(stage, question, "I don't know", by="cem")
    assert [one.thread_ts for one in told.messages] == [start.ts]
    assert told.private
    refused = await press(stage, start, "Stop", by="cem")
    assert "Only who started the live round" in refused.text
    assert rows(stage, "SELECT state FROM round") == [("open",)]


async def test_a_command_in_a_thread_is_a_mention(stage: SlackStage) -> None:
    """Slack has no slash commands in threads; there the round is stopped by name, and the answer stands there."""
    await slash(stage, "quiz live topic:vectors questions:2 seconds:60")
    (start,) = in_channel(stage)
    told = await answered(stage, stage.server.mention(stage.team, stage.channel, "ann", "quiz stop", thread=start))
    assert "Stopped" in told.text
    assert {one.thread_ts for one in told.messages if one.seen_by} == {start.ts}
    assert "Result" in in_channel(stage)[-1].text


# --- the conversation with the bot -----------------------------------------------------------------------------------


async def say_alone(stage: SlackStage, words: str, by: str = "ann") -> Interaction:
    """`/mate WORDS` in a member's own conversation with the bot, answered."""
    return await answered(stage, stage.server.slash(stage.team, None, by, words))


def alone(stage: SlackStage, name: str) -> list[Message]:
    """What the bot has posted in a member's own conversation with it."""
    return [one for one in stage.server.world.dm(stage.team, stage.member(name)).messages.values() if not one.seen_by]


@pytest.mark.parametrize("line", ["setup zone:UTC", "schedule add quiz time:10:00 days:daily"])
async def test_the_conversation_with_the_bot_is_no_place_to_post(stage: SlackStage, line: str) -> None:
    """What would post there for the group asks for a channel in its form, and plans it in the one that is chosen."""
    await say_alone(stage, line, by="mod")
    assert rows(stage, "SELECT channel FROM schedule") == []
    form = modal(stage, "mod")
    assert "Say it where it should post, or name a channel" in form.text
    at = next(place for place, block in enumerate(form.blocks) if block.get("block_id") == "channel")
    assert form.blocks[at - 1]["type"] == "rich_text"
    sent = await answered(stage, stage.server.submit(stage.team, "mod", {"channel": stage.channel.name}))
    assert not sent.errors
    assert set(rows(stage, "SELECT channel FROM schedule")) == {(stage.channel.id,)}
    await stage.pass_time(26 * 3600)
    assert alone(stage, "mod") == []


async def test_a_channel_may_be_named_from_there(stage: SlackStage) -> None:
    """With its channel, what is planned there is planned at once; what is changed stays in its place."""
    told = await say_alone(stage, f"schedule add quiz time:10:00 days:daily channel:#{stage.channel.name}", by="mod")
    assert "Planned" in told.text
    assert "Changed" in (await say_alone(stage, "schedule edit number:1 time:11:00", by="mod")).text
    assert rows(stage, "SELECT channel, wall FROM schedule") == [(stage.channel.id, "11:00")]


async def test_a_live_round_is_for_a_channel(stage: SlackStage) -> None:
    """Nobody else would see it in a conversation with the bot: it is refused, and none runs."""
    told = await say_alone(stage, "quiz live topic:vectors questions:1 seconds:30")
    assert "/mate quiz live belongs in one of your group's channels." in told.text.replace("\n", "")
    assert rows(stage, "SELECT id FROM round") == []
    assert alone(stage, "ann") == []


async def test_what_a_member_asks_for_is_answered_there(stage: SlackStage) -> None:
    """Questions, answers, forms and everything that is one's own go on as in a channel, for the same group."""
    asked = await say_alone(stage, "quiz start topic:decision-trees questions:1")
    assert "Decision trees" in asked.text
    told = await answered(stage, stage.server.press(stage.team, "ann", asked, "I don't know"))
    assert "Source:" in told.text
    for line in ("mate", "daily", "my stats", "my notify daily", "my streak", "help", "leaderboard", "concept"):
        assert (await say_alone(stage, line)).private, line
    await say_alone(stage, "settings set timezone", by="mod")
    await answered(stage, stage.server.submit(stage.team, "mod", {"value": "Europe/Oslo"}))
    assert rows(stage, 'SELECT zone FROM "group"') == [("Europe/Oslo",)]
