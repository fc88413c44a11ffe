"""Slack over HTTP: only what Slack has signed a moment ago is done, and it is done once."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping

import pytest
import pytest_asyncio

from tests.adapters.slack_town_http import FORM, JSON, SIGNATURE, STAMP, WORD, HttpTown, http_town
from tests.e2e.slack_town import ROUND

pytestmark = pytest.mark.asyncio(loop_scope="module")
QUESTION = "quiz start topic:maths.vectors"
Headers = Mapping[str, str | None]
Forge = Callable[[HttpTown, bytes], Headers]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def town(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[HttpTown]:
    """Two workspaces, of which the first one has the bot, and a program that logs all it can."""
    async with http_town(tmp_path_factory.mktemp("http"), teams=2, log_level="DEBUG") as here:
        yield here


# --- who has sent it ---------------------------------------------------------------------------------------------


def at(seconds: float) -> Forge:
    """Signed by Slack, so many seconds from now."""
    return lambda town, body: town.signed(body, time.time() + seconds)


def beside(**headers: str | None) -> Forge:
    """Signed by Slack, and then one of the two headers is another one, or gone."""
    return lambda _town, _body: {{"stamp": STAMP, "signature": SIGNATURE}[name]: now for name, now in headers.items()}


FORGED: dict[str, Forge] = {
    "another secret": lambda town, body: town.signed(body, secret="of-somebody-else"),
    "an empty body's": lambda town, _body: town.signed(b""),
    "another body's": lambda town, body: town.signed(body + b"&text=my"),
    "no signature": beside(signature=None),
    "an empty signature": beside(signature=""),
    "zeros": beside(signature=f"v0={'0' * 64}"),
    "another version": lambda town, body: {SIGNATURE: town.signed(body)[SIGNATURE].replace("v0", "v1")},
    "old": at(-310),
    "of tomorrow": at(86_400),
    "from the future": at(310),
    "no time": beside(stamp=None),
    "another time": lambda town, body: {STAMP: str(int(town.signed(body)[STAMP]) - 1)},
    "before all time": beside(stamp="-1"),
}
UNREAD: dict[str, Forge] = {
    "a word": beside(stamp="soon"),
    "a fraction": beside(stamp="1.5"),
    "infinity": beside(stamp="inf"),
    "digits of no end": beside(stamp="9" * 5_000),
    "letters that no signature has": beside(signature="v0=é"),
}
CASES = [
    *(pytest.param(forge, id=name) for name, forge in FORGED.items()),
    *(pytest.param(forge, id=name) for name, forge in UNREAD.items()),
]


@pytest.mark.parametrize("forge", CASES)
async def test_what_slack_has_not_signed_now_is_not_done(town: HttpTown, forge: Forge) -> None:
    """Forged, old, early or unsigned: a command and an event are refused with 401, and leave no trace anywhere."""
    command, event = town.typed(f"{ROUND} {WORD}"), town.event("app_mention")
    async with town.nothing_done():
        first = await town.deliver(command, FORM, forge(town, command))
        second = await town.deliver(event, JSON, forge(town, event))
    assert (first.status, second.status) == (401, 401)


@pytest.mark.parametrize("seconds", [-290, 0, 290])
async def test_a_signature_is_good_for_five_minutes(town: HttpTown, seconds: float) -> None:
    """A clock that goes wrong by less than that is no reason to leave a member without an answer."""
    body = town.typed("")
    answer = await town.deliver(body, FORM, at(seconds)(town, body))
    assert answer.status == 200
    assert "Batchmate" in answer.text


# --- again -------------------------------------------------------------------------------------------------------


async def test_a_command_that_comes_again_is_done_once(town: HttpTown) -> None:
    """The same bytes once more are answered with 200, and there is one quiz, or one round with one post."""
    for line in (QUESTION, ROUND):
        await town.slash(line)
        async with town.nothing_done():
            assert (await town.again()).status == 200
    assert len(town.posts("Closes at")) == 1


async def test_a_press_that_comes_again_is_done_once(town: HttpTown) -> None:
    """The same bytes once more are answered with 200; the answer stands, and the message is edited no more."""
    pressed = await town.press(await town.slash(QUESTION, "bea"), "I don't know", "bea")
    assert pressed.edited == 1
    async with town.nothing_done():
        assert (await town.again()).status == 200
    assert pressed.edited == 1


async def test_a_form_that_comes_again_is_done_once(town: HttpTown) -> None:
    """The same bytes once more are answered with 200, and there is one report."""
    question = await town.slash(QUESTION, "cem")
    await town.press(question, "I don't know", "cem")
    await town.press(question, "Report", "cem")
    sent = town.server.submit(town.team, "cem", {"reason": "unclear", "words": WORD})
    await sent.wait("acknowledged")
    await town.settled()
    async with town.nothing_done():
        assert (await town.again()).status == 200
    assert not sent.errors


async def test_an_event_that_comes_again_is_done_once(town: HttpTown) -> None:
    """What Slack repeats, and says that it does, is answered with 200, and the member is told nothing twice."""
    mention = await town.server.mention(town.team, town.channel, "dag", QUESTION).wait()
    async with town.nothing_done():
        assert (await town.again()).status == 200
        retry = {"X-Slack-Retry-Num": "1", "X-Slack-Retry-Reason": "http_timeout"}
        assert (await town.again(retry)).status == 200
    assert len(mention.messages) == 1


async def test_of_many_at_the_same_moment_one_is_done(town: HttpTown) -> None:
    """Six times the same bytes, all under way at once: 200 for each, and one quiz."""
    body, before = town.typed(QUESTION, "eli"), town.count("round")
    headers = town.signed(body)
    answers = await asyncio.gather(*(town.deliver(body, FORM, headers) for _time in range(6)))
    await town.settled()
    assert {answer.status for answer in answers} == {200}
    assert town.count("round") == before + 1
    assert len([answer for answer in answers if "Question 1" in answer.text]) <= 1


# --- who it is for -----------------------------------------------------------------------------------------------


async def test_slack_is_asked_once_who_the_bot_is(town: HttpTown) -> None:
    """When it is added to a workspace; twenty commands there later, Slack was not asked again."""
    other = list(town.server.world.teams.values())[1]
    assert (await town.install(other)).status == 200
    for number in range(20):
        team = (town.team, other)[number % 2]
        await town.server.slash(team, "study", ("ann", "bea")[number // 2 % 2], "help").wait()
    assert town.asked("auth.test") == {town.team.id: 1, other.id: 1}
