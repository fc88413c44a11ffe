"""Slack's workspaces: names and ranks, coming and going, channels that end, and two of them that share nothing."""

import logging
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.beat import KEPT_HOMES
from bot.chat.people import Space
from bot.chat.port import DeliveryError, Failure
from bot.library import Library
from tests.adapters.test_port_contract import CARD
from tests.fakes.slack_server import Message, Team, User, payloads
from tests.scenes.knowledge import Knowledge
from tests.scenes.slack_room import (
    Wallet,
    answered,
    answers_of,
    in_channel,
    modal,
    opened,
    press,
    result_of,
    rows,
    serve,
    slash,
)
from tests.stages.slack import SlackStage

LIVE = "quiz live topic:decision-trees questions:1 seconds:30"
DAY = 86_400


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel."""
    async for made in opened(tmp_path, library):
        yield made


def told(stage: SlackStage, name: str) -> list[Message]:
    """What the bot wrote to somebody in private, oldest first."""
    return list(stage.server.world.dm(stage.team, stage.member(name)).messages.values())


# --- names and ranks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["<!channel> <@U1> & co", "*bold* _slanted_ ~gone~ `code`", ":tada: http://a.example", "n" * 80]
)
async def test_a_name_is_only_a_name(stage: SlackStage, knows: Knowledge, name: str) -> None:
    """Whatever a member is called: it stands there as it is, notifies nobody and marks nothing."""
    stage.member("bea").shown = name
    await slash(stage, LIVE)
    (question,) = in_channel(stage)
    letter = knows.letters(stage._text(question, "bea"), right=True)[0]
    await stage.press(letter, by="bea")
    await stage.press("By name", by="bea")
    await stage.pass_time(60)
    result = in_channel(stage)[-1]
    assert name[:10] in result.text
    for message in stage.channel.messages.values():
        assert not any(mark in message.fallback for mark in ("<!", "<@", "*", "~", "`"))
        kinds = {part["type"] for block in message.blocks for part in parts_of(block)}
        assert kinds <= {"text", "date", "link"}
    await answered(stage, stage.server.open_home(stage.team, "bea"))
    page = stage.member("bea").home
    assert page is not None
    assert name[:40] in page.text


def parts_of(block: dict[str, object]) -> list[dict[str, str]]:
    """What a block of rich text is made of."""
    found: list[dict[str, str]] = []
    if block["type"] == "rich_text":
        for section in block["elements"]:  # type: ignore[attr-defined]
            found.extend(section["elements"])
    return found


async def test_a_member_is_made_a_moderator_by_name(stage: SlackStage) -> None:
    """Who is named with an @ may moderate from then on; nobody else may."""
    await slash(stage, "settings set timezone Oslo", by="bea")
    await slash(stage, "settings set moderators @bea", by="mod")
    await slash(stage, "settings set moderators bea", by="mod")
    fault = "“bea” is nobody who can moderate here. Type @ in the command's line, in the message box and not in a form"
    assert fault in modal(stage, "mod").text
    for name in ("bea", "cem"):
        await slash(stage, "settings set timezone Asia/Tokyo", by=name)
        zone = rows(stage, 'SELECT zone FROM "group"')
        assert zone == [("Asia/Tokyo",)]
        assert ("for the group's moderators" in stage.private(name)[-1]) == (name == "cem")
    assert "for the group's moderators" in stage.private("bea")[0]


async def test_the_moderators_channel_is_one_that_slack_knows(stage: SlackStage) -> None:
    """A channel that was chosen behind # is taken; a bare name, which Slack never finds, changes nothing."""
    desk = stage.server.add_channel(stage.team, "desk")
    await slash(stage, "settings set moderators_channel #desk", by="mod")
    for name in ("desk", "here", "#nosuch", "@bea"):
        await slash(stage, f"settings set moderators_channel {name}", by="mod")
        assert "is no channel that was chosen from a list. Type # in the command's line" in modal(stage, "mod").text
    assert rows(stage, "SELECT value FROM setting") == [(desk.id,)]


