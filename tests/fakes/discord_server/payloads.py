"""Things of the world as Discord writes them."""

from typing import Any

from tests.fakes.discord_server import permissions
from tests.fakes.discord_server.world import (
    DM,
    FORUM,
    HAS_THREAD,
    Channel,
    Guild,
    Member,
    Message,
    Role,
    User,
    World,
)


def user(who: User) -> dict[str, Any]:
    """An account."""
    return {
        "id": who.id,
        "username": who.name,
        "discriminator": "0000" if who.bot else "0",
        "global_name": None if who.bot else who.shown,
        "avatar": None,
        "avatar_decoration_data": None,
        "bot": who.bot,
        "public_flags": 0,
        "primary_guild": None,
        "clan": None,
    }


def own_user(who: User) -> dict[str, Any]:
    """The bot's own account, which tells it more."""
    extra = {"verified": True, "mfa_enabled": True, "locale": "en-US", "flags": 0, "email": None, "bio": ""}
    return user(who) | extra


def application(world: World) -> dict[str, Any]:
    """The application behind the bot."""
    return {
        "id": world.application,
        "name": "Batchmate",
        "icon": None,
        "description": "",
        "type": None,
        "bot": user(world.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": user(next((one for one in world.users.values() if not one.bot), world.bot)),
        "team": None,
        "verify_key": "0" * 64,
        "flags": 0,
        "hook": True,
        "summary": "",
        "approximate_guild_count": len(world.guilds),
        "interactions_endpoint_url": None,
        "redirect_uris": [],
        "tags": [],
        "integration_types_config": {"0": {}},
    }


def role(one: Role) -> dict[str, Any]:
    """A role."""
    return {
        "id": one.id,
        "name": one.name,
        "description": None,
        "permissions": str(one.permissions),
        "position": one.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": one.bot is not None,
        "mentionable": False,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
        **({"tags": {"bot_id": one.bot}} if one.bot else {}),
    }


def member(one: Member) -> dict[str, Any]:
    """An account in a server."""
    return {
        "user": user(one.user),
        "nick": one.nick,
        "roles": list(one.roles),
        "joined_at": one.joined,
        "premium_since": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
        "avatar": None,
        "banner": None,
        "communication_disabled_until": None,
    }


def channel(one: Channel) -> dict[str, Any]:
    """A channel, thread or direct conversation."""
    last = next(reversed(one.messages), None)
    shared = {"id": one.id, "type": one.type, "last_message_id": last, "flags": 0}
    if one.type == DM:
        return shared | {"recipients": [user(one.recipient)] if one.recipient else []}
    shared |= {"guild_id": one.guild.id if one.guild else None, "name": one.name, "rate_limit_per_user": 0}
    shared |= {"parent_id": one.parent.id if one.parent else None}
    if one.is_thread:
        return shared | {
            "owner_id": one.owner,
            "message_count": len(one.messages),
            "total_message_sent": len(one.messages),
            "member_count": 1,
            "member_ids_preview": [one.owner],
            "thread_metadata": {
                "archived": one.archived,
                "archive_timestamp": one.created,
                "auto_archive_duration": one.archive_minutes,
                "locked": one.locked,
                "create_timestamp": one.created,
            },
        }
    overwrites = [
        {"id": entry.target, "type": entry.kind, "allow": str(entry.allow), "deny": str(entry.deny)}
        for entry in one.overwrites.values()
    ]
    shared |= {"position": one.position, "topic": None, "nsfw": False, "permission_overwrites": overwrites}
    return shared | ({"available_tags": []} if one.type == FORUM else {})


def partial_channel(one: Channel, who: User) -> dict[str, Any]:
    """A channel inside of an interaction: with what the member may do in it, without overwrites."""
    payload = channel(one)
    payload.pop("permission_overwrites", None)
    if one.guild is not None:
        payload["permissions"] = str(permissions.in_channel(one, who.id))
    return payload


def message(one: Message, *, nonce: str | int | None = None, blind: bool = False) -> dict[str, Any]:
    """A message; `blind` leaves out what a bot without the message content intent does not get.

    The nonce is not stored with a message: only the answer to the request that sent it carries it.
    """
    hidden = blind and not one.author.bot and one.channel.type != DM
    payload: dict[str, Any] = {
        "id": one.id,
        "channel_id": one.channel.id,
        "type": 0 if one.interaction is None or one.interaction["type"] != 2 else 20,
        "author": user(one.author),
        "content": "" if hidden else one.content,
        "embeds": [] if hidden else one.embeds,
        "components": [] if hidden else one.components,
        "attachments": [] if hidden else one.attachments,
        "mentions": [],
        "mention_roles": [],
        "mention_everyone": False,
        "pinned": False,
        "tts": False,
        "timestamp": one.created,
        "edited_timestamp": one.edited,
        "flags": one.flags | (HAS_THREAD if one.thread else 0),
    }
    if nonce is not None:
        payload["nonce"] = nonce
    if one.thread is not None:
        payload["thread"] = channel(one.thread)
    if one.interaction is not None:
        payload["interaction_metadata"] = one.interaction
        payload["webhook_id"] = payload["application_id"] = one.interaction["application"]
        payload["interaction_metadata"] = {k: v for k, v in one.interaction.items() if k != "application"}
    return payload


def guild(one: Guild) -> dict[str, Any]:
    """A server, as a request for it is answered."""
    return {
        "id": one.id,
        "name": one.name,
        "owner_id": one.owner,
        "icon": None,
        "description": None,
        "splash": None,
        "discovery_splash": None,
        "banner": None,
        "features": [],
        "emojis": [],
        "stickers": [],
        "roles": [role(entry) for entry in one.roles.values()],
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": one.locale,
        "vanity_url_code": None,
        "application_id": None,
        "max_members": 500_000,
        "max_presences": None,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
    }


def whole_guild(one: Guild, bot: User) -> dict[str, Any]:
    """A server, as GUILD_CREATE brings it to a bot that does not ask for its members."""
    own = one.members[bot.id]
    inside = list(one.channels.values())
    return guild(one) | {
        "joined_at": own.joined,
        "large": False,
        "unavailable": False,
        "member_count": len(one.members),
        "members": [member(own)],
        "channels": [channel(entry) for entry in inside if not entry.is_thread],
        "threads": [channel(entry) for entry in inside if entry.is_thread],
        "presences": [],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }
