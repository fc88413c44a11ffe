"""Verbs that set the scene: workspaces, people, channels, user groups, trouble with calls."""

import secrets
from typing import Any

from tests.fakes.slack_server.faults import Fault, Faults
from tests.fakes.slack_server.oauth import OAuth
from tests.fakes.slack_server.things import Channel, Group, Message, Team, User
from tests.fakes.slack_server.world import World

MEMBERS = ("ann", "bea", "cem", "dag", "eli")
OWNER = "mod"
SCOPES = (
    "app_mentions:read",
    "channels:read",
    "chat:write",
    "commands",
    "files:write",
    "groups:read",
    "im:read",
    "im:write",
    "usergroups:read",
    "users:read",
)
EVENTS = (
    "app_home_opened",
    "app_mention",
    "app_uninstalled",
    "channel_archive",
    "channel_deleted",
    "channel_left",
    "group_archive",
    "group_deleted",
    "group_left",
    "member_joined_channel",
    "tokens_revoked",
)


class Staging:
    """What a test arranges; the bot is told of none of it."""

    world: World
    faults: Faults
    oauth: OAuth
    commands: dict[str, bool]
    shortcuts: set[str] | None
    events: set[str]
    scopes: set[str]
    home_tab: bool
    messages_tab: bool

    def load_manifest(self, manifest: dict[str, Any]) -> None:
        """Be the app that a manifest declares; its scopes are those of workspaces that are added from now on."""
        features, settings = manifest["features"], manifest["settings"]
        declared = features.get("slash_commands", ())
        self.commands = {one["command"]: bool(one.get("should_escape")) for one in declared}
        self.shortcuts = {one["callback_id"] for one in features.get("shortcuts", ())}
        self.events = set(settings.get("event_subscriptions", {}).get("bot_events", ()))
        self.scopes = set(manifest["oauth_config"]["scopes"]["bot"])
        self.oauth.redirects = list(manifest["oauth_config"].get("redirect_urls", ()))
        home = features.get("app_home", {})
        self.home_tab, self.messages_tab = bool(home.get("home_tab_enabled")), bool(home.get("messages_tab_enabled"))

    def add_team(self, name: str = "", channels: tuple[str, ...] = ("study",), *, installed: bool = True) -> Team:
        """A workspace with public channels and the usual members; the owner is mod."""
        number = len(self.world.teams) + 1
        bot = User(self.world.id("U"), "batchmate", "Batchmate", is_bot=True)
        domain = name or f"workspace{number}"
        team = Team(self.world.id("T"), domain, domain, bot, self.world.id("B"), "")
        if installed:
            team.token, team.scopes = f"xoxb-stand-in-{number}-{secrets.token_hex(8)}", set(self.scopes)
        team.users[bot.id] = bot
        self.world.teams[team.id] = team
        for one in (*MEMBERS, OWNER):
            self.add_user(team, one)
        owner = team.user(OWNER)
        owner.is_admin = owner.is_owner = True
        team.installer = owner.id
        for one in channels:
            self.add_channel(team, one)
        return team

    def add_user(
        self, team: Team | str | None, name: str, shown: str = "", tz: str = "Etc/UTC", locale: str = "en-US"
    ) -> User:
        """A new account, in all public channels."""
        found = self.world.team(team)
        user = User(self.world.id("U"), name, shown or name.capitalize(), tz=tz, locale=locale)
        found.users[user.id] = user
        for channel in found.channels.values():
            if not channel.private:
                channel.members.add(user.id)
        return user

    def add_channel(
        self, team: Team | str | None, name: str, *members: User | str, private: bool = False, bot: bool = True
    ) -> Channel:
        """A new channel; without `members` everybody is in it."""
        found = self.world.team(team)
        people = [found.user(one) for one in members] or list(found.users.values())
        letter = "C"  # private channels that are made today have it as well
        channel = Channel(self.world.id(letter), name, found, private=private, bot_in=bot)
        channel.members = {user.id for user in people if user is not found.bot}
        found.channels[channel.id] = channel
        return channel

    def add_group(self, team: Team | str | None, handle: str, *users: User | str) -> Group:
        """A user group."""
        found = self.world.team(team)
        group = Group(self.world.id("S"), handle, handle.capitalize(), [found.user(one).id for one in users])
        found.groups[group.id] = group
        return group

    def close_dms(self, team: Team | str | None, user: User | str, *, closed: bool = True) -> None:
        """Refuse direct messages of the bot to somebody."""
        self.world.team(team).user(user).dms_closed = closed

    def say(
        self, team: Team | str | None, channel: Channel | str, user: User | str, text: str, thread: str | None = None
    ) -> Message:
        """A message that a member writes; the bot is not told of it."""
        found = self.world.team(team)
        place = found.channel(channel)
        message = Message(self.world.stamp(), place, found.user(user), text, thread_ts=thread)
        place.messages[message.ts] = message
        return message

    def advance(self, seconds: float) -> None:
        """Put the clock of this Slack ahead: of triggers, response URLs, codes and timestamps."""
        self.world.ahead += seconds

    # Trouble with calls. A method may be a pattern, such as `chat.*`; `response_url` and `upload` are methods too, and
    # `times` None means always.

    def refuse(self, method: str, error: str, times: int | None = 1) -> Fault:
        """Answer with an error of this name, whatever is asked."""
        return self.faults.add(Fault(method, times, error=error))

    def fail(self, method: str, status: int = 500, times: int | None = 1, *, applied: bool = False) -> Fault:
        """Answer with a 5xx page in place of the result; `applied` means that the call did its work."""
        return self.faults.add(Fault(method, times, status=status, applied=applied))

    def limit(self, method: str, retry_after: int, times: int | None = 1) -> Fault:
        """Answer 429, to be tried again after so many seconds."""
        return self.faults.add(Fault(method, times, status=429, retry_after=retry_after))

    def cut(self, method: str, times: int | None = 1, *, applied: bool = False, reset: bool = False) -> Fault:
        """Close the connection without an answer, before or after the call did its work; `reset` abruptly."""
        return self.faults.add(Fault(method, times, drop=True, applied=applied, reset=reset))

    def slow(self, method: str, seconds: float, times: int | None = None, *, applied: bool = False) -> Fault:
        """Let calls wait, before anything is done with them or before they are answered; other faults still act."""
        return self.faults.add(Fault(method, times, seconds=seconds, applied=applied))
