"""Batchmate in Discord: discord.py's client, string tokens, Components V2."""

import discord

discord.VoiceClient.warn_nacl = discord.VoiceClient.warn_dave = False  # voice is not ours, and nobody misses it
