"""Response URLs: a gesture can be answered through its own for 30 minutes, five times."""

import json
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.fakes.slack_server import drafts
from tests.fakes.slack_server.errors import Refused
from tests.fakes.slack_server.interactions import Interaction
from tests.fakes.slack_server.things import Message

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import SlackServer

MOST_USES, SECONDS = 5, 1800.0
KEYS = {
    "text",
    "blocks",
    "attachments",
    "response_type",
    "replace_original",
    "delete_original",
    "thread_ts",
    "unfurl_links",
    "unfurl_media",
    "metadata",
    "mrkdwn",
}


@dataclass(slots=True)
class ResponseUrl:
    """One of them: which gesture it answers, when it was made, and how often it was used."""

    interaction: Interaction
    made: float
    uses: int = 0


class Responses:
    """All response URLs."""

    def __init__(self, server: "SlackServer") -> None:
        self.server = server
        self.known: dict[str, ResponseUrl] = {}

    def make(self, one: Interaction) -> str:
        """A new address for a gesture."""
        token = secrets.token_urlsafe(24)
        self.known[token] = ResponseUrl(one, self.server.world.now())
        return f"{self.server.base_url}/respond/{one.team.id}/{token}"

    def answer(self, token: str, text: str) -> tuple[int, str]:
        """What a request to an address comes to: a status and a word."""
        url = self.known.get(token)
        if url is None:
            return 404, "no_service"
        if self.server.world.now() - url.made > SECONDS:
            return 404, "expired_url"
        if url.uses >= MOST_USES:
            return 404, "used_url"
        try:
            body = json.loads(text)
        except ValueError:
            return 400, "invalid_payload"
        if not isinstance(body, dict) or set(body) - KEYS:
            return 400, "invalid_payload"
        try:
            respond(self.server, url.interaction, body)
        except Refused as refusal:
            url.interaction.refused.append(refusal.error)
            return 400, refusal.error
        url.uses += 1
        return 200, "ok"


def respond(server: "SlackServer", one: Interaction, body: dict[str, Any]) -> None:
    """Do what an answer says: a new message, a change of the message of the gesture, or its end."""
    original = one.source if one.source is not None and one.source.author is one.team.bot else None
    if body.get("delete_original"):
        if original is None or original.ts not in original.channel.messages:
            raise Refused("message_not_found")
        server.delete_message(original)
        one.deleted = True
    elif body.get("replace_original") and original is not None:
        if original.ts not in original.channel.messages:
            raise Refused("message_not_found")
        drafts.check(server.world, one.team, body, weighed=False)
        if "blocks" not in body:
            original.blocks = []
        drafts.write(server.world, original, body)
        original.edits += 1
        one.edited += 1
    else:
        say(server, one, body)
    one.changed()


def say(server: "SlackServer", one: Interaction, body: dict[str, Any]) -> None:
    """A new message, private unless it says otherwise."""
    if body.get("response_type", "ephemeral") not in ("ephemeral", "in_channel"):
        raise Refused("invalid_response_type")
    if one.channel is None:
        raise Refused("channel_not_found")
    drafts.check(server.world, one.team, body, weighed=False)
    seen_by = None if body.get("response_type") == "in_channel" else one.user.id
    message = Message(server.world.stamp(), one.channel, one.team.bot, thread_ts=body.get("thread_ts"), seen_by=seen_by)
    drafts.write(server.world, message, body)
    server.post(message)
    one.messages.append(message)
