"""Every word of the interface goes through one gettext catalogue, in the locale of who reads it.

The locale is set once per request (`speaking`); text is written in English in the code, and another
language is one file, `locale/<language>/LC_MESSAGES/batchmate.mo`. `PSEUDO` is a language made by rule,
with which a test finds text that was never marked.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from gettext import NullTranslations, translation
from pathlib import Path
from re import compile as regex

FOLDER = Path(__file__).parent / "locale"
DOMAIN = "batchmate"
ENGLISH = "en"
PSEUDO = "xx"
SAY, SAID = "\ue000", "\ue001"  # private characters round a command that stands in a sentence

_locale: ContextVar[str] = ContextVar("locale", default=ENGLISH)
_LETTERS = str.maketrans("aeiouAEIOU", "áéíóúÁÉÍÓÚ")
_PLACEHOLDER = regex(r"(\{[^}]*\})")


class _PseudoTranslations(NullTranslations):
    """Accents on every vowel and brackets round every message; placeholders stay."""

    def gettext(self, message: str) -> str:
        parts = _PLACEHOLDER.split(message)
        return "⟦" + "".join(p if p.startswith("{") else p.translate(_LETTERS) for p in parts) + "⟧"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self.gettext(msgid1 if n == 1 else msgid2)


@lru_cache(maxsize=64)
def _catalogue(locale: str) -> NullTranslations:
    if locale == PSEUDO:
        return _PseudoTranslations()
    wanted = locale.replace("-", "_")
    return translation(DOMAIN, FOLDER, languages=[wanted, wanted.split("_")[0]], fallback=True)


def languages() -> list[str]:
    """The locales that there is a catalogue for, English first."""
    return [ENGLISH, *sorted(folder.name for folder in FOLDER.glob("*/") if (folder / "LC_MESSAGES").is_dir())]


@contextmanager
def speaking(locale: str) -> Iterator[None]:
    """Within this block every word is in `locale`; an unknown one means English."""
    token = _locale.set(locale)
    try:
        yield
    finally:
        _locale.reset(token)


def spoken() -> str:
    """The locale in force."""
    return _locale.get()


def gettext(message: str) -> str:
    """`message` in the locale in force."""
    locale = _locale.get()
    return message if locale == ENGLISH else _catalogue(locale).gettext(message)


def ngettext(one: str, many: str, number: int) -> str:
    """`one` or `many`, as the locale in force says for `number`."""
    locale = _locale.get()
    if locale == ENGLISH:
        return one if number == 1 else many
    return _catalogue(locale).ngettext(one, many, number)


def say(command: str) -> str:
    """`command` within a sentence, so that each platform can write it as it is typed there: `/quiz start`, say."""
    return f"{SAY}{command}{SAID}"


def marked(message: str) -> str:
    """`message` unchanged, marked for the catalogue: for declarations, which are translated when shown."""
    return message
