"""A channel as an option in Slack: chosen behind #, or from the list of a form, where a name alone says nothing."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.features import FEATURES
from bot.library import Library
from tests.clock import Clock
from tests.fakes.slack_server import View
from tests.fakes.slack_server.errors import ImpossibleGesture
from tests.scenes.slack_room import answered, slash
from tests.stages.lab import LAB
from tests.stages.slack import SlackStage


@pytest.fixture
async def stage(tmp_path: Path, library: Library) -> AsyncIterator[SlackStage]:
    """A workspace with two channels, whose bot has the laboratory's commands too."""
    made = SlackStage(tmp_path, library, Clock(), features=(*FEATURES, LAB))
    await made.open()
    yield made
    await made.close()


async def opened(stage: SlackStage, words: str) -> View:
    """The form that a command opens."""
    view = (await slash(stage, words)).view
    assert isinstance(view, View)
    return view


def channels_of(view: View) -> dict[str, Any]:
    """The list of channels in a form."""
    return next(part for part in view.controls if part["type"] == "conversations_select")


@pytest.mark.parametrize("written", ["nowhere", "#nowhere", "study"])
async def test_a_name_that_is_no_channel_opens_the_form(stage: SlackStage, written: str) -> None:
    """The fault stands above the field and repeats the name; the list begins where the member is."""
    view = await opened(stage, f"lab post channel:{written}")
    assert f"channel is a channel that is chosen from a list, not “{written.removeprefix('#')}”." in view.text
    assert channels_of(view)["default_to_current_conversation"] is True
    await answered(stage, stage.server.submit(stage.team, "ann"))
    assert len(stage.public()) == 1


async def test_what_was_chosen_is_kept_where_something_else_is_wrong(stage: SlackStage) -> None:
    """The list begins with the channel that the line named."""
    view = await opened(stage, "lab post channel:#elsewhere no such option")
    assert channels_of(view)["initial_conversation"] == stage.channels["elsewhere"].id
    await answered(stage, stage.server.submit(stage.team, "ann"))
    assert len(stage.public("elsewhere")) == 1


async def test_a_channel_that_the_member_is_in_alone_can_be_chosen(stage: SlackStage) -> None:
    """A private channel of theirs is offered to them and to nobody else; a direct conversation to nobody."""
    secret = stage.server.add_channel(stage.team, "secret", "ann", private=True)
    await opened(stage, "lab post")
    await answered(stage, stage.server.submit(stage.team, "ann", {"channel": "secret"}))
    assert len(secret.public) == 1
    await answered(stage, stage.server.slash(stage.team, stage.channel, "bea", "lab post"))
    for hidden in ("secret", stage.server.world.dm(stage.team, stage.member("bea")).id):
        with pytest.raises(ImpossibleGesture, match="not offered"):
            stage.server.submit(stage.team, "bea", {"channel": hidden})


async def test_alone_with_the_bot_no_channel_stands_first(stage: SlackStage) -> None:
    """The conversation that the member is in is not in the list, so they have to choose."""
    await answered(stage, stage.server.slash(stage.team, None, "ann", "lab post"))
    with pytest.raises(ImpossibleGesture, match="channel is required, and empty"):
        stage.server.submit(stage.team, "ann")


async def test_a_form_of_a_feature_brings_the_channels_id(stage: SlackStage) -> None:
    """What a feature asks for by itself comes back in the same way."""
    await opened(stage, "lab ask")
    await answered(stage, stage.server.submit(stage.team, "ann", {"place": "elsewhere"}))
    assert f"channel {stage.channels['elsewhere'].id}" in stage.private("ann")[-1]


async def test_a_mention_has_no_form_and_says_what_is_wrong(stage: SlackStage) -> None:
    """Where no form can be opened, the sentence stands alone."""
    await answered(stage, stage.server.mention(stage.team, stage.channel, "ann", "lab post channel:study"))
    assert "channel is a channel that is chosen from a list, not “study”." in stage.private("ann")[-1]


async def test_a_private_channel_without_its_name_is_known_by_its_id(stage: SlackStage) -> None:
    """Slack leaves the name of a private channel out of its reference."""
    secret = stage.server.add_channel(stage.team, "secret", "ann", private=True)
    await slash(stage, "lab post channel:#secret")
    assert len(secret.public) == 1
