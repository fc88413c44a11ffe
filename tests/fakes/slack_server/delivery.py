"""What is delivered to the bot: over a websocket or by a signed HTTP request, again where it is not acknowledged."""

import asyncio
import hashlib
import hmac
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import aiohttp

from tests.fakes.slack_server import acks
from tests.fakes.slack_server.interactions import EVENT, NOT_DELIVERED, SLASH, TIMED_OUT, Interaction

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import SlackServer

JSON, FORM = "application/json", "application/x-www-form-urlencoded"


@dataclass(slots=True)
class Envelope:
    """One delivery; `attempt` counts those before it."""

    interaction: Interaction
    kind: str
    payload: dict[str, Any]
    id: str = field(default_factory=lambda: str(uuid.uuid4()))
    attempt: int = 0
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """What goes over a websocket."""
        body: dict[str, Any] = {
            "envelope_id": self.id,
            "type": self.kind,
            "payload": self.payload,
            "accepts_response_payload": self.interaction.kind in acks.ANSWERS,
        }
        if self.kind == EVENT:
            body |= {"retry_attempt": self.attempt, "retry_reason": self.reason}
        return body

    def as_form(self) -> tuple[str, str]:
        """What goes into an HTTP request: its body and content type."""
        if self.kind == EVENT:
            return json.dumps(self.payload), JSON
        return urlencode(self.payload if self.kind == SLASH else {"payload": json.dumps(self.payload)}), FORM


class Delivery:
    """Envelopes on their way.

    `url` is where the bot takes HTTP requests (None: websockets); `again` are the kinds that are delivered again after
    each of `pauses`; `twice` delivers everything twice.
    """

    def __init__(self, server: "SlackServer") -> None:
        self.server = server
        self.url: str | None = None
        self.signing_secret = "stand-in-signing-secret"
        self.seconds = 3.0
        self.again = {EVENT}
        self.pauses: tuple[float, ...] = (0.0, 60.0, 300.0)
        self.twice = False
        self.sent: dict[str, Envelope] = {}
        self._timers: set[asyncio.TimerHandle] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._session: aiohttp.ClientSession | None = None

    def send(self, one: Interaction, kind: str, payload: dict[str, Any]) -> Interaction:
        """Deliver a gesture."""
        one.payload = payload
        self.server.interactions[one.id] = one
        self.server.counters["delivered"] += 1
        envelope = Envelope(one, kind, payload)
        self.sent[envelope.id] = envelope
        for _ in range(2 if self.twice else 1):
            self._deliver(envelope)
        return one

    def redeliver(self, one: Interaction) -> Interaction:
        """Deliver a gesture once more, as Slack does when it missed the acknowledgement."""
        kind = SLASH if "command" in one.payload else EVENT if "event" in one.payload else "interactive"
        envelope = Envelope(one, kind, one.payload, attempt=1, reason="timeout")
        self.sent[envelope.id] = envelope
        self._deliver(envelope)
        return one

    def acknowledge(self, envelope_id: str, payload: Any) -> bool:
        """Take an acknowledgement; false for what was never sent."""
        envelope = self.sent.get(envelope_id)
        if envelope is None:
            return False
        acks.accept(self.server, envelope.interaction, payload)
        return True

    def _deliver(self, envelope: Envelope) -> None:
        one = envelope.interaction
        if self.url is not None:
            one.deliveries += 1
            task = asyncio.get_running_loop().create_task(self._request(envelope))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        elif self.server.sockets.deliver(envelope):
            one.deliveries += 1
            self._later(self.seconds, lambda: self._unanswered(envelope, TIMED_OUT, "timeout"))
        else:
            self._unanswered(envelope, NOT_DELIVERED, "connection_failed")

    def _unanswered(self, envelope: Envelope, failure: str, reason: str) -> None:
        """Deliver it again, if it is of a kind that is; or else the member is told that it failed."""
        one = envelope.interaction
        if one.acknowledged:
            return
        if envelope.kind in self.again and envelope.attempt < len(self.pauses):
            pause = self.pauses[envelope.attempt]
            envelope.attempt, envelope.reason = envelope.attempt + 1, reason
            self._later(pause, lambda: self._deliver(envelope))
        else:
            one.failed = one.failed or failure
            one.changed()

    def _later(self, seconds: float, action: Any) -> None:
        def run() -> None:
            self._timers.discard(timer)
            action()

        timer = asyncio.get_running_loop().call_later(seconds, run)
        self._timers.add(timer)

    async def _request(self, envelope: Envelope) -> None:
        body, content_type = envelope.as_form()
        headers = {"Content-Type": content_type, **self.signed(body)}
        if envelope.attempt:
            headers |= {"X-Slack-Retry-Num": str(envelope.attempt), "X-Slack-Retry-Reason": envelope.reason}
        try:
            status, answer = await self.request(body, headers)
        except TimeoutError:
            self._unanswered(envelope, TIMED_OUT, "http_timeout")
        except aiohttp.ClientError:
            self._unanswered(envelope, NOT_DELIVERED, "connection_failed")
        else:
            if status == 200:
                self.acknowledge(envelope.id, answer)
            else:
                self._unanswered(envelope, NOT_DELIVERED, "http_error")

    async def request(self, body: str, headers: dict[str, str]) -> tuple[int, Any]:
        """Send a request as it is to the bot; status, and what it answers (JSON is read)."""
        if self._session is None:
            self._session = aiohttp.ClientSession()
        timeout = aiohttp.ClientTimeout(total=self.seconds)
        url = f"{self.url}/slack/events"
        async with self._session.post(url, data=body, headers=headers, timeout=timeout) as response:
            text = await response.text()
            return response.status, json.loads(text) if text and response.content_type == JSON else text

    def signed(self, body: str, at: float | None = None, secret: str | None = None) -> dict[str, str]:
        """The headers that prove a body to be Slack's; made `at` another time or with another secret they do not."""
        stamp = str(int(time.time() if at is None else at))
        key = (secret or self.signing_secret).encode()
        digest = hmac.new(key, f"v0:{stamp}:{body}".encode(), hashlib.sha256).hexdigest()
        return {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": f"v0={digest}"}

    def forget(self) -> None:
        """Let go of what was acknowledged."""
        self.sent = {name: one for name, one in self.sent.items() if not one.interaction.acknowledged}

    async def stop(self) -> None:
        """Let go of timers, requests and connections."""
        for timer in self._timers:
            timer.cancel()
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._session is not None:
            await self._session.close()
            self._session = None
