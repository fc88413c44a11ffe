"""The bot comes to a workspace, leaves it and comes back; a channel goes: what is said, what stops, what is kept."""

from datetime import timedelta
from unittest.mock import ANY

import pytest

from bot.chat.requests import Life
from bot.store.engine import transaction
from bot.store.homes import HOME
from bot.store.messages import MESSAGE
from bot.store.people import GROUP, PERSON
from bot.store.queue import ALARM
from bot.store.rounds import ROUND
from bot.store.scores import LEDGER
from tests.app.stand import INSTALLER, THREADS, Stand, words
from tests.store.study import check_books

ROUND_OF_ONE = {"topic": "vectors", "questions": "1", "seconds": "30"}
ROUND_OF_TWO = {"topic": "vectors", "questions": "2", "seconds": "30"}


async def answer(stand: Stand, by: str, position: int = 0) -> None:
    """A member answers a question of the first live round, whatever its kind."""
    card = stand.port.messages[stand.port.keys[f"live:1:{position}"].message]
    token = next(button.token for button in card.buttons() if button.action == "live.unsure")
    assert "Kept" in words(await stand.press(token, by))


async def test_a_new_workspace_gets_a_group_of_its_name_and_one_welcome(stand: Stand) -> None:
    """The bot is added: a group called like the workspace, and one word in its channel that says what to type."""
    await stand.happen(Life.INSTALLED, channel="lobby", installer=INSTALLER, name="Study circle", delivery="one")
    (key,) = stand.posted()
    assert key == f"welcome:1:{int((stand.clock.now - timedelta(seconds=1.5)).timestamp())}"
    assert stand.port.keys[key].space.channel == "lobby"
    for command in ("quiz start", "mate", "setup"):
        assert command in stand.said(key)
    card = stand.port.messages["m1"]
    assert [button.token for button in card.buttons()] == ["do|quiz start", "do|help"]
    assert [(group.name, home.installer) for group, home in zip(stand.rows(GROUP), stand.rows(HOME), strict=True)] == [
        ("Study circle", INSTALLER)
    ]


async def test_a_redelivery_or_a_second_process_says_nothing_twice(stand: Stand) -> None:
    """The same news again, under the same delivery or another, opens and posts nothing; names are kept fresh."""
    await stand.happen(Life.INSTALLED, channel="lobby", installer=INSTALLER, name="Old", delivery="one")
    await stand.happen(Life.INSTALLED, channel="lobby", installer=INSTALLER, name="Old", delivery="one")
    await stand.happen(Life.INSTALLED, channel="lobby", installer="u-eli", name="New", delivery="two")
    assert len(stand.posted()) == 1
    assert [group.name for group in stand.rows(GROUP)] == ["New"]
    assert [home.installer for home in stand.rows(HOME)] == ["u-eli"]


@pytest.mark.parametrize(("installer", "keys"), [(INSTALLER, [ANY]), ("", [])])
async def test_without_a_channel_who_added_the_bot_is_told(stand: Stand, installer: str, keys: list[object]) -> None:
    """Where no channel takes a word the installer gets it in private; where nobody is known nobody does."""
    await stand.happen(Life.INSTALLED, installer=installer)
    assert stand.posted() == keys
    assert all(ref.space.channel == installer for ref in stand.port.keys.values())
    assert [group.name for group in stand.rows(GROUP)] == ["server"], "a workspace without a name has its id"


async def test_it_comes_back_and_everything_is_still_there(stand: Stand) -> None:
    """Removed and added again: the same group with its points, and a welcome that says so."""
    await stand.happen(Life.INSTALLED, channel="lobby", name="Study circle")
    await stand.say("mate", by="bea")
    await stand.happen(Life.REMOVED)
    assert await stand.host.workspaces("fake") == {}
    await stand.happen(Life.INSTALLED, channel="lobby", name="Study circle")
    assert set(await stand.host.workspaces("fake")) == {"server"}
    assert (stand.count(GROUP), stand.count(HOME), stand.count(PERSON)) == (1, 1, 1)
    _first, second = stand.posted("welcome:")
    assert "Welcome back: everything is still here." in stand.said(second)


async def test_workspaces_are_named_by_platform(stand: Stand) -> None:
    """An adapter learns where the bot is on its own platform, and no other."""
    for server in ("one", "two"):
        await stand.happen(Life.INSTALLED, server=server)
    assert set(await stand.host.workspaces("fake")) == {"one", "two"}
    assert await stand.host.workspaces("other") == {}


