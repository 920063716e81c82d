"""Owns how words are compared: folding and alphabetical order, the same in Python and in every database."""

import unicodedata

LIGATURES = str.maketrans(
    {"œ": "oe", "æ": "ae", "ß": "ss", "ø": "o", "đ": "d", "ð": "d", "þ": "th", "ł": "l", "ı": "i"}
)
APOSTROPHES = str.maketrans({"’": "'", "ʼ": "'", "‘": "'", "\u00a0": " ", "\u202f": " ", "‑": "-"})


def fold(text):
    """Return `text` in lower case, without accents, ligatures or typographic apostrophes: « Œuvre » gives "oeuvre"."""
    plain = text.casefold().translate(LIGATURES).translate(APOSTROPHES)
    decomposed = unicodedata.normalize("NFKD", plain)
    return unicodedata.normalize("NFC", "".join(char for char in decomposed if not unicodedata.combining(char)))


def sort_key(text):
    """Return bytes that sort as a French or English dictionary does, compared byte by byte.

    Letters first, then accents, then capitals, as levels one to three of the Unicode Collation Algorithm (UTS 10);
    marks before the first letter (a quotation mark, a dash) do not count.
    """
    folded = " ".join("".join(char if char.isalnum() else " " for char in fold(text)).split())
    accents = unicodedata.normalize("NFD", text.casefold())
    return "\x00".join((folded, accents, text.swapcase())).encode()
