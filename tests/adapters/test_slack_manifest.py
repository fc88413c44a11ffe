"""The app manifest: within Slack's limits, made from the declarations, and what the documents say of it."""

import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from adapters.slack.manifest import EVENTS, OPTIONAL, SCOPES, Mode, as_yaml, manifest
from bot.__main__ import cli
from bot.chat.arguments import find_command, read_what_fits
from bot.chat.commands import Command
from bot.chat.registry import Registry
from bot.features import FEATURES

ROOT = Path(__file__).parent.parent.parent
COMMANDS = Registry.of(FEATURES).commands
ADMIN = (ROOT / "docs/slack-admin.md").read_text()
ADDRESS = "https://bot.example"
SAID = re.compile(r"`(?:/mate|@Batchmate) ([a-z][^`]*)`")

# Slack's own schema of a manifest (github.com/slackapi/manifest-schema, 2.0.0): the least and the most characters.
LENGTHS: Mapping[str, tuple[int, int]] = {
    "display_information.name": (1, 35),
    "display_information.description": (1, 140),
    "display_information.long_description": (175, 4_000),
    "display_information.background_color": (4, 7),
    "features.bot_user.display_name": (1, 80),
    "features.shortcuts.name": (1, 24),
    "features.shortcuts.type": (6, 7),
    "features.shortcuts.callback_id": (1, 255),
    "features.shortcuts.description": (1, 150),
    "features.slash_commands.command": (2, 32),
    "features.slash_commands.url": (1, 3_000),
    "features.slash_commands.description": (1, 2_000),
    "features.slash_commands.usage_hint": (1, 1_000),
    "oauth_config.redirect_urls": (1, 2_500),
    "oauth_config.scopes.bot": (1, 50),
    "oauth_config.scopes.bot_optional": (1, 50),
    "settings.event_subscriptions.request_url": (1, 3_500),
    "settings.event_subscriptions.bot_events": (1, 50),
    "settings.interactivity.request_url": (1, 3_500),
}
SWITCHES = {
    "features.app_home.home_tab_enabled",
    "features.app_home.messages_tab_enabled",
    "features.app_home.messages_tab_read_only_enabled",
    "features.bot_user.always_online",
    "features.slash_commands.should_escape",
    "settings.interactivity.is_enabled",
    "settings.org_deploy_enabled",
    "settings.socket_mode_enabled",
    "settings.token_rotation_enabled",
}


