"""The options of a typed command, as a client would send them: checked, typed, with what they refer to."""

from typing import Any

from tests.fakes.discord_server import payloads
from tests.fakes.discord_server.errors import ImpossibleGesture
from tests.fakes.discord_server.world import Channel, Guild, Role, User, World

SUBCOMMAND, GROUP, STRING, INTEGER, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER = range(1, 11)
PLAIN = {STRING: str, INTEGER: int, BOOLEAN: bool, NUMBER: (int, float)}


class CommandLine:
    """`quiz start` with its options, in a place, by somebody."""

    def __init__(self, world: World, guild: Guild | None, by: User) -> None:
        self.world, self.guild, self.by = world, guild, by
        self.resolved: dict[str, dict[str, Any]] = {}

    def data(self, line: str, values: dict[str, Any], focused: str | None = None) -> dict[str, Any]:
        """The `data` of the interaction; `focused` names the option that is being typed."""
        first, *rest = line.removeprefix("/").split()
        command = self.world.command(first, self.guild)
        node, way = command, []
        for word in rest:
            below = [one for one in node.get("options", ()) if one["type"] in (SUBCOMMAND, GROUP)]
            node = next((one for one in below if one["name"] == word), None)
            if node is None:
                raise ImpossibleGesture(f"/{line}: after /{first} come {[one['name'] for one in below]}, not {word!r}")
            way.append(node)
        if any(one["type"] in (SUBCOMMAND, GROUP) for one in node.get("options", ())):
            raise ImpossibleGesture(f"/{line} needs one more word")
        options = self._options(node, dict(values), focused)
        for step in reversed(way):
            options = [{"type": step["type"], "name": step["name"], "options": options}]
        data = {"id": command["id"], "name": command["name"], "type": 1, "options": options}
        if command.get("guild_id"):
            data["guild_id"] = command["guild_id"]
        return data | ({"resolved": self.resolved} if self.resolved else {})

    def _options(self, node: dict[str, Any], values: dict[str, Any], focused: str | None) -> list[dict[str, Any]]:
        sent = []
        for option in node.get("options", ()):
            name = option["name"]
            if name not in values:
                if option.get("required") and focused is None:
                    raise ImpossibleGesture(f"the option {name!r} of {node['name']!r} is required")
                continue
            value = values.pop(name)
            if name == focused:
                if not option.get("autocomplete"):
                    raise ImpossibleGesture(f"the option {name!r} has no autocomplete")
                sent.append({"type": option["type"], "name": name, "value": str(value), "focused": True})
            else:
                sent.append({"type": option["type"], "name": name, "value": self._value(option, value)})
        if values:
            have = [option["name"] for option in node.get("options", ())]
            raise ImpossibleGesture(f"{node['name']!r} has no options {sorted(values)}; it has {have}")
        return sent

    def _value(self, option: dict[str, Any], value: Any) -> Any:
        kind, name = option["type"], option["name"]
        if kind not in PLAIN:
            return self.reference(option, value)
        if not isinstance(value, PLAIN[kind]) or (kind != BOOLEAN and isinstance(value, bool)):
            raise ImpossibleGesture(f"the option {name!r} does not take {value!r}")
        size = len(value) if kind == STRING else value
        low, high = option.get("min_length", option.get("min_value")), option.get("max_length", option.get("max_value"))
        if (low is not None and size < low) or (high is not None and size > high):
            raise ImpossibleGesture(f"the option {name!r} takes {low} to {high}, not {size}")
        choices = [choice["value"] for choice in option.get("choices", ())]
        if choices and value not in choices:
            raise ImpossibleGesture(f"the option {name!r} takes one of {choices}, not {value!r}")
        return value

    def reference(self, option: dict[str, Any], value: Any) -> str:
        """A user, channel or role: its id is sent, what it is stands in `resolved`."""
        kind = option["type"]
        if kind == ROLE or isinstance(value, Role):
            role = self._role(value)
            return self._resolve("roles", role.id, payloads.role(role))
        if kind == CHANNEL:
            channel: Channel = self.world.channel(value, self.guild)
            if option.get("channel_types") and channel.type not in option["channel_types"]:
                raise ImpossibleGesture(f"the option {option['name']!r} does not take a channel of type {channel.type}")
            return self._resolve("channels", channel.id, payloads.partial_channel(channel, self.by))
        user = self.world.user(value)
        if self.guild is not None and user.id in self.guild.members:
            member = payloads.member(self.guild.members[user.id]) | {"permissions": "0"}
            member.pop("user")
            self._resolve("members", user.id, member)
        return self._resolve("users", user.id, payloads.user(user))

    def _role(self, value: Role | str) -> Role:
        for role in self.guild.roles.values() if self.guild else ():
            if value in (role, role.id, role.name):
                return role
        raise ImpossibleGesture(f"there is no role {value!r}")

    def _resolve(self, what: str, key: str, payload: dict[str, Any]) -> str:
        self.resolved.setdefault(what, {})[key] = payload
        return key
