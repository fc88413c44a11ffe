"""The week in one card: what the group learned, who improved, and its board as a picture."""

from bot.chat.commands import Feature

FEATURE = Feature("digest")
