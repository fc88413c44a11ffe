"""What calls change: messages come and go, and the gesture that a change answers is told of it."""

from tests.fakes.slack_server.errors import Refused
from tests.fakes.slack_server.interactions import Interaction
from tests.fakes.slack_server.things import Channel, Message, View
from tests.fakes.slack_server.world import World


class Effects:
    """The state that calls act on; Slack itself does not know which gesture a call answers, the stand-in guesses it.

    A private message answers the member's newest gesture, a change the newest gesture made on what was changed, a post
    the newest mention in its channel.
    """

    world: World
    counters: dict[str, int]
    newest: dict[str, Interaction]
    made_on: dict[str, Interaction]
    mentions: dict[str, Interaction]
    message_seconds: float
    posted_at: dict[str, list[float]]

    def post(self, message: Message) -> None:
        """Put a written message into its channel."""
        message.channel.messages[message.ts] = message
        self.counters["messages"] += 1

    def delete_message(self, message: Message) -> None:
        """Take a message out of its channel; its thread stays."""
        message.channel.messages.pop(message.ts, None)
        message.channel.gone.add(message.ts)

    def meter(self, channel: Channel) -> None:
        """Refuse a post too soon after the last three in the channel, where `message_seconds` says so."""
        if not self.message_seconds:
            return
        now = self.world.now()
        recent = [at for at in self.posted_at.get(channel.id, ()) if now - at < 3 * self.message_seconds]
        if len(recent) >= 3:
            raise Refused("ratelimited")
        self.posted_at[channel.id] = [*recent, now]

    def credit_private(self, message: Message) -> None:
        """A private message came."""
        one = self.newest.get(message.seen_by or "")
        if one is not None:
            one.messages.append(message)
            one.changed()

    def credit_post(self, message: Message) -> None:
        """A public message came."""
        one = self.mentions.get(message.channel.id)
        asked = one.source if one is not None else None
        if one is None or asked is None:
            return
        if message.thread_ts in (None, asked.ts, asked.thread_ts):
            one.messages.append(message)
            one.changed()

    def credit_edit(self, message: Message) -> None:
        """A message changed."""
        self._edited(message.ts)

    def credit_view(self, view: View) -> None:
        """A view changed, or a Home page was drawn."""
        one = self._edited(view.id)
        if one is None and view is view.user.home:
            one = self.newest.get(view.user.id)
        if one is not None and one.view is None:
            one.view = view
            one.changed()

    def _edited(self, what: str) -> Interaction | None:
        one = self.made_on.get(what)
        if one is not None:
            one.edited += 1
            one.changed()
        return one
