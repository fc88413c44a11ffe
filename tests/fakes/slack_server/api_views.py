"""Methods of views: open a modal, lay one over it, change one, draw a Home page."""

from typing import Any

from tests.fakes.slack_server import blocks, payloads
from tests.fakes.slack_server.api import Asked, Method, account
from tests.fakes.slack_server.errors import Refused, missing_field
from tests.fakes.slack_server.things import Team, User, View
from tests.fakes.slack_server.world import World

MOST_DEEP = 3


def open_view(asked: Asked) -> dict[str, Any]:
    """Open a modal with the trigger of a gesture."""
    body = checked(asked.world, asked.team, asked.args["view"], blocks.MODAL)
    trigger = asked.world.spend(asked.team, asked.args["trigger_id"], asked.server.trigger_seconds)
    trigger.used = True
    view = asked.world.new_view(asked.team, trigger.user, body)
    view.opened_in = trigger.interaction.channel
    for below in trigger.user.views:
        below.closed = True
    trigger.user.views[:] = [view]
    trigger.interaction.view = view
    trigger.interaction.changed()
    return {"view": payloads.view(view, asked.world.app)}


def push_view(asked: Asked) -> dict[str, Any]:
    """Lay a modal over the one in which the gesture was made."""
    body = checked(asked.world, asked.team, asked.args["view"], blocks.MODAL)
    trigger = asked.world.spend(asked.team, asked.args["trigger_id"], asked.server.trigger_seconds)
    if trigger.interaction.source_view is None or not trigger.user.views:
        raise Refused("not_found")
    view = pushed(asked.world, asked.team, trigger.user, body)
    trigger.used = True
    trigger.interaction.view = view
    trigger.interaction.changed()
    return {"view": payloads.view(view, asked.world.app)}


def update_view(asked: Asked) -> dict[str, Any]:
    """Change an open modal, or a Home page."""
    if not asked.get("view_id") and not asked.get("external_id"):
        raise missing_field("view_id")
    view = _find(asked)
    if asked.get("hash") not in (None, view.hash):
        raise Refused("hash_conflict")
    body = checked(asked.world, asked.team, asked.args["view"], view.kind, view)
    replace(asked.world, view, body)
    asked.server.credit_view(view)
    return {"view": payloads.view(view, asked.world.app)}


def publish_view(asked: Asked) -> dict[str, Any]:
    """Draw somebody's Home page."""
    user = account(asked, "user_id")
    if not asked.server.home_tab:
        raise Refused("not_enabled")
    body = checked(asked.world, asked.team, asked.args["view"], blocks.HOME, user.home)
    if user.home is None:
        user.home = asked.world.new_view(asked.team, user, body)
    elif asked.get("hash") not in (None, user.home.hash):
        raise Refused("hash_conflict")
    else:
        replace(asked.world, user.home, body)
    asked.server.credit_view(user.home)
    return {"view": payloads.view(user.home, asked.world.app)}


def checked(world: World, team: Team, body: dict[str, Any], kind: str, old: View | None = None) -> dict[str, Any]:
    """The body of a view; one that Slack refuses is refused."""
    if blocks.too_large(body):
        raise Refused("view_too_large")
    found = blocks.view_problems(body)
    if not found and body["type"] != kind:
        found = [f"must be {kind} [json-pointer:/view/type]"]
    if found:
        raise Refused("invalid_arguments", found)
    name = body.get("external_id")
    others = (one for one in world.views.values() if one.team is team and one is not old and not one.closed)
    if name and any(one.body.get("external_id") == name for one in others):
        raise Refused("duplicate_external_id")
    return body


def pushed(world: World, team: Team, user: User, body: dict[str, Any]) -> View:
    """A modal over the topmost one; three at most."""
    if len(user.views) >= MOST_DEEP:
        raise Refused("push_limit_reached")
    view = world.new_view(team, user, body)
    view.root, view.previous = user.views[0].id, user.views[-1].id
    view.opened_in = user.views[-1].opened_in
    user.views.append(view)
    return view


def replace(world: World, view: View, body: dict[str, Any]) -> None:
    """Change what a view shows."""
    view.body, view.hash = world.kept_view(body), world.hash()


def _find(asked: Asked) -> View:
    for view in asked.world.views.values():
        named = view.id == asked.get("view_id") or (
            asked.get("external_id") and view.body.get("external_id") == asked.get("external_id")
        )
        if named and view.team is asked.team and not view.closed:
            return view
    raise Refused("not_found")


METHODS: dict[str, Method] = {
    "views.open": Method(open_view, required=("trigger_id", "view")),
    "views.push": Method(push_view, required=("trigger_id", "view")),
    "views.update": Method(update_view, required=("view",), optional=("view_id", "external_id", "hash")),
    "views.publish": Method(publish_view, required=("user_id", "view"), optional=("hash",)),
}
