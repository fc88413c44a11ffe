"""Things as Slack writes them: in answers to calls, and in what it delivers."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from tests.fakes.slack_server.things import Channel, File, Group, Message, Team, User, View

TOKEN = "stand-in-verification"  # the outdated verification token, which nobody checks


def user(one: User, team: Team, *, locale: bool = False) -> dict[str, Any]:
    """An account, as users.info tells of it."""
    offset = datetime.now(ZoneInfo(one.tz)).utcoffset()
    body = {
        "id": one.id,
        "team_id": one.guest_of or team.id,
        "name": one.name,
        "deleted": one.deleted,
        "real_name": one.shown,
        "tz": one.tz,
        "tz_label": one.tz,
        "tz_offset": int(offset.total_seconds()) if offset else 0,
        "profile": {
            "real_name": one.shown,
            "real_name_normalized": one.shown,
            "display_name": one.shown,
            "display_name_normalized": one.shown,
            "team": one.guest_of or team.id,
        },
        "is_admin": one.is_admin,
        "is_owner": one.is_owner,
        "is_primary_owner": one.is_owner,
        "is_restricted": False,
        "is_ultra_restricted": False,
        "is_bot": one.is_bot,
        "is_app_user": False,
        "updated": 1732500000,
    }
    return body | ({"locale": one.locale} if locale else {})


def channel(one: Channel) -> dict[str, Any]:
    """A channel, as conversations.info tells of it."""
    direct = one.recipient is not None
    body: dict[str, Any] = {
        "id": one.id,
        "created": 1732500000,
        "is_im": direct,
        "is_org_shared": False,
        "context_team_id": one.team.id,
        "updated": 1732500000000,
    }
    if one.recipient is not None:
        return body | {"user": one.recipient.id, "is_open": True, "is_archived": one.archived, "priority": 0}
    return body | {
        "name": one.name,
        "name_normalized": one.name,
        "is_channel": not one.private,
        "is_group": one.private,
        "is_mpim": False,
        "is_private": one.private,
        "is_archived": one.archived,
        "is_general": False,
        "is_member": one.bot_in,
        "is_shared": False,
        "is_ext_shared": False,
        "is_pending_ext_shared": False,
        "topic": {"value": "", "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def channel_name(one: Channel) -> str:
    """A channel's name in a payload: only public ones are named."""
    if one.recipient is not None:
        return "directmessage"
    return "privategroup" if one.private else one.name


def message(one: Message, app: str) -> dict[str, Any]:
    """A message."""
    team = one.channel.team
    body: dict[str, Any] = {
        "type": "message",
        "user": one.author.id,
        "ts": one.ts,
        "text": one.fallback,
        "team": team.id,
    }
    if one.author is team.bot:
        body |= {"bot_id": team.bot_id, "app_id": app}
    if one.blocks:
        body["blocks"] = one.blocks
    if one.thread_ts:
        body["thread_ts"] = one.thread_ts
        body["parent_user_id"] = team.bot.id
    if one.files:
        body["files"] = [file(held) for held in one.files]
    if one.edited:
        body["edited"] = {"user": one.author.id, "ts": one.edited}
    if one.metadata:
        body["metadata"] = one.metadata
    return body


def file(one: File) -> dict[str, Any]:
    """A file."""
    return {
        "id": one.id,
        "name": one.name,
        "title": one.title,
        "size": one.size,
        "alt_txt": one.alt_text,
        "mode": "hosted",
        "url_private": f"https://files.slack.com/files-pri/{one.id}/{one.name}",
        "permalink": f"https://stand-in.slack.com/files/{one.id}/{one.name}",
    }


def group(one: Group, team: Team, *, users: bool = False) -> dict[str, Any]:
    """A user group."""
    body = {
        "id": one.id,
        "team_id": team.id,
        "is_usergroup": True,
        "name": one.name,
        "handle": one.handle,
        "description": "",
        "is_external": False,
        "date_delete": 1732500000 if one.disabled else 0,
        "user_count": len(one.users),
    }
    return body | ({"users": list(one.users)} if users else {})


def view(one: View, app: str, state: dict[str, Any] | None = None) -> dict[str, Any]:
    """A view with what stands in it."""
    body = {
        "id": one.id,
        "team_id": one.team.id,
        "private_metadata": "",
        "callback_id": "",
        "external_id": "",
        "title": None,
        "close": None,
        "submit": None,
        "clear_on_close": False,
        "notify_on_close": False,
    }
    return {
        **body,
        **one.body,
        "state": {"values": state or {}},
        "hash": one.hash,
        "root_view_id": one.root,
        "previous_view_id": one.previous,
        "app_id": app,
        "app_installed_team_id": one.team.id,
        "bot_id": one.team.bot_id,
    }


def interaction(kind: str, team: Team, who: User, app: str, *, in_view: bool = False) -> dict[str, Any]:
    """What every interaction says of where it comes from; in a view that is the workspace of who makes it."""
    return {
        "type": kind,
        "user": {"id": who.id, "username": who.name, "name": who.name, "team_id": who.guest_of or team.id},
        "api_app_id": app,
        "token": TOKEN,
        "team": {"id": (in_view and who.guest_of) or team.id, "domain": team.domain},
        "enterprise": None,
        "is_enterprise_install": False,
    }


def event(inner: dict[str, Any], event_id: str, team: Team, app: str, at: float) -> dict[str, Any]:
    """An event in its envelope."""
    authorization = {
        "enterprise_id": None,
        "team_id": team.id,
        "user_id": team.bot.id,
        "is_bot": True,
        "is_enterprise_install": False,
    }
    return {
        "token": TOKEN,
        "team_id": team.id,
        "api_app_id": app,
        "event": inner,
        "type": "event_callback",
        "event_id": event_id,
        "event_time": int(at),
        "authorizations": [authorization],
        "is_ext_shared_channel": False,
        "event_context": f"4-{event_id}",
    }
