"""A platform as a worker sees it: each call is a line of JSON on a connection of its own, and may be cut off."""

import asyncio
import json
import os
from typing import Any

from bot.chat import wire
from bot.chat.cards import Card
from bot.chat.people import Account, MessageRef, Space
from bot.chat.port import DeliveryError, Failure, Probe, Search

HOST = "127.0.0.1"
CALL_SECONDS = 20.0
PAUSES = (0.05, 0.4)


async def ask(port: int, **asked: Any) -> Any:
    """What the stand-in answers to this process. Raises ConnectionError if it does not."""
    reader, writer = await asyncio.open_connection(HOST, port, limit=2**22)
    try:
        writer.write(json.dumps({**asked, "pid": os.getpid()}).encode() + b"\n")
        line = await reader.readline()
    finally:
        writer.close()
    if not line:
        raise ConnectionResetError("cut off without an answer")
    return json.loads(line)


class DrillPort:
    """`ChatPort` on the stand-in; with `nonces` like Discord, which knows a message sent twice, else like Slack."""

    def __init__(self, platform: str, port: int, *, nonces: bool) -> None:
        self.platform = platform
        self._port = port
        self._nonces = nonces

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        """Post; as the adapters do, a call that was cut off is made again only where the nonce makes that safe."""
        place = _place(space)
        return MessageRef(space, await self._send(place, card, key))

    async def tell(self, account: Account, card: Card, key: str) -> MessageRef:
        """Write to one account."""
        place = f"@{account.user}"
        return MessageRef(Space(self.platform), f"{place}/{await self._send(place, card, key)}")

    async def edit(self, ref: MessageRef, card: Card, key: str) -> None:
        """Replace a message."""
        place, _between, message = ref.message.rpartition("/")
        await self._safely("edit", place=place or _place(ref.space), ref=message, card=wire.to_json(card))

    async def thread(self, ref: MessageRef, title: str) -> Space:
        """Open the thread below a message, which has the message's own name."""
        await self._safely("thread", place=_place(ref.space))
        return Space(self.platform, ref.space.workspace, ref.space.channel, f"{_place(ref.space)}:{ref.message}")

    async def probe(self, space: Space) -> Probe:
        """Nothing is missing."""
        await self._safely("probe", place=_place(space))
        return Probe()

    async def find(self, space: Space, key: str) -> MessageRef | Search:
        """Ours among the latest of a channel; unknown where the bot reads none, or no channel is named.

        Raises DeliveryError where looking again can help.
        """
        if not self._nonces or space.channel is None:
            return Search.UNKNOWN
        found = await self._safely("find", place=_place(space), key=key)
        return MessageRef(space, found["ref"]) if found["ref"] else Search.NONE

    async def _send(self, place: str, card: Card, key: str) -> str:
        given = {"place": place, "key": key, "card": wire.to_json(card)}
        if self._nonces:
            return str((await self._safely("post", **given, nonce=key))["ref"])
        return str((await self._call("post", Failure.UNCLEAR, **given))["ref"])

    async def _safely(self, do: str, **given: Any) -> Any:
        for pause in PAUSES:
            try:
                return await self._call(do, Failure.UNCLEAR, **given)
            except DeliveryError as error:
                if error.failure is not Failure.UNCLEAR:
                    raise
                await asyncio.sleep(pause)
        return await self._call(do, Failure.TRANSIENT, **given)

    async def _call(self, do: str, cut_off: Failure, **given: Any) -> Any:
        try:
            async with asyncio.timeout(CALL_SECONDS):
                answer = await ask(self._port, do=do, platform=self.platform, **given)
        except (ConnectionError, TimeoutError) as error:
            raise DeliveryError(cut_off, type(error).__name__) from error
        if "error" in answer:
            raise DeliveryError(Failure(answer["error"]), "the stand-in says so", answer.get("retry_after"))
        return answer


def _place(space: Space) -> str:
    return space.thread or f"{space.workspace}/{space.channel}"
