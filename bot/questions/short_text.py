"""Short text: one term, with its aliases and a safe tolerance for slips of the finger."""

import re
import unicodedata
from typing import Literal

from pydantic import model_validator

from bot.chat.words import gettext as _
from bot.questions.choosing import shown_options
from bot.questions.item import Item, Question, need
from bot.questions.shown import Grade, Input, Shown, UnreadableError
from bot.rules.draws import Draw
from bot.rules.responses import Response

LONGEST = 100
_PUNCTUATION = re.compile(r"[\s\-_/.,;:!?'\"`()\[\]]+")
_ARTICLES = ("the ", "a ", "an ")


class ShortTextQuestion(Question):
    """`kind: short_text`: `accept` lists further spellings of the right answer."""

    kind: Literal["short_text"]
    accept: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _one_term(self) -> "ShortTextQuestion":
        need(len(self.right()) == 1, "a short text has one right answer (further spellings go to `accept`)")
        wrong = {normal(option.text) for option in self.options if not option.correct}
        need(not wrong & {normal(alias) for alias in self.accept}, "a wrong answer is among the accepted ones")
        return self


class ShortText:
    """Type a term."""

    name = "short_text"
    model: type[Item] = ShortTextQuestion

    def show(self, item: Item, draw: Draw) -> Shown:  # noqa: ARG002 (nothing is drawn for a term)
        """The question, its known answers kept back."""
        assert isinstance(item, ShortTextQuestion)  # noqa: S101 (narrows the type)
        return Shown(item, Input.WORDS, item.stem, shown_options(item), accept=item.accept)

    def read(self, shown: Shown, given: str | tuple[int, ...]) -> Response:  # noqa: ARG002 (any words are an answer)
        """The words as typed."""
        words = given if isinstance(given, str) else ""
        if not normal(words) or len(words) > LONGEST:
            raise UnreadableError(_("Type a word or two, at most {most} characters.").format(most=LONGEST))
        return Response(text=words.strip())

    def grade(self, shown: Shown, response: Response) -> Grade:
        """Right if it is the term or an alias, or a slip away from one and farther from every wrong answer."""
        given = normal(response.text or "")
        wrong = [(normal(option.text), option) for option in shown.options if not option.correct]
        right = shown.right()[0]
        for known, option in wrong:
            if given == known:
                return Grade(correct=False, hit=(option,))
        spellings = [normal(right.text), *(normal(alias) for alias in shown.accept)]
        if given in spellings or any(_slip(given, spelling, [k for k, _option in wrong]) for spelling in spellings):
            return Grade(correct=True, hit=(right,))
        return Grade(correct=False)


def normal(words: str) -> str:
    """A term as it is compared: no case, accents, articles or punctuation."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(character for character in plain if not unicodedata.combining(character))
    text = _PUNCTUATION.sub(" ", plain).strip()
    for article in _ARTICLES:
        text = text.removeprefix(article)
    return text.replace(" ", "")


def allowed_slips(term: str) -> int:
    """How many letters may be off: none below 5 letters, 1 below 9, else 2."""
    return 0 if len(term) < 5 else 1 if len(term) < 9 else 2


def _slip(given: str, term: str, wrong: list[str]) -> bool:
    from rapidfuzz.distance import OSA  # noqa: PLC0415 (needed for near misses only; costs start-up time)

    limit = min(allowed_slips(term), allowed_slips(given))
    if limit == 0 or any(character.isdigit() for character in given + term):
        return False
    off = OSA.distance(given, term, score_cutoff=limit)
    return off <= limit and all(OSA.distance(given, other) > off for other in wrong)
