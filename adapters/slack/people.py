"""Who uses the bot, as Slack knows them: name, rank, language, user groups; kept for ten minutes.

Nobody waits long for it: what Slack is slow to tell is known the next time; until then what was known before stands.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from msgspec import Struct

from adapters.slack.calls import Calls
from adapters.slack.failures import DROPPED, NotInstalledError, RefusedError
from adapters.slack.inbound import PLATFORM
from adapters.slack.lines import account_id
from bot.chat.people import Actor

log = logging.getLogger(__name__)

V = TypeVar("V")
FRESH_SECONDS = 600.0
LACKING_SECONDS = 3_600.0  # after which a permission that is missing is asked for again: it may have been granted
MOST_KEPT = 20_000
PATIENCE = 0.8  # seconds that a gesture waits to learn who made it: a modal can be opened for three
REST_SECONDS = 5.0  # for which Slack is not asked again what it just failed to answer
NAMELESS = "member"
INVITE = "/invite @Batchmate"
UNREACHABLE = (RefusedError, NotInstalledError, *DROPPED)
HIDDEN: dict[str, Any] = {}  # what is said of a channel that the bot may not see: it may be in it all the same
NEEDS = {
    "users.info": "users:read",
    "usergroups.list": "usergroups:read",
    "conversations.info": "channels:read",
}


class Kept(OrderedDict[Any, tuple[float, V]]):
    """What was looked up, until it is too old; the oldest gives way when there is too much."""

    def __init__(self, fresh_seconds: float = FRESH_SECONDS) -> None:
        super().__init__()
        self._fresh_seconds = fresh_seconds

    def fresh(self, key: object, now: float) -> V | None:
        """What is known for `key`, if it is new enough."""
        found = self.get(key)
        return found[1] if found is not None and now - found[0] < self._fresh_seconds else None

    def old(self, key: object) -> V | None:
        """What is known for `key`, however long."""
        found = self.get(key)
        return found[1] if found is not None else None

    def keep(self, key: object, value: V, now: float) -> V:
        """Remember, and forget the oldest."""
        self[key] = (now, value)
        self.move_to_end(key)
        if len(self) > MOST_KEPT:
            self.popitem(last=False)
        return value

    def forget(self, team: str) -> None:
        """Know nothing more of a workspace, whose id stands first in the keys."""
        for key in [key for key in self if key[0] == team]:
            del self[key]


class Looking:
    """Look-ups on their way: each is made once however many wait for it, and nobody waits longer than `PATIENCE`."""

    def __init__(self) -> None:
        self._tasks: dict[object, asyncio.Task[Any]] = {}
        self._late: set[object] = set()

    async def soon(self, key: object, look: Callable[[], Awaitable[V | None]]) -> V | None:
        """What `look` brings, if it does so soon; it goes on all the same, for whoever asks next."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(look())
            task.add_done_callback(lambda done: self._done(key, done))
        elif key in self._late:
            return None
        await asyncio.wait((task,), timeout=PATIENCE)
        if not task.done():
            self._late.add(key)
            return None
        return None if task.cancelled() or task.exception() is not None else task.result()

    def close(self) -> None:
        """Give up what is on its way."""
        for task in self._tasks.values():
            task.cancel()

    def _done(self, key: object, task: asyncio.Task[Any]) -> None:
        del self._tasks[key]
        self._late.discard(key)
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("What Slack tells of members could not be read: %s", type(error).__name__)


class Profile(Struct, frozen=True):
    """What Slack tells of somebody."""

    name: str
    is_admin: bool
    locale: str


