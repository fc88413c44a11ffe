"""A member who has read the bank: what to answer to a question, rightly or wrongly, from what stands on the screen."""

import re
from dataclasses import dataclass

from bot.library import Library
from bot.questions.item import Item, Question
from bot.questions.shown import ShownOption
from bot.questions.template import TemplateItem, options_for
from tests.stages.stage import Stage

_OPTION = re.compile(r"^(?:\[([A-J])\. (.+)\]|([A-J])\. (.+?)(?:  \(.*)?)$", re.MULTILINE)  # on a button, or written


@dataclass(frozen=True, slots=True)
class Known:
    """A question that somebody recognised: its item, and what is right and wrong about it."""

    item: Item
    options: tuple[ShownOption, ...]

    @property
    def id(self) -> str:
        """The item's id."""
        return self.item.id

    @property
    def topic(self) -> str:
        """The item's topic."""
        return self.item.topic

    def texts(self, *, right: bool) -> list[str]:
        """The right answers, or the known wrong ones."""
        return [option.text for option in self.options if option.correct == right]


class Knowledge:
    """Finds the question that a text shows and answers it as a member would."""

    def __init__(self, library: Library) -> None:
        self._items = list(library.items.values())

    def question(self, text: str) -> Known:
        """The question whose stem stands in `text`; of a template, with the numbers that it shows."""
        flat = " ".join(text.split())
        for item in self._items:
            if isinstance(item, Question) and " ".join(item.stem.split()) in flat:
                options = (ShownOption(at, o.text, o.why, o.correct) for at, o in enumerate(item.options))
                return Known(item, tuple(options))
            if isinstance(item, TemplateItem) and (match := _pattern(item).search(flat)):
                params = {name: int(value) for name, value in match.groupdict().items()}
                return Known(item, tuple(options_for(item, params)))
        raise AssertionError(f"no question of the bank in: {text}")

    def letters(self, text: str, *, right: bool) -> list[str]:
        """The letters of the right options, or of one wrong option, as `text` shows them."""
        wanted = self.question(text).texts(right=right)
        found = [line[1] or line[3] for line in _OPTION.finditer(text) if (line[2] or line[4]) in wanted]
        return found if right else found[:1]

    async def answer(self, stage: Stage, text: str, *, right: bool = True, by: str = "ann") -> None:
        """Answer the question that `text` shows."""
        known = self.question(text)
        if known.item.kind == "multi":
            await stage.choose(*self.letters(text, right=right), by=by)
        elif known.item.kind == "mcq":
            await stage.press(self.letters(text, right=right)[0], by=by)
        else:
            await stage.answer(known.texts(right=right)[0], by=by)


def _pattern(item: TemplateItem) -> re.Pattern[str]:
    seen: set[str] = set()

    def hole(match: re.Match[str]) -> str:
        name = match.group(1)
        again = name in seen
        seen.add(name)
        return f"(?P={name})" if again else rf"(?P<{name}>\d+)"

    return re.compile(re.sub(r"\\\{(\w+)\\\}", hole, re.escape(" ".join(item.stem.split()))))
