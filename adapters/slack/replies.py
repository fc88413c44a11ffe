"""Replies, shown where their gesture was made: privately in its place, in a modal, or in a private message."""

from collections.abc import Sequence
from typing import Any

from adapters.slack import outbound
from adapters.slack.calls import Calls
from adapters.slack.failures import TOO_LATE, RefusedError
from adapters.slack.inbound import Where
from adapters.slack.pictures import Pictures
from bot.chat.cards import Card, text
from bot.chat.forms import Form
from bot.chat.replies import Reply
from bot.chat.words import gettext as _

GONE = (*TOO_LATE, "not_found", "view_not_found")


class Replies:
    """Shows replies. `command` is the slash word."""

    def __init__(self, calls: Calls, pictures: Pictures, command: str) -> None:
        self._calls = calls
        self._pictures = pictures
        self._command = command

    async def give(self, where: Where, reply: Reply | None) -> None:
        """Show a reply where its gesture was made."""
        if reply is None:  # another delivery of the same is being answered
            return
        if reply.form is not None:
            await self._open_form(where, reply.form)
        elif where.view:
            await self._show(where, cards_of(reply), "views.update")
        elif where.home or not where.channel:
            await self._show(where, cards_of(reply), "views.open")
        else:
            if reply.update is not None:
                await self._whisper(where, reply.update, replaces=True)
            if reply.card is not None:
                await self._whisper(where, reply.card)

    async def _open_form(self, where: Where, form: Form) -> None:
        view = outbound.view(form, where.metadata(), self._command)
        method = "views.push" if where.view else "views.open"
        try:
            await self._calls.safely(where.team, method, {"trigger_id": where.trigger, "view": view})
        except RefusedError as error:
            if error.error not in TOO_LATE:
                raise
            await self._whisper(where, too_late())

    async def _show(self, where: Where, cards: Sequence[Card], method: str) -> None:
        """Show cards in a modal; where none can be opened any more, in a private message."""
        if not cards:
            return
        target = {"view_id": where.view} if method == "views.update" else {"trigger_id": where.trigger}
        view = await self.view(where, cards)
        try:
            await self._calls.safely(where.team, method, {**target, "view": view})
        except RefusedError as error:
            if error.error not in GONE:
                raise
            for card in cards:
                message = await self._pictures.message(where.team, outbound.card(card, self._command))
                await self._calls.until_asked(where.team, "chat.postMessage", {"channel": where.user, **message})

    async def view(self, where: Where, cards: Sequence[Card]) -> dict[str, Any]:
        """Cards as a modal, called what the last of them is."""
        view: dict[str, Any] = outbound.shown_view(
            cards, cards[-1].title if cards else "Batchmate", self._command, where.metadata()
        )
        return view

    async def _whisper(self, where: Where, card: Card, *, replaces: bool = False) -> None:
        """Answer to the member alone; `replaces`: in the place of the message that was pressed."""
        message = await self.message(where, card)
        if where.url:
            alone = {"response_type": "ephemeral", "replace_original": False}
            extra = {"replace_original": True} if replaces else alone
            if await self._calls.respond(where.url, {**message, **extra}):
                return
        if where.channel:
            target = {"channel": where.channel, "user": where.user}
            await self._calls.until_asked(where.team, "chat.postEphemeral", {**target, **message})
        else:
            await self._calls.until_asked(where.team, "chat.postMessage", {"channel": where.user, **message})

    async def message(self, where: Where, card: Card) -> dict[str, Any]:
        """A card as an answer, in the thread in which was asked."""
        message = await self._pictures.message(where.team, outbound.card(card, self._command))
        message = {"text": message["text"], "blocks": message["blocks"]}
        return {**message, "thread_ts": where.thread} if where.thread else message


def cards_of(reply: Reply) -> list[Card]:
    """What a reply shows, in order."""
    return [card for card in (reply.update, reply.card) if card is not None]


def too_late() -> Card:
    """A modal could no longer be opened."""
    return Card(_("Not now"), (text(_("That took too long. Please press it once more.")),))
