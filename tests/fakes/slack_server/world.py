"""All workspaces, and the ids, timestamps and short-lived handles that Slack makes."""

import copy
import secrets
import time
from dataclasses import dataclass
from itertools import count
from typing import Any

from tests.fakes.slack_server import blocks
from tests.fakes.slack_server.errors import ImpossibleGesture, Refused
from tests.fakes.slack_server.things import Channel, Group, Message, Team, User, View

__all__ = ["Channel", "Group", "Message", "Team", "Trigger", "User", "View", "World"]


@dataclass(slots=True)
class Trigger:
    """A handle that opens one view; `interaction` is the gesture that it came with."""

    id: str
    team: Team
    user: User
    made: float
    interaction: Any
    used: bool = False


class World:
    """Everything by id, and the ways to find it."""

    def __init__(self) -> None:
        self._numbers, self._stamps = count(1), count(1)
        self.ahead = 0.0
        self.app = self.id("A")
        self.teams: dict[str, Team] = {}
        self.triggers: dict[str, Trigger] = {}
        self.views: dict[str, View] = {}

    def now(self) -> float:
        """The time of this Slack, in seconds; it may be put ahead."""
        return time.time() + self.ahead

    def id(self, letter: str) -> str:
        """A new id, of a thing whose ids begin with this letter."""
        return f"{letter}0{next(self._numbers):08X}"

    def stamp(self) -> str:
        """A new timestamp of a message: one of its own, later than all before."""
        number = next(self._stamps)
        return f"{int(self.now()) + number // 9000}.{100 * (number % 9000) + 100:06d}"

    def team(self, which: Team | str | None = None) -> Team:
        """A workspace by itself, id or name; None means the first."""
        if isinstance(which, Team):
            return which
        if which is None and self.teams:
            return next(iter(self.teams.values()))
        found = self.teams.get(which or "") or next((one for one in self.teams.values() if one.name == which), None)
        if found is None:
            raise ImpossibleGesture(f"there is no workspace {which!r}")
        return found

    def by_token(self, token: str) -> Team | None:
        """The workspace that a bot token belongs to."""
        return next((team for team in self.teams.values() if team.token == token), None)

    def dm(self, team: Team, user: User) -> Channel:
        """The direct conversation of the bot with somebody."""
        for channel in team.channels.values():
            if channel.recipient is user:
                return channel
        channel = Channel(self.id("D"), "directmessage", team, private=True, recipient=user, members={user.id})
        team.channels[channel.id] = channel
        return channel

    def trigger(self, team: Team, user: User, interaction: Any) -> str:
        """A new trigger id."""
        one = Trigger(
            f"{next(self._numbers)}.{int(self.now())}.{secrets.token_hex(16)}", team, user, self.now(), interaction
        )
        self.triggers[one.id] = one
        return one.id

    def spend(self, team: Team, trigger: str, seconds: float) -> Trigger:
        """The trigger of this id, which is used up by that; old, used and unknown ones are refused."""
        found = self.triggers.get(trigger)
        if found is None or found.team is not team:
            raise Refused("invalid_trigger_id")
        if found.used:
            raise Refused("exchanged_trigger_id")
        if self.now() - found.made > seconds:
            raise Refused("expired_trigger_id")
        return found

    def new_view(self, team: Team, user: User, body: dict[str, Any]) -> View:
        """A view that is opened for somebody."""
        view = View(self.id("V"), team, user, self.kept_view(body), self.hash())
        view.root = view.id
        self.views[view.id] = view
        return view

    def hash(self) -> str:
        """The name of one state of a view."""
        return f"{int(self.now())}.{secrets.token_hex(4)}"

    def kept_view(self, body: dict[str, Any]) -> dict[str, Any]:
        """A view as Slack keeps it."""
        return {**copy.deepcopy(body), "blocks": self.kept(body["blocks"])}

    def kept(self, given: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Blocks as Slack keeps them: each with an id, each control too, texts with their defaults."""
        held = copy.deepcopy(given)
        for block in held:
            block.setdefault("block_id", secrets.token_urlsafe(4))
            _default(block)
        for _, part in blocks.controls(held):
            part.setdefault("action_id", secrets.token_urlsafe(4))
        return held


def _default(value: Any) -> None:
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        if isinstance(inner, dict) and inner.get("type") == blocks.PLAIN:
            inner.setdefault("emoji", True)
        elif isinstance(inner, dict) and inner.get("type") == blocks.MRKDWN:
            inner.setdefault("verbatim", False)
        _default(inner)
