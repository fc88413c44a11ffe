"""Batchmate in Slack: bolt's asynchronous app, one slash command, Block Kit."""
