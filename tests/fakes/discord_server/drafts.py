"""From a request's body to a stored message: checked whole, with uploads in place, or not stored at all."""

import copy
from typing import Any

from tests.fakes.discord_server import fields, limits, shapes
from tests.fakes.discord_server.errors import Path, invalid
from tests.fakes.discord_server.world import EPHEMERAL, LOADING, Message, timestamp

CDN = "https://cdn.discordapp.com/attachments"
SUPPRESS_EMBEDS, SILENT = 1 << 2, 1 << 12
ON_EDIT = SUPPRESS_EMBEDS | shapes.V2_FLAG
ON_POST = ON_EDIT | SILENT
ON_ANSWER = ON_POST | EPHEMERAL

Files = dict[int, tuple[str, bytes]]


def write(message: Message, body: Any, files: Files, allowed_flags: int, path: Path = ()) -> None:
    """Fill a new message (nothing of it is changed where Discord would refuse)."""
    _apply(message, fields.record(body, path), files, allowed_flags, path, new=True)


def edit(message: Message, body: Any, files: Files, path: Path = ()) -> None:
    """Change what the body names; the rest of the message stays."""
    _apply(message, fields.record(body, path), files, ON_EDIT, path, new=False)
    message.flags &= ~LOADING
    message.edited = timestamp()
    message.edits += 1


def _apply(message: Message, body: dict[str, Any], files: Files, allowed: int, path: Path, *, new: bool) -> None:
    draft = {key: getattr(message, key) for key in ("content", "embeds", "components", "flags")}
    for key, empty in (("content", ""), ("embeds", []), ("components", [])):
        if key in body:
            draft[key] = empty if body[key] is None else body[key]
    for key in ("poll", "sticker_ids"):
        draft[key] = body.get(key)
    requested = body.get("flags")
    if requested is not None:
        fields.integer(requested, (*path, "flags"), 0, 2**31 - 1)
        if not new and message.flags & shapes.V2_FLAG and not requested & shapes.V2_FLAG:
            code = "MESSAGE_FLAGS_CANNOT_REMOVE_COMPONENTS_V2"
            raise invalid((*path, "flags"), code, "MessageFlags.IS_COMPONENTS_V2 cannot be removed")
        draft["flags"] = message.flags & ~allowed | requested & allowed
    attachments, uploads = _attachments(message, body, files, path)
    draft["attachments"] = attachments
    limits.check_message(draft, path)
    message.content, message.embeds, message.flags = draft["content"], draft["embeds"], draft["flags"]
    message.components = copy.deepcopy(draft["components"])
    shapes.number(message.components)
    message.attachments = attachments
    message.files = {one["filename"]: message.files.get(one["filename"], b"") for one in attachments} | uploads
    urls = {f"attachment://{one['filename']}": one["url"] for one in attachments}
    for item in shapes.media(message.components):
        url = urls.get(item["url"], item["url"])
        item |= {"url": url, "proxy_url": url, "width": None, "height": None, "content_type": None}


def _attachments(
    message: Message, body: dict[str, Any], files: Files, path: Path
) -> tuple[list[dict[str, Any]], dict[str, bytes]]:
    """What is attached afterwards, and the bytes of what is new."""
    listed = body.get("attachments")
    listed = None if listed is None else fields.array(listed, (*path, "attachments"), 0, 10)
    described = {str(one.get("id")): one for one in listed or ()}
    kept = [one for one in message.attachments if listed is None or one["id"] in described]
    added, uploads = [], {}
    for index, (filename, data) in sorted(files.items()):
        about = described.get(str(index), {})
        name = about.get("filename") or filename
        fields.optional_text(about.get("description"), (*path, "attachments", index, "description"), 1024)
        number = str(int(message.id) + index + 1)
        url = f"{CDN}/{message.channel.id}/{number}/{name}"
        one = {"id": number, "filename": name, "size": len(data), "url": url, "proxy_url": url}
        one["content_type"] = "image/png" if name.endswith(".png") else "application/octet-stream"
        added.append(one | ({"description": about["description"]} if about.get("description") else {}))
        uploads[name] = data
    promised = [key for key in described if key not in {one["id"] for one in kept} and not key.isdecimal()]
    promised += [key for key in described if key.isdecimal() and int(key) < 10 and int(key) not in files]
    if promised:
        code = "ATTACHMENT_NOT_FOUND"
        raise invalid((*path, "attachments"), code, f"No file was uploaded for the attachments {promised}")
    return kept + added, uploads
