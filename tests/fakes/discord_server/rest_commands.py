"""Routes of declared commands, of the application and of single servers."""

from typing import Any

from tests.fakes.discord_server import declarations, fields
from tests.fakes.discord_server.errors import Refused, invalid, missing_access, unknown
from tests.fakes.discord_server.rest import Answer, Call, Handler

Commands = dict[tuple[str, int], dict[str, Any]]


def _scope(call: Call) -> tuple[str | None, Commands]:
    if call.params["application"] != call.world.application:
        raise unknown("Application")
    guild = call.params.get("guild")
    if guild is not None and guild not in call.world.guilds:
        raise missing_access()
    return guild, call.world.commands.setdefault(guild, {})


def _shown(call: Call, command: Any) -> Any:
    if call.request.query.get("with_localizations") in ("1", "true", "True"):
        return command
    return declarations.without_localizations(command)


def keep(world: Any, scope: str | None, commands: Commands, command: dict[str, Any]) -> dict[str, Any]:
    """Put a checked command among the others; one of this name keeps its id, an unchanged one its version too."""
    whole = declarations.written(command, scope, world.application)
    key = (whole["name"], whole["type"])
    before = commands.get(key)
    same = before is not None and {**before, "id": None, "version": None} == {**whole, "id": None, "version": None}
    whole["id"] = before["id"] if before else world.snowflake()
    whole["version"] = before["version"] if before and same else world.snowflake()
    commands[key] = whole
    return whole


def _by_id(call: Call, commands: Commands) -> tuple[tuple[str, int], dict[str, Any]]:
    for key, command in commands.items():
        if command["id"] == call.params["command"]:
            return key, command
    raise unknown("application command")


async def list_commands(call: Call) -> Answer:
    """All commands of a scope."""
    return 200, _shown(call, list(_scope(call)[1].values()))


async def get_command(call: Call) -> Answer:
    """One command."""
    return 200, _by_id(call, _scope(call)[1])[1]


async def create_command(call: Call) -> Answer:
    """Declare a command; one of the same name is overwritten."""
    scope, commands = _scope(call)
    declarations.check_command(call.body)
    known = (call.body["name"], call.body.get("type", 1)) in commands
    if not known and len(commands) >= declarations.MOST_COMMANDS:
        raise Refused(400, 30032, f"Maximum number of application commands reached ({declarations.MOST_COMMANDS}).")
    return (200 if known else 201), keep(call.world, scope, commands, call.body)


async def replace_commands(call: Call) -> Answer:
    """Declare exactly these commands."""
    scope, commands = _scope(call)
    wanted = fields.array(call.body, (), 0, declarations.MOST_COMMANDS)
    keys = []
    for index, command in enumerate(wanted):
        declarations.check_command(command, (index,))
        key = (command["name"], command.get("type", 1))
        if key in keys:
            message = "Application command names must be unique"
            raise invalid((index, "name"), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
        keys.append(key)
    for key in set(commands) - set(keys):
        del commands[key]
    return 200, [keep(call.world, scope, commands, command) for command in wanted]


async def edit_command(call: Call) -> Answer:
    """Change one command."""
    scope, commands = _scope(call)
    key, before = _by_id(call, commands)
    changed = before | fields.record(call.body, ())
    declarations.check_command(changed)
    other = commands.get((changed["name"], changed["type"]))
    if other is not None and other is not before:
        message = "Application command names must be unique"
        raise invalid(("name",), "APPLICATION_COMMANDS_DUPLICATE_NAME", message)
    renamed = {(changed["name"], changed["type"]) if one == key else one: commands[one] for one in list(commands)}
    commands.clear()
    commands.update(renamed)
    return 200, keep(call.world, scope, commands, changed)


async def delete_command(call: Call) -> Answer:
    """Take a command away."""
    commands = _scope(call)[1]
    del commands[_by_id(call, commands)[0]]
    return 204, None


ROUTES: list[tuple[str, str, Handler]] = [
    (method, f"/applications/{{application}}{scope}/commands{rest}", handler)
    for scope in ("", "/guilds/{guild}")
    for method, rest, handler in (
        ("GET", "", list_commands),
        ("POST", "", create_command),
        ("PUT", "", replace_commands),
        ("GET", "/{command}", get_command),
        ("PATCH", "/{command}", edit_command),
        ("DELETE", "/{command}", delete_command),
    )
]
