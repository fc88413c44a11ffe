"""What a scene can do on any stage: members' gestures in words, and what anybody sees afterwards.

In what members write, `#study` is the stage's own channel; on Discord and Slack there is another one, `#elsewhere`, and
a terminal's screen shows every channel that is posted to. What is read names channels and members in the same way.

To add a stage: a module beside this one with a class of these methods, and a line in `tests/scenes/conftest.py`.
"""

from typing import Protocol

from tests.clock import Clock

MAIN, OTHER = "study", "elsewhere"


class Stage(Protocol):
    """One group in one place of a platform, with as many members as gestures name."""

    clock: Clock

    async def open(self) -> None:
        """The curtain rises."""
        ...

    async def close(self) -> None:
        """End the stage."""
        ...

    async def say(self, words: str, *, by: str = "ann", moderator: bool = False) -> None:
        """A member uses a command: `quiz start topic:trees`; once a `moderator`, always one."""
        ...

    async def press(self, label: str, *, by: str = "ann") -> None:
        """A member presses the newest button with that label, or with that letter, that they see."""
        ...

    async def choose(self, *letters: str, by: str = "ann") -> None:
        """A member chooses lines of the newest select that they see, by their first letters, and sends them."""
        ...

    async def answer(self, words: str, *, by: str = "ann") -> None:
        """A member writes an answer to the newest question that wants one typed."""
        ...

    async def submit(self, *, by: str = "ann", **fields: str) -> None:
        """A member fills in the form in front of them and sends it."""
        ...

    async def pass_time(self, seconds: float) -> None:
        """The clock moves on; what falls due happens."""
        ...

    async def restart(self) -> None:
        """The process is gone without a word, and another starts on the same database."""
        ...

    def public(self, channel: str = MAIN) -> list[str]:
        """The messages that everybody in a channel sees, threads too, as they stand now, the oldest first."""
        ...

    def private(self, member: str) -> list[str]:
        """The messages that this member alone has seen, the newest as it stands now, the oldest first.

        Where a platform replaces a message in place, what stood there before is one of them.
        """
        ...

    def form(self, member: str) -> list[str]:
        """The labels of the form in front of this member; empty if there is none."""
        ...
