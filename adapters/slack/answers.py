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
from adapters.slack.replies import Replies, cards_of, leads_on, too_late
from bot.chat.arguments import ArgumentError, nearest
from bot.chat.command_forms import form_for
from bot.chat.commands import Command
from bot.chat.forms import Form
from bot.chat.inline import typed
from bot.chat.replies import Refusal, Reply, refusal_card
from bot.chat.requests import CommandCall, FormSubmit, Gesture, Press
from bot.chat.words import speaking
from bot.host import Host

log = logging.getLogger(__name__)

QUICK_SECONDS = 0.5  # after which a gesture is acknowledged without its answer: Slack waits three seconds
FORM_SECONDS = 1.5  # a modal can be opened for three seconds, of which learning who asks has taken some
HELP = "help"
MISTAKES = (RefusedError, NotInstalledError, *DROPPED)
Ack = Mapping[str, Any]  # what goes with the acknowledgement; nothing, mostly


class Acknowledging:
    """An acknowledgement that is still to be given: the first thing that is said is what Slack hears."""

    def __init__(self) -> None:
        self._said: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()

    def say(self, ack: Ack) -> bool:
        """Acknowledge with this; False where something was said before."""
        if self._said.done():
            return False
        self._said.set_result(ack)
        return True

    @property
    def is_open(self) -> bool:
        """Whether nothing was said yet."""
        return not self._said.done()

    async def soon(self) -> Ack:
        """What is said within the time that Slack is kept waiting, else nothing."""
        await asyncio.wait((self._said,), timeout=QUICK_SECONDS)
        self.say({})
        return self._said.result()


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
        self._people.close()

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

    async def _soon(self, work: Callable[[Acknowledging], Coroutine[Any, Any, None]]) -> Ack:
        """What `work` acknowledges with; nothing where that takes too long, or fails."""
        ack = Acknowledging()
        self.later(work(ack)).add_done_callback(lambda _done: ack.say({}))
        return await ack.soon()

    # --- gestures ----------------------------------------------------------------------------------------------

    async def slash(self, body: Payload) -> Ack:
        """A slash command: its answer goes with the acknowledgement if it is quick."""
        where = inbound.where_slash(body)
        line = str(body.get("text") or "")
        return await self._soon(lambda ack: self._call(where, line, body, ack))

    async def _call(self, where: Where, line: str, body: Payload, ack: Acknowledging) -> None:
        about = await self._about(where, body, str(body.get("trigger_id")), posts=True)
        commands = self._host().app.registry.commands
        with speaking(about["locale"]):
            called = lines.read_typed(line, where.team, commands)
            if isinstance(called, Called):
                reply = await self._ask(inbound.command(called, about))
                form = _wrong(called, reply, commands) if reply is not None else None
                if reply is not None and form is not None:
                    ack.say({})
                    await self._replies.open_form(where, form, reply.card)
                    return
            else:
                reply = _wanting(called)
            if reply is not None and reply.card is not None and reply.update is None and ack.is_open:
                message = self._replies.at_once(where, reply.card)
                if message is not None and ack.say({"response_type": "ephemeral", **message}):
                    return
            ack.say({})
            await self._replies.give(where, reply)

    def pressed(self, body: Payload) -> None:
        """A button or a select: acknowledged at once, answered beside that."""
        where = inbound.where_pressed(body)
        for action in body.get("actions", ())[:1]:
            self.later(self._press(where, action, body))

    async def _press(self, where: Where, action: Payload, body: Payload) -> None:
        about = await self._about(where, body, f"{body.get('trigger_id')}:{action.get('action_ts')}")
        with speaking(about["locale"]):
            await self._replies.give(where, await self._ask(inbound.press(action, about)))

    async def submitted(self, body: Payload) -> Ack:
        """A form: a fault is said at its field; what it was opened from shows the answer."""
        where, view = inbound.where_submitted(body), body["view"]
        return await self._soon(lambda ack: self._submit(where, view, body, ack))

    async def _submit(self, where: Where, view: Payload, body: Payload, ack: Acknowledging) -> None:
        about = await self._about(where, body, str(body.get("trigger_id") or view.get("id")))
        request = inbound.form(view, about)
        with speaking(about["locale"]):
            fault = lines.form_fault(request.token, request.fields, self._host().app.registry.commands)
            if fault is not None and fault.option in request.fields:
                reply: Reply | None = Reply(card=refusal_card(Refusal(str(fault))), fault=str(fault))
            else:
                fault, reply = None, await self._ask(request)
            said = self._in_place(where, request, reply, fault.option if fault else None) if ack.is_open else None
            if said is not None and ack.say(said):
                return
            ack.say({})
            await self._replies.give(where, reply)

    def _in_place(self, where: Where, request: FormSubmit, reply: Reply | None, at: str | None) -> Ack | None:
        """What the form itself becomes; None where it closes, and the answer is shown elsewhere."""
        if reply is None:
            return None
        if reply.fault and request.fields:
            fields = request.fields
            field = at or (reply.at if reply.at in fields else next(iter(fields)))
            return {"response_action": "errors", "errors": {field: typed(reply.fault, f"/{self._command} ")[:2000]}}
        if reply.form is not None:
            return {"response_action": "update", "view": outbound.view(reply.form, where.metadata(), self._command)}
        stays = reply.update is None and not leads_on(reply) if where.view else not where.channel
        if stays and (cards := cards_of(reply)):
            return {"response_action": "update", "view": self._replies.view(where, cards)}
        return None

    def shortcut(self, body: Payload) -> None:
        """A shortcut: its answer is a modal, as it was used in no place."""
        self.later(self._shortcut(inbound.where_shortcut(body), body))

    async def _shortcut(self, where: Where, body: Payload) -> None:
        about = await self._about(where, body, str(body.get("trigger_id")))
        with speaking(about["locale"]):
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
            called = lines.read_typed(line, where.team, commands)
            if isinstance(called, Wanting):  # no form can be opened from here
                wanted, fault = called.command.name, called.fault
                called = Called(HELP, {"command": wanted})
                if fault is not None:
                    await self._replies.give(where, Reply(card=refusal_card(Refusal(str(fault)))))
                    return
            known = commands.get(called.name) if line.strip() else None
            if known is None or known.opens_form:
                called = Called(HELP, {})
            await self._replies.give(where, await self._ask(inbound.command(called, about)))

    def home_opened(self, body: Payload) -> None:
        """The bot's own page was opened: it is written anew."""
        if body["event"].get("tab", "home") == "home":
            self.later(self._home(inbound.where_event(body), body))

    async def _home(self, where: Where, body: Payload) -> None:
        where = Where(where.team, where.user, home=True)
        about = await self._about(where, body, str(body.get("event_id")))
        with speaking(about["locale"]):
            reply = await self._ask(inbound.home(about))
            if reply is None or reply.card is None:
                return
            view = outbound.home([reply.card], self._command)
        await self._replies.publish(where, view)

    # --- the core ----------------------------------------------------------------------------------------------

    async def _about(self, where: Where, body: Payload, delivery: str, *, posts: bool = False) -> dict[str, Any]:
        named = body.get("user_name") or (body.get("user") or {}).get("name") or ""
        (actor, locale), lacks = await asyncio.gather(
            self._people.who(where.team, where.user, str(named)),
            self._people.lacks_to_post(where.team, where.channel if posts else ""),
        )
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


def _wanting(wanting: Wanting) -> Reply:
    """The form of a command whose options are missing or wrong; the fault alone where it has no options."""
    command, fault = wanting.command, wanting.fault
    names = [option.name for option in command.options]
    if not names:
        return Reply(card=refusal_card(Refusal(str(fault))))
    if fault is not None and fault.option not in names:  # of a word too many, which is said at the likeliest field
        fault = ArgumentError(str(fault), nearest(fault.option or "", names) or names[0])
    try:
        return Reply(form=form_for(command, wanting.options, fault))
    except ArgumentError as error:  # there is no room for all that was given
        return Reply(card=refusal_card(Refusal(str(error))))


def _wrong(called: Called, reply: Reply, commands: Mapping[str, Command]) -> Form | None:
    """The form of a command of which the feature itself refused an option; None for any other reply."""
    command = commands.get(called.name)
    if command is None or command.option(reply.at) is None:
        return None
    try:
        return form_for(command, called.options, ArgumentError(reply.fault, reply.at))
    except ArgumentError:  # there is no room for all that was given
        return None


def _named(error: BaseException) -> str:
    return error.error if isinstance(error, RefusedError) else type(error).__name__
