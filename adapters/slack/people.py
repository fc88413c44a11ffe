"""Who uses the bot, as Slack knows them: name, rank, language, user groups; kept for ten minutes."""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from adapters.slack.calls import Calls
from adapters.slack.failures import DROPPED, NotInstalledError, RefusedError
from adapters.slack.inbound import PLATFORM
from adapters.slack.lines import account_id
from bot.chat.people import Actor

log = logging.getLogger(__name__)

V = TypeVar("V")
FRESH_SECONDS = 600.0
MOST_KEPT = 20_000
NAMELESS = "member"
UNREACHABLE = (RefusedError, NotInstalledError, *DROPPED)


class Kept(OrderedDict[Any, tuple[float, V]]):
    """What was looked up, until it is too old; the oldest gives way when there is too much."""

    def fresh(self, key: object, now: float) -> V | None:
        """What is known for `key`, if it is new enough."""
        found = self.get(key)
        return found[1] if found is not None and now - found[0] < FRESH_SECONDS else None

    def keep(self, key: object, value: V, now: float) -> V:
        """Remember, and forget the oldest."""
        self[key] = (now, value)
        self.move_to_end(key)
        if len(self) > MOST_KEPT:
            self.popitem(last=False)
        return value


@dataclass(frozen=True, slots=True)
class Profile:
    """What Slack tells of somebody."""

    name: str
    is_admin: bool
    locale: str


class People:
    """Looks accounts up; where Slack does not answer or may not tell, what was known before stands."""

    def __init__(self, calls: Calls, now: Callable[[], float]) -> None:
        self._calls = calls
        self._now = now
        self._profiles: Kept[Profile] = Kept()
        self._groups: Kept[dict[str, frozenset[str]]] = Kept()
        self._joined: Kept[bool] = Kept()
        self._lacking: set[tuple[str, str]] = set()

    async def who(self, team: str, user: str, name: str) -> tuple[Actor, str]:
        """The account that made a gesture, and its language; `name` is what the gesture itself calls it."""
        profile, groups = await asyncio.gather(self._profile(team, user, name), self._groups_of(team))
        actor = Actor(PLATFORM, account_id(team, user), profile.name, profile.is_admin, groups.get(user, frozenset()))
        return actor, profile.locale

    async def lacks_to_post(self, team: str, channel: str) -> tuple[str, ...]:
        """What keeps the bot from posting in a channel, as far as it may ask."""
        if not channel or channel.startswith("D") or self._joined.fresh((team, channel), self._now()):
            return ()
        found = await self._ask(team, "conversations.info", channel=channel)
        if found is None:
            return ()
        is_in = bool((found.get("channel") or {}).get("is_member"))
        if is_in:
            self._joined.keep((team, channel), is_in, self._now())
        return () if is_in else (INVITE,)

    def has_posted(self, team: str, channel: str) -> None:
        """The bot could post there just now, so that it need not ask."""
        self._joined.keep((team, channel), True, self._now())

    def forget(self, team: str) -> None:
        """The workspace has installed the bot anew: what it may ask, and of whom, is found out again."""
        for kept in (self._profiles, self._joined):
            for key in [key for key in kept if key[0] == team]:
                del kept[key]
        self._groups.pop(team, None)
        self._lacking = {pair for pair in self._lacking if pair[0] != team}

    async def _profile(self, team: str, user: str, name: str) -> Profile:
        key = (team, user)
        known = self._profiles.fresh(key, self._now())
        if known is not None:
            return known
        found = await self._ask(team, "users.info", user=user, include_locale="true")
        if found is None:
            old = self._profiles.get(key)
            return old[1] if old else Profile(name or NAMELESS, is_admin=False, locale="en")
        return self._profiles.keep(key, _profile(found["user"], name), self._now())

    async def _groups_of(self, team: str) -> dict[str, frozenset[str]]:
        known = self._groups.fresh(team, self._now())
        if known is not None:
            return known
        found = await self._ask(team, "usergroups.list", include_users="true")
        if found is None and (old := self._groups.get(team)) is not None:
            return old[1]
        members: dict[str, set[str]] = {}
        for group in (found or {}).get("usergroups", ()):
            for user in group.get("users", ()):
                members.setdefault(user, set()).add(group["id"])
        return self._groups.keep(team, {user: frozenset(ids) for user, ids in members.items()}, self._now())

    async def _ask(self, team: str, method: str, **arguments: str) -> Any:
        """What Slack answers; None where it does not. A permission that is missing is asked for no more."""
        if (team, method) in self._lacking:
            return None
        try:
            return await self._calls.safely(team, method, None, **arguments)
        except UNREACHABLE as error:
            if isinstance(error, RefusedError) and error.error == "missing_scope":
                if error.needed.startswith("groups:"):  # of this one place, which is private
                    return None
                self._lacking.add((team, method))
                log.info("Slack's %s needs the permission %s; the bot works without it", method, error.needed)
            elif not isinstance(error, RefusedError) or error.error not in ("channel_not_found", "user_not_found"):
                log.warning("Slack does not answer %s (%s)", method, _name(error))
            return None


INVITE = "/invite @Batchmate"


def _name(error: Exception) -> str:
    return error.error if isinstance(error, RefusedError) else type(error).__name__


def _profile(user: dict[str, Any], name: str) -> Profile:
    shown = user.get("profile") or {}
    called = shown.get("display_name") or shown.get("real_name") or user.get("real_name") or user.get("name") or name
    is_admin = any(user.get(rank) for rank in ("is_admin", "is_owner", "is_primary_owner"))
    spoken = str(user.get("locale") or "en")
    return Profile(str(called) or NAMELESS, is_admin, "en" if spoken.startswith("en") else spoken.replace("_", "-"))
