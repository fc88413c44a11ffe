"""The environment: what is read of it, and mistakes that are reported together, in words and without a secret."""

import os
from base64 import urlsafe_b64encode

import pytest

from bot.config import Settings, SettingsError, read_settings

KEY, OLDER = (urlsafe_b64encode(letter * 32).decode() for letter in (b"k", b"o"))
SOCKET = {"SLACK_BOT_TOKEN": "xoxb-bot-secret", "SLACK_APP_TOKEN": "xapp-app-secret"}
HTTP = {
    "SLACK_SIGNING_SECRET": "signing-secret",
    "SLACK_CLIENT_ID": "12.34",
    "SLACK_CLIENT_SECRET": "client-secret",
    "BATCHMATE_SECRET_KEY": KEY,
    "PORT": "8080",
}


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting comes from outside the test."""
    for name in os.environ:
        if name.lower() in Settings.model_fields:
            monkeypatch.delenv(name)


def read(monkeypatch: pytest.MonkeyPatch, **environment: str) -> Settings:
    """The settings of an environment."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def refused(monkeypatch: pytest.MonkeyPatch, **environment: str) -> str:
    """Why an environment cannot be used; never with a value in it that is as long as a secret."""
    with pytest.raises(SettingsError) as caught:
        read(monkeypatch, **environment)
    said = str(caught.value)
    assert caught.value.__cause__ is None
    for name, value in environment.items():
        assert len(value) < 7 or value not in said, f"{name} is given away"
    return said


def test_nothing_is_served_unless_it_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a variable, or with empty ones, no platform is named."""
    for settings in (read(monkeypatch), read(monkeypatch, **dict.fromkeys((*SOCKET, *HTTP), ""))):
        assert settings.slack_mode() == ""
        assert settings.discord_token is None
        assert settings.slack_command == "mate"
        assert settings.secret_keys() == ()


def test_slack_is_reached_in_one_of_two_ways(monkeypatch: pytest.MonkeyPatch) -> None:
    """The tokens mean Socket Mode; what came with blanks round it is read without them."""
    settings = read(monkeypatch, **{name: f" {value}\n" for name, value in SOCKET.items()})
    assert settings.slack_mode() == "socket"
    assert settings.secret(settings.slack_bot_token) == SOCKET["SLACK_BOT_TOKEN"]
    assert settings.secret(settings.slack_app_token) == SOCKET["SLACK_APP_TOKEN"]
    assert "-secret" not in repr(settings)


def test_slack_is_reached_by_http(monkeypatch: pytest.MonkeyPatch) -> None:
    """The three secrets of the app, a key and a port; the address for browsers may be said."""
    settings = read(monkeypatch, **HTTP, PUBLIC_URL="https://bot.example/mate")
    assert settings.slack_mode() == "http"
    assert settings.slack_client_id == "12.34"
    assert settings.secret(settings.slack_signing_secret) == "signing-secret"
    assert settings.secret_keys() == (KEY,)
    assert settings.address(settings.public_url) == "https://bot.example/mate"


@pytest.mark.parametrize("between", [",", " ", ", ", "\n"])
def test_several_keys(monkeypatch: pytest.MonkeyPatch, between: str) -> None:
    """Keys stand in their order, with commas or blanks between them."""
    assert read(monkeypatch, BATCHMATE_SECRET_KEY=f"{KEY}{between}{OLDER}").secret_keys() == (KEY, OLDER)


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("short", "this is no key"),
        (KEY[:-1], "this is no key"),
        (",", "this is no key"),
        (f"{KEY},{OLDER[:-2]}", "key number 2 of 2 is no key"),
        (f"'{KEY}'", "this is no key"),
    ],
)
def test_a_key_that_is_none(monkeypatch: pytest.MonkeyPatch, key: str, said: str) -> None:
    """It is said which one, and how to make one."""
    assert f"BATCHMATE_SECRET_KEY: {said}: make one with batchmate secrets new" in refused(
        monkeypatch, BATCHMATE_SECRET_KEY=key
    )


@pytest.mark.parametrize("missing", list(SOCKET))
def test_half_of_socket_mode(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    """One token without the other is no way to Slack."""
    said = refused(monkeypatch, **{name: value for name, value in SOCKET.items() if name != missing})
    assert said.endswith(f"Slack's Socket Mode needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN, and {missing} is not set")


@pytest.mark.parametrize("missing", list(HTTP))
@pytest.mark.parametrize("value", [None, " "])
def test_less_than_http_needs(monkeypatch: pytest.MonkeyPatch, missing: str, value: str | None) -> None:
    """What is not set, or blank, is named: above all no request is believed without a signing secret."""
    environment = {name: found for name, found in HTTP.items() if name != missing}
    if value is not None and missing != "PORT":
        environment[missing] = value
    said = refused(monkeypatch, **environment)
    assert "Slack by HTTP needs SLACK_SIGNING_SECRET, SLACK_CLIENT_ID, SLACK_CLIENT_SECRET," in said
    assert said.endswith(f"Not set: {missing}")


@pytest.mark.parametrize("more", list(HTTP)[:3])
@pytest.mark.parametrize("token", list(SOCKET))
def test_both_ways_at_once(monkeypatch: pytest.MonkeyPatch, more: str, token: str) -> None:
    """It is said which way needs which, once."""
    said = refused(monkeypatch, **{token: SOCKET[token], more: HTTP[more]})
    assert said.startswith(f"The environment cannot be used: {token} cannot be set beside {more}: ")
    assert "Slack's Socket Mode needs SLACK_BOT_TOKEN and SLACK_APP_TOKEN, Slack by HTTP needs" in said
    assert "not set" not in said.lower()


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("SLACK_BOT_TOKEN", "xapp-swapped", "this is an app-level token, which belongs into SLACK_APP_TOKEN"),
        ("SLACK_APP_TOKEN", "xoxb-swapped", "this is a bot token, which belongs into SLACK_BOT_TOKEN"),
        ("SLACK_BOT_TOKEN", "xoxp-a-members", "this is not a bot token: one begins with xoxb-"),
        ("SLACK_APP_TOKEN", "something", "this is not an app-level token: one begins with xapp-"),
    ],
)
def test_a_token_in_the_wrong_place(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    """The beginning of a token says what it is, and so where it belongs."""
    assert f"{name}: {said}" in refused(monkeypatch, **{**SOCKET, name: value})


@pytest.mark.parametrize("word", ["mate", "/mate", " study-mate_2 ", "a" * 31])
def test_a_word_for_the_command(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """With or without its slash."""
    assert read(monkeypatch, SLACK_COMMAND=word).slack_command == word.strip().removeprefix("/")


@pytest.mark.parametrize("word", ["Mate", "a b", "//mate", "/", "a" * 32, "maté", "xoxb-12345.67890"])
def test_a_word_that_slack_refuses(monkeypatch: pytest.MonkeyPatch, word: str) -> None:
    """It is said what one may be made of."""
    assert "SLACK_COMMAND: this is no slash command" in refused(monkeypatch, SLACK_COMMAND=word)


@pytest.mark.parametrize("url", ["http://bot.example", "https://bot.example?a=b", "https://bot.example#a", "bot"])
def test_an_address_where_slack_does_not_lead_back_to(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Slack wants it encrypted, and it is only where ours begin."""
    assert "PUBLIC_URL: " in refused(monkeypatch, PUBLIC_URL=url)


