"""The question bank, as data: read by `bot.library`, checked by `batchmate bank check`."""
