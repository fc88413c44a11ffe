"""The language that the core and every chat adapter share: people, cards, commands, requests and replies."""