async def test_whoever_asks_shows_that_the_bot_is_there(stand: Stand) -> None:
    """News of a removal that was wrong or too old: the next gesture there brings the home back, without a welcome."""
    await stand.happen(Life.INSTALLED)
    await stand.say("quiz start")
    await stand.happen(Life.REMOVED)
    assert "Batchmate" in words(await stand.say("mate"))  # a command that only reads
    assert set(await stand.host.workspaces("fake")) == {"server"}
    assert stand.posted("welcome:") == []


async def test_a_group_is_called_what_its_workspace_is_called(stand: Stand) -> None:
    """The first gesture names the group, and a workspace that is renamed renames it; an empty name changes nothing."""
    await stand.say("quiz start")
    assert [group.name for group in stand.rows(GROUP)] == ["server"]
    for name, becomes in (("Circle", "Circle"), ("", "Circle"), ("Ring", "Ring")):
        await stand.say("quiz start", by="bea", workspace_name=name)
        assert [group.name for group in stand.rows(GROUP)] == [becomes]
    await stand.say("quiz start", server="another", workspace_name="Other")
    assert [group.name for group in stand.rows(GROUP)] == ["Ring", "Other"]


async def test_a_workspace_that_is_changed(stand: Stand) -> None:
    """A new name and a new owner are kept, without a word; of a workspace that the bot has left nothing is."""
    await stand.happen(Life.CHANGED, installer="u-eli", name="Nowhere")
    assert stand.count(GROUP) == 0
    await stand.happen(Life.INSTALLED, channel="lobby", installer=INSTALLER, name="Circle")
    await stand.happen(Life.CHANGED, installer="u-eli", name="Ring")
    assert await stand.host.workspaces("fake") == {"server": ("Ring", "u-eli")}
    assert len(stand.posted()) == 1
    await stand.happen(Life.REMOVED)
    await stand.happen(Life.CHANGED, installer="u-bea", name="Late")
    assert await stand.host.workspaces("fake") == {}
    assert [home.installer for home in stand.rows(HOME)] == ["u-eli"]


async def test_a_group_is_not_called_by_a_number(stand: Stand) -> None:
    """Where the platform tells no name, as of a server that took only the commands, the group has one in words."""
    await stand.say("quiz start", server="1576320578074181658")
    assert [group.name for group in stand.rows(GROUP)] == ["this group"]
    assert "1576320578074181658" not in words(await stand.say("mate", server="1576320578074181658"))
    await stand.say("quiz start", by="bea", server="1576320578074181658", workspace_name="Circle")
    assert [group.name for group in stand.rows(GROUP)] == ["Circle"]


async def test_a_group_that_lives_in_a_channel_keeps_its_name(stand: Stand) -> None:
    """A channel's own group is not renamed after the workspace."""
    await stand.say("quiz start", workspace_name="Circle")
    with transaction(stand.engine) as db:
        db.execute(HOME.update().values(channel="general"))
        db.execute(GROUP.update().values(name="Night shift"))
    await stand.say("quiz start", workspace_name="Circle")
    assert [group.name for group in stand.rows(GROUP)] == ["Night shift"]


async def test_a_removal_ends_what_played_there(stand: Stand) -> None:
    """The bot is removed in the middle of a round: nothing more is posted, what was answered counts, no alarm is left.

    The same news again changes nothing.
    """
    await stand.happen(Life.INSTALLED)
    await stand.say("quiz live", options=ROUND_OF_TWO)
    await answer(stand, "bea")
    await stand.happen(Life.REMOVED)
    removed_at = stand.rows(HOME)[0].removed_at
    await stand.pass_time(hours=1)
    await stand.happen(Life.REMOVED)
    assert stand.rows(HOME)[0].removed_at == removed_at
    assert [row.state for row in stand.rows(ROUND)] == ["stopped"]
    assert stand.count(ALARM) == 0
    assert stand.count(LEDGER) == 1
    assert [row.key for row in stand.rows(MESSAGE)] == ["live:1:0"], "nobody wished for a result"
    assert (stand.posted("live:"), stand.state("live:1:0")) == (["live:1:0"], ("sent", ""))
    assert "Closed:" not in stand.said("live:1:0")
    check_books(stand.engine, stand.clock.now)


