"""What Discord refuses in a modal, and what a member's filling one in sends back."""

from typing import Any

from tests.fakes.discord_server import fields, limits, shapes
from tests.fakes.discord_server.errors import ImpossibleGesture, Path, invalid

CONTROLS = {
    shapes.TEXT_INPUT,
    shapes.FILE_UPLOAD,
    shapes.RADIO,
    shapes.CHECKBOXES,
    shapes.CHECKBOX,
    *shapes.SELECTS,
}


def check_modal(modal: Any, path: Path = ("data",)) -> None:
    """Refuse a modal that Discord would refuse."""
    fields.record(modal, path)
    fields.text(modal.get("custom_id"), (*path, "custom_id"), 1, 100)
    fields.text(modal.get("title"), (*path, "title"), 1, 45)
    seen: set[str] = set()
    ids: set[int] = set()
    for index, component in enumerate(fields.array(modal.get("components"), (*path, "components"), 1, 5)):
        place = (*path, "components", index)
        kind = fields.kind(component, place, {shapes.ROW, shapes.LABEL, shapes.TEXT_DISPLAY})
        if kind == shapes.TEXT_DISPLAY:
            fields.text(component.get("content"), (*place, "content"), 1, limits.MOST_TEXT)
        elif kind == shapes.LABEL:
            fields.text(component.get("label"), (*place, "label"), 1, 45)
            fields.optional_text(component.get("description"), (*place, "description"), 100)
            _check_control(component.get("component"), (*place, "component"), CONTROLS, seen)
        else:
            child = fields.array(component.get("components"), (*place, "components"), 1, 1)[0]
            _check_control(child, (*place, "components", 0), {shapes.TEXT_INPUT}, seen)
            fields.text(child.get("label"), (*place, "components", 0, "label"), 1, 45)
        for part in shapes.walk([component]):
            fields.optional_integer(part.get("id"), (*place, "id"), 0, 2**31 - 1)
            if part.get("id") in ids:
                raise invalid((*place, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
            ids |= {part["id"]} if part.get("id") else set()


def _check_control(control: Any, path: Path, allowed: set[int], seen: set[str]) -> None:
    kind = fields.kind(fields.record(control, path), path, allowed)
    custom_id = fields.text(control.get("custom_id"), (*path, "custom_id"), 1, 100)
    if custom_id in seen:
        code = "COMPONENT_CUSTOM_ID_DUPLICATED"
        raise invalid((*path, "custom_id"), code, "Component custom id cannot be duplicated")
    seen.add(custom_id)
    fields.optional_bool(control.get("required"), (*path, "required"))
    if kind == shapes.TEXT_INPUT:
        _check_text_input(control, path)
    elif kind in shapes.SELECTS:
        fields.optional_text(control.get("placeholder"), (*path, "placeholder"), 150)
        limits.check_bounds(control, path, 25)
        if kind == shapes.STRING_SELECT:
            limits.check_options(control, path, 25)
    elif kind == shapes.RADIO:
        limits.check_options(control, path, 10, least=2)
    elif kind == shapes.CHECKBOXES:
        limits.check_options(control, path, 10)


def _check_text_input(control: dict[str, Any], path: Path) -> None:
    fields.one_of(control.get("style"), (*path, "style"), {1, 2})
    fields.optional_text(control.get("label"), (*path, "label"), 45, 1)
    fields.optional_text(control.get("placeholder"), (*path, "placeholder"), 100)
    fields.optional_text(control.get("value"), (*path, "value"), 4000)
    fields.optional_integer(control.get("min_length"), (*path, "min_length"), 0, 4000)
    fields.optional_integer(control.get("max_length"), (*path, "max_length"), 1, 4000)
    if (control.get("min_length") or 0) > (control.get("max_length") or 4000):
        message = "min_length cannot be greater than max_length"
        raise invalid((*path, "min_length"), "TEXT_INPUT_MIN_LENGTH_GREATER_THAN_MAX", message)


def filled_in(modal: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    """The `data` of a submitted modal; `values` by custom id, what is left out keeps what the form showed."""
    known = {part["custom_id"] for part in shapes.walk(modal["components"]) if part.get("custom_id")}
    if set(values) - known:
        raise ImpossibleGesture(f"the form has no {sorted(set(values) - known)}; it has {sorted(known)}")
    components: list[dict[str, Any]] = []
    for component in modal["components"]:
        sent: dict[str, Any] = {"type": component["type"], "id": component["id"]}
        if component["type"] == shapes.LABEL:
            sent["component"] = _control_filled_in(component["component"], values)
        elif component["type"] == shapes.ROW:
            sent["components"] = [_control_filled_in(child, values) for child in component["components"]]
        components.append(sent)
    return {"custom_id": modal["custom_id"], "components": components}


def _control_filled_in(control: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
    custom_id, kind = control["custom_id"], control["type"]
    sent: dict[str, Any] = {"type": kind, "id": control["id"], "custom_id": custom_id}
    if kind == shapes.TEXT_INPUT:
        value = values.get(custom_id, control.get("value") or "")
        low = max(control.get("min_length") or 0, 1 if control.get("required", True) else 0)
        if not (low if value or control.get("required", True) else 0) <= len(value) <= control.get("max_length", 4000):
            raise ImpossibleGesture(f"{custom_id} does not take a text of {len(value)} characters")
        return sent | {"value": value}
    if kind == shapes.CHECKBOX:
        return sent | {"value": bool(values.get(custom_id, control.get("default", False)))}
    options = [option["value"] for option in control.get("options", ())]
    shown = [option["value"] for option in control.get("options", ()) if option.get("default")]
    if kind == shapes.RADIO:
        chosen = values.get(custom_id, shown[0] if shown else None)
        if (chosen is None and control.get("required", True)) or (chosen is not None and chosen not in options):
            raise ImpossibleGesture(f"{custom_id} does not take {chosen!r}")
        return sent | {"value": chosen}
    chosen = list(values.get(custom_id, shown))
    check_choice(control, chosen, required=control.get("required", True))
    return sent | {"values": chosen}


def check_choice(control: dict[str, Any], chosen: list[str], *, required: bool = True) -> None:
    """Whether a member can choose these in a select."""
    options = [option["value"] for option in control.get("options", ())]
    unknown = [value for value in chosen if options and value not in options]
    if unknown:
        raise ImpossibleGesture(f"{control['custom_id']} has no {unknown}; it has {options}")
    low = control.get("min_values", 1) if required or chosen else 0
    if not low <= len(chosen) <= control.get("max_values", 1):
        raise ImpossibleGesture(f"{control['custom_id']} does not take {len(chosen)} values")
