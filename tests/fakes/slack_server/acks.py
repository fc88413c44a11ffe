"""What an acknowledgement does: a command's may carry an answer, a form's what becomes of the form."""

from typing import TYPE_CHECKING, Any

from tests.fakes.slack_server import api_views, responses
from tests.fakes.slack_server.blocks import MODAL
from tests.fakes.slack_server.errors import Refused
from tests.fakes.slack_server.interactions import COMMAND, SUBMISSION, TIMED_OUT, Interaction
from tests.fakes.slack_server.things import View

if TYPE_CHECKING:
    from tests.fakes.slack_server.server import SlackServer

ANSWERS = {COMMAND, SUBMISSION}


def accept(server: "SlackServer", one: Interaction, payload: Any) -> None:
    """Take an acknowledgement; the second of the same gesture, and one that comes too late, do nothing."""
    if one.acknowledged or one.failed == TIMED_OUT:
        server.counters["ignored_acks"] += 1
        one.changed()
        return
    one.acknowledged_after, one.ack = one.age, payload
    server.counters["acknowledged"] += 1
    try:
        if one.kind == COMMAND:
            _command(server, one, payload)
        elif one.kind == SUBMISSION:
            _submission(server, one, payload)
        elif payload:
            one.refused.append("this acknowledgement takes no payload")
    except Refused as refusal:
        one.refused.append(refusal.error)
        one.refused += refusal.body.get("response_metadata", {}).get("messages", [])
    one.changed()


def _command(server: "SlackServer", one: Interaction, payload: Any) -> None:
    body = {"text": payload} if isinstance(payload, str) else payload
    if body:
        responses.say(server, one, body)


def _submission(server: "SlackServer", one: Interaction, payload: Any) -> None:
    view = one.source_view
    if view is None:
        return
    action = payload.get("response_action") if isinstance(payload, dict) and payload else None
    if action is None or action == "clear":
        if payload and action is None:
            raise Refused("invalid_response_action")
        gone = one.user.views if action == "clear" or view not in one.user.views else [view]
        for closed in list(gone):
            _close(one, closed)
    elif action == "errors":
        one.errors = _errors(view, payload.get("errors"))
    elif action == "update":
        body = api_views.checked(server.world, one.team, payload.get("view") or {}, MODAL, view)
        api_views.replace(server.world, view, body)
        one.view, one.edited = view, one.edited + 1
    elif action == "push":
        body = api_views.checked(server.world, one.team, payload.get("view") or {}, MODAL)
        one.view = api_views.pushed(server.world, one.team, one.user, body)
    else:
        raise Refused("invalid_response_action")


def _close(one: Interaction, view: View) -> None:
    view.closed = True
    if view in one.user.views:
        one.user.views.remove(view)


def _errors(view: View, errors: Any) -> dict[str, str]:
    """The errors of a form's fields, by block id; Slack shows none at all if one of them is wrong."""
    fields = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    if not isinstance(errors, dict) or not errors:
        raise Refused("invalid_errors")
    if set(errors) - fields or not all(isinstance(text, str) and text for text in errors.values()):
        raise Refused("invalid_errors", [f"the form has the fields {sorted(fields)}, not {sorted(errors)}"])
    return errors
