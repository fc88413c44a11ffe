"""What comes over HTTP, looked at before bolt reads it."""

import json
from urllib.parse import parse_qs


def readable(body: str, content_type: str) -> None:
    """Raise ValueError for what is neither of the two shapes that Slack sends: an object, or a form."""
    if content_type == "application/json":
        found = json.loads(body)
    elif content_type == "application/x-www-form-urlencoded":
        payload = parse_qs(body).get("payload")
        found = json.loads(payload[0]) if payload is not None else {}
    else:
        raise ValueError("neither JSON nor a form")
    if not isinstance(found, dict):
        raise ValueError("no object")  # noqa: TRY004 (one kind of refusal)
