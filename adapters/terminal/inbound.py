"""A line as it was typed to the gesture that it means. Pure: it reads the screen and changes nothing."""

from collections.abc import Mapping

from msgspec import Struct, field

from adapters.terminal.screen import Message, Screen, Target, lettered_select, letters, typed_button
from bot.chat.arguments import (
    LONGEST_LINE,
    ArgumentError,
    find_command,
    missing,
    nearest,
    quoted,
    read_line,
)
from bot.chat.commands import Command
from bot.chat.forms import Field, FieldKind
from bot.chat.inline import typed
from bot.chat.tokens import make_token
from bot.chat.unseen import clean
from bot.chat.words import gettext as _

GESTURES = ("as", "exit", "quit", "wait", "cancel")
LONGEST_NAME = 32
SHORT = 3
NO_ANSWERS = ("hint", "next")


class Nothing(Struct, frozen=True):
    """An empty line."""


class Leave(Struct, frozen=True):
    """End the session."""


class Wait(Struct, frozen=True):
    """Let time pass until the next thing that is due."""


class Become(Struct, frozen=True):
    """Act as another member from now on."""

    name: str
    moderator: bool


class Call(Struct, frozen=True):
    """A command with its options; `wanting` if a required one is missing, so that its form must open."""

    command: Command
    options: Mapping[str, str] = field(default_factory=dict)
    wanting: bool = False


class PressIt(Struct, frozen=True):
    """A button, or lines of a select; `typed` fills the only field of the form that the button opens."""

    message: str
    token: str
    values: tuple[str, ...] = ()
    typed: str | None = None


class Fill(Struct, frozen=True):
    """The next field of the form in work."""

    value: str


class Cancel(Struct, frozen=True):
    """Leave the form."""


class Wrong(Struct, frozen=True):
    """A line that means nothing; the sentence says what would do."""

    sentence: str


Gesture = Nothing | Leave | Wait | Become | Call | PressIt | Fill | Cancel | Wrong


def read(line: str, screen: Screen, user: str, commands: Mapping[str, Command]) -> Gesture:
    """What `line` means to `user`: a slash command, a command or gesture word, an answer, or a slip to mend."""
    if len(line) > LONGEST_LINE:
        return Wrong(
            _("That line has {found} characters; at most {most} fit.").format(found=len(line), most=LONGEST_LINE)
        )
    words = clean(line)
    if not words:
        return Nothing()
    if words.startswith("/"):
        rest = words[1:].strip()
        return _gesture(rest, screen, user) or _command(rest, commands) or _unknown(rest, commands)
    if user in screen.filling:
        text = words[1:].strip() if words.startswith("=") else words
        is_gesture = text == words and not _is_channel(words, screen.filling[user].asked)
        return (_gesture(words, screen, user) if is_gesture else None) or Fill(text)
    if words.startswith("="):
        return _answer(words[1:].strip(), screen, user) or Wrong(_("No question is open. Say quiz start to get one."))
    return (
        _gesture(words, screen, user)
        or _command(words, commands)
        or _label(words, screen, user)
        or _no_answer(words)
        or _answer(words, screen, user)
        or _unknown(words, commands, _open_letters(screen, user))
    )


def _is_channel(words: str, asked: Field | None) -> bool:
    """Whether words with a # before them are the channel that is asked for, and no button's number."""
    asks = asked is not None and asked.kind is FieldKind.CHANNEL
    return asks and words.startswith("#") and not words[1:].strip().isdecimal()


def _gesture(words: str, screen: Screen, user: str) -> Gesture | None:
    lower = words.casefold()
    if lower == "cancel":
        return Cancel() if user in screen.filling else Wrong(_("No form is open."))
    if lower in ("exit", "quit"):
        return Leave()
    if lower == "wait":
        return Wait()
    if words.startswith("#"):
        return _number(words, screen, user)
    name = words.split()
    if lower.startswith("as ") and len(name) in (2, 3) and (len(name) == 2 or name[2].casefold() == "moderator"):
        if len(name[1]) > LONGEST_NAME:
            return Wrong(_("A name has at most {most} characters.").format(most=LONGEST_NAME))
        return Become(name[1], len(name) == 3)
    return None


