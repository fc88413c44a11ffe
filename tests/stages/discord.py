"""Discord as a stage: the real client and adapter in a simulated Discord, read from the messages that it holds."""

import asyncio
import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import discord
import simcord
from simcord.actors import MemberActor
from simcord.interactions import OptionError
from simcord.results import InteractionResult, ResponseMessage

from adapters.discord.adapter import Discord
from bot.app import App
from bot.beat import Beat
from bot.chat.arguments import find_command, missing, read_line
from bot.chat.commands import Command
from bot.chat.registry import Registry
from bot.context import Core
from bot.features import FEATURES
from bot.host import Host
from bot.jobs import Jobs
from bot.library import Library
from bot.ports import Services
from bot.store.engine import open_engine, transaction
from bot.store.people import ACCOUNT, PERSON
from tests.clock import Clock
from tests.stages.discord_options import send_as_typed, sent
from tests.stages.discord_text import components, shown
from tests.stages.stage import MAIN, OTHER
from tests.store.prepared import prepare

ONWARD = ("quiz.next|", "daily.next|")


class DiscordStage:
    """A server with a channel, and another one; members by name; a clock that scenes move."""

    name = "discord"

    def __init__(
        self,
        folder: Path,
        library: Library,
        clock: Clock,
        features: Any = FEATURES,
        files: Callable[[str], bytes] = lambda _path: b"a picture",
    ) -> None:
        self.clock = clock
        self._files = files
        self._library = library
        self._registry = Registry.of(features)
        self._url = prepare(folder / "scene.db")
        self._seed = 0
        self.members: dict[str, MemberActor] = {}
        self.users: dict[str, Any] = {}
        self._forms: dict[str, InteractionResult | Command] = {}
        self._given: dict[str, dict[str, str]] = {}
        self._seen: dict[str, list[tuple[int, str]]] = {}
        self._plug_in()

    def _plug_in(self) -> None:
        self.engine = open_engine(self._url)
        self.discord = Discord(self._files, shard_count=1)
        core = Core(self.engine, self._library, self._registry, self.clock, self._randomness)
        ports = {self.discord.port.platform: self.discord.port}
        self.host = self.discord.host = Host(App(core), Beat(core), Jobs(core, Services()), ports)

    def _randomness(self) -> random.Random:
        self._seed += 1
        return random.Random(self._seed)

    async def open(self) -> None:
        self._ended = asyncio.Event()
        ready: asyncio.Future[simcord.Env] = asyncio.get_running_loop().create_future()
        self._running = asyncio.create_task(self._run(ready))
        await asyncio.wait({self._running, ready}, return_when=asyncio.FIRST_COMPLETED)
        self.env = await (ready if ready.done() else self._running)
        self.guild = self.env.create_guild("Study group")
        self.channel = self.guild.create_text_channel("general")
        self.channels = {MAIN: self.channel, OTHER: self.guild.create_text_channel(OTHER)}
        self.managers = self.guild.create_role("Managers", permissions=discord.Permissions(manage_guild=True))
        await self._settle()

    async def close(self) -> None:
        await self.host.stop()
        self._ended.set()
        await self._running
        self.engine.dispose()

    async def _run(self, ready: "asyncio.Future[simcord.Env]") -> None:
        """The simulated Discord, entered and left in one task as it wants to be."""
        async with simcord.run(self.discord.client) as env:
            ready.set_result(env)
            await self._ended.wait()

    # --- gestures ----------------------------------------------------------------------------------------------

    async def say(self, words: str, *, by: str = "ann", moderator: bool = False) -> None:
        member = self.member(by, moderator=moderator)
        found = find_command(self._registry.commands.values(), words)
        if found is None:
            raise AssertionError(f"Discord offers no command for {words!r}")
        command, rest = found
        given = read_line(command, rest)
        if missing(command, given):  # Discord shows the boxes and does not send before they are filled in
            self._forms[by], self._given[by] = command, given
            return
        await self._call(member, command, given)

    async def _call(self, member: MemberActor, command: Command, given: dict[str, str]) -> None:
        if given.get("setting") == "moderators":
            given = {**given, "value": " ".join(self._mention(word) for word in given["value"].split())}
        try:
            options = {name: sent(command, name, value, self.channels) for name, value in given.items()}
            result = await member.slash(self.channel, command.name, **options)
        except (OptionError, ValueError):  # its own client refuses; another one may send it all the same
            result = await send_as_typed(self.env, self.channel, member, command.name, given)
        await self._after(member.name, result)

    async def press(self, label: str, *, by: str = "ann") -> None:
        def fits(part: dict[str, Any]) -> bool:
            words = part.get("label", "")
            letter = words[:1] == label and words[1:2] in ("", ".") and "answer|" in part["custom_id"]
            return part["type"] == 2 and (words == label or letter)

        message, part = self._newest(by, fits, f"a button {label!r}")
        await self._press(by, message, part["custom_id"])

    async def _press(self, by: str, message: Any, custom_id: str) -> None:
        await self._after(by, await self.member(by).click(message, custom_id=custom_id))

    async def choose(self, *letters: str, by: str = "ann") -> None:
        message, part = self._newest(by, lambda part: part["type"] == 3, "a select")
        values = [option["value"] for option in part["options"] if option["label"].split(".")[0] in letters]
        result = await self.member(by).select(message, values, custom_id=part["custom_id"])
        await self._after(by, result)

    async def answer(self, words: str, *, by: str = "ann") -> None:
        message, part = self._newest(by, lambda part: ".type|" in part.get("custom_id", ""), "a question to answer")
        await self._press(by, message, part["custom_id"])
        if by in self._forms:
            await self.submit(by=by, answer=words)

    async def submit(self, *, by: str = "ann", **fields: str) -> None:
        form = self._forms.pop(by)
        if isinstance(form, Command):
            await self._call(self.member(by), form, {**self._given.pop(by), **fields})
            return
        assert form.modal is not None
        kinds = {
            part["custom_id"]: part["type"] for part in components(form.modal["components"]) if "custom_id" in part
        }
        values = {name: [value] if kinds[name] == 3 else value for name, value in fields.items()}
        await self._after(by, await self.member(by).submit_modal(form, values))

    async def _after(self, by: str, result: InteractionResult) -> None:
        if result.modal is not None:
            self._forms[by] = result
        before = len(self._seen.get(by, ()))
        await self._settle()
        self._look(by)
        if (onward := self._onward(by, before)) is not None:
            await self._press(by, *onward)

    def _onward(self, by: str, before: int) -> tuple[Any, str] | None:
        """The natural next step in what this member was just shown, which a terminal takes by itself."""
        changed = {number for number, _text in self._seen[by][before:]}
        for message in self._visible(by):
            tokens = [part.get("custom_id", "") for part in components(message.components)]
            if message.id in changed and (token := next((t for t in tokens if t.startswith(ONWARD)), None)):
                return self._handle(message), token
        return None

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        await self.host.beat()
        await self._settle()

    async def _settle(self) -> None:
        await self.env.settle()
        self.clock.advance(seconds=1.5)  # so that an edit's pause is over
        await self.host.settle()
        await self.env.settle()

    async def restart(self) -> None:
        await self.host.stop()
        self.engine.dispose()
        self._plug_in()
        await self.env.restart_bot(self.discord.client)
        await self.host.beat()
        await self.host.settle()

    # --- what is seen ------------------------------------------------------------------------------------------

    def public(self, channel: str = MAIN) -> list[str]:
        wanted = self.channels[channel].id
        messages = [m for m in self._messages() if not m.is_ephemeral and self._stands_in(m) == wanted]
        return [self._named(self._text(m, "ann")) for m in messages]

    def _stands_in(self, message: Any) -> int:
        """The channel of a message, of one in a thread that from which the thread hangs."""
        place = self.env.backend.channels.get(message.channel_id)
        return (place.parent_id if place is not None and place.is_thread else None) or message.channel_id

    def private(self, member: str) -> list[str]:
        self._look(member)
        return [self._named(text) for _id, text in self._seen.get(member, [])]

    def form(self, member: str) -> list[str]:
        form = self._forms.get(member)
        if isinstance(form, Command):
            return [option.name for option in missing(form, self._given[member])]
        if form is None or form.modal is None:
            return []
        return [part["label"] for part in components(form.modal["components"]) if part["type"] == 18]

    def member(self, name: str, *, moderator: bool = False) -> MemberActor:
        """The member of that name, who joins if they are not there yet."""
        if name not in self.members:
            self.users[name] = self.env.create_user(name)
            self.members[name] = self.guild.add_member(self.users[name])
        actor = self.members[name]
        if moderator:
            self.env.backend.guilds[self.guild.id].members[actor.id].role_ids.append(self.managers.id)
        return actor

    def _mention(self, word: str) -> str:
        return f"<@{self.member(word).id}>" if word.isalpha() and word != "none" else word

    def _look(self, name: str) -> None:
        """Note what has changed of what this member alone sees."""
        seen = self._seen.setdefault(name, [])
        last = dict(seen)
        for message in self._visible(name):
            private = message.is_ephemeral or message.channel_id in self._direct()
            text = self._text(message, name)
            if private and text and last.get(message.id) != text:
                seen.append((message.id, text))

    def _visible(self, name: str) -> list[Any]:
        user = self.member(name).id
        own = {channel for channel, owner in self._direct().items() if owner == user}
        return [
            m
            for m in self._messages()
            if m.visible_to(user) and (m.channel_id not in self._direct() or m.channel_id in own)
        ]

    def _direct(self) -> dict[int, int]:
        bot = self.env.backend.bot_user.id
        return {
            channel.id: next(user for user in channel.recipient_ids if user != bot)
            for channel in self.env.backend.channels.values()
            if channel.guild_id is None
        }

    def _messages(self) -> list[Any]:
        found = [m for messages in self.env.backend.messages.values() for m in messages.values() if m.components]
        return sorted(found, key=lambda message: message.id)

    def _newest(self, by: str, fits: Any, what: str) -> tuple[Any, dict[str, Any]]:
        self._look(by)
        order = {number: place for place, (number, _text) in enumerate(self._seen[by])}
        visible = sorted(self._visible(by), key=lambda m: (order.get(m.id, -1), m.id), reverse=True)
        newest_first = sorted(visible, key=lambda m: m.id, reverse=True) if not order else visible
        for message in newest_first:
            for part in components(message.components):
                if part["type"] in (2, 3) and fits(part):
                    return self._handle(message), part
        raise AssertionError(f"{by} sees no {what} but {[self._text(m, by) for m in newest_first]}")

    def _handle(self, message: Any) -> Any:
        return ResponseMessage(self.env, message)

    def _text(self, message: Any, reader: str) -> str:
        return shown(message.components, self._zone(reader), self.clock.now)

    def _named(self, text: str) -> str:
        """A text with people and channels by name, as the client shows them."""
        people = {str(actor.id): f"@{name}" for name, actor in self.members.items()}
        places = {str(channel.id): f"#{name}" for name, channel in self.channels.items()}
        return re.sub(r"<[@#](\d+)>", lambda found: {**people, **places}.get(found[1], found[0]), text)

    def _zone(self, reader: str) -> str:
        """The zone of the reader's own device, which is the one that they tell the bot."""
        actor = self.members.get(reader)
        with transaction(self.engine, reads=True) as db:
            row = db.execute(
                PERSON.join(ACCOUNT, ACCOUNT.c.person_id == PERSON.c.id)
                .select()
                .where(ACCOUNT.c.user == str(actor.id if actor else 0))
                .with_only_columns(PERSON.c.zone)
            ).first()
        return (row.zone if row else None) or "UTC"