def test_mistakes_are_reported_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those in single settings and those in what is set beside each other, each once."""
    said = refused(
        monkeypatch,
        SLACK_APP_TOKEN="wrong-and-secret",
        SLACK_COMMAND="No Command",
        BATCHMATE_SECRET_KEY="also-secret",
        PORT="many",
        LOG_LEVEL="loud",
        DISCORD_SHARD_IDS="0",
    )
    for name in ("SLACK_APP_TOKEN:", "SLACK_COMMAND:", "BATCHMATE_SECRET_KEY:", "PORT:", "LOG_LEVEL:"):
        assert said.count(name) == 1, name
    assert "SLACK_BOT_TOKEN is not set" in said
    assert said.count("DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT") == 1
    assert said.count("; ") == 6


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("DISCORD_GUILD_ID", "-3", "greater than 0"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("LOG_LEVEL", "loud", "none of DEBUG"),
    ],
)
def test_a_value_that_cannot_be(monkeypatch: pytest.MonkeyPatch, name: str, value: str, said: str) -> None:
    """It is named with what would do."""
    _words, named, sentence = refused(monkeypatch, **{name: value}).partition(f"{name}: ")
    assert named
    assert said in sentence


@pytest.mark.parametrize(
    ("ids", "count", "said"),
    [
        ("0,2", "2", "DISCORD_SHARD_IDS names a shard that DISCORD_SHARD_COUNT=2 does not have"),
        ("0,x", "2", "DISCORD_SHARD_IDS: '0,x' is no list of numbers"),
        ("", "0", "DISCORD_SHARD_COUNT: "),
        (",", "2", "is no list of numbers such as 0,1"),
        ("0,0", "2", "names a shard twice"),
    ],
)
def test_shards_that_are_none(monkeypatch: pytest.MonkeyPatch, ids: str, count: str, said: str) -> None:
    """A shard is one of those that there are."""
    assert said in refused(monkeypatch, DISCORD_SHARD_IDS=ids, DISCORD_SHARD_COUNT=count)


def test_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shards of this process, among those of all."""
    assert read(monkeypatch, DISCORD_SHARD_IDS="0, 2", DISCORD_SHARD_COUNT="3").discord_shard_ids == (0, 2)


@pytest.mark.parametrize("blank", [" ", "\n", "\t \n"])
@pytest.mark.parametrize("name", sorted(name.upper() for name in Settings.model_fields))
def test_what_is_blank_is_not_set(monkeypatch: pytest.MonkeyPatch, name: str, blank: str) -> None:
    """A variable with nothing but blanks in it, as an empty line of a form leaves it, counts as not set."""
    field = name.lower()
    assert getattr(read(monkeypatch, **{name: blank}), field) == Settings.model_fields[field].default


def test_the_end_of_a_line_is_no_part_of_a_value(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a file gave with its last line's end opens the same database, and means the same."""
    settings = read(
        monkeypatch,
        DATABASE_URL="sqlite:////data/group.db\n",
        DISCORD_TOKEN=" Bot token\n",
        DISCORD_GUILD_ID="7\n",
        DISCORD_SHARD_IDS="0,1\n",
        DISCORD_SHARD_COUNT=" 2",
        LOG_LEVEL=" debug\n",
    )
    assert settings.database() == "sqlite:////data/group.db"
    assert settings.secret(settings.discord_token) == "token"
    assert (settings.discord_guild_id, settings.discord_shard_ids, settings.log_level) == (7, (0, 1), "DEBUG")


@pytest.mark.parametrize(
    "environment",
    [{"DISCORD_TOKEN": "first half\nsecond half"}, {**SOCKET, "SLACK_BOT_TOKEN": "xoxb-first half"}],
)
def test_a_secret_in_two_words(monkeypatch: pytest.MonkeyPatch, environment: dict[str, str]) -> None:
    """A token with a line's end in it is refused in a sentence, before it breaks a request."""
    assert "is one word where it is copied from" in refused(monkeypatch, **environment)
