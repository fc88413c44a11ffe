"""The terminal as a chat platform: gestures in, messages out, all members on one screen."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from copy import copy
from dataclasses import dataclass, field
from typing import Protocol

from msgspec import Struct

from adapters.terminal import inbound, outbound
from adapters.terminal.screen import Filling, Message, Screen
from bot.chat.arguments import ArgumentError, channel_in, nearest
from bot.chat.cards import Card
from bot.chat.command_forms import form_for
from bot.chat.forms import Field, FieldKind, Form
from bot.chat.inline import typed
from bot.chat.people import Account, Actor, MessageRef, Space
from bot.chat.port import DeliveryError, Failure, Probe, Search
from bot.chat.replies import Reply
from bot.chat.requests import CommandCall, FormSubmit, Press
from bot.chat.words import gettext as _
from bot.host import Host

PLATFORM = "terminal"
WORKSPACE = "playground"
CHANNEL = "general"
LONGEST_WAIT = 330.0


class Output(Protocol):
    """Where the terminal prints to."""

    def message(self, message: Message, zone: str, *, edited: bool, small: list[str] | None = None) -> None:
        """Show a message with its moments in `zone`, or only the lines of it that an edit changed."""
        ...

    def line(self, words: str) -> None:
        """Show one line of the playground's own."""
        ...


class Member(Struct):
    """Who is typing."""

    name: str
    moderator: bool = False

    def actor(self) -> Actor:
        """The member as the core sees them."""
        return Actor(PLATFORM, self.name, self.name, is_admin=self.moderator)


