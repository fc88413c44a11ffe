"""What Discord refuses in a message and its components."""

from typing import Any

from tests.fakes.discord_server import fields, shapes
from tests.fakes.discord_server.errors import Path, Refused, invalid

MOST_COMPONENTS, MOST_TEXT, MOST_ROWS = 40, 4000, 5
# Above this, with 12 bytes for each text display, Discord answers 500 instead of saying which limit was hit.
MOST_TEXT_BYTES, BYTES_A_TEXT = 10_170, 12
LINK, PREMIUM = 5, 6
IN_CONTAINER = {shapes.ROW, shapes.SECTION, shapes.TEXT_DISPLAY, shapes.GALLERY, shapes.FILE, shapes.SEPARATOR}
AT_TOP = {shapes.CONTAINER, *IN_CONTAINER}


def check_message(message: dict[str, Any], path: Path = ()) -> None:
    """Refuse a whole message (content, embeds, components, flags, attachments, files) that Discord would refuse."""
    content, components = message["content"], message["components"]
    fields.optional_text(content, (*path, "content"), 2000)
    fields.array(message["embeds"], (*path, "embeds"), 0, 10)
    fields.array(components, (*path, "components"), 0, MOST_COMPONENTS)
    if message["flags"] & shapes.V2_FLAG:
        for key in ("content", "embeds", "poll", "sticker_ids"):
            if message.get(key):
                code = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
                raise invalid(
                    (*path, key), code, f"The '{key}' field cannot be used with MessageFlags.IS_COMPONENTS_V2"
                )
        if not components:
            raise invalid((*path, "components"), *fields.REQUIRED)
        check_components(components, (*path, "components"), AT_TOP)
    else:
        fields.array(components, (*path, "components"), 0, MOST_ROWS)
        check_components(components, (*path, "components"), {shapes.ROW})
    if not ((content or "").strip() or message["embeds"] or components or message["attachments"]):
        raise Refused(400, 50006, "Cannot send an empty message")
    known = {attachment["filename"] for attachment in message["attachments"]}
    for item in shapes.media(components):
        name = item["url"].removeprefix("attachment://")
        if name != item["url"] and name not in known:
            code = "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"
            raise invalid((*path, "components"), code, f"The referenced attachment {name} was not found")


