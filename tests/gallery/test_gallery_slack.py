"""Every card and form of the gallery as Slack shows it: accepted there, and as it was when somebody last looked."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest
from slack_sdk.models.blocks import Block
from slack_sdk.models.views import View
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from adapters.slack import outbound
from bot.chat.words import PSEUDO, speaking
from tests.gallery.cards import cards
from tests.gallery.forms import forms
from tests.gallery.slack_limits import message_faults, view_faults

WORD = "mate"
KEY = "gallery"
METADATA = '{"channel":"C1"}'
CARDS, FORMS = cards(), forms()
MARKS = {"bold": "**", "code": "`"}


@pytest.fixture
def pages(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """One JSON file a card, below `__snapshots__`."""
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("name", CARDS)
def test_card(name: str, pages: SnapshotAssertion) -> None:
    """Slack takes the card, and it looks as it did (`--snapshot-update` after a change that is meant)."""
    rendered = outbound.card(CARDS[name], WORD, key=KEY)
    assert message_faults(rendered.blocks, rendered.text, rendered.pictures) == []
    for block in Block.parse_all(rendered.blocks):
        block.validate_json()
    page: dict[str, Any] = {"blocks": _readable(rendered.blocks), "text": _lines(rendered.text)}
    if rendered.pictures:
        page["pictures"] = dict(rendered.pictures)
    if rendered.pings:
        page["pings"] = list(rendered.pings)
    assert page == pages


@pytest.mark.parametrize("name", FORMS)
def test_form(name: str, pages: SnapshotAssertion) -> None:
    """Slack takes the form, and it looks as it did."""
    view = outbound.view(FORMS[name], METADATA, WORD)
    assert view_faults(view) == []
    View(**view).validate_json()
    assert {**_readable(view), "private_metadata": METADATA} == pages


@pytest.mark.parametrize("name", CARDS)
def test_card_in_a_view(name: str) -> None:
    """Slack takes each card in a modal and on the home as well, several of them too."""
    several = [CARDS[name], CARDS["mate.front_door fresh"], CARDS[name]]
    for shown in ([CARDS[name]], several):
        view = outbound.shown_view(shown, shown[-1].title, WORD, METADATA)
        assert view_faults(view) == []
        View(**view).validate_json()
        assert view_faults(outbound.home(shown, WORD)) == []


def test_everything_fits_in_another_language() -> None:
    """The made-up language, whose every message is a little longer, is taken as well."""
    with speaking(PSEUDO):
        foreign, foreign_forms = cards(), forms()
        for name, card in foreign.items():
            rendered = outbound.card(card, WORD, key=KEY)
            assert message_faults(rendered.blocks, rendered.text, rendered.pictures) == [], name
            assert view_faults(outbound.shown_view([card], card.title, WORD, METADATA)) == [], name
        for name, form in foreign_forms.items():
            assert view_faults(outbound.view(form, METADATA, WORD)) == [], name


def test_real_cards_stay_far_from_what_slack_refuses() -> None:
    """But for the worst ones, no card has as much as half of the characters that all blocks may have."""
    sizes = {name: sum(map(len, _strings(outbound.card(card, WORD).blocks))) for name, card in CARDS.items()}
    assert max(size for name, size in sizes.items() if not name.startswith("worst")) < 13_200 / 2


def _strings(part: Any) -> Iterator[str]:
    if isinstance(part, str):
        yield part
    elif isinstance(part, Mapping | Sequence):
        for inner in part.values() if isinstance(part, Mapping) else part:
            yield from _strings(inner)


def _readable(part: Any) -> Any:
    """A part with its words alone where nothing else is to be told of them, line by line where they are a text."""
    if isinstance(part, list):
        return [_readable(inner) for inner in part]
    if not isinstance(part, dict):
        return part.replace("\u200b", "\\u200b") if isinstance(part, str) else part
    match part:
        case {"type": "plain_text", "text": words, "emoji": False}:
            return words
        case {"type": "mrkdwn", "text": words, "verbatim": True}:
            return {"mrkdwn": _lines(words)}
        case {"type": "rich_text_section" | "rich_text_preformatted" as kind, "elements": elements}:
            return {kind.removeprefix("rich_text_"): _lines("".join(map(_element, elements)))}
    return {name: _readable(value) for name, value in part.items() if value is not False}


def _element(element: dict[str, Any]) -> str:
    match element:
        case {"type": "text", "text": words, "style": style}:
            (name,) = style
            return f"{MARKS[name]}{words}{MARKS[name]}"
        case {"type": "text", "text": words}:
            return str(words)
        case {"type": "link", "url": url, "text": words}:
            return f"[{words}]({url})"
        case _:
            return "{" + " ".join(str(value) for value in element.values()) + "}"


def _lines(words: str) -> str | list[str]:
    lines = words.replace("\u200b", "\\u200b").split("\n")
    return lines if len(lines) > 1 else lines[0]
