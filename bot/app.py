"""One request, one transaction, one reply."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct, field
from msgspec.structs import replace
from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.chat.arguments import ArgumentError, read_options
from bot.chat.commands import Action, Command, Where
from bot.chat.people import Role
from bot.chat.presses import Args, StaleTokenError
from bot.chat.registry import DO, unknown_command
from bot.chat.replies import Refusal, Reply, refusal_card
from bot.chat.requests import (
    CommandCall,
    FormSubmit,
    Gesture,
    HomeOpened,
    Lifecycle,
    Press,
    Request,
    Shortcut,
    Suggest,
)
from bot.chat.tokens import read_token, read_within
from bot.chat.words import gettext as _
from bot.chat.words import say, speaking
from bot.context import Context, Core, Effects, failure_place
from bot.lifecycle import group_name, happen, new_secret
from bot.store import homes, people, queue
from bot.store.engine import AWAY, transaction, until_through
from bot.store.people import Caller, GroupRow, MemberRow

log = logging.getLogger(__name__)


class Outcome(Struct, frozen=True):
    """What came of a request: the reply, and what its transaction queued.

    No reply to a redelivery, nor to what happened to the bot itself.
    """

    reply: Reply | None
    effects: Effects = field(default_factory=Effects)


class _NeedsWriteError(Exception):
    """A request that only reads comes from somebody or somewhere new, who must be written down first."""


class App:
    """The core: given a request, it finds the declaration, runs the handler in one transaction, and answers."""

    def __init__(self, core: Core) -> None:
        self.core = core
        self.registry = core.registry

    def handle(self, request: Request) -> Outcome:
        """Answer `request`. A fault is logged without the member's words and said in one sentence.

        Raises nothing but AWAY, and that of a Lifecycle alone: nobody could be told to try again.
        """
        if isinstance(request, Lifecycle):
            return self._happen(request)
        with speaking(request.locale):
            try:
                return self._handle(request)
            except Refusal as refusal:
                return _refused(refusal)
            except DBAPIError as error:
                log.error("The database refused a request: %s", type(error.orig).__name__)
                return _refused(
                    Refusal(_("The database is busy or out of reach. Nothing was saved; please try again."))
                )
            except Exception as error:  # noqa: BLE001 (the member gets a sentence, we get the place)
                log.error("A request failed with %s at %s", type(error).__name__, failure_place(error))
                return _refused(Refusal(_("Something went wrong on our side. Nothing was saved; please try again.")))

    def opens_form(self, request: Gesture) -> bool:
        """Whether `request` names a command or an action that answers with a form."""
        match request:
            case CommandCall(name=name):
                declared: Command | Action | None = self.registry.commands.get(name)
            case Press(token=token):
                action, parts = read_token(read_within(token)[1])
                runs = parts[0] if action == DO and parts else None
                declared = self.registry.commands.get(runs) if runs else self.registry.actions.get(action)
            case _other:
                declared = None
        return declared is not None and declared.opens_form

    def _happen(self, event: Lifecycle) -> Outcome:
        try:
            return until_through(lambda: self._happened(event))
        except AWAY:  # whoever tells it tells it again
            raise
        except DBAPIError as error:
            log.error("The database refused what happened on %s: %s", event.space.platform, type(error.orig).__name__)
            return Outcome(None)
        except Exception as error:  # noqa: BLE001 (nobody asked, so nobody is told; the place is noted)
            log.error(
                "%s on %s failed with %s at %s",
                event.what.value.capitalize(),
                event.space.platform,
                type(error).__name__,
                failure_place(error),
            )
            return Outcome(None)

    def _happened(self, event: Lifecycle) -> Outcome:
        now = self.core.clock()
        effects = Effects()
        with transaction(self.core.engine) as db:
            if not queue.handle_once(db, event.space.platform, event.delivery, now):
                return Outcome(None)
            happen(self.core, db, event, now, effects)
        return Outcome(None, effects)

    def suggest(self, request: Suggest) -> list[tuple[str, str]]:
        """Autocomplete for an option: pairs (value, label), at most 25."""
        command = self.registry.commands.get(request.name)
        option = command.option(request.option) if command else None
        if option is None:
            return []
        if option.choices:
            wanted = request.text.casefold()
            return [pair for pair in option.choices if wanted in pair[0].casefold() or wanted in pair[1].casefold()][
                :25
            ]
        if option.suggest is None:
            return []
        with speaking(request.locale):
            return option.suggest(self.core.library, request.text)[:25]

    def _handle(self, request: Gesture) -> Outcome:
        match request:
            case CommandCall(name=name, options=options):
                return self._command(request, name, options)
            case HomeOpened():
                return self._home(request)
            case Shortcut(name=name):
                return self._command(request, name, {})
            case Press(token=token, values=values):
                return self._action(request, token, Args(values=values))
            case FormSubmit(token=token, fields=fields):
                return self._action(request, token, Args(fields=fields))

    def _home(self, request: HomeOpened) -> Outcome:
        page = self.registry.home
        if page is None:
            raise LookupError("no feature declares the bot's own page")
        return self._within(request, Role.MEMBER, page, reads=True)

    def _command(self, request: Gesture, name: str, given: Mapping[str, str]) -> Outcome:
        command = self.registry.commands.get(name)
        if command is None:
            raise Refusal(unknown_command(self.registry, name))
        if command.where is Where.GROUP and request.space.workspace is None:
            raise Refusal(_("{command} belongs in one of your group's channels.").format(command=say(name)))
        try:
            options = read_options(command, given)
        except ArgumentError as error:
            raise Refusal(str(error), error.option or "") from error
        return self._run(request, command, lambda ctx: command.handler(ctx, options))

    def _action(self, request: Gesture, token: str, args: Args) -> Outcome:
        about, token = read_within(token)
        if about:
            request = replace(request, about=about)
        name, parts = read_token(token)
        if name == DO:
            return self._do(request, parts, args)
        action = self.registry.actions.get(name)
        if action is None:
            raise Refusal(
                _("This button is from an older version. Say {command} to see what there is.").format(
                    command=say("help")
                )
            )
        args = Args(parts, args.values, args.fields)
        try:
            return self._run(request, action, lambda ctx: action.handler(ctx, args))
        except StaleTokenError as error:
            raise Refusal(
                _("This button no longer stands for anything. Say {command} instead.").format(
                    command=say(action.instead)
                )
            ) from error

    def _do(self, request: Gesture, parts: tuple[str, ...], args: Args) -> Outcome:
        if not parts:
            raise Refusal(
                _("This button no longer stands for anything. Say {command} instead.").format(command=say("help"))
            )
        given = dict(part.partition("=")[::2] for part in parts[1:])
        filled = {name: value for name, value in args.fields.items() if value.strip()}
        return self._command(request, parts[0], {**given, **filled})

    def _run(self, request: Gesture, declared: Command | Action, handler: Callable[[Context], Reply | None]) -> Outcome:
        return self._within(request, declared.role, handler, reads=declared.reads or declared.opens_form)

    def _within(
        self, request: Gesture, role: Role, handler: Callable[[Context], Reply | None], *, reads: bool
    ) -> Outcome:
        try:
            return until_through(lambda: self._transact(request, role, handler, reads=reads))
        except _NeedsWriteError:
            return until_through(lambda: self._transact(request, role, handler, reads=False))

    def _transact(
        self, request: Gesture, role: Role, handler: Callable[[Context], Reply | None], *, reads: bool
    ) -> Outcome:
        now = self.core.clock()
        effects = Effects()
        with transaction(self.core.engine, reads=reads) as db:
            if not reads and not queue.handle_once(db, request.actor.platform, request.delivery, now):
                return Outcome(None)
            group, member = self._caller(db, request, now, reads=reads)
            ctx = self.core.context(db, now, group, effects, request, member)
            if role is Role.MODERATOR:
                ctx.check_moderator()
            reply = handler(ctx) or Reply()
            if request.space.workspace is None:
                reply = reply.within(group.id)
        return Outcome(replace(reply, zone=reply.zone or ctx.zone), effects)

    def _caller(self, db: Connection, request: Gesture, now: datetime, *, reads: bool) -> tuple[GroupRow, MemberRow]:
        caller = people.find_caller(db, request.actor, request.space, request.about)
        known = caller.group is not None and caller.member is not None and not caller.removed
        if reads and not (known and _stays(request, caller)):
            raise _NeedsWriteError
        if caller.removed:  # whoever asks us there shows that we are there
            homes.restore(db, request.space)
        if caller.group is None:
            self._open_group(db, request, now)
            caller = people.find_caller(db, request.actor, request.space)
        group, member = caller.group, caller.member
        if group is None:
            raise LookupError("a group that was just opened is not there")
        if reads and member is not None:
            return group, member
        group = people.keep_name(db, caller, group, request.space, request.workspace_name)
        if member is None:
            return group, people.join(db, caller, request.actor, group, now)
        return group, people.refresh(db, member, request.actor, group, private=request.space.workspace is None)

    def _open_group(self, db: Connection, request: Gesture, now: datetime) -> None:
        if request.space.workspace is None:
            raise Refusal(
                _("You are in no group yet. Use me once in a server or workspace that has me; then I know yours.")
            )
        name = group_name(request.space, request.workspace_name)
        homes.open_group(db, request.space, name, new_secret(self.core), now)


def _stays(request: Gesture, caller: Caller) -> bool:
    """Whether what is pressed next in private will be about the same group without anything being written down."""
    if not request.about or caller.member is None or caller.group is None:
        return True
    return caller.member.last_group_id == caller.group.id


def _refused(refusal: Refusal) -> Outcome:
    return Outcome(Reply(card=refusal_card(refusal), fault=refusal.message, at=refusal.option))
