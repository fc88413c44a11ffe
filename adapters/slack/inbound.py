"""What Slack delivers to what the core understands: pure, one function a gesture."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from adapters.slack.lines import CHANNEL_ID, SOME_ID, Called, account_id
from bot.chat.people import Account, Actor, Powers, Roles, Space
from bot.chat.requests import CommandCall, FormSubmit, HomeOpened, Life, Lifecycle, Press, Shortcut
from bot.chat.words import marked as _

PLATFORM = "slack"
CHOOSE = "choose:"  # before a select's token in its action id
_DIRECT = "D"  # the first letter of a direct message's channel
ROLES = Roles(
    f"S{SOME_ID}|here|channel|everyone",
    _(
        "Type @ in the command's line, in the message box and not in a form, and choose a user group from the list, or "
        "say here or channel."
    ),
    f"S{SOME_ID}|[A-Z0-9]+/[UW]{SOME_ID}",
    _(
        "Type @ in the command's line, in the message box and not in a form, and choose members or a user group from "
        "the list."
    ),
    channels=CHANNEL_ID.pattern,
    pick=_("Type # in the command's line, in the message box and not in a form, and choose the channel from the list."),
)
Payload = Mapping[str, Any]


class Where(Struct, frozen=True):
    """Where a gesture was made, and the handles by which it is answered.

    `view` is the modal in which it was made; `home` says that it was made on the bot's own page. `url` takes answers
    for 30 minutes, `trigger` opens a modal for 3 seconds.
    """

    team: str
    user: str
    channel: str = ""
    thread: str = ""
    trigger: str = ""
    url: str = ""
    view: str = ""
    home: bool = False

    @property
    def space(self) -> Space:
        """The place, as the core names it; a conversation in private is no channel of the workspace."""
        if self.channel.startswith(_DIRECT):
            return Space(PLATFORM, self.team)
        return Space(PLATFORM, self.team, self.channel or None, self.thread or None)

    def metadata(self) -> str:
        """What a modal carries, so that its answer arrives where it was opened from."""
        kept = {"channel": self.channel, "thread": self.thread, "url": self.url, "view": self.view}
        return json.dumps({name: value for name, value in kept.items() if value}, separators=(",", ":"))


def split_account(user: str) -> tuple[str, str]:
    """The workspace and Slack's own id of an account."""
    team, _between, own = user.rpartition("/")
    return team, own


# --- places --------------------------------------------------------------------------------------------------------


def where_slash(body: Payload) -> Where:
    """Where a slash command was typed; never in a thread, as Slack has none there."""
    return Where(
        body["team_id"],
        body["user_id"],
        body.get("channel_id", ""),
        trigger=body.get("trigger_id", ""),
        url=body.get("response_url", ""),
    )


def where_pressed(body: Payload) -> Where:
    """Where a button or a select was used: in a message, in a modal, or on the bot's own page."""
    team, user = team_of(body), body["user"]["id"]
    trigger = body.get("trigger_id", "")
    view = body.get("view") or {}
    if not view:
        container = body.get("container") or {}
        message = body.get("message") or {}
        thread = message.get("thread_ts") or container.get("thread_ts") or ""
        begins = thread == (message.get("ts") or container.get("message_ts"))  # such a message stands in the channel
        return Where(
            team,
            user,
            (body.get("channel") or {}).get("id") or container.get("channel_id", ""),
            "" if begins else thread,
            trigger,
            body.get("response_url", ""),
        )
    if view.get("type") == "home":
        return Where(team, user, trigger=trigger, home=True)
    kept = _kept(view)
    return Where(team, user, kept.get("channel", ""), kept.get("thread", ""), trigger, "", view["id"])


def where_submitted(body: Payload) -> Where:
    """Where the modal was opened from that is sent now; `view` is the modal below it, if there is one."""
    kept = _kept(body["view"])
    return Where(
        team_of(body),
        body["user"]["id"],
        kept.get("channel", ""),
        kept.get("thread", ""),
        body.get("trigger_id", ""),
        kept.get("url", ""),
        kept.get("view", ""),
    )


