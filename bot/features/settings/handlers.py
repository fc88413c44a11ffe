"""Shows and changes a group's settings."""

import re

from bot.chat.arguments import Options, channel_in, quoted
from bot.chat.cards import Block
from bot.chat.command_forms import form_for
from bot.chat.presses import Args
from bot.chat.reading import read_option
from bot.chat.replies import Refusal, Reply
from bot.chat.words import ENGLISH, languages
from bot.chat.words import gettext as _
from bot.context import Context
from bot.features.my.handlers import find_zone
from bot.features.reminders import handlers as reminders
from bot.features.settings import cards
from bot.store import people, settings

DEFAULT_ZONE = "UTC"
VALUE = "value"  # the option that holds it
NONE = ("none", "default", "-")


def show(ctx: Context, options: Options) -> Reply:  # noqa: ARG001 (the command takes none)
    """Every setting with its value."""
    return Reply(card=cards.settings(ctx.group.name, values(ctx)))


def values(ctx: Context) -> tuple[Block, ...]:
    """The same, as a part of a card."""
    found = ctx.settings()
    moderators, threads = found.get("moderators", "").split(), found.get("threads") != "off"
    desk = found.get("moderators_channel", "")
    return cards.values(ctx.group.zone, ctx.group.locale, moderators, desk, threads=threads)


def open_form(ctx: Context, args: Args) -> Reply:  # noqa: ARG001 (the button carries nothing)
    """The form to change one setting."""
    return Reply(form=form_for(ctx.registry.commands["settings set"], {}))


def change(ctx: Context, options: Options) -> Reply:
    """Set one setting; a value that cannot be is refused and nothing changes."""
    name = options.text("setting") or ""
    value = (options.text(VALUE) or "").strip()
    back = value.casefold() in NONE
    match name:
        case "timezone":
            zone = DEFAULT_ZONE if back else read_option(options, VALUE, find_zone, DEFAULT_ZONE)
            reminders.move_group(ctx, zone)
            return Reply(card=cards.changed(_("time zone"), zone))
        case "moderators_channel":
            return _set_desk(ctx, "" if back else value)
        case "language":
            language = ENGLISH if back else _language(value)
            people.set_group(ctx.db, ctx.group.id, locale=language)
            return Reply(card=cards.changed(_("language"), language))
        case "threads":
            return _set_threads(ctx, "on" if back else value.casefold())
        case _other:
            return _set_moderators(
                ctx, [] if back else [name.removeprefix("@") for name in value.replace(",", " ").split()]
            )


def _language(value: str) -> str:
    value = value.casefold()
    if value not in languages():
        raise Refusal(
            _("There is no language {value} yet; there is {languages}.").format(
                value=quoted(value), languages=", ".join(languages())
            ),
            VALUE,
        )
    return value


def _set_threads(ctx: Context, value: str) -> Reply:
    if value not in ("on", "off"):
        raise Refusal(_("threads is on or off, not {value}.").format(value=quoted(value)), VALUE)
    if value == "off":
        settings.put(ctx.db, ctx.group.id, "threads", "off")
    else:
        settings.reset(ctx.db, ctx.group.id, "threads")
    return Reply(card=cards.threads_changed(threads=value == "on"))


def _set_desk(ctx: Context, value: str) -> Reply:
    if value:
        channel, known = channel_in(value), ctx.powers.roles
        if known and not re.fullmatch(known.channels, channel or ""):
            unknown = _("{value} is no channel that was chosen from a list. {hint}")
            raise Refusal(unknown.format(value=quoted(value), hint=_(known.pick)), VALUE)
        if channel is None:
            raise Refusal(_("{value} is no channel. Name one, such as #moderators.").format(value=quoted(value)), VALUE)
        settings.put(ctx.db, ctx.group.id, "moderators_channel", channel)
        return Reply(card=cards.desk_changed(channel))
    settings.reset(ctx.db, ctx.group.id, "moderators_channel")
    return Reply(card=cards.desk_changed(""))


def _set_moderators(ctx: Context, names: list[str]) -> Reply:
    known = ctx.powers.roles
    stranger = next((name for name in names if known and not re.fullmatch(known.moderators, name)), None)
    if known and stranger:
        nobody = _("{name} is nobody who can moderate here. {hint}")
        raise Refusal(nobody.format(name=quoted(stranger), hint=_(known.choose)), VALUE)
    if names:
        settings.put(ctx.db, ctx.group.id, "moderators", " ".join(dict.fromkeys(names)))
    else:
        settings.reset(ctx.db, ctx.group.id, "moderators")
    return Reply(card=cards.moderators_changed(names, ctx.powers.menus))
