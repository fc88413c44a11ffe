"""A small, strict Discord over real sockets: REST and gateway for one bot, with verbs for members and for trouble."""

from tests.fakes.discord_server.errors import ImpossibleGesture
from tests.fakes.discord_server.interactions import Interaction, all_of
from tests.fakes.discord_server.log import DROPPED_AFTER, DROPPED_BEFORE, NONCE_KNOWN, PLANTED, Request
from tests.fakes.discord_server.server import DiscordServer
from tests.fakes.discord_server.world import Channel, Guild, Message, User

__all__ = [
    "DROPPED_AFTER",
    "DROPPED_BEFORE",
    "NONCE_KNOWN",
    "PLANTED",
    "Channel",
    "DiscordServer",
    "Guild",
    "ImpossibleGesture",
    "Interaction",
    "Message",
    "Request",
    "User",
    "all_of",
]
