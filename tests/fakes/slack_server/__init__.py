"""A small, strict Slack over real sockets: Web API, websockets and signed requests for one app, and members' verbs."""

from tests.fakes.slack_server.blocks import problems, view_problems, weight
from tests.fakes.slack_server.errors import ImpossibleGesture
from tests.fakes.slack_server.interactions import Interaction, all_of
from tests.fakes.slack_server.log import DROPPED_AFTER, DROPPED_BEFORE, PLANTED, Call
from tests.fakes.slack_server.server import SlackServer
from tests.fakes.slack_server.things import Channel, Group, Message, Team, User, View

__all__ = [
    "DROPPED_AFTER",
    "DROPPED_BEFORE",
    "PLANTED",
    "Call",
    "Channel",
    "Group",
    "ImpossibleGesture",
    "Interaction",
    "Message",
    "SlackServer",
    "Team",
    "User",
    "View",
    "all_of",
    "problems",
    "view_problems",
    "weight",
]
