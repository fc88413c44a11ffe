"""One request, one transaction, one reply."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from bot.chat.arguments import ArgumentError, read_options
from bot.chat.commands import Action, Command, Where
from bot.chat.people import Role, Space
from bot.chat.presses import Args, StaleTokenError
from bot.chat.registry import DO, unknown_command
from bot.chat.replies import Refusal, Reply, refusal_card
from bot.chat.requests import CommandCall, FormSubmit, HomeOpened, Press, Request, Shortcut, Suggest
from bot.chat.tokens import read_token
from bot.chat.words import gettext as _
from bot.chat.words import speaking
from bot.context import Context, Core, Effects, failure_place
from bot.store import people, queue
from bot.store.engine import transaction
from bot.store.people import GroupRow, MemberRow

log = logging.getLogger(__name__)

FRONT_DOOR = "mate"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a request: the reply, and what its transaction queued. No reply to a redelivery."""

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
        """Answer `request`. Never raises: a fault is logged without the member's words and said in one sentence."""
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

    def _handle(self, request: Request) -> Outcome:
        match request:
            case CommandCall(name=name, options=options):
                return self._command(request, name, options)
            case HomeOpened():
                return self._command(request, FRONT_DOOR, {})
            case Shortcut(name=name):
                return self._command(request, name, {})
            case Press(token=token, values=values):
                return self._action(request, token, Args(values=values))
            case FormSubmit(token=token, fields=fields):
                return self._action(request, token, Args(fields=fields))

    def _command(self, request: Request, name: str, given: Mapping[str, str]) -> Outcome:
        command = self.registry.commands.get(name)
        if command is None:
            raise Refusal(unknown_command(self.registry, name))
        if command.where is Where.GROUP and request.space.workspace is None:
            raise Refusal(_("{command} belongs in one of your group's channels.").format(command=name))
        try:
            options = read_options(command, given)
        except ArgumentError as error:
            raise Refusal(str(error)) from error
        return self._run(request, command, lambda ctx: command.handler(ctx, options))

    def _action(self, request: Request, token: str, args: Args) -> Outcome:
        name, parts = read_token(token)
        if name == DO:
            return self._do(request, parts, args)
        action = self.registry.actions.get(name)
        if action is None:
            raise Refusal(
                _("This button is from an older version. Say {command} to see what there is.").format(command="help")
            )
        args = Args(parts, args.values, args.fields)
        try:
            return self._run(request, action, lambda ctx: action.handler(ctx, args))
        except StaleTokenError as error:
            raise Refusal(
                _("This button no longer stands for anything. Say {command} instead.").format(command=action.instead)
            ) from error

    def _do(self, request: Request, parts: tuple[str, ...], args: Args) -> Outcome:
        if not parts:
            raise Refusal(_("This button no longer stands for anything. Say {command} instead.").format(command="help"))
        given = dict(part.partition("=")[::2] for part in parts[1:])
        filled = {name: value for name, value in args.fields.items() if value.strip()}
        return self._command(request, parts[0], {**given, **filled})

    def _run(self, request: Request, declared: Command | Action, handler: Callable[[Context], Reply | None]) -> Outcome:
        reads = declared.reads or declared.opens_form
        try:
            return self._transact(request, declared, handler, reads=reads)
        except _NeedsWriteError:
            return self._transact(request, declared, handler, reads=False)

    def _transact(
        self, request: Request, declared: Command | Action, handler: Callable[[Context], Reply | None], *, reads: bool
    ) -> Outcome:
        now = self.core.clock()
        effects = Effects()
        with transaction(self.core.engine, reads=reads) as db:
            if not reads and not queue.handle_once(db, request.actor.platform, request.delivery, now):
                return Outcome(None)
            group, member = self._caller(db, request, now, reads=reads)
            ctx = replace(
                self.core.context(db, now, group, effects),
                locale=request.locale,
                actor=request.actor,
                member=member,
                space=request.space,
            )
            if declared.role is Role.MODERATOR and not ctx.is_moderator():
                raise Refusal(_("That is for the group's moderators."))
            reply = handler(ctx)
        return Outcome(reply and replace(reply, zone=reply.zone or ctx.zone), effects)

    def _caller(self, db: Connection, request: Request, now: datetime, *, reads: bool) -> tuple[GroupRow, MemberRow]:
        caller = people.find_caller(db, request.actor, request.space)
        if caller.group is not None and caller.member is not None:
            if not reads:
                people.refresh(db, caller.member, request.actor, caller.group)
            return caller.group, caller.member
        if reads:
            raise _NeedsWriteError
        if caller.group is None:
            if request.space.workspace is None:
                raise Refusal(
                    _("You are in no group yet. Use me once in a server or workspace that has me; then I know yours.")
                )
            secret = f"{self.core.rng().getrandbits(128):032x}"
            people.open_group(db, request.space, group_name(request.space), secret, now)
            caller = people.find_caller(db, request.actor, request.space)
        if caller.group is None:
            raise LookupError("a group that was just opened is not there")
        return caller.group, people.join(db, caller, request.actor, caller.group, now)


def group_name(space: Space) -> str:
    """What a new group is called until somebody names it."""
    return space.workspace or space.platform


def _refused(refusal: Refusal) -> Outcome:
    return Outcome(Reply(card=refusal_card(refusal)))
