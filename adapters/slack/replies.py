"""Replies, shown where their gesture was made: privately in its place, in a modal, or in a private message.

An answer is worth a second way: where one is closed, the next is tried, and a picture gives way to its words.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from adapters.slack import outbound
from adapters.slack.calls import Arguments, Calls
from adapters.slack.failures import DOUBTED, DROPPED, REVOKED, TOO_LATE, RefusedError
from adapters.slack.inbound import Where
from adapters.slack.pictures import Pictures, in_words, shows_a_picture
from bot.chat.cards import Buttons, Card, Select, text
from bot.chat.forms import Form
from bot.chat.replies import Reply
from bot.chat.words import gettext as _

GONE = (*TOO_LATE, "not_found", "view_not_found")
FULL = "push_limit_reached"
BUSY_TRIES, LONGEST_PAUSE = 3, 30.0  # how often, and how many seconds apart, Slack is asked that is too busy
OPENING = (0.3, 0.7)  # seconds between tries to open a modal, for which there are three in all
LONGEST_OPENING = 1.0
PICTURE_SECONDS = 2.0  # until a picture that was just uploaded can be shown, mostly
Message = dict[str, Any]


class Replies:
    """Shows replies. `command` is the slash word."""

    def __init__(self, calls: Calls, pictures: Pictures, command: str) -> None:
        self._calls = calls
        self._pictures = pictures
        self._command = command
        self._newest: dict[tuple[str, str], object] = {}  # what is being written where, by workspace and place

    async def give(self, where: Where, reply: Reply | None) -> None:
        """Show a reply where its gesture was made."""
        if reply is None:  # another delivery of the same is being answered
            return
        if reply.form is not None:
            await self.open_form(where, reply.form, too_late())
        elif where.view:
            lies_over = reply.update is None and not leads_on(reply)
            await self._show(where, cards_of(reply), "views.push" if lies_over else "views.update")
        elif where.home or not where.channel:
            await self._show(where, cards_of(reply), "views.open")
        else:
            if reply.update is not None:
                await self._whisper(where, reply.update, replaces=True)
            if reply.card is not None:
                await self._whisper(where, reply.card)

    # --- modals ------------------------------------------------------------------------------------------------

    async def open_form(self, where: Where, form: Form, otherwise: Card | None) -> None:
        """Open a form over what was used; where that is too late, `otherwise` is said."""
        view = outbound.view(form, where.metadata(), self._command)
        opened = await _done(self._modal(where, view, "views.push" if where.view else "views.open"))
        if not opened and otherwise is not None:
            await self._whisper(where, otherwise)

    async def _show(self, where: Where, cards: Sequence[Card], method: str) -> None:
        """Show cards in a modal; where none can be opened any more, in a private message."""
        if not cards or await _done(self._modal(where, self.view(where, cards), method)):
            return
        for card in cards:
            await self._write(where, await self.message(where, card))

    async def _modal(self, where: Where, view: Message, method: str) -> None:
        """Show a view; in the place of the one that was pressed where no more can be laid over it."""
        if method == "views.update":
            await self._update(where, view)
            return
        try:
            await self._open(where, view, method)
        except RefusedError as error:
            if error.error != FULL:
                raise
            await self._update(where, view)

    async def _open(self, where: Where, view: Message, method: str) -> None:
        """Open a modal, where Slack is busy once or twice more while it can be opened."""
        arguments = {"trigger_id": where.trigger, "view": view}
        for pause in OPENING:
            try:
                await self._calls.safely(where.team, method, arguments)
            except RefusedError as error:
                wait = max(pause, error.retry_after or 0.0)
                if not error.busy or wait > LONGEST_OPENING:
                    raise
                await asyncio.sleep(wait)
            else:
                return
        await self._calls.safely(where.team, method, arguments)

    async def _update(self, where: Where, view: Message) -> None:
        await self._replace(where, where.view, "views.update", {"view_id": where.view, "view": view})

    async def publish(self, where: Where, view: Message) -> None:
        """Write a member's page of the bot anew."""
        await self._replace(where, where.user, "views.publish", {"user_id": where.user, "view": view})

    async def _replace(self, where: Where, what: str, method: str, arguments: Arguments) -> None:
        """Insist, unless something newer stands there meanwhile."""
        key, turn = (where.team, what), object()
        self._newest[key] = turn
        try:
            await self._insist(where, method, arguments, lambda: self._newest.get(key) is turn)
        finally:
            if self._newest.get(key) is turn:
                del self._newest[key]

    def view(self, where: Where, cards: Sequence[Card]) -> Message:
        """Cards as a modal, called what the last of them is."""
        view: Message = outbound.shown_view(
            cards, cards[-1].title if cards else "Batchmate", self._command, where.metadata()
        )
        return view

    # --- messages ----------------------------------------------------------------------------------------------

    def at_once(self, where: Where, card: Card) -> Message | None:
        """A card as an answer that needs nothing of Slack; None where its pictures have to be placed first."""
        rendered = outbound.card(card, self._command)
        return None if rendered.pictures else _threaded(where, {"text": rendered.text, "blocks": rendered.blocks})

    async def message(self, where: Where, card: Card) -> Message:
        """A card as an answer, in the thread in which was asked."""
        return _threaded(where, await self._pictures.answer(where.team, outbound.card(card, self._command)))

    async def _whisper(self, where: Where, card: Card, *, replaces: bool = False) -> None:
        """Answer to the member alone; `replaces`: in the place of the message that was pressed."""
        message = await self.message(where, card)
        if shows_a_picture(message):
            for pause in (0.0, PICTURE_SECONDS):
                await asyncio.sleep(pause)
                if await self._responded(where, message, replaces=replaces):
                    return
            self._pictures.doubt(where.team)
            message = in_words(message)
        if await self._responded(where, message, replaces=replaces):
            return
        if where.channel:
            target = {"channel": where.channel, "user": where.user}
            try:
                await self._insist(where, "chat.postEphemeral", {**target, **message})
            except RefusedError as error:
                if error.error in REVOKED | DOUBTED:
                    raise
            else:
                return
        await self._write(where, message)

    async def _responded(self, where: Where, message: Message, *, replaces: bool) -> bool:
        """Whether the gesture's own address for answers took the message."""
        if not where.url:
            return False
        how = {"replace_original": True} if replaces else {"response_type": "ephemeral", "replace_original": False}
        try:
            return await self._calls.respond(where.url, {**message, **how})
        except DROPPED:
            return False

    async def _write(self, where: Where, message: Message) -> None:
        """Write to the member in private, where there is no other way."""
        kept = {name: value for name, value in message.items() if name != "thread_ts"}
        await self._insist(where, "chat.postMessage", {"channel": where.user, **kept})

    async def _insist(
        self, where: Where, method: str, arguments: Arguments, wanted: Callable[[], bool] = lambda: True
    ) -> None:
        """Ask again while Slack is too busy and it is `wanted`: an answer seen twice is better than not at all."""
        for _time in range(BUSY_TRIES):
            try:
                await self._calls.safely(where.team, method, arguments)
            except RefusedError as error:
                if not error.busy:
                    raise
                await asyncio.sleep(min(error.retry_after or 1.0, LONGEST_PAUSE))
                if not wanted():
                    return
            else:
                return
        await self._calls.safely(where.team, method, arguments)


async def _done(showing: Awaitable[None]) -> bool:
    """Whether a modal was shown; False where it is gone, or Slack too busy for it."""
    try:
        await showing
    except RefusedError as error:
        if error.error not in GONE and not error.busy:
            raise
        return False
    except DROPPED:
        return False
    return True


def cards_of(reply: Reply) -> list[Card]:
    """What a reply shows, in order."""
    return [card for card in (reply.update, reply.card) if card is not None]


def leads_on(reply: Reply) -> bool:
    """Whether there is something to press in it; what leads nowhere is laid over what it was asked from."""
    return any(isinstance(block, Buttons | Select) for card in cards_of(reply) for block in card.blocks)


def too_late() -> Card:
    """A modal could no longer be opened."""
    return Card(_("Not now"), (text(_("That took too long. Please press it once more.")),))


def _threaded(where: Where, message: Message) -> Message:
    return {**message, "thread_ts": where.thread} if where.thread else message
