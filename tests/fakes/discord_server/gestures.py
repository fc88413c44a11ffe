"""Verbs of members: type a command, press, choose, fill in a form; each returns the interaction to wait for."""

from typing import Any

from tests.fakes.discord_server import forms, permissions, shapes
from tests.fakes.discord_server.errors import ImpossibleGesture
from tests.fakes.discord_server.gateway import Gateway
from tests.fakes.discord_server.interactions import (
    AUTOCOMPLETE,
    COMMAND,
    COMPONENT,
    MODAL_SUBMIT,
    Interaction,
    envelope,
)
from tests.fakes.discord_server.log import Log
from tests.fakes.discord_server.options import CHANNEL, MENTIONABLE, ROLE, USER, CommandLine
from tests.fakes.discord_server.world import Channel, Guild, Message, User, World

LINK, PREMIUM = 5, 6
# Selects of things, and the kind of option that refers to the same things.
REFERENCES = {5: USER, 6: ROLE, 7: MENTIONABLE, 8: CHANNEL}

Place = Channel | str | None


class Gestures:
    """What members do."""

    world: World
    gateway: Gateway
    log: Log
    counters: dict[str, int]
    interactions: dict[str, Interaction]
    tokens: dict[str, Interaction]

    def interaction_slash(
        self,
        guild: Guild | str | None,
        channel: Place,
        user: User | str,
        line: str,
        options: dict[str, Any] | None = None,
    ) -> Interaction:
        """`/quiz start` with options, as declared; without a server (None), in the direct conversation."""
        found, place, who = self._place(guild, channel, user)
        self._offered(line, found, place, who)
        data = CommandLine(self.world, found, who).data(line, options or {})
        return self._send(Interaction(self.world, self.log, COMMAND, place, who, data))

    def interaction_autocomplete(
        self,
        guild: Guild | str | None,
        channel: Place,
        user: User | str,
        line: str,
        focused: str,
        typed: str = "",
        options: dict[str, Any] | None = None,
    ) -> Interaction:
        """What is suggested while `typed` stands in the option `focused`."""
        found, place, who = self._place(guild, channel, user)
        self._offered(line, found, place, who)
        values = {**(options or {}), focused: typed}
        data = CommandLine(self.world, found, who).data(line, values, focused)
        return self._send(Interaction(self.world, self.log, AUTOCOMPLETE, place, who, data))

    def interaction_press(
        self, target: Message | Interaction | str, user: User | str, button: str | None = None, *, channel: Place = None
    ) -> Interaction:
        """Press the button of this label or custom id on a message, or on an interaction's answer.

        `target` may be a custom id: it is pressed on the newest message that has it; where none has it any more and a
        `channel` is given, on an old message there that is made up for this.
        """
        who = self.world.user(user)
        message, control = self._control(target, who, button, channel)
        if control["type"] != shapes.BUTTON or control.get("style") in (LINK, PREMIUM):
            raise ImpossibleGesture(f"{button or target!r} is no button that can be pressed")
        data = {"component_type": shapes.BUTTON, "custom_id": control["custom_id"], "id": control.get("id")}
        return self._send_from(message, who, data)

    def interaction_select(
        self, target: Message | Interaction | str, user: User | str, values: list[str], select: str | None = None
    ) -> Interaction:
        """Choose values in a select of a message; users, roles and channels by id."""
        who = self.world.user(user)
        message, control = self._control(target, who, select, None)
        if control["type"] not in shapes.SELECTS:
            raise ImpossibleGesture(f"{select or target!r} is no select")
        forms.check_choice(control, values)
        data = {"component_type": control["type"], "custom_id": control["custom_id"], "id": control.get("id")}
        data["values"] = values
        if control["type"] in REFERENCES:
            line = CommandLine(self.world, message.channel.guild, who)
            option = {"name": control["custom_id"], "type": REFERENCES[control["type"]]}
            data["values"] = [line.reference(option, value) for value in values]
            data["resolved"] = line.resolved
        return self._send_from(message, who, data)

    def interaction_modal(self, opened: Interaction, values: dict[str, Any]) -> Interaction:
        """Fill in and submit the form that an interaction opened."""
        if opened.modal is None:
            raise ImpossibleGesture(f"no form is open: {opened.story()}")
        data = forms.filled_in(opened.modal, values)
        one = Interaction(self.world, self.log, MODAL_SUBMIT, opened.channel, opened.user, data)
        one.source = opened.source
        return self._send(one)

    def _place(self, guild: Guild | str | None, channel: Place, user: User | str) -> tuple[Guild | None, Channel, User]:
        who = self.world.user(user)
        if guild is None:
            return None, self.world.dm(who), who
        found = self.world.guild(guild)
        place = self.world.channel(channel, found) if channel is not None else next(iter(found.channels.values()))
        if place.guild is not found:
            raise ImpossibleGesture(f"{place.name} is no channel of {found.name}")
        return found, place, who

    def _offered(self, line: str, guild: Guild | None, channel: Channel, user: User) -> None:
        """A client offers a command only where it is declared for, to those whom it is declared for."""
        command = self.world.command(line.removeprefix("/").split()[0], guild)
        here = 0 if guild else 1
        contexts = command.get("contexts")
        if (contexts is not None and here not in contexts) or (not guild and not command.get("dm_permission", True)):
            raise ImpossibleGesture(f"/{line} is not offered in this context ({here}, declared for {contexts})")
        needed = int(command.get("default_member_permissions") or 0)
        if guild is not None and needed & ~permissions.in_channel(channel, user.id):
            raise ImpossibleGesture(f"/{line} is not offered to {user.name}")

    def _control(
        self, target: Message | Interaction | str, user: User, name: str | None, channel: Place
    ) -> tuple[Message, dict[str, Any]]:
        if isinstance(target, str):
            message, name = self._message_with(target, user, channel), target
        elif isinstance(target, Interaction):
            message = self._answer_with(target, name)
        else:
            message = target
        if message.id not in message.channel.messages:
            raise ImpossibleGesture("the message was deleted")
        if message.seen_by not in (None, user.id):
            raise ImpossibleGesture(f"{user.name} does not see this message")
        if name is None:
            if len(message.controls) != 1:
                raise ImpossibleGesture(f"which of {[one['custom_id'] for one in message.controls]}?")
            control = message.controls[0]
        else:
            control = message.control(name)
        if control.get("disabled"):
            raise ImpossibleGesture(f"{control['custom_id']} is disabled")
        return message, control

    def _answer_with(self, one: Interaction, name: str | None) -> Message:
        messages = [one.original] * bool(one.original) + one.followups
        if not messages:
            raise ImpossibleGesture(f"there is no answer to press on: {one.story()}")
        for message in reversed(messages):
            if name is None or any(name in (part["custom_id"], part.get("label")) for part in message.controls):
                return message
        return messages[-1]

    def _message_with(self, custom_id: str, user: User, channel: Place) -> Message:
        """The newest message that the user sees with this control."""
        places = [self.world.channel(channel)] if channel is not None else self.world.channels.values()
        seen = [one for place in places for one in place.messages.values() if one.seen_by in (None, user.id)]
        for message in sorted(seen, key=lambda one: int(one.id), reverse=True):
            if any(part["custom_id"] == custom_id for part in message.controls):
                return message
        if channel is None:
            raise ImpossibleGesture(f"no message has a button or select {custom_id!r}")
        button = {"type": shapes.BUTTON, "id": 2, "style": 2, "label": "old", "custom_id": custom_id}
        place = self.world.channel(channel)
        message = Message(self.world.snowflake(), place, self.world.bot, flags=shapes.V2_FLAG)
        message.components = [{"type": shapes.ROW, "id": 1, "components": [button]}]
        place.messages[message.id] = message
        return message

    def _send_from(self, message: Message, user: User, data: dict[str, Any]) -> Interaction:
        one = Interaction(self.world, self.log, COMPONENT, message.channel, user, data)
        one.source = message
        return self._send(one)

    def _send(self, one: Interaction) -> Interaction:
        channel, bot = one.channel, self.world.bot.id
        payload = envelope(one, permissions.in_channel(channel, bot), permissions.in_channel(channel, one.user.id))
        self.interactions[one.id] = self.tokens[one.token] = one
        self.counters["interactions"] += 1
        self.gateway.dispatch("INTERACTION_CREATE", payload, channel.guild, intent=0)
        return one
