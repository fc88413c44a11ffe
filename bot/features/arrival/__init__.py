"""The bot's own first words: when it comes to a workspace or comes back, and when something keeps it from posting."""

from bot.chat.commands import Feature
from bot.chat.requests import Life
from bot.features.arrival import handlers

FEATURE = Feature("arrival", lifecycle={Life.INSTALLED: handlers.welcome})
