"""Message bodies: what is refused in them, and how an accepted one becomes a message."""

from typing import Any

from tests.fakes.slack_server import blocks
from tests.fakes.slack_server.errors import Refused
from tests.fakes.slack_server.findings import length
from tests.fakes.slack_server.things import Message, Team
from tests.fakes.slack_server.world import World

MOST_TEXT, MOST_EDITED_TEXT = 40_000, 4_000


def check(world: World, team: Team, body: dict[str, Any], *, weighed: bool = True) -> None:
    """Refuse a body that Slack refuses; messages of response URLs are not weighed."""
    if body.get("attachments"):
        raise Refused("invalid_attachments")  # stricter than Slack: blocks say all that attachments can
    given = body.get("blocks")
    if not given and not (isinstance(body.get("text"), str) and body["text"].strip()):
        raise Refused("no_text")
    if given:
        check_blocks(world, team, given, weighed=weighed)
    metadata = body.get("metadata")
    if metadata and (
        set(metadata) != {"event_type", "event_payload"} or not isinstance(metadata["event_payload"], dict)
    ):
        raise Refused("invalid_metadata_format")


def check_blocks(world: World, team: Team, given: Any, *, weighed: bool = True) -> None:
    """Refuse blocks of a message."""
    found = blocks.problems(given)
    if any(blocks.ONE_TABLE in one for one in found):
        raise Refused("invalid_attachments", found)
    found = found or _files(world, team, given)
    if found:
        raise Refused("invalid_blocks", found)
    if weighed and blocks.weight(given) > blocks.MOST_WEIGHT:
        raise Refused("msg_blocks_too_long")


def _files(world: World, team: Team, given: list[dict[str, Any]]) -> list[str]:
    """Pictures of Slack's own files must be there, and looked at."""
    found = []
    for index, block in enumerate(given):
        parts = [block, block.get("accessory"), *(block.get("elements") or ())]
        for part in parts:
            wanted = (part or {}).get("slack_file")
            if wanted is None:
                continue
            files = [one for one in team.files.values() if one.id == wanted.get("id") or "url" in wanted]
            if not any(one.complete and one.ready_at <= world.now() for one in files):
                found.append(f"invalid slack file [json-pointer:/blocks/{index}/slack_file]")
    return found


def write(world: World, message: Message, body: dict[str, Any]) -> bool:
    """Write a checked body into a message; whether its text was cut."""
    text = str(body.get("text") or "")
    cut = length(text) > MOST_TEXT
    message.fallback = text[:MOST_TEXT]
    if body.get("blocks") is not None:
        message.blocks = world.kept(body["blocks"])
    if body.get("metadata") is not None:
        message.metadata = body["metadata"] or None
    return cut
