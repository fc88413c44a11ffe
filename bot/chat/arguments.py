"""A line of words to a command and its options, as people type it: `topic:trees`, `topic: trees`, or in order."""

import difflib
import re
from collections.abc import Iterable, Mapping

from msgspec import Struct, field

from bot.chat.commands import Command, Option, OptionKind
from bot.chat.limits import shorten
from bot.chat.unseen import clean
from bot.chat.words import gettext as _
from bot.chat.words import say

QUOTES = {'"': '"', "“": "”", "„": "“", "«": "»", "'": "'", "‘": "’"}
_CHANNEL = re.compile(r"<#(\w+)(?:\|[^<>]*)?>|#?(\w[\w.-]{0,99})")  # `<#C0123|study>`, `#study` or `study`
LONGEST_LINE = 4_000
LONGEST_VALUE = 500


class ArgumentError(ValueError):
    """An option that cannot be used: its sentence names the value and what would do; `option` names the option."""

    def __init__(self, message: str, option: str | None = None) -> None:
        super().__init__(message)
        self.option = option


class Options(Struct, frozen=True):
    """A command's options, read and checked against its declaration."""

    given: Mapping[str, str | int | bool] = field(default_factory=dict)

    def text(self, name: str) -> str | None:
        """The text given for `name`, or None."""
        value = self.given.get(name)
        return None if value is None else str(value)

    def integer(self, name: str, default: int) -> int:
        """The number given for `name`, or `default`."""
        value = self.given.get(name)
        return default if value is None else int(value)

    def flag(self, name: str, *, default: bool) -> bool:
        """The yes or no given for `name`, or `default`."""
        value = self.given.get(name)
        return default if value is None else bool(value)


def split(line: str) -> list[str]:
    """The words of `line`; quotes, curled ones too, hold words together; an unclosed one is an ordinary character."""
    words: list[str] = []
    word = ""
    position = 0
    while position < len(line):
        character = line[position]
        closing = QUOTES.get(character) if not word or word[-1] in ":=" else None
        end = line.find(closing, position + 1) if closing else -1
        if closing and end < 0 and character == "“":
            end = line.find('"', position + 1)
        if end >= 0:
            word += line[position + 1 : end]
            position = end
            if not word:
                words.append("")
        elif character.isspace():
            words.extend([word] if word else [])
            word = ""
        else:
            word += character
        position += 1
    return [*words, word] if word else words


def find_command(commands: Iterable[Command], line: str) -> tuple[Command, str] | None:
    """The command that `line` begins with (the longest name wins) and the rest of the line."""
    words = line.split()
    best: tuple[Command, int] | None = None
    for command in commands:
        name = command.name.split()
        fits = [word.casefold() for word in words[: len(name)]] == name
        if fits and (best is None or len(name) > best[1]):
            best = (command, len(name))
    if best is None:
        return None
    return best[0], line.split(maxsplit=best[1])[best[1]] if len(words) > best[1] else ""


def nearest(word: str, names: Iterable[str]) -> str | None:
    """The name that `word` most likely meant, or None."""
    return next(iter(difflib.get_close_matches(word.casefold()[:60], list(names), n=1, cutoff=0.6)), None)


def read_line(command: Command, line: str) -> dict[str, str]:
    """The options in `line` by name, as text. Raises ArgumentError for a name or word too many."""
    raw, fault = read_what_fits(command, line)
    if fault is not None:
        raise fault
    return raw


def read_what_fits(command: Command, line: str) -> tuple[dict[str, str], ArgumentError | None]:
    """The options in `line` by name, as text; and what is wrong with the first word that is none of them."""
    raw: dict[str, str] = {}
    fault: ArgumentError | None = None
    words = split(line)
    running: Option | None = None
    taken = -1
    for position, word in enumerate(words):
        if position == taken:
            continue
        try:
            own = running is not None and word.partition(":")[0].casefold() in running.marks
            name, value = (None, word) if own else _named(command, raw, word)
            if name is not None:
                if not value and position + 1 < len(words) and not _is_named(command, words[position + 1]):
                    taken = position + 1
                    value = words[taken]
                running = named if (named := command.option(name)) and named.runs_on else None
            elif running is not None:
                name, value = running.name, f"{raw[running.name]} {word}"
            else:
                option = _next(command, raw, word)
                if option.rest:
                    raw[option.name] = " ".join(words[position:])
                    break
                name, value = option.name, word
        except ArgumentError as error:
            fault = fault or error
        else:
            raw[name] = value
    return raw, fault


def _next(command: Command, raw: Mapping[str, str], word: str) -> Option:
    for option in command.options:
        if option.name not in raw:
            return option
    raise ArgumentError(_("{word} is one word too many. {usage}").format(word=quoted(word), usage=usage(command)))


