"""A workspace that the bot was added to, as the vault keeps it and as bolt sees it."""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from slack_bolt.authorization import AuthorizeResult
from slack_sdk.oauth.installation_store.async_installation_store import AsyncInstallationStore
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.oauth.state_store.async_state_store import AsyncOAuthStateStore

from adapters.slack.inbound import PLATFORM
from bot.ports import SealedError, Vault

log = logging.getLogger(__name__)


class NotAddedError(Exception):
    """The bot was not added to a workspace; `reason` is one that `pages.failed` knows."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)  # which can leave the token out of what is shown of it
class Installed:
    """A workspace that the bot was added to: who added it, and as whom the bot is there."""

    team: str
    team_name: str
    installer: str
    bot_token: str = field(repr=False)
    bot_user: str
    bot_id: str
    app_id: str
    scopes: tuple[str, ...]

    def grant(self) -> dict[str, str]:
        """What the vault keeps of it."""
        return {
            "team_name": self.team_name,
            "installer": self.installer,
            "bot_token": self.bot_token,
            "bot_user": self.bot_user,
            "bot_id": self.bot_id,
            "app_id": self.app_id,
            "scopes": ",".join(self.scopes),
        }

    @classmethod
    def of(cls, found: Installation) -> "Installed":
        """What bolt has found. Raises NotAddedError where that is no workspace with a token."""
        if found.is_enterprise_install:
            raise NotAddedError("organisation")
        if not found.team_id or not found.bot_token:
            log.warning("Slack finished an installation without a workspace or a token")
            raise NotAddedError("unreachable")
        return cls(
            found.team_id,
            found.team_name or "",
            found.user_id or "",
            found.bot_token,
            found.bot_user_id or "",
            found.bot_id or "",
            found.app_id or "",
            tuple(found.bot_scopes or ()),
        )


def authorizer(vault: Vault) -> Callable[[str], Awaitable[AuthorizeResult | None]]:
    """What finds a workspace's token, from the vault alone: Slack is never asked whom it is for."""

    async def authorize(team_id: str) -> AuthorizeResult | None:
        try:
            grant = await vault.find(PLATFORM, team_id)
        except SealedError as error:
            log.error("A workspace used the bot in vain. %s", error)
            return None
        if grant is None:
            return None
        return AuthorizeResult(
            enterprise_id=None,
            team_id=team_id,
            team=grant["team_name"],
            bot_token=grant["bot_token"],
            bot_id=grant["bot_id"],
            bot_user_id=grant["bot_user"],
            bot_scopes=grant["scopes"],
        )

    return authorize


class States(AsyncOAuthStateStore):
    """Bolt's states, in the vault."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    @property
    def logger(self) -> logging.Logger:
        """Where bolt logs."""
        return log

    async def async_issue(self, *_args: object, **_more: object) -> str:
        """A state for an installation that begins now."""
        return await self._vault.new_state(PLATFORM)

    async def async_consume(self, state: str) -> bool:
        """Whether an installation was begun under it; true once."""
        return await self._vault.use_state(PLATFORM, state)


class Installations(AsyncInstallationStore):
    """Where bolt's flow keeps an installation in the vault: one for a workspace, whoever added the bot."""

    def __init__(self, vault: Vault) -> None:
        self._vault = vault

    @property
    def logger(self) -> logging.Logger:
        """Where bolt logs."""
        return log

    async def async_save(self, installation: Installation) -> None:
        """Keep it. Raises NotAddedError."""
        found = Installed.of(installation)
        await self._vault.keep(PLATFORM, found.team, found.grant())
