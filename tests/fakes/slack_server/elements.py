"""What Slack refuses in the elements of blocks: buttons, selects, choices, inputs, and their options."""

import re
from typing import Any

from tests.fakes.slack_server.findings import MRKDWN, PLAIN, Findings

ACTIONS, SECTION, INPUT = "actions", "section", "input"
EVERYWHERE, MULTI = {ACTIONS, SECTION, INPUT}, {SECTION, INPUT}
CHOICE = ("action_id", "confirm", "focus_on_load")
SELECT = (*CHOICE, "placeholder")
TYPED = ("action_id", "focus_on_load", "placeholder", "dispatch_action_config", "initial_value")
BOOLEANS = (
    "focus_on_load",
    "multiline",
    "is_decimal_allowed",
    "response_url_enabled",
    "default_to_current_conversation",
)
# Each element: in which blocks it may stand, what it must have and what it may have beside its type.
KINDS: dict[str, tuple[set[str], tuple[str, ...], tuple[str, ...]]] = {
    "button": (
        {ACTIONS, SECTION},
        ("text",),
        ("action_id", "url", "value", "style", "confirm", "accessibility_label"),
    ),
    "overflow": ({ACTIONS, SECTION}, ("options",), ("action_id", "confirm")),
    "static_select": (EVERYWHERE, (), (*SELECT, "options", "option_groups", "initial_option")),
    "multi_static_select": (
        MULTI,
        (),
        (*SELECT, "options", "option_groups", "initial_options", "max_selected_items"),
    ),
    "external_select": (EVERYWHERE, (), (*SELECT, "initial_option", "min_query_length")),
    "users_select": (EVERYWHERE, (), (*SELECT, "initial_user")),
    "multi_users_select": (MULTI, (), (*SELECT, "initial_users", "max_selected_items")),
    "channels_select": (EVERYWHERE, (), (*SELECT, "initial_channel", "response_url_enabled")),
    "multi_channels_select": (MULTI, (), (*SELECT, "initial_channels", "max_selected_items")),
    "conversations_select": (
        EVERYWHERE,
        (),
        (*SELECT, "initial_conversation", "default_to_current_conversation", "response_url_enabled", "filter"),
    ),
    "multi_conversations_select": (
        MULTI,
        (),
        (*SELECT, "initial_conversations", "default_to_current_conversation", "max_selected_items", "filter"),
    ),
    "checkboxes": (EVERYWHERE, ("options",), (*CHOICE, "initial_options")),
    "radio_buttons": (EVERYWHERE, ("options",), (*CHOICE, "initial_option")),
    "datepicker": (EVERYWHERE, (), (*SELECT, "initial_date")),
    "timepicker": (EVERYWHERE, (), (*SELECT, "initial_time", "timezone")),
    "datetimepicker": ({ACTIONS, INPUT}, (), (*CHOICE, "initial_date_time")),
    "plain_text_input": ({INPUT}, (), (*TYPED, "multiline", "min_length", "max_length")),
    "email_text_input": ({INPUT}, (), TYPED),
    "url_text_input": ({INPUT}, (), TYPED),
    "number_input": ({INPUT}, ("is_decimal_allowed",), (*TYPED, "min_value", "max_value")),
    "file_input": ({INPUT}, (), ("action_id", "filetypes", "max_files")),
}
DATE, TIME = re.compile(r"\d{4}-\d{2}-\d{2}"), re.compile(r"([01]\d|2[0-3]):[0-5]\d")
CONVERSATION = re.compile(r"[CDG][A-Z0-9]+")
CONVERSATIONS = {"im", "mpim", "private", "public"}


def check(found: Findings, element: Any, path: str, block: str) -> None:
    """An element that stands in a block of this kind."""
    kind = element.get("type") if isinstance(element, dict) else None
    if kind not in KINDS or block not in KINDS[kind][0]:
        found.add(f"{path}/type", f"unsupported type: {kind}")
        return
    _, required, optional = KINDS[kind]
    if not found.record(element, path, ("type", *required), optional):
        return
    found.optional_text(element, "action_id", path, 255)
    found.booleans(element, path, *BOOLEANS)
    if "placeholder" in element:
        found.text_object(element["placeholder"], f"{path}/placeholder", 150, (PLAIN,))
    if "confirm" in element:
        _confirm(found, element["confirm"], f"{path}/confirm")
    if "max_selected_items" in element:
        found.integer(element["max_selected_items"], f"{path}/max_selected_items", 1, 1000)
    if kind == "button":
        _button(found, element, path)
    elif "options" in KINDS[kind][1] or "options" in KINDS[kind][2]:
        _choices(found, kind, element, path)
    elif block == INPUT:
        _typed(found, element, path)
    if "filter" in element:
        _filter(found, element["filter"], f"{path}/filter")
    for name, pattern in (("initial_date", DATE), ("initial_time", TIME), ("initial_conversation", CONVERSATION)):
        if name in element and not pattern.fullmatch(str(element[name])):
            found.add(f"{path}/{name}", "invalid format")