def _number(words: str, screen: Screen, user: str) -> Gesture | None:
    digits = words[1:].strip()
    if not digits.isdecimal() or len(digits) > 9:
        return Wrong(_("{given} is no button; type # and its number, such as #3.").format(given=quoted(words)))
    target = screen.targets.get(int(digits))
    if target is None:
        return Wrong(_("There is no button {given} on the screen.").format(given=quoted(words)))
    message = screen.messages.get(target.message)
    if message is not None and message.audience not in (None, user):
        return Wrong(_("That button belongs to {name}.").format(name=message.audience))
    return _press(target)


def _press(target: Target) -> PressIt:
    return PressIt(target.message, target.token, () if target.value is None else (target.value,))


def _command(words: str, commands: Mapping[str, Command]) -> Gesture | None:
    found = find_command(commands.values(), words)
    if found is None:
        return None
    command, rest = found
    try:
        options = read_line(command, rest)
    except ArgumentError as error:
        return Wrong(typed(str(error)))
    return Call(command, options, wanting=bool(missing(command, options)))


def _label(words: str, screen: Screen, user: str) -> Gesture | None:
    """A button called by its words: only those of the newest messages, so that old ones do not answer by surprise."""
    wanted = words.casefold().rstrip(".")
    for message in list(screen.seen_by(user))[:3]:
        for label, number in message.numbers.items():
            if label.casefold() == wanted:
                return _press(screen.targets[number])
    return None


def _no_answer(words: str) -> Gesture | None:
    if words.casefold() not in NO_ANSWERS:
        return None
    return Wrong(_("There is no such button here. As an answer it is written ={words}").format(words=words))


def _answer(words: str, screen: Screen, user: str) -> Gesture | None:
    for message in screen.seen_by(user):
        found = _answer_to(words, message)
        if found is not None or _is_question(message):
            return found
    return None


def _open_letters(screen: Screen, user: str) -> str:
    """The letters that would answer the newest question that this member sees."""
    for message in screen.seen_by(user):
        select = lettered_select(message.card)
        if known := letters(message.card) or (select[1] if select else {}):
            return ", ".join(known)
    return ""


def _is_question(message: Message) -> bool:
    card = message.card
    return bool(letters(card)) or lettered_select(card) is not None or typed_button(card) is not None


def _answer_to(words: str, message: Message) -> Gesture | None:
    if button := typed_button(message.card):
        return PressIt(message.id, button.token, typed=words)
    wanted = words.casefold()
    if wanted in (known := letters(message.card)):
        return PressIt(message.id, known[wanted].token)
    if select := lettered_select(message.card):
        block, choices = select
        given = [letter for letter in wanted if letter.isalnum()]
        parts = wanted.replace(",", " ").replace("+", " ").split()
        apart = all(len(part) == 1 for part in parts) or parts == ["".join(sorted(given))]
        if given and apart and all(letter in choices for letter in given):
            values = tuple(choices[letter].value for letter in dict.fromkeys(given))
            return PressIt(message.id, make_token(block.action, block.args), values)
    return None


def _unknown(words: str, commands: Mapping[str, Command], open_letters: str = "") -> Wrong:
    if not words:
        return Wrong(_("Type a command after the slash; help lists them."))
    first = words.split(maxsplit=1)[0].casefold()
    group = [name for name in commands if name.split()[0] == first]
    if group and (words.casefold() == first or not nearest(" ".join(words.split()[:2]), group)):
        return Wrong(_("Say one of: {commands}.").format(commands=", ".join(group)))
    if open_letters and (len(words) <= SHORT or not nearest(first, commands)):
        return Wrong(_("{given} is none of the answers: {letters}.").format(given=quoted(words), letters=open_letters))
    if len(first) == 1:
        return Wrong(_("No question is open. Say quiz start to get one."))
    two = " ".join(words.split()[:2])
    meant = nearest(two, commands) or nearest(first, [*commands, *GESTURES])
    if meant:
        return Wrong(_("{given} is no command. Did you mean {meant}?").format(given=quoted(words), meant=meant))
    return Wrong(
        _("{given} is no command and no question is open for it. Say help to see all commands.").format(
            given=quoted(words)
        )
    )
