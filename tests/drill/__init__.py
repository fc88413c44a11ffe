"""Three days of many groups in a minute: real processes that are killed, a platform that forgets, a clock that jumps."""
