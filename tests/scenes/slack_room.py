"""What the scenes of Slack share: gestures of its own, delivered and answered, and a look into the database."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

from slack_bolt.authorization import AuthorizeResult
from sqlalchemy import text

from bot.library import Library
from bot.store.engine import transaction
from tests.clock import Clock
from tests.fakes.slack_server import Interaction, Message, Team, View
from tests.stages.slack import SlackStage
from tests.stages.slack_text import controls


async def opened(folder: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with one channel, closed afterwards."""
    made = SlackStage(folder, library, Clock())
    await made.open()
    yield made
    await made.close()


async def answered(stage: SlackStage, one: Interaction) -> Interaction:
    """The same gesture, once it is acknowledged and nothing goes on any more."""
    await one.wait("acknowledged")
    await stage.settle()
    return one


async def slash(stage: SlackStage, words: str, by: str = "ann") -> Interaction:
    """`/mate WORDS` in the stage's channel, answered."""
    return await answered(stage, stage.server.slash(stage.team, stage.channel, by, words))


async def press(stage: SlackStage, thing: Message | View, label: str, by: str = "ann") -> Interaction:
    """A button of a message or a modal, answered."""
    return await answered(stage, stage.server.press(stage.team, by, thing, label))


def rows(stage: SlackStage, statement: str) -> list[tuple[Any, ...]]:
    """What the database holds."""
    with transaction(stage.engine, reads=True) as db:
        return [tuple(row) for row in db.execute(text(statement))]


def calls(stage: SlackStage, *methods: str) -> list[str]:
    """Which of these methods Slack was asked for, in order."""
    return [call.method for call in stage.server.log.calls if call.method in methods]


def in_channel(stage: SlackStage) -> list[Message]:
    """The messages that everybody sees in the channel itself, oldest first."""
    return [one for one in stage.channel.public if one.thread_ts is None]


def answers_of(message: Message) -> list[str]:
    """The action ids of a question's answers."""
    return [part["action_id"] for part in controls(message.blocks) if ".answer|" in part.get("value", "")]


def modal(stage: SlackStage, name: str) -> View:
    """What a member has before them."""
    return stage.member(name).views[-1]


def values_of(view: View) -> Mapping[str, str]:
    """What stands in a form's fields."""
    found = {}
    for block in view.blocks:
        if block["type"] == "input":
            element = block["element"]
            chosen = element.get("initial_option") or {}
            found[block["block_id"]] = element.get("initial_value") or chosen.get("value", "")
    return found


class Wallet:
    """The tokens of several workspaces, as a process keeps them that serves all of them."""

    def __init__(self, *teams: Team) -> None:
        self.found = {team.id: result_of(team) for team in teams}

    async def authorize(self, team: str) -> AuthorizeResult | None:
        """The token of a workspace."""
        return self.found.get(team)

    async def forget(self, team: str) -> None:
        """Let go of it."""
        self.found.pop(team, None)


def result_of(team: Team) -> AuthorizeResult:
    """Who the bot is in a workspace."""
    return AuthorizeResult(
        enterprise_id=None,
        team_id=team.id,
        team=team.name,
        bot_token=team.token,
        bot_id=team.bot_id,
        bot_user_id=team.bot.id,
    )


def serve(stage: SlackStage, *teams: Team) -> Wallet:
    """Have the stage's adapter serve these workspaces."""
    wallet = Wallet(*teams)
    stage.slack.calls.authorize = wallet.authorize
    stage.slack._forget = wallet.forget
    return wallet
