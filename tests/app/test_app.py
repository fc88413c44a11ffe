"""What holds for every request, whatever the feature: roles, redelivery, rollback, locales, jobs."""

import asyncio
import logging
import random
import time
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine, func, select

from bot.app import App
from bot.beat import Beat
from bot.chat.cards import Card, text
from bot.chat.commands import Action, Command, Feature, JobKind, Where
from bot.chat.people import Actor, Role, Space
from bot.chat.port import DeliveryError, Failure
from bot.chat.registry import Registry
from bot.chat.replies import Refusal, Reply
from bot.chat.requests import CommandCall, FormSubmit, HomeOpened, Press, Shortcut
from bot.context import Context, Core
from bot.features import FEATURES
from bot.host import Host
from bot.jobs import Jobs
from bot.library import Library
from bot.ports import Services
from bot.store import messages, people
from bot.store.engine import transaction
from tests.clock import Clock
from tests.fakes.chat_port import FakeChatPort

HERE = Space("fake", "server", "general")
ANN = Actor("fake", "u1", "ann")
MOD = Actor("fake", "u9", "mod", is_admin=True)


def post(ctx: Context, _options: object) -> Reply:
    """Post a message to everyone."""
    ctx.post("hello", lambda: Card("Hello", (text("Everyone"),)), ctx.here)
    return Reply(card=Card("Posted"))


def break_down(ctx: Context, _options: object) -> Reply:
    """Write something, then fail with a member's words in the error."""
    people.set_person_zone(ctx.db, ctx.me.person_id, "Asia/Tokyo")
    raise RuntimeError("my secret answer")


def refuse(ctx: Context, _options: object) -> Reply:
    """Write something, then refuse."""
    people.set_person_zone(ctx.db, ctx.me.person_id, "Asia/Tokyo")
    raise Refusal("Not today.")


def work(ctx: Context, _options: object) -> Reply:
    """Have slow work done."""
    ctx.job("double", {"number": 21})
    return Reply(card=Card("Later"))


def doubled(ctx: Context, _args: object, result: Any) -> None:
    """Post the result of the slow work."""
    ctx.post("doubled", lambda: Card(str(result["number"])), HERE)


def ring(ctx: Context, _options: object) -> Reply:
    """Set an alarm."""
    ctx.alarm("ring", ctx.now, "rang", ("x",))
    return Reply(card=Card("Set"))


def rang(ctx: Context, args: tuple[str, ...]) -> None:
    """Post when the alarm rings."""
    ctx.post("rang", lambda: Card("Rang " + args[0]), HERE)


def ring_slowly(ctx: Context, _options: object) -> Reply:
    """Set an alarm that takes its time."""
    ctx.alarm("ring", ctx.now, "rang slowly", ("x",))
    return Reply(card=Card("Set"))


def rang_slowly(ctx: Context, args: tuple[str, ...]) -> None:
    """Post after a while."""
    time.sleep(0.3)
    rang(ctx, args)


LABORATORY = Feature(
    "laboratory",
    commands=(
        Command("lab post", "Post.", post),
        Command("lab break", "Break.", break_down, where=Where.ANYWHERE),
        Command("lab refuse", "Refuse.", refuse),
        Command("lab work", "Work.", work),
        Command("lab ring", "Ring.", ring),
        Command("lab slow", "Ring slowly.", ring_slowly),
        Command("lab moderate", "Moderate.", lambda _ctx, _options: Reply(card=Card("Done")), role=Role.MODERATOR),
    ),
    actions=(Action("lab.press", lambda _ctx, _args: Reply(card=Card("Done")), "lab post", role=Role.MODERATOR),),
    alarms={"rang": rang, "rang slowly": rang_slowly},
    jobs=(JobKind("double", lambda _services, args: {"number": args["number"] * 2}, doubled),),
)


@pytest.fixture
def core(engine: Engine, library: Library, clock: Clock) -> Core:
    """A core with the laboratory plugged in, on each database."""
    return Core(engine, library, Registry.of((*FEATURES, LABORATORY)), clock, lambda: random.Random(1))


def call(name: str, actor: Actor = ANN, delivery: str | None = None, space: Space = HERE) -> CommandCall:
    """A command from somebody."""
    return CommandCall(actor=actor, space=space, delivery=delivery or f"{name}-{actor.user}", name=name)


def said(app: App, request: Any) -> str:
    """All words of the reply's card."""
    reply = app.handle(request).reply
    assert reply is not None
    assert reply.card is not None
    return " ".join(reply.card.words())


