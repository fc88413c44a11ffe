"""What of a card or form is no text: buttons, lists, pictures, fields to fill in."""

from collections.abc import Iterator
from itertools import count
from pathlib import PurePosixPath
from typing import Any

from adapters.slack import text
from adapters.slack.inbound import CHOOSE
from adapters.slack.lines import CHANNEL_ID
from adapters.slack.text import plain_text, units
from bot.chat.cards import Block, Button, Buttons, Image, Look, Select
from bot.chat.forms import Field, FieldKind
from bot.chat.limits import shorten

Part = dict[str, Any]
ROW = 5
VALUE, OPTION = 3_000, 75
_STYLES = {Look.MAIN: "primary", Look.DANGER: "danger"}


class Ids:
    """What tells the buttons and lists of one message or view apart."""

    def __init__(self) -> None:
        self.buttons = count()
        self.lists: set[str] = set()


def of(block: Block, tokens: set[str], ids: Ids, pictures: dict[str, str] | None) -> Iterator[Part]:
    """The blocks of what is no text; of two that would do the same the first alone."""
    match block:
        case Image(alt=alt) if pictures is None:
            yield {"type": "context", "elements": [plain_text(alt)]}
        case Image(path, alt) if pictures is not None:
            pictures.setdefault(path, f"picture{len(pictures)}{PurePosixPath(path).suffix}")
            yield {"type": "image", "slack_file": {"id": path}, "alt_text": alt}
        case Buttons(buttons):
            fresh: list[Button] = []
            for button in buttons:
                if button.token not in tokens:
                    fresh.append(button)
                    tokens.add(button.token)
            for start in range(0, len(fresh), ROW):
                row = [_button(button, next(ids.buttons)) for button in fresh[start : start + ROW]]
                yield {"type": "actions", "elements": row}
        case Select() if block.token not in tokens | ids.lists:
            tokens.add(block.token)
            ids.lists.add(block.token)
            yield _select(block)


def _button(button: Button, number: int) -> Part:
    built = {
        "type": "button",
        "action_id": f"press:{number}",
        "text": plain_text(button.label),
        "value": button.token,
    }
    return {**built, "style": _STYLES[button.look]} if button.look in _STYLES else built


def _select(block: Select) -> Part:
    several = min(block.most, len(block.choices)) > 1
    built: Part = {
        "type": "multi_static_select" if several else "static_select",
        "action_id": f"{CHOOSE}{block.token}",
        "options": [{"text": plain_text(choice.text), "value": choice.value} for choice in block.choices],
    }
    if block.placeholder.strip():
        built["placeholder"] = plain_text(block.placeholder)
    if not several:
        return {"type": "actions", "elements": [built]}
    built["max_selected_items"] = min(block.most, len(block.choices))
    return {"type": "section", "text": plain_text(block.placeholder.strip() or text.MORE), "accessory": built}


def field(spec: Field) -> Part:
    """A field of a form with its label."""
    return {
        "type": "input",
        "block_id": spec.name,
        "label": plain_text(spec.label),
        "optional": not spec.required,
        "element": _element(spec),
    }


def _element(spec: Field) -> Part:
    if spec.kind is FieldKind.CHANNEL:
        return _channel(spec)
    return _choice(spec) if spec.kind is FieldKind.CHOICE else _input(spec)


def _channel(spec: Field) -> Part:
    """A list of the channels that the member sees; where one is needed it begins with the one that they are in."""
    built: Part = {
        "type": "conversations_select",
        "action_id": spec.name,
        "filter": {"include": ["public", "private"], "exclude_bot_users": True},
    }
    first: Part = {"default_to_current_conversation": True} if spec.required else {}
    if CHANNEL_ID.fullmatch(spec.value):
        first = {"initial_conversation": spec.value}
    return _placeheld(spec, {**built, **first})


def _choice(spec: Field) -> Part:
    options = [{"text": plain_text(shorten(label, OPTION)), "value": value} for value, label in spec.choices]
    chosen = [option for option in options if option["value"] == spec.value]
    built: Part = {"type": "static_select", "action_id": spec.name, "options": options}
    return _placeheld(spec, {**built, "initial_option": chosen[0]} if chosen else built)


def _input(spec: Field) -> Part:
    most = max(1, min(spec.most, VALUE))
    built: Part = {
        "type": "plain_text_input",
        "action_id": spec.name,
        "multiline": spec.kind is FieldKind.PARAGRAPH,
        "max_length": most,
    }
    value = text.first(spec.value, lambda words: units(words) <= most)
    return _placeheld(spec, {**built, "initial_value": value} if value else built)


def _placeheld(spec: Field, built: Part) -> Part:
    return {**built, "placeholder": plain_text(spec.placeholder)} if spec.placeholder.strip() else built
