"""What spreadsheets make of a cell: the texts they take for formulas, and how much they hold.

What a table says is for whoever writes one; how a file is read, for `practices.importing.reading`.
"""

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take the text of a CSV cell for a formula (OWASP, CSV injection)."""
LONGEST_CELL, MOST_ROWS = 32_767, 1_048_575
"""Characters of a cell, and rows under the first, that an XLSX sheet can hold (ECMA-376 as Excel reads it)."""
_GUARDED = re.compile(f"'*[{re.escape(''.join(FORMULA))}]")


def harmless(text: str) -> str:
    """Return a text behind an apostrophe where a spreadsheet would take it for a formula; one that is harmless, as is.

    It is for tables that are only read: what already was behind an apostrophe cannot be told from what is put there.
    """
    return f"'{text}" if text.startswith(FORMULA) else text


def guarded(text: str) -> str:
    """Return a harmless text that `unguarded` gives back as it was, for tables that are read in again.

    One that begins as a guarded text does is guarded too.
    """
    return f"'{text}" if _GUARDED.match(text) else text


def unguarded(text: str) -> str:
    """Return a text without the apostrophe that `guarded` or a person put before it."""
    return text[1:] if text.startswith("'") and _GUARDED.match(text) else text
