"""Installing by "Add to Slack": the page that asks, the member's yes or no, and the exchange of the code."""

import base64
import binascii
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from aiohttp import web

from tests.fakes.slack_server.errors import ImpossibleGesture, Refused
from tests.fakes.slack_server.things import Team, User
from tests.fakes.slack_server.world import World

CODE_SECONDS = 600.0


@dataclass(slots=True)
class Grant:
    """A code, and what it stands for."""

    team: Team
    user: User
    scopes: set[str]
    redirect: str | None
    made: float
    used: bool = False


class OAuth:
    """The app's client id and secret, the addresses that it may send members back to, and codes on their way."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client_id, self.client_secret = "100.200", "stand-in-client-secret"
        self.redirects: list[str] = []
        self.asked: dict[str, dict[str, str]] = {}
        self.codes: dict[str, Grant] = {}

    async def page(self, request: web.Request) -> web.Response:
        """The page that asks whether to install."""
        problem = self.visit(str(request.url))
        return web.Response(text=problem or "Allow?", status=400 if problem else 200, content_type="text/html")

    def visit(self, url: str) -> str:
        """Open an address of the page; what is wrong with it, or nothing."""
        query = {name: values[0] for name, values in parse_qs(urlsplit(url).query).items()}
        if query.get("client_id") != self.client_id:
            return "invalid_client_id"
        if not query.get("scope"):
            return "invalid_scope"
        if query.get("redirect_uri") and not self._known(query["redirect_uri"]):
            return "bad_redirect_uri"
        self.asked[query.get("state", "")] = query
        return ""

    def approve(self, state: str, team: Team | str | None = None, user: User | str = "mod") -> str:
        """Say yes on the page that was opened with this state (or has this address); where the browser goes then."""
        query = self._query(state)
        found = self.world.team(team)
        grant = Grant(
            found,
            found.user(user),
            set(query["scope"].replace(" ", ",").split(",")),
            query.get("redirect_uri"),
            self.world.now(),
        )
        code = f"{secrets.token_hex(6)}.{secrets.token_hex(6)}"
        self.codes[code] = grant
        return f"{self._back(query)}?{urlencode({'code': code, 'state': query.get('state', '')})}"

    def deny(self, state: str) -> str:
        """Say no on the page; where the browser goes then."""
        query = self._query(state)
        return f"{self._back(query)}?{urlencode({'error': 'access_denied', 'state': query.get('state', '')})}"

    def access(self, args: dict[str, Any], authorization: str) -> dict[str, Any]:
        """Exchange a code for the bot's token: oauth.v2.access."""
        client, secret = _basic(authorization) or (args.get("client_id"), args.get("client_secret"))
        if client != self.client_id:
            raise Refused("invalid_client_id")
        if secret != self.client_secret:
            raise Refused("bad_client_secret")
        grant = self.codes.get(str(args.get("code")))
        if grant is None or self.world.now() - grant.made > CODE_SECONDS:
            raise Refused("invalid_code")
        if grant.used:
            raise Refused("code_already_used")
        if args.get("redirect_uri") != grant.redirect:
            raise Refused("bad_redirect_uri")
        grant.used = True
        team = grant.team
        if not team.installed:
            team.token = f"xoxb-{secrets.token_hex(16)}"
        team.standing, team.installer, team.scopes = "", grant.user.id, set(grant.scopes)
        return {
            "access_token": team.token,
            "token_type": "bot",
            "scope": ",".join(sorted(team.scopes)),
            "bot_user_id": team.bot.id,
            "app_id": self.world.app,
            "team": {"id": team.id, "name": team.name},
            "enterprise": None,
            "authed_user": {"id": grant.user.id},
            "is_enterprise_install": False,
        }

    def _query(self, state: str) -> dict[str, str]:
        if state.startswith("http"):
            problem = self.visit(state)
            if problem:
                raise ImpossibleGesture(f"the page says {problem}")
            state = parse_qs(urlsplit(state).query).get("state", [""])[0]
        if state not in self.asked:
            raise ImpossibleGesture(f"no page was opened with the state {state!r}")
        return self.asked[state]

    def _back(self, query: dict[str, str]) -> str:
        if not query.get("redirect_uri") and not self.redirects:
            raise ImpossibleGesture("the app has no redirect address")
        return query.get("redirect_uri") or self.redirects[0]

    def _known(self, address: str) -> bool:
        return any(address.startswith(known) for known in self.redirects)


def _basic(header: str) -> tuple[str, str] | None:
    """Name and password of a Basic header."""
    try:
        name, between, password = base64.b64decode(header.removeprefix("Basic ")).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (name, password) if between else None
