"""How text becomes what is searched: words, folded then stemmed, alike when written and when asked."""

import re
import threading
from collections.abc import Iterable
from functools import lru_cache
from unicodedata import normalize

import snowballstemmer
from django.conf import settings
from django.utils.translation import get_language_info

from content.folding import fold

WORD = re.compile(r"[^\W_]+")
LONGEST_QUERY = 200
"""Characters of a search that are read."""
STOP_WORDS = frozenset(
    "a au aux avec ce ces cette dans de des du elle en est et il la le les leur leurs ou par pas pour qu que qui sa se "
    "ses son sur un une vers the an and at by for from in is of on or to with".split()
)


class Stemmers(threading.local):
    """A stemmer a language for each thread: one keeps the word at hand in itself, and two threads would mix theirs.

    The languages are those of the content that Snowball knows; the words of another are searched as they are written.
    """

    def __init__(self) -> None:
        names = {code: get_language_info(code.partition("-")[0])["name"].lower() for code, _name in settings.LANGUAGES}
        known = snowballstemmer.algorithms()
        self.of = {code: snowballstemmer.stemmer(name) for code, name in names.items() if name in known}


stemmers = Stemmers()


@lru_cache(maxsize=50_000)
def stem(word: str, language: str) -> str:
    """Return the stem of a folded word.

    Folding comes first, because a stemmer of French takes "mobilite" and "mobilité" for two words; the plural and the
    feminine that it leaves ("emplois", "handicapée") are taken off after it.
    """
    stemmer = stemmers.of.get(language)
    found = stemmer.stemWord(word) if stemmer else word
    for ending in ("s", "x", "e"):
        if len(found) > 4 and found.endswith(ending):
            found = found[:-1]
    return found


def written_words(text: str) -> list[str]:
    """Return the words of a text, in order, as they are written: "L’Économie" gives ["L", "Économie"]."""
    return WORD.findall(normalize("NFC", text))


@lru_cache(maxsize=50_000)
def folded(word: str) -> tuple[str, ...]:
    """Return a written word as it is compared: itself, folded; or several, where one sign stands for them ("½")."""
    return tuple(WORD.findall(fold(word)))


@lru_cache(maxsize=50_000)
def stems_of_word(word: str, language: str) -> tuple[str, ...]:
    """Return the stems of a written word; see `folded`."""
    return tuple(stem(one, language) for one in folded(word))


def words_of(text: str) -> list[str]:
    """Return the folded words of a text, in order: "L’Économie" gives ["l", "economie"]."""
    return [word for written in written_words(text) for word in folded(written)]


def stems_of(words: Iterable[str], language: str | None = None) -> set[str]:
    """Return the stems of words written in a language, the default one unless said."""
    language = language or settings.LANGUAGE_CODE
    return {one for word in words for one in stems_of_word(word, language)}


def asked_words(query: str) -> list[frozenset[str]]:
    """Return the possible stems (one a language) of each word that counts in a search; no operator is read.

    Letters alone (elided articles) and stop words are left out, unless there is nothing else.
    """
    words = list(dict.fromkeys(words_of(query[:LONGEST_QUERY])))
    telling = [word for word in words if len(word) > 1 and word not in STOP_WORDS]
    return [frozenset(stem(word, code) for code, _name in settings.LANGUAGES) for word in telling or words]
