"""The small web server on PORT: /healthz for whoever watches the process, /metrics for Prometheus."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence

from aiohttp import http_exceptions, web

from adapters.web.metrics import CONTENT_TYPE, Metrics

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds in which every part must answer
REST_SECONDS = 1.0  # for requests that are under way at the end; what is being answered was waited for before
Route = web.RouteDef
Check = Callable[[], Awaitable[str]]  # an empty answer means that all is well


class Web:
    """Serves from `open` to `close`. `checks` are asked at each /healthz: 200 when all are well, 503 and why if not.

    `more` are the places where a platform delivers.
    """

    def __init__(self, port: int, checks: Mapping[str, Check], metrics: Metrics, more: Sequence[Route] = ()) -> None:
        self.port = port
        self._checks = checks
        self._metrics = metrics
        self._more = more
        self._running: web.AppRunner | None = None

    async def open(self) -> None:
        """Listen. Raises OSError where the port is taken."""
        app = web.Application()
        app.add_routes([web.get("/healthz", self._healthz), web.get("/metrics", self._show_metrics), *self._more])
        self._running = web.AppRunner(
            app, access_log=None, handle_signals=False, shutdown_timeout=REST_SECONDS, logger=_plain()
        )
        await self._running.setup()
        site = web.TCPSite(self._running, port=self.port)
        await site.start()
        self.port = self._running.addresses[0][1]
        log.info("Serving /healthz and /metrics on port %d", self.port)

    async def close(self) -> None:
        """Listen no more."""
        if self._running is not None:
            await self._running.cleanup()

    async def _healthz(self, _request: web.Request) -> web.Response:
        answers = await asyncio.gather(*(_asked(check) for check in self._checks.values()))
        found = dict(zip(self._checks, answers, strict=True))
        well = not any(found.values())
        parts = {name: why or "ok" for name, why in found.items()}
        return web.json_response({"status": "ok" if well else "failing", **parts}, status=200 if well else 503)

    async def _show_metrics(self, _request: web.Request) -> web.Response:
        return web.Response(body=self._metrics.page(), headers={"Content-Type": CONTENT_TYPE})


class Plain(logging.Filter):
    """Lets what aiohttp logs pass in one line, without a traceback; nothing where a client wrote no HTTP, or left."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record goes on."""
        error = record.exc_info[1] if record.exc_info else None
        if isinstance(error, http_exceptions.HttpProcessingError | web.RequestPayloadError | ConnectionError):
            return False
        if error is not None:
            record.msg, record.args = "A request failed with %s", (type(error).__name__,)
            record.exc_info = record.exc_text = None
        return True


def _plain() -> logging.Logger:
    found = logging.getLogger("adapters.web.requests")
    if not any(isinstance(one, Plain) for one in found.filters):
        found.addFilter(Plain())
    return found


async def _asked(check: Check) -> str:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            return await check()
    return f"no answer within {PATIENCE:.0f} s"