async def test_a_user_group_may_moderate(stage: SlackStage) -> None:
    """Who is in the named group moderates, who leaves it does not, once Slack is asked again."""
    mentors = stage.server.add_group(stage.team, "mentors", "bea")
    stage.slack.people.forget(stage.team.id)
    await slash(stage, "settings set moderators @mentors", by="mod")
    assert (f"{mentors.id}",) in rows(stage, "SELECT value FROM setting")
    await slash(stage, "settings set timezone Asia/Tokyo", by="bea")
    assert rows(stage, 'SELECT zone FROM "group"') == [("Asia/Tokyo",)]
    mentors.users.clear()
    stage.clock.advance(minutes=11)
    await slash(stage, "settings set timezone Oslo", by="bea")
    assert "for the group's moderators" in stage.private("bea")[-1]
    assert rows(stage, 'SELECT zone FROM "group"') == [("Asia/Tokyo",)]


@pytest.mark.parametrize("also_there", [False, True], ids=["the bot is here alone", "the bot is there too"])
async def test_a_member_of_another_company_plays_here(stage: SlackStage, *, also_there: bool) -> None:
    """In a channel that two companies share: forms, presses in them and mentions belong to the bot's own workspace."""
    other = stage.server.add_team("other")
    serve(stage, stage.team, *([other] if also_there else []))
    stage.member("bea").guest_of = other.id
    await slash(stage, "quiz live topic:matrices level:1 questions:1 seconds:300")
    (question,) = in_channel(stage)
    await press(stage, question, "Answer", by="bea")
    await answered(stage, stage.server.submit(stage.team, "bea", {"answer": "7"}))
    assert "Your answer: 7" in stage.private("bea")[-1]
    assert rows(stage, "SELECT count(*) FROM answer") == [(1,)]
    said = await answered(stage, stage.server.mention(stage.team, stage.channel, "bea", "quiz stop"))
    assert "Only who started the live round, or a moderator, can stop it." in said.text
    assert rows(stage, "SELECT workspace FROM home") == [(stage.team.id,)]


@pytest.mark.parametrize(("organisation", "may"), [(False, False), (True, True)])
async def test_who_manages_another_workspace_is_no_moderator_here(
    stage: SlackStage, monkeypatch: pytest.MonkeyPatch, *, organisation: bool, may: bool
) -> None:
    """Slack calls the other company's admin one too; who is ours by the organisation, whichever team is named, is."""
    mod = stage.member("mod")
    mod.guest_of = "T0THER"
    told = payloads.user

    def user(one: User, team: Team, *, locale: bool = False) -> dict[str, Any]:
        grid = {"enterprise_user": {"id": one.id, "teams": ["T0THER", team.id]}} if organisation else {}
        return told(one, team, locale=locale) | grid

    monkeypatch.setattr(payloads, "user", user)
    await slash(stage, "settings set timezone Oslo", by="mod")
    assert (rows(stage, 'SELECT zone FROM "group"') == [("Europe/Oslo",)]) is may
    assert ("for the group's moderators" in stage.private("mod")[-1]) is not may


# --- coming and going ------------------------------------------------------------------------------------------------


@pytest.fixture
async def fresh(stage: SlackStage) -> tuple[Team, Wallet]:
    """A second workspace, to which the bot has not been added yet."""
    team = stage.server.add_team("north")
    return team, serve(stage, stage.team, team)


async def test_who_adds_the_bot_is_welcomed(stage: SlackStage, fresh: tuple[Team, Wallet]) -> None:
    """One word to the installer alone, with the first question a press away."""
    team, _wallet = fresh
    await stage.slack.installed(team.id, "North", team.installer)
    await stage.settle()
    (welcome,) = stage.server.world.dm(team, team.user("mod")).messages.values()
    assert "Hello, I am Batchmate" in welcome.text
    assert "/mate quiz start" in welcome.text.replace("\n", "")
    first = await answered(stage, stage.server.press(team, "mod", welcome, "A first question"))
    assert "Question 1 of 5" in first.text
    await stage.slack.installed(team.id, "North", team.installer)
    await stage.settle()
    assert len(stage.server.world.dm(team, team.user("mod")).public) == 1


