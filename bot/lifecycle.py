"""What happens to the bot itself: it comes to a workspace, leaves it, or finds it changed, or a channel there goes."""

from collections.abc import Iterable
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection

from bot.chat.people import Space
from bot.chat.requests import Life, Lifecycle
from bot.chat.words import gettext as _
from bot.chat.words import speaking
from bot.context import Core, Effects, Happening
from bot.store import homes, messages, people


def happen(core: Core, db: Connection, event: Lifecycle, now: datetime, effects: Effects) -> None:
    """Take note of `event`, and tell the features that want to know, once for each group that it concerns."""
    if event.space.workspace is None:
        return
    match event.what:
        case Life.INSTALLED:
            for group_id, happening in _arrive(core, db, event, now):
                _tell(core, db, group_id, happening, now, effects)
            return
        case Life.CHANGED:
            for home in homes.of_workspace(db, event.space)[:1]:
                if home.removed_at is None:
                    homes.rename(db, home, event.workspace_name, _installer(event))
            return
        case Life.REMOVED:
            homes.leave(db, event.space, now)
            gone, why = Space(event.space.platform, event.space.workspace), "removed"
        case Life.CHANNEL_GONE:
            gone, why = event.space, "gone"
    for group_id in dict.fromkeys(home.group_id for home in homes.of_workspace(db, event.space)):
        _tell(core, db, group_id, Happening(event), now, effects)
    messages.give_up_in(db, gone, why)  # last, as every round is held before its messages are


def _arrive(core: Core, db: Connection, event: Lifecycle, now: datetime) -> Iterable[tuple[int, Happening]]:
    """A new home, or an old one again; nothing where the bot was known to be."""
    is_back = homes.restore(db, event.space)
    found = homes.of_workspace(db, event.space)
    installer = _installer(event)
    is_new = False
    if not found or found[0].channel:
        name = group_name(event.space, event.workspace_name)
        is_new = homes.open_group(db, event.space, name, new_secret(core), now, installer) is not None
        found = homes.of_workspace(db, event.space)
    home = found[0]
    homes.rename(db, home, event.workspace_name, installer)
    return [(home.group_id, Happening(event, home.id, is_back))] if is_new or is_back else []


def _installer(event: Lifecycle) -> str:
    return event.installer.user if event.installer else ""


def _tell(core: Core, db: Connection, group_id: int, happening: Happening, now: datetime, effects: Effects) -> None:
    group = people.find_group(db, group_id)
    ctx = replace(core.context(db, now, group, effects), space=happening.event.space)
    with speaking(group.locale):
        for handler in core.registry.lifecycle.get(happening.event.what, ()):
            handler(ctx, happening)


def group_name(space: Space, workspace_name: str) -> str:
    """What a new group is called until somebody names it; an id with digits tells nobody anything."""
    if workspace_name:
        return workspace_name
    known_by = space.workspace or space.platform
    return _("this group") if any(letter.isdigit() for letter in known_by) else known_by


def new_secret(core: Core) -> str:
    """What makes a new group's draws its own."""
    return f"{core.rng().getrandbits(128):032x}"
