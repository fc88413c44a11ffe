"""Content tools for the command line: check, proofs, schemas; nothing here runs in the bot."""
