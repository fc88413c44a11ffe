"""Methods of the bot's own account, of people, conversations and user groups."""

from typing import Any

from tests.fakes.slack_server import payloads
from tests.fakes.slack_server.api import Asked, Method, account, reach
from tests.fakes.slack_server.errors import Refused, missing_field


def auth_test(asked: Asked) -> dict[str, Any]:
    """Who the token is."""
    team = asked.team
    return {
        "url": f"https://{team.domain}.slack.com/",
        "team": team.name,
        "user": team.bot.name,
        "team_id": team.id,
        "user_id": team.bot.id,
        "bot_id": team.bot_id,
        "is_enterprise_install": False,
    }


def auth_revoke(asked: Asked) -> dict[str, Any]:
    """Give up the token."""
    if asked.get("test"):
        return {"revoked": False}
    asked.server.revoke(asked.team)
    return {"revoked": True}


def open_conversation(asked: Asked) -> dict[str, Any]:
    """The direct conversation with somebody; that it can be written in is another question."""
    wanted = asked.get("users")
    if asked.get("channel"):
        channel = reach(asked)
    elif not wanted:
        raise missing_field("users")
    elif "," in wanted:
        raise Refused("too_many_users")  # the stand-in has no conversations of several
    else:
        user = account(asked, "users")
        if user.deleted:
            raise Refused("user_disabled")
        if user.is_bot:
            raise Refused("cannot_dm_bot")
        channel = asked.world.dm(asked.team, user)
    again, channel.opened = channel.opened, True
    body = payloads.channel(channel) if asked.get("return_im") else {"id": channel.id}
    return {"channel": body, "no_op": again, "already_open": again}


def conversation(asked: Asked) -> dict[str, Any]:
    """A channel; which scope it takes depends on its kind."""
    channel = reach(asked)
    if channel.recipient is not None:
        asked.scoped("im:read")
    else:
        asked.scoped("groups:read" if channel.private else "channels:read")
    body = payloads.channel(channel)
    if asked.get("include_num_members"):
        body["num_members"] = len(channel.members)
    return {"channel": body}


def user_info(asked: Asked) -> dict[str, Any]:
    """Somebody."""
    return {"user": payloads.user(account(asked), asked.team, locale=bool(asked.get("include_locale")))}


def groups(asked: Asked) -> dict[str, Any]:
    """The user groups."""
    shown = [one for one in asked.team.groups.values() if not one.disabled or asked.get("include_disabled")]
    users = bool(asked.get("include_users"))
    return {"usergroups": [payloads.group(one, asked.team, users=users) for one in shown]}


def group_users(asked: Asked) -> dict[str, Any]:
    """Who is in a user group."""
    found = asked.team.groups.get(asked.args["usergroup"])
    if found is None or (found.disabled and not asked.get("include_disabled")):
        raise Refused("no_such_subteam")
    return {"users": list(found.users)}


METHODS: dict[str, Method] = {
    "auth.test": Method(auth_test, json=False),
    "auth.revoke": Method(auth_revoke, optional=("test",), json=False),
    "conversations.open": Method(
        open_conversation,
        ("im:write", "mpim:write"),
        optional=("channel", "users", "return_im", "prevent_creation"),
    ),
    "conversations.info": Method(
        conversation,
        ("channels:read", "groups:read", "im:read", "mpim:read"),
        ("channel",),
        ("include_locale", "include_num_members"),
        json=False,
    ),
    "users.info": Method(user_info, ("users:read",), ("user",), ("include_locale",), json=False),
    "usergroups.list": Method(
        groups,
        ("usergroups:read",),
        optional=("include_count", "include_disabled", "include_users"),
        json=False,
    ),
    "usergroups.users.list": Method(
        group_users,
        ("usergroups:read",),
        ("usergroup",),
        ("include_disabled",),
        json=False,
    ),
}
