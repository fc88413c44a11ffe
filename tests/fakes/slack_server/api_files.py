"""Methods of files: ask for an address, upload to it, and finish."""

from typing import Any

from tests.fakes.slack_server import payloads
from tests.fakes.slack_server.api import Asked, Method, reach
from tests.fakes.slack_server.errors import Refused
from tests.fakes.slack_server.things import File, Message


def upload_url(asked: Asked) -> dict[str, Any]:
    """Where to upload a file of this name and size."""
    if not asked.args["length"]:
        raise Refused("invalid_arguments", ["must be greater than 0 [json-pointer:/length]"])
    file = File(asked.world.id("F"), asked.args["filename"], asked.args["length"], alt_text=asked.get("alt_txt") or "")
    asked.team.files[file.id] = file
    return {"upload_url": f"{asked.server.base_url}/upload/v1/{asked.team.id}/{file.id}", "file_id": file.id}


def complete(asked: Asked) -> dict[str, Any]:
    """Finish uploads, and share them in a channel if one is named."""
    found = []
    for one in asked.args["files"]:
        file = asked.team.files.get(one.get("id", "")) if isinstance(one, dict) else None
        if file is None or file.data is None or file.complete:
            raise Refused("file_not_found")
        file.title = one.get("title") or file.name
        found.append(file)
    channel = reach(asked, "channel_id") if asked.get("channel_id") else None
    if channel is not None and channel.archived:
        raise Refused("is_archived")
    if channel is not None and not channel.bot_in:
        raise Refused("not_in_channel")
    for file in found:
        file.complete, file.ready_at = True, asked.world.now() + asked.server.file_seconds
    if channel is not None:
        message = Message(asked.world.stamp(), channel, asked.team.bot, thread_ts=asked.get("thread_ts"), files=found)
        message.fallback = asked.get("initial_comment") or ""
        asked.server.post(message)
        asked.server.credit_post(message)
    return {"files": [payloads.file(one) for one in found]}


METHODS: dict[str, Method] = {
    "files.getUploadURLExternal": Method(
        upload_url, ("files:write",), ("filename", "length"), ("alt_txt", "snippet_type"), json=False
    ),
    "files.completeUploadExternal": Method(
        complete, ("files:write",), ("files",), ("channel_id", "initial_comment", "thread_ts")
    ),
}