class People:
    """Looks accounts up; where Slack does not answer or may not tell, what was known before stands."""

    def __init__(self, calls: Calls, now: Callable[[], float]) -> None:
        self._calls = calls
        self._now = now
        self._looking = Looking()
        self._profiles: Kept[Profile] = Kept()
        self._groups: Kept[dict[str, frozenset[str]]] = Kept()
        self._joined: Kept[bool] = Kept()
        self._lacking: Kept[bool] = Kept(LACKING_SECONDS)
        self._rests: dict[tuple[str, str], float] = {}

    async def who(self, team: str, user: str, name: str) -> tuple[Actor, str]:
        """The account that made a gesture, and its language; `name` is what the gesture itself calls it."""
        profile, groups = await asyncio.gather(self._profile(team, user, name), self._groups_of(team))
        actor = Actor(PLATFORM, account_id(team, user), profile.name, profile.is_admin, groups.get(user, frozenset()))
        return actor, profile.locale

    async def lacks_to_post(self, team: str, channel: str) -> tuple[str, ...]:
        """What keeps the bot from posting in a channel, as far as it may ask."""
        if not channel or channel.startswith("D") or self._joined.fresh((team, channel), self._now()):
            return ()
        is_in = await self._looking.soon((team, channel, "joined"), lambda: self._look_in(team, channel))
        return (INVITE,) if is_in is False else ()

    def has_posted(self, team: str, channel: str) -> None:
        """The bot could post there just now, so that it need not ask."""
        self._joined.keep((team, channel), True, self._now())

    def was_refused(self, team: str, channel: str) -> None:
        """The bot could not post there, so that it has to ask again."""
        self._joined.pop((team, channel), None)

    def forget(self, team: str) -> None:
        """The workspace has installed the bot anew: what it may ask, and of whom, is found out again."""
        for kept in (self._profiles, self._joined, self._lacking):
            kept.forget(team)
        self._groups.pop(team, None)
        self._rests = {pair: until for pair, until in self._rests.items() if pair[0] != team}

    def close(self) -> None:
        """Look nobody up any more."""
        self._looking.close()

    async def _profile(self, team: str, user: str, name: str) -> Profile:
        key = (team, user)
        found = self._profiles.fresh(key, self._now())
        if found is None:
            found = await self._looking.soon(key, lambda: self._look_up(team, user, name))
        return found or self._profiles.old(key) or Profile(name or NAMELESS, is_admin=False, locale="en")

    async def _groups_of(self, team: str) -> dict[str, frozenset[str]]:
        found = self._groups.fresh(team, self._now())
        if found is None:
            found = await self._looking.soon(team, lambda: self._look_for_groups(team))
        return found or self._groups.old(team) or {}

    # --- what is asked -----------------------------------------------------------------------------------------

    async def _look_up(self, team: str, user: str, name: str) -> Profile | None:
        found = await self._ask(team, "users.info", user=user, include_locale="true")
        return self._profiles.keep((team, user), _profile(found["user"], name, team), self._now()) if found else None

    async def _look_for_groups(self, team: str) -> dict[str, frozenset[str]] | None:
        found = await self._ask(team, "usergroups.list", include_users="true")
        if found is None:
            return None
        members: dict[str, set[str]] = {}
        for group in found.get("usergroups", ()):
            for user in group.get("users", ()):
                members.setdefault(user, set()).add(group["id"])
        return self._groups.keep(team, {user: frozenset(ids) for user, ids in members.items()}, self._now())

    async def _look_in(self, team: str, channel: str) -> bool | None:
        found = await self._ask(team, "conversations.info", channel=channel)
        if found is None:
            return None
        is_in = bool((found.get("channel") or {}).get("is_member"))
        if is_in or found == HIDDEN:  # of a hidden one nothing is learned by asking again
            self.has_posted(team, channel)
        return is_in or found == HIDDEN

    async def _ask(self, team: str, method: str, **arguments: str) -> Any:
        """What Slack answers; None where it does not. A permission that is missing is asked for once an hour."""
        place = (team, method)
        if self._lacking.fresh(place, self._now()) or self._rests.get(place, 0.0) > self._now():
            return None
        try:
            return await self._calls.safely(team, method, None, **arguments)
        except UNREACHABLE as error:
            if isinstance(error, RefusedError) and error.error == "missing_scope":
                if error.needed and NEEDS[method] not in error.needed:  # of this one place, which is private
                    return HIDDEN
                self._lacking.keep(place, True, self._now())
                log.info("Slack's %s needs the permission %s; the bot works without it", method, NEEDS[method])
            elif not isinstance(error, RefusedError) or error.status == 429 or error.status >= 500:
                self._rests[place] = self._now() + (getattr(error, "retry_after", None) or REST_SECONDS)
                log.warning("Slack does not answer %s (%s)", method, _name(error))
            elif error.error == "channel_not_found":
                return HIDDEN
            elif error.error != "user_not_found":
                log.warning("Slack does not answer %s (%s)", method, error.error)
            return None


def _name(error: Exception) -> str:
    return error.error if isinstance(error, RefusedError) else type(error).__name__


def _profile(user: dict[str, Any], name: str, team: str) -> Profile:
    shown = user.get("profile") or {}
    called = shown.get("display_name") or shown.get("real_name") or user.get("real_name") or user.get("name") or name
    is_admin = _is_of(user, team) and any(user.get(rank) for rank in ("is_admin", "is_owner", "is_primary_owner"))
    spoken = str(user.get("locale") or "en")
    return Profile(str(called) or NAMELESS, is_admin, "en" if spoken.startswith("en") else spoken.replace("_", "-"))


def _is_of(user: dict[str, Any], team: str) -> bool:
    """Whether an account belongs to the workspace, itself or by its organisation; others come by shared channels."""
    teams = (user.get("enterprise_user") or {}).get("teams") or ()
    return user.get("team_id") in (None, "", team) or team in teams
