"""Pictures of the content in Slack: uploaded once to a workspace, then shown by the file's id."""

from collections.abc import Callable
from typing import Any

from adapters.slack.calls import Calls
from adapters.slack.failures import RefusedError
from adapters.slack.outbound import Rendered
from adapters.slack.people import Kept

Files = Callable[[str], bytes]


class Pictures:
    """Puts a card's pictures where Slack finds them. `files` reads one of the content."""

    def __init__(self, calls: Calls, files: Files, now: Callable[[], float]) -> None:
        self._calls = calls
        self._files = files
        self._now = now
        self._known: Kept[str] = Kept()

    async def message(self, team: str, rendered: Rendered) -> dict[str, Any]:
        """What a method takes of a card: blocks and fallback, as they stand.

        Raises what `Calls.call` raises.
        """
        blocks = (
            [await self._placed(team, block) for block in rendered.blocks] if rendered.pictures else rendered.blocks
        )
        return {"text": rendered.text, "blocks": blocks}

    async def _placed(self, team: str, block: dict[str, Any]) -> dict[str, Any]:
        if block["type"] != "image" or "slack_file" not in block:
            return block
        path = block["slack_file"]["id"]
        try:
            return {**block, "slack_file": {"id": await self._file(team, path, block["alt_text"])}}
        except RefusedError as error:
            if error.error != "missing_scope":
                raise
            return {"type": "context", "elements": [{"type": "plain_text", "text": block["alt_text"][:2000]}]}

    async def _file(self, team: str, path: str, alt: str) -> str:
        known = self._known.fresh((team, path), self._now())
        if known is not None:
            return known
        data = self._files(path)
        name = path.rpartition("/")[2]
        place = await self._calls.safely(
            team, "files.getUploadURLExternal", filename=name, length=str(len(data)), alt_txt=alt[:1000]
        )
        async with self._calls.session.post(place["upload_url"], data=data) as answer:
            if answer.status != 200:
                raise RefusedError(f"HTTP {answer.status}", answer.status)
        done = {"files": [{"id": place["file_id"], "title": name}]}
        await self._calls.safely(team, "files.completeUploadExternal", done)
        return self._known.keep((team, path), str(place["file_id"]), self._now())
