"""Slack as a stage: the real adapter on bolt's app, over a socket to a local Slack, read from what that holds."""

import random
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from adapters.slack.adapter import Slack
from adapters.slack.sockets import Socket
from bot.app import App
from bot.beat import Beat
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
from tests.fakes.slack_server.interactions import Interaction
from tests.fakes.slack_server.server import SlackServer
from tests.fakes.slack_server.things import Message, User, View
from tests.stages.slack_text import controls, shown
from tests.stages.stage import MAIN, OTHER
from tests.store.prepared import prepare

ONWARD = ("quiz.next|", "daily.next|")
MODERATORS = "settings set moderators "
Thing = Message | View


class SlackStage:
    """A workspace with a channel, and another one; members by name; a clock that scenes move."""

    name = "slack"

    def __init__(self, folder: Path, library: Library, clock: Clock, features: Any = FEATURES) -> None:
        self.clock = clock
        self._library = library
        self._registry = Registry.of(features)
        self._url = prepare(folder / "scene.db")
        self._seed = 0
        self._seen: dict[str, list[tuple[str, str]]] = {}
        self.server = SlackServer()
        self.team = self.server.world.team()
        self.channel = self.team.channel(MAIN)
        self.channels = {MAIN: self.channel, OTHER: self.server.add_channel(self.team, OTHER)}
        for user in self.team.users.values():
            user.shown = user.name

    async def open(self) -> None:
        await self.server.start()
        await self._plug_in()

    async def close(self) -> None:
        await self._unplug()
        await self.server.stop()

    async def _plug_in(self) -> None:
        self.engine = open_engine(self._url)
        socket = Socket(self.team.token, self.server.app_token)
        self.slack = Slack(
            lambda _path: b"a picture",
            socket.authorize,
            socket.forget,
            api_url=self.server.api_url,
            now=lambda: self.clock().timestamp(),
            posts=(1_000, 1.0),
        )
        core = Core(self.engine, self._library, self._registry, self.clock, self._randomness)
        ports = {self.slack.port.platform: self.slack.port}
        self.host = self.slack.host = Host(App(core), Beat(core), Jobs(core, Services()), ports)
        await socket.log_in(self.slack)
        await socket.connect(self.slack)
        await self.server.ready()

    async def _unplug(self) -> None:
        await self.slack.drain(2.0)
        await self.slack.close()
        await self.host.stop()
        self.engine.dispose()

    def _randomness(self) -> random.Random:
        self._seed += 1
        return random.Random(self._seed)

    # --- gestures ----------------------------------------------------------------------------------------------

    async def say(self, words: str, *, by: str = "ann", moderator: bool = False) -> None:
        if self.member(by, moderator=moderator).views:  # nothing can be typed behind a modal
            self.server.close_view(self.team, by, everything=True)
        if words.startswith(MODERATORS):
            named = [
                f"@{self.member(one).name}" if one.isalpha() and one != "none" else one for one in words.split()[3:]
            ]
            words = MODERATORS + " ".join(named)
        text = "" if words == "mate" else words
        await self._after(by, self.server.slash(self.team, self.channel, by, text))

    async def press(self, label: str, *, by: str = "ann") -> None:
        def fits(part: dict[str, Any]) -> bool:
            words = (part.get("text") or {}).get("text", "")
            letter = words[:1] == label and words[1:2] in ("", ".") and "answer|" in part.get("value", "")
            return part["type"] == "button" and (words == label or letter)

        thing, part = self._newest(by, fits, f"a button {label!r}")
        await self._press(by, thing, part["action_id"])

    async def _press(self, by: str, thing: Thing, action_id: str) -> None:
        await self._after(by, self.server.press(self.team, by, thing, action_id))

    async def choose(self, *letters: str, by: str = "ann") -> None:
        thing, part = self._newest(by, lambda part: part["type"] != "button", "a list")
        labels = [option["text"]["text"] for option in part["options"]]
        chosen = [label for label in labels if label.split(".")[0] in letters]
        await self._after(by, self.server.choose(self.team, by, thing, chosen, part["action_id"]))

    async def answer(self, words: str, *, by: str = "ann") -> None:
        thing, part = self._newest(by, lambda part: ".type|" in part.get("value", ""), "a question to answer")
        await self._press(by, thing, part["action_id"])
        if self._form(by) is not None:
            await self.submit(by=by, answer=words)

    async def submit(self, *, by: str = "ann", **fields: str) -> None:
        one = self.server.submit(self.team, by, fields)
        await self._after(by, one)
        if one.errors:
            self._seen[by].append((one.id, "\n".join(one.errors.values())))

    async def _after(self, by: str, one: Interaction) -> None:
        await one.wait("acknowledged")
        before = len(self._seen.get(by, ()))
        await self.settle()
        self._look(by)
        form = self._form(by)
        if form is not None and form is one.view and (fault := self._text(form, by)):
            self._seen[by].append((form.id, fault))  # what stands there beside the fields
        if (onward := self._onward(by, before)) is not None:
            await self._press(by, *onward)

    def _onward(self, by: str, before: int) -> tuple[Thing, str] | None:
        """The natural next step in what this member was just shown, which a terminal takes by itself."""
        changed = {number for number, _text in self._seen[by][before:]}
        for thing in self._visible(by):
            for part in controls(thing.blocks):
                if _id(thing) in changed and part.get("value", "").startswith(ONWARD):
                    return thing, part["action_id"]
        return None

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        await self.host.beat()
        await self.settle()

    async def settle(self) -> None:
        """Wait until nothing is being answered or sent any more."""
        await self.slack.answers.idle()
        self.clock.advance(seconds=1.5)  # so that an edit's pause is over
        await self.host.settle()
        await self.slack.answers.idle()

    async def restart(self) -> None:
        await self.host.stop()
        await self.slack.close()
        self.engine.dispose()
        await self._plug_in()
        await self.host.beat()
        await self.host.settle()

    # --- what is seen ------------------------------------------------------------------------------------------

    def public(self, channel: str = MAIN) -> list[str]:
        messages = sorted(self.channels[channel].public, key=lambda one: one.ts)
        return [self._named(self._text(one, "ann")) for one in messages]

    def private(self, member: str) -> list[str]:
        self._look(member)
        return [self._named(text) for _id, text in self._seen.get(member, [])]

    def form(self, member: str) -> list[str]:
        form = self._form(member)
        return [] if form is None else [one["label"]["text"] for one in form.blocks if one["type"] == "input"]

    def _form(self, member: str) -> View | None:
        views = self.member(member).views
        return views[-1] if views and "submit" in views[-1].body else None

    def member(self, name: str, *, moderator: bool = False) -> User:
        """The member of that name, who joins if they are not there yet."""
        user = next((one for one in self.team.users.values() if one.name == name), None)
        if user is None:
            user = self.server.add_user(self.team, name, name)
        if moderator and not user.is_admin:
            user.is_admin = True
            self.slack.people.forget(self.team.id)  # a rank is looked up every ten minutes
        return user

    def _look(self, name: str) -> None:
        """Note what has changed of what this member alone sees."""
        seen = self._seen.setdefault(name, [])
        last = dict(seen)
        for thing in self._visible(name):
            alone = isinstance(thing, View) or thing.seen_by is not None or thing.channel.recipient is not None
            text = self._text(thing, name)
            if alone and text and last.get(_id(thing)) != text:
                seen.append((_id(thing), text))

    def _visible(self, name: str) -> list[Thing]:
        user = self.member(name)
        places = [one for one in self.team.channels.values() if one.recipient in (None, user)]
        messages = sorted((one for place in places for one in place.seen_by(user)), key=lambda one: one.ts)
        return [*messages, *(view for view in user.views if "submit" not in view.body)]

    def _newest(self, by: str, fits: Callable[[dict[str, Any]], bool], what: str) -> tuple[Thing, dict[str, Any]]:
        self._look(by)
        order = {number: place for place, (number, _text) in enumerate(self._seen[by])}
        things = self._visible(by)
        newest_first = sorted(things, key=lambda one: (order.get(_id(one), -1), things.index(one)), reverse=True)
        for thing in newest_first:
            for part in controls(thing.blocks):
                if fits(part):
                    return thing, part
        raise AssertionError(f"{by} sees no {what} but {[self._text(one, by) for one in newest_first]}")

    def _text(self, thing: Thing, reader: str) -> str:
        return shown(thing.blocks, self._zone(reader), self.clock.now)

    def _named(self, text: str) -> str:
        """A text with people and channels by name, as the client shows them."""
        people = {user.id: f"@{user.name}" for user in self.team.users.values()}
        places = {place.id: f"#{place.name}" for place in self.team.channels.values()}
        return re.sub(r"<[@#](\w+)>", lambda found: {**people, **places}.get(found[1], found[0]), text)

    def _zone(self, reader: str) -> str:
        """The zone of the reader's own device, which is the one that they tell the bot."""
        with transaction(self.engine, reads=True) as db:
            row = db.execute(
                PERSON.join(ACCOUNT, ACCOUNT.c.person_id == PERSON.c.id)
                .select()
                .where(ACCOUNT.c.user == f"{self.team.id}/{self.member(reader).id}")
                .with_only_columns(PERSON.c.zone)
            ).first()
        return (row.zone if row else None) or "UTC"


def _id(thing: Thing) -> str:
    return thing.id if isinstance(thing, View) else thing.ts
