"""Alphabetical order, the same in Python and in every database."""

import unicodedata

from content.folding import fold


def sort_key(text: str) -> bytes:
    """Return bytes that sort as a French or English dictionary does, compared byte by byte.

    Letters first, then accents, then capitals, as levels one to three of the Unicode Collation Algorithm (UTS 10);
    marks before the first letter (a quotation mark, a dash) do not count.
    """
    folded = " ".join("".join(char if char.isalnum() else " " for char in fold(text)).split())
    accents = unicodedata.normalize("NFD", text.casefold())
    return "\x00".join((folded, accents, text.swapcase())).encode()