def leaves(part: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every value with the path to it; what stands in a list has the path of the list."""
    if isinstance(part, dict):
        for name, inner in part.items():
            yield from leaves(inner, f"{path}.{name}".removeprefix("."))
    elif isinstance(part, list):
        for inner in part:
            yield from leaves(inner, path)
    else:
        yield path, part


def faults(made: Any) -> list[str]:
    """Everything for which Slack would refuse a manifest."""
    found = []
    for path, value in leaves(made):
        least, most = LENGTHS.get(path, (0, 0))
        if path in SWITCHES:
            found += [] if isinstance(value, bool) else [f"{path} is {value!r}"]
        elif path not in LENGTHS:
            found.append(f"{path} is unknown")
        elif not isinstance(value, str) or not least <= len(value) <= most:
            found.append(f"{path} has {len(str(value))} characters, {least} to {most} fit")
    scopes = made["oauth_config"]["scopes"]
    if unasked := set(scopes["bot_optional"]) - set(scopes["bot"]):
        found.append(f"optional, and not among the scopes: {unasked}")
    return found


def made_for(mode: Mode, **changes: Any) -> dict[str, Any]:
    """The manifest of the declared commands."""
    return manifest(COMMANDS.values(), mode=mode, **changes)


@pytest.fixture
def say(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    """Type `batchmate manifest slack` and what follows."""
    monkeypatch.delenv("SLACK_COMMAND", raising=False)
    return lambda *words: CliRunner().invoke(cli, ["manifest", "slack", *words])


# --- what Slack takes ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
def test_slack_would_take_it(mode: Mode) -> None:
    """Each text fits, each key is one that Slack knows, and what is optional is asked for."""
    assert not faults(made_for(mode, url=ADDRESS, command="a" * 31))


def test_the_check_sees_what_slack_refuses() -> None:
    """A text that is too short, too long or under an unknown key is a fault."""
    made = made_for(Mode.SOCKET)
    made["display_information"]["long_description"] = "too short"
    made["features"]["shortcuts"][0]["name"] = "n" * 25
    made["settings"]["colour"] = "blue"
    made["settings"]["socket_mode_enabled"] = "yes"
    made["oauth_config"]["scopes"]["bot_optional"].append("groups:read")
    assert len(faults(made)) == 5


def test_a_socket_needs_no_address() -> None:
    """In Socket Mode no address stands anywhere; nothing has to be reachable."""
    made = made_for(Mode.SOCKET, url=ADDRESS)
    assert made["settings"]["socket_mode_enabled"] is True
    assert not [path for path, value in leaves(made) if "http" in str(value)]


def test_over_http_everything_goes_to_one_address() -> None:
    """Commands, events and presses are called for at one path, and an installation returns to another."""
    made = made_for(Mode.HTTP, url=f"{ADDRESS}/")
    assert made["settings"]["socket_mode_enabled"] is False
    assert {path for path, value in leaves(made) if value == f"{ADDRESS}/slack/events"} == {
        "features.slash_commands.url",
        "settings.event_subscriptions.request_url",
        "settings.interactivity.request_url",
    }
    assert made["oauth_config"]["redirect_urls"] == [f"{ADDRESS}/slack/oauth_redirect"]


def test_nobodys_chat_is_read() -> None:
    """No scope reads messages or e-mail addresses, and no event brings a message but one that names the bot."""
    assert not [scope for scope in SCOPES if "history" in scope or "email" in scope]
    assert not [event for event in EVENTS if event.startswith("message")]


def test_every_event_comes_by_a_scope_that_is_asked_for() -> None:
    """Slack refuses an event whose scope is not among the bot's."""
    assert {event.scope for event in EVENTS.values()} - {""} <= set(SCOPES)
    assert set(OPTIONAL) <= set(SCOPES)


# --- what is declared ----------------------------------------------------------------------------------------------


def test_the_hint_has_the_first_word_of_each_command() -> None:
    """What may follow the slash command is said once each, in the order of the features."""
    (slash,) = made_for(Mode.SOCKET)["features"]["slash_commands"]
    assert slash["usage_hint"].strip("[]").split(" | ") == list(
        dict.fromkeys(name.split()[0] for name in COMMANDS if name != "mate")
    )


def test_a_new_command_stands_in_the_hint() -> None:
    """The manifest follows the declarations."""
    new = Command("wonder aloud", "Think before the others", lambda _ctx, _options: None)
    (slash,) = manifest([*COMMANDS.values(), new])["features"]["slash_commands"]
    assert slash["usage_hint"].endswith("| wonder]")


def test_the_shortcut_runs_a_command() -> None:
    """The shortcut's id is a declared command."""
    (shortcut,) = made_for(Mode.SOCKET)["features"]["shortcuts"]
    assert shortcut["callback_id"] in COMMANDS


@pytest.mark.parametrize("word", ["", "/", "Mate", "two words", "m" * 32, "quiz!"])
def test_a_word_that_slack_refuses_is_refused_here(word: str) -> None:
    """A slash command is 1 to 31 small letters, digits, - and _."""
    with pytest.raises(ValueError, match="slash command"):
        manifest(COMMANDS.values(), word)


@pytest.mark.parametrize("url", ["http://bot.example", "bot.example", "https://", "https://bot.example?x=1"])
def test_an_address_that_slack_does_not_call_is_refused(url: str) -> None:
    """Slack calls https alone."""
    with pytest.raises(ValueError, match="https://"):
        made_for(Mode.HTTP, url=url)


# --- the copies and the command line -------------------------------------------------------------------------------


@pytest.mark.parametrize("mode", Mode)
def test_the_committed_copies_are_current(mode: Mode) -> None:
    """The files in deploy are what the declarations give (`batchmate manifest slack --write` renews them)."""
    assert (ROOT / f"deploy/slack-manifest-{mode}.yaml").read_text() == as_yaml(made_for(mode))


def test_what_is_printed_loads_back_equal(say: Callable[..., Result]) -> None:
    """The command line prints the manifest, as YAML, for either mode and any command."""
    assert yaml.safe_load(say().stdout) == made_for(Mode.SOCKET)
    asked = say("--http", ADDRESS, "--command", "/study")
    assert yaml.safe_load(asked.stdout) == made_for(Mode.HTTP, url=ADDRESS, command="study")


def test_the_command_is_that_of_the_environment(say: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
    """SLACK_COMMAND names the slash command here as it does when the bot runs."""
    monkeypatch.setenv("SLACK_COMMAND", "study")
    assert yaml.safe_load(say().stdout)["features"]["slash_commands"][0]["command"] == "/study"


def test_both_copies_are_written(say: Callable[..., Result], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`--write` renews both files and prints nothing."""
    (tmp_path / "deploy").mkdir()
    monkeypatch.chdir(tmp_path)
    assert say("--write").output == ""
    assert {path.name: yaml.safe_load(path.read_text()) for path in tmp_path.rglob("*.yaml")} == {
        f"slack-manifest-{mode}.yaml": made_for(mode) for mode in Mode
    }


def test_a_fault_is_one_sentence(say: Callable[..., Result]) -> None:
    """A wrong address or word ends with code 1 and says what is wrong."""
    for words in (("--http", "http://bot.example"), ("--command", "Quiz me")):
        refused = say(*words)
        assert refused.exit_code == 1
        assert words[1] in refused.output
        assert "Traceback" not in refused.output


# --- the documents -------------------------------------------------------------------------------------------------


def rows(heading: str) -> list[list[str]]:
    """The rows of the first table below a heading of docs/slack-admin.md, without its two first lines."""
    below = ADMIN.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in below.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_admin_reads_of_every_scope_what_it_is_for() -> None:
    """The table of scopes has just those that are asked for, in the same words, and says which may be refused."""
    assert {re.sub(r"`", "", row[0]): row[1] for row in rows("Scopes")} == SCOPES
    assert [row[0].strip("`") for row in rows("Scopes") if row[2].startswith("Optional:")] == list(OPTIONAL)


def test_the_admin_reads_of_every_event() -> None:
    """The table of events has just those that are received, in the same words, with the scope that each needs."""
    read = {row[0].strip("`"): (row[1], row[2].strip("`").replace("none", "")) for row in rows("Events")}
    assert read == {name: (event.use, event.scope) for name, event in EVENTS.items()}


@pytest.mark.parametrize("document", sorted((ROOT / "docs").glob("*slack*.md")), ids=lambda path: path.name)
def test_what_the_documents_say_in_slack_is_understood(document: Path) -> None:
    """Each `/mate ...` and `@Batchmate ...` in the documents is a command with options that it has."""
    spoken = SAID.findall(document.read_text())
    assert spoken
    for line in spoken:
        command, rest = find_command(COMMANDS.values(), line) or (None, "")
        assert command, f"{document.name} says {line}"
        assert read_what_fits(command, rest)[1] is None, f"{document.name} says {line}"
