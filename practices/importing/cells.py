"""The grammar of a cell: a list, and a list of rows; how one is kept from being a formula is in `content.spreadsheets`.

Each writing has one reading: what `joined` and `table` write, `pieces` and `rows` give back.
"""

import re

BAR = " | "
SPECIAL = {"\\": "\\\\", "|": "\\|", "\n": "\\n", "\r": "\\r"}
ESCAPED = re.compile(r"\\(.)")
BETWEEN = re.compile(r"((?:\\.|[^\\|])*+)(?:\||\Z)", re.DOTALL)
YES, NO = "oui", "non"


def plain(text):
    """`text` without what does not count: spaces at its ends, the way its lines end."""
    return text.replace("\r\n", "\n").replace("\r", "\n").strip()


def _escaped(text):
    return "".join(SPECIAL.get(char, char) for char in text)


def _unescaped(text):
    return ESCAPED.sub(lambda match: {"n": "\n", "r": "\r"}.get(match[1], match[1]), text).strip()


def _cut(line):
    """The pieces between the bars of a line; the last may be empty."""
    return [_unescaped(match[1]) for match in BETWEEN.finditer(line) if match.end() > match.start() or not line]


def joined(items):
    """A list in one cell: "France | Belgique"."""
    return BAR.join(map(_escaped, items))


def pieces(text):
    """The items of a list, separated by bars or by lines."""
    return [piece for line in text.splitlines() for piece in _cut(line) if piece]


def table(lines):
    """Rows in one cell: a line each, its pieces between bars, empty ones at the end left out."""
    written = []
    for line in lines:
        while line and not line[-1]:
            line = line[:-1]
        written.append(BAR.join(map(_escaped, line)))
    return "\n".join(written)


def rows(text):
    """The rows of a cell, as lists of pieces."""
    found = [_cut(line) for line in text.split("\n") if line.strip()]
    return [line for line in found if any(line)]
