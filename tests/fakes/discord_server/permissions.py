"""Permissions by name, and what somebody may do in a channel."""

from tests.fakes.discord_server.world import Channel, Guild

BITS = {
    "create_instant_invite": 1 << 0,
    "administrator": 1 << 3,
    "manage_channels": 1 << 4,
    "manage_guild": 1 << 5,
    "add_reactions": 1 << 6,
    "view_channel": 1 << 10,
    "send_messages": 1 << 11,
    "manage_messages": 1 << 13,
    "embed_links": 1 << 14,
    "attach_files": 1 << 15,
    "read_message_history": 1 << 16,
    "mention_everyone": 1 << 17,
    "manage_roles": 1 << 28,
    "use_application_commands": 1 << 31,
    "manage_threads": 1 << 34,
    "create_public_threads": 1 << 35,
    "create_private_threads": 1 << 36,
    "send_messages_in_threads": 1 << 38,
}
ALL = (1 << 53) - 1


def bits(*names: str) -> int:
    """Permissions by name, as one number."""
    return sum(BITS[name] for name in set(names))


EVERYONE = bits(
    "view_channel",
    "send_messages",
    "send_messages_in_threads",
    "create_public_threads",
    "embed_links",
    "attach_files",
    "read_message_history",
    "add_reactions",
    "use_application_commands",
)


def in_guild(guild: Guild, user: str) -> int:
    """What somebody may do in a server, channels aside."""
    if user == guild.owner:
        return ALL
    granted = guild.roles[guild.id].permissions
    member = guild.members.get(user)
    for role in member.roles if member else ():
        granted |= guild.roles[role].permissions
    return ALL if granted & BITS["administrator"] else granted


def in_channel(channel: Channel, user: str) -> int:
    """What somebody may do in a channel; a thread has the permissions of its channel."""
    if channel.guild is None:
        return EVERYONE
    granted = in_guild(channel.guild, user)
    if granted == ALL:
        return ALL
    overwrites = (channel.parent or channel).overwrites if channel.is_thread else channel.overwrites
    member = channel.guild.members.get(user)
    everyone = overwrites.get(channel.guild.id)
    if everyone is not None:
        granted = granted & ~everyone.deny | everyone.allow
    of_roles = [overwrites[role] for role in (member.roles if member else ()) if role in overwrites]
    for overwrite in of_roles:
        granted &= ~overwrite.deny
    for overwrite in of_roles:
        granted |= overwrite.allow
    own = overwrites.get(user)
    if own is not None:
        granted = granted & ~own.deny | own.allow
    return granted


def may(channel: Channel, user: str, name: str) -> bool:
    """Whether somebody has a permission in a channel."""
    return bool(in_channel(channel, user) & BITS[name])
