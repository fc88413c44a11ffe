"""What stands in the controls of a view or message, and what a member's filling them in sends back."""

from typing import Any

from tests.fakes.slack_server import blocks
from tests.fakes.slack_server.errors import ImpossibleGesture
from tests.fakes.slack_server.findings import length
from tests.fakes.slack_server.things import Channel

# Where the state keeps what was chosen, and where an element says what is chosen at first; [] for several.
ONE = {
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "radio_buttons": ("selected_option", "initial_option"),
    "users_select": ("selected_user", "initial_user"),
    "channels_select": ("selected_channel", "initial_channel"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
}
MANY = {
    "checkboxes": ("selected_options", "initial_options"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_users_select": ("selected_users", "initial_users"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
}
OF_OPTIONS = {"static_select", "radio_buttons", "overflow", "checkboxes", "multi_static_select"}


def state(
    held: list[dict[str, Any]], values: dict[str, Any] | None = None, here: Channel | None = None
) -> dict[str, Any]:
    """`state.values` of what is shown, with `values` (by block id) in place of what stood there.

    `here`: the conversation that the member had before them when it was opened.
    """
    found: dict[str, Any] = {}
    for block, part in blocks.controls(held):
        if part["type"] in ("button", "overflow"):
            continue
        name = block["block_id"]
        given = values is not None and name in values and block["type"] == "input"
        found.setdefault(name, {})[part["action_id"]] = (
            filled_in(part, values[name]) if given and values is not None else shown(part, here)
        )
    return found


def shown(part: dict[str, Any], here: Channel | None = None) -> dict[str, Any]:
    """What a control holds at first."""
    kind = part["type"]
    if part.get("default_to_current_conversation") and here is not None and offers(part, here):
        part = {"initial_conversation": here.id, **part}
    if kind in ONE:
        name, initial = ONE[kind]
        return {"type": kind, name: part.get(initial)}
    if kind in MANY:
        name, initial = MANY[kind]
        return {"type": kind, name: part.get(initial, [])}
    return {"type": kind, "value": part.get("initial_value")}


def filled_in(part: dict[str, Any], value: Any) -> dict[str, Any]:
    """What a control holds once a member has put this into it; options by value or label."""
    kind = part["type"]
    if kind in MANY:
        chosen = [value] if isinstance(value, str) else list(value or ())
        if len(chosen) > part.get("max_selected_items", 1000):
            raise ImpossibleGesture(f"{part['action_id']} does not take {len(chosen)} values")
        return {"type": kind, MANY[kind][0]: [_chosen(part, one) for one in chosen]}
    if kind in ONE:
        one = value[0] if isinstance(value, list) and value else value or None
        return {"type": kind, ONE[kind][0]: None if one is None else _chosen(part, one)}
    text = None if value in (None, "") else str(value)
    if text is not None and not part.get("min_length", 0) <= length(text) <= part.get("max_length", 3000):
        raise ImpossibleGesture(f"{part['action_id']} does not take a text of {length(text)} characters")
    return {"type": kind, "value": text}


def _chosen(part: dict[str, Any], value: str) -> Any:
    return option(part, value) if part["type"] in OF_OPTIONS else value


def option(part: dict[str, Any], value: str) -> dict[str, Any]:
    """The option of this value or label."""
    offered = [*part.get("options", ())]
    offered += [one for group in part.get("option_groups", ()) for one in group["options"]]
    for one in offered:
        if value in (one["value"], one["text"]["text"]):
            found: dict[str, Any] = one
            return found
    raise ImpossibleGesture(f"there is no {value!r} to choose; there are {[one['value'] for one in offered]}")


def offers(part: dict[str, Any], channel: Channel) -> bool:
    """Whether a list of conversations has this one, by its filter; a direct one is that with the bot."""
    wanted = part.get("filter", {})
    kind = "im" if channel.recipient is not None else "private" if channel.private else "public"
    return kind in wanted.get("include", (kind,)) and not (kind == "im" and wanted.get("exclude_bot_users"))


def submitted(held: list[dict[str, Any]], values: dict[str, Any], here: Channel | None = None) -> dict[str, Any]:
    """`state.values` of a form that is sent; what is left out stays as it was, what is required must be there."""
    inputs = {block["block_id"]: block for block in held if block["type"] == "input"}
    if set(values) - set(inputs):
        raise ImpossibleGesture(f"the form has no {sorted(set(values) - set(inputs))}; it has {sorted(inputs)}")
    found = state(held, values, here)
    for name, block in inputs.items():
        content = [value for key, value in found[name][block["element"]["action_id"]].items() if key != "type"]
        if not block.get("optional") and content[0] in (None, "", []):
            raise ImpossibleGesture(f"{name} is required, and empty")
    return found