def _is_named(command: Command, word: str) -> bool:
    """Whether the word begins with an option's name and a mark."""
    return any(command.option(word.partition(mark)[0].casefold()) for mark in ":=" if mark in word)


def _named(command: Command, raw: Mapping[str, str], word: str) -> tuple[str | None, str]:
    for mark in ":=":
        name, found, value = word.partition(mark)
        if found and name.casefold() in {option.name for option in command.options}:
            if name.casefold() in raw:
                raise ArgumentError(_("{name} stands there twice; say it once.").format(name=name), name.casefold())
            return name.casefold(), value
    name, found, _value = word.partition(":")
    if found and name.isidentifier() and not any(option.rest for option in command.options):
        meant = nearest(name, (option.name for option in command.options))
        hint = _("Did you mean {name}?").format(name=f"{meant}:") if meant else usage(command)
        raise ArgumentError(_("There is no option {name}. {hint}").format(name=quoted(name), hint=hint), name)
    return None, word


def read_options(command: Command, raw: Mapping[str, str]) -> Options:
    """The options of a call, each checked against its declaration. Raises ArgumentError for the first fault."""
    given: dict[str, str | int | bool] = {}
    for name, value in raw.items():
        option = command.option(name)
        if option is None:
            raise ArgumentError(
                _("There is no option {name}. {hint}").format(name=quoted(name), hint=usage(command)), name
            )
        given[name] = _value(option, value)
    for option in missing(command, raw):
        raise ArgumentError(
            _("{name} is missing: {about}. {usage}").format(
                name=option.name, about=_(option.description), usage=usage(command)
            ),
            option.name,
        )
    return Options(given)


def missing(command: Command, raw: Mapping[str, str]) -> list[Option]:
    """The required options that `raw` lacks."""
    return [option for option in command.options if option.required and not raw.get(option.name)]


def _value(option: Option, value: str) -> str | int | bool:
    value = clean(str(value))
    if len(value) > LONGEST_VALUE:
        raise ArgumentError(
            _("{name} has {found} characters; at most {most} fit.").format(
                name=option.name, found=len(value), most=LONGEST_VALUE
            ),
            option.name,
        )
    if option.kind is OptionKind.INTEGER:
        return _integer(option, value)
    if option.kind is OptionKind.CHOICE:
        return _choice(option, value)
    if option.kind is OptionKind.BOOLEAN:
        return _boolean(option, value)
    if option.kind is OptionKind.MEMBER:
        return value.removeprefix("@")
    if option.kind is OptionKind.CHANNEL:
        return _channel(option, value)
    return value


def channel_in(value: str) -> str | None:
    """The channel that `value` names, as `#study`, `study` or `<#C0123|study>`; None for what cannot be one."""
    found = _CHANNEL.fullmatch(value)
    return (found[1] or found[2]) if found else None


def _channel(option: Option, value: str) -> str:
    found = channel_in(value)
    if found is None:
        raise ArgumentError(
            _("{name} is a channel, such as #study, not {value}.").format(name=option.name, value=quoted(value)),
            option.name,
        )
    return found


def _boolean(option: Option, value: str) -> bool:
    said = value.casefold()
    if said in ("yes", "true", "on", "1", _("yes").casefold()):
        return True
    if said in ("no", "false", "off", "0", _("no").casefold()):
        return False
    raise ArgumentError(
        _("{name} is yes or no, not {value}.").format(name=option.name, value=quoted(value)), option.name
    )


def _integer(option: Option, value: str) -> int:
    number = int(value) if value.removeprefix("-").isdecimal() and len(value) < 12 else None
    if number is None or not option.minimum <= number <= option.maximum:
        raise ArgumentError(
            _("{name} is a whole number from {low} to {high}, not {value}.").format(
                name=option.name, low=option.minimum, high=option.maximum, value=quoted(value)
            ),
            option.name,
        )
    return number


def _choice(option: Option, value: str) -> str:
    known = choice_in(option, value)
    if known is not None:
        return known
    names = ", ".join(known for known, _label in option.choices)
    raise ArgumentError(
        _("{name} is one of {choices}, not {value}.").format(name=option.name, choices=names, value=quoted(value)),
        option.name,
    )


def choice_in(option: Option, value: str) -> str | None:
    """The choice that `value` names, by itself or by its label, however it is written; None for none of them."""
    said = value.casefold()
    return next(
        (known for known, label in option.choices if said in (known.casefold(), label.casefold(), _(label).casefold())),
        None,
    )


def quoted(value: str) -> str:
    """`value` as it is named in a sentence: in quotes, cut where it is long."""
    return f"“{shorten(value, 60)}”"


def usage(command: Command) -> str:
    """How to type the command, in one line."""
    parts = [f"{option.name}:…" if option.required else f"[{option.name}:…]" for option in command.options]
    return _("Say: {usage}").format(usage=" ".join([say(command.name), *parts]))
