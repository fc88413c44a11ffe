"""A group's settings as cards."""

from collections.abc import Sequence

from bot.chat.cards import Block, Button, Card, Fields, Text, footnote, text
from bot.chat.inline import Inline, Line, Named, Place, Plain
from bot.chat.limits import shorten
from bot.chat.words import gettext as _
from bot.chat.words import say

MOST_NAMED = 20
LONGEST_ID = 40


def settings(name: str, values: Sequence[Block]) -> Card:
    """What is set."""
    change = _("Moderators change them: {command} timezone Europe/Berlin").format(command=say("settings set"))
    return Card(_("Settings of {group}").format(group=shorten(name, 80)), (*values, footnote(change)))


def values(zone: str, language: str, moderators: Sequence[str], desk: str, *, threads: bool) -> tuple[Block, ...]:
    """Every setting with its value."""
    pairs = ((_("time zone"), zone), (_("language"), language), (_("threads"), _on(threads)))
    return Fields(pairs), Text((Plain(_("moderators: ")), *_named(moderators))), Text(_desk(desk))


def _desk(channel: str) -> Line:
    where = (
        Place(shorten(channel, LONGEST_ID)) if channel else Plain(_("none; who planned something is told in private"))
    )
    return Plain(_("moderators' channel: ")), where


def change_button() -> Button:
    """What opens the form to change one of them."""
    return Button(_("Change a setting"), "settings.form")


def _on(value: bool) -> str:  # noqa: FBT001 (it is what is said)
    return _("on") if value else _("off")


def _named(moderators: Sequence[str]) -> Line:
    if not moderators:
        return (Plain(_("only who manages the server or workspace")),)
    line: list[Inline] = []
    for who in (shorten(name, LONGEST_ID) for name in moderators[:MOST_NAMED]):
        line.extend((Plain(", "), Named(who)) if line else (Named(who),))
    if len(moderators) > MOST_NAMED:
        line.append(Plain(", …"))
    return tuple(line)


def changed(name: str, value: str) -> Card:
    """One thing has been set."""
    return Card(_("Set"), (text(_("{name}: {value}").format(name=name, value=shorten(value, 400))),))


def threads_changed(*, threads: bool) -> Card:
    """Where live rounds play from now on."""
    return changed(_("threads"), _on(threads))


def desk_changed(channel: str) -> Card:
    """Where moderators are told what needs them."""
    return Card(_("Set"), (Text(_desk(channel)),))


def moderators_changed(moderators: Sequence[str], menus: str) -> Card:
    """Who moderates from now on, and where the platform lets them see the moderators' commands."""
    blocks: list[Block] = [Text((Plain(_("moderators: ")), *_named(moderators)))]
    if moderators and menus:
        blocks.append(text(_(menus)))
    return Card(_("Set"), tuple(blocks))
