"""French typography: what a text typed at a keyboard becomes when it is set as a printer would.

The rules are those of the Lexique of the Imprimerie nationale: a no-break space before a colon and inside quotation
marks, a thin one before other high marks, a curved apostrophe. Idempotent; no letter or figure ever changes. What HTML
may hold is in `richtext`.
"""

import re
from html import escape, unescape

NBSP, NARROW = "\u00a0", "\u202f"
SPACES = f"[ {NBSP}{NARROW}]*"
TAG = "\ue000"
ADDRESS = "\ue001"
"""Stand for an element inside a block and for an address, so that a rule sees the words on both sides of it."""

# Addresses and moments are not sentences: « https://example.org/?q=1 », « 8:30 ».
UNTOUCHED = re.compile(r"(?:https?://|www\.|mailto:)\S+|\S+@\S+\.\S+")
BLOCKS = re.compile(r"(</?(?:p|ul|ol|li|h[1-6]|blockquote|br)\b[^>]*>)", re.IGNORECASE)
ELEMENTS = re.compile(r"<[^>]*>")

RULES = (
    (re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_]|[«\"" + TAG + "])"), "’"),
    (re.compile(r"(?<!\.)\.\.\.(?!\.)"), "…"),
    (re.compile(f"«{SPACES}"), f"«{NBSP}"),
    (re.compile(f"{SPACES}»"), f"{NBSP}»"),
    (re.compile(rf"(?<=[\w)»…{TAG}{ADDRESS}%€]){SPACES}([;!?]+)(?=$|[\s)»{TAG}{NBSP}])"), rf"{NARROW}\1"),
    (re.compile(rf"(?<=[\w)»…{TAG}{ADDRESS}%€]){SPACES}:(?=$|[\s{TAG}])"), f"{NBSP}:"),
    (re.compile(rf"(?<=\d){SPACES}%"), f"{NARROW}%"),
    (re.compile(r"(?<=\d) (?=€)"), NBSP),
)


def typeset(text: str) -> str:
    """Return a plain text as French typography sets it."""
    if ADDRESS in text:
        return text
    pieces, end = [], 0
    for match in UNTOUCHED.finditer(text):
        pieces += [text[end : match.start()], match[0]]
        end = match.end()
    pieces.append(text[end:])
    kept = pieces[1::2]
    whole = _quoted(ADDRESS.join(pieces[::2]))
    for pattern, replacement in RULES:
        whole = pattern.sub(replacement, whole)
    parts = whole.split(ADDRESS)
    return "".join(piece for pair in zip(parts, [*kept, ""], strict=True) for piece in pair)


def typeset_html(html: str) -> str:
    """Return the HTML of a section with its words set; elements and their attributes stay as they are."""
    return "".join(part if BLOCKS.fullmatch(part) else _typeset_block(part) for part in BLOCKS.split(html))


def _typeset_block(html: str) -> str:
    elements = ELEMENTS.findall(html)
    words = [unescape(word) for word in ELEMENTS.split(html)]
    if any(TAG in word or UNTOUCHED.search(word) for word in words):
        # Words and addresses are told apart within one piece of text only.
        done = [typeset(word) for word in words]
    else:
        done = typeset(TAG.join(words)).split(TAG)
    done = [escape(word, quote=False) for word in done]
    return "".join(piece for pair in zip(done, [*elements, ""], strict=True) for piece in pair)


def _quoted(text: str) -> str:
    """Turn straight quotation marks that come in pairs into « »; an odd one may be an inch."""
    if text.count('"') % 2:
        return text
    pieces = text.split('"')
    marks = [f"«{NBSP}", f"{NBSP}»"]
    return "".join(piece + (marks[at % 2] if at < len(pieces) - 1 else "") for at, piece in enumerate(pieces))