@dataclass(slots=True)
class Terminal:
    """A chat platform on one screen; `ChatPort` for the core's posts, `gesture` for the members' lines."""

    output: Output
    member: Member
    owner: str = ""
    locale: str = "en"
    platform: str = PLATFORM
    screen: Screen = field(default_factory=Screen)
    space: Space = field(default_factory=lambda: Space(PLATFORM, WORKSPACE, CHANNEL))
    host: Host | None = None
    zones: dict[str, str] = field(default_factory=dict)

    # --- the port: what the core shows -------------------------------------------------------------------------

    async def post(self, space: Space, card: Card, key: str) -> MessageRef:
        """Show a message to everyone."""
        message = self.screen.add(card, None, key, channel=space.channel or "")
        self._show(message)
        return MessageRef(space, message.id)

    async def edit(self, ref: MessageRef, card: Card, key: str) -> None:  # noqa: ARG002 (there is nothing to find)
        """Show a message's new content; if only its small print changed, only that."""
        before = self.screen.messages.get(ref.message)
        old = copy(before) if before else None
        after = self.screen.replace(ref.message, card, ref.space.channel or "")
        small = outbound.small_change(old, after, _no_clock) if old else None
        self.output.message(after, self._zone(after), edited=True, small=small)

    def _show(self, message: Message) -> None:
        self.output.message(message, self._zone(message), edited=False)

    def _zone(self, message: Message) -> str:
        return self.zones.get(message.audience or self.member.name, "UTC")

    async def tell(self, account: Account, card: Card, key: str) -> MessageRef:
        """Show a message to one member."""
        message = self.screen.add(card, account.user, key)
        self._show(message)
        return MessageRef(Space(PLATFORM), message.id)

    async def thread(self, ref: MessageRef, title: str) -> Space:  # noqa: ARG002 (there are none)
        """There are no threads in a terminal."""
        raise DeliveryError(Failure.FORBIDDEN, "a terminal has no threads")

    async def probe(self, space: Space) -> Probe:  # noqa: ARG002 (it can always print)
        """Nothing is ever missing."""
        return Probe()

    async def find(self, space: Space, key: str) -> MessageRef | Search:
        """The message posted as `key` in this session; an earlier session's screen is gone."""
        for message in self.screen.messages.values():
            if message.key == key:
                return MessageRef(space, message.id)
        return Search.NONE

    # --- gestures: what members do -----------------------------------------------------------------------------

    async def gesture(self, line: str) -> bool:
        """Do what a line says; False if it ends the session."""
        host = self._host()
        given = inbound.read(line, self.screen, self.member.name, host.app.registry.commands)
        match given:
            case inbound.Leave():
                return False
            case inbound.Become(name, moderator):
                self.member = Member(name, moderator or name == self.owner)
                self.output.line(_("You are {name} now.").format(name=name))
            case inbound.Wrong(sentence):
                self.output.line(sentence)
            case inbound.Wait():
                await self._wait()
            case inbound.Cancel():
                del self.screen.filling[self.member.name]
                self.output.line(_("Cancelled."))
            case inbound.Fill(value):
                await self._fill(value)
            case inbound.Call(command, options, wanting=True):
                try:
                    self._open(form_for(command, options))
                except ArgumentError as error:
                    self.output.line(typed(str(error)))
            case inbound.Call(command, options):
                self.screen.filling.pop(self.member.name, None)
                await self._answer(await host.handle(self._command(command.name, dict(options))), None)
            case inbound.PressIt():
                await self._press(given)
            case inbound.Nothing():
                pass
        return True

    async def _press(self, given: inbound.PressIt) -> None:
        reply = await self._host().handle(
            Press(
                actor=self.member.actor(),
                space=self.space,
                delivery=uuid.uuid4().hex,
                locale=self.locale,
                token=given.token,
                values=given.values,
            )
        )
        if given.typed is not None and reply is not None and reply.form is not None:
            filled = {reply.form.fields[0].name: given.typed}
            reply = await self._host().handle(self._submission(reply.form, filled))
        await self._answer(reply, given.message)

    async def _answer(self, reply: Reply | None, pressed: str | None) -> None:
        if reply is None:
            return
        self.zones[self.member.name] = reply.zone or "UTC"
        if reply.form is not None:
            self._open(reply.form)
            return
        if reply.update is not None:
            self._update(reply.update, pressed)
        if reply.card is not None:
            message = self.screen.add(reply.card, self.member.name)
            self._show(message)
        shown = [card for card in (reply.update, reply.card) if card is not None]
        onward = next((button for card in shown for button in card.buttons() if button.onward), None)
        if onward is not None:
            await self._press(inbound.PressIt("", onward.token))

    def _update(self, card: Card, pressed: str | None) -> None:
        before = self.screen.messages.get(pressed or "")
        if before is None or before.audience is None:
            message = self.screen.add(card, self.member.name)
        else:
            message = self.screen.replace(before.id, card)
        self._show(message)

    # --- forms -------------------------------------------------------------------------------------------------

    def _open(self, form: Form) -> None:
        given = {spec.name: spec.value for spec in form.fields if spec.value and not spec.fault}
        filling = self.screen.filling[self.member.name] = Filling(form, given)
        self.output.line(outbound.form_intro(form))
        if filling.asked is not None:
            self._ask(filling.asked)

    def _ask(self, spec: Field) -> None:
        for words in outbound.field_prompt(spec):
            self.output.line(words)

    async def _fill(self, value: str) -> None:
        filling = self.screen.filling[self.member.name]
        spec = filling.asked
        if spec is None:
            raise LookupError("a form without fields was opened")
        chosen = _chosen(spec, value)
        if chosen is None:
            self.output.line(outbound.not_chosen(spec, value))
            return
        filling.values[spec.name] = chosen
        if filling.asked is not None:
            self._ask(filling.asked)
            return
        reply = await self._host().handle(self._submission(filling.form, filling.values))
        if reply is not None and reply.at in filling.values:
            del filling.values[reply.at]
            self.output.line(typed(reply.fault))
            self._ask(filling.asked or spec)
            return
        del self.screen.filling[self.member.name]
        await self._answer(reply, None)

    def _submission(self, form: Form, values: dict[str, str]) -> FormSubmit:
        return FormSubmit(
            actor=self.member.actor(),
            space=self.space,
            delivery=uuid.uuid4().hex,
            locale=self.locale,
            token=form.token,
            fields=values,
        )

    def _command(self, name: str, options: dict[str, str]) -> CommandCall:
        return CommandCall(
            actor=self.member.actor(),
            space=self.space,
            delivery=uuid.uuid4().hex,
            locale=self.locale,
            name=name,
            options=options,
        )

    async def call(self, name: str) -> None:
        """Run a command without options, as if it had been typed."""
        await self._answer(await self._host().handle(self._command(name, {})), None)

    # --- time --------------------------------------------------------------------------------------------------

    async def _wait(self) -> None:
        host = self._host()
        due = await host.beat()
        if due is None:
            self.output.line(_("Nothing is due."))
            return
        seconds = (due - host.app.core.clock()).total_seconds()
        if seconds > LONGEST_WAIT:
            self.output.line(
                _("The next thing is due at {time} UTC; that is too long to wait.").format(time=f"{due:%Y-%m-%d %H:%M}")
            )
            return
        await asyncio.sleep(max(0.0, seconds) + 0.01)
        await host.beat()

    def _host(self) -> Host:
        if self.host is None:
            raise LookupError("the terminal is not plugged in")
        return self.host


def _chosen(spec: Field, value: str) -> str | None:
    if value == "-" and not spec.required:
        return ""
    if spec.kind is FieldKind.CHANNEL:
        return channel_in(value)
    if spec.kind is not FieldKind.CHOICE:
        return value
    known = {key.casefold(): key for key, _label in spec.choices} | {
        label.casefold(): key for key, label in spec.choices
    }
    if value.isdecimal() and 1 <= int(value) <= len(spec.choices):
        return spec.choices[int(value) - 1][0]
    return known.get(value.casefold()) or known.get(nearest(value, known) or "")


def _no_clock(_moment: object) -> str:
    return ""


async def play(terminal: Terminal, lines: AsyncIterator[str]) -> None:
    """Run a session: one gesture a line, everything that it caused shown before the next."""
    host = terminal._host()  # noqa: SLF001 (the session's own object)
    async for line in lines:
        await host.beat()
        if not await terminal.gesture(line):
            break
        await host.settle()