def count(core: Core, table: Any) -> int:
    """How many rows a table has."""
    with transaction(core.engine, reads=True) as db:
        return int(db.execute(select(func.count()).select_from(table)).scalar_one())


def test_a_redelivery_changes_nothing_and_is_not_answered(core: Core) -> None:
    """The same delivery again does nothing: the message is wanted once."""
    app = App(core)
    assert app.handle(call("lab post", delivery="d1")).reply is not None
    assert app.handle(call("lab post", delivery="d1")).reply is None
    with transaction(core.engine, reads=True) as db:
        assert db.execute(select(messages.MESSAGE.c.wanted)).scalars().all() == [1]


def test_a_fault_of_ours_saves_nothing_and_logs_no_words(core: Core, caplog: pytest.LogCaptureFixture) -> None:
    """A handler that breaks is answered with a sentence; nothing is written; the log names the place, not the words."""
    app = App(core)
    with caplog.at_level(logging.ERROR):
        assert "Nothing was saved" in said(app, call("lab break"))
    assert "RuntimeError" in caplog.text
    assert "break_down" in caplog.text
    assert "secret" not in caplog.text
    assert count(core, people.PERSON) == 0


def test_a_refusal_is_shown_and_saves_nothing(core: Core) -> None:
    """A refusal's sentence reaches the caller, as a card and by itself; what the handler wrote before is gone."""
    reply = App(core).handle(call("lab refuse")).reply
    assert reply is not None
    assert reply.card is not None
    assert "Not today." in " ".join(reply.card.words())
    assert reply.fault == "Not today."
    assert count(core, people.PERSON) == 0


@pytest.mark.parametrize(
    "make", [lambda: call("lab moderate"), lambda: Press(actor=ANN, space=HERE, delivery="p", token="lab.press")]
)
def test_the_role_is_checked_at_every_call(core: Core, make: Callable[[], Any]) -> None:
    """Commands and buttons for moderators refuse members, whatever the platform showed."""
    assert "That is for the group's moderators." in said(App(core), make())
    assert "Done" in said(App(core), call("lab moderate", MOD))


@pytest.mark.parametrize(
    "token",
    [
        "quiz.answer",
        "quiz.answer|x|y",
        "quiz.answer|999999|1",
        "quiz.next|5",
        "live.stop|77",
        "concept.recall|c.no.no",
        "daily.lock|3",
        "quiz.answer|-1|0",
        "quiz.answer|99999999999999999999|0",
    ],
)
def test_a_stale_or_forged_token_names_the_command_to_use(core: Core, token: str) -> None:
    """A button that stands for nothing is answered with what to say instead; nothing breaks."""
    words = said(App(core), Press(actor=ANN, space=HERE, delivery=token, token=token))
    assert "This button no longer stands for anything. Say " in words


@pytest.mark.parametrize("token", ["", "gone.action|1", "|||", "do|no such command", "do"])
def test_a_token_of_nothing_known_is_answered(core: Core, token: str) -> None:
    """Even a token that no version ever made gets a sentence that leads on."""
    words = said(App(core), FormSubmit(actor=ANN, space=HERE, delivery=token, token=token, fields={}))
    assert "help" in words


def test_another_groups_question_is_out_of_reach(core: Core) -> None:
    """A token from one group means nothing in another: ids are looked up inside the caller's group."""
    app = App(core)
    reply = app.handle(call("quiz live", delivery="live")).reply
    assert reply is not None
    other = Space("fake", "another server", "general")
    words = said(app, Press(actor=ANN, space=other, delivery="x", token="live.unsure|1"))
    assert "no longer stands for anything" in words


def test_groups_in_one_server_and_in_two_share_nothing(core: Core) -> None:
    """Two servers are two groups: points of one are not seen in the other."""
    app = App(core)
    app.handle(call("mate", delivery="1"))
    app.handle(call("mate", delivery="2", space=Space("fake", "another server", "general")))
    assert count(core, people.GROUP) == 2
    assert count(core, people.PERSON) == 1


def test_a_direct_message_goes_to_the_last_active_group(core: Core) -> None:
    """In private the person's last group is meant; who has none is told where to begin."""
    app = App(core)
    alone = Space("fake", None, "dm-u1")
    assert "You are in no group yet." in said(app, call("my stats", delivery="1", space=alone))
    app.handle(call("mate", delivery="2"))
    assert "Your progress" in said(app, call("my stats", delivery="3", space=alone))
    assert "belongs in one of your group's channels" in said(app, call("quiz live", delivery="4", space=alone))


