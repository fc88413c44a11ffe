"""Methods of messages: post, change, delete, and show to one member only."""

from typing import Any

from tests.fakes.slack_server import drafts, payloads
from tests.fakes.slack_server.api import Asked, Method, account, reach
from tests.fakes.slack_server.errors import Refused
from tests.fakes.slack_server.findings import length
from tests.fakes.slack_server.things import Channel, Message

CONTENT = ("text", "blocks", "attachments", "metadata")
LOOKS = ("link_names", "mrkdwn", "parse", "unfurl_links", "unfurl_media", "username", "icon_emoji", "icon_url")


def post_message(asked: Asked) -> dict[str, Any]:
    """Post for everybody in a channel, or to somebody directly."""
    channel = _writable(asked)
    _thread(asked, channel)
    drafts.check(asked.world, asked.team, asked.args)
    asked.server.meter(channel)
    message = Message(asked.world.stamp(), channel, asked.team.bot, thread_ts=asked.get("thread_ts"))
    cut = drafts.write(asked.world, message, asked.args)
    asked.server.post(message)
    asked.server.credit_post(message)
    answer = {
        "channel": channel.id,
        "ts": message.ts,
        "message": payloads.message(message, asked.world.app),
    }
    return answer | ({"response_metadata": {"warnings": ["message_truncated"]}} if cut else {})


def update(asked: Asked) -> dict[str, Any]:
    """Change an own message; blocks that are not sent stay as they were."""
    channel = reach(asked)
    if channel.archived:
        raise Refused("is_inactive")
    message = channel.messages.get(asked.args["ts"])
    if message is None or message.seen_by is not None:
        raise Refused("message_not_found")
    if message.author is not asked.team.bot:
        raise Refused("cant_update_message")
    if length(asked.get("text") or "") > drafts.MOST_EDITED_TEXT:
        raise Refused("msg_too_long")
    drafts.check(asked.world, asked.team, asked.args)
    drafts.write(asked.world, message, asked.args)
    message.edited = asked.world.stamp()
    message.edits += 1
    asked.server.credit_edit(message)
    return {
        "channel": channel.id,
        "ts": message.ts,
        "text": message.fallback,
        "message": payloads.message(message, asked.world.app),
    }


def delete(asked: Asked) -> dict[str, Any]:
    """Delete an own message."""
    channel = reach(asked)
    message = channel.messages.get(asked.args["ts"])
    if message is None or message.seen_by is not None:
        raise Refused("message_not_found")
    if message.author is not asked.team.bot:
        raise Refused("cant_delete_message")
    asked.server.delete_message(message)
    return {"channel": channel.id, "ts": message.ts}


def post_ephemeral(asked: Asked) -> dict[str, Any]:
    """Show a message to one member of a channel."""
    channel = _writable(asked)
    user = asked.team.users.get(asked.args["user"])
    if user is None or user.id not in channel.members:
        raise Refused("user_not_in_channel")
    _thread(asked, channel)
    drafts.check(asked.world, asked.team, asked.args)
    message = Message(asked.world.stamp(), channel, asked.team.bot, thread_ts=asked.get("thread_ts"), seen_by=user.id)
    drafts.write(asked.world, message, asked.args)
    asked.server.post(message)
    asked.server.credit_private(message)
    return {"message_ts": message.ts}


def _writable(asked: Asked) -> Channel:
    """The channel to post in; a member's id means the direct conversation."""
    if asked.args["channel"] in asked.team.users:
        return _direct(asked, asked.world.dm(asked.team, account(asked, "channel")))
    channel = reach(asked)
    if channel.archived:
        raise Refused("is_archived")
    if channel.recipient is not None:
        return _direct(asked, channel)
    if not channel.bot_in and "chat:write.public" not in asked.team.scopes:
        raise Refused("not_in_channel")
    return channel


def _direct(asked: Asked, channel: Channel) -> Channel:
    user = channel.recipient
    if user is not None and (user.dms_closed or not asked.server.messages_tab):
        raise Refused("messages_tab_disabled")
    return channel


def _thread(asked: Asked, channel: Channel) -> None:
    """A thread hangs under a message that is or was there; never under a reply."""
    ts = asked.get("thread_ts")
    if ts is None or ts in channel.gone:
        return
    parent = channel.messages.get(ts)
    if parent is None or parent.seen_by is not None:
        raise Refused("thread_not_found")
    if parent.thread_ts not in (None, ts):
        raise Refused("cannot_reply_to_message")


METHODS: dict[str, Method] = {
    "chat.postMessage": Method(
        post_message,
        ("chat:write",),
        ("channel",),
        (*CONTENT, *LOOKS, "thread_ts", "reply_broadcast", "as_user", "client_msg_id"),
    ),
    "chat.update": Method(
        update,
        ("chat:write",),
        ("channel", "ts"),
        (*CONTENT, "link_names", "parse", "as_user", "reply_broadcast"),
    ),
    "chat.delete": Method(delete, ("chat:write",), ("channel", "ts"), ("as_user",)),
    "chat.postEphemeral": Method(
        post_ephemeral,
        ("chat:write",),
        ("channel", "user"),
        (*CONTENT, "link_names", "parse", "thread_ts", "username", "icon_emoji", "icon_url", "as_user"),
    ),
}
