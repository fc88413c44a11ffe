"""Looks at Slack's tokens before the bot starts, and says in words what is wrong."""

from msgspec import Struct

from adapters.slack.calls import Calls
from adapters.slack.failures import DROPPED, UNTAKEN, RefusedError
from adapters.slack.manifest import OPTIONAL, SCOPES
from adapters.slack.sockets import APP_PLACE, BOT_PLACE, NOT_TAKEN


class Finding(Struct, frozen=True):
    """One thing that was looked at: whether it is well, and a sentence."""

    well: bool
    sentence: str


async def examine(bot_token: str, app_token: str, api_url: str = "") -> list[Finding]:
    """What is well and what is not in Socket Mode: both tokens, and the scopes."""

    async def nobody(_team: str) -> None:
        return None

    calls = Calls(nobody, api_url)
    try:
        return [*await _bot(calls, bot_token), await _app(calls, app_token)]
    except DROPPED as error:
        return [_away(type(error).__name__)]
    finally:
        await calls.close()


async def _bot(calls: Calls, token: str) -> list[Finding]:
    try:
        answer = await calls.answer_as(token, "auth.test")
    except RefusedError as error:
        return [_refused(error, "SLACK_BOT_TOKEN", BOT_PLACE)]
    team, name = answer.get("team"), answer.get("user")
    held = {scope.strip() for scope in str(answer.headers.get("x-oauth-scopes", "")).split(",")}
    found = [Finding(well=True, sentence=f"Slack takes SLACK_BOT_TOKEN; in {team} the bot is called {name}.")]
    lacking = [scope for scope in SCOPES if scope not in held and scope not in OPTIONAL]
    if lacking:
        sentence = (
            f"The app lacks {', '.join(lacking)}. Paste what batchmate manifest slack prints into the app's manifest, "
            "and install it to the workspace again."
        )
        found.append(Finding(well=False, sentence=sentence))
    found += [
        Finding(well=True, sentence=f"Without {scope} the bot does without: {SCOPES[scope]}.")
        for scope in OPTIONAL
        if scope not in held
    ]
    return found


async def _app(calls: Calls, token: str) -> Finding:
    try:
        await calls.call_as(token, "apps.connections.open")
    except RefusedError as error:
        return _refused(error, "SLACK_APP_TOKEN", APP_PLACE)
    return Finding(well=True, sentence="Slack takes SLACK_APP_TOKEN and opens a socket.")


def _refused(error: RefusedError, name: str, place: str) -> Finding:
    """What a refusal says: of the token, or of Slack, which says nothing of the token then."""
    if error.error not in UNTAKEN:
        return _away(error.error)
    return Finding(well=False, sentence=NOT_TAKEN.format(name=name, place=place))


def _away(reason: str) -> Finding:
    sentence = f"Slack is out of reach ({reason}). Look at the network and https://status.slack.com"
    return Finding(well=False, sentence=sentence)