@pytest.mark.parametrize("how", ["uninstall", "revoke"])
async def test_removed_and_back_within_thirty_days(
    stage: SlackStage, knows: Knowledge, caplog: pytest.LogCaptureFixture, how: str
) -> None:
    """The token is forgotten at once, nothing is sent any more; added again, everything is still there."""
    wallet = serve(stage, stage.team)
    await stage.slack.installed(stage.team.id, "Study", stage.member("mod").id)
    await stage.say("quiz start topic:vectors questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    await slash(stage, LIVE)
    await answered(stage, getattr(stage.server, how)(stage.team))
    assert wallet.found == {}
    assert rows(stage, "SELECT count(*) FROM home WHERE removed_at IS NULL") == [(0,)]
    assert rows(stage, "SELECT state FROM round WHERE kind = 'live'") == [("stopped",)]
    before = stage.server.log.total
    await stage.pass_time(29 * DAY)
    assert stage.server.log.total == before
    stage.team.standing = ""
    wallet.found[stage.team.id] = result_of(stage.team)
    await stage.slack.installed(stage.team.id, "Study", stage.member("mod").id)
    await stage.settle()
    assert "everything is still here" in told(stage, "mod")[-1].text
    await stage.say("my stats")
    assert "1 answer" in stage.private("ann")[-1]
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


async def test_after_thirty_days_nothing_is_left(stage: SlackStage, knows: Knowledge) -> None:
    """What a workspace left behind is erased."""
    await stage.say("quiz start topic:vectors questions:1")
    await knows.answer(stage, stage.private("ann")[-1])
    await answered(stage, stage.server.uninstall(stage.team))
    await stage.pass_time(KEPT_HOMES.total_seconds() + DAY)
    for table in ("home", '"group"', "answer", "account", "person", "round"):
        assert rows(stage, f"SELECT count(*) FROM {table}") == [(0,)]  # noqa: S608 (the tables' own names)


async def test_a_workspace_that_has_no_token_is_left_alone(
    stage: SlackStage, fresh: tuple[Team, Wallet], caplog: pytest.LogCaptureFixture
) -> None:
    """A delivery from where the bot is not installed does nothing, and a post there is refused without a call."""
    team, wallet = fresh
    await wallet.forget(team.id)
    one = stage.server.slash(team, "study", "ann", "quiz start")
    await one.wait(lambda one: one.acknowledged or bool(one.failed))
    await stage.settle()
    assert rows(stage, "SELECT workspace FROM home") == [(stage.team.id,)]
    before = stage.server.log.total
    with pytest.raises(DeliveryError) as refused:
        await stage.slack.port.post(Space("slack", team.id, team.channel("study").id), CARD, "key")
    assert refused.value.failure is Failure.FORBIDDEN
    assert stage.server.log.total == before
    assert team.token not in caplog.text


# --- channels that end -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["delete_channel", "archive"])
async def test_a_channel_that_ends_ends_its_round(stage: SlackStage, knows: Knowledge, how: str) -> None:
    """What was answered counts; nothing more is sent there, and a round can be started elsewhere."""
    other = stage.server.add_channel(stage.team, "other")
    await slash(stage, "quiz live topic:vectors questions:3 seconds:30")
    (start,) = in_channel(stage)
    (question,) = stage.channel.thread(start.ts)
    letter = knows.letters(stage._text(question, "bea"), right=True)[0]
    await stage.press(letter, by="bea")
    await answered(stage, getattr(stage.server, how)(stage.team, stage.channel))
    assert rows(stage, "SELECT state FROM round") == [("stopped",)]
    assert rows(stage, "SELECT correct FROM answer") == [(1,)]
    before = len(stage.server.log.find("chat.*"))
    await stage.pass_time(600)
    assert len(stage.server.log.find("chat.*")) == before
    await answered(stage, stage.server.slash(stage.team, other, "ann", LIVE))
    assert len(other.public) == 1


async def test_a_channel_whose_end_nobody_tells_of(stage: SlackStage, caplog: pytest.LogCaptureFixture) -> None:
    """Without channels:read no event comes: the round runs out against refusals, and the next one can begin."""
    stage.team.scopes.discard("channels:read")
    other = stage.server.add_channel(stage.team, "other")
    await slash(stage, "quiz live topic:vectors questions:2 seconds:20")
    stage.server.archive(stage.team, stage.channel)
    for _time in range(6):
        await stage.pass_time(20)
    assert rows(stage, "SELECT state FROM round") == [("abandoned",)] or rows(stage, "SELECT state FROM round") == [
        ("closed",)
    ]
    await answered(stage, stage.server.slash(stage.team, other, "ann", LIVE))
    assert len(other.public) == 1
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


# --- two workspaces --------------------------------------------------------------------------------------------------


async def test_two_workspaces_see_nothing_of_each_other(
    stage: SlackStage, fresh: tuple[Team, Wallet], knows: Knowledge
) -> None:
    """Rounds, boards, names and answers of one are unknown to the other, though both play at the same moment."""
    north, _wallet = fresh
    south = stage.team
    there = north.channel("study")
    for user in north.users.values():
        user.shown = f"north {user.name}"
    await slash(stage, LIVE)
    await answered(stage, stage.server.slash(north, there, "ann", LIVE))
    (ours,), (theirs,) = in_channel(stage), there.public
    for name in ("ann", "bea"):
        letter = knows.letters(stage._text(theirs, "ann"), right=True)[0]
        part = next(p for p in theirs.controls if p["text"]["text"].startswith(letter) and "answer|" in p["value"])
        one = await answered(stage, stage.server.press(north, name, theirs, part["action_id"]))
        await answered(stage, stage.server.press(north, name, one, "By name"))
    assert "2 answers so far" in theirs.text
    assert "0 answers so far" in ours.text or "No answers so far" in ours.text or "0 answer" in ours.text
    await stage.pass_time(60)
    board = await answered(stage, stage.server.slash(north, there, "ann", "leaderboard"))
    assert "north bea" in board.text
    own = await slash(stage, "leaderboard")
    assert "north" not in own.text
    assert "north" not in "\n".join(one.text for one in south.channel("study").messages.values())
    assert rows(stage, "SELECT workspace, count(*) FROM round GROUP BY 1 ORDER BY 1") == [(south.id, 1), (north.id, 1)]
    assert {call.team for call in stage.server.log.find("chat.postMessage")} == {south.id, north.id}


async def test_a_button_of_another_workspace_is_refused(stage: SlackStage, fresh: tuple[Team, Wallet]) -> None:
    """A token is looked up among the presser's own group: what names another's round stands for nothing."""
    north, _wallet = fresh
    there = north.channel("study")
    await slash(stage, "quiz live topic:vectors questions:2 seconds:300")
    (start,) = in_channel(stage)
    (question,) = stage.channel.thread(start.ts)
    await answered(stage, stage.server.slash(north, there, "mod", "mate"))
    stop = next(part["value"] for part in start.controls if part["text"]["text"] == "Stop")
    answer = question.control(answers_of(question)[0])["value"]
    for token in (stop, answer, answer.replace("live.answer", "quiz.answer")):
        refused = await answered(stage, stage.server.press(north, "mod", token, channel=there))
        assert "no longer stands for anything" in refused.text
        assert refused.private
    assert rows(stage, "SELECT state FROM round") == [("open",)]
    assert rows(stage, "SELECT count(*) FROM answer") == [(0,)]
    assert (await press(stage, start, "Stop")).answered


async def test_the_same_ids_in_two_workspaces_are_two_people(stage: SlackStage, fresh: tuple[Team, Wallet]) -> None:
    """Slack's ids belong to a workspace, and so do accounts, ranks and groups of moderators."""
    north, _wallet = fresh
    twin = north.user("bea")
    north.users[stage.member("mod").id] = twin
    del north.users[twin.id]
    twin.id = stage.member("mod").id
    north.channel("study").members.add(twin.id)
    await slash(stage, "settings set timezone Asia/Tokyo", by="mod")
    one = stage.server.slash(north, "study", twin, "settings set timezone Oslo")
    assert "for the group's moderators" in (await answered(stage, one)).text
    await answered(stage, stage.server.slash(north, "study", twin, "my stats"))  # what is refused saves nobody
    names = rows(stage, f'SELECT "user", name FROM account WHERE "user" LIKE \'%/{twin.id}\' ORDER BY id')  # noqa: S608
    assert names == [(f"{stage.team.id}/{twin.id}", "mod"), (f"{north.id}/{twin.id}", "Bea")]
