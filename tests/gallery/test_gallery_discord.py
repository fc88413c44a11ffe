"""Every card and form of the gallery as Discord shows it: accepted there, and as it was when somebody last looked."""

from typing import Any

import discord
import pytest
from simcord.components import validate_components, validate_modal
from syrupy.assertion import SnapshotAssertion
from syrupy.extensions.json import JSONSnapshotExtension

from adapters.discord import outbound
from bot.chat.words import PSEUDO, speaking
from tests.gallery.cards import cards
from tests.gallery.discord_limits import message_faults, modal_faults
from tests.gallery.forms import forms

COMPONENTS_V2 = 1 << 15
KEY = "gallery"
COMMANDS = {"quiz": 1, "mate": 2, "help": 3, "my": 4, "settings": 5}  # some are registered, some are not
CARDS, FORMS = cards(), forms()


@pytest.fixture
def pages(snapshot: SnapshotAssertion) -> SnapshotAssertion:
    """One JSON file a card, below `__snapshots__`."""
    return snapshot.use_extension(JSONSnapshotExtension)


@pytest.mark.parametrize("name", CARDS)
async def test_card(name: str, pages: SnapshotAssertion) -> None:
    """Discord takes the card, and it looks as it did (`--snapshot-update` after a change that is meant)."""
    rendered = outbound.card(CARDS[name], COMMANDS, KEY)
    components: Any = rendered.view.to_components()
    validate_components(components, flags=COMPONENTS_V2)
    assert message_faults(components, rendered.pictures) == []
    page: dict[str, Any] = {"components": [_readable(part) for part in components]}
    if rendered.pictures:
        page["pictures"] = dict(rendered.pictures)
    if rendered.roles:
        page["roles"] = list(rendered.roles)
    if rendered.people:
        page["people"] = list(rendered.people)
    assert page == pages


@pytest.mark.parametrize("name", FORMS)
async def test_form(name: str, pages: SnapshotAssertion) -> None:
    """Discord takes the form, and it looks as it did."""
    modal = outbound.modal(FORMS[name]).to_dict()
    validate_modal(modal)
    assert modal_faults(modal) == []
    assert {**modal, "components": [_readable(part) for part in modal["components"]]} == pages


async def test_everything_fits_in_another_language() -> None:
    """The made-up language, whose every message is a little longer, is taken as well."""
    with speaking(PSEUDO):
        foreign, foreign_forms = cards(), forms()
    for name, card in foreign.items():
        rendered = outbound.card(card, COMMANDS, KEY)
        assert message_faults(rendered.view.to_components(), rendered.pictures) == [], name
    for name, form in foreign_forms.items():
        assert modal_faults(outbound.modal(form).to_dict()) == [], name


def _readable(part: Any) -> Any:
    """A component with its kind by name, its text line by line, what has no width to be seen, and no defaults."""
    found: dict[str, Any] = {}
    for name, value in part.items():
        if value is None or (name in ("disabled", "spoiler", "default") and value is False):
            continue
        if name == "type":
            found[name] = discord.ComponentType(value).name
        elif isinstance(value, list):
            found[name] = [_readable(inner) for inner in value]
        elif isinstance(value, dict):
            found[name] = _readable(value)
        elif isinstance(value, str):
            lines = value.replace("\u200b", "\\u200b").split("\n")
            found[name] = lines if name == "content" else "\n".join(lines)
        else:
            found[name] = value
    return found
