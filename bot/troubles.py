"""What keeps the bot from posting: logged in one line, and told to the group's moderators, once a day for a channel."""

import logging
from collections.abc import Sequence
from datetime import date

from sqlalchemy.exc import DBAPIError

from bot.chat import wire
from bot.chat.people import Account, Space
from bot.chat.port import Failure
from bot.chat.words import speaking
from bot.context import Context, Core, Effects, failure_place
from bot.features.arrival import cards
from bot.features.arrival.cards import Trouble
from bot.store import given_up, homes, messages, people, schedules
from bot.store.engine import transaction, until_through
from bot.store.messages import Outgoing

log = logging.getLogger(__name__)

EDIT_ATTEMPTS, POST_ATTEMPTS, FEW_ATTEMPTS = 300, 44, 8  # with their pauses a day, three hours, two minutes
OURS = "trouble"  # the first word of our own messages' keys: a refused one is not told again


class Troubles:
    """Tells who can help: the group's moderators' channel, else who added the bot, else who planned something there."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._today: date | None = None
        self._asked: set[str] = set()

    def most_attempts(self, message: Outgoing) -> int:
        """How often a message is tried while its platform is away: a few times if nobody wants to see it late."""
        if message.ref is not None:
            return EDIT_ATTEMPTS
        return FEW_ATTEMPTS if _kind(message) in self._core.registry.fleeting else POST_ATTEMPTS

    def give_up(self, message: Outgoing, state: str, failure: Failure | None, error: str) -> None:
        """Give a message up, and tell the feature that it is of, in one transaction."""
        handler = _tell_another if _kind(message) == OURS else self._core.registry.undelivered.get(_kind(message))
        if handler is not None and message.group_id is not None:
            group_id = message.group_id

            def give_up() -> None:
                with transaction(self._core.engine) as db:
                    messages.give_up(db, message, state, error)
                    group = people.find_group(db, group_id)
                    ctx = self._core.context(db, self._core.clock(), group, Effects())
                    with speaking(group.locale):
                        handler(ctx, message.key, failure)

            try:
                until_through(give_up)
            except DBAPIError:
                raise
            except Exception as fault:  # noqa: BLE001 (whatever the feature makes of it, the message is given up)
                log.error("A given up message met %s at %s", type(fault).__name__, failure_place(fault))
            else:
                return
        with transaction(self._core.engine) as db:
            messages.give_up(db, message, state, error)

    def is_news(self, message: Outgoing, trouble: Trouble) -> bool:
        """Whether anybody should be told why this message was refused, and has not been today."""
        if message.group_id is None or message.user or message.key.startswith(f"{OURS}:"):
            return False
        key, today = self._key(message, trouble), self._core.clock().date()
        if today != self._today:
            self._today, self._asked = today, set()
        if key in self._asked:  # also where there was nobody to tell
            return False
        self._asked.add(key)
        with transaction(self._core.engine, reads=True) as db:
            return not messages.known(db, key)

    def tell(self, message: Outgoing, trouble: Trouble, missing: Sequence[str]) -> bool:
        """Have the moderators told what is missing; False where the bot is no longer there, or there is nobody."""
        place = message.space
        with transaction(self._core.engine) as db:
            installer = homes.installer_of(db, place)
            if installer is None or message.group_id is None:
                return False
            ctx = self._core.context(db, self._core.clock(), people.find_group(db, message.group_id), Effects())
            told = _tell(ctx, self._key(message, trouble), place, trouble, missing)
        if not told:
            lacking = ", ".join(missing) or "nobody knows what"
            log.warning("Nobody can be told what a channel on %s lacks: %s", place.platform, lacking)
        return told

    def _key(self, message: Outgoing, trouble: Trouble) -> str:
        today = self._core.clock().date().isoformat()
        return f"{OURS}:{message.group_id}:{message.space.channel}:{today}:{trouble.value}"


def _tell(ctx: Context, key: str, place: Space, trouble: Trouble, missing: Sequence[str]) -> bool:
    """Have whoever can help told, in one place; False where there is nobody."""
    channel = place.channel or ""
    desk, helper = ctx.settings().get("moderators_channel", ""), _helper(ctx, place)
    if desk and desk != channel:
        to = Space(place.platform, place.workspace, desk)
        ctx.post(key, lambda: cards.trouble(channel, trouble, missing), to)
    elif helper:
        with speaking(ctx.group.locale):
            ctx.tell(helper, cards.trouble(channel, trouble, missing), key)
    else:
        return False
    return True


def _tell_another(ctx: Context, key: str, failure: Failure | None) -> None:
    """The moderators' channel does not take our word: who else can help is told, where it ends."""
    desk = messages.place_of(ctx.db, key)
    if failure is None or desk is None or desk.channel is None:
        return
    channel = key.split(":")[2]
    helper = _helper(ctx, Space(desk.platform, desk.workspace, channel))
    if helper:
        ctx.tell_instead(helper, wire.from_json(given_up.card_of(ctx.db, key)), key)


def _helper(ctx: Context, place: Space) -> Account | None:
    """Who added the bot, else who planned something there, or in another channel; None where nobody is known."""
    installer = homes.installer_of(ctx.db, place)
    if installer:
        return Account(place.platform, installer)
    if installer is None:  # the bot is no longer there
        return None
    planned = schedules.in_place(ctx.db, ctx.group.id, Space(place.platform, place.workspace))
    planned.sort(key=lambda schedule: schedule.space.channel != place.channel)
    return people.account_of(ctx.db, planned[0].created_by) if planned else None


def _kind(message: Outgoing) -> str:
    """The first word of its key, which says what it is."""
    return message.key.partition(":")[0]


def trouble_of(message: Outgoing, failure: Failure) -> Trouble | None:
    """What is wrong with the place, if that is why the message was not taken."""
    if failure is Failure.FORBIDDEN:
        return Trouble.FORBIDDEN
    if failure is Failure.GONE and message.ref is None:
        return Trouble.GONE
    return None


def note(message: Outgoing, failure: Failure) -> None:
    """One line in the log on a message that is given up: platform, failure, what to do; no names and no words."""
    platform, kind = message.space.platform, _kind(message)
    match failure:
        case Failure.GONE if message.ref is not None:
            log.info("A message on %s was deleted there and is left alone", platform)
        case Failure.GONE:
            log.warning(
                "A message on %s is given up: gone. Its channel was deleted, or is hidden from the bot", platform
            )
        case Failure.FORBIDDEN:
            log.warning(
                "A message on %s is given up: forbidden. Give the bot what it needs there; its moderators are told",
                platform,
            )
        case Failure.INVALID:
            log.error(
                "A message on %s is given up: invalid. It is a fault of ours, in what makes %r messages", platform, kind
            )
        case Failure.CLOSED:
            log.info("A private message on %s is given up: closed. The account takes none", platform)
        case Failure.TRANSIENT | Failure.UNCLEAR:
            log.warning("A message on %s is given up: transient. The platform was busy or down for too long", platform)
