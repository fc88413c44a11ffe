"""The app manifest: what Slack is told of Batchmate, made from the declared commands and the fewest scopes."""

import re
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

import yaml
from msgspec import Struct

from bot.chat.commands import Command

NAME = "Batchmate"
FRONT_DOOR, SHORTCUT, SHORTCUT_NAME = "mate", "quiz start", "Quiz me"
EVENTS_PATH, REDIRECT_PATH = "/slack/events", "/slack/oauth_redirect"
EXAMPLE = "https://batchmate.example"
HEADER = "# Made by `batchmate manifest slack` from the declared commands; no line of it is written by hand.\n"
DESCRIPTION = (
    "Questions, one concept a day, challenges and a fair score for people who learn machine learning together."
)
LONG_DESCRIPTION = """\
Batchmate is a study-group bot for people who become machine-learning engineers together. It asks questions whose \
answers are proved, says why an answer is right or wrong and where to read on, explains concepts in a minute, plays \
live rounds in a channel, hands out open-source challenges and keeps the group's score.

It is quiet until somebody asks: what you ask for, you alone see, and nothing is posted for everyone unless somebody \
starts a round or a moderator plans posts. It reads no channel and no direct message: it answers its slash command, \
buttons, forms and mentions."""

# What each scope is for, in the words of docs/slack-admin.md.
SCOPES: Mapping[str, str] = {
    "commands": "the slash command and the shortcut",
    "chat:write": "live rounds, results, what moderators plan, in channels that invited the bot; private messages",
    "users:read": "display name and language of who uses it, and whether they are an admin or an owner",
    "im:write": "opening the direct message in which the bot tells somebody something",
    "app_mentions:read": "commands in threads, where Slack has no slash commands: there the bot is mentioned",
    "files:write": "the pictures of questions that have one, and the board in the digest",
    "channels:read": "whether the bot is in a public channel, and hearing that one was archived or deleted",
    "usergroups:read": "moderators that are named by a user group",
}
OPTIONAL = ("channels:read", "usergroups:read")


class Event(Struct, frozen=True):
    """What an event is for, and the scope without which Slack does not send it."""

    use: str
    scope: str = ""


EVENTS: Mapping[str, Event] = {
    "app_home_opened": Event("somebody opened the app's Home: it is drawn anew"),
    "app_mention": Event("somebody wrote to the bot by its name, in a channel that it is in", "app_mentions:read"),
    "app_uninstalled": Event("the app was removed: its token is deleted, the group rests"),
    "tokens_revoked": Event("the token was taken back: it is deleted, the group rests"),
    "channel_archive": Event("a public channel was archived: nothing is sent there any more", "channels:read"),
    "channel_deleted": Event("a public channel was deleted: nothing is sent there any more", "channels:read"),
}

Manifest = dict[str, Any]
_COMMAND = re.compile(r"[a-z0-9_-]{1,31}")


class Mode(StrEnum):
    """How Slack reaches the bot: by a socket that the bot opens, or by calls to an address of the bot."""

    SOCKET = "socket"
    HTTP = "http"


def manifest(
    commands: Iterable[Command], command: str = FRONT_DOOR, mode: Mode = Mode.SOCKET, url: str = EXAMPLE
) -> Manifest:
    """The manifest for one way of being reached. Raises ValueError for a command or an address that Slack refuses."""
    declared = {one.name: one for one in commands}
    if not _COMMAND.fullmatch(word := command.removeprefix("/")):
        raise ValueError(f"{command!r} is no slash command: 1 to 31 small letters, digits, - and _, such as mate")
    address = _address(url) if mode is Mode.HTTP else ""
    calls = {"request_url": address + EVENTS_PATH} if address else {}
    redirects = {"redirect_urls": [address + REDIRECT_PATH]} if address else {}
    return {
        "display_information": {
            "name": NAME,
            "description": DESCRIPTION,
            "long_description": LONG_DESCRIPTION,
            "background_color": "#2b3a67",
        },
        "features": {
            "app_home": {
                "home_tab_enabled": True,
                "messages_tab_enabled": True,
                "messages_tab_read_only_enabled": False,  # read-only, it would take no slash command either
            },
            "bot_user": {"display_name": NAME, "always_online": True},
            "shortcuts": [
                {
                    "name": SHORTCUT_NAME,
                    "type": "global",
                    "callback_id": SHORTCUT,
                    "description": declared[SHORTCUT].description,
                }
            ],
            "slash_commands": [
                {
                    "command": f"/{word}",
                    **({"url": address + EVENTS_PATH} if address else {}),
                    "description": declared[FRONT_DOOR].description,
                    "usage_hint": _hint(declared),
                    "should_escape": True,
                }
            ],
        },
        "oauth_config": {**redirects, "scopes": {"bot": list(SCOPES), "bot_optional": list(OPTIONAL)}},
        "settings": {
            "event_subscriptions": {**calls, "bot_events": list(EVENTS)},
            "interactivity": {"is_enabled": True, **calls},
            "org_deploy_enabled": False,
            "socket_mode_enabled": mode is Mode.SOCKET,
            "token_rotation_enabled": False,
        },
    }


def _address(url: str) -> str:
    """Where Slack calls, without a slash at its end."""
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{url!r} is no address that Slack calls: it begins with https:// and ends with host or path")
    return url.rstrip("/")


def _hint(declared: Iterable[str]) -> str:
    """What may follow the slash command: the first word of each declared command."""
    words = dict.fromkeys(name.split()[0] for name in declared if name != FRONT_DOOR)
    return f"[{' | '.join(words)}]"


def as_yaml(made: Manifest) -> str:
    """A manifest as it is pasted into Slack's field for YAML."""
    return HEADER + yaml.dump(made, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=110)


class _Dumper(yaml.SafeDumper):
    """Lists stand indented below their key, and paragraphs are folded, as people write them."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: ARG002, FBT001, FBT002
        super().increase_indent(flow, indentless=False)


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style=">" if "\n" in text else None)


_Dumper.add_representer(str, _text)
