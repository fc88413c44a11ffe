"""The playground: a whole study group in one terminal or pipe, no account needed."""
