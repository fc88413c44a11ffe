"""Verbs of members: type a command, press, choose, send a form; each returns the interaction to wait for."""

from typing import Any

from tests.fakes.slack_server import forms, payloads
from tests.fakes.slack_server.delivery import Delivery
from tests.fakes.slack_server.errors import ImpossibleGesture
from tests.fakes.slack_server.interactions import (
    ACTIONS,
    CLOSED,
    COMMAND,
    INTERACTIVE,
    SHORTCUT,
    SLASH,
    SUBMISSION,
    Interaction,
)
from tests.fakes.slack_server.log import Log
from tests.fakes.slack_server.reaching import Reaching, Target, typed
from tests.fakes.slack_server.responses import Responses
from tests.fakes.slack_server.things import Channel, Message, Team, User, View, find_control

Which = Team | str | None


class Gestures(Reaching):
    """What members do; a workspace is named by itself, its id or its name, and None means the first."""

    delivery: Delivery
    responses: Responses
    log: Log
    commands: dict[str, bool]
    shortcuts: set[str] | None
    newest: dict[str, Interaction]
    made_on: dict[str, Interaction]

    def slash(
        self, team: Which, channel: Channel | str | None, user: User | str, text: str = "", command: str = "/mate"
    ) -> Interaction:
        """`/mate quiz start`; without a channel in the direct conversation with the bot."""
        found = self.world.team(team)
        who = found.user(user)
        place = self.enter(found, channel, who)
        if command not in self.commands:
            raise ImpossibleGesture(f"{command} is not declared; declared are {sorted(self.commands)}")
        one = self._new(COMMAND, found, who, place)
        payload = {
            "token": payloads.TOKEN,
            "team_id": found.id,
            "team_domain": found.domain,
            "channel_id": place.id,
            "channel_name": payloads.channel_name(place),
            "user_id": who.id,
            "user_name": who.name,
            "command": command,
            "text": typed(found, text, escape=self.commands[command]),
            "api_app_id": self.world.app,
            "is_enterprise_install": "false",
            "response_url": self.responses.make(one),
            "trigger_id": self.world.trigger(found, who, one),
        }
        return self._send(one, SLASH, payload)

    def press(
        self,
        team: Which,
        user: User | str,
        target: Target,
        name: str | None = None,
        *,
        channel: Channel | str | None = None,
    ) -> Interaction:
        """Press the button of this action id, value or label on a message, a view or what a gesture brought.

        `target` may be a button's value: it is pressed on the newest message that has it; where none has it any more
        and a `channel` is given, on an old message there that is made up for this.
        """
        found = self.world.team(team)
        who = found.user(user)
        place, name = self.aim(found, who, target, name, channel)
        block, part = find_control(place.blocks, name)
        if part["type"] != "button":
            raise ImpossibleGesture(f"{name!r} is no button")
        action = {"text": part["text"], **({"value": part["value"]} if "value" in part else {})}
        if "style" in part:
            action["style"] = part["style"]
        return self._act(found, who, place, block, part, action)

    def choose(
        self, team: Which, user: User | str, target: Target, values: list[str] | str, name: str | None = None
    ) -> Interaction:
        """Choose options (by value or label), or people, channels and dates (by id), in a select of a message."""
        found = self.world.team(team)
        who = found.user(user)
        place, name = self.aim(found, who, target, name, None)
        block, part = find_control(place.blocks, name)
        if part["type"] == "overflow":
            picked = forms.option(part, values if isinstance(values, str) else values[0])
            return self._act(found, who, place, block, part, {"selected_option": picked})
        if part["type"] not in {*forms.ONE, *forms.MANY}:
            raise ImpossibleGesture(f"{name!r} is no select")
        return self._act(found, who, place, block, part, forms.filled_in(part, values))

    def submit(
        self, team: Which, user: User | str, values: dict[str, Any] | None = None, view: View | None = None
    ) -> Interaction:
        """Send the topmost form; `values` by block id, what is left out keeps what the form showed.

        A channel is chosen from a list by its name or id.
        """
        found = self.world.team(team)
        who = found.user(user)
        opened = self.topmost(who, view)
        if "submit" not in opened.body:
            raise ImpossibleGesture("the view has nothing to send")
        chosen = self.picked(found, who, opened, values or {})
        state = forms.submitted(opened.blocks, chosen, opened.opened_in)
        one = self._new(SUBMISSION, found, who, None)
        one.source_view = opened
        payload = payloads.interaction(SUBMISSION, found, who, self.world.app, in_view=True)
        payload |= {
            "trigger_id": self.world.trigger(found, who, one),
            "view": payloads.view(opened, self.world.app, state),
            "response_urls": [],
        }
        return self._send(one, INTERACTIVE, payload)

    def close_view(self, team: Which, user: User | str, *, everything: bool = False) -> Interaction:
        """Close the topmost modal, or all; the bot hears of it only if the view asked for that."""
        found = self.world.team(team)
        who = found.user(user)
        opened = self.topmost(who, None)
        everything = everything or bool(opened.body.get("clear_on_close"))
        gone = list(who.views) if everything else [opened]
        for view in gone:
            view.closed = True
            who.views.remove(view)
        one = self._new(CLOSED, found, who, None)
        if not opened.body.get("notify_on_close"):
            return one
        payload = payloads.interaction(CLOSED, found, who, self.world.app)
        payload |= {
            "view": payloads.view(opened, self.world.app, forms.state(opened.blocks, here=opened.opened_in)),
            "is_cleared": everything,
        }
        return self._send(one, INTERACTIVE, payload)

    def shortcut(self, team: Which, user: User | str, callback_id: str) -> Interaction:
        """Use a global shortcut."""
        found = self.world.team(team)
        who = found.user(user)
        if self.shortcuts is not None and callback_id not in self.shortcuts:
            raise ImpossibleGesture(f"no shortcut {callback_id!r} is declared; declared are {sorted(self.shortcuts)}")
        one = self._new(SHORTCUT, found, who, None)
        payload = payloads.interaction(SHORTCUT, found, who, self.world.app)
        payload |= {
            "callback_id": callback_id,
            "trigger_id": self.world.trigger(found, who, one),
            "action_ts": self.world.stamp(),
        }
        return self._send(one, INTERACTIVE, payload)

    def _act(
        self,
        team: Team,
        who: User,
        place: Message | View,
        block: dict[str, Any],
        part: dict[str, Any],
        action: dict[str, Any],
    ) -> Interaction:
        """block_actions of one control of a message or a view."""
        one = self._new(ACTIONS, team, who, place.channel if isinstance(place, Message) else None)
        done = {"type": part["type"], "action_id": part["action_id"], "block_id": block["block_id"], **action}
        payload = payloads.interaction(ACTIONS, team, who, self.world.app, in_view=isinstance(place, View))
        payload |= {
            "trigger_id": self.world.trigger(team, who, one),
            "actions": [done | {"action_ts": self.world.stamp()}],
        }
        chosen = forms.state(place.blocks, here=place.opened_in if isinstance(place, View) else None)
        if block["block_id"] in chosen and part["type"] not in ("button", "overflow"):
            chosen[block["block_id"]][part["action_id"]] = action
        if isinstance(place, View):
            one.source_view = place
            self.made_on[place.id] = one
            payload["container"] = {"type": "view", "view_id": place.id}
            payload["view"] = payloads.view(place, self.world.app, chosen)
            return self._send(one, INTERACTIVE, payload)
        one.source = place
        self.made_on[place.ts] = one
        payload["container"] = {
            "type": "message",
            "message_ts": place.ts,
            "channel_id": place.channel.id,
            "is_ephemeral": place.seen_by is not None,
        }
        if place.thread_ts:
            payload["container"]["thread_ts"] = place.thread_ts
        payload["channel"] = {"id": place.channel.id, "name": payloads.channel_name(place.channel)}
        if place.seen_by is None:  # Slack keeps no private messages, and sends none back
            payload["message"] = payloads.message(place, self.world.app)
        payload["state"] = {"values": chosen}
        payload["response_url"] = self.responses.make(one)
        return self._send(one, INTERACTIVE, payload)

    def _new(self, kind: str, team: Team, who: User, channel: Channel | None) -> Interaction:
        if not team.installed:
            raise ImpossibleGesture(f"the app is not in {team.name}")
        one = Interaction(self.log, kind, team, who, channel)
        one.id = self.world.id("I")
        self.newest[who.id] = one
        return one

    def _send(self, one: Interaction, kind: str, payload: dict[str, Any]) -> Interaction:
        return self.delivery.send(one, kind, payload)
