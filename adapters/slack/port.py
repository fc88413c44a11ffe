"""The core's posts in Slack: send, edit, tell, thread; at the pace that Slack allows, and none of them twice."""

import asyncio
from collections.abc import Callable
from typing import Any

from aiolimiter import AsyncLimiter

from adapters.slack import failures, outbound
from adapters.slack.calls import CALL_SECONDS, Calls
from adapters.slack.failures import DROPPED, NotInstalledError, RefusedError
from adapters.slack.inbound import PLATFORM, split_account
from adapters.slack.people import INVITE, Kept, People
from adapters.slack.pictures import Pictures, in_words, shows_a_picture
from bot.chat.cards import Card
from bot.chat.people import Account, MessageRef, Space
from bot.chat.port import DeliveryError, Failure, Probe, Search

MISTAKES = (RefusedError, NotInstalledError, *DROPPED)
UNINVITED = frozenset(("not_in_channel", "channel_not_found"))  # what a post is refused with where the bot is not in
HIDDEN = frozenset(("missing_scope", "channel_not_found"))  # the bot may not ask about a channel: it may be in it
MOST_UNSHOWN = 5  # tries with a picture that Slack does not show
FILE_SECONDS = 2.0  # until a picture that was just uploaded can be shown, mostly
Pace = tuple[int, float]  # so many within so many seconds
# To a channel; Slack takes one a second (https://docs.slack.dev/apis/web-api/rate-limits), and a refusal costs another.
POSTS: Pace = (1, 1.03)
EDITS: Pace = (50, 60.0)  # of a workspace, as chat.update is of the third tier


class SlackPort:
    """`ChatPort` on Slack's web interface."""

    platform = PLATFORM

    def __init__(
        self,
        calls: Calls,
        people: People,
        pictures: Pictures,
        command: str,
        now: Callable[[], float],
        *,
        posts: Pace = POSTS,
    ) -> None:
        self._calls = calls
        self._people = people
        self._pictures = pictures
        self._command = command
        self._now = now
        self._posts = posts
        self._paces: Kept[AsyncLimiter] = Kept()
        self._unshown: Kept[int] = Kept()  # how often a message's picture was not there yet
        self._uninvited: Kept[bool] = Kept()  # channels that a post was refused in

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        """Post to a channel, or to a thread of it."""
        team, channel = space.workspace or "", space.channel or ""
        sent = await self._send(team, channel, card, key, space.thread)
        return MessageRef(space, str(sent["ts"]))

    async def edit(self, ref: MessageRef, card: Card, key: str) -> None:
        """Replace a message."""
        team, channel, ts = _place(ref)
        message = await self._message(team, card, key)
        await self._wait(("edits", team), EDITS)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                await self._calls.safely(team, "chat.update", {"channel": channel, "ts": ts, **message})
        except MISTAKES as error:
            self._check_picture(team, key, message, error)
            raise failures.meaning(error) from None
        self._unshown.pop(key, None)

    async def tell(self, account: Account, card: Card, key: str) -> MessageRef:
        """Write to a member in private."""
        team, user = split_account(account.user)
        sent = await self._send(team, user, card, key)
        return MessageRef(Space(PLATFORM), f"{team}/{sent['channel']}/{sent['ts']}")  # an edit needs all three

    async def thread(self, ref: MessageRef, title: str) -> Space:  # noqa: ARG002 (threads have no names here)
        """The thread below a message, which is there as soon as somebody writes in it."""
        if (ref.space.channel or "").startswith("D"):
            raise DeliveryError(Failure.FORBIDDEN, "no threads of rounds in a direct message")
        return Space(PLATFORM, ref.space.workspace, ref.space.channel, ref.message)

    async def probe(self, space: Space) -> Probe:
        """What is missing to post in a channel; where the bot may not ask, what a post met there a moment ago."""
        team, channel_id = space.workspace or "", space.channel or ""
        try:
            found = await self._calls.safely(team, "conversations.info", channel=channel_id)
        except RefusedError as error:
            if error.error in HIDDEN:
                return Probe((INVITE,) if self._uninvited.fresh((team, channel_id), self._now()) else ())
            raise failures.meaning(error) from None
        except MISTAKES as error:
            raise failures.meaning(error) from None
        channel = found.get("channel") or {}
        if channel.get("is_archived"):
            return Probe(("an open channel: this one is archived",))
        return Probe(() if channel.get("is_member") or channel.get("is_im") else (INVITE,))

    async def find(self, space: Space, key: str) -> MessageRef | Search:  # noqa: ARG002 (nothing can be asked)
        """Nobody can tell: the bot reads no messages, not even its own."""
        return Search.UNKNOWN

    async def _send(self, team: str, channel: str, card: Card, key: str, thread: str | None = None) -> Any:
        message = await self._message(team, card, key)
        message |= {"unfurl_links": False, "unfurl_media": False}  # a source is named, not shown
        if thread:
            message["thread_ts"] = thread
        await self._wait((team, channel), self._posts)
        try:
            async with asyncio.timeout(CALL_SECONDS):
                sent = await self._calls.until_asked(team, "chat.postMessage", {"channel": channel, **message})
        except MISTAKES as error:
            if isinstance(error, RefusedError):
                self._was_refused(team, channel, error)
            self._check_picture(team, key, message, error)
            raise failures.meaning(error, once=True) from None
        self._people.has_posted(team, channel)
        self._uninvited.pop((team, channel), None)
        self._unshown.pop(key, None)
        return sent

    def _was_refused(self, team: str, channel: str, error: RefusedError) -> None:
        self._people.was_refused(team, channel)
        if error.error in UNINVITED:
            self._uninvited.keep((team, channel), True, self._now())

    def _check_picture(self, team: str, key: str, message: dict[str, Any], error: Exception) -> None:
        """Raise DeliveryError where a picture in it may not be there yet; after some tries its words go out instead."""
        if isinstance(error, RefusedError) and error.error == "invalid_blocks" and shows_a_picture(message):
            self._pictures.doubt(team)
            self._unshown.keep(key, self._tries(key) + 1, self._now())
            raise DeliveryError(Failure.TRANSIENT, "a picture may not be there yet", FILE_SECONDS) from None

    def _tries(self, key: str) -> int:
        return self._unshown.fresh(key, self._now()) or 0

    async def _message(self, team: str, card: Card, key: str) -> dict[str, Any]:
        try:
            message = await self._pictures.message(team, outbound.card(card, self._command, key=key))
            return in_words(message) if self._tries(key) >= MOST_UNSHOWN else message
        except MISTAKES as error:
            raise failures.meaning(error) from None

    async def _wait(self, place: tuple[str, str], pace: Pace) -> None:
        limiter = self._paces.fresh(place, self._now()) or self._paces.keep(place, AsyncLimiter(*pace), self._now())
        await limiter.acquire()


def _place(ref: MessageRef) -> tuple[str, str, str]:
    """Workspace, channel and moment of a message; those of a private one stand in its own reference."""
    if "/" in ref.message:
        team, channel, ts = ref.message.split("/")
        return team, channel, ts
    return ref.space.workspace or "", ref.space.channel or "", ref.message
