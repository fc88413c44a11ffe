"""One module per migration; the newest is named by `HEAD` in `bot.store.migrate`."""
