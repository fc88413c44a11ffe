"""Every setting of the environment, once; all mistakes are reported together."""

from pathlib import Path

from platformdirs import user_data_path
from pydantic import SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict


class SettingsError(Exception):
    """The environment holds values that cannot be used; the sentences name the variables, never a secret."""


class Settings(BaseSettings):
    """What can be set from outside.

    `database_url`: where the state is kept; a file in the user's data folder if nothing is said. It may hold a
    password.
    """

    model_config = SettingsConfigDict(env_prefix="", extra="ignore")

    database_url: SecretStr | None = None

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
        faults = [f"{'.'.join(map(str, part['loc'])).upper()}: {part['msg']}" for part in error.errors()]
        raise SettingsError("The environment cannot be used: " + "; ".join(faults)) from None
