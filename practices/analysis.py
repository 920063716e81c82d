"""Owns how text becomes what is searched: words, folded then stemmed, alike when written and when asked."""

import re
from functools import lru_cache

import snowballstemmer
from django.conf import settings

from practices.text import fold

STEMMERS = {code: snowballstemmer.stemmer(name) for code, name in (("fr", "french"), ("en", "english"))}
WORD = re.compile(r"[^\W_]+")
LONGEST_QUERY = 200
"""Characters of a search that are read."""
STOP_WORDS = frozenset(
    "a au aux avec ce ces cette dans de des du elle en est et il la le les leur leurs ou par pas pour qu que qui sa se "
    "ses son sur un une vers the an and at by for from in is of on or to with".split()
)


@lru_cache(maxsize=50_000)
def stem(word, language):
    """Return the stem of a folded word.

    Folding comes first, because a stemmer of French takes "mobilite" and "mobilité" for two words; the plural and the
    feminine that it leaves ("emplois", "handicapée") are taken off after it.
    """
    stemmer = STEMMERS.get(language)
    found = stemmer.stemWord(word) if stemmer else word
    for ending in ("s", "x", "e"):
        if len(found) > 4 and found.endswith(ending):
            found = found[:-1]
    return found


def words_of(text):
    """The folded words of a text, in order: "L’Économie" gives ["l", "economie"]."""
    return WORD.findall(fold(text))


def stems_of(text, language=None):
    """The stems of a text written in a language, in order."""
    language = language or settings.LANGUAGE_CODE
    return [stem(word, language) for word in words_of(text)]


def asked_words(query):
    """What a search asks for: for each word that counts, its possible stems, one a language; no operator is read.

    Elided articles and empty words are left out, unless there is nothing else.
    """
    words = list(dict.fromkeys(words_of(query[:LONGEST_QUERY])))
    telling = [word for word in words if len(word) > 1 and word not in STOP_WORDS]
    return [frozenset(stem(word, code) for code, _name in settings.LANGUAGES) for word in telling or words]
