"""Events: what happens in a workspace and is told to the bot, if it asked for it and may know of it."""

from typing import Any

from tests.fakes.slack_server import payloads
from tests.fakes.slack_server.delivery import Delivery
from tests.fakes.slack_server.interactions import EVENT, Interaction
from tests.fakes.slack_server.log import Log
from tests.fakes.slack_server.things import Channel, Message, Team, User
from tests.fakes.slack_server.world import World

NEEDS = {
    "app_mention": "app_mentions:read",
    "channel_archive": "channels:read",
    "channel_deleted": "channels:read",
    "channel_left": "channels:read",
    "group_archive": "groups:read",
    "group_deleted": "groups:read",
    "group_left": "groups:read",
}
Which = Team | str | None


class Happenings:
    """What happens; each returns the interaction to wait for, which is not sent where the bot does not hear of it."""

    world: World
    delivery: Delivery
    log: Log
    events: set[str]
    newest: dict[str, Interaction]
    made_on: dict[str, Interaction]
    mentions: dict[str, Interaction]

    def mention(
        self, team: Which, channel: Channel | str, user: User | str, text: str, thread: str | Message | None = None
    ) -> Interaction:
        """Write to the bot by its name, in a channel or in the thread under a message."""
        found = self.world.team(team)
        who, place = found.user(user), found.channel(channel)
        under = thread.thread_ts or thread.ts if isinstance(thread, Message) else thread
        message = Message(self.world.stamp(), place, who, f"<@{found.bot.id}> {text}", thread_ts=under)
        place.messages[message.ts] = message
        inner = {
            "type": "app_mention",
            "user": who.id,
            "text": message.fallback,
            "ts": message.ts,
            "client_msg_id": self.world.id("M"),
            "team": found.id,
            "channel": place.id,
            "event_ts": message.ts,
        }
        if under:
            inner["thread_ts"] = under
        one = self._event(found, who, inner, place, heard=place.bot_in)
        one.source = message
        if one.deliveries:
            self.newest[who.id] = self.mentions[place.id] = one
        return one

    def open_home(self, team: Which, user: User | str, tab: str = "home") -> Interaction:
        """Open the app's Home tab, or its messages."""
        found = self.world.team(team)
        who = found.user(user)
        inner: dict[str, Any] = {
            "type": "app_home_opened",
            "user": who.id,
            "channel": self.world.dm(found, who).id,
            "tab": tab,
            "event_ts": self.world.stamp(),
        }
        if tab == "home" and who.home is not None:
            inner["view"] = payloads.view(who.home, self.world.app)
        one = self._event(found, who, inner)
        self.newest[who.id] = one
        one.source_view = who.home
        if who.home is not None:
            self.made_on[who.home.id] = one
        return one

    def uninstall(self, team: Which = None) -> Interaction:
        """Remove the app; the token is of no use from now on. The answer is app_uninstalled, after tokens_revoked."""
        found = self.world.team(team)
        inner = {"type": "app_uninstalled", "event_ts": self.world.stamp()}
        self._revoked(found)
        one = self._event(found, found.bot, inner)
        found.standing = "account_inactive"
        return one

    def revoke(self, team: Which = None) -> Interaction:
        """Take the token back."""
        found = self.world.team(team)
        one = self._revoked(found)
        found.standing = "token_revoked"
        return one

    def archive(self, team: Which, channel: Channel | str, user: User | str = "mod") -> Interaction:
        """Archive a channel."""
        return self._end(team, channel, user, "archive")

    def delete_channel(self, team: Which, channel: Channel | str, user: User | str = "mod") -> Interaction:
        """Delete a channel."""
        found = self.world.team(team)
        place = found.channel(channel)
        one = self._end(found, place, user, "deleted")
        del found.channels[place.id]
        return one

    def kick(self, team: Which, channel: Channel | str, user: User | str = "mod") -> Interaction:
        """Remove the bot from a channel."""
        found = self.world.team(team)
        place = found.channel(channel)
        kind = "group_left" if place.private else "channel_left"
        inner = {"type": kind, "channel": place.id, "actor_id": found.user(user).id, "event_ts": self.world.stamp()}
        one = self._event(found, found.user(user), inner, place)
        place.bot_in = False
        return one

    def join(self, team: Which, channel: Channel | str, user: User | str, inviter: User | str = "mod") -> Interaction:
        """Somebody joins a channel, or the bot (`batchmate`) is invited to it."""
        found = self.world.team(team)
        who, place = found.user(user), found.channel(channel)
        place.members.add(who.id)
        place.bot_in = place.bot_in or who is found.bot
        inner = {
            "type": "member_joined_channel",
            "user": who.id,
            "channel": place.id,
            "channel_type": "G" if place.private else "C",
            "team": found.id,
            "inviter": found.user(inviter).id,
            "event_ts": self.world.stamp(),
        }
        allowed = "groups:read" if place.private else "channels:read"
        return self._event(found, who, inner, place, heard=place.bot_in and allowed in found.scopes)

    def _end(self, team: Which, channel: Channel | str, user: User | str, what: str) -> Interaction:
        found = self.world.team(team)
        who, place = found.user(user), found.channel(channel)
        place.archived = True
        kind = f"group_{what}" if place.private else f"channel_{what}"
        inner = {"type": kind, "channel": place.id, "user": who.id, "event_ts": self.world.stamp()}
        return self._event(found, who, inner, place, heard=place.bot_in or not place.private)

    def _revoked(self, team: Team) -> Interaction:
        inner = {"type": "tokens_revoked", "tokens": {"oauth": [], "bot": [team.bot.id]}}
        return self._event(team, team.bot, inner | {"event_ts": self.world.stamp()})

    def _event(
        self, team: Team, who: User, inner: dict[str, Any], place: Channel | None = None, *, heard: bool = True
    ) -> Interaction:
        """Deliver an event; one that the bot did not ask for, or may not know of, is not delivered."""
        kind = inner["type"]
        one = Interaction(self.log, kind, team, who, place)
        one.id = self.world.id("I")
        needed = NEEDS.get(kind)
        if not heard or kind not in self.events or not team.installed or (needed and needed not in team.scopes):
            return one
        payload = payloads.event(inner, self.world.id("Ev"), team, self.world.app, self.world.now())
        if who.guest_of:
            payload |= {"team_id": who.guest_of, "context_team_id": team.id, "is_ext_shared_channel": True}
        return self.delivery.send(one, EVENT, payload)
