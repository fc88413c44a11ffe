"""Routes that answer interactions: the callback, its original message, follow-ups."""

import copy
from typing import Any

from tests.fakes.discord_server import drafts, fields, forms, payloads, shapes
from tests.fakes.discord_server.declarations import check_choices
from tests.fakes.discord_server.errors import Refused, invalid, unknown
from tests.fakes.discord_server.interactions import (
    ALLOWED,
    CHOICES,
    DEFERRED_MESSAGE,
    DEFERRED_UPDATE,
    MESSAGE,
    MODAL,
    UPDATE,
    Interaction,
)
from tests.fakes.discord_server.rest import Answer, Call, Handler
from tests.fakes.discord_server.rest_messages import new_message, post
from tests.fakes.discord_server.world import EPHEMERAL, LOADING, Message

DATA = ("data",)


async def callback(call: Call) -> Answer:
    """The first answer: in time, once, of a type that fits, with data that Discord takes."""
    one = call.server.interactions.get(call.params["interaction"])
    if one is None or one.token != call.params["token"]:
        raise unknown("Interaction")
    if one.acknowledged:
        raise Refused(400, 40060, "Interaction has already been acknowledged.")
    if call.server.strict_time and one.age > call.server.interaction_seconds:
        raise unknown("Interaction")
    kind = fields.one_of(fields.record(call.body, ()).get("type"), ("type",), ALLOWED[one.kind])
    data = call.body.get("data") or {}
    if kind in (DEFERRED_UPDATE, UPDATE) and one.source is None:
        raise invalid(("type",), "INTERACTION_TYPE_INVALID", "There is no message to update")
    message = _act(call, one, kind, data)
    one.callback_type, one.acknowledged_after = kind, one.age
    call.server.counters["acknowledged"] += 1
    one.changed()
    if call.request.query.get("with_response") not in ("1", "true"):
        return 204, None
    about = {"id": one.id, "type": one.kind}
    if one.original is not None and kind in (MESSAGE, DEFERRED_MESSAGE, UPDATE):
        about |= {
            "response_message_id": one.original.id,
            "response_message_loading": one.loading,
            "response_message_ephemeral": one.private,
        }
    answer: dict[str, Any] = {"interaction": about}
    if message is not None:
        answer["resource"] = {"type": kind, "message": payloads.message(message)}
    return 200, answer


def _act(call: Call, one: Interaction, kind: int, data: dict[str, Any]) -> Message | None:
    """Do what the callback says; the message that its answer carries."""
    if kind == MESSAGE:
        one.original = _written(call, one, data, DATA)
        return one.original
    if kind == DEFERRED_MESSAGE:
        one.original = _placed(call, one, new_message(call.world, one.channel), data.get("flags") or 0)
        one.original.flags |= LOADING
        one.loading = True
        return None
    if kind == CHOICES:
        check_choices(data.get("choices") or [], None, (*DATA, "choices"))
        one.choices = data.get("choices") or []
        return None
    if kind == MODAL:
        forms.check_modal(data)
        one.modal = copy.deepcopy(data)
        shapes.number(one.modal["components"])
        return None
    one.original = one.source
    if kind == UPDATE:
        _exists(one.original)
        drafts.edit(one.original, data, call.files, DATA)
        one.edited += 1
        return one.original
    return None


def _written(call: Call, one: Interaction, body: dict[str, Any], path: tuple[str, ...] = ()) -> Message:
    message = new_message(call.world, one.channel)
    drafts.write(message, body, call.files, drafts.ON_ANSWER, path)
    return _placed(call, one, message, message.flags)


def _placed(call: Call, one: Interaction, message: Message, flags: int) -> Message:
    message.interaction = one.metadata()
    message.flags |= flags & EPHEMERAL
    message.seen_by = one.user.id if flags & EPHEMERAL else None
    post(call, message)
    return message


def _by_token(call: Call) -> Interaction:
    """The interaction whose token stands in the path, if it was acknowledged and the token is still good."""
    one = call.server.tokens.get(call.params["token"])
    if one is None or call.params["application"] != call.world.application or not one.acknowledged:
        raise unknown("Webhook")
    if one.age > call.server.token_seconds:
        raise Refused(401, 50027, "Invalid Webhook Token")
    return one


def _exists(message: Message | None) -> Message:
    if message is None or message.id not in message.channel.messages:
        raise unknown("Message")
    return message


def _addressed(call: Call, one: Interaction) -> Message:
    """The original, or a message that came through this token."""
    wanted = call.params.get("message", "@original")
    if wanted == "@original":
        return _exists(one.original)
    mine = [one.original] * bool(one.original) + one.followups
    return _exists(next((message for message in mine if message.id == wanted), None))


async def read(call: Call) -> Answer:
    """The original answer, or a follow-up."""
    return 200, payloads.message(_addressed(call, _by_token(call)))


async def change(call: Call) -> Answer:
    """Edit the original answer, or a follow-up."""
    one = _by_token(call)
    message = _addressed(call, one)
    drafts.edit(message, call.body, call.files)
    if message is one.original:
        one.edited += 1
        one.loading = False
    one.changed()
    return 200, payloads.message(message)


async def remove(call: Call) -> Answer:
    """Delete the original answer, or a follow-up."""
    one = _by_token(call)
    message = _addressed(call, one)
    del message.channel.messages[message.id]
    if message is one.original:
        one.deleted, one.loading = True, False
    one.changed()
    return 204, None


async def follow_up(call: Call) -> Answer:
    """One more message; while the answer is still "thinking", this is the answer."""
    one = _by_token(call)
    if one.loading:
        message = _exists(one.original)
        drafts.edit(message, call.body, call.files)
        one.edited += 1
        one.loading = False
    else:
        message = _written(call, one, call.body)
        one.followups.append(message)
    one.changed()
    return 200, payloads.message(message)


ROUTES: list[tuple[str, str, Handler]] = [
    ("POST", "/interactions/{interaction}/{token}/callback", callback),
    ("POST", "/webhooks/{application}/{token}", follow_up),
    ("GET", "/webhooks/{application}/{token}/messages/@original", read),
    ("PATCH", "/webhooks/{application}/{token}/messages/@original", change),
    ("DELETE", "/webhooks/{application}/{token}/messages/@original", remove),
    ("GET", "/webhooks/{application}/{token}/messages/{message}", read),
    ("PATCH", "/webhooks/{application}/{token}/messages/{message}", change),
    ("DELETE", "/webhooks/{application}/{token}/messages/{message}", remove),
]
