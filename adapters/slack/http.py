"""What comes over HTTP, looked at before bolt acts on it: whether Slack has sent it, and whether it can be read."""

import asyncio
import json
from urllib.parse import parse_qs

from aiohttp import web
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_sdk.signature import SignatureVerifier

BODY_SECONDS = 10.0  # for all of a body to arrive; Slack itself waits three for its answer
SSL_CHECK, SHORT = "ssl_check=1", 1_000
UNREADABLE = (ValueError, TypeError, AttributeError, RecursionError, ConnectionError, web.RequestPayloadError)


async def taken(request: web.Request, signing_secret: str) -> AsyncBoltRequest:
    """A request as bolt reads it. Raises HTTPUnauthorized, HTTPBadRequest and HTTPRequestTimeout."""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            body = (await request.read()).decode()
        if not genuine(body, request, signing_secret) and not asks_for_the_certificate(body):
            raise web.HTTPUnauthorized
        readable(body, request.content_type, request.charset)
        return AsyncBoltRequest(body=body, query=request.query_string, headers=dict(request.headers))
    except TimeoutError:
        raise web.HTTPRequestTimeout(text="The rest of the body did not come.") from None
    except UNREADABLE:
        raise web.HTTPBadRequest(text="This is no payload of Slack's.") from None


def asks_for_the_certificate(body: str) -> bool:
    """Whether this is Slack's look at the certificate, which it need not sign and which changes nothing."""
    return len(body) <= SHORT and SSL_CHECK in body.split("&")


def genuine(body: str, request: web.Request, signing_secret: str) -> bool:
    """Whether Slack has signed a body within five minutes of now."""
    try:
        return SignatureVerifier(signing_secret).is_valid_request(body, request.headers)
    except (TypeError, ValueError):  # a time that is no number, a signature with letters that none has
        return False


def readable(body: str, content_type: str, charset: str | None = None) -> None:
    """Raise ValueError for what is neither of the two shapes that Slack sends: an object, or a form."""
    if (charset or "utf-8").lower() != "utf-8":
        raise ValueError("not as Slack writes")
    if content_type == "application/json":
        found = json.loads(body)
    elif content_type == "application/x-www-form-urlencoded":
        payload = parse_qs(body).get("payload")
        found = json.loads(payload[0]) if payload is not None else {}
    else:
        raise ValueError("neither JSON nor a form")
    if not isinstance(found, dict) or not isinstance(found.get("event", {}), dict):
        raise ValueError("no object")  # noqa: TRY004 (one kind of refusal)
