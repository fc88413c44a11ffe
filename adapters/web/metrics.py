"""What the bot does, counted for Prometheus."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0)


class Metrics:
    """The meter of the core: requests with their time, messages with their fate, and gauges of the platforms."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._requests = Histogram(
            "batchmate_request_seconds",
            "Time in the core of one request, in seconds",
            ("platform", "gesture"),
            buckets=_SECONDS,
            registry=self._registry,
        )
        self._messages = Counter(
            "batchmate_messages", "Messages by what became of them", ("platform", "outcome"), registry=self._registry
        )

    def handled(self, platform: str, gesture: str, seconds: float) -> None:
        """One request was answered by the core in that time."""
        self._requests.labels(platform, gesture).observe(seconds)

    def sent(self, platform: str, outcome: str) -> None:
        """One message was sent, edited or refused."""
        self._messages.labels(platform, outcome).inc()

    def gauge(self, name: str, about: str, read: Callable[[], float]) -> None:
        """Show a number that is read when somebody looks."""
        Gauge(f"batchmate_{name}", about, registry=self._registry).set_function(read)

    def page(self) -> bytes:
        """All of it, in Prometheus' text form."""
        return generate_latest(self._registry)
