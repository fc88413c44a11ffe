"""Pictures in Slack: uploaded once to a workspace, then shown by the file's id."""

import asyncio
import logging
from collections.abc import Callable
from hashlib import blake2b
from pathlib import PurePosixPath
from typing import Any

from adapters.slack.calls import Calls
from adapters.slack.failures import DROPPED, REVOKED, NotInstalledError, RefusedError, meaning
from adapters.slack.outbound import Rendered
from adapters.slack.people import Kept
from bot.chat.port import Failure

log = logging.getLogger(__name__)

Files = Callable[[str], bytes]
FRESH_SECONDS = 86_400.0  # a file stays until somebody deletes it
REFUSING_SECONDS = 600.0  # after which a workspace that takes no uploads is asked again
SETTLED_SECONDS = 60.0  # after which a file that cannot be shown is not merely new
NAME = 60


class Pictures:
    """Puts a card's pictures where Slack finds them. `files` reads one, or draws it."""

    def __init__(self, calls: Calls, files: Files, now: Callable[[], float]) -> None:
        self._calls = calls
        self._files = files
        self._now = now
        self._known: Kept[str] = Kept(FRESH_SECONDS)
        self._refusing: Kept[str] = Kept(REFUSING_SECONDS)

    async def message(self, team: str, rendered: Rendered) -> dict[str, Any]:
        """What a method takes of a card: blocks and fallback, as they stand.

        Raises what `Calls.call` raises.
        """
        blocks = (
            [await self._placed(team, block) for block in rendered.blocks] if rendered.pictures else rendered.blocks
        )
        return {"text": rendered.text, "blocks": blocks}

    async def answer(self, team: str, rendered: Rendered) -> dict[str, Any]:
        """The same of a card that somebody waits for: where its pictures cannot be placed, their words stand there."""
        try:
            return await self.message(team, rendered)
        except (RefusedError, NotInstalledError, *DROPPED):
            return in_words({"text": rendered.text, "blocks": rendered.blocks})

    def doubt(self, team: str) -> None:
        """Slack does not show a picture there: what was placed a while ago may have been deleted since."""
        for key, (placed, _file) in list(self._known.items()):
            if key[0] == team and self._now() - placed > SETTLED_SECONDS:
                del self._known[key]

    def forget(self, team: str) -> None:
        """The workspace has installed the bot anew: whether it takes pictures now is found out again."""
        self._refusing.pop(team, None)
        self._known.forget(team)

    async def _placed(self, team: str, block: dict[str, Any]) -> dict[str, Any]:
        if block["type"] != "image" or "slack_file" not in block:
            return block
        path = block["slack_file"]["id"]
        if self._refusing.fresh(team, self._now()) is not None:
            return _words(block)
        try:
            return {**block, "slack_file": {"id": await self._file(team, path, block["alt_text"])}}
        except RefusedError as error:
            if error.error in REVOKED or meaning(error).failure is Failure.TRANSIENT:
                raise
            self._refusing.keep(team, error.error, self._now())
            log.info(
                "Slack takes no picture in a workspace (%s): its description stands in its place. To show pictures, "
                "grant files:write and allow files there",
                error.error,
            )
            return _words(block)

    async def _file(self, team: str, path: str, alt: str) -> str:
        key = (team, blake2b(path.encode(), digest_size=16).digest())  # a board's path says the whole board
        known = self._known.fresh(key, self._now())
        if known is not None:
            return known
        data = await asyncio.to_thread(self._files, path)
        name = _name(path)
        place = await self._calls.safely(
            team, "files.getUploadURLExternal", filename=name, length=str(len(data)), alt_txt=alt[:1000]
        )
        async with self._calls.session.post(place["upload_url"], data=data) as answer:
            if answer.status != 200:
                raise RefusedError(f"HTTP {answer.status}", answer.status)
        done = {"files": [{"id": place["file_id"], "title": name}]}
        await self._calls.safely(team, "files.completeUploadExternal", done)
        return self._known.keep(key, str(place["file_id"]), self._now())


def shows_a_picture(message: dict[str, Any]) -> bool:
    """Whether a message holds a file that Slack may not have looked at yet, or has no longer."""
    return any("slack_file" in block for block in message["blocks"])


def in_words(message: dict[str, Any]) -> dict[str, Any]:
    """A message with the words of its pictures in their place."""
    return {**message, "blocks": [_words(block) if "slack_file" in block else block for block in message["blocks"]]}


def _name(path: str) -> str:
    """What Slack calls the picture, and says above it: the file's own name, or its folder's if that is long."""
    place = PurePosixPath(path)
    return place.name if len(place.name) <= NAME else f"{place.parent.name}{place.suffix}"


def _words(block: dict[str, Any]) -> dict[str, Any]:
    return {"type": "context", "elements": [{"type": "plain_text", "text": block["alt_text"][:2000]}]}
