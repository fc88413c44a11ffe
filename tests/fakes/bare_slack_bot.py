"""The smallest sensible bolt app, the floor for benchmarks: it acknowledges every gesture with a constant."""

import asyncio
import logging
import os
import re

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.app.async_app import AsyncApp
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient


async def on_command(ack: AsyncAck) -> None:
    """The one answer."""
    await ack("Hello.")


async def on_action(ack: AsyncAck) -> None:
    """A press is taken."""
    await ack()


async def main() -> None:
    """Run in Socket Mode where SLACK_APP_TOKEN is set, else over HTTP on PORT."""
    logging.basicConfig(level=logging.ERROR)
    api = os.environ["SLACK_API_URL"].rstrip("/") + "/"
    client = AsyncWebClient(token=os.environ["SLACK_BOT_TOKEN"], base_url=api)
    app = AsyncApp(client=client, signing_secret=os.environ.get("SLACK_SIGNING_SECRET", ""))
    app.command("/mate")(on_command)
    app.action(re.compile(""))(on_action)
    token = os.environ.get("SLACK_APP_TOKEN")
    if token:
        web_client = AsyncWebClient(token=token, base_url=api)
        await AsyncSocketModeHandler(app, token, web_client=web_client).start_async()  # type: ignore[no-untyped-call]
        return

    async def take(request: web.Request) -> web.StreamResponse:
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    served = web.Application()
    served.add_routes([web.post("/slack/events", take)])
    running = web.AppRunner(served, access_log=None)
    await running.setup()
    await web.TCPSite(running, port=int(os.environ["PORT"])).start()
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
