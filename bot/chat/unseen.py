"""Characters that nobody sees: copied text has them, and with them one name can be made to look like another."""

import re
import unicodedata

HIDDEN = "\ue000\ue001\u200b\u2060\ufeff\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
JOINER, PICTURED = "\u200d", "\ufe0f"  # within emoji
_BLANK = re.compile(  # letters, marks and unused places that are drawn as nothing
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2065\u2800\u3164\ufe00-\ufe0e\uffa0\ufff0-\ufff8"
    "\U000e0000-\U000e0fff]"
)
_EMOJI = f"[\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]{PICTURED}?"
_EMOJI_OR_MARK = re.compile(f"({_EMOJI}(?:{JOINER}{_EMOJI})*)|[{JOINER}{PICTURED}]")


def clean(line: str) -> str:
    """`line` without hidden characters, each kind of space a plain one; everything else stays as typed."""
    return "".join(" " if c.isspace() else "" if _is_hidden(c) else c for c in line).strip()


def _is_hidden(character: str) -> bool:
    """Controls, halves of surrogates, and marks that turn or hide the text round them."""
    return unicodedata.category(character) in ("Cc", "Cs") or character in HIDDEN


def without_hidden(text: str) -> str:
    """`text` without characters that nobody sees; its spaces and line breaks stay as typed."""
    return "".join(c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))


def name_as_seen(name: str) -> str:
    """`name` without what nobody sees, so that none is empty or looks like another; emoji stay whole."""
    kept = "".join(c for c in _BLANK.sub("", clean(name)) if c == JOINER or unicodedata.category(c) != "Cf")
    return _EMOJI_OR_MARK.sub(r"\1", kept)
