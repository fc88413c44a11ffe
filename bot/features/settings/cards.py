"""A group's settings as cards."""

from collections.abc import Sequence

from bot.chat.cards import Card, Fields, footnote, text
from bot.chat.limits import shorten
from bot.chat.words import gettext as _
from bot.chat.words import say


def settings(name: str, zone: str, language: str, moderators: Sequence[str]) -> Card:
    """What is set."""
    named = ", ".join(moderators) or _("the server's managers alone")
    pairs = ((_("time zone"), zone), (_("language"), language), (_("moderators"), shorten(named, 400)))
    return Card(
        _("Settings of {group}").format(group=shorten(name, 80)),
        (
            Fields(pairs),
            footnote(_("Moderators change them: {command} timezone Europe/Berlin").format(command=say("settings set"))),
        ),
    )


def changed(name: str, value: str) -> Card:
    """One thing has been set."""
    return Card(_("Set"), (text(_("{name}: {value}").format(name=name, value=shorten(value, 400))),))
