"""How the bot is added to a workspace with a browser: Slack's page of consent, and the token into the vault."""

import logging
from base64 import b64encode
from collections.abc import Awaitable, Callable, Iterable
from urllib.parse import urlencode

from aiohttp import web
from slack_bolt.oauth.async_callback_options import AsyncCallbackOptions, AsyncFailureArgs, AsyncSuccessArgs
from slack_bolt.oauth.async_oauth_flow import AsyncOAuthFlow
from slack_bolt.oauth.async_oauth_settings import AsyncOAuthSettings
from slack_bolt.request.async_request import AsyncBoltRequest
from slack_bolt.response import BoltResponse
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import AuthorizeUrlGenerator
from slack_sdk.oauth.installation_store.models.installation import Installation
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from adapters.slack import pages
from adapters.slack.calls import API, CALL_SECONDS
from adapters.slack.failures import DROPPED
from adapters.slack.installations import Installations, Installed, NotAddedError, States
from adapters.slack.logs import quiet
from adapters.slack.manifest import REDIRECT_PATH, SCOPES
from bot.chat.words import speaking
from bot.ports import Vault

log = logging.getLogger(__name__)

INSTALL_PATH = "/slack/install"
COOKIE = "__Host-batchmate-slack"  # what begins so, browsers take from this very host alone
STATE_SECONDS = 600
USED_UP = frozenset(("invalid_code", "code_already_used", "code_expired"))
Handle = Callable[[AsyncBoltRequest], Awaitable[BoltResponse]]


class OAuth:
    """Slack's installation by browser. `on_installed` is told of each workspace, after its token is in the vault.

    `public_url` is where a browser reaches this process; without it Slack leads back to the first address in the app's
    own settings. `api_url` is another address of Slack's interface.
    """

    def __init__(
        self,
        vault: Vault,
        client_id: str,
        client_secret: str,
        on_installed: Callable[[Installed], Awaitable[None]],
        *,
        scopes: Iterable[str] = tuple(SCOPES),
        api_url: str = "",
        public_url: str = "",
    ) -> None:
        back = public_url.rstrip("/") + REDIRECT_PATH if public_url else None
        settings = AsyncOAuthSettings(
            client_id=client_id,
            client_secret=client_secret,
            scopes=list(scopes),
            user_scopes=[],
            redirect_uri=back,
            install_path=INSTALL_PATH,
            redirect_uri_path=REDIRECT_PATH,
            callback_options=AsyncCallbackOptions(success=_succeeded, failure=_failed),
            installation_store=Installations(vault),
            installation_store_bot_only=True,
            state_store=States(vault),
            state_cookie_name=COOKIE,
            state_expiration_seconds=STATE_SECONDS,
            logger=quiet("adapters.slack.flow"),
        )
        settings.redirect_uri = back  # where none was given, the environment was asked for another one
        settings.authorize_url_generator = ConsentUrl(client_id=client_id, redirect_uri=back, scopes=settings.scopes)
        self._flow = Flow(settings, api_url, on_installed)

    def routes(self) -> list[web.RouteDef]:
        """Where an installation begins, and where Slack leads back to."""
        return [
            web.get(INSTALL_PATH, self._begin, allow_head=False),  # to look ahead must not begin one
            web.get(REDIRECT_PATH, self._finish, allow_head=False),
        ]

    async def _begin(self, request: web.Request) -> web.Response:
        return await _answered(request, self._flow.handle_installation)

    async def _finish(self, request: web.Request) -> web.Response:
        return await _answered(request, self._flow.handle_callback)


