"""Every interaction, answered in time: at once where the core is quick, else acknowledged first and answered after."""

import asyncio
import logging
from collections.abc import Callable
from typing import Any

import discord

from adapters.discord import failures, inbound, outbound
from adapters.discord.port import DiscordPort
from bot.chat.cards import Card, text
from bot.chat.replies import Reply
from bot.chat.requests import CommandCall, FormSubmit, Press, Suggest
from bot.chat.words import gettext as _
from bot.host import Host

log = logging.getLogger(__name__)

QUICK_SECONDS = 0.4  # after which an answer is announced, so that Discord's three seconds never run out
FORM_SECONDS = 2.0  # a form cannot be announced: it is the first answer or none


class Answers:
    """Takes interactions while the client runs. `host` gives the core."""

    def __init__(self, port: DiscordPort, host: Callable[[], Host]) -> None:
        self._port = port
        self._host = host
        self._open: set[asyncio.Task[Any]] = set()
        self._closing = False

    async def drain(self, patience: float) -> None:
        """Take nothing new, and let what is being answered end, for at most `patience` seconds."""
        self._closing = True
        if self._open:
            await asyncio.wait(self._open, timeout=patience)

    async def interact(self, interaction: discord.Interaction) -> None:
        """Answer one interaction; what Discord refuses of it is logged in one line."""
        task = asyncio.current_task()
        if self._closing or task is None:
            return
        self._open.add(task)
        try:
            await self._interact(interaction)
        except discord.HTTPException as error:
            _note(error)
        except failures.DROPPED as error:
            log.warning("The way to Discord is broken (%s): a member saw no answer", type(error).__name__)
        finally:
            self._open.discard(task)

    async def _interact(self, interaction: discord.Interaction) -> None:
        request = inbound.read(interaction)
        match request:
            case None:
                log.warning("An interaction of a kind that is not ours came from Discord")
            case Suggest():
                await self._suggest(interaction, request)
            case Press() | CommandCall() if self._host().opens_form(request):
                await self._open_form(interaction, request)
            case _:
                await self._answer(interaction, request)

    async def _suggest(self, interaction: discord.Interaction, request: Suggest) -> None:
        found = await self._host().suggest(request)
        choices = [discord.app_commands.Choice(name=label[:100], value=value[:100]) for value, label in found]
        await interaction.response.autocomplete(choices)

    async def _open_form(self, interaction: discord.Interaction, request: Press | CommandCall) -> None:
        try:
            async with asyncio.timeout(FORM_SECONDS):
                reply = await self._host().open_form(request)
        except TimeoutError:
            reply = Reply(card=Card(_("Not now"), (text(_("That took too long. Please press it once more.")),)))
        if reply is None:
            return
        if reply.form is not None:
            modal = outbound.modal(reply.form)
            await failures.acknowledged(lambda: interaction.response.send_modal(modal))
        elif (card := reply.card or reply.update) is not None:
            await self._whisper(interaction, card)

    async def _answer(self, interaction: discord.Interaction, request: Press | CommandCall | FormSubmit) -> None:
        replaces = isinstance(request, Press) or interaction.message is not None
        announced: list[asyncio.Task[None]] = []
        loop = asyncio.get_running_loop()

        def announce() -> None:
            announced.append(loop.create_task(self._acknowledge(interaction, replaces=replaces)))

        timer = loop.call_later(QUICK_SECONDS, announce)
        try:
            reply = await self._host().handle(request)
        finally:
            timer.cancel()
        if announced:
            await announced[0]
            await self._answer_late(interaction, reply, replaces=replaces)
        else:
            await self._answer_at_once(interaction, reply, replaces=replaces)

    async def _answer_at_once(self, interaction: discord.Interaction, reply: Reply | None, *, replaces: bool) -> None:
        if reply is None:  # another delivery of the same is being answered, and must stay the first to be
            return
        if reply.update is None and reply.card is None:
            await self._acknowledge(interaction, replaces=replaces)
            if not replaces:
                await failures.again(interaction.delete_original_response)
        elif reply.update is None or not replaces:
            await self._whisper(interaction, *(card for card in (reply.update, reply.card) if card is not None))
        else:
            update = reply.update
            await failures.acknowledged(lambda: self._port.show(interaction.response.edit_message, update, edits=True))
            if reply.card is not None:
                await self._follow_up(interaction, reply.card)

    async def _answer_late(self, interaction: discord.Interaction, reply: Reply | None, *, replaces: bool) -> None:
        cards = [] if reply is None else [card for card in (reply.update, reply.card) if card is not None]
        if cards and (not replaces or (reply is not None and reply.update is not None)):
            first = cards.pop(0)
            await failures.again(lambda: self._port.show(interaction.edit_original_response, first, edits=True))
        elif not replaces:
            await failures.again(interaction.delete_original_response)
        for card in cards:
            await self._follow_up(interaction, card)

    async def _acknowledge(self, interaction: discord.Interaction, *, replaces: bool) -> None:
        await failures.acknowledged(lambda: interaction.response.defer(ephemeral=True, thinking=not replaces))

    async def _whisper(self, interaction: discord.Interaction, card: Card, *more: Card) -> None:
        """Answer with a message that the member alone sees."""
        await failures.acknowledged(lambda: self._port.show(interaction.response.send_message, card, ephemeral=True))
        for another in more:
            await self._follow_up(interaction, another)

    async def _follow_up(self, interaction: discord.Interaction, card: Card) -> None:
        await failures.again(lambda: self._port.show(interaction.followup.send, card, ephemeral=True))


def _note(error: discord.HTTPException) -> None:
    """Log what Discord refused, with what to do; what another delivery of the same answered already is no trouble."""
    if error.code == failures.ALREADY_ACKNOWLEDGED:
        return
    if error.code == failures.UNKNOWN_INTERACTION:
        log.warning(
            "Discord no longer knew an interaction when its answer came, later than 3 seconds after the member's "
            "gesture: what was answered is kept. If this happens often, give the bot a faster machine or database"
        )
        return
    log.warning("Discord did not take an answer: %s", failures.meaning(error))
