"""Where a group's day is posted can go: a channel is deleted, the bot is taken out, a post is lost on its way."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from simcord.backend import serializers

from bot.library import Library
from tests.clock import Clock
from tests.scenes.discord_room import forbid
from tests.scenes.slack_room import answered, in_channel
from tests.stages.discord import DiscordStage
from tests.stages.slack import SlackStage
from tests.stages.stage import Stage

HOUR = 3600
DAY = 24 * HOUR
QUIZ = "schedule add kind:quiz time:10:00 days:daily"


@pytest.fixture
async def discord(tmp_path: Path, library: Library) -> AsyncIterator[DiscordStage]:
    """A server with two channels."""
    made = DiscordStage(tmp_path, library, Clock())
    await made.open()
    yield made
    await made.close()


@pytest.fixture
async def slack(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with two channels."""
    made = SlackStage(tmp_path, library, Clock())
    await made.open()
    yield made
    await made.close()


async def plan_elsewhere(stage: Stage) -> None:
    """Ann, who moderates, plans a daily quiz here and one in another channel."""
    await stage.say(QUIZ, moderator=True)
    await stage.say(f"{QUIZ} channel:#elsewhere", moderator=True)


def dailies(texts: list[str]) -> list[str]:
    """Those of the messages that are a daily's question."""
    return [text for text in texts if text.startswith("Daily")]


async def test_another_channel_in_discord(discord: DiscordStage) -> None:
    """Each channel gets its own post, and no other."""
    await plan_elsewhere(discord)
    await discord.pass_time(HOUR)
    assert len(dailies(discord.public())) == 1
    assert len(dailies(discord.public("elsewhere"))) == 1


async def test_another_channel_in_slack(slack: SlackStage) -> None:
    """Each channel gets its own post, and no other."""
    await plan_elsewhere(slack)
    await slack.pass_time(HOUR)
    assert len(dailies(slack.public())) == 1
    assert len(dailies(slack.public("elsewhere"))) == 1


async def test_a_channel_is_deleted_in_discord(discord: DiscordStage) -> None:
    """What was planned there is paused, who planned it is told how to go on, and what is planned elsewhere comes."""
    await plan_elsewhere(discord)
    discord.env.backend.delete_channel(discord.channels["elsewhere"].id)
    await discord.env.settle()
    await discord.pass_time(HOUR)
    assert len(dailies(discord.public())) == 1
    assert any("is gone, so it is paused" in text for text in discord.private("ann"))
    await discord.say("schedule edit 2 channel:#study time:11:00", moderator=True)
    await discord.say("schedule resume 2", moderator=True)
    await discord.pass_time(HOUR)
    assert len(dailies(discord.public())) == 2


@pytest.mark.parametrize("how", ["delete_channel", "archive"])
async def test_a_channel_ends_in_slack(slack: SlackStage, how: str) -> None:
    """What was planned there is paused, who planned it is told, and what is planned elsewhere comes."""
    await plan_elsewhere(slack)
    await answered(slack, getattr(slack.server, how)(slack.team, slack.channels["elsewhere"]))
    await slack.pass_time(HOUR)
    assert len(dailies(slack.public())) == 1
    assert any("is gone, so it is paused" in text for text in slack.private("ann"))


async def test_the_bot_is_removed_and_back_in_discord(discord: DiscordStage) -> None:
    """While it is away nothing is asked of Discord; back, it goes on at the next time and catches up with nothing."""
    await discord.say(QUIZ, moderator=True)
    discord.env.backend.emit("GUILD_DELETE", {"id": str(discord.guild.id)})
    await discord.env.settle()
    before = len(discord.env.http_requests)
    await discord.pass_time(2 * DAY)
    assert len(discord.env.http_requests) == before
    guild = discord.env.backend.guilds[discord.guild.id]
    discord.env.backend.emit("GUILD_CREATE", serializers.guild_create_payload(discord.env.backend, guild))
    await discord.env.settle()
    await discord.pass_time(60)
    assert discord.public() == []
    await discord.pass_time(HOUR)
    assert len(dailies(discord.public())) == 1


async def test_a_post_that_is_lost_is_asked_about_in_slack(slack: SlackStage) -> None:
    """Slack took the post and its answer was lost: it is not sent twice; a moderator who looks may have it reposted."""
    await slack.say(QUIZ, moderator=True)
    slack.server.cut("chat.postMessage", applied=True)
    await slack.pass_time(HOUR)
    assert len(dailies(slack.public())) == 1
    asked = [text for text in slack.private("ann") if "Did it arrive?" in text]
    assert len(asked) == 1
    await slack.pass_time(HOUR)
    assert len(in_channel(slack)) == 1
    await slack.press("Repost")
    await slack.settle()
    assert len(dailies(slack.public())) == 2, "the moderator said that it was not there"


async def test_a_role_is_notified_in_discord(discord: DiscordStage) -> None:
    """A role that is chosen with @ is notified by the post and named in the plan; a word is told how to choose."""
    role = discord.guild.create_role("learners", mentionable=True)
    await discord.say(f"{QUIZ} ping:learners", moderator=True)
    assert "“learners” is nobody who can be notified here. Type @ behind ping:" in discord.private("ann")[-1]
    shy = discord.guild.create_role("shy")
    forbid(discord, discord.channel, mention_everyone=False)
    await discord.say(f"{QUIZ} ping:<@&{shy.id}>", moderator=True)
    assert "A post cannot notify that role yet. Server Settings, Roles" in discord.private("ann")[-1]
    await discord.say(f"{QUIZ} ping:<@&{role.id}>", moderator=True)
    assert f"notifies <@&{role.id}>" in discord.private("ann")[-1]
    await discord.pass_time(HOUR)
    posts = [message for message in discord._messages() if message.ping_role_ids]
    assert [message.ping_role_ids for message in posts] == [[role.id]]


async def test_a_user_group_is_notified_in_slack(slack: SlackStage) -> None:
    """A user group, or all who are here, are notified by the post; a word is told how to choose."""
    await slack.say(f"{QUIZ} ping:learners", moderator=True)
    assert "“learners” is nobody who can be notified here. Type @ in the command's line" in slack.private("ann")[-1]
    group = slack.server.add_group(slack.team, "learners", "bea")
    await slack.say(f"{QUIZ} ping:@learners", moderator=True)
    await slack.say(f"{QUIZ} topic:maths ping:@here", moderator=True)
    await slack.pass_time(HOUR)
    posted = [str(message.blocks) for message in in_channel(slack)]
    assert [group.id in blocks for blocks in posted] == [True, False]
    assert ["broadcast" in blocks for blocks in posted] == [False, True]
