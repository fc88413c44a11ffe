"""One websocket of the gateway: what is sent leaves in order, compressed where the client asks for it."""

import asyncio
import json
import zlib
from typing import Any

from aiohttp import web


class Connection:
    """One websocket; what is sent leaves in order, through a task of its own."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.transport = request.transport
        self.session: Any = None
        self.silent = False
        self.closing: int | None = None
        compress = request.query.get("compress") == "zlib-stream"
        self._deflate = zlib.compressobj() if compress else None
        self._queue: asyncio.Queue[str | int] = asyncio.Queue()

    def send(self, op: int, data: Any = None) -> None:
        """Queue a payload that is no event."""
        self.send_text(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def send_text(self, text: str) -> None:
        """Queue a payload; a silent connection loses it."""
        if not self.silent:
            self._queue.put_nowait(text)

    def close(self, code: int) -> None:
        """Close the connection after what is queued."""
        self.closing = code
        self._queue.put_nowait(code)

    def abort(self) -> None:
        """End the TCP connection at once, without a closing handshake."""
        if self.transport is not None:
            self.transport.abort()

    async def write(self) -> None:
        """Send what is queued until the connection ends."""
        while True:
            item = await self._queue.get()
            if isinstance(item, int):
                await self.socket.close(code=item)
                return
            try:
                if self._deflate is None:
                    await self.socket.send_str(item)
                else:
                    packed = self._deflate.compress(item.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
                    await self.socket.send_bytes(packed)
            except ConnectionError:
                return