def where_shortcut(body: Payload) -> Where:
    """A shortcut is used in no place at all."""
    return Where(team_of(body), body["user"]["id"], trigger=body.get("trigger_id", ""))


def where_event(body: Payload) -> Where:
    """Where somebody mentioned the bot or opened its page."""
    event = body["event"]
    return Where(team_of(body), event["user"], event.get("channel", ""), event.get("thread_ts", ""))


def team_of(body: Payload) -> str:
    """The workspace that has the bot; in a channel that two companies share, who made the gesture may be of another."""
    installed_in = (body.get("view") or {}).get("app_installed_team_id")
    granted: Payload = next(iter(body.get("authorizations") or ()), {})
    named = (body.get("team") or {}).get("id") or body.get("team_id")
    return str(installed_in or granted.get("team_id") or named or body["user"].get("team_id", ""))


def _kept(view: Payload) -> Mapping[str, str]:
    try:
        kept = json.loads(view.get("private_metadata") or "{}")
    except ValueError:
        return {}
    return kept if isinstance(kept, dict) else {}


# --- gestures ------------------------------------------------------------------------------------------------------


def asked(where: Where, actor: Actor, locale: str, team_name: str, delivery: str, lacks: tuple[str, ...]) -> Payload:
    """What every gesture has; `lacks` is what keeps the bot from posting there."""
    posts = where.space.channel is not None
    powers = Powers(lacks if posts else (), (), threads=posts, roles=ROLES)
    return {
        "actor": actor,
        "space": where.space,
        "delivery": delivery,
        "locale": locale,
        "workspace_name": team_name,
        "powers": powers,
    }


def command(called: Called, about: Payload) -> CommandCall:
    """A command that was typed."""
    return CommandCall(**about, name=called.name, options=called.options)


def press(action: Payload, about: Payload) -> Press:
    """A button, or lines of a select."""
    action_id = str(action.get("action_id", ""))
    if not action_id.startswith(CHOOSE):
        return Press(**about, token=str(action.get("value", "")))
    chosen = action.get("selected_options")
    if chosen is None:
        chosen = [action["selected_option"]] if action.get("selected_option") else []
    return Press(**about, token=action_id.removeprefix(CHOOSE), values=tuple(str(one["value"]) for one in chosen))


def form(view: Payload, about: Payload) -> FormSubmit:
    """A form that was sent."""
    return FormSubmit(**about, token=str(view["callback_id"]), fields=dict(_fields(view)))


def _fields(view: Payload) -> Iterator[tuple[str, str]]:
    for name, elements in ((view.get("state") or {}).get("values") or {}).items():
        for element in elements.values():
            yield name, _filled_in(element)


def _filled_in(element: Payload) -> str:
    """What a field holds: the value of a choice, the id of a channel, or words."""
    if "selected_option" in element:
        return str((element["selected_option"] or {}).get("value", ""))
    return str(element.get("selected_conversation") or element.get("value") or "")


def shortcut(body: Payload, about: Payload) -> Shortcut:
    """A shortcut; its callback is the name of the command that it runs."""
    return Shortcut(**about, name=str(body["callback_id"]))


def home(about: Payload) -> HomeOpened:
    """The bot's own page was opened."""
    return HomeOpened(**about)


def installed(team: str, name: str, installer: str, delivery: str, locale: str = "en") -> Lifecycle:
    """The bot is in a workspace: new, or back."""
    who = Account(PLATFORM, account_id(team, installer)) if installer else None
    space = Space(PLATFORM, team)
    return Lifecycle(
        what=Life.INSTALLED, space=space, delivery=delivery, installer=who, workspace_name=name, locale=locale
    )


def removed(team: str, delivery: str) -> Lifecycle:
    """The bot is in a workspace no more."""
    return Lifecycle(what=Life.REMOVED, space=Space(PLATFORM, team), delivery=delivery)


def channel_gone(team: str, channel: str, delivery: str) -> Lifecycle:
    """A channel was deleted or archived."""
    return Lifecycle(what=Life.CHANNEL_GONE, space=Space(PLATFORM, team, channel), delivery=delivery)
