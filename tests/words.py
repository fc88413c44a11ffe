"""The catalogue of the interface's words, `bot/chat/locale/batchmate.pot`, made from the code (`make words`)."""

import sys
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import write_po

ROOT = Path(__file__).parent.parent
TEMPLATE = ROOT / "bot" / "chat" / "locale" / "batchmate.pot"
KEYWORDS = {"_": None, "gettext": None, "marked": None, "ngettext": (1, 2)}


def catalogue() -> bytes:
    """Every marked message of the core and the adapters, sorted, without dates or line numbers that change."""
    found = Catalog(project="Batchmate", charset="utf-8", fuzzy=False)
    for folder in ("bot", "adapters"):
        for path, _line, message, _comments, _context in extract_from_dir(ROOT / folder, keywords=KEYWORDS):
            found.add(message, locations=[(f"{folder}/{path}", 0)])
    written = BytesIO()
    write_po(written, found, sort_output=True, omit_header=True, include_lineno=False, width=110)
    return written.getvalue()


if __name__ == "__main__":
    if "--write" in sys.argv:
        TEMPLATE.parent.mkdir(parents=True, exist_ok=True)
        TEMPLATE.write_bytes(catalogue())
    sys.exit(0 if TEMPLATE.read_bytes() == catalogue() else "The catalogue is out of date: say make words.")
