"""Routes of messages and the threads under them."""

import time

from tests.fakes.discord_server import drafts, fields, payloads, permissions
from tests.fakes.discord_server.errors import Refused, invalid, missing_permission, unknown
from tests.fakes.discord_server.gateway import DIRECT_MESSAGES, GUILD_MESSAGES
from tests.fakes.discord_server.log import NONCE_KNOWN
from tests.fakes.discord_server.rest import Answer, Call, Handler, reach
from tests.fakes.discord_server.world import CATEGORY, DM, FORUM, PUBLIC_THREAD, TEXT, Channel, Message, World

ARCHIVE_MINUTES = {60, 1440, 4320, 10080}


def new_message(world: World, channel: Channel) -> Message:
    """A message of the bot's that is not posted yet."""
    return Message(world.snowflake(), channel, world.bot)


def post(call: Call, message: Message, nonce: str | int | None = None) -> None:
    """Put a written message into its channel."""
    channel = message.channel
    channel.messages[message.id] = message
    call.server.counters["messages"] += 1
    if message.seen_by is None:
        intent = DIRECT_MESSAGES if channel.type == DM else GUILD_MESSAGES
        call.server.gateway.dispatch("MESSAGE_CREATE", payloads.message(message, nonce=nonce), channel.guild, intent)


async def create_message(call: Call) -> Answer:
    """Post; the same enforced nonce again returns the first message."""
    channel = reach(call, "send_messages", *(["attach_files"] if call.files else []))
    if channel.recipient is not None and channel.recipient.dms_closed:
        raise Refused(403, 50007, "Cannot send messages to this user")
    if channel.type in (CATEGORY, FORUM):
        raise Refused(400, 50008, "Cannot send messages in a non-text channel")
    if channel.locked:
        raise Refused(400, 160005, "Thread is locked")
    body = fields.record(call.body, ())
    nonce = body.get("nonce")
    if isinstance(nonce, str) and len(nonce) > 25:
        raise invalid(("nonce",), "NONCE_TYPE_TOO_LONG", "Nonce must be 25 or fewer characters.")
    message = new_message(call.world, channel)
    drafts.write(message, body, call.files, drafts.ON_POST)
    if nonce is not None and body.get("enforce_nonce"):
        known = call.server.nonces.get(str(nonce))
        if known is not None and time.monotonic() - known[0] <= call.server.nonce_seconds:
            first: Message = known[1]
            call.request.mark = NONCE_KNOWN
            if first.id not in first.channel.messages:
                raise unknown("Message")
            return 200, payloads.message(first, nonce=nonce)
        call.server.nonces[str(nonce)] = (time.monotonic(), message)
    channel.archived = False
    post(call, message, nonce)
    return 200, payloads.message(message, nonce=nonce)


async def list_messages(call: Call) -> Answer:
    """The newest messages, newest first."""
    channel = reach(call)
    limit = call.number("limit", 50, 1, 100)
    if channel.guild and not permissions.may(channel, call.world.bot.id, "read_message_history"):
        return 200, []
    query = call.request.query
    found = sorted(channel.public, key=lambda message: int(message.id))
    if "before" in query:
        found = [message for message in found if int(message.id) < int(query["before"])]
    if "after" in query:
        found = [message for message in found if int(message.id) > int(query["after"])][:limit]
    return 200, [payloads.message(message, blind=True) for message in reversed(found[-limit:])]


async def get_message(call: Call) -> Answer:
    """One message."""
    reach(call, "read_message_history")
    message = call.world.asked_message(call.params["channel"], call.params["message"])
    return 200, payloads.message(message, blind=True)


async def edit_message(call: Call) -> Answer:
    """Change one of the bot's own messages."""
    channel = reach(call)
    message = call.world.asked_message(channel.id, call.params["message"])
    if message.author is not call.world.bot:
        raise Refused(403, 50005, "Cannot edit a message authored by another user")
    if channel.archived:
        raise Refused(400, 50083, "Thread is archived")
    drafts.edit(message, call.body, call.files)
    return 200, payloads.message(message)


async def delete_message(call: Call) -> Answer:
    """Delete a message: one's own, or with Manage Messages any."""
    channel = reach(call)
    message = call.world.asked_message(channel.id, call.params["message"])
    bot = call.world.bot
    if message.author is not bot and not permissions.may(channel, bot.id, "manage_messages"):
        raise missing_permission()
    del channel.messages[message.id]
    return 204, None


async def create_thread(call: Call) -> Answer:
    """Open a thread under a message, once."""
    channel = reach(call, "create_public_threads")
    if channel.type != TEXT:
        raise Refused(400, 50024, "Cannot execute action on this channel type")
    message = call.world.asked_message(channel.id, call.params["message"])
    body = fields.record(call.body, ())
    name = fields.text(body.get("name"), ("name",), 1, 100)
    minutes = body.get("auto_archive_duration")
    if minutes is not None:
        fields.one_of(minutes, ("auto_archive_duration",), ARCHIVE_MINUTES)
    if message.thread is not None:
        raise Refused(400, 160004, "A thread has already been created for this message")
    bot = call.world.bot.id
    thread = Channel(message.id, name, PUBLIC_THREAD, channel.guild, channel, owner=bot)
    thread.archive_minutes = minutes or 1440
    message.thread = call.world.channels[thread.id] = channel.guild.channels[thread.id] = thread
    payload = payloads.channel(thread)
    member = {"id": thread.id, "user_id": bot, "join_timestamp": thread.created, "flags": 1}
    event = payload | {"newly_created": True, "member": member}
    call.server.gateway.dispatch("THREAD_CREATE", event, channel.guild)
    return 201, payload


ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/channels/{channel}/messages", create_message),
    ("GET", "/channels/{channel}/messages", list_messages),
    ("GET", "/channels/{channel}/messages/{message}", get_message),
    ("PATCH", "/channels/{channel}/messages/{message}", edit_message),
    ("DELETE", "/channels/{channel}/messages/{message}", delete_message),
    ("POST", "/channels/{channel}/messages/{message}/threads", create_thread),
]
