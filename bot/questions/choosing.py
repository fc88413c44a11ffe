"""What single choice and multiple answers share: options in drawn order, letters or texts as answers."""

from bot.chat.words import gettext as _
from bot.questions.item import Item, Question
from bot.questions.shown import LETTERS, Grade, Input, Shown, ShownOption, UnreadableError
from bot.rules.draws import Draw
from bot.rules.responses import Response


def show(item: Item, draw: Draw, how: Input) -> Shown:
    """The question with its options in the order drawn, or as written where the item says so."""
    assert isinstance(item, Question)  # noqa: S101 (narrows the type; the registry pairs kind and model)
    options = shown_options(item)
    return Shown(item, how, item.stem, tuple(draw.shuffled(options) if item.shuffle else options))


def shown_options(item: Question) -> tuple[ShownOption, ...]:
    """The options of an item in their written order."""
    return tuple(
        ShownOption(at, option.text.strip(), option.why, option.correct, option.value, option.misconception)
        for at, option in enumerate(item.options)
    )


def read_letters(shown: Shown, given: str) -> tuple[int, ...]:
    """The options that a line names: letters (`b`, `a c`, `ac`) or one option's whole text. Raises UnreadableError."""
    wanted = " ".join(given.casefold().split())
    for option in shown.options:
        if wanted == " ".join(option.text.casefold().split()):
            return (option.id,)
    letters = [c for c in wanted.upper() if not c.isspace() and c not in ",;+&."]
    known = LETTERS[: len(shown.options)]
    if not letters or any(letter not in known for letter in letters):
        raise UnreadableError(
            _("“{given}” is none of the answers; choose from {letters}.").format(
                given=given[:60], letters=", ".join(known)
            )
        )
    return tuple(dict.fromkeys(shown.options[known.index(letter)].id for letter in letters))


def chosen(shown: Shown, given: str | tuple[int, ...]) -> tuple[int, ...]:
    """The ids of the options that were pressed or typed, in the order shown. Raises UnreadableError."""
    ids = read_letters(shown, given) if isinstance(given, str) else given
    if not ids or any(shown.option(option_id) is None for option_id in ids):
        raise UnreadableError(_("That is none of the answers of this question."))
    return tuple(option.id for option in shown.options if option.id in ids)


def grade(shown: Shown, response: Response) -> Grade:
    """Right if exactly the right options were chosen."""
    hit = tuple(option for option in shown.options if option.id in response.options)
    right = {option.id for option in shown.right()}
    return Grade(set(response.options) == right, hit)
