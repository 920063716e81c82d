"""What well-set French is: the rules that a text shown to visitors keeps."""

import re

NBSP, NARROW = "\u00a0", "\u202f"
RULES = {
    "an ordinary space before a high punctuation mark": re.compile(r" [:;!?»%]"),
    "no space before a high punctuation mark": re.compile(r"[^\W\d_](?:[;!?](?!\w)|:(?=\s|$))"),
    "an ordinary space after a quotation mark": re.compile(r"« "),
    "a straight apostrophe or quotation mark": re.compile(r"['\"]"),
    "three dots": re.compile(r"\.\.\."),
    "oe that is one letter": re.compile(r"\b(?:c|s|b|v|man|n)oe(?:u|d)", re.IGNORECASE),
}


def faults(text):
    """Return what is badly set in `text`, as {rule: excerpt}."""
    found = {rule: pattern.search(text) for rule, pattern in RULES.items()}
    return {rule: text[max(0, hit.start() - 20) : hit.end() + 20] for rule, hit in found.items() if hit}
