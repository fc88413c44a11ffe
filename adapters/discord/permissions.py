"""The permissions that the bot needs in Discord, by the names that Discord's own settings show."""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import discord
from msgspec.structs import replace

from bot.chat.people import Powers, Roles
from bot.chat.words import marked as _

ROLE = "&"  # before a role's id, as Discord's own mentions have it: a role and a member never share an id
TO_POST = {"view_channel": "View Channel", "send_messages": "Send Messages"}
BESIDE = {"read_message_history": "Read Message History", "attach_files": "Attach Files"}
IN_A_THREAD = {"send_messages_in_threads": "Send Messages in Threads"}
TO_THREAD = {"create_public_threads": "Create Public Threads", **IN_A_THREAD}
NEEDED = {**TO_POST, **BESIDE, **TO_THREAD}
MENUS = _(
    "To show the moderators' commands to that role: Server Settings, Integrations, Batchmate, Commands; choose a "
    "command and add the role. Members and roles are picked from the list that opens at @."
)
ROLES = Roles(
    r"&\d+",
    _("Type @ behind ping: in the command and choose a role from the list."),
    r"&?\d+",
    _("Type @ behind value: in the command and choose members or roles from the list."),
    louder=_(
        "A post cannot notify that role yet. Server Settings, Roles, the role: allow anyone to @mention it; then say "
        "it again."
    ),
    channels=r"\d+",
    pick=_("Type # behind value: in the command and choose the channel from the list."),
)
WITH_THREADS = (discord.ChannelType.text, discord.ChannelType.news)
THREADS = (discord.ChannelType.public_thread, discord.ChannelType.private_thread, discord.ChannelType.news_thread)


def least() -> discord.Permissions:
    """The fewest permissions with which everything works."""
    return discord.Permissions(**dict.fromkeys(NEEDED, True))


def to_post(held: discord.Permissions, *, in_thread: bool) -> tuple[str, ...]:
    """What is missing in `held` to post in a channel, or in a thread."""
    wanted = {name: words for name, words in TO_POST.items() if not (in_thread and name == "send_messages")}
    return _missing(held, {**wanted, **IN_A_THREAD} if in_thread else wanted)


def to_work(held: discord.Permissions, *, in_thread: bool) -> tuple[str, ...]:
    """What is missing to post, or where nothing is, to find a message again and to show pictures."""
    return to_post(held, in_thread=in_thread) or _missing(held, BESIDE)


def roles(guild_id: int | None, guild: discord.Guild | None, held: discord.Permissions, asked: Sequence[int]) -> Roles:
    """Whom members may name, for a request with these roles; everybody, a role of the server's own id, is none."""
    named = rf"&(?!{guild_id}$)\d+" if guild_id in asked else ROLES.named
    return replace(ROLES, named=named, silent=silent(guild, held, asked))


def silent(guild: discord.Guild | None, held: discord.Permissions, asked: Iterable[int]) -> frozenset[str]:
    """Those of the roles that the bot may not mention with what it holds; of an unknown role nothing is said."""
    if guild is None or held.mention_everyone or held.administrator:
        return frozenset()
    known = filter(None, map(guild.get_role, asked))
    return frozenset(f"{ROLE}{role.id}" for role in known if not (role.mentionable or role.is_default()))


@lru_cache(maxsize=1024)
def powers(held: discord.Permissions, kind: discord.ChannelType | None, nameable: Roles = ROLES) -> Powers:
    """What the bot may do in a channel of that kind with what it holds there; whom members may name."""
    threads = kind in WITH_THREADS
    return Powers(
        lacks_to_post=to_post(held, in_thread=kind in THREADS),
        lacks_to_thread=_missing(held, TO_THREAD) if threads else (),
        threads=threads,
        menus=MENUS,
        roles=nameable,
    )


def lacking(held: discord.Permissions) -> tuple[str, ...]:
    """What of all that is needed is missing in a server."""
    return _missing(held, NEEDED)


def _missing(held: discord.Permissions, wanted: dict[str, str]) -> tuple[str, ...]:
    if held.administrator:
        return ()
    return tuple(words for name, words in wanted.items() if not getattr(held, name))