def test_a_shortcut_is_a_command(core: Core) -> None:
    """A shortcut runs its command; what is done has no fault."""
    app = App(core)
    assert "Nobody has points" in said(app, Shortcut(actor=ANN, space=HERE, delivery="s", name="leaderboard"))
    reply = app.handle(call("lab post")).reply
    assert reply is not None
    assert reply.fault == ""


def test_one_feature_makes_the_bots_own_page(engine: Engine, library: Library, clock: Clock) -> None:
    """Two features with a page are found at the start; with none, who opens it gets a sentence."""
    page = Feature("page", home=lambda _ctx: Reply(card=Card("Page")))
    with pytest.raises(ValueError, match="page is declared twice"):
        Registry.of((page, page))
    for features, expected in (((page,), "Page"), ((LABORATORY,), "Something went wrong on our side.")):
        core = Core(engine, library, Registry.of(features), clock, lambda: random.Random(1))
        assert expected in said(App(core), HomeOpened(actor=ANN, space=HERE, delivery=expected))


async def test_a_job_runs_outside_and_its_result_is_posted(core: Core) -> None:
    """Slow work that a command asked for is done after it, and its result reaches the channel once."""
    port = FakeChatPort()
    host = Host(App(core), Beat(core), Jobs(core, Services()), {"fake": port})
    await host.handle(call("lab work"))
    await host.settle()
    await host.settle()
    assert [card.title for card in port.messages.values()] == ["42"]
    await host.stop()


async def test_an_alarm_rings_once(core: Core) -> None:
    """What falls due happens at the next beat, and only once."""
    port = FakeChatPort()
    host = Host(App(core), Beat(core), Jobs(core, Services()), {"fake": port})
    await host.handle(call("lab ring"))
    for _beat in range(3):
        await host.beat()
        await host.settle()
    assert [card.title for card in port.messages.values()] == ["Rang x"]
    await host.stop()


async def test_after_a_beat_all_that_was_due_is_done(core: Core) -> None:
    """A beat that meets another one at work ends after it: nothing that was due is still under way."""
    port = FakeChatPort()
    host = Host(App(core), Beat(core), Jobs(core, Services()), {"fake": port})
    await host.handle(call("lab slow"))
    first = asyncio.create_task(host.beat())
    await asyncio.sleep(0.1)
    await host.beat()
    await host.settle()
    assert [card.title for card in port.messages.values()] == ["Rang x"]
    await first
    await host.stop()


async def test_a_transient_failure_is_tried_again(core: Core, clock: Clock) -> None:
    """A platform that is busy gets the message later, once."""
    port = FakeChatPort(refuse=[DeliveryError(Failure.TRANSIENT, "busy", retry_after=5)])
    host = Host(App(core), Beat(core), Jobs(core, Services()), {"fake": port})
    await host.handle(call("lab post"))
    await host.settle()
    assert port.messages == {}
    clock.advance(seconds=6)
    await host.settle()
    assert len(port.messages) == 1
    await host.stop()


async def test_a_forbidden_post_is_given_up_and_noted(core: Core) -> None:
    """A place where the bot may not post is not hammered; the row says why."""
    port = FakeChatPort(refuse=[DeliveryError(Failure.FORBIDDEN, "no permission")])
    host = Host(App(core), Beat(core), Jobs(core, Services()), {"fake": port})
    await host.handle(call("lab post"))
    await host.settle()
    with transaction(core.engine, reads=True) as db:
        row = db.execute(select(messages.MESSAGE.c.state, messages.MESSAGE.c.error)).one()
    assert tuple(row) == ("failed", "forbidden")
    assert port.calls == [("post", "hello"), ("probe", "general")]
    await host.stop()


async def test_an_edit_replaces_the_message(core: Core, clock: Clock) -> None:
    """Posting the same key again edits the message that is there."""
    port = FakeChatPort()
    host = Host(App(core), Beat(core), Jobs(core, Services()), {"fake": port})
    for delivery in ("one", "two"):
        await host.handle(call("lab post", delivery=delivery))
        clock.advance(seconds=2)
        await host.settle()
    assert [what for what, _which in port.calls] == ["post", "edit"]
    assert len(port.messages) == 1
    await host.stop()