async def test_a_group_that_lives_elsewhere_too_plays_on_there(stand: Stand) -> None:
    """The bot is removed from one of a group's two workspaces: a round in the other one goes on."""
    await stand.happen(Life.INSTALLED)
    await stand.happen(Life.INSTALLED, server="another")
    with transaction(stand.engine) as db:
        db.execute(HOME.update().values(group_id=1))
    await stand.say("quiz live", options=ROUND_OF_TWO)
    await stand.happen(Life.REMOVED, server="another")
    assert [row.state for row in stand.rows(ROUND)] == ["open"]
    await stand.happen(Life.REMOVED)
    assert [row.state for row in stand.rows(ROUND)] == ["stopped"]


async def test_what_waited_for_a_removed_workspace_is_given_up(stand: Stand) -> None:
    """A message that was due there is not sent, and its row says why; another workspace's message is."""
    for server in ("server", "another"):
        await stand.happen(Life.INSTALLED, server=server)
    for server in ("server", "another"):
        await stand.call("quiz live", options=ROUND_OF_ONE, server=server)
    await stand.happen(Life.REMOVED)
    assert stand.state("live:1:0") == ("failed", "removed")
    assert stand.posted("live:") == ["live:2:0"]


async def test_a_channel_goes_and_its_round_with_it(stand: Stand) -> None:
    """A deleted channel: its round stops without a word, a round elsewhere in the server goes on."""
    await stand.happen(Life.INSTALLED)
    await stand.say("quiz live", options=ROUND_OF_TWO)
    await stand.happen(Life.CHANNEL_GONE, channel="random")
    assert [row.state for row in stand.rows(ROUND)] == ["open"]
    await stand.call("quiz live", by="bea", options=ROUND_OF_ONE, server="another")
    await stand.happen(Life.CHANNEL_GONE, channel="general")
    assert [row.state for row in stand.rows(ROUND)] == ["stopped", "open"]
    await stand.pass_time(minutes=10)
    assert [row.key for row in stand.rows(MESSAGE) if row.key.startswith("live:1")] == ["live:1:0"]
    assert stand.state("live:1:0") == ("sent", "")


async def test_what_waited_for_a_deleted_channel_is_given_up(stand: Stand) -> None:
    """A message that was due in a deleted channel is not sent."""
    await stand.happen(Life.INSTALLED)
    await stand.call("quiz live", options=ROUND_OF_ONE)
    await stand.happen(Life.CHANNEL_GONE, channel="general")
    assert stand.state("live:1:0") == ("failed", "gone")
    assert stand.port.calls == []


async def test_a_thread_goes_and_the_channel_hears_the_result(stand: Stand) -> None:
    """The thread of a round is deleted: the round stops, and its result stands in the channel above."""
    await stand.happen(Life.INSTALLED)
    await stand.say("quiz live", options=ROUND_OF_TWO, powers=THREADS)
    thread = stand.port.keys["live:1:0"].space.thread
    assert thread is not None
    await stand.happen(Life.CHANNEL_GONE, channel="general", thread="another")
    assert [row.state for row in stand.rows(ROUND)] == ["open"]
    await stand.happen(Life.CHANNEL_GONE, channel="general", thread=thread)
    assert [row.state for row in stand.rows(ROUND)] == ["stopped"]
    assert stand.port.keys["live:1:result"].space.thread is None
    assert "stopped after 1 of 2 questions" in stand.said("live:1:result")
    assert "This round is over." in stand.said("live:1:start")
    assert stand.state("live:1:0") == ("sent", ""), "nobody wished for a reveal in the thread"


async def test_news_that_cannot_be_dealt_with_harms_nobody(
    stand: Stand, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault of ours while the bot arrives is logged by its place; nothing of it is kept, and the next try works."""

    def breaks(*_given: object, **_more: object) -> None:
        raise RuntimeError("somebody's words")

    with monkeypatch.context() as patch:
        patch.setattr("bot.features.arrival.cards.welcome", breaks)
        await stand.happen(Life.INSTALLED, channel="lobby", delivery="one")
    assert stand.count(GROUP) == 0
    assert "RuntimeError" in caplog.text
    assert "somebody's words" not in caplog.text
    await stand.happen(Life.INSTALLED, channel="lobby", delivery="one")
    assert len(stand.posted("welcome:")) == 1