def check_components(components: list[Any], path: Path, allowed: set[int]) -> None:
    """Refuse components that do not fit together, or hold too much."""
    everything = list(shapes.walk(components))
    if len(everything) > MOST_COMPONENTS:
        message = f"The total number of components must not exceed {MOST_COMPONENTS}"
        raise invalid(path, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", message)
    _Checker().each(components, path, allowed)
    written = shapes.texts(components)
    if sum(len(text) for text in written) > MOST_TEXT:
        message = f"Total displayable text size exceeds maximum allowed ({MOST_TEXT})"
        raise invalid(path, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", message)
    if sum(len(text.encode()) + BYTES_A_TEXT for text in written) > MOST_TEXT_BYTES:
        raise Refused(500, 0, "500: Internal Server Error")


class _Checker:
    """One pass through a message: ids and custom ids may not repeat."""

    def __init__(self) -> None:
        self.custom_ids: set[str] = set()
        self.ids: set[int] = set()

    def each(self, components: list[Any], path: Path, allowed: Any) -> None:
        """Components side by side."""
        for index, component in enumerate(components):
            self.one(component, (*path, index), allowed)

    def one(self, component: Any, path: Path, allowed: Any) -> None:
        """A component with what is in it."""
        kind = fields.kind(fields.record(component, path), path, allowed)
        number = component.get("id")
        fields.optional_integer(number, (*path, "id"), 0, 2**31 - 1)
        if number:
            if number in self.ids:
                raise invalid((*path, "id"), "COMPONENT_ID_DUPLICATED", "Component id cannot be duplicated")
            self.ids.add(number)
        if kind in shapes.SELECTS:
            self.select(component, path)
        else:
            self.CHECKS[kind](self, component, path)

    def custom_id(self, component: dict[str, Any], path: Path) -> None:
        """What comes back when it is used: present and unique in the message."""
        value = fields.text(component.get("custom_id"), (*path, "custom_id"), 1, 100)
        if value in self.custom_ids:
            code = "COMPONENT_CUSTOM_ID_DUPLICATED"
            raise invalid((*path, "custom_id"), code, "Component custom id cannot be duplicated")
        self.custom_ids.add(value)

    def row(self, row: dict[str, Any], path: Path) -> None:
        """Up to five buttons, or one select."""
        children = fields.array(row.get("components"), (*path, "components"), 1, 5)
        self.each(children, (*path, "components"), {shapes.BUTTON, *shapes.SELECTS})
        if len(children) > 1 and any(child["type"] in shapes.SELECTS for child in children):
            code, message = "COMPONENT_LAYOUT_WIDTH_EXCEEDED", "The specified component exceeds the maximum width"
            raise invalid((*path, "components", 1), code, message)

    def button(self, button: dict[str, Any], path: Path) -> None:
        """A button with a custom id, a link or something to buy; it shows a label or an emoji."""
        style = fields.integer(button.get("style"), (*path, "style"), 1, 6)
        fields.optional_text(button.get("label"), (*path, "label"), 80)
        fields.emoji(button.get("emoji"), (*path, "emoji"))
        fields.optional_bool(button.get("disabled"), (*path, "disabled"))
        if style == PREMIUM:
            fields.text(button.get("sku_id"), (*path, "sku_id"), 1, 20)
            return
        if not (button.get("label") or "").strip() and not button.get("emoji"):
            message = "A button must have a label or emoji to be valid"
            raise invalid(path, "BUTTON_COMPONENT_MISSING_LABEL_OR_EMOJI", message)
        if style == LINK:
            url = fields.text(button.get("url"), (*path, "url"), 1, 512)
            if not url.startswith(("http://", "https://", "discord://")):
                message = "Scheme must be one of ('http', 'https', 'discord')."
                raise invalid((*path, "url"), "URL_TYPE_INVALID_SCHEME", message)
            if button.get("custom_id") is not None:
                message = "A custom id and url cannot both be specified"
                raise invalid(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
            return
        if button.get("url") is not None:
            message = "A custom id and url cannot both be specified"
            raise invalid(path, "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message)
        self.custom_id(button, path)

    def select(self, select: dict[str, Any], path: Path) -> None:
        """A select; one of texts lists 1 to 25 options with different values."""
        self.custom_id(select, path)
        fields.optional_text(select.get("placeholder"), (*path, "placeholder"), 150)
        check_bounds(select, path, 25)
        if select["type"] == shapes.STRING_SELECT:
            check_options(select, path, 25)

    def text_display(self, display: dict[str, Any], path: Path) -> None:
        """Markdown."""
        fields.text(display.get("content"), (*path, "content"), 1, MOST_TEXT)

    def thumbnail(self, thumbnail: dict[str, Any], path: Path) -> None:
        """A small picture beside a section."""
        self.medium(thumbnail, "media", path)
        fields.optional_text(thumbnail.get("description"), (*path, "description"), 1024)

    def section(self, section: dict[str, Any], path: Path) -> None:
        """One to three texts with a button or a picture beside them."""
        children = fields.array(section.get("components"), (*path, "components"), 1, 3)
        self.each(children, (*path, "components"), {shapes.TEXT_DISPLAY})
        self.one(section.get("accessory"), (*path, "accessory"), {shapes.BUTTON, shapes.THUMBNAIL})

    def gallery(self, gallery: dict[str, Any], path: Path) -> None:
        """One to ten pictures."""
        for index, item in enumerate(fields.array(gallery.get("items"), (*path, "items"), 1, 10)):
            self.medium(item, "media", (*path, "items", index))
            fields.optional_text(item.get("description"), (*path, "items", index, "description"), 1024)

    def file(self, file: dict[str, Any], path: Path) -> None:
        """An uploaded file."""
        self.medium(file, "file", path)
        if not file["file"]["url"].startswith("attachment://"):
            message = "Only attachment:// references are supported"
            raise invalid((*path, "file", "url"), "URL_TYPE_INVALID_SCHEME", message)

    def medium(self, owner: dict[str, Any], key: str, path: Path) -> None:
        """Where a picture or a file comes from."""
        item = fields.record(owner.get(key), (*path, key))
        url = fields.text(item.get("url"), (*path, key, "url"), 1, 2048)
        if not url.startswith(("http://", "https://", "attachment://")):
            message = "Scheme must be one of ('http', 'https', 'attachment')."
            raise invalid((*path, key, "url"), "URL_TYPE_INVALID_SCHEME", message)

    def separator(self, separator: dict[str, Any], path: Path) -> None:
        """A line or a space."""
        fields.optional_bool(separator.get("divider"), (*path, "divider"))
        fields.optional_integer(separator.get("spacing"), (*path, "spacing"), 1, 2)

    def container(self, container: dict[str, Any], path: Path) -> None:
        """A box around other components."""
        fields.optional_integer(container.get("accent_color"), (*path, "accent_color"), 0, 0xFFFFFF)
        fields.optional_bool(container.get("spoiler"), (*path, "spoiler"))
        children = fields.array(container.get("components"), (*path, "components"), 1, MOST_COMPONENTS)
        self.each(children, (*path, "components"), IN_CONTAINER)

    CHECKS = {  # noqa: RUF012 - read only
        shapes.ROW: row,
        shapes.BUTTON: button,
        shapes.TEXT_DISPLAY: text_display,
        shapes.THUMBNAIL: thumbnail,
        shapes.SECTION: section,
        shapes.GALLERY: gallery,
        shapes.FILE: file,
        shapes.SEPARATOR: separator,
        shapes.CONTAINER: container,
    }


def check_bounds(select: dict[str, Any], path: Path, most: int) -> None:
    """How many values may be chosen."""
    fields.optional_integer(select.get("min_values"), (*path, "min_values"), 0, most)
    fields.optional_integer(select.get("max_values"), (*path, "max_values"), 1, most)
    low, high = select.get("min_values"), select.get("max_values")
    if (1 if low is None else low) > (1 if high is None else high):
        message = "min_values cannot be greater than max_values"
        raise invalid((*path, "min_values"), "COMPONENT_MIN_VALUES_GREATER_THAN_MAX", message)


def check_options(select: dict[str, Any], path: Path, most: int, least: int = 1) -> None:
    """The options to choose from."""
    seen: set[str] = set()
    for index, option in enumerate(fields.array(select.get("options"), (*path, "options"), least, most)):
        place = (*path, "options", index)
        fields.text(option.get("label"), (*place, "label"), 1, 100)
        value = fields.text(option.get("value"), (*place, "value"), 1, 100)
        fields.optional_text(option.get("description"), (*place, "description"), 100)
        fields.emoji(option.get("emoji"), (*place, "emoji"))
        if value in seen:
            code, message = "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", "The specified option value is already used"
            raise invalid((*place, "value"), code, message)
        seen.add(value)
