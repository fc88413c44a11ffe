"""The web server of a running process: its health, its numbers, and where a platform delivers."""

from adapters.web.metrics import Metrics
from adapters.web.server import Route, Web

__all__ = ["Metrics", "Route", "Web"]