def image(found: Findings, element: dict[str, Any], path: str, *more: str) -> None:
    """An image of a block, of a section or of a context."""
    if not found.record(element, path, ("type", "alt_text"), ("image_url", "slack_file", *more)):
        return
    found.text(element["alt_text"], f"{path}/alt_text", 2000)
    if ("image_url" in element) == ("slack_file" in element):
        found.add(path, "must have exactly one of image_url and slack_file")
    elif "image_url" in element:
        found.url(element["image_url"], f"{path}/image_url", ("http", "https"))
    else:
        file = element["slack_file"]
        if not isinstance(file, dict) or len(file) != 1 or set(file) - {"id", "url"}:
            found.add(f"{path}/slack_file", "must have exactly one of id and url")


def _button(found: Findings, element: dict[str, Any], path: str) -> None:
    found.text_object(element["text"], f"{path}/text", 75, (PLAIN,))
    found.optional_text(element, "value", path, 2000)
    found.optional_text(element, "accessibility_label", path, 75)
    if "url" in element:
        found.url(element["url"], f"{path}/url")
    if "style" in element:
        found.one_of(element["style"], f"{path}/style", {"primary", "danger"})


def _confirm(found: Findings, value: Any, path: str) -> None:
    if not found.record(value, path, ("title", "text", "confirm", "deny"), ("style",)):
        return
    for name, high in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        found.text_object(value[name], f"{path}/{name}", high, (PLAIN, MRKDWN) if name == "text" else (PLAIN,))
    if "style" in value:
        found.one_of(value["style"], f"{path}/style", {"primary", "danger"})


def _filter(found: Findings, value: Any, path: str) -> None:
    """Which conversations a list offers: at least one thing must be said of them."""
    excludes = ("exclude_external_shared_channels", "exclude_bot_users")
    if not found.record(value, path, (), ("include", *excludes)):
        return
    if not value:
        found.add(path, "must define at least one property")
    found.booleans(value, path, *excludes)
    if "include" in value and found.array(value["include"], f"{path}/include", 1, len(CONVERSATIONS)):
        for index, one in enumerate(value["include"]):
            found.one_of(one, f"{path}/include/{index}", CONVERSATIONS)


def _choices(found: Findings, kind: str, element: dict[str, Any], path: str) -> None:
    if ("options" in element) == ("option_groups" in element):
        found.add(path, "must have exactly one of options and option_groups")
        return
    high = {"overflow": 5, "checkboxes": 10, "radio_buttons": 10}.get(kind, 100)
    kinds = (PLAIN, MRKDWN) if kind in {"checkboxes", "radio_buttons"} else (PLAIN,)
    groups = [element["options"]] if "options" in element else []
    places = [f"{path}/options"]
    if "option_groups" in element and found.array(element["option_groups"], f"{path}/option_groups", 1, 100):
        places = [f"{path}/option_groups/{index}/options" for index in range(len(element["option_groups"]))]
        for place, group in zip(places, element["option_groups"], strict=True):
            if found.record(group, place.removesuffix("/options"), ("label", "options")):
                found.text_object(group["label"], place.removesuffix("options") + "label", 75, (PLAIN,))
                groups.append(group["options"])
    values: list[str] = []
    for place, options in zip(places, groups, strict=False):
        if found.array(options, place, 1, high):
            for index, option in enumerate(options):
                _option(found, option, f"{place}/{index}", kinds, url=kind == "overflow")
                values.append(option.get("value", "") if isinstance(option, dict) else "")
    if len(set(values)) < len(values):
        found.add(path, "duplicate option values")
    _shown(found, element, groups, path)


def _option(found: Findings, option: Any, path: str, kinds: tuple[str, ...], *, url: bool) -> None:
    more = ("description", "url") if url else ("description",)
    if not found.record(option, path, ("text", "value"), more):
        return
    found.text_object(option["text"], f"{path}/text", 75, kinds)
    found.text(option["value"], f"{path}/value", 150)
    if "description" in option:
        found.text_object(option["description"], f"{path}/description", 75, kinds)


def _shown(found: Findings, element: dict[str, Any], groups: list[Any], path: str) -> None:
    """What is chosen at first must be one of the options, written just like it."""
    options = [option for group in groups if isinstance(group, list) for option in group]
    shown = element.get("initial_options", [element["initial_option"]] if "initial_option" in element else None)
    if shown is None:
        return
    if not isinstance(shown, list) or not shown or any(one not in options for one in shown):
        found.add(f"{path}/{'initial_options' if 'initial_options' in element else 'initial_option'}", "no such option")


def _typed(found: Findings, element: dict[str, Any], path: str) -> None:
    found.optional_text(element, "initial_value", path, 3000, 0)
    if "min_length" in element:
        found.integer(element["min_length"], f"{path}/min_length", 0, 3000)
    if "max_length" in element:
        found.integer(element["max_length"], f"{path}/max_length", 1, 3000)
    if element.get("min_length", 0) > element.get("max_length", 3000):
        found.add(f"{path}/min_length", "must be no more than max_length")
    if len(element.get("initial_value", "")) > element.get("max_length", 3000):
        found.add(f"{path}/initial_value", "must be no longer than max_length")
    if "dispatch_action_config" in element:
        found.record(element["dispatch_action_config"], f"{path}/dispatch_action_config", (), ("trigger_actions_on",))
