"""The small Markdown of content and of nothing else: bold, code spans, https links. The rest stands as text."""

from functools import lru_cache
from typing import TYPE_CHECKING

from bot.chat.inline import Bold, Inline, Line, Link, Mono, Plain

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 (the first card needs it, the start does not)

    return MarkdownIt("zero").enable(["emphasis", "backticks", "link", "escape", "newline"])


@lru_cache(maxsize=8192)  # the same questions are shown again and again
def parse(source: str) -> Line:
    """The inline text of `source`; paragraphs are kept apart by an empty line.

    Anything that is not bold, code or an https link comes out as the characters that were written.
    """
    spans: list[Inline] = []
    for paragraph in source.strip().split("\n\n"):
        if spans:
            spans.append(Plain("\n\n"))
        for token in _parser().parseInline(paragraph.strip()):
            spans.extend(_spans(token.children or []))
    return tuple(_joined(spans))


def _spans(tokens: "list[Token]") -> list[Inline]:
    spans: list[Inline] = []
    strong = 0
    href: str | None = None
    for token in tokens:
        match token.type:
            case "strong_open":
                strong += 1
            case "strong_close":
                strong -= 1
            case "em_open" | "em_close":  # a lone star is a product more often than a stress
                spans.append(Plain(token.markup))
            case "link_open":
                url = str(token.attrGet("href") or "")
                href = url if url.startswith("https://") else None
            case "link_close":
                href = None
            case "code_inline":
                spans.append(Mono(token.content))
            case "softbreak" | "hardbreak":
                spans.append(Plain("\n"))
            case _ if token.content:
                spans.append(_text(token.content, href, strong=strong > 0))
    return spans


def _text(content: str, href: str | None, *, strong: bool) -> Inline:
    if href:
        return Link(content, href)
    return Bold(content) if strong else Plain(content)


def _joined(spans: list[Inline]) -> list[Inline]:
    joined: list[Inline] = []
    for span in spans:
        if isinstance(span, Plain) and joined and isinstance(joined[-1], Plain):
            joined[-1] = Plain(joined[-1].text + span.text)
        else:
            joined.append(span)
    return joined
