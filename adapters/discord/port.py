"""The core's posts in Discord: send, edit, tell, open a thread, look for; each tried again where that is safe."""

import asyncio
import io
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Literal, TypeVar

import discord

from adapters.discord import failures, outbound, permissions
from adapters.discord.inbound import PLATFORM, TEXT_CHANNEL, WITHOUT_MESSAGES
from bot.chat.cards import Card
from bot.chat.people import Account, MessageRef, Space
from bot.chat.port import DeliveryError, Failure, Probe, Search

T = TypeVar("T")
CALL_SECONDS = 20.0  # less than the core takes a message to be on its way
LOOK_BACK = 100  # messages, as many as one request brings
ARCHIVED_AFTER: Literal[1440] = 1440  # minutes without a word
NOT_SEEN = Probe((permissions.TO_POST["view_channel"],))
Files = Callable[[str], bytes]


class DiscordPort:
    """`ChatPort` on a client that is logged in; `files` reads a picture of the content."""

    platform = PLATFORM

    def __init__(self, client: discord.Client, files: Files) -> None:
        self.commands: Mapping[str, int] = {}
        self._client = client
        self._files = files

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        """Post to a channel or a thread; the nonce keeps a repeated call from posting twice."""
        place = self._messageable(space)
        sent = await self._call(lambda: self.show(place.send, card, key=key, nonce=outbound.nonce(key)))
        return MessageRef(space, str(sent.id))

    async def edit(self, ref: MessageRef, card: Card, key: str) -> None:
        """Replace a message; in a thread that somebody has closed, once it is open again."""
        message = self._partial(ref)
        try:
            await self._call(lambda: self.show(message.edit, card, key=key, edits=True))
        except DeliveryError as error:
            if ref.space.thread is None or not _is_about(error, failures.THREAD_ARCHIVED):
                raise
            await self._open_again(int(ref.space.thread), error)
            await self._call(lambda: self.show(message.edit, card, key=key, edits=True))

    async def _open_again(self, thread: int, refusal: DeliveryError) -> None:
        """Take up a closed thread; a locked one stays as it is, and so does what was refused."""
        try:
            await self._call(lambda: self._client.http.edit_channel(thread, archived=False))
        except DeliveryError as error:
            if error.failure is Failure.TRANSIENT:
                raise
            raise refusal from error

    async def tell(self, account: Account, card: Card, key: str) -> MessageRef:
        """Write to a member in private."""
        channel = await self._call(lambda: self._client.create_dm(discord.Object(int(account.user))))
        sent = await self.post(Space(PLATFORM, None, str(channel.id)), card, key)
        return MessageRef(Space(PLATFORM), f"{channel.id}/{sent.message}")  # an edit needs the channel, too

    async def thread(self, ref: MessageRef, title: str) -> Space:
        """Open a thread below a message; it has the message's own id, so an open one is known."""
        open_it = self._client.http.start_thread_with_message  # works for the servers of other processes, too
        channel, message = _number(ref.space.channel), int(ref.message)
        try:
            await self._call(lambda: open_it(channel, message, name=title, auto_archive_duration=ARCHIVED_AFTER))
        except DeliveryError as error:
            if not _is_about(error, failures.THREAD_EXISTS):
                raise
        return Space(PLATFORM, ref.space.workspace, ref.space.channel, ref.message)

    async def probe(self, space: Space) -> Probe:
        """What is missing to post in a channel; of one of another server nothing is seen."""
        try:
            guild_id, channel_id = _number(space.workspace), _number(space.channel)
            held, kind = await self._call(lambda: self._held(guild_id, channel_id))
        except discord.InvalidData:
            return NOT_SEEN
        except DeliveryError as error:
            if error.failure is Failure.TRANSIENT:
                raise
            return NOT_SEEN
        if kind in WITHOUT_MESSAGES and space.thread is None:
            return Probe((TEXT_CHANNEL,))
        return Probe(permissions.to_work(held, in_thread=space.thread is not None))

    async def _held(self, guild_id: int, channel_id: int) -> tuple[discord.Permissions, discord.ChannelType]:
        guild = self._client.get_guild(guild_id)
        if guild is None or self._client.user is None:  # a server of another process' shard
            guild = await self._client.fetch_guild(guild_id, with_counts=False)
            me = await guild.fetch_member(self._client.user.id if self._client.user else 0)
            channel = await guild.fetch_channel(channel_id)
            return channel.permissions_for(me), channel.type
        known = guild.get_channel(channel_id) or await guild.fetch_channel(channel_id)
        return known.permissions_for(guild.me), known.type

    async def find(self, space: Space, key: str) -> MessageRef | Search:
        """Our message with the key's mark among the latest of the channel; unknown where those may not be read."""
        wanted = outbound.mark(key)

        async def look() -> MessageRef | Search:
            async for message in self._messageable(space).history(limit=LOOK_BACK):
                if any(getattr(part, "id", None) == wanted for part in message.components):
                    return MessageRef(space, str(message.id))
            return Search.NONE

        try:
            return await self._call(look)
        except DeliveryError as error:
            if error.failure is Failure.TRANSIENT:
                raise
            return Search.UNKNOWN

    async def _call(self, call: Callable[[], Awaitable[T]]) -> T:
        async def in_time() -> T:
            async with asyncio.timeout(CALL_SECONDS):
                return await failures.again(call)

        return await failures.delivered(in_time)

    def _messageable(self, space: Space) -> discord.PartialMessageable:
        """Where `space` is. Raises DeliveryError for what is no channel of its server, as far as the client knows."""
        channel_id = _number(space.thread or space.channel)
        guild_id = _number(space.workspace) if space.workspace else None
        if guild_id is not None and self._is_elsewhere(channel_id, guild_id):
            raise DeliveryError(Failure.GONE, "the channel is one of another server")
        return self._client.get_partial_messageable(channel_id, guild_id=guild_id)

    def _is_elsewhere(self, channel_id: int, guild_id: int) -> bool:
        guild = self._client.get_guild(guild_id)
        if guild is not None and guild.get_channel_or_thread(channel_id) is not None:
            return False  # as nearly always: the search below goes through every server
        known = self._client.get_channel(channel_id)
        return known is not None and getattr(getattr(known, "guild", None), "id", 0) != guild_id

    def _partial(self, ref: MessageRef) -> discord.PartialMessage:
        channel, _between, message = ref.message.rpartition("/")
        space = Space(PLATFORM, None, channel) if channel else ref.space
        return self._messageable(space).get_partial_message(int(message))

    async def show(
        self, give: Callable[..., Awaitable[T]], card: Card, *, key: str | None = None, edits: bool = False, **more: Any
    ) -> T:
        """Give a card to one of discord.py's `send` or `edit`, with `more`; anew for each try, which uses up pictures.

        Pictures are read, or drawn, in a thread of their own: a board takes a while.
        """
        rendered = outbound.card(card, self.commands, key)
        shown: dict[str, Any] = {"view": rendered.view, "allowed_mentions": rendered.mentions(), **more}
        if rendered.pictures:
            name = "attachments" if edits else "files"
            shown[name] = [await self._picture(path, as_name) for path, as_name in rendered.pictures.items()]
        return await give(**shown)

    async def _picture(self, path: str, name: str) -> discord.File:
        return discord.File(io.BytesIO(await asyncio.to_thread(self._files, path)), name)


def _number(snowflake: str | None) -> int:
    """An id as a number; 0 for none. Raises DeliveryError for what can be none of Discord's."""
    if snowflake is None:
        return 0
    if not (snowflake.isascii() and snowflake.isdecimal()):
        raise DeliveryError(Failure.GONE, "there is no such channel")
    return int(snowflake)


def _is_about(error: DeliveryError, code: int) -> bool:
    cause = error.__cause__
    return isinstance(cause, discord.HTTPException) and cause.code == code
