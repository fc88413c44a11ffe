"""What a member can reach: channels to write in, messages and views that they see, and what typing becomes."""

import re
from typing import Any

from tests.fakes.slack_server import blocks, forms
from tests.fakes.slack_server.errors import ImpossibleGesture
from tests.fakes.slack_server.interactions import Interaction
from tests.fakes.slack_server.things import Channel, Message, Team, User, View
from tests.fakes.slack_server.world import World

LINK = re.compile(r"https?://[^\s<>|]+")
NAMED = re.compile(r"(?<![^\s:=])([@#])([\w.-]*\w)")

Target = Message | View | Interaction | str


class Reaching:
    """Finding what a gesture is made on; what is not there for the member is impossible."""

    world: World

    def enter(self, team: Team, channel: Channel | str | None, who: User) -> Channel:
        """A channel that somebody can write in; none means the direct conversation."""
        place = team.channel(channel) if channel is not None else self.world.dm(team, who)
        if who.id not in place.members:
            raise ImpossibleGesture(f"{who.name} is not in {place.name}")
        if place.archived:
            raise ImpossibleGesture(f"{place.name} is archived")
        return place

    def topmost(self, who: User, view: View | None) -> View:
        """The modal that somebody has before them."""
        if not who.views or (view is not None and view is not who.views[-1]):
            raise ImpossibleGesture(f"{who.name} has no such view open")
        return who.views[-1]

    def picked(self, team: Team, who: User, view: View, values: dict[str, Any]) -> dict[str, Any]:
        """What is put into a form's fields, channels that are chosen from a list as their ids."""
        found = dict(values)
        for block, part in blocks.controls(view.blocks):
            value = values.get(block["block_id"])
            if part["type"] != "conversations_select" or not value:
                continue
            place = team.channel(str(value).removeprefix("#"))
            if place.archived or not forms.offers(part, place) or (place.private and who.id not in place.members):
                raise ImpossibleGesture(f"{who.name} is not offered {place.name}")
            found[block["block_id"]] = place.id
        return found

    def aim(
        self, team: Team, who: User, target: Target, name: str | None, channel: Channel | str | None
    ) -> tuple[Message | View, str | None]:
        """The message or view that is meant, if the member sees it, and the name of the control on it."""
        if isinstance(target, str):
            return self._message_with(team, who, target, channel), target
        place = _brought(target, name) if isinstance(target, Interaction) else target
        if isinstance(place, View):
            if place.closed or place.user is not who:
                raise ImpossibleGesture(f"{who.name} does not have this view open")
            return place, name
        if place.ts not in place.channel.messages:
            raise ImpossibleGesture("the message was deleted")
        if place.seen_by not in (None, who.id) or who.id not in place.channel.members:
            raise ImpossibleGesture(f"{who.name} does not see this message")
        return place, name

    def _message_with(self, team: Team, who: User, value: str, channel: Channel | str | None) -> Message:
        """The newest message that the member sees with this button."""
        places = [team.channel(channel)] if channel is not None else list(team.channels.values())
        seen = [message for place in places if who.id in place.members for message in place.seen_by(who)]
        for message in sorted(seen, key=lambda one: one.ts, reverse=True):
            if any(value in (part.get("value"), part["action_id"]) for part in message.controls):
                return message
        if channel is None:
            raise ImpossibleGesture(f"no message has a button {value!r}")
        button = {
            "type": "button",
            "action_id": "press:0",
            "text": {"type": blocks.PLAIN, "text": "Old"},
            "value": value,
        }
        message = Message(self.world.stamp(), places[0], team.bot, "Old")
        message.blocks = self.world.kept([{"type": "actions", "elements": [button]}])
        places[0].messages[message.ts] = message
        return message


def _brought(one: Interaction, name: str | None) -> Message | View:
    """The newest thing that a gesture brought and that has this control."""
    things: list[Message | View] = [*one.messages]
    if one.edited and one.source is not None:
        things.insert(0, one.source)
    if one.view is not None and not one.view.closed:
        things.append(one.view)
    if not things:
        raise ImpossibleGesture(f"there is no answer to press on: {one.story()}")
    for thing in reversed(things):
        for part in thing.controls:
            if name in (None, part.get("action_id"), part.get("value"), (part.get("text") or {}).get("text")):
                return thing
    return things[-1]


def typed(team: Team, text: str, *, escape: bool) -> str:
    """What was typed, as a command brings it: signs escaped, people, channels and links as references."""
    for sign, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(sign, entity)
    if not escape:
        return text

    def named(found: re.Match[str]) -> str:
        sign, name = found.groups()
        if sign == "#":
            known = next((one for one in team.channels.values() if one.name == name and not one.recipient), None)
            return f"<#{known.id}|{'' if known.private else name}>" if known else found[0]
        user = next((one for one in team.users.values() if one.name == name), None)
        group = next((one for one in team.groups.values() if one.handle == name), None)
        if user is None and group is not None:
            return f"<!subteam^{group.id}|@{name}>"
        return f"<@{user.id}|{name}>" if user else found[0]

    return NAMED.sub(named, LINK.sub(lambda found: f"<{found[0]}>", text))
