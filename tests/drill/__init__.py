"""Three days of many groups: real processes that are killed, a platform that forgets, a clock that jumps."""
