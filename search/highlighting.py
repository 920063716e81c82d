"""How the words that a search found are marked in a text."""

from collections.abc import Collection

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from content.folding import fold
from content.languages import content_languages
from search.analysis import WORD, stem


def highlighted(text: str, words: Collection[frozenset[str]]) -> SafeString:
    """Return `text` escaped, with the words that a search found (their stems) marked; nothing in it becomes markup."""
    stems: frozenset[str] = frozenset().union(*words)
    pieces, end = [], 0
    for match in WORD.finditer(text):
        if any(stem(fold(match[0]), code) in stems for code in content_languages()):
            pieces += [escape(text[end : match.start()]), "<mark>", escape(match[0]), "</mark>"]
            end = match.end()
    return mark_safe("".join([*pieces, escape(text[end:])]))  # noqa: S308  every piece of the text is escaped
