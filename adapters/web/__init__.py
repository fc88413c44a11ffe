"""The web server of a running process: its health, and its numbers."""

from adapters.web.metrics import Metrics
from adapters.web.server import Web

__all__ = ["Metrics", "Web"]
