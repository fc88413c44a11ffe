"""First answers to interactions without their echo: discord.py has Discord send each back, and builds a message of it.

Nobody here looks at that message, and it is up to a tenth of what a member's gesture costs.
"""

from typing import Any

import aiohttp
from discord.http import Route
from discord.webhook.async_ import AsyncWebhookAdapter, async_context


class Unechoed(AsyncWebhookAdapter):
    """discord.py's way to webhooks and interactions, which asks for no answer to be sent back."""

    async def request(
        self, route: Route, session: aiohttp.ClientSession, *, params: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        """Do what the route says; of an interaction's answer comes what discord.py reads at the least."""
        if params is None or "with_response" not in params:
            return await super().request(route, session, params=params, **more)
        await super().request(route, session, **more)
        return {"interaction": {"id": route.webhook_id}}


def without_echo() -> None:
    """Have all interactions answered so that are served by what this task begins."""
    async_context.set(Unechoed())  # type: ignore[no-untyped-call]
