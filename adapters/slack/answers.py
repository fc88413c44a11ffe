"""Every gesture, answered in time: with the acknowledgement where the core is quick, else after it.

What is answered later goes through the gesture's own address for answers, else by the web interface.
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

from adapters.slack import inbound, lines, outbound
from adapters.slack.calls import Calls
from adapters.slack.failures import DROPPED, NotInstalledError, RefusedError
from adapters.slack.inbound import Payload, Where
from adapters.slack.lines import Called, Wanting
from adapters.slack.people import People
from adapters.slack.pictures import Pictures
from adapters.slack.replies import Replies, cards_of, too_late
from bot.chat.arguments import form_for
from bot.chat.inline import typed
from bot.chat.replies import Refusal, Reply, refusal_card
from bot.chat.requests import CommandCall, FormSubmit, Gesture, Press
from bot.chat.words import speaking
from bot.host import Host

log = logging.getLogger(__name__)

QUICK_SECONDS = 0.5  # after which a gesture is acknowledged without its answer: Slack waits three seconds
FORM_SECONDS = 2.0  # a modal can be opened for three seconds
Ack = Mapping[str, Any]  # what goes with the acknowledgement; nothing, mostly
HELP = "help"
Submitted = tuple[FormSubmit, Reply | None, str | None]  # the form, its answer, the field that is at fault
MISTAKES = (RefusedError, NotInstalledError, *DROPPED)


class Answers:
    """Takes Slack's payloads. `host` gives the core; `command` is the slash word."""

    def __init__(
        self, calls: Calls, people: People, pictures: Pictures, host: Callable[[], Host], command: str
    ) -> None:
        self._calls = calls
        self._people = people
        self._replies = Replies(calls, pictures, command)
        self._host = host
        self._command = command
        self._open: set[asyncio.Task[Any]] = set()
        self.closing = False

    @property
    def busy(self) -> int:
        """How many gestures are being answered."""
        return len(self._open)

    async def drain(self, patience: float) -> None:
        """Take nothing new, and let what is being answered end, for at most `patience` seconds."""
        self.closing = True
        if self._open:
            await asyncio.wait(self._open, timeout=patience)

    async def idle(self) -> None:
        """Wait until nothing is being answered."""
        while self._open:
            await asyncio.wait(self._open)

    def later(self, work: Coroutine[Any, Any, Any]) -> asyncio.Task[Any]:
        """Do `work` beside the acknowledgement; what Slack refuses of it is logged in one line."""
        task = asyncio.create_task(work)
        self._open.add(task)
        task.add_done_callback(self._done)
        return task

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._open.discard(task)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        if isinstance(error, MISTAKES):
            log.warning("Slack did not take an answer (%s): a member saw none", _named(error))
        else:
            log.error("An answer to Slack failed with %s", type(error).__name__)

    # --- gestures ----------------------------------------------------------------------------------------------

    async def slash(self, body: Payload) -> Ack:
        """A slash command: its answer goes with the acknowledgement if it is quick."""
        where = inbound.where_slash(body)
        line = lines.words(str(body.get("text") or ""), where.team)
        working = self.later(self._call(where, line, body))
        reply = await _soon(working)
        if reply is None:
            if not working.done():
                self.later(self._answer_later(where, working))
            return {}
        if reply.form is not None or reply.card is None:
            self.later(self._replies.give(where, reply))
            return {}
        return {"response_type": "ephemeral", **await self._replies.message(where, reply.card)}

    async def _call(self, where: Where, line: str, body: Payload) -> Reply | None:
        about = await self._about(where, body, str(body.get("trigger_id")), posts=True)
        commands = self._host().app.registry.commands
        with speaking(about["locale"]):
            called = lines.read_call(line, commands)
            if isinstance(called, Called):
                return await self._ask(inbound.command(called, about))
            return _wanting(called)

    def pressed(self, body: Payload) -> None:
        """A button or a select: acknowledged at once, answered beside that."""
        where = inbound.where_pressed(body)
        for action in body.get("actions", ())[:1]:
            self.later(self._press(where, action, body))

    async def _press(self, where: Where, action: Payload, body: Payload) -> None:
        about = await self._about(where, body, f"{body.get('trigger_id')}:{action.get('action_ts')}")
        request = inbound.press(action, about)
        await self._replies.give(where, await self._ask(request))

    async def submitted(self, body: Payload) -> Ack:
        """A form: a fault is said at its field; what it opened from shows the answer."""
        where, view = inbound.where_submitted(body), body["view"]
        working = self.later(self._submit(where, view, body))
        done = await _soon(working)
        if done is None:
            if not working.done():
                self.later(self._submitted_later(where, working))
            return {}
        request, reply, at = done
        if (faults := self._faults(request, reply, at)) is not None:
            return {"response_action": "errors", "errors": faults}
        if reply is None:
            return {}
        if where.view and reply.form is None:
            return {"response_action": "update", "view": await self._replies.view(where, cards_of(reply))}
        if reply.form is not None:
            return {"response_action": "update", "view": outbound.view(reply.form, where.metadata(), self._command)}
        self.later(self._replies.give(where, reply))
        return {}

    async def _submit(self, where: Where, view: Payload, body: Payload) -> Submitted:
        about = await self._about(where, body, str(body.get("trigger_id") or view.get("id")))
        request = inbound.form(view, about)
        with speaking(about["locale"]):
            fault = lines.form_fault(request.token, request.fields, self._host().app.registry.commands)
            if fault is not None and fault.option in request.fields:
                return request, Reply(card=refusal_card(Refusal(str(fault))), fault=str(fault)), fault.option
            return request, await self._ask(request), None

    def _faults(self, request: FormSubmit, reply: Reply | None, at: str | None) -> dict[str, str] | None:
        """What is wrong with the form, by the field to say it at: the one that is known, else the first."""
        if reply is None or not reply.fault or not request.fields:
            return None
        return {at or next(iter(request.fields)): typed(reply.fault, f"/{self._command} ")[:2000]}

    async def _submitted_later(self, where: Where, working: "asyncio.Task[Submitted]") -> None:
        _request, reply, _at = await working
        await self._replies.give(where, reply)

    def shortcut(self, body: Payload) -> None:
        """A shortcut: its answer is a modal, as it was used in no place."""
        where = inbound.where_shortcut(body)
        self.later(self._shortcut(where, body))

    async def _shortcut(self, where: Where, body: Payload) -> None:
        about = await self._about(where, body, str(body.get("trigger_id")))
        await self._replies.give(where, await self._ask(inbound.shortcut(body, about)))

    def mentioned(self, body: Payload) -> None:
        """Somebody mentioned the bot: it runs the command that follows, else says what there is, to them alone."""
        self.later(self._mention(inbound.where_event(body), body))

    async def _mention(self, where: Where, body: Payload) -> None:
        about = await self._about(where, body, str(body.get("event_id")))
        found = await self._calls.authorize(where.team)
        line = lines.mentioned(str(body["event"].get("text") or ""), str(found.bot_user_id if found else ""))
        commands = self._host().app.registry.commands
        with speaking(about["locale"]):
            called = lines.read_call(lines.words(line, where.team), commands)
        known = commands.get(called.name) if isinstance(called, Called) and line.strip() else None
        if known is None or known.opens_form or not isinstance(called, Called):  # a form cannot be opened from here
            called = Called(HELP, {})
        await self._replies.give(where, await self._ask(inbound.command(called, about)))

    def home_opened(self, body: Payload) -> None:
        """The bot's own page was opened: it is written anew."""
        if body["event"].get("tab", "home") == "home":
            self.later(self._home(inbound.where_event(body), body))

    async def _home(self, where: Where, body: Payload) -> None:
        where = Where(where.team, where.user, home=True)
        about = await self._about(where, body, str(body.get("event_id")))
        reply = await self._ask(inbound.home(about))
        if reply is None or reply.card is None:
            return
        view = outbound.home([reply.card], self._command)
        await self._calls.safely(where.team, "views.publish", {"user_id": where.user, "view": view})

    # --- answers -----------------------------------------------------------------------------------------------

    async def _about(self, where: Where, body: Payload, delivery: str, *, posts: bool = False) -> dict[str, Any]:
        named = body.get("user_name") or (body.get("user") or {}).get("name") or ""
        actor, locale = await self._people.who(where.team, where.user, str(named))
        lacks = await self._people.lacks_to_post(where.team, where.channel) if posts else ()
        found = await self._calls.authorize(where.team)
        team = str((found.team if found else None) or "")
        return dict(inbound.asked(where, actor, locale, team, delivery, lacks))

    async def _ask(self, request: Gesture) -> Reply | None:
        host = self._host()
        if isinstance(request, Press | CommandCall) and host.opens_form(request):
            try:
                async with asyncio.timeout(FORM_SECONDS):
                    return await host.open_form(request)
            except TimeoutError:
                return Reply(card=too_late())
        return await host.handle(request)

    async def _answer_later(self, where: Where, working: "asyncio.Task[Reply | None]") -> None:
        await self._replies.give(where, await working)


def _wanting(wanting: Wanting) -> Reply:
    """The form of a command whose options are missing or wrong; the fault alone where it has no options."""
    if not wanting.command.options:
        return Reply(card=refusal_card(Refusal(str(wanting.fault))))
    return Reply(form=form_for(wanting.command, wanting.options, wanting.fault))


async def _soon(work: "asyncio.Task[Any]") -> Any:
    """What `work` brings within the time that Slack is kept waiting; None where it takes longer, or fails."""
    await asyncio.wait((work,), timeout=QUICK_SECONDS)
    if not work.done() or work.cancelled() or work.exception() is not None:
        return None
    return work.result()


def _named(error: BaseException) -> str:
    return error.error if isinstance(error, RefusedError) else type(error).__name__
