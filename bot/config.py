"""Every setting of the environment, once; all mistakes are reported together."""

from pathlib import Path
from typing import Annotated, Any

from platformdirs import user_data_path
from pydantic import AnyHttpUrl, Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict


class SettingsError(Exception):
    """The environment holds values that cannot be used; the sentences name the variables, never a secret."""


class Settings(BaseSettings):
    """What can be set from outside; what is empty counts as not set.

    `database_url`: where the state is kept; a file in the user's data folder if nothing is said. It may hold a
    password. `discord_token`: the bot's token; with it, `run` serves Discord. `discord_guild_id`: registers commands in
    this one server, at once, for development. `discord_shard_ids` of `discord_shard_count`: the shards of this
    process. `discord_api_url`: another address of Discord's interface, such as a proxy of one's own. `port`: where
    /healthz and /metrics are served. `log_level`: how much is logged.
    """

    model_config = SettingsConfigDict(env_prefix="", extra="ignore", env_ignore_empty=True)

    database_url: SecretStr | None = None
    discord_token: SecretStr | None = None
    discord_guild_id: Annotated[int, Field(gt=0)] | None = None
    discord_shard_ids: Annotated[tuple[int, ...], NoDecode] = ()
    discord_shard_count: Annotated[int, Field(gt=0, le=100_000)] | None = None
    discord_api_url: AnyHttpUrl | None = None
    port: Annotated[int, Field(ge=0, le=65_535)] | None = None
    log_level: str = "INFO"

    @field_validator("discord_token", mode="after")
    @classmethod
    def _stripped(cls, value: SecretStr | None) -> SecretStr | None:
        return None if value is None else SecretStr(value.get_secret_value().strip().removeprefix("Bot "))

    @field_validator("discord_shard_ids", mode="before")
    @classmethod
    def _numbers(cls, value: Any) -> Any:
        if not isinstance(value, str):
            return value
        parts = value.replace(",", " ").split()
        if not all(part.isdecimal() for part in parts):
            raise ValueError(f"{value!r} is no list of numbers such as 0,1")
        return tuple(int(part) for part in parts)

    @field_validator("log_level", mode="after")
    @classmethod
    def _level(cls, value: str) -> str:
        if value.upper() not in ("DEBUG", "INFO", "WARNING", "ERROR"):
            raise ValueError(f"{value!r} is none of DEBUG, INFO, WARNING, ERROR")
        return value.upper()

    @model_validator(mode="after")
    def _shards(self) -> "Settings":
        if self.discord_shard_ids and self.discord_shard_count is None:
            raise ValueError("DISCORD_SHARD_IDS needs DISCORD_SHARD_COUNT, the number of shards of all processes")
        if self.discord_shard_count is not None and any(i >= self.discord_shard_count for i in self.discord_shard_ids):
            raise ValueError(
                f"DISCORD_SHARD_IDS names a shard that DISCORD_SHARD_COUNT={self.discord_shard_count} does not have; "
                "the first shard is 0"
            )
        return self

    @staticmethod
    def secret(value: SecretStr | None) -> str:
        """A secret as text, to be given away only to the platform that it belongs to; empty if it is not set."""
        return "" if value is None else value.get_secret_value()

    @staticmethod
    def address(url: AnyHttpUrl | None) -> str:
        """An address as text; empty if it is not set."""
        return "" if url is None else str(url)

    def database(self) -> str:
        """The address of the database."""
        return (
            self.database_url.get_secret_value() if self.database_url else f"sqlite:///{data_folder() / 'batchmate.db'}"
        )


def data_folder() -> Path:
    """The folder for what belongs to this user: the embedded database, the history of lines."""
    return user_data_path("batchmate")


def read_settings() -> Settings:
    """The settings of the environment. Raises SettingsError."""
    try:
        return Settings()
    except ValidationError as error:
        faults = [_fault(part["loc"], part["msg"]) for part in error.errors()]
        raise SettingsError("The environment cannot be used: " + "; ".join(faults)) from None


def _fault(place: tuple[int | str, ...], message: str) -> str:
    sentence = message.removeprefix("Value error, ")
    return f"{str(place[0]).upper()}: {sentence}" if place else sentence
