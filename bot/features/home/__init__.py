"""The bot's own page, on platforms that give it one: what waits, and everything a press away."""

from bot.chat.commands import Feature
from bot.features.home import handlers

FEATURE = Feature("home", home=handlers.page)
