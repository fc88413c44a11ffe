"""Batchmate in Discord: discord.py's client, string tokens, Components V2."""
