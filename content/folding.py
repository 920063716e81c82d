"""How words are compared, whatever their case, accents and apostrophes; and how a title stays on one line."""

import re
import unicodedata

PLAIN = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
    | {"’": "'", "ʼ": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "‑": "-"}
)
"""What Unicode does not decompose: ligatures and barred letters, typographic apostrophes, spaces and hyphens."""
LINE_SEPARATORS = re.compile("[\n\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]+")
BEYOND_ASCII = re.compile(r"[^\x00-\x7f]")


def fold(text: str) -> str:
    """Return `text` in lower case, without accents, ligatures or typographic apostrophes: « Œuvre » gives "oeuvre"."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold().translate(PLAIN))
    return unicodedata.normalize("NFC", BEYOND_ASCII.sub(_unless_combining, decomposed))


def _unless_combining(match: re.Match[str]) -> str:
    return "" if unicodedata.combining(match[0]) else match[0]


def one_line(text: str) -> str:
    """Return `text` with a space in place of what separates lines, for Python, Unicode or a mail program."""
    return LINE_SEPARATORS.sub(" ", text)
