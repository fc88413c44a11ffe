"""The Web API's way of a call: who calls, whether they may, and arguments as a method declares them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_server.errors import Refused, missing_field
from tests.fakes.slack_server.things import Channel, Team, User
from tests.fakes.slack_server.world import World

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import SlackServer

# What arguments are of; all others are strings.
KINDS: dict[str, type] = {
    "blocks": list,
    "files": list,
    "view": dict,
    "metadata": dict,
    "length": int,
    "limit": int,
    "mrkdwn": bool,
    "unfurl_links": bool,
    "unfurl_media": bool,
    "link_names": bool,
    "reply_broadcast": bool,
    "return_im": bool,
    "prevent_creation": bool,
    "include_locale": bool,
    "include_num_members": bool,
    "include_users": bool,
    "include_count": bool,
    "include_disabled": bool,
    "test": bool,
}
ALWAYS = ("team_id",)  # bolt names the workspace in every call
TRUE, FALSE = {"1", "true", "True"}, {"0", "false", "False", ""}


@dataclass(slots=True)
class Asked:
    """A call on its way through a handler; a handler returns the answer without `ok`, or raises Refused."""

    server: "SlackServer"
    team: Team
    args: dict[str, Any]

    @property
    def world(self) -> World:
        """Everything that exists."""
        return self.server.world

    def get(self, name: str) -> Any:
        """An argument, or None."""
        return self.args.get(name)

    def scoped(self, *scopes: str) -> None:
        """Refuse a token that has none of these scopes."""
        if scopes and not self.team.scopes & set(scopes):
            raise Refused("missing_scope", needed=",".join(scopes), provided=",".join(sorted(self.team.scopes)))


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its handler, the scopes of which one is needed, its arguments, and whether it reads JSON bodies."""

    handler: Callable[[Asked], dict[str, Any]]
    scopes: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    json: bool = True

    def read(self, given: dict[str, Any]) -> dict[str, Any]:
        """The arguments as they are declared; what is missing, unknown or of a wrong kind is refused."""
        known = {*self.required, *self.optional, *ALWAYS}
        unknown = sorted(set(given) - known)
        if unknown:  # stricter than Slack, which ignores them: each is a misspelling
            raise Refused("invalid_arguments", [f"unknown argument: {name}" for name in unknown])
        for name in self.required:
            if given.get(name) in (None, ""):
                raise missing_field(name)
        return {name: _typed(name, value) for name, value in given.items() if value is not None}


def _typed(name: str, value: Any) -> Any:
    kind = KINDS.get(name, str)
    if kind in (list, dict):
        try:
            found = json.loads(value) if isinstance(value, str) else value
        except ValueError:
            found = None
        if not isinstance(found, kind):
            raise Refused(f"invalid_{name}_format" if name in {"blocks", "metadata"} else "invalid_arguments")
        return found
    if kind is bool:
        text = str(value)
        if text not in TRUE | FALSE:
            raise Refused("invalid_arguments", [f"must be a boolean [json-pointer:/{name}]"])
        return text in TRUE
    if kind is int:
        if not str(value).isdecimal():
            raise Refused("invalid_arguments", [f"must be an integer [json-pointer:/{name}]"])
        return int(value)
    if isinstance(value, list | dict):
        raise Refused("invalid_array_arg")
    return str(value)


def reach(asked: Asked, name: str = "channel") -> Channel:
    """The channel that a call names by id, if the bot may know of it."""
    found = asked.team.channels.get(asked.args[name])
    if found is None or (found.private and not found.bot_in):
        raise Refused("channel_not_found")
    return found


def account(asked: Asked, name: str = "user") -> User:
    """The account that a call names by id."""
    found = asked.team.users.get(asked.args[name])
    if found is None:
        raise Refused("user_not_found")
    return found
