"""Slack's blocks as a page that looks much as Slack shows them on a phone; our own layout, for pictures alone."""

import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from html import escape
from pathlib import Path
from typing import Any

from bot.composition import picture

Block = Mapping[str, Any]

STYLE = Path(__file__).with_name("slack_pictures.css").read_text(encoding="utf-8")
CHANNELS = {"C0GENERAL": "general"}
_DATE = re.compile(r"<!date\^(\d+)\^([^|>]*)\|[^>]*>")


def message(blocks: Iterable[Block], sent: datetime, now: datetime, width: int, *, private: bool) -> str:
    """A message of the bot's, as it stands in a channel, read now; both moments are in the reader's zone."""
    eyes = '<div class="eyes">Only visible to you</div>' if private else ""
    by = f'<div class="by"><b>Batchmate</b> <span class="app">APP</span> <time>{_time(sent)}</time></div>'
    shown = _all(_read_at(now, list(blocks)))
    inner = f'<div class="message"><div class="face">B</div><div class="body">{eyes}{by}{shown}</div></div>'
    return page(inner, width)


def home(blocks: Iterable[Block], now: datetime, width: int) -> str:
    """The bot's own page."""
    tabs = '<div class="tabs"><span class="now">Home</span><span>Messages</span><span>About</span></div>'
    return page(f'<div class="home">{tabs}{_all(_read_at(now, list(blocks)))}</div>', width)


def _read_at(now: datetime, part: Any) -> Any:
    """Blocks in which every moment is written as Slack shows it to a reader now."""
    match part:
        case {"type": "date", "timestamp": at, "format": shape}:
            return {**part, "fallback": _moment(int(at), shape, now)}
        case {"type": "mrkdwn", "text": text}:
            return {**part, "text": _DATE.sub(lambda found: _moment(int(found[1]), found[2], now), text)}
        case dict():
            return {name: _read_at(now, value) for name, value in part.items()}
        case list():
            return [_read_at(now, one) for one in part]
    return part


def _moment(timestamp: int, shape: str, now: datetime) -> str:
    """A moment in a format of Slack's, which begins with a capital even within a sentence."""
    at = datetime.fromtimestamp(timestamp, now.tzinfo)
    date = f"{at:%b} {at.day}, {at.year}"
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get((at.date() - now.date()).days, date)
    words = {"{date_short_pretty}": near, "{date_short}": date, "{time_secs}": f"{at:%-I:%M:%S %p}"}
    for name, said in {**words, "{time}": _time(at)}.items():
        shape = shape.replace(name, said)
    return shape[:1].upper() + shape[1:]


def _time(at: datetime) -> str:
    return f"{at:%-I:%M %p}"


def page(inner: str, width: int) -> str:
    """A whole document; its title is its height, once it is laid out."""
    tell = (
        "<script>onload = () => { document.title = Math.ceil(document.body.getBoundingClientRect().height) }</script>"
    )
    head = f'<!doctype html><meta charset="utf-8"><title></title><style>{STYLE}</style>'
    return f'{head}<body style="width:{width}px">{inner}{tell}</body>'


def _all(blocks: Iterable[Block]) -> str:
    return "".join(BLOCKS[block["type"]](block) for block in blocks)


def _section(block: Block) -> str:
    text = f"<p>{_object(block['text'])}</p>" if "text" in block else ""
    fields = "".join(f"<p>{_object(field)}</p>" for field in block.get("fields", ()))
    beside = _element(block["accessory"]) if "accessory" in block else ""
    return text + (f'<div class="fields">{fields}</div>' if fields else "") + beside


def _rich_text(block: Block) -> str:
    return "".join(_rich_part(part) for part in block["elements"])


def _rich_part(part: Block) -> str:
    if part["type"] == "rich_text_list":
        tag = "ol" if part["style"] == "ordered" else "ul"
        return f"<{tag}>{''.join(f'<li>{_spans(item)}</li>' for item in part['elements'])}</{tag}>"
    tag = {"rich_text_section": "p", "rich_text_preformatted": "pre", "rich_text_quote": "blockquote"}[part["type"]]
    return f"<{tag}>{_spans(part)}</{tag}>"


def _spans(part: Block) -> str:
    return "".join(_span(span) for span in part["elements"])


def _span(span: Block) -> str:
    kind = span["type"]
    if kind == "text":
        shown = escape(span["text"])
    elif kind == "link":
        shown = f"<a>{escape(span.get('text') or span['url'])}</a>"
    elif kind == "date":
        shown = escape(span.get("fallback", ""))
    elif kind == "channel":
        shown = f'<span class="mention">#{escape(CHANNELS.get(span["channel_id"], span["channel_id"]))}</span>'
    else:
        named = span.get("user_id") or span.get("usergroup_id") or span.get("range") or ""
        shown = f'<span class="mention">@{escape(named)}</span>'
    style = span.get("style", {})
    for name, tag in (("code", "code"), ("bold", "b"), ("italic", "i"), ("strike", "s")):
        shown = f"<{tag}>{shown}</{tag}>" if style.get(name) else shown
    return shown


def _object(text: Block) -> str:
    return escape(text["text"]) if text["type"] == "plain_text" else mrkdwn(text["text"])


def mrkdwn(text: str) -> str:
    """Slack's own small markup: it comes escaped, so that whatever is left of it is safe."""
    text = re.sub(r"<(?:https?:[^|>]*)\|([^>]*)>", "\0\\1\1", text).replace("<", "&lt;")
    text = re.sub(r"`([^`\n]+)`", r"<code>\1</code>", text)
    text = re.sub(r"(?<![\w*])\*(\S|\S[^*\n]*\S)\*(?![\w*])", r"<b>\1</b>", text)
    text = re.sub(r"(?<![\w_])_(\S|\S[^_\n]*\S)_(?![\w_])", r"<i>\1</i>", text)
    return text.replace("\0", "<a>").replace("\1", "</a>")


def _context(block: Block) -> str:
    parts = "".join(f"<span>{_object(part)}</span>" for part in block["elements"] if part["type"] != "image")
    return f'<div class="context">{parts}</div>'


def _actions(block: Block) -> str:
    return f'<div class="actions">{"".join(_element(element) for element in block["elements"])}</div>'


def _element(element: Block) -> str:
    if element["type"] == "button":
        return f'<button class="{element.get("style", "")}">{_object(element["text"])}</button>'
    shown = _object(element["placeholder"]) if "placeholder" in element else ""
    return f'<div class="select"><span>{shown}</span><span>⌄</span></div>'


def _image(block: Block) -> str:
    if "slack_file" not in block:
        return f"<p>{escape(block['alt_text'])}</p>"
    data = b64encode(picture(block["slack_file"]["id"])).decode()
    return f'<img src="data:image/png;base64,{data}" alt="{escape(block["alt_text"])}">'


def _table(block: Block) -> str:
    rows = "".join(f"<tr>{''.join(f'<td>{_cell(cell)}</td>' for cell in row)}</tr>" for row in block["rows"])
    return f"<table>{rows}</table>"


def _cell(cell: Block) -> str:
    return escape(cell["text"]) if cell["type"] == "raw_text" else _rich_text(cell)


BLOCKS: Mapping[str, Callable[[Block], str]] = {
    "header": lambda block: f"<h3>{_object(block['text'])}</h3>",
    "section": _section,
    "rich_text": _rich_text,
    "context": _context,
    "actions": _actions,
    "image": _image,
    "table": _table,
    "divider": lambda _block: "<hr>",
    "markdown": lambda block: f"<p>{escape(block['text'])}</p>",
}