class Flow(AsyncOAuthFlow):
    """Bolt's flow with pages of ours; whatever Slack answers, no code and no token is logged."""

    def __init__(
        self, settings: AsyncOAuthSettings, api_url: str, on_installed: Callable[[Installed], Awaitable[None]]
    ) -> None:
        logger = quiet("adapters.slack.flow")
        client = AsyncWebClient(base_url=api_url or API, timeout=int(CALL_SECONDS), logger=logger)
        super().__init__(client=client, logger=logger, settings=settings)
        self._on_installed = on_installed

    async def build_install_page_html(self, url: str, request: AsyncBoltRequest) -> str:  # noqa: ARG002
        """The page on which an installation begins."""
        return pages.document(pages.install(url))

    async def run_installation(self, code: str) -> Installation | None:
        """What Slack gives for the code. Raises NotAddedError."""
        if not code:
            raise NotAddedError("missing_code")
        try:
            given = await self._exchange(code)
            if given.get("is_enterprise_install"):
                raise NotAddedError("organisation")
            bot = await self.client.auth_test(token=given.get("access_token") or "")
        except SlackApiError as error:
            raise NotAddedError(_refusal(error)) from None  # the original holds what Slack answered
        except DROPPED as error:
            log.warning("Slack is out of reach (%s): an installation was not finished", type(error).__name__)
            raise NotAddedError("unreachable") from None
        team, installer = given.get("team") or {}, given.get("authed_user") or {}
        return Installation(
            app_id=given.get("app_id"),
            team_id=team.get("id"),
            team_name=team.get("name"),
            bot_token=given.get("access_token"),
            bot_id=bot.get("bot_id"),
            bot_user_id=given.get("bot_user_id"),
            bot_scopes=given.get("scope") or "",
            user_id=installer.get("id") or "",
        )

    async def _exchange(self, code: str) -> AsyncSlackResponse:
        back = self.settings.redirect_uri
        # Not by slack_sdk's own method, which names the app in a way that aiohttp is about to drop.
        named = b64encode(f"{self.settings.client_id}:{self.settings.client_secret}".encode()).decode()
        return await self.client.api_call(
            "oauth.v2.access",
            data={"code": code, **({"redirect_uri": back} if back else {})},
            headers={"Authorization": f"Basic {named}"},
        )

    async def store_installation(self, request: AsyncBoltRequest, installation: Installation) -> None:
        """Keep it, then tell the core. Raises NotAddedError."""
        await super().store_installation(request, installation)
        await self._on_installed(Installed.of(installation))


class ConsentUrl(AuthorizeUrlGenerator):
    """The address of Slack's page of consent, with everything in it written as an address needs it."""

    def generate(self, state: str, team: str | None = None) -> str:
        """The address for an installation; `team` is a workspace that is proposed."""
        asked = {"client_id": self.client_id, "scope": ",".join(self.scopes or ()), "state": state}
        if self.redirect_uri is not None:
            asked["redirect_uri"] = self.redirect_uri
        if team:
            asked["team"] = team
        return f"{self.authorization_url}?{urlencode(asked)}"


async def _answered(request: web.Request, handle: Handle) -> web.Response:
    """What bolt answers, as a page in the browser's language; a fault of ours is a page too, and a line in the log."""
    cookies = "; ".join(request.headers.getall("Cookie", ()))
    asked = AsyncBoltRequest(body="", query=request.query_string, headers={"cookie": cookies})
    with speaking(pages.language(request.headers.get("Accept-Language", ""))):
        try:
            answer = await handle(asked)
        except NotAddedError as error:
            answer = _failure(error.reason)
        except Exception as error:  # noqa: BLE001 (of the vault or the core, whatever it is)
            log.error("An installation on Slack failed with %s", type(error).__name__)
            answer = _failure("ours")
    return pages.response(answer.status, answer.body, answer.headers.get("set-cookie", ()))


async def _succeeded(args: AsyncSuccessArgs) -> BoltResponse:
    found = args.installation
    address = f"https://app.slack.com/client/{found.team_id}"
    html = pages.document(pages.added(found.team_name or str(found.team_id), address))
    gone = args.settings.state_utils.build_set_cookie_for_deletion()
    return BoltResponse(status=200, body=html, headers={"set-cookie": gone})


async def _failed(args: AsyncFailureArgs) -> BoltResponse:
    said = args.request.query.get("error", [""])[0]  # anybody can write anything into an address
    return _failure(args.reason if not said or said == "access_denied" else "refused")


def _failure(reason: str) -> BoltResponse:
    status, page = pages.failed(reason)
    return BoltResponse(status=status, body=pages.document(page))


def _refusal(error: SlackApiError) -> str:
    """Why Slack gave nothing for a code; what is no fault of the browser's stands in the log."""
    data = getattr(error.response, "data", None)
    said = str(data.get("error")) if isinstance(data, dict) else ""
    if said in USED_UP:
        return "invalid_code"
    named = said if said.isidentifier() else "no reason that can be read"
    log.error("Slack did not finish an installation: %s. Look at SLACK_CLIENT_ID and SLACK_CLIENT_SECRET", named)
    return "unreachable"
