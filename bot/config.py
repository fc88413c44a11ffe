"""Every setting of the environment, once; all mistakes are reported together."""

import re
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

from platformdirs import user_cache_path, user_data_path
from pydantic import (
    AnyHttpUrl,
    Field,
    ModelWrapValidatorHandler,
    SecretStr,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

SOCKET = ("slack_bot_token", "slack_app_token")
HTTP = ("slack_signing_secret", "slack_client_id", "slack_client_secret")
HTTP_NEEDS = (*HTTP, "batchmate_secret_key", "port")
SLACK_TOKENS = {  # how each begins, and where Slack shows it
    "slack_bot_token": ("xoxb-", "a bot token", "OAuth & Permissions"),
    "slack_app_token": ("xapp-", "an app-level token", "Basic Information, App-Level Tokens"),
}
_KEY = re.compile(r"[A-Za-z0-9_-]{43}=")
_COMMAND = re.compile(r"[a-z0-9_-]{1,31}")


class SettingsError(Exception):
    """The environment holds values that cannot be used; the sentences name the variables, never a secret."""


class Settings(BaseSettings):
    """What can be set from outside; what is empty counts as not set.

    `database_url`: where the state is kept; a file in the user's data folder if nothing is said. It may hold a
    password. `discord_token`: the bot's token; with it, `run` serves Discord. `discord_guild_id`: registers commands in
    this one server, at once, for development. `discord_shard_ids` of `discord_shard_count`: the shards of this
    process. `discord_api_url`: another address of Discord's interface, such as a proxy of one's own.

    Slack is reached in one of two ways, see `slack_mode`: through a socket that is opened with `slack_bot_token` and
    `slack_app_token`, or by HTTP with `slack_signing_secret`, `slack_client_id` and `slack_client_secret`, where each
    workspace's token is kept encrypted with the first key of `batchmate_secret_key`. `slack_command`: the word of the
    slash command. `slack_api_url`: another address of Slack's interface. `public_url`: where a browser reaches `port`.

    `port`: where /healthz and /metrics are served. `log_level`: how much is logged.
    """

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", env_ignore_empty=True, hide_input_in_errors=True)

    database_url: SecretStr | None = None
    discord_token: SecretStr | None = None
    discord_guild_id: Annotated[int, Field(gt=0)] | None = None
    discord_shard_ids: Annotated[tuple[int, ...], NoDecode] = ()
    discord_shard_count: Annotated[int, Field(gt=0, le=100_000)] | None = None
    discord_api_url: AnyHttpUrl | None = None
    slack_bot_token: SecretStr | None = None
    slack_app_token: SecretStr | None = None
    slack_signing_secret: SecretStr | None = None
    slack_client_id: str | None = None
    slack_client_secret: SecretStr | None = None
    batchmate_secret_key: SecretStr | None = None
    slack_command: str = "mate"
    slack_api_url: AnyHttpUrl | None = None
    public_url: AnyHttpUrl | None = None
    port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    log_level: str = "INFO"

    @field_validator("discord_token", mode="after")
    @classmethod
    def _discord_token(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(_one_word(Settings.secret(value).removeprefix("Bot ")))

    @field_validator("discord_shard_ids", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = value.replace(",", " ").split()
        if not parts or not all(part.isdecimal() for part in parts):
            raise ValueError(f"{value!r} is no list of numbers such as 0,1")
        numbers = tuple(int(part) for part in parts)
        if len(set(numbers)) < len(numbers):
            raise ValueError(f"{value!r} names a shard twice")
        return numbers

    @field_validator("slack_bot_token", "slack_app_token", mode="after")
    @classmethod
    def _slack_token(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        start, what, where = SLACK_TOKENS[info.field_name or ""]
        token = _one_word(Settings.secret(value))
        if not token or token.startswith(start):
            return value
        for name, (other, its_kind, _where) in SLACK_TOKENS.items():
            if token.startswith(other):
                raise ValueError(f"this is {its_kind}, which belongs into {name.upper()}: {what} begins with {start}")
        raise ValueError(f"this is not {what}: one begins with {start} (your app's settings, {where})")

    @field_validator("slack_signing_secret", "slack_client_secret", mode="after")
    @classmethod
    def _bare(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(_one_word(Settings.secret(value)))

    @field_validator("batchmate_secret_key", mode="after")
    @classmethod
    def _keys(cls, value: SecretStr | None) -> SecretStr | None:
        text = Settings.secret(value).strip()
        keys = _split(text) or ([text] if text else [])
        for number, key in enumerate(keys, start=1):
            if not _KEY.fullmatch(key):
                which = f"key number {number} of {len(keys)}" if len(keys) > 1 else "this"
                raise ValueError(f"{which} is no key: make one with batchmate secrets new")
        return value if keys else None

    @field_validator("slack_command", mode="after")
    @classmethod
    def _word(cls, value: str) -> str:
        word = value.removeprefix("/")
        if not _COMMAND.fullmatch(word):
            raise ValueError("this is no slash command, which has 1 to 31 small letters, digits, - and _, such as mate")
        return word

    @field_validator("public_url", mode="after")
    @classmethod
    def _encrypted(cls, value: AnyHttpUrl | None) -> AnyHttpUrl | None:
        if value is not None and (value.scheme != "https" or value.query or value.fragment):
            raise ValueError("Slack and browsers want an address that begins with https:// and ends with host or path")
        return value

    @field_validator("log_level", mode="after")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError(f"{value!r} is none of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _shards(self) -> "Settings":
        if self.discord_shard_count is not None and any(i >= self.discord_shard_count for i in self.discord_shard_ids):
            raise ValueError(
                f"DISCORD_SHARD_IDS names a shard that DISCORD_SHARD_COUNT={self.discord_shard_count} does not have; "
                "the first shard is 0"
            )
        return self

    @model_validator(mode="wrap")
    @classmethod
    def _together(cls, given: Any, make: ModelWrapValidatorHandler["Settings"]) -> "Settings":
        """The mistakes in single settings, and those in what is set beside each other, in one report."""
        given = _without_blanks(given)
        faults = list(_faults_of(given))
        made = None
        try:
            made = make(given)
        except ValidationError as error:
            faults[:0] = [_fault(part["loc"], part["msg"]) for part in error.errors()]
        if made is None or faults:
            raise ValueError("; ".join(faults))
        return made

    @staticmethod
    def secret(value: SecretStr | None) -> str:
        """A secret as text, to be given away only to the platform that it belongs to; empty if it is not set."""
        return "" if value is None else value.get_secret_value()

    @staticmethod
    def address(url: AnyHttpUrl | None) -> str:
        """An address as text; empty if it is not set."""
        return "" if url is None else str(url)

    def slack_mode(self) -> Literal["", "socket", "http"]:
        """How Slack is reached; empty if it is not."""
        if self.slack_app_token is not None:
            return "socket"
        return "http" if self.slack_signing_secret is not None else ""

    def secret_keys(self) -> tuple[str, ...]:
        """The keys of what is kept encrypted, the one that encrypts first."""
        return tuple(_split(self.secret(self.batchmate_secret_key)))

    def database(self) -> str:
        """The address of the database."""
        return (
            self.database_url.get_secret_value() if self.database_url else f"sqlite:///{data_folder() / 'batchmate.db'}"
        )


def data_folder() -> Path:
    """The folder for what belongs to this user: the embedded database, the history of lines."""
    return user_data_path("batchmate")


def cache_folder() -> Path:
    """The folder for what can be made anew at any time: what the content's files say, parsed."""
    return user_cache_path("batchmate")


def read_settings() -> Settings:
    """The settings of the environment. Raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [_fault(part["loc"], part["msg"]) for part in error.errors()]
        raise SettingsError("The environment cannot be used: " + "; ".join(faults)) from None


def _faults_of(given: Collection[str]) -> Iterator[str]:
    """What is wrong with the names that are set beside each other."""
    if "discord_shard_ids" in given and "discord_shard_count" not in given:
        yield "DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT, the number of shards of all processes"
    socket, http = (_named(set(names) & set(given)) for names in (SOCKET, HTTP))
    if socket and http:
        yield (
            f"{socket} cannot be set beside {http}: Slack's Socket Mode needs {_named(SOCKET)}, Slack by HTTP needs "
            f"{_named(HTTP_NEEDS)}. Set those of one of them and leave the others out"
        )
    elif socket and (missing := _named(set(SOCKET) - set(given))):
        yield f"Slack's Socket Mode needs {_named(SOCKET)}, and {missing} is not set"
    elif http and (missing := _named(set(HTTP_NEEDS) - set(given))):
        yield f"Slack by HTTP needs {_named(HTTP_NEEDS)}. Not set: {missing}"


def _named(names: Collection[str]) -> str:
    """Variables in a sentence, in the order in which they are declared."""
    found = [name.upper() for name in Settings.model_fields if name in names]
    return " and ".join(part for part in (", ".join(found[:-1]), *found[-1:]) if part)


def _without_blanks(given: Mapping[str, Any]) -> dict[str, Any]:
    """The values without what is blank at their ends, as files and forms leave it; what is blank is not set."""
    bare = {name: value.strip() if isinstance(value, str) else value for name, value in given.items()}
    return {name: value for name, value in bare.items() if value not in (None, "")}


def _one_word(secret: str) -> str:
    if len(secret.split()) > 1:
        raise ValueError("this holds a blank or the end of a line, and is one word where it is copied from")
    return secret


def _split(keys: str) -> list[str]:
    return keys.replace(",", " ").split()


def _fault(place: tuple[int | str, ...], message: str) -> str:
    sentence = message.removeprefix("Value error, ")
    return f"{str(place[0]).upper()}: {sentence}" if place else sentence
