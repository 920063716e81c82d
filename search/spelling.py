"""What to try in the place of a search that finds nothing: the nearest words that do."""

from functools import lru_cache

from pyroaring import FrozenBitMap
from rapidfuzz import fuzz, process

from content.folding import fold
from content.languages import page_language
from search.analysis import words_of
from search.index import SearchIndex
from search.query import Search, Snapshot

SHORTEST_MENDED, NEAR, PROPOSED = 4, 75, 10
"""Words of fewer letters are not mended; this near, in percent, is a word proposed, of the nearest that are tried."""
TITLES_READ = 100
"""Titles in which the language of a proposed word is looked for."""


def nearest(query: str, snapshot: Snapshot, index: SearchIndex) -> str:
    """Return the same search with each word that finds nothing replaced by the nearest one that does, or "".

    A word that nothing is near of is left out; only what finds public items is proposed.
    """
    better = [
        word
        if len(word) < SHORTEST_MENDED or Search(word, snapshot, index).bitmap
        else _nearest_word(word, snapshot, index)
        for word in query.split()
    ]
    found = " ".join(filter(None, better))
    if found == query:
        return ""
    search = Search(found, snapshot, index)
    return found if search.words and search.bitmap else ""


def _nearest_word(word: str, snapshot: Snapshot, index: SearchIndex) -> str:
    """Return the nearest word that finds public items, or ""; of several as near, one that the page tells."""
    known, best, best_score = known_words(index, snapshot.token), "", 0.0
    close = process.extract(fold(word), list(known), scorer=fuzz.ratio, limit=PROPOSED, score_cutoff=NEAR)
    for one, score, _key in close:
        if best and score < best_score:
            break
        bitmap = Search(known[one], snapshot, index).bitmap
        if bitmap and _is_told(one, bitmap, snapshot):
            return known[one]
        if bitmap and not best:
            best, best_score = known[one], score
    return best


def _is_told(word: str, bitmap: FrozenBitMap, snapshot: Snapshot) -> bool:
    """Return whether a folded word is, as the page tells them, in the name of a term or in a bitmap's first titles."""
    names = (name for param in snapshot.terms for name in snapshot.labels(param).values())
    language = page_language()
    titles = (snapshot.rows[slot].key_in(language).split(b"\x00", 1)[0].decode() for slot in bitmap[:TITLES_READ])
    return any(word in words_of(name) for name in names) or any(word in title.split() for title in titles)


@lru_cache(maxsize=1)
def known_words(index: SearchIndex, token: str) -> dict[str, str]:
    """Return the words of the index at the version of a token, as {folded: as written}."""
    return {fold(word): word for word in index.words()}
